"""Days of outside figures: month, quarter, year to date; the year before; months that add up, and nothing guessed."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.outside import FACTS, Days, Outside, Span, added_up, days_of, year_before

DAY = dt.timedelta(days=1)


def days(first: str, last: str) -> Days:
    return dt.date.fromisoformat(first), dt.date.fromisoformat(last)


def month(number: int, year: int = 2022) -> Days:
    return days_of(Span.MONTH, year, number)


@pytest.mark.parametrize(
    "span, year, number, expected",
    [
        ("month", 2024, 2, ("2024-02-01", "2024-02-29")),
        ("month", 2022, 12, ("2022-12-01", "2022-12-31")),
        ("quarter", 2022, 1, ("2022-01-01", "2022-03-31")),
        ("quarter", 2022, 8, ("2022-07-01", "2022-09-30")),
        ("quarter", 2022, 12, ("2022-10-01", "2022-12-31")),
        ("year_to_date", 2022, 10, ("2022-01-01", "2022-10-31")),
    ],
)
def test_a_span_and_a_month_say_the_days(
    span: str, year: int, number: int, expected: tuple[str, str]
) -> None:
    assert days_of(span, year, number) == days(*expected)


@pytest.mark.parametrize(
    "asked, before",
    [
        (("2022-01-01", "2022-10-31"), ("2021-01-01", "2021-10-31")),
        (("2026-11-01", "2026-11-24"), ("2025-11-01", "2025-11-24")),
        (("2025-02-01", "2025-02-28"), ("2024-02-01", "2024-02-29")),
        (("2024-02-01", "2024-02-29"), ("2023-02-01", "2023-02-28")),
        (("2024-02-29", "2024-03-10"), ("2023-02-28", "2023-03-10")),
    ],
)
def test_the_same_days_of_the_year_before(asked: tuple[str, str], before: tuple[str, str]) -> None:
    assert year_before(days(*asked)) == days(*before)


def test_what_is_known_of_exactly_these_days_is_taken_before_its_months() -> None:
    quarter = days_of(Span.QUARTER, 2022, 3)
    known = {month(1): Decimal(1), month(2): Decimal(2), month(3): Decimal(3)}
    assert added_up(known, quarter) == (Decimal(6), (month(1), month(2), month(3)))
    assert added_up(known | {quarter: Decimal(7)}, quarter) == (Decimal(7), (quarter,))


def test_a_gap_or_an_overlap_covers_nothing() -> None:
    known = {month(1): Decimal(1), month(3): Decimal(3)}
    assert added_up(known, days_of(Span.QUARTER, 2022, 3)) is None
    assert added_up({days_of(Span.YEAR_TO_DATE, 2022, 2): Decimal(1), month(2): Decimal(1)}, month(1)) is None
    assert added_up({}, month(1)) is None
    assert added_up({days_of(Span.YEAR_TO_DATE, 2022, 4): Decimal(9)}, days_of(Span.QUARTER, 2022, 3)) is None


@given(st.lists(st.integers(0, 8).flatmap(lambda a: st.tuples(st.just(a), st.integers(a, 9))), max_size=12))
def test_the_fewest_that_cover_are_found_whatever_is_known(spans: list[tuple[int, int]]) -> None:
    start = dt.date(2022, 1, 1)
    known = {(start + first * DAY, start + last * DAY): Decimal(1) for first, last in spans}
    found = added_up(known, (start, start + 9 * DAY))
    fewest = {0: 0}
    for _round in range(10):
        for first, last in spans:
            if first in fewest:
                fewest[last + 1] = min(fewest.get(last + 1, 99), fewest[first] + 1)
    assert (found is None) == (10 not in fewest)
    if found is not None:
        assert len(found[1]) == found[0] == fewest[10]
        assert all(one[1] + DAY == other[0] for one, other in zip(found[1], found[1][1:], strict=False))


def test_every_figure_has_its_unit() -> None:
    assert set(FACTS) == set(Outside)
