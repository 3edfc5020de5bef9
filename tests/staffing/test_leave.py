"""Leave: taken, in the past, ended earlier, cancelled, and who may keep it."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.models import Case
from staffing.actions import (
    appoint,
    cancel_leave,
    end_leave,
    forget_absences,
    join,
    name_stand_in,
    relieve,
    take_leave,
)
from staffing.exceptions import (
    AwayAlready,
    DaysOver,
    NoStandInNeeded,
    NotAway,
    NotEntitled,
    WrongDates,
)
from staffing.models import Absence, Membership, StandIn, Tenure
from staffing.models.absences import AbsenceState
from staffing.policies import forget_posts, may_record_absence
from tests.staffing.leave_makers import DAY, TODAY, Post, acts, back, cancel, leave, name, told, who_acts
from tests.world import AT, STREET, World, a_dispatched, a_handled
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db


# --- taken --------------------------------------------------------------------------------------------------------


def test_whoever_stands_in_acts_on_the_days_of_the_leave_and_not_after(world: World) -> None:
    leave(world, days=(0, 5))
    assert who_acts(world, -1, 0, 4, 5) == [None, "stand_in", "stand_in", None]
    assert told() == ["absence.taken", "absence.covered"]
    entry = Entry.objects.get(kind="absence.covered")
    assert (entry.data["tell"], entry.data["block"], entry.area) == (
        [world.stand_in.pk],
        world.b1.code,
        world.b1.code,
    )


def test_the_journal_never_says_why_somebody_is_away(world: World) -> None:
    leave(world)
    assert all(
        Absence.Kind.ANNUAL.value not in str(entry.data)
        for entry in Entry.objects.filter(subject_type="absence")
    )


def test_open_cases_go_to_the_stand_in_and_come_back(world: World) -> None:
    case = a_dispatched(world)
    absence = leave(world, days=(0, 5))
    case.refresh_from_db()
    assert case.assignee == world.stand_in
    assert a_dispatched(world).assignee == world.stand_in
    later = AT + 2 * DAY
    back(absence, 2, at=later)
    case.refresh_from_db()
    assert case.assignee == world.governor


def test_evaluations_go_to_the_stand_in_of_the_supervisor(world: World) -> None:
    case = a_handled(world)
    leave(world, "supervisor", days=(0, 5))
    assert Case.objects.get(pk=case.pk).evaluator == world.stand_in
    assert who_acts(world, 0, 5, post=Post.ACTING_SUPERVISOR) == ["stand_in", None]


def test_one_stand_in_acts_in_all_posts_of_the_person(world: World) -> None:
    appoint(block=world.b2, post=Post.GOVERNOR, holder=world.governor, starts_on=TODAY, at=AT, actor=SYSTEM)
    leave(world, days=(1, 3))
    assert [acts(world, 1, block=block) for block in ("b1", "b2")] == [world.stand_in] * 2
    assert StandIn.objects.count() == 2


def test_a_leave_without_a_stand_in_is_recorded_and_seen_as_a_gap(world: World) -> None:
    absence = leave(world, act=None)
    assert list(Absence.objects.uncovered(TODAY)) == [absence]
    name(world, absence, "stand_in")
    assert not Absence.objects.uncovered(TODAY).exists()


def test_members_of_units_need_no_stand_in(world: World) -> None:
    absence = leave(world, "handler", act=None)
    assert absence in Absence.objects.on(TODAY)
    assert not Absence.objects.uncovered(TODAY).exists()
    with pytest.raises(NoStandInNeeded) as refusal:
        leave(world, "handler2")
    assert refusal.value.field == "stand_in"
    assert not Absence.objects.filter(person=world.handler2).exists()


@pytest.mark.parametrize("days", [(0, 0), (3, 2)])
def test_leave_ends_after_it_begins(world: World, days: tuple[int, int]) -> None:
    with pytest.raises(WrongDates):
        leave(world, days=days)


# first leave, second leave, whether both are possible
OVERLAPS = [
    ((0, 5), (5, 8), True),
    ((0, 5), (4, 8), False),
    ((3, 8), (0, 3), True),
    ((3, 8), (0, 4), False),
    ((0, 9), (2, 3), False),
    ((2, 3), (0, 9), False),
    ((0, 5), (0, 5), False),
]


@pytest.mark.parametrize("first, second, possible", OVERLAPS)
def test_nobody_is_away_twice_at_a_time(
    world: World, first: tuple[int, int], second: tuple[int, int], possible: bool
) -> None:
    leave(world, act=None, days=first)
    if possible:
        leave(world, act=None, days=second)
    else:
        with pytest.raises(AwayAlready) as refusal:
            leave(world, act=None, days=second)
        assert refusal.value.field == "starts_on"


def test_leave_after_leave_keeps_somebody_acting_throughout(world: World) -> None:
    leave(world, days=(0, 3))
    leave(world, act="handler", days=(3, 6))
    assert who_acts(world, 0, 2, 3, 5, 6) == ["stand_in", "stand_in", "handler", "handler", None]


def test_days_of_a_cancelled_leave_can_be_taken_again(world: World) -> None:
    cancel(leave(world))
    assert leave(world).pk


def test_the_database_refuses_two_from_one_day_and_an_end_before_the_start(world: World) -> None:
    absence = leave(world, act=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(person=world.governor, kind="sick", starts_on=TODAY, ends_on=TODAY + DAY)
    with pytest.raises(IntegrityError, match="absence_ends_after_start"), transaction.atomic():
        Absence.objects.filter(pk=absence.pk).update(ends_on=TODAY)


# --- the past -----------------------------------------------------------------------------------------------------


def test_a_past_leave_is_recorded_and_nobody_acts_in_the_past(world: World) -> None:
    with pytest.raises(DaysOver):
        leave(world, days=(-9, 0))
    leave(world, act=None, days=(-9, 0))
    assert not Tenure.objects.filter(post=Post.ACTING_GOVERNOR).exists()


def test_of_a_leave_that_began_before_one_acts_from_today_on(world: World) -> None:
    leave(world, days=(-3, 2))
    assert who_acts(world, -1, 0, 1, 2) == [None, "stand_in", "stand_in", None]


# --- ended earlier, cancelled ---------------------------------------------------------------------------------------


def test_whoever_is_back_earlier_has_the_block_again(world: World) -> None:
    absence = back(leave(world, days=(-2, 9)), 1)
    assert absence.state(TODAY + DAY) is AbsenceState.OVER
    assert who_acts(world, 0, 1, 8) == ["stand_in", None, None]
    entry = Entry.objects.get(kind="absence.ended")
    assert entry.data["tell"] == [world.governor.pk, world.stand_in.pk]


@pytest.mark.parametrize("day", [-3, -1, 5, 6])
def test_back_earlier_is_today_or_later_within_the_leave(world: World, day: int) -> None:
    with pytest.raises(WrongDates) as refusal:
        back(leave(world, days=(-2, 5)), day)
    assert refusal.value.field == "ends_on"
    assert who_acts(world, 4) == ["stand_in"]


@pytest.mark.parametrize("days", [(-1, 5), (0, 5), (2, 5)])
def test_a_cancelled_leave_counts_as_never_taken(world: World, days: tuple[int, int]) -> None:
    case = a_dispatched(world)
    absence = cancel(leave(world, days=days))
    assert who_acts(world, 0, 2, 4, 5) == [None] * 4
    assert absence.state(TODAY) is AbsenceState.CANCELLED
    assert not Absence.objects.on(TODAY + 3 * DAY).exists()
    case.refresh_from_db()
    assert case.assignee == world.governor
    assert told()[-1] == "absence.cancelled"


def test_what_is_over_or_cancelled_changes_no_more(world: World) -> None:
    cancelled, over = cancel(leave(world)), leave(world, act=None, days=(-9, -4))
    for absence in (cancelled, over):
        with pytest.raises(NotAway):
            back(absence, 1)
        with pytest.raises(NotAway):
            name(world, absence, "stand_in")
    with pytest.raises(NotAway):
        cancel(cancelled)
    assert cancel(over).cancelled_at == AT


def test_old_leave_is_forgotten_and_the_seats_stay(world: World) -> None:
    leave(world, days=(0, 5))
    leave(world, act=None, days=(8, 9))
    rows = Tenure.objects.count()
    assert forget_absences(before=TODAY + 6 * DAY, limit=100) == 1
    assert (Absence.objects.count(), StandIn.objects.count(), Tenure.objects.count()) == (1, 0, rows)


# --- who sees, who may --------------------------------------------------------------------------------------------


def test_one_sees_the_leave_of_ones_area_ones_units_and_ones_own(world: World) -> None:
    governor, handler = leave(world), leave(world, "handler", act=None)
    office = world.unit("city_management_office").pk
    sees = {
        "street": Scope(areas=frozenset({STREET}), has_post=True),
        "block": Scope(areas=frozenset({world.b1.code}), has_post=True),
        "other block": Scope(areas=frozenset({world.b2.code}), has_post=True),
        "other street": Scope(areas=frozenset({"430302008"}), has_post=True),
        "office": Scope(units=frozenset({office}), has_post=True),
        "himself": Scope(person=world.handler.pk),
        "stand-in": Scope(person=world.stand_in.pk),
        "nobody": Scope.nothing(),
    }
    found = {who: set(Absence.objects.within(scope)) for who, scope in sees.items()}
    assert found == {
        "street": {governor, handler},
        "block": {governor},
        "other block": set(),
        "other street": set(),
        "office": {handler},
        "himself": {handler},
        "stand-in": {governor},
        "nobody": set(),
    }


def test_who_moved_on_takes_leave_out_of_sight_of_the_old_street(world: World) -> None:
    relieve(block=world.b1, post=Post.GOVERNOR, starts_on=TODAY, at=AT, actor=SYSTEM)
    appoint(block=world.b9, post=Post.SUPERVISOR, holder=world.governor, starts_on=TODAY, at=AT, actor=SYSTEM)
    absence = leave(world, days=(0, 3))
    assert absence not in Absence.objects.within(Scope(areas=frozenset({STREET}), has_post=True))
    assert absence in Absence.objects.within(Scope(areas=frozenset({"430302008"}), has_post=True))


TABLE = """
                 governor  handler  streetleader  department  stranger
dispatcher       yes       yes      yes           no          no
coordinator      yes       yes      yes           no          no
streetleader     yes       yes      yes           no          no
leader           yes       yes      yes           yes         no
dispatcher9      no        no       no            no          no
block_head       no        no       no            no          no
office_head      no        no       no            no          no
department_head  no        no       no            no          no
governor         no        no       no            no          no
auditor          no        no       no            no          no
admin            no        no       no            no          no
security         no        no       no            no          no
stranger         no        no       no            no          no
"""
PEOPLE, *ROWS = [line.split() for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_leave_is_kept_by_whoever_appoints_there(world: World, row: list[str]) -> None:
    keeper, *expected = row
    found = [
        may_record_absence(
            world.people[keeper],
            person=world.people[person],
            starts_on=TODAY,
            ends_on=TODAY + DAY,
            on=TODAY,
        )
        for person in PEOPLE
    ]
    assert ["yes" if one else "no" for one in found] == expected


def by(world: World, who: str) -> dict[str, Any]:
    return {"by": world.people[who], "at": AT, "actor": SYSTEM}


@pytest.mark.parametrize("who, may", [("streetleader", True), ("governor", False), ("dispatcher9", False)])
def test_the_verbs_ask_who_keeps_the_leave_themselves(world: World, who: str, *, may: bool) -> None:
    absence = leave(world, act=None, days=(9, 12))
    named: dict[str, Any] = {"block": world.b1, "post": Post.GOVERNOR, "stand_in": world.stand_in}
    facts: dict[str, Any] = {"kind": "annual", "starts_on": TODAY, "ends_on": TODAY + 3 * DAY}
    before = told()
    for verb in (
        lambda: name_stand_in(absence=absence, **named, **by(world, who)),
        lambda: end_leave(absence=absence, ends_on=TODAY + 10 * DAY, **by(world, who)),
        lambda: cancel_leave(absence=absence, **by(world, who)),
        lambda: take_leave(person=world.governor, **facts, **by(world, who)),
    ):
        if may:
            verb()
            continue
        with pytest.raises(NotEntitled):
            verb()
    kinds = ["absence.covered", "absence.ended", "absence.cancelled", "absence.taken"]
    assert told() == before + (kinds if may else [])


def test_a_stand_in_is_named_only_where_one_appoints_oneself(world: World) -> None:
    appoint(block=world.b9, post=Post.SUPERVISOR, holder=world.governor, starts_on=TODAY, at=AT, actor=SYSTEM)
    facts: dict[str, Any] = {
        "person": world.governor,
        "kind": "annual",
        "starts_on": TODAY,
        "ends_on": TODAY + 3 * DAY,
    }
    with pytest.raises(NotEntitled) as refusal:
        take_leave(**facts, stand_in=world.stand_in, **by(world, "streetleader"))
    assert refusal.value.field == "stand_in"
    absence = take_leave(**facts, **by(world, "streetleader"))
    named: dict[str, Any] = {"block": world.b9, "post": Post.SUPERVISOR, "stand_in": world.stand_in}
    with pytest.raises(NotEntitled) as refusal:
        name_stand_in(absence=absence, **named, **by(world, "streetleader"))
    assert refusal.value.field == "seat"
    assert not StandIn.objects.exists()


def test_a_seat_that_begins_before_the_last_day_counts(world: World) -> None:
    unit, role = world.unit("coordination"), Membership.Role.MEMBER
    join(unit=unit, user=world.stranger, role=role, starts_on=TODAY + 2 * DAY, at=AT, actor=SYSTEM)

    def may(days: int) -> bool:
        forget_posts(world.stranger)
        ends_on = TODAY + days * DAY
        return bool(
            may_record_absence(
                world.dispatcher, person=world.stranger, starts_on=TODAY, ends_on=ends_on, on=TODAY
            )
        )

    assert (may(2), may(3)) == (False, True)


def test_how_many_leaves_there_are_does_not_change_how_many_questions_are_asked(
    world: World, django_assert_num_queries
) -> None:
    for who in ("governor", "supervisor", "governor2", "handler", "coordinator"):
        leave(world, who, act=None)
    with django_assert_num_queries(1):
        rows = list(Absence.objects.within(Scope(areas=frozenset({STREET}))).with_gap(TODAY))
    assert {row.person.username for row in rows if getattr(row, "has_gap", None)} == {
        "governor",
        "supervisor",
        "governor2",
    }
