"""Arithmetic of spans: together, and what is left."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuhu.kit.spans import merged, without

START = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


def spans(*pairs: tuple[int, int]) -> list[tuple[dt.datetime, dt.datetime]]:
    return [(START + dt.timedelta(hours=first), START + dt.timedelta(hours=last)) for first, last in pairs]


@pytest.mark.parametrize(
    "given_, expected",
    [
        ([], []),
        ([(3, 5), (1, 2)], [(1, 2), (3, 5)]),
        ([(1, 3), (3, 5)], [(1, 5)]),
        ([(1, 9), (2, 3)], [(1, 9)]),
        ([(2, 2), (4, 3)], []),
    ],
)
def test_what_touches_becomes_one(given_, expected):
    assert merged(spans(*given_)) == spans(*expected)


@pytest.mark.parametrize(
    "wanted, taken, left",
    [
        ([(0, 10)], [], [(0, 10)]),
        ([(0, 10)], [(2, 4), (6, 8)], [(0, 2), (4, 6), (8, 10)]),
        ([(0, 10)], [(-1, 11)], []),
        ([(0, 10)], [(-5, 3), (9, 12)], [(3, 9)]),
        ([(0, 2), (4, 6)], [(1, 5)], [(0, 1), (5, 6)]),
        ([(0, 2)], [(2, 3)], [(0, 2)]),
    ],
)
def test_what_nobody_takes_is_left(wanted, taken, left):
    assert without(spans(*wanted), spans(*taken)) == spans(*left)


PAIRS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)


@given(PAIRS, PAIRS)
def test_every_hour_is_left_exactly_when_it_is_wanted_and_not_taken(wanted, taken):
    def holds(rows, hour):
        return any(first <= hour < last for first, last in rows)

    left = without(spans(*wanted), spans(*taken))
    for hour in range(31):
        moment = START + dt.timedelta(hours=hour)
        inside = any(first <= moment < last for first, last in left)
        assert inside == (holds(wanted, hour) and not holds(taken, hour))
