"""What pages and checks must say aloud: holidays that are not known, office hours that are missing, demo lists; and in
what two versions of a list differ."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from duties.models import DEMO, CertificateRule, DutyItem, DutyList, time_rules
from duties.sheets import ITEM_HEADINGS
from yuhu.kit.worktime import Calendar, uncovered_days

# From this month on, limits reach into the next year; the State Council's notice is out by then.
NEXT_YEAR_FROM_MONTH = 11


def missing_calendar_years(on: dt.date) -> tuple[int, ...]:
    """Years whose holidays must be known on ``on`` and are not: this one, from November on also the next."""
    return _missing_years(on, time_rules().calendar)


def calendar_warnings(on: dt.date) -> list[str]:
    """Sentences for people who can mend the calendar, or must know that due times may be wrong. One query."""
    calendar = time_rules().calendar
    text = _(
        "The public holidays of %(year)d are not in the calendar, so time limits that reach into it may be wrong. "
        "Import the State Council's notice under “Calendar years”."
    )
    warnings = [text % {"year": year} for year in _missing_years(on, calendar)]
    if not calendar.windows:
        warnings.append(
            _("There are no office hours in the calendar, so limits in working time cannot be counted.")
        )
    elif uncovered_days(calendar.plan_on(on)):
        warnings.append(
            _("The office hours in force leave out days or overlap. Set them again under “Office hours”.")
        )
    return warnings


def demo_lists(on: dt.date) -> QuerySet[DutyList]:
    """The lists in force that are only a demo, for the banner that asks to replace them."""
    return DutyList.objects.in_force(on).filter(source=DEMO)


def demo_certificates(on: dt.date) -> bool:
    """Whether some offices beside the certificates are only a demo. One query."""
    return CertificateRule.objects.on(on).filter(office_source=DEMO).exists()


@dataclass(frozen=True)
class ChangedField:
    """One field of an item in both versions."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangedItem:
    """An item that stands in both versions, with the fields that differ."""

    before: DutyItem
    after: DutyItem
    fields: tuple[ChangedField, ...]


@dataclass(frozen=True)
class Comparison:
    """What becomes of the items of ``old`` (None: there was no list before) in ``new``; items are known by code."""

    old: DutyList | None
    new: DutyList
    added: tuple[DutyItem, ...]
    removed: tuple[DutyItem, ...]
    changed: tuple[ChangedItem, ...]
    same: int

    @property
    def is_empty(self) -> bool:
        """Whether no item differs."""
        return not (self.added or self.removed or self.changed)


def comparison(old: DutyList | None, new: DutyList) -> Comparison:
    """In what ``new`` differs from ``old``. At most two queries."""
    before = {item.code: item for item in _items(old)} if old is not None else {}
    after = {item.code: item for item in _items(new)}
    both = [(before[code], item) for code, item in after.items() if code in before]
    changed = [
        ChangedItem(one, other, fields) for one, other in both if (fields := tuple(_differing(one, other)))
    ]
    return Comparison(
        old=old,
        new=new,
        added=tuple(item for code, item in after.items() if code not in before),
        removed=tuple(item for code, item in before.items() if code not in after),
        changed=tuple(changed),
        same=len(both) - len(changed),
    )


def version_before(row: DutyList) -> DutyList | None:
    """The published version that ``row`` follows, or would follow. One query."""
    versions = DutyList.objects.published().filter(kind=row.kind).exclude(pk=row.pk)
    if row.is_published:
        versions = versions.filter(version__lt=row.version)
    return versions.order_by("-effective_from").first()


def item_rows(row: DutyList) -> Iterator[list[object]]:
    """The items of a list in the shape in which ``sheets.read_items`` reads them, under ``ITEM_HEADINGS``."""
    for item in _items(row):
        yield [getattr(item, name) for name in ITEM_HEADINGS]


def _items(row: DutyList) -> Iterable[DutyItem]:
    return DutyItem.objects.filter(list=row).select_related("lead_unit").order_by("number")


def _differing(one: DutyItem, other: DutyItem) -> Iterator[ChangedField]:
    """The fields that people read; where a row comes from is told too, since demo rows must go."""
    for name in ITEM_HEADINGS:
        before, after = getattr(one, name), getattr(other, name)
        if before != after:
            label = str(DutyItem._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            yield ChangedField(
                label, str("" if before is None else before), str("" if after is None else after)
            )
    if one.lead_unit_id != other.lead_unit_id and one.lead == other.lead:
        label = str(DutyItem._meta.get_field("lead_unit").verbose_name)
        yield ChangedField(label, str(one.lead_unit or ""), str(other.lead_unit or ""))


def _missing_years(on: dt.date, calendar: Calendar) -> tuple[int, ...]:
    last = on.year + 1 if on.month >= NEXT_YEAR_FROM_MONTH else on.year
    return tuple(year for year in range(on.year, last + 1) if year not in calendar.years)
