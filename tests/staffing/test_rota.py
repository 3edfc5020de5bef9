"""The rota of a platform: planned, given, freed, exchanged."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from staffing.actions import (
    agree_swap,
    ask_swap,
    assign_shift,
    cancel_leave,
    decline_swap,
    leave,
    remove_shift,
    vacate_shifts,
    withdraw_swap,
)
from staffing.actions.absences import take_leave
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
from staffing.models import Absence, Membership, Shift, ShiftSwap, Unit, User
from tests.staffing.rota_makers import DAY, TODAY, acting, plan, seat, who
from tests.world import AT, STREET, World
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit.exceptions import Invalid
from yuhu.kit.scope import Scope


@pytest.fixture
def rapid(world: World) -> Unit:
    """The platform that responds, with three duty officers: 邓, 戴, 莫."""
    unit = world.unit("rapid_response")
    for name in ("stand_in", "stranger"):
        seat(world, name, unit)
    return unit


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


def on_leave(person, first_on, back_on):
    return take_leave(
        person=person, kind="annual", starts_on=first_on, ends_on=back_on, by=None, at=AT, actor=SYSTEM
    )


def test_whoever_is_on_leave_is_left_out_of_the_turn_and_refused_by_name(world, rapid):
    on_leave(world.stand_in, TODAY + 2 * DAY, TODAY + 4 * DAY)
    plan(rapid, days=4)
    assert who() == ["dispatcher", "stranger", "dispatcher", "stand_in"]
    later = on_leave(world.stand_in, TODAY + 10 * DAY, TODAY + 12 * DAY)
    named = {"first_on": TODAY + 10 * DAY, "days": 2, "officers": [world.dispatcher, world.stand_in]}
    with pytest.raises(NotOnThisRota, match="戴班") as refusal:
        plan(rapid, **named)
    assert refusal.value.code == "on_leave"
    cancel_leave(absence=later, by=None, at=AT, actor=SYSTEM)
    plan(rapid, **named)


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


def test_no_shift_is_given_to_somebody_on_leave_that_day(world, rapid):
    shift = plan(rapid, days=1)[0]
    on_leave(world.stand_in, shift.day, shift.day + DAY)
    with pytest.raises(NotOnThisRota, match="戴班") as refusal:
        assign_shift(shift=shift, officer=world.stand_in, at=AT, actor=SYSTEM)
    assert refusal.value.code == "on_leave"
    assert who() == ["dispatcher"]


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
    take_leave(
        person=world.dispatcher, kind="annual", starts_on=first, ends_on=back, by=None, at=AT, actor=SYSTEM
    )
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


@pytest.mark.parametrize("how", ["left", "closed", "on leave"])
def test_a_shift_of_somebody_who_has_left_or_is_away_is_covered_by_nobody(world, rapid, how):
    plan(rapid)
    if how == "on leave":
        day = Shift.objects.get(officer=world.stand_in).day
        Absence.objects.create(person=world.stand_in, kind="sick", starts_on=day, ends_on=day + DAY)
        others = {"person": world.dispatcher, "kind": "sick", "ends_on": day + 9 * DAY}
        Absence.objects.create(**others, starts_on=day + DAY)
        Absence.objects.create(**others, starts_on=TODAY, cancelled_at=AT)
    elif how == "left":
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


@pytest.mark.parametrize("change", ["given", "freed", "removed"])
def test_a_request_that_lapses_is_journaled_and_kept_and_both_are_named(world, pair, change):
    swap = asked(world, pair)
    if change == "given":
        assign_shift(shift=pair[1], officer=world.stranger, at=AT, actor=acting(world.streetleader))
    elif change == "freed":
        on_leave(world.dispatcher, pair[0].day, pair[0].day + DAY)
    else:
        remove_shift(shift=pair[1], at=AT, actor=acting(world.streetleader))
    swap = ShiftSwap.objects.get(pk=swap.pk)
    assert (swap.outcome, swap.decided_at) == ("lapsed", AT)
    entry = Entry.objects.get(kind="rota.swap_lapsed")
    assert (entry.subject_type, entry.subject_id) == ("shift_swap", str(swap.pk))
    assert (entry.data["mine"], entry.data["theirs"]) == (pair[0].pk, pair[1].pk)
    assert entry.data["tell"] == [world.dispatcher.pk, world.stand_in.pk]


@pytest.mark.parametrize("verb, outcome", [(agree_swap, "agreed"), (decline_swap, "declined")])
def test_what_was_decided_stays_when_its_shifts_are_removed(world, pair, verb, outcome):
    swap = verb(swap=asked(world, pair), at=AT, actor=acting(world.stand_in))
    for gone in range(3):
        found = ShiftSwap.objects.get(pk=swap.pk)
        assert (found.outcome, str(found).count("已移出值班表")) == (outcome, gone)
        assert bool(found.platform) is (gone < 2)
        seen = set(ShiftSwap.objects.within(Scope(areas=frozenset({STREET}))))
        assert seen == ({found} if gone < 2 else set())
        if gone < 2:
            remove_shift(shift=pair[gone], at=AT, actor=SYSTEM)
    assert swap in ShiftSwap.objects.within(Scope(person=world.dispatcher.pk))
    assert not Entry.objects.filter(kind="rota.swap_lapsed").exists()


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


def test_nobody_exchanges_into_a_day_on_which_he_is_on_leave(world, pair):
    swap = asked(world, pair)
    on_leave(world.stand_in, pair[0].day, pair[0].day + DAY)
    with pytest.raises(NotOnThisRota, match="戴班"):
        agree_swap(swap=swap, at=AT, actor=acting(world.stand_in))
    withdraw_swap(swap=swap, at=AT, actor=SYSTEM)
    with pytest.raises(NotOnThisRota, match="戴班"):
        asked(world, pair)
    assert who() == ["dispatcher", "stand_in", "stranger"]


def test_nobody_exchanges_into_a_day_on_which_he_has_left(world, pair):
    leave(seat=Membership.objects.get(user=world.stand_in), ends_on=TODAY, at=AT, actor=SYSTEM)
    with pytest.raises(NotOnThisRota):
        asked(world, pair)
