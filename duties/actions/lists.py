"""Import, publish and load duty lists. A published list is never changed; only drafts are.

Each verb locks all versions of the kind first, so that two people who publish at once meet here.
"""

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from duties.exceptions import (
    AlreadyPublished,
    CodeTaken,
    DraftThere,
    EmptyList,
    NumberTaken,
    WrongOrder,
)
from duties.models import DEMO, DutyItem, DutyList
from duties.sheets import ItemRow, read_items
from staffing.models import Unit
from yuhu.journal.actions import Actor, record
from yuhu.kit.excel.lines import Line, Row, RowsRefused
from yuhu.kit.exceptions import Invalid
from yuhu.kit.text import clean_text

DATA = Path(__file__).parents[1] / "data"
SHEETS = ("street_duty_items.csv", "community_lists.csv")
# The demo's lists count for the whole history that the demo tells.
DEMO_EFFECTIVE_FROM = dt.date(2022, 1, 1)
EDITABLE = (
    "name",
    "name_en",
    "category",
    "lead",
    "lead_unit",
    "office",
    "office_code",
    "platform_code",
    "cooperating",
    "basis",
)


@transaction.atomic
def import_list(
    *,
    kind: str,
    effective_from: dt.date,
    rows: Iterable[Row | Line],
    source: str,
    at: dt.datetime,
    actor: Actor,
) -> DutyList:
    """Store the rows of a sheet as the next version of ``kind``, a draft. All rows or none.

    Raises:
        Invalid: unknown kind.
        RowsRefused: rows with faults, each named.
        WrongOrder: a version takes effect on or after this date already.
    """
    if kind not in DutyList.Kind.values:
        raise Invalid(field="kind")
    items, errors = read_items(rows)
    if errors:
        raise RowsRefused(errors)
    versions = _lock_kind(kind)
    _refuse_wrong_order(versions, effective_from)
    number = max((version.version for version in versions), default=0) + 1
    try:
        with transaction.atomic():
            draft = DutyList.objects.create(
                kind=kind, version=number, effective_from=effective_from, source=source
            )
    except IntegrityError:  # a kind without rows cannot be locked: somebody else has just made the first
        raise WrongOrder(field="effective_from") from None
    departments = _departments()
    DutyItem.objects.bulk_create(_item(draft, row, source, departments) for row in items)
    _record("duty_list.imported", draft, at, actor, items=len(items))
    return draft


@transaction.atomic
def publish_list(
    *, list_id: int, at: dt.datetime, actor: Actor, effective_from: dt.date | None = None
) -> DutyList:
    """Fix a draft for good; from its date on it is the list in force. ``effective_from`` replaces the draft's date.

    Raises:
        AlreadyPublished, EmptyList, WrongOrder: what they say.
        CodeTaken: an item's code stands in a published list of another kind.
    """
    draft = _lock_draft(list_id)
    draft.effective_from = effective_from or draft.effective_from
    others = [one for one in _lock_kind(draft.kind) if one.pk != draft.pk]
    _refuse_wrong_order([one for one in others if one.is_published], draft.effective_from)
    _refuse_same_day(others, draft.effective_from)
    codes = set(draft.items.values_list("code", flat=True))
    if not codes:
        raise EmptyList()
    elsewhere = DutyItem.objects.filter(list__published_at__isnull=False).exclude(list__kind=draft.kind)
    if elsewhere.filter(code__in=codes).exists():
        raise CodeTaken()
    draft.published_at = at
    draft.save(update_fields=["published_at", "effective_from"])
    _record("duty_list.published", draft, at, actor, items=len(codes))
    return draft


@transaction.atomic
def reschedule_draft(
    *, list_id: int, effective_from: dt.date, source: str, at: dt.datetime, actor: Actor
) -> DutyList:
    """Change the date and the source of a draft. Raises AlreadyPublished, WrongOrder."""
    draft = _lock_draft(list_id)
    _refuse_wrong_order([one for one in _lock_kind(draft.kind) if one.pk != draft.pk], effective_from)
    draft.effective_from, draft.source = effective_from, source
    draft.save(update_fields=["effective_from", "source"])
    _record("duty_list.rescheduled", draft, at, actor)
    return draft


@transaction.atomic
def discard_draft(*, list_id: int, at: dt.datetime, actor: Actor) -> None:
    """Remove a draft and its items. Raises AlreadyPublished."""
    draft = _lock_draft(list_id)
    _record("duty_list.discarded", draft, at, actor)
    draft.delete()


@transaction.atomic
def start_draft(
    *, list_id: int, effective_from: dt.date, source: str, at: dt.datetime, actor: Actor
) -> DutyList:
    """The next version of a published list begins as a copy of it, to be changed item by item.

    Raises:
        DraftThere: the kind has a draft.
        WrongOrder: a version takes effect on or after this date already.
    """
    kind = DutyList.objects.values_list("kind", flat=True).get(pk=list_id)
    versions = _lock_kind(kind)
    if any(not version.is_published for version in versions):
        raise DraftThere()
    _refuse_wrong_order(versions, effective_from)
    draft = DutyList.objects.create(
        kind=kind,
        version=max(version.version for version in versions) + 1,
        effective_from=effective_from,
        source=clean_text(source, field="source", max_length=100),
    )
    items = list(DutyItem.objects.filter(list=list_id).order_by("number"))
    for item in items:
        item.pk, item._state.adding, item.list = None, True, draft
    DutyItem.objects.bulk_create(items)
    _record("duty_list.copied", draft, at, actor, items=len(items), of=list_id)
    return draft


@transaction.atomic
def add_item(
    *, list_id: int, code: str, name: str, at: dt.datetime, actor: Actor, **fields: object
) -> DutyItem:
    """Put an item at the end of a draft. ``fields`` are others of ``EDITABLE``.

    Raises:
        AlreadyPublished: it is no draft.
        NumberTaken: the code stands in the draft already.
        ValueError: a field that nobody may set.
    """
    if unknown := set(fields) - set(EDITABLE):
        raise ValueError(f"not changeable: {sorted(unknown)}")
    draft = _lock_draft(list_id)
    code = clean_text(code, field="code", max_length=20)
    if draft.items.filter(code=code).exists():
        raise NumberTaken(field="code")
    last = draft.items.aggregate(last=Max("number"))["last"] or 0
    item = DutyItem.objects.create(
        list=draft,
        code=code,
        name=clean_text(name, field="name", max_length=200),
        number=last + 1,
        source=draft.source,
        **fields,
    )
    _record("duty_list.item_added", draft, at, actor, item=code)
    return item


@transaction.atomic
def remove_item(*, item_id: int, at: dt.datetime, actor: Actor) -> DutyList:
    """Take an item out of a draft. Raises AlreadyPublished."""
    draft = _lock_draft(DutyItem.objects.values_list("list", flat=True).get(pk=item_id))
    item = DutyItem.objects.select_for_update().get(pk=item_id)
    item.delete()
    _record("duty_list.item_removed", draft, at, actor, item=item.code)
    return draft


@transaction.atomic
def change_item(*, item_id: int, changes: dict[str, object], at: dt.datetime, actor: Actor) -> DutyItem:
    """Change fields (of ``EDITABLE``) of a draft's item.

    Raises:
        AlreadyPublished: the item belongs to a published list.
        ValueError: a field that nobody may change.
    """
    if unknown := set(changes) - set(EDITABLE):
        raise ValueError(f"not changeable: {sorted(unknown)}")
    item = DutyItem.objects.get(pk=item_id)
    draft = _lock_draft(item.list_id)
    item = DutyItem.objects.select_for_update().get(pk=item_id)
    for name, value in changes.items():
        setattr(item, name, value)
    item.save(update_fields=list(changes))
    _record("duty_list.item_changed", draft, at, actor, item=item.code, fields=sorted(changes))
    return item


@transaction.atomic
def link_departments(*, at: dt.datetime, actor: Actor) -> int:
    """Give items whose department was not known when they were stored their unit now. Returns how many.

    The item's text stays as published; only the pointer is filled, and only where it is empty.
    """
    departments = _departments()
    items = DutyItem.objects.select_for_update().filter(lead_unit=None, lead__in=departments).order_by("pk")
    linked = []
    for item in items:
        item.lead_unit = departments[item.lead]
        linked.append(item)
    DutyItem.objects.bulk_update(linked, ["lead_unit"], batch_size=500)
    if linked:
        subject = ("duty_departments", "all")
        record(
            kind="duty_list.departments_linked",
            subject=subject,
            at=at,
            actor=actor,
            data={"items": len(linked)},
        )
    return len(linked)


@transaction.atomic
def load_lists(*, at: dt.datetime, actor: Actor) -> list[DutyList]:
    """Load and publish the demo's six lists where a kind has none yet. Returns the new ones; safe to repeat."""
    present = set(DutyList.objects.values_list("kind", flat=True))
    by_kind: dict[str, list[Row]] = {}
    for sheet in SHEETS:
        with (DATA / sheet).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                by_kind.setdefault(row["list_type"], []).append(row)
    made = []
    for kind in DutyList.Kind.values:
        if kind not in present:
            draft = import_list(
                kind=kind,
                effective_from=DEMO_EFFECTIVE_FROM,
                rows=by_kind[kind],
                source=DEMO,
                at=at,
                actor=actor,
            )
            made.append(publish_list(list_id=draft.pk, at=at, actor=actor))
    link_departments(at=at, actor=actor)
    return made


def _lock_kind(kind: str) -> list[DutyList]:
    return list(DutyList.objects.select_for_update().filter(kind=kind).order_by("pk"))


def _lock_draft(list_id: int) -> DutyList:
    kind = DutyList.objects.values_list("kind", flat=True).get(pk=list_id)
    draft = next(version for version in _lock_kind(kind) if version.pk == list_id)
    if draft.is_published:
        raise AlreadyPublished()
    return draft


def _refuse_wrong_order(versions: Iterable[DutyList], effective_from: dt.date) -> None:
    if any(version.effective_from >= effective_from for version in versions):
        raise WrongOrder(field="effective_from")


def _refuse_same_day(versions: Iterable[DutyList], effective_from: dt.date) -> None:
    """The database keeps one version a day, drafts included."""
    if any(version.effective_from == effective_from for version in versions):
        raise WrongOrder(
            _("Another draft of this list has this date. Choose another date, or discard that draft."),
            field="effective_from",
        )


def _departments() -> dict[str, Unit]:
    """District departments by name. Names that two departments share are left out: nobody can say which is meant."""
    found: dict[str, Unit] = {}
    shared: set[str] = set()
    for unit in Unit.objects.filter(kind=Unit.Kind.DEPARTMENT).order_by("pk"):
        shared |= {unit.name} & set(found)
        found[unit.name] = unit
    return {name: unit for name, unit in found.items() if name not in shared}


def _item(draft: DutyList, row: ItemRow, source: str, departments: dict[str, Unit]) -> DutyItem:
    fields = {**vars(row), "source": row.source or source}
    return DutyItem(list=draft, lead_unit=departments.get(row.lead), **fields)


def _record(kind: str, duty_list: DutyList, at: dt.datetime, actor: Actor, **more: object) -> None:
    data = {
        "kind": duty_list.kind,
        "version": duty_list.version,
        "effective_from": duty_list.effective_from,
        **more,
    }
    record(kind=kind, subject=("duty_list", duty_list.pk), at=at, actor=actor, data=data)
