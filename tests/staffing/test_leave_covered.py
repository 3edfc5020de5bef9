"""Who stands in for whom: who can, who is away too, another one, and seats that end or begin meanwhile."""

import pytest

from staffing.actions import (
    appoint,
    hand_over,
    relieve,
    set_active,
    stand_in,
)
from staffing.exceptions import (
    NoStandInNeeded,
    SamePersonTwice,
    WrongStandIn,
)
from staffing.models import Absence, Tenure
from tests.staffing.leave_makers import DAY, TODAY, Post, acts, back, leave, name, who_acts
from tests.world import AT, START, World, a_dispatched
from yuhu.journal.actions import SYSTEM

pytestmark = pytest.mark.django_db


# --- who can stand in ---------------------------------------------------------------------------------------------


def test_the_other_side_of_the_block_does_not_stand_in(world: World) -> None:
    with pytest.raises(SamePersonTwice) as refusal:
        leave(world, act="supervisor")
    assert refusal.value.field == "stand_in"
    assert world.b1.name in str(refusal.value)
    assert not Absence.objects.exists()


def test_nobody_stands_in_for_himself_or_while_away_or_without_an_account(world: World) -> None:
    leave(world, "stand_in", act=None, days=(4, 6))
    with pytest.raises(WrongStandIn):
        leave(world, days=(0, 5))
    assert leave(world, days=(0, 4)).pk
    with pytest.raises(WrongStandIn):
        leave(world, "governor2", act="governor2")
    set_active(user=world.handler, active=False, at=AT, actor=SYSTEM)
    world.handler.refresh_from_db()
    with pytest.raises(WrongStandIn):
        leave(world, "governor2", act="handler")


def test_the_turn_that_somebody_else_was_given_is_not_taken_away(world: World) -> None:
    stand_in(
        block=world.b1,
        post=Post.GOVERNOR,
        person=world.handler,
        starts_on=TODAY + 2 * DAY,
        ends_on=TODAY + 4 * DAY,
        at=AT,
        actor=SYSTEM,
    )
    with pytest.raises(WrongStandIn, match="韩立"):
        leave(world, days=(0, 5))
    assert who_acts(world, 0, 2) == [None, "handler"]


def test_who_acts_until_further_notice_goes_on_after_the_leave(world: World) -> None:
    stand_in(
        block=world.b1,
        post=Post.GOVERNOR,
        person=world.handler,
        starts_on=START,
        ends_on=None,
        at=AT,
        actor=SYSTEM,
    )
    absence = leave(world, days=(1, 4))
    assert who_acts(world, 0, 1, 3, 4) == ["handler", "stand_in", "stand_in", "handler"]
    back(absence, 2)
    assert who_acts(world, 0, 1, 2, 4) == ["handler", "stand_in", "handler", "handler"]


def test_who_acts_already_is_named_and_nothing_changes(world: World) -> None:
    stand_in(
        block=world.b1,
        post=Post.GOVERNOR,
        person=world.handler,
        starts_on=START,
        ends_on=None,
        at=AT,
        actor=SYSTEM,
    )
    rows = Tenure.objects.count()
    absence = leave(world, act="handler", days=(1, 4))
    assert Tenure.objects.count() == rows
    back(absence, 2)
    assert who_acts(world, 0, 1, 2, 9) == ["handler"] * 4


# --- whoever stands in is away too --------------------------------------------------------------------------------


def test_a_stand_in_who_is_away_is_replaced_and_resumes(world: World) -> None:
    leave(world, days=(0, 9))
    away = leave(world, "stand_in", act="handler", days=(2, 5))
    assert who_acts(world, 1, 2, 4, 5, 8, 9) == [
        "stand_in",
        "handler",
        "handler",
        "stand_in",
        "stand_in",
        None,
    ]
    back(away, 4)
    assert who_acts(world, 3, 4, 8, 9) == ["handler", "stand_in", "stand_in", None]


def test_a_stand_in_who_is_away_leaves_a_gap_until_another_is_named(world: World) -> None:
    leave(world, days=(0, 9))
    away = leave(world, "stand_in", act=None, days=(0, 5))
    assert Absence.objects.uncovered(TODAY).count() == 2
    name(world, away, "handler", Post.ACTING_GOVERNOR)
    assert not Absence.objects.uncovered(TODAY).exists()
    name(world, away, "handler2", Post.ACTING_GOVERNOR)
    assert who_acts(world, 0, 5, 9) == ["handler2", "stand_in", None]


def test_who_comes_back_is_not_stood_in_for_by_the_stand_in_of_the_stand_in(world: World) -> None:
    absence = leave(world, days=(0, 9))
    away = leave(world, "stand_in", act="handler", days=(2, 5))
    back(absence, 3)
    assert who_acts(world, 1, 2, 3, 5, 8) == ["stand_in", "handler", None, None, None]
    back(away, 4)
    assert who_acts(world, 3, 4, 5, 8) == [None] * 4


# --- another stand-in ---------------------------------------------------------------------------------------------


def test_another_stand_in_takes_over_from_today(world: World) -> None:
    absence = leave(world, days=(-1, 5))
    name(world, absence, "handler")
    assert who_acts(world, 0, 4, 5) == ["handler", "handler", None]
    assert [row.person for row in absence.stand_ins.all()] == [world.handler]


def test_another_stand_in_of_a_planned_leave_takes_its_place(world: World) -> None:
    absence = leave(world, days=(2, 5))
    name(world, absence, "handler")
    assert who_acts(world, 1, 2, 4, 5) == [None, "handler", "handler", None]


def test_a_stand_in_who_is_relieved_by_hand_leaves_a_gap_and_another_can_be_named(world: World) -> None:
    absence = leave(world, days=(0, 5))
    relieve(block=world.b1, post=Post.ACTING_GOVERNOR, starts_on=TODAY, at=AT, actor=SYSTEM)
    assert list(Absence.objects.uncovered(TODAY)) == [absence]
    name(world, absence, "handler")
    assert who_acts(world, 0, 4, 5) == ["handler", "handler", None]
    back(absence, 2)
    assert who_acts(world, 1, 2) == ["handler", None]


def test_somebody_put_there_by_hand_meanwhile_ends_with_the_leave(world: World) -> None:
    absence = leave(world, days=(0, 5))
    relieve(block=world.b1, post=Post.ACTING_GOVERNOR, starts_on=TODAY + DAY, at=AT, actor=SYSTEM)
    stand_in(
        block=world.b1,
        post=Post.GOVERNOR,
        person=world.handler,
        starts_on=TODAY + DAY,
        ends_on=None,
        at=AT,
        actor=SYSTEM,
    )
    back(absence, 3)
    assert who_acts(world, 0, 1, 2, 3, 9) == ["stand_in", "handler", "handler", None, None]


def test_for_a_post_that_the_person_does_not_hold_nobody_is_named(world: World) -> None:
    absence = leave(world, act=None)
    with pytest.raises(NoStandInNeeded):
        name(world, absence, "stand_in", Post.SUPERVISOR)
    with pytest.raises(NoStandInNeeded):
        name(world, absence, "stand_in", block="b2")


# --- a seat that ends or begins meanwhile ---------------------------------------------------------------------------


def test_a_successor_ends_the_standing_in(world: World) -> None:
    case = a_dispatched(world)
    leave(world, days=(0, 9))
    hand_over(
        block=world.b1, post=Post.GOVERNOR, to=world.handler, starts_on=TODAY + 4 * DAY, at=AT, actor=SYSTEM
    )
    assert who_acts(world, 3, 4, 8) == ["stand_in", None, None]
    hand_over(block=world.b1, post=Post.GOVERNOR, to=world.handler2, starts_on=TODAY, at=AT, actor=SYSTEM)
    case.refresh_from_db()
    assert case.assignee == world.handler2


def test_for_a_post_that_falls_vacant_meanwhile_one_acts_until_the_planned_end(world: World) -> None:
    absence = leave(world, days=(0, 9))
    relieve(block=world.b1, post=Post.GOVERNOR, starts_on=TODAY + 2 * DAY, at=AT, actor=SYSTEM)
    back(absence, 4)
    assert who_acts(world, 2, 4, 8, 9) == ["stand_in", "stand_in", "stand_in", None]


def test_one_stands_in_only_as_long_as_the_person_has_the_post(world: World) -> None:
    hand_over(
        block=world.b1, post=Post.GOVERNOR, to=world.handler, starts_on=TODAY + 3 * DAY, at=AT, actor=SYSTEM
    )
    leave(world, days=(0, 9))
    assert who_acts(world, 2, 3, 8) == ["stand_in", None, None]


def test_a_post_that_begins_during_the_leave_is_covered_from_then_on(world: World) -> None:
    appoint(
        block=world.b2,
        post=Post.SUPERVISOR,
        holder=world.governor,
        starts_on=TODAY + 3 * DAY,
        at=AT,
        actor=SYSTEM,
    )
    leave(world, days=(0, 9))
    seat = Post.ACTING_SUPERVISOR
    assert [acts(world, day, seat, "b2") for day in (2, 3, 8, 9)] == [
        None,
        world.stand_in,
        world.stand_in,
        None,
    ]
