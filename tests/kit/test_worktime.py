"""Limits and working time: the reference vectors, each rule, and the laws that must hold for any input."""

import csv
import datetime as dt
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.kit.worktime_calendar import DAYS, WINDOWS, demo_calendar
from yuhu.kit.clock import LOCAL
from yuhu.kit.worktime import (
    Calendar,
    Limit,
    NoWorkingTime,
    TimeUnit,
    Window,
    advance,
    deadline,
    elapsed,
    limit_fraction,
    missing_years,
    remaining,
    remaining_working,
    resume,
    uncovered_days,
)

CALENDAR = demo_calendar()
HOUR = dt.timedelta(hours=1)
with (Path(__file__).parent / "data" / "worktime_vectors.csv").open(encoding="utf-8", newline="") as vectors:
    VECTORS = list(csv.DictReader(vectors))


def local(text: str) -> dt.datetime:
    """``2022-09-30 16:00`` on the district's clock, in UTC as callers hand it over."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=LOCAL).astimezone(dt.UTC)


def test_all_fourteen_reference_vectors_are_here() -> None:
    assert len(VECTORS) == 14
    assert {row["unit"] for row in VECTORS} == set(TimeUnit) - {"natural_minute"}


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: f"{row['start_local']}+{row['amount']}{row['unit']}")
def test_the_reference_vector_holds(row: dict[str, str]) -> None:
    due = deadline(local(row["start_local"]), int(row["amount"]), row["unit"], CALENDAR)
    assert due == local(row["expected_deadline_local"]), row["note"]
    assert due.tzinfo is dt.UTC


@pytest.mark.parametrize(
    ("start", "amount", "unit", "expected"),
    [
        # A working limit that begins on a rest day or after hours begins with the next opening.
        ("2022-10-01 10:00", 1, "working_hour", "2022-10-08 10:00"),
        ("2022-10-11 17:00", 1, "working_hour", "2022-10-12 10:00"),
        ("2022-10-11 08:00", 1, "working_hour", "2022-10-11 10:00"),
        # The day of the start is not counted, whatever the hour.
        ("2022-10-11 00:00", 1, "working_day", "2022-10-12 17:00"),
        ("2022-10-11 23:59", 1, "working_day", "2022-10-12 17:00"),
        ("2022-10-15 10:00", 1, "working_day", "2022-10-17 17:00"),
        # The season of the last day decides when it closes, not the season of the first.
        ("2022-06-30 10:00", 1, "working_day", "2022-07-01 17:30"),
        # Friday 02:15 here is still Thursday in UTC: the local weekday counts.
        ("2022-10-14 02:15", 1, "working_day", "2022-10-17 17:00"),
        # Over the end of the year.
        ("2021-12-31 16:30", 1, "working_hour", "2022-01-04 09:30"),
        ("2021-12-31 10:00", 2, "working_day", "2022-01-05 17:00"),
        # The clocks that never stop.
        ("2022-10-01 23:50", 30, "natural_minute", "2022-10-02 00:20"),
        ("2022-10-01 23:30", Decimal("0.5"), "natural_hour", "2022-10-02 00:00"),
        ("2022-10-11 11:45", Decimal("0.5"), "working_hour", "2022-10-11 13:15"),
    ],
)
def test_a_limit_ends_where_the_rules_say(
    start: str, amount: int | Decimal, unit: str, expected: str
) -> None:
    assert deadline(local(start), amount, unit, CALENDAR) == local(expected)


def test_natural_days_stay_on_a_rest_day_when_the_limit_does_not_roll() -> None:
    due = deadline(local("2022-09-24 10:00"), 7, "natural_day", CALENDAR, roll=False)
    assert due == local("2022-10-01 23:59:59")


def test_seconds_and_microseconds_of_the_start_are_kept() -> None:
    start = local("2022-10-11 10:00") + dt.timedelta(seconds=12, microseconds=345)
    assert deadline(start, 1, "working_hour", CALENDAR) == start + HOUR


@pytest.mark.parametrize("amount", [0, -1, Decimal("-0.5")])
def test_a_limit_without_length_is_refused(amount: int | Decimal) -> None:
    with pytest.raises(ValueError, match="above 0"):
        deadline(local("2022-10-11 10:00"), amount, "working_hour", CALENDAR)


@pytest.mark.parametrize("unit", ["working_day", "natural_day"])
def test_parts_of_days_are_refused(unit: str) -> None:
    with pytest.raises(ValueError, match="whole"):
        deadline(local("2022-10-11 10:00"), Decimal("1.5"), unit, CALENDAR)


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="fortnight"):
        deadline(local("2022-10-11 10:00"), 1, "fortnight", CALENDAR)


@pytest.mark.parametrize("unit", list(TimeUnit))
def test_a_moment_without_time_zone_is_refused(unit: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        deadline(dt.datetime(2022, 10, 11, 10), 1, unit, CALENDAR)


def test_elapsed_leaves_out_lunch_nights_and_holidays() -> None:
    assert elapsed(local("2022-09-30 16:00"), local("2022-10-08 11:30"), CALENDAR) == 4 * HOUR
    assert elapsed(local("2022-10-11 12:05"), local("2022-10-11 12:55"), CALENDAR) == 0 * HOUR
    assert elapsed(local("2022-10-01 00:00"), local("2022-10-07 23:59"), CALENDAR) == 0 * HOUR


def test_elapsed_over_a_whole_year_counts_every_working_day() -> None:
    working = sum(CALENDAR.is_working_day(dt.date(2022, 1, 1) + dt.timedelta(days=day)) for day in range(365))
    assert working == 249
    assert elapsed(local("2021-12-31 18:00"), local("2023-01-01 00:00"), CALENDAR) == 7 * 249 * HOUR


def test_a_stopped_clock_goes_on_with_what_was_left() -> None:
    due = deadline(local("2022-10-11 10:00"), 7, "working_hour", CALENDAR)
    left = remaining_working(local("2022-10-11 11:00"), due, CALENDAR)
    assert left == 6 * HOUR
    assert advance(local("2022-10-14 16:00"), left, CALENDAR) == local("2022-10-17 15:00")


def test_a_late_case_is_as_late_after_the_stop_as_before() -> None:
    left = remaining_working(local("2022-10-12 10:00"), local("2022-10-11 16:00"), CALENDAR)
    assert left == -2 * HOUR
    assert advance(local("2022-10-17 10:00"), left, CALENDAR) == local("2022-10-14 16:00")


def test_no_time_left_means_now_even_at_night() -> None:
    assert advance(local("2022-10-15 03:00"), dt.timedelta(0), CALENDAR) == local("2022-10-15 03:00")


@pytest.mark.parametrize(
    ("unit", "due", "stopped", "resumed", "expected"),
    [
        ("working_day", "2022-10-13 17:00", "2022-10-12 17:00", "2022-10-17 09:00", "2022-10-17 17:00"),
        ("natural_hour", "2022-10-11 12:00", "2022-10-11 11:00", "2022-10-15 20:00", "2022-10-15 21:00"),
        ("natural_minute", "2022-10-11 12:00", "2022-10-11 11:50", "2022-10-15 20:00", "2022-10-15 20:10"),
        ("natural_day", "2022-10-20 23:59:59", "2022-10-11 10:00", "2022-10-13 10:00", "2022-10-24 23:59:59"),
        (
            "natural_day",
            "2022-10-11 23:59:59",
            "2022-10-12 23:59:59",
            "2022-10-14 23:59:59",
            "2022-10-13 23:59:59",
        ),
    ],
)
def test_each_unit_resumes_in_its_own_way(
    unit: str, due: str, stopped: str, resumed: str, expected: str
) -> None:
    left = remaining(local(stopped), local(due), CALENDAR, unit)
    assert resume(local(resumed), left, CALENDAR, unit) == local(expected)


def test_the_warning_comes_when_three_quarters_of_the_working_time_have_passed() -> None:
    start, due = local("2022-10-14 15:00"), local("2022-10-17 11:00")
    assert limit_fraction(start, due, 0.75, CALENDAR, "working_hour") == local("2022-10-17 10:00")


def test_the_warning_of_a_natural_limit_ignores_office_hours() -> None:
    start, due = local("2022-10-15 00:00"), local("2022-10-16 00:00")
    assert limit_fraction(start, due, 0.75, CALENDAR, "natural_hour") == local("2022-10-15 18:00")
    assert limit_fraction(start, due, 0.75, CALENDAR, "natural_day") == local("2022-10-15 18:00")


def test_a_fraction_outside_the_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        limit_fraction(local("2022-10-14 15:00"), local("2022-10-17 11:00"), 1.5, CALENDAR, "working_hour")


def test_missing_years_are_named_for_the_whole_span() -> None:
    assert missing_years(local("2026-12-30 10:00"), local("2026-12-31 17:00"), CALENDAR) == ()
    assert missing_years(local("2026-12-30 10:00"), local("2028-01-04 17:00"), CALENDAR) == (2027, 2028)


def test_the_year_of_a_moment_is_the_local_one() -> None:
    new_year = dt.datetime(2026, 12, 31, 16, 0, tzinfo=dt.UTC)
    assert missing_years(new_year, new_year, CALENDAR) == (2027,)


def test_a_later_plan_replaces_the_earlier_from_its_day_on() -> None:
    longer = Window(dt.date(2022, 10, 12), "01-01", "12-31", dt.time(8), dt.time(20))
    calendar = Calendar(DAYS, (*WINDOWS, longer), CALENDAR.years)
    assert deadline(local("2022-10-10 10:00"), 1, "working_day", calendar) == local("2022-10-11 17:00")
    assert deadline(local("2022-10-11 10:00"), 1, "working_day", calendar) == local("2022-10-12 20:00")


def test_the_first_plan_counts_for_the_days_before_it() -> None:
    assert deadline(local("2015-03-02 10:00"), 1, "working_hour", CALENDAR) == local("2015-03-02 11:00")


def test_without_office_hours_a_working_limit_is_refused_and_natural_ones_go_on() -> None:
    empty = Calendar({}, (), frozenset())
    for unit in ("working_hour", "working_day"):
        with pytest.raises(NoWorkingTime):
            deadline(local("2022-10-11 10:00"), 1, unit, empty)
    assert deadline(local("2022-10-11 10:00"), 1, "natural_hour", empty) == local("2022-10-11 11:00")
    assert deadline(local("2022-10-14 10:00"), 1, "natural_day", empty) == local("2022-10-17 23:59:59")


def test_the_plan_of_the_demo_covers_every_day_of_the_year() -> None:
    assert uncovered_days(WINDOWS) == ()


def test_a_plan_with_a_gap_an_overlap_or_no_length_is_found() -> None:
    first = dt.date(2020, 1, 1)
    summer_only = [Window(first, "07-01", "09-30", dt.time(9), dt.time(12))]
    assert len(uncovered_days(summer_only)) == 366 - 92
    overlap = [*WINDOWS, Window(first, "05-01", "05-02", dt.time(11), dt.time(14))]
    assert uncovered_days(overlap) == ("05-01", "05-02")
    assert len(uncovered_days([Window(first, "01-01", "12-31", dt.time(9), dt.time(9))])) == 366


def test_a_limit_knows_its_deadline() -> None:
    limit = Limit(4, TimeUnit.WORKING_HOUR)
    assert limit.deadline(local("2022-09-30 16:00"), CALENDAR) == local("2022-10-08 11:30")


def test_a_deadline_of_sixty_working_days_takes_far_less_than_a_millisecond() -> None:
    start = local("2022-03-01 10:00")
    deadline(start, 60, "working_day", CALENDAR)
    began = time.process_time()
    for minute in range(1000):
        deadline(start + dt.timedelta(minutes=minute), 60, "working_day", CALENDAR)
        deadline(start + dt.timedelta(minutes=minute), 420, "working_hour", CALENDAR)
    assert (time.process_time() - began) / 2000 < 0.0005


# Laws for any input ------------------------------------------------------------------------------------------

moments = st.datetimes(
    min_value=dt.datetime(2020, 1, 1), max_value=dt.datetime(2026, 6, 30), timezones=st.just(dt.UTC)
)
hours = st.integers(min_value=1, max_value=500)
days = st.integers(min_value=1, max_value=90)
spans = st.timedeltas(min_value=dt.timedelta(microseconds=1), max_value=dt.timedelta(hours=900))


def is_open(moment: dt.datetime) -> bool:
    """Whether a limit may end here: inside a window or at its close. Written apart from the code it checks."""
    here = moment.astimezone(LOCAL)
    if not DAYS.get(here.date(), here.weekday() < 5):
        return False
    summer = 7 <= here.month <= 9
    afternoon = (dt.time(13, 30), dt.time(17, 30)) if summer else (dt.time(13), dt.time(17))
    return any(opens < here.time() <= closes for opens, closes in [(dt.time(9), dt.time(12)), afternoon])


@given(moments, hours)
def test_the_elapsed_time_of_a_deadline_is_the_limit(start: dt.datetime, amount: int) -> None:
    assert elapsed(start, deadline(start, amount, "working_hour", CALENDAR), CALENDAR) == amount * HOUR


@given(moments, hours)
def test_a_working_deadline_never_lies_in_a_closed_window(start: dt.datetime, amount: int) -> None:
    assert is_open(deadline(start, amount, "working_hour", CALENDAR))


@given(moments, days, st.sampled_from(["working_day", "natural_day"]))
def test_a_limit_in_days_ends_on_a_working_day(start: dt.datetime, amount: int, unit: str) -> None:
    due = deadline(start, amount, unit, CALENDAR)
    assert due > start
    assert CALENDAR.is_working_day(due.astimezone(LOCAL).date())
    if unit == "working_day":
        assert is_open(due)
        assert not is_open(due + dt.timedelta(seconds=1))


@given(moments, moments, st.integers(min_value=1, max_value=90), st.sampled_from(list(TimeUnit)))
def test_who_starts_later_is_not_due_earlier(
    one: dt.datetime, other: dt.datetime, amount: int, unit: TimeUnit
) -> None:
    early, late = sorted([one, other])
    assert deadline(early, amount, unit, CALENDAR) <= deadline(late, amount, unit, CALENDAR)


@given(moments, days, days, st.sampled_from(list(TimeUnit)))
def test_a_longer_limit_is_not_due_earlier(start: dt.datetime, one: int, other: int, unit: TimeUnit) -> None:
    short, long = sorted([one, other])
    assert deadline(start, short, unit, CALENDAR) <= deadline(start, long, unit, CALENDAR)


@given(moments, moments, moments)
def test_elapsed_time_adds_up_and_has_a_direction(
    one: dt.datetime, other: dt.datetime, third: dt.datetime
) -> None:
    first, middle, last = sorted([one, other, third])
    assert elapsed(first, last, CALENDAR) == elapsed(first, middle, CALENDAR) + elapsed(
        middle, last, CALENDAR
    )
    assert elapsed(last, first, CALENDAR) == -elapsed(first, last, CALENDAR)


@given(moments, spans, spans)
def test_two_advances_are_one(start: dt.datetime, one: dt.timedelta, other: dt.timedelta) -> None:
    assert advance(advance(start, one, CALENDAR), other, CALENDAR) == advance(start, one + other, CALENDAR)


@given(moments, spans)
def test_going_back_takes_as_long_as_going_there(start: dt.datetime, span: dt.timedelta) -> None:
    assume(start.year > 2020)
    before = advance(start, -span, CALENDAR)
    assert before < start
    assert elapsed(before, start, CALENDAR) == span
    assert elapsed(before + dt.timedelta(microseconds=1), start, CALENDAR) < span


@given(moments, hours, st.floats(min_value=0, max_value=1))
def test_the_warning_lies_between_start_and_due(start: dt.datetime, amount: int, fraction: float) -> None:
    due = deadline(start, amount, "working_hour", CALENDAR)
    warning = limit_fraction(start, due, fraction, CALENDAR, "working_hour")
    assert start <= warning <= due
    passed, wanted = elapsed(start, warning, CALENDAR), amount * HOUR * fraction
    assert abs(passed - wanted) <= dt.timedelta(microseconds=1)


@settings(max_examples=40)
@given(moments, st.integers(min_value=1, max_value=40))
def test_the_bisection_agrees_with_walking_minute_by_minute(start: dt.datetime, amount: int) -> None:
    start = start.replace(second=0, microsecond=0)
    left, moment = amount * 60, start
    while left:
        moment += dt.timedelta(minutes=1)
        left -= is_open(moment)
    assert deadline(start, amount, "working_hour", CALENDAR) == moment
