"""The arithmetic of a rota: patterns on the clock of the district, and gaps that nobody covers."""

import datetime as dt

import pytest

from staffing.actions import (
    warn_of_gaps,
)
from staffing.actions.gaps import gaps_of, warn
from staffing.actions.rota import Pattern
from staffing.models import Absence, RotaGap, Shift, Unit
from tests.staffing.rota_makers import DAY, HOUR, TODAY, WHOLE, plan, seat
from tests.world import AT, STREET, World
from yuhu.journal.models import Entry
from yuhu.kit import clock


@pytest.fixture
def rapid(world: World) -> Unit:
    """The platform that responds, with three duty officers: 邓, 戴, 莫."""
    unit = world.unit("rapid_response")
    for name in ("stand_in", "stranger"):
        seat(world, name, unit)
    return unit


# --- the pattern (no database) -----------------------------------------------------------------------------------


def local(span):
    return tuple(f"{clock.local(moment):%a %d %H:%M}" for moment in span)


@pytest.mark.parametrize(
    "pattern, expected",
    [
        (WHOLE, [("Wed 25 08:30", "Thu 26 08:30"), ("Thu 26 08:30", "Fri 27 08:30")]),
        (
            Pattern(dt.time(8), dt.time(8), weekdays=frozenset({2}), parts=3),
            [
                ("Wed 25 08:00", "Wed 25 16:00"),
                ("Wed 25 16:00", "Thu 26 00:00"),
                ("Thu 26 00:00", "Thu 26 08:00"),
            ],
        ),
        (
            Pattern(dt.time(9), dt.time(17), weekdays=frozenset({2, 3})),
            [("Wed 25 09:00", "Wed 25 17:00"), ("Thu 26 09:00", "Thu 26 17:00")],
        ),
        (Pattern(dt.time(9), dt.time(17), weekdays=frozenset({0})), []),
    ],
)
def test_a_pattern_repeats_on_its_weekdays_on_the_clock_of_the_district(pattern, expected):
    assert [local(span) for span in pattern.spans(TODAY + DAY, TODAY + 2 * DAY)] == expected


# --- gaps --------------------------------------------------------------------------------------------------------


def gaps(*shifts: tuple[int, int, bool]) -> list[tuple[int, int]]:
    """Shifts and gaps in hours from now."""
    rows = [(AT + first * HOUR, AT + last * HOUR, covered) for first, last, covered in shifts]
    found = gaps_of(rows, at=AT)
    return [(int((start - AT) / HOUR), int((end - AT) / HOUR)) for start, end in found]


def nights(*, until: int, missing: int = 99) -> list[tuple[int, int, bool]]:
    """Two weeks of nights of 12 hours, the present day's first hour being hour 0."""
    return [(24 * day + 12, 24 * day + 24, True) for day in range(-14, until) if day != missing]


@pytest.mark.parametrize(
    "shifts, expected",
    [
        ([(-24, 60, True)], []),
        ([(-24, 10, True)], [(10, 48)]),
        ([(-24, 10, True), (10, 30, False), (30, 60, True)], [(10, 30)]),
        ([(-24, 10, True), (20, 60, True)], [(10, 20)]),
        ([(-24, -10, True)], [(-10, 48)]),
        (nights(until=3), []),
        (nights(until=3, missing=1), [(36, 48)]),
        (nights(until=0), [(12, 24), (36, 48)]),
        ([], []),
    ],
    ids=["covered", "ends", "vacant", "between", "ended", "nights", "a night", "nights end", "no rota"],
)
def test_gaps_are_the_hours_that_the_rota_is_to_cover_and_nobody_does(shifts, expected):
    assert gaps(*shifts) == expected


def test_a_gap_is_journaled_once_for_the_platform_and_its_beginning(world, rapid):
    plan(rapid, days=1)
    at = AT + DAY
    assert warn_of_gaps(at=at) == 1
    assert warn_of_gaps(at=at) == 0
    assert warn_of_gaps(at=at + HOUR) == 0
    gap = RotaGap.objects.get()
    entry = Entry.objects.get(kind="rota.uncovered")
    assert (entry.subject_type, entry.subject_id) == ("rota_gap", str(gap.pk))
    assert gap.starts_at == Shift.objects.get().ends_at
    assert entry.data["heads"] == [rapid.code, STREET]


def test_a_gap_that_was_filled_since_it_was_found_is_not_told_and_one_that_shrank_as_it_is(world, rapid):
    plan(rapid, days=3)
    night, day = Shift.objects.order_by("starts_at")[:2]
    Shift.objects.filter(pk__in=[night.pk, day.pk]).update(officer=None)
    found = (night.starts_at, day.ends_at)
    Shift.objects.filter(pk=day.pk).update(officer=world.stand_in)
    at = AT + 12 * HOUR
    assert warn(rapid.pk, found, at=at)
    assert RotaGap.objects.get().ends_at == night.ends_at
    RotaGap.objects.all().delete()
    Shift.objects.filter(pk=night.pk).update(officer=world.stand_in)
    assert not warn(rapid.pk, found, at=at)
    assert not RotaGap.objects.exists()
    assert Entry.objects.filter(kind="rota.uncovered").count() == 1


def test_platforms_without_a_rota_and_covered_ones_are_not_warned_of(world, rapid):
    assert warn_of_gaps(at=AT) == 0
    plan(rapid, days=20)
    assert warn_of_gaps(at=AT) == 0
    assert warn_of_gaps(at=AT + 10 * DAY) == 0
    assert warn_of_gaps(at=AT + 60 * DAY) == 0, "a rota that was given up long ago is none"


def test_a_second_gap_is_told_of_too(world, rapid):
    plan(rapid, days=10)
    for shift in Shift.objects.all()[3:7:3]:
        Shift.objects.filter(pk=shift.pk).update(officer=None)
    told = [warn_of_gaps(at=AT + day * DAY) for day in range(9)]
    assert sum(told) == 2
    assert [clock.local_date(gap.starts_at) for gap in RotaGap.objects.order_by("starts_at")] == [
        TODAY + 4 * DAY,
        TODAY + 7 * DAY,
    ]
    found = [AT + day * DAY for day, number in enumerate(told) if number]
    assert all(
        gap.starts_at - moment > DAY
        for gap, moment in zip(RotaGap.objects.order_by("pk"), found, strict=True)
    ), "a day before"


def test_hours_of_an_officer_on_leave_are_a_gap(world, rapid):
    plan(rapid, days=10, officers=[world.dispatcher])
    day = TODAY + 3 * DAY
    Absence.objects.create(person=world.dispatcher, kind="sick", starts_on=day, ends_on=day + DAY)
    assert warn_of_gaps(at=AT + 2 * DAY) == 1
    assert clock.local_date(RotaGap.objects.get().starts_at) == day


def test_the_sweep_asks_few_questions_however_many_shifts(world, rapid, django_assert_num_queries):
    plan(rapid, days=40)
    plan(world.unit("coordination"), days=40)
    with django_assert_num_queries(1):
        assert warn_of_gaps(at=AT + 20 * DAY) == 0
