"""The periods of the board: which days, and with which they are compared."""

import datetime as dt

import pytest

from yuhu.dashboard.board.periods import Days, Span, chosen, months
from yuhu.kit.spans import year_before

TODAY = dt.date(2026, 11, 24)


def days(text: str) -> Days:
    first, last = text.split("..")
    return Days(dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize(
    "asked, now, before, year",
    [
        ("", "2026-10-26..2026-11-24", "2026-09-26..2026-10-25", "2025-10-26..2025-11-24"),
        ("month", "2026-11-01..2026-11-24", "2026-10-01..2026-10-24", "2025-11-01..2025-11-24"),
        ("last_month", "2026-10-01..2026-10-31", "2026-09-01..2026-09-30", "2025-10-01..2025-10-31"),
        ("quarter", "2026-10-01..2026-11-24", "2026-07-01..2026-08-24", "2025-10-01..2025-11-24"),
    ],
)
def test_a_running_period_is_compared_with_as_many_days(asked: str, now: str, before: str, year: str):
    found = chosen({"period": asked}, TODAY)
    assert (found.days, found.before, found.year) == (days(now), days(before), days(year))
    assert found.error == ""


def test_a_year_is_compared_with_the_year_before_alone():
    found = chosen({"period": "year"}, TODAY)
    assert (found.days, found.before, found.year) == (
        days("2026-01-01..2026-11-24"),
        None,
        days("2025-01-01..2025-11-24"),
    )
    assert set(found.periods) == {"now", "year"}


DAYS = [dt.date(2024, 2, 29), dt.date(2024, 3, 31), dt.date(2026, 1, 1), dt.date(2026, 12, 31)]


@pytest.mark.parametrize("today", DAYS)
@pytest.mark.parametrize("span", [span.value for span in Span if span is not Span.OWN])
def test_periods_that_are_asked_together_never_share_a_day(today: dt.date, span: str):
    found = chosen({"period": span}, today)
    told = [one for one in (found.days, found.before, found.year) if one is not None]
    assert all(one.first <= one.last for one in told)
    assert not any(one.meets(other) for one in told for other in told if one is not other)


@pytest.mark.parametrize("length", [1, 20, 182, 183, 200, 365, 366])
def test_own_days_of_any_length_share_no_day_with_what_they_are_compared_with(length: int):
    first = TODAY - dt.timedelta(days=length - 1)
    found = chosen({"from": first.isoformat(), "to": TODAY.isoformat()}, TODAY)
    told = [one for one in (found.days, found.before, found.year) if one is not None]
    assert (found.error, found.days.number) == ("", length)
    assert not any(one.meets(other) for one in told for other in told if one is not other)


def test_days_to_come_are_cut_off():
    assert chosen({"from": "2026-11-01", "to": "2027-05-01"}, TODAY).days.last == TODAY


def test_the_address_says_the_period_and_nothing_for_the_usual_one():
    assert chosen({}, TODAY).query == ""
    assert chosen({"period": "month"}, TODAY).query == "period=month"
    own = chosen({"from": "2026-11-01", "to": "2026-11-02"}, TODAY)
    assert own.query == "from=2026-11-01&to=2026-11-02"


def test_months_end_today_and_go_back_whole():
    found = months(3, dt.date(2026, 3, 15))
    assert found == [
        days("2026-01-01..2026-01-31"),
        days("2026-02-01..2026-02-28"),
        days("2026-03-01..2026-03-15"),
    ]
    assert len(months(24, TODAY)) == 24


def test_the_day_before_a_leap_day_s_year_is_the_28th():
    assert year_before(dt.date(2024, 2, 29)) == dt.date(2023, 2, 28)
