"""Figures that no case tells, since others publish them: which there are, for which days, and how they add up. Pure.

A closed table: what is not in it is not entered. All of them are flows, counted over days, so that the months of a year
may be added up to the year. Leaves to others: who enters and checks them, and what is made of them (三升三降).
"""

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yuhu.kit import spans

EARLIEST_YEAR = 2000
Days = tuple[dt.date, dt.date]


class Outside(TextChoices):
    """What is entered."""

    SPENDING = "budget_spending", _("General public budget spending")
    CRIMINAL_CASES = "criminal_cases", _("Criminal cases")
    ENTITIES_NEW = "entities_new", _("New market entities")
    ENTITIES_CANCELLED = "entities_cancelled", _("Cancelled market entities")
    ENTERPRISE_REQUESTS = "enterprise_requests", _("Requests of enterprises closed")
    ALLIANCE_DUE = "alliance_due", _("Tasks of the Party alliances that were due")
    ALLIANCE_DONE = "alliance_done", _("Tasks of the Party alliances done on time")
    MEMBERS_DUE = "members_due", _("Party members who were to check in")
    MEMBERS_CAME = "members_came", _("Party members who checked in")


class Measure(TextChoices):
    """In what it is counted."""

    TEN_THOUSAND_YUAN = "ten_thousand_yuan", pgettext_lazy("unit of measure", "10,000 yuan")
    CASES = "cases", pgettext_lazy("unit of measure", "cases")
    ENTITIES = "entities", pgettext_lazy("unit of measure", "entities")
    ITEMS = "items", pgettext_lazy("unit of measure", "items")
    PEOPLE = "people", pgettext_lazy("unit of measure", "people")


@dataclass(frozen=True)
class Facts:
    """``less_is_better`` None: neither. ``of_streets``: streets have their own, beside the district's. ``places``:
    decimals that are kept."""

    measure: Measure
    less_is_better: bool | None
    of_streets: bool = True
    places: int = 0


FACTS: Mapping[Outside, Facts] = {
    Outside.SPENDING: Facts(Measure.TEN_THOUSAND_YUAN, True, of_streets=False, places=2),
    Outside.CRIMINAL_CASES: Facts(Measure.CASES, True),
    Outside.ENTITIES_NEW: Facts(Measure.ENTITIES, False),
    Outside.ENTITIES_CANCELLED: Facts(Measure.ENTITIES, True),
    Outside.ENTERPRISE_REQUESTS: Facts(Measure.CASES, False),
    Outside.ALLIANCE_DUE: Facts(Measure.ITEMS, None),
    Outside.ALLIANCE_DONE: Facts(Measure.ITEMS, False),
    Outside.MEMBERS_DUE: Facts(Measure.PEOPLE, None),
    Outside.MEMBERS_CAME: Facts(Measure.PEOPLE, False),
}


class Span(TextChoices):
    """The days for which figures are published."""

    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    YEAR_TO_DATE = "year_to_date", _("From the beginning of the year")


def days_of(span: str, year: int, month: int) -> Days:
    """The first and the last day: of the month, of the quarter that holds it, or of the year up to its end."""
    if span == Span.QUARTER:
        month = (month + 2) // 3 * 3
    begins = {Span.MONTH: month, Span.QUARTER: month - 2}.get(Span(span), 1)
    return dt.date(year, begins, 1), _end_of_month(year, month)


def year_before(days: Days) -> Days:
    """The same days of the year before; what ends with a February ends with the February before."""
    first, last = days
    ends_with_month = last == _end_of_month(last.year, last.month)
    same = _end_of_month(last.year - 1, last.month) if ends_with_month else spans.year_before(last)
    return spans.year_before(first), same


def added_up(known: Mapping[Days, Decimal], days: Days) -> tuple[Decimal, tuple[Days, ...]] | None:
    """The figure of ``days`` and the days of which it is made: what is known of exactly these days, else the fewest
    that cover them without gap or overlap; None when they cannot be covered."""
    first, last = days
    # From each day the fewest that lead to the end; whatever begins later was looked at before.
    best: dict[dt.date, tuple[Days, ...]] = {last + dt.timedelta(days=1): ()}
    for one in sorted(known, reverse=True):
        begins, after = one[0], one[1] + dt.timedelta(days=1)
        if after in best and (begins not in best or len(best[after]) + 1 < len(best[begins])):
            best[begins] = (one, *best[after])
    found = best.get(first)
    return (sum((known[one] for one in found), Decimal()), found) if found else None


def _end_of_month(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])
