"""Import holidays, set office hours and time limits of steps; every change gives the calendar a new version.

The version row is locked first, so changes of the calendar happen one after the other.
"""

import csv
import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.db import transaction

from duties.exceptions import PlanIncomplete, PlanInForce, YearBefore
from duties.models import (
    DEMO,
    CalendarDay,
    CalendarVersion,
    CalendarYear,
    LimitUnit,
    Severity,
    StepLimit,
    WorkWindow,
)
from duties.sheets import DayRow, read_days
from yuhu.journal.actions import Actor, record
from yuhu.kit import clock
from yuhu.kit.excel.lines import Line, Row, RowsRefused
from yuhu.kit.exceptions import Invalid
from yuhu.kit.worktime import Window, uncovered_days

DATA = Path(__file__).parents[1] / "data"
FIRST_YEAR, LAST_YEAR = 1949, 2200
SUBJECT = ("work_calendar", CalendarVersion.ONLY)


@transaction.atomic
def import_year(
    *, year: int, rows: Iterable[Row | Line], source: str, at: dt.datetime, actor: Actor
) -> CalendarYear:
    """Store the State Council's notice for ``year``: holidays and adjusted working days. Replaces an earlier import.

    Raises:
        Invalid: a year that cannot be meant.
        RowsRefused: rows with faults, each named.
        YearBefore: one of the days already follows a later notice.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(field="year")
    days, errors = read_days(rows, year=year)
    if errors:
        raise RowsRefused(errors)
    version = _new_version()
    known = _store_year(year, days, source)
    _record("work_calendar.year_imported", version, at, actor, year=year, days=len(days))
    return known


@transaction.atomic
def set_day(
    *, date: dt.date, is_working: bool, name: str, source: str, at: dt.datetime, actor: Actor
) -> CalendarDay:
    """Settle a single day, for a notice that changes one."""
    version = _new_version()
    fields = {"is_working": is_working, "name": name, "notice_year": date.year, "source": source}
    day, _created = CalendarDay.objects.update_or_create(date=date, defaults=fields)
    _record("work_calendar.day_set", version, at, actor, date=date, is_working=is_working)
    return day


@transaction.atomic
def set_windows(
    *, valid_from: dt.date, windows: Sequence[Window], source: str, at: dt.datetime, actor: Actor
) -> list[WorkWindow]:
    """Make ``windows`` the office hours from ``valid_from`` on; a plan of the same day that has not begun is replaced.

    Raises:
        PlanIncomplete: days of the year without hours, or hours that overlap.
        PlanInForce: ``valid_from`` has passed (the very first plan may begin in the past).
    """
    if uncovered_days(windows):
        raise PlanIncomplete(field="windows")
    version = _new_version()
    if valid_from < clock.local_date(at) and WorkWindow.objects.exists():
        raise PlanInForce(field="valid_from")
    stored = _store_windows(valid_from, windows, source)
    _record("work_calendar.hours_set", version, at, actor, valid_from=valid_from, windows=len(stored))
    return stored


@transaction.atomic
def set_step_limit(
    *, step: str, severity: str, amount: int, unit: str, at: dt.datetime, actor: Actor
) -> StepLimit:
    """Set how long a step may take. Times that are stored already stay; new ones use the new limit.

    Raises:
        Invalid: unknown step, severity or unit, or an amount not above 0.
    """
    if step not in StepLimit.Step.values or (severity and severity not in Severity.values):
        raise Invalid(field="step")
    if unit not in LimitUnit.values or not 0 < amount < 10_000:
        raise Invalid(field="amount")
    version = _new_version()
    before = StepLimit.objects.filter(step=step, severity=severity).first()
    limit, _created = StepLimit.objects.update_or_create(
        step=step, severity=severity, defaults={"amount": amount, "unit": unit}
    )
    was = {"amount": before.amount, "unit": before.unit} if before else None
    now = {"amount": amount, "unit": unit}
    _record("work_calendar.limit_set", version, at, actor, step=step, severity=severity, was=was, now=now)
    return limit


@transaction.atomic
def load_calendar(*, at: dt.datetime, actor: Actor) -> bool:
    """Load the known notices (2020 to 2026) and the demo's office hours where they are missing.

    Returns whether anything was; safe to repeat, and journaled only when it was.
    """
    known = set(CalendarYear.objects.values_list("year", flat=True))
    rows = [row for row in _sheet("holidays_cn_2020_2026.csv") if int(row["notice_year"]) not in known]
    years = sorted({int(row["notice_year"]) for row in rows})
    missing_hours = not WorkWindow.objects.exists()
    if not years and not missing_hours:
        return False
    version = _new_version()
    for year in years:
        days, errors = read_days((row for row in rows if int(row["notice_year"]) == year), year=year)
        if errors:
            raise RowsRefused(errors)
        _store_year(year, days, "standard")
    if missing_hours:
        windows = [_window(row) for row in _sheet("work_windows.csv")]
        _store_windows(windows[0].valid_from, windows, DEMO)
    _record("work_calendar.loaded", version, at, actor, years=years, days=len(rows))
    return True


@transaction.atomic
def load_step_limits(*, at: dt.datetime, actor: Actor) -> bool:
    """Load the default limits of steps that have none. Returns whether anything was; safe to repeat."""
    present = set(StepLimit.objects.values_list("step", "severity"))
    rows = [row for row in _sheet("step_limits.csv") if (row["step"], row["severity"]) not in present]
    if not rows:
        return False
    version = _new_version()
    StepLimit.objects.bulk_create(
        StepLimit(step=row["step"], severity=row["severity"], amount=int(row["amount"]), unit=row["unit"])
        for row in rows
    )
    _record("work_calendar.limits_loaded", version, at, actor, limits=len(rows))
    return True


def _new_version() -> CalendarVersion:
    """Lock the version row and change it: from the commit on, every process reads again."""
    CalendarVersion.objects.get_or_create(pk=CalendarVersion.ONLY)
    version = CalendarVersion.objects.select_for_update().get(pk=CalendarVersion.ONLY)
    version.number += 1
    version.token = uuid.uuid4().hex
    version.save(update_fields=["number", "token"])
    return version


def _store_year(year: int, days: Sequence[DayRow], source: str) -> CalendarYear:
    dates = [day.date for day in days]
    if CalendarDay.objects.filter(date__in=dates, notice_year__gt=year).exists():
        raise YearBefore()
    CalendarDay.objects.filter(notice_year=year).delete()
    CalendarDay.objects.filter(date__in=dates).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(date=day.date, is_working=day.is_working, name=day.name, notice_year=year, source=source)
        for day in days
    )
    known, _created = CalendarYear.objects.update_or_create(year=year, defaults={"source": source})
    return known


def _store_windows(valid_from: dt.date, windows: Sequence[Window], source: str) -> list[WorkWindow]:
    WorkWindow.objects.filter(valid_from=valid_from).delete()
    return [
        WorkWindow.objects.create(
            valid_from=valid_from,
            season_from=window.season_from,
            season_to=window.season_to,
            opens=window.opens,
            closes=window.closes,
            source=source,
        )
        for window in windows
    ]


def _window(row: dict[str, str]) -> Window:
    return Window(
        valid_from=dt.date.fromisoformat(row["valid_from"]),
        season_from=row["season_from"],
        season_to=row["season_to"],
        opens=dt.time.fromisoformat(row["opens"]),
        closes=dt.time.fromisoformat(row["closes"]),
    )


def _sheet(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _record(kind: str, version: CalendarVersion, at: dt.datetime, actor: Actor, **data: object) -> None:
    record(kind=kind, subject=SUBJECT, at=at, actor=actor, data={"version": version.number, **data})
