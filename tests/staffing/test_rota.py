"""The rota of a platform: planned in turn, given, freed, removed, exchanged; and what nobody covers is told of once."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from staffing.actions import (
    agree_swap,
    ask_swap,
    assign_shift,
    decline_swap,
    join,
    leave,
    plan_shifts,
    remove_shift,
    vacate_shifts,
    warn_of_gaps,
    withdraw_swap,
)
from staffing.actions.absences import take_leave
from staffing.actions.gaps import gaps_of
from staffing.actions.rota import Pattern
from staffing.exceptions import (
    AlreadyThere,
    NotEntitled,
    NotOnThisRota,
    ShiftOver,
    ShiftTaken,
    SwapClosed,
    WrongDates,
    WrongUnit,
)
from staffing.models import Membership, RotaGap, Shift, ShiftSwap, Unit, User
from tests.world import AT, START, STREET, World
from yuhu.journal.actions import SYSTEM, Actor
from yuhu.journal.models import Entry
from yuhu.kit import clock
from yuhu.kit.exceptions import Invalid

TODAY = clock.local_date(AT)  # a Tuesday
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
WHOLE = Pattern(begins=dt.time(8, 30), ends=dt.time(8, 30))


@pytest.fixture
def rapid(world: World) -> Unit:
    """The platform that responds, with three duty officers: 邓, 戴, 莫."""
    unit = world.unit("rapid_response")
    for name in ("stand_in", "stranger"):
        seat(world, name, unit)
    return unit


def seat(world, name, unit, role="duty_officer", starts_on=START):
    return join(unit=unit, user=world.people[name], role=role, starts_on=starts_on, at=AT, actor=SYSTEM)


def plan(unit, *, days=3, first_on=TODAY + DAY, pattern=WHOLE, officers=(), at=AT):
    last_on = first_on + (days - 1) * DAY
    return plan_shifts(
        platform=unit,
        first_on=first_on,
        last_on=last_on,
        pattern=pattern,
        officers=officers,
        at=at,
        actor=SYSTEM,
    )


def who(rows=None):
    rows = Shift.objects.select_related("officer") if rows is None else rows
    return [shift.officer.username if shift.officer else None for shift in rows]


def acting(user: User) -> Actor:
    return Actor(id=user.pk, name=user.name)


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


# --- planning ----------------------------------------------------------------------------------------------------


def test_the_duty_officers_take_turns_and_the_next_plan_goes_on_after_the_last(rapid):
    plan(rapid, days=2)
    assert who() == ["dispatcher", "stand_in"]
    plan(rapid, days=3, first_on=TODAY + 3 * DAY)
    assert who() == ["dispatcher", "stand_in", "stranger", "dispatcher", "stand_in"]


def test_named_officers_take_turns_in_their_order_heads_too(world, rapid):
    seat(world, "block_head", rapid, role="head")
    plan(rapid, officers=[world.block_head, world.dispatcher])
    assert who() == ["block_head", "dispatcher", "block_head"]


def test_whoever_is_not_there_on_the_day_is_left_out_of_the_turn_and_refused_by_name(world, rapid):
    membership = Membership.objects.get(user=world.stand_in)
    leave(seat=membership, ends_on=TODAY + 2 * DAY, at=AT, actor=SYSTEM)
    plan(rapid)
    assert who() == ["dispatcher", "stranger", "dispatcher"]
    with pytest.raises(NotOnThisRota, match="戴班"):
        plan(rapid, first_on=TODAY + 10 * DAY, officers=[world.dispatcher, world.stand_in])
    assert Shift.objects.count() == 3


def test_without_any_duty_officer_the_shifts_are_there_and_nobody_covers_them(world):
    unit = world.unit("block_service")
    plan(unit)
    assert who() == [None, None, None]
    assert Shift.objects.uncovered().count() == 3


@pytest.mark.parametrize(
    "changes, refusal",
    [
        ({"days": 0}, WrongDates),
        ({"days": 93}, Invalid),
        ({"first_on": TODAY - 3 * DAY, "days": 2}, ShiftOver),
        ({"days": 1, "pattern": Pattern(dt.time(8), dt.time(8), weekdays=frozenset({6}))}, Invalid),
        ({"pattern": Pattern(dt.time(8), dt.time(8), parts=5)}, Invalid),
    ],
    ids=["backwards", "too long", "past", "no such weekday", "too many parts"],
)
def test_an_impossible_period_is_refused(rapid, changes, refusal):
    with pytest.raises(refusal):
        plan(rapid, **changes)
    assert not Shift.objects.exists()


def test_only_platforms_have_a_rota(world):
    with pytest.raises(WrongUnit):
        plan(world.unit("city_management_office"))


def test_shifts_of_one_platform_never_overlap_those_of_two_may(world, rapid):
    plan(rapid)
    with pytest.raises(ShiftTaken, match="2026-11-25 08:30"):
        plan(rapid, pattern=Pattern(dt.time(6), dt.time(9)))
    assert Shift.objects.count() == 3
    plan(rapid, first_on=TODAY + 4 * DAY)
    plan(world.unit("coordination"))
    assert Shift.objects.count() == 9


def test_planning_is_journaled_and_names_whom_it_concerns(world, rapid):
    plan(rapid, officers=[world.dispatcher, world.stand_in])
    entry = Entry.objects.get(kind="rota.planned")
    assert (entry.subject_type, entry.area) == ("unit", STREET)
    assert entry.data["tell"] == sorted([world.dispatcher.pk, world.stand_in.pk])
    assert (entry.data["on"], entry.data["shifts"]) == ((TODAY + DAY).isoformat(), 3)


# --- giving, freeing, removing -----------------------------------------------------------------------------------


def test_a_shift_is_given_to_somebody_else_once_and_both_are_named(world, rapid):
    shift = plan(rapid, days=1)[0]
    assign_shift(shift=shift, officer=world.stand_in, at=AT, actor=SYSTEM)
    assert who() == ["stand_in"]
    entry = Entry.objects.get(kind="rota.assigned")
    assert set(entry.data["tell"]) == {world.stand_in.pk, world.dispatcher.pk}
    with pytest.raises(AlreadyThere):
        assign_shift(shift=shift, officer=world.stand_in, at=AT, actor=SYSTEM)
    with pytest.raises(NotOnThisRota):
        assign_shift(shift=shift, officer=world.coordinator, at=AT, actor=SYSTEM)
    with pytest.raises(ShiftOver):
        assign_shift(shift=shift, officer=world.dispatcher, at=AT + 5 * DAY, actor=SYSTEM)


def test_an_officer_on_leave_loses_the_shifts_of_those_days_only(world, rapid):
    plan(rapid, days=6)
    freed = vacate_shifts(
        platform=rapid, officer=world.dispatcher, first_on=TODAY, last_on=TODAY + 2 * DAY, at=AT, actor=SYSTEM
    )
    assert len(freed) == 1
    assert who() == [None, "stand_in", "stranger", "dispatcher", "stand_in", "stranger"]
    entry = Entry.objects.get(kind="rota.vacated")
    assert entry.data["heads"] == [rapid.code, STREET]
    with pytest.raises(Invalid, match="邓值"):
        vacate_shifts(
            platform=rapid,
            officer=world.dispatcher,
            first_on=TODAY,
            last_on=TODAY + 2 * DAY,
            at=AT,
            actor=SYSTEM,
        )


def test_leave_frees_the_shifts_of_its_days(world, rapid):
    plan(rapid, days=4, officers=[world.dispatcher])
    mine = Shift.objects.filter(officer=world.dispatcher).order_by("day")
    assert mine.count() == 4
    first, back = TODAY + 2 * DAY, TODAY + 4 * DAY
    take_leave(person=world.dispatcher, kind="annual", starts_on=first, ends_on=back, at=AT, actor=SYSTEM)
    assert [shift.day - TODAY for shift in mine.all()] == [DAY, 4 * DAY]


def test_a_removed_shift_is_gone_and_its_officer_is_named(world, rapid):
    shift = plan(rapid, days=2)[0]
    remove_shift(shift=shift, at=AT, actor=SYSTEM)
    assert who() == ["stand_in"]
    assert Entry.objects.get(kind="rota.removed").data["tell"] == [world.dispatcher.pk]
    with pytest.raises(ShiftOver):
        assign_shift(shift=shift, officer=world.stranger, at=AT, actor=SYSTEM)


def test_what_has_begun_is_not_removed(rapid):
    shift = plan(rapid, days=1)[0]
    with pytest.raises(ShiftOver):
        remove_shift(shift=shift, at=shift.starts_at, actor=SYSTEM)
    assert Shift.objects.count() == 1


@pytest.mark.parametrize("how", ["left", "closed"])
def test_a_shift_of_somebody_who_has_left_is_covered_by_nobody(world, rapid, how):
    plan(rapid)
    if how == "left":
        leave(seat=Membership.objects.get(user=world.stand_in), ends_on=TODAY, at=AT, actor=SYSTEM)
    else:
        User.objects.filter(pk=world.stand_in.pk).update(is_active=False)
    assert who(Shift.objects.uncovered().select_related("officer")) == ["stand_in"]
    assert who(Shift.objects.covered().select_related("officer")) == ["dispatcher", "stranger"]


def test_the_database_knows_that_a_shift_ends_after_it_begins_and_begins_once(rapid):
    shift = plan(rapid, days=1)[0]
    with pytest.raises(IntegrityError, match="shift_ends_after_start"), transaction.atomic():
        Shift.objects.filter(pk=shift.pk).update(ends_at=shift.starts_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.create(platform=rapid, day=TODAY, starts_at=shift.starts_at, ends_at=shift.ends_at)


# --- exchanging --------------------------------------------------------------------------------------------------


@pytest.fixture
def pair(rapid):
    """The shifts of 邓 (tomorrow) and 戴 (the day after)."""
    return plan(rapid)[:2]


def asked(world, pair):
    return ask_swap(shift=pair[0], theirs=pair[1], at=AT, actor=acting(world.dispatcher))


def test_an_exchange_is_asked_agreed_and_journaled(world, pair):
    swap = asked(world, pair)
    assert Entry.objects.get(kind="rota.swap_asked").data["tell"] == [world.stand_in.pk]
    agree_swap(swap=swap, at=AT, actor=acting(world.stand_in))
    assert who() == ["stand_in", "dispatcher", "stranger"]
    swap.refresh_from_db()
    assert (swap.outcome, swap.decided_at) == ("agreed", AT)
    assert Entry.objects.filter(kind="rota.exchanged").count() == 2


@pytest.mark.parametrize("verb, outcome", [(decline_swap, "declined"), (withdraw_swap, "withdrawn")])
def test_declined_or_withdrawn_everybody_keeps_his_shift(world, pair, verb, outcome):
    swap = asked(world, pair)
    verb(swap=swap, at=AT, actor=SYSTEM)
    assert who() == ["dispatcher", "stand_in", "stranger"]
    assert ShiftSwap.objects.get().outcome == outcome
    asked(world, pair)
    assert ShiftSwap.objects.count() == 2, "it may be asked again"


@pytest.mark.parametrize("verb", [agree_swap, decline_swap, withdraw_swap])
def test_a_decided_exchange_is_not_decided_again(world, pair, verb):
    swap = asked(world, pair)
    agree_swap(swap=swap, at=AT, actor=SYSTEM)
    with pytest.raises(SwapClosed):
        verb(swap=swap, at=AT, actor=SYSTEM)
    assert who() == ["stand_in", "dispatcher", "stranger"]


@pytest.mark.parametrize("change", ["given", "freed", "removed", "begun"])
def test_a_request_lapses_when_one_of_the_shifts_changes_hands_or_begins(world, pair, change):
    swap, at = asked(world, pair), AT
    if change == "given":
        assign_shift(shift=pair[1], officer=world.stranger, at=AT, actor=SYSTEM)
    elif change == "freed":
        days = {"first_on": TODAY, "last_on": TODAY + 2 * DAY}
        vacate_shifts(platform=pair[0].platform, officer=world.dispatcher, **days, at=AT, actor=SYSTEM)
    elif change == "removed":
        remove_shift(shift=pair[1], at=AT, actor=SYSTEM)
    else:
        at = pair[0].starts_at
    before = who()
    with pytest.raises(SwapClosed):
        agree_swap(swap=swap, at=at, actor=SYSTEM)
    assert who() == before
    assert not ShiftSwap.objects.waiting(at).exists()


def test_what_cannot_be_exchanged_is_not_asked(world, rapid, pair):
    other = plan(world.unit("coordination"))[0]
    empty = plan(rapid, days=1, first_on=TODAY + 9 * DAY)[0]
    Shift.objects.filter(pk=empty.pk).update(officer=None)
    mine, theirs = pair
    for shift, wanted, actor, refusal in (
        (mine, theirs, world.stand_in, NotEntitled),
        (mine, other, world.dispatcher, Invalid),
        (mine, empty, world.dispatcher, Invalid),
        (mine, mine, world.dispatcher, Invalid),
    ):
        with pytest.raises(refusal):
            ask_swap(shift=shift, theirs=wanted, at=AT, actor=acting(actor))
    with pytest.raises(ShiftOver):
        ask_swap(shift=mine, theirs=theirs, at=mine.starts_at, actor=acting(world.dispatcher))
    asked(world, pair)
    with pytest.raises(AlreadyThere):
        asked(world, pair)


def test_nobody_exchanges_into_a_day_on_which_he_has_left(world, pair):
    leave(seat=Membership.objects.get(user=world.stand_in), ends_on=TODAY, at=AT, actor=SYSTEM)
    with pytest.raises(NotOnThisRota):
        asked(world, pair)


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


def test_the_sweep_asks_few_questions_however_many_shifts(world, rapid, django_assert_num_queries):
    plan(rapid, days=40)
    plan(world.unit("coordination"), days=40)
    with django_assert_num_queries(1):
        assert warn_of_gaps(at=AT + 20 * DAY) == 0
