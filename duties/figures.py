"""What pages and checks must say aloud: holidays that are not known, office hours that are missing, demo lists."""

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from duties.models import DEMO, DutyList, time_rules
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


def _missing_years(on: dt.date, calendar: Calendar) -> tuple[int, ...]:
    last = on.year + 1 if on.month >= NEXT_YEAR_FROM_MONTH else on.year
    return tuple(year for year in range(on.year, last + 1) if year not in calendar.years)
