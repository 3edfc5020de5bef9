"""Outside figures: entered, checked by a second person or sent back, corrected by another row, withdrawn.

Leaves to others: which figures there are and for which days (``cases.outside``), who may (``cases.policies.outside``).
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from blocks.models import District, Street
from cases.actions.base import By
from cases.exceptions import FigureThere, NotYourMove
from cases.models import OutsideFigure
from cases.models.outside import LONGEST_REMARK
from cases.outside import EARLIEST_YEAR, FACTS, Outside, Span, days_of
from cases.policies import outside as policies
from yuhu.journal.actions import record
from yuhu.kit import clock
from yuhu.kit.exceptions import Invalid
from yuhu.kit.scope import DISTRICT
from yuhu.kit.text import clean_text
from yuhu.kit.verdicts import Verdict

State = OutsideFigure.State
MOST = Decimal(10) ** 12


@dataclass(frozen=True)
class Published:
    """A number as it was published, for the month, its quarter, or the year up to it."""

    kind: str
    area: str
    span: str
    year: int
    month: int
    value: Decimal
    published_by: str
    document: str = ""


@transaction.atomic
def enter(*, published: Published, by: By, at: dt.datetime, source: str = "") -> OutsideFigure:
    """A number that waits for the second person.

    Raises:
        NotYourMove: not a figure of this person's area.
        Invalid: days that have not ended, a value that cannot be, a figure that streets do not have.
        FigureThere: one for the same days waits or is in force.
    """
    assert by.user is not None
    _entitled(policies.may_enter(by.user, published.area, at), "area")
    row = _read(published, at)
    if _same(row).waiting().exists() or _same(row).in_force().exists():
        raise FigureThere(field="month")
    return _store(row, by, at, source)


@transaction.atomic
def correct(
    *,
    figure: OutsideFigure,
    value: Decimal,
    published_by: str,
    document: str = "",
    why: str,
    by: By,
    at: dt.datetime,
) -> OutsideFigure:
    """Another number in the place of one in force, which counts until the new one is checked.

    Raises:
        NotYourMove, Invalid; FigureThere: a correction waits already.
    """  # fmt: skip
    before = _locked(figure, by, at, policies.may_correct)
    if _same(before).waiting().exists():
        raise FigureThere
    row = OutsideFigure(
        **{name: getattr(before, name) for name in ("kind", "area", "span", "first", "last")},
        value=_value(Outside(before.kind), value),
        published_by=clean_text(published_by, field="published_by", max_length=100),
        document=_optional(document, "document"),
        replaces=before,
        why=clean_text(why, field="why", min_length=2, max_length=LONGEST_REMARK),
    )
    return _store(row, by, at, before.source)


@transaction.atomic
def check(*, figure: OutsideFigure, by: By, at: dt.datetime) -> OutsideFigure:
    """The second person says that it is what was published; what it corrects is replaced.

    Raises:
        NotYourMove: not for this person, or it does not wait any more.
    """
    row = _locked(figure, by, at, policies.may_check)
    if row.replaces is not None:
        OutsideFigure.objects.filter(pk=row.replaces.pk).update(state=State.REPLACED)
        _tell(row.replaces, "replaced", by, at, by_figure=row.pk)
    elif _same(row).in_force().exists():
        raise FigureThere
    row.state, row.checked_by, row.checked_at = State.CHECKED, by.user, at
    row.save(update_fields=["state", "checked_by", "checked_at"])
    _tell(row, "checked", by, at)
    return row


@transaction.atomic
def send_back(*, figure: OutsideFigure, remark: str, by: By, at: dt.datetime) -> OutsideFigure:
    """It is not what was published: whoever entered it is told, and enters it anew."""
    row = _locked(figure, by, at, policies.may_check)
    return _end(row, State.RETURNED, remark, by, at, tell=[row.entered_by_id])


@transaction.atomic
def withdraw(*, figure: OutsideFigure, remark: str, by: By, at: dt.datetime) -> OutsideFigure:
    """Nothing counts for these days until another number is entered and checked."""
    row = _locked(figure, by, at, policies.may_withdraw)
    return _end(row, State.WITHDRAWN, remark, by, at)


def _end(
    row: OutsideFigure, state: State, remark: str, by: By, at: dt.datetime, **data: Any
) -> OutsideFigure:
    row.state = state
    row.remark = clean_text(remark, field="remark", min_length=2, max_length=LONGEST_REMARK)
    row.save(update_fields=["state", "remark"])
    _tell(row, str(state.value), by, at, **data)
    return row


def _same(row: OutsideFigure) -> Any:
    return OutsideFigure.objects.filter(kind=row.kind, area=row.area, first=row.first, last=row.last)


def _read(published: Published, at: dt.datetime) -> OutsideFigure:
    """The row, unsaved. Raises Invalid."""
    if published.kind not in Outside.values:
        raise Invalid(_("Choose one of the figures of the list."), field="kind")
    kind = Outside(published.kind)
    places = District if len(published.area) == DISTRICT else Street
    if not places._default_manager.filter(pk=published.area).exists():
        raise Invalid(_("Choose the district or a street."), field="area")
    if len(published.area) != DISTRICT and not FACTS[kind].of_streets:
        raise Invalid(_("This figure is published for the whole district."), field="area")
    if published.span not in Span.values:
        raise Invalid(_("Choose month, quarter, or from the beginning of the year."), field="span")
    today = clock.local_date(at)
    if not 1 <= published.month <= 12:
        raise Invalid(_("The month lies between 1 and 12."), field="month")
    if not EARLIEST_YEAR <= published.year <= today.year:
        raise Invalid(_("Check the year."), field="year")
    first, last = days_of(published.span, published.year, published.month)
    if last >= today:
        raise Invalid(_("These days have not ended yet: nobody can have published them."), field="month")
    return OutsideFigure(
        kind=kind, area=published.area, span=Span(published.span), first=first, last=last,
        value=_value(kind, published.value),
        published_by=clean_text(published.published_by, field="published_by", max_length=100),
        document=_optional(published.document, "document"),
    )  # fmt: skip


def _value(kind: Outside, value: Decimal) -> Decimal:
    if not value.is_finite() or not 0 <= value < MOST:
        raise Invalid(_("This value cannot be. Check it and its unit."), field="value")
    places = FACTS[kind].places
    rounded = value.quantize(Decimal(1).scaleb(-places))
    if rounded != value:
        message = _("Whole numbers only.") if not places else _("At most two decimals.")
        raise Invalid(message, field="value")
    return rounded


def _optional(text: str, field: str) -> str:
    return clean_text(text, field=field, min_length=0, max_length=100)


def _store(row: OutsideFigure, by: By, at: dt.datetime, source: str) -> OutsideFigure:
    assert by.user is not None
    row.entered_by, row.entered_at, row.source = by.user, at, source
    row.save()
    _tell(row, "entered", by, at, first=row.first, last=row.last, replaces=row.replaces_id)
    return row


def _locked(figure: OutsideFigure, by: By, at: dt.datetime, may: Any) -> OutsideFigure:
    """The figure, locked with the one that it corrects (the older one first), if this person may do this now."""
    keys = sorted(key for key in (figure.pk, figure.replaces_id) if key is not None)
    rows = {
        row.pk: row for row in OutsideFigure.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    }
    row = rows[figure.pk]
    if row.replaces_id is not None:
        row.replaces = rows[row.replaces_id]
    assert by.user is not None
    _entitled(may(by.user, row, at))
    return row


def _entitled(verdict: Verdict, field: str | None = None) -> None:
    if not verdict:
        raise NotYourMove(verdict.reason, code=verdict.code, field=field)


def _tell(row: OutsideFigure, what: str, by: By, at: dt.datetime, **data: Any) -> None:
    """What was written stays on the row; the journal keeps what it was about."""
    number = f"{row.value:.{FACTS[Outside(row.kind)].places}f}"
    facts = {"figure": row.kind, "value": number, **data}
    record(
        kind=f"outside.{what}",
        subject=("outside_figure", row.pk),
        at=at,
        actor=by.actor,
        area=row.area,
        data=facts,
    )
