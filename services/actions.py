"""Publishing the catalogue: a version is stored once, with its journal entry, and never changed.

The only module that writes service items. Leaves to others: who may publish (the doors ask staffing.policies).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import fields

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from services.catalogue import Content, checked, read_sheet, search_text
from services.exceptions import InThePast, UnfitContent, WrongOrder
from services.models import ServiceItem
from yuhu.journal.actions import Actor, record
from yuhu.kit.clock import local_date
from yuhu.kit.text import clean_text

# The sheet that comes with the system counts for the whole history that the demo tells.
FIRST_DAY = dt.date(2022, 1, 1)
LONGEST_CODE = 16


@transaction.atomic
def publish_item_version(
    *, code: str, content: Content, effective_from: dt.date, at: dt.datetime, actor: Actor
) -> ServiceItem:
    """Publish the next version of the item ``code``, or the first one of a new item.

    Raises:
        Invalid, UnfitContent: a field is not fit; ``field`` names it.
        InThePast: the day lies before the local day of ``at``.
        WrongOrder: a version takes effect on or after this day already.
    """
    code = _checked_code(code)
    if effective_from < local_date(at):
        raise InThePast(field="effective_from")
    return _publish(code, content, effective_from, at, actor)


@transaction.atomic
def load_catalogue(
    *,
    at: dt.datetime,
    actor: Actor,
    effective_from: dt.date = FIRST_DAY,
    items: Iterable[tuple[str, Content]] | None = None,
) -> list[ServiceItem]:
    """Publish the items of the sheet (or ``items``) that do not exist yet. Returns the new ones; safe to repeat.

    An item of which any version exists stays as it is, also when somebody has changed or ended it.
    """
    known = set(ServiceItem.objects.values_list("code", flat=True).distinct().order_by())
    fresh = [(code, content) for code, content in items or read_sheet() if code not in known]
    return [_publish(code, content, effective_from, at, actor) for code, content in fresh]


def _publish(
    code: str, content: Content, effective_from: dt.date, at: dt.datetime, actor: Actor
) -> ServiceItem:
    """Lock the item's versions, put the new one behind them, record it."""
    content = checked(content)
    versions = _lock_versions(code)
    if any(one.effective_from >= effective_from for one in versions):
        raise WrongOrder(field="effective_from")
    item = ServiceItem(
        code=code,
        version=max((one.version for one in versions), default=0) + 1,
        effective_from=effective_from,
        published_at=at,
        search_text=search_text(code, content),
        **_columns(content),
    )
    try:
        with transaction.atomic():
            item.save(force_insert=True)
    except IntegrityError as error:
        # Two people publish the first version at once: there was no row to lock.
        raise WrongOrder(field="effective_from") from error
    data = {
        "version": item.version,
        "effective_from": effective_from,
        "offered": item.offered,
        "source": item.source,
    }
    record(kind="service_item.published", subject=("service_item", code), at=at, actor=actor, data=data)
    return item


def _lock_versions(code: str) -> list[ServiceItem]:
    rows = ServiceItem.objects.filter(code=code).order_by("pk")
    list(rows.select_for_update().values_list("pk"))
    # Asked again: whoever waited for the lock has not seen the version that was published meanwhile.
    return list(rows.all())


def _columns(content: Content) -> dict[str, object]:
    values = {field.name: getattr(content, field.name) for field in fields(content)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _checked_code(code: str) -> str:
    code = clean_text(code, field="code", max_length=LONGEST_CODE)
    if not (code.isascii() and code.isalnum() and code == code.upper()):
        message = _("A code has capital letters and digits only, such as S19.")
        raise UnfitContent(message, code="code_shape", field="code")
    return code
