"""The reserve of cadres: one open entry a person, three tiers, and whom a vacant post finds in it."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from blocks.models import Block, Street
from staffing.actions import (
    add_assistant,
    appoint,
    leave_reserve,
    load_reserve,
    move_tier,
    note_attendance,
    plan_training,
    put_in_reserve,
    relieve,
    stand_in,
)
from staffing.exceptions import AccountClosed, AlreadyThere, InReserve, NotNow, WrongDates
from staffing.figures import block_sizes, mismatches, rosters
from staffing.models import Reserve, User
from staffing.policies import scope_of
from tests.world import AT, OTHER_STREET, STREET, World
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db

TODAY = AT.date()
DAY = dt.timedelta(days=1)


def put(world: World, who: str = "stranger", tier: int = 2, **changes: Any) -> Reserve:
    facts: dict[str, Any] = {
        "street": Street.objects.get(code=STREET),
        "starts_on": TODAY - 30 * DAY,
        **changes,
    }
    return put_in_reserve(person=world.people[who], tier=tier, at=AT, actor=SYSTEM, **facts)


def told(who: User) -> list[tuple[str, object]]:
    rows = Entry.objects.filter(subject_type="reserve", subject_id=str(who.pk)).order_by("seq")
    return [(entry.kind, entry.data["tier"]) for entry in rows]


def test_somebody_is_in_one_reserve_at_a_time(world):
    put(world)
    other = Street.objects.get(code=OTHER_STREET)
    with pytest.raises(InReserve):
        put(world)
    with pytest.raises(InReserve):
        put(world, street=other)
    assert told(world.stranger) == [("reserve.entered", 2)]


def test_a_planned_entry_counts_too(world):
    put(world, starts_on=TODAY + 9 * DAY)
    with pytest.raises(InReserve):
        put(world)


def test_somebody_whose_account_is_closed_is_not_put_in(world):
    User.objects.filter(pk=world.stranger.pk).update(is_active=False)
    with pytest.raises(AccountClosed):
        put(world)


def test_a_move_ends_the_entry_and_begins_the_next_on_that_day(world):
    first = put(world)
    second = move_tier(reserve=first, tier=1, on=TODAY, at=AT, actor=SYSTEM)
    assert (second.tier, second.street_id, second.starts_on, second.ends_on) == (1, STREET, TODAY, None)
    assert [row.tier for row in Reserve.objects.on(TODAY)] == [1]
    assert [row.tier for row in Reserve.objects.on(TODAY - DAY)] == [2]
    assert told(world.stranger) == [("reserve.entered", 2), ("reserve.moved", 1)]
    with pytest.raises(NotNow):
        move_tier(reserve=first, tier=3, on=TODAY + DAY, at=AT, actor=SYSTEM)


def test_a_move_needs_another_tier_and_a_later_day(world):
    row = put(world)
    with pytest.raises(AlreadyThere):
        move_tier(reserve=row, tier=2, on=TODAY, at=AT, actor=SYSTEM)
    with pytest.raises(WrongDates):
        move_tier(reserve=row, tier=1, on=row.starts_on, at=AT, actor=SYSTEM)


def test_who_left_may_come_back(world):
    row = put(world)
    with pytest.raises(WrongDates):
        leave_reserve(reserve=row, ends_on=row.starts_on, at=AT, actor=SYSTEM)
    leave_reserve(reserve=row, ends_on=TODAY, at=AT, actor=SYSTEM)
    with pytest.raises(NotNow):
        leave_reserve(reserve=row, ends_on=TODAY, at=AT, actor=SYSTEM)
    with pytest.raises(InReserve):
        put(world, starts_on=TODAY - DAY)
    assert put(world, tier=3, starts_on=TODAY).tier == 3


@pytest.mark.parametrize("wrong", [{"tier": 4}, {"tier": 0}, {"ends_on": TODAY - 30 * DAY}], ids=str)
def test_the_database_knows_three_tiers_and_the_order_of_days(world, wrong):
    row = put(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reserve.objects.filter(pk=row.pk).update(**wrong)


def test_the_database_keeps_one_open_row_a_person(world):
    row = put(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        load_reserve(
            [Reserve(person=row.person, tier=1, street=row.street, starts_on=TODAY)], at=AT, actor=SYSTEM
        )
    assert told(world.stranger) == [("reserve.entered", 2)]


def test_a_street_sees_its_own_reserve(world):
    row = put(world)
    seen = [
        name
        for name in (
            "streetleader",
            "dispatcher",
            "leader",
            "auditor",
            "dispatcher9",
            "department",
            "governor",
        )
        if Reserve.objects.within(scope_of(world.people[name], TODAY)).filter(pk=row.pk).exists()
    ]
    assert seen == ["streetleader", "dispatcher", "leader", "auditor"]


def openings(world: World, block: Block):
    scope = scope_of(world.streetleader, TODAY)
    row = next(one for one in rosters(scope, [STREET], TODAY).blocks if one.code == block.code)
    (found,) = mismatches([row], TODAY)
    return {opening.post.value: opening for opening in found.openings}


def names(opening) -> list[str]:
    return [candidate.name for candidate in opening.candidates]


def test_a_vacancy_finds_the_reserve_by_tier_and_then_the_assistants(world):
    put(world, "stranger", 2)
    put(world, "handler", 1)
    put(world, "handler2", 2)
    put(world, "governor9", 1, street=Street.objects.get(code=OTHER_STREET))
    relieve(block=world.b1, post="governor", starts_on=TODAY, at=AT, actor=SYSTEM)
    training = plan_training(
        title="t", kind="course", held_on=TODAY, hours=1, place="", organiser=world.unit("coordination"),
        area=STREET, at=AT, actor=SYSTEM,
    )  # fmt: skip
    whom = [world.handler2, world.assistant]
    note_attendance(training=training, state="attended", people=whom, at=AT, actor=SYSTEM)
    opening = openings(world, world.b1)["governor"]
    assert names(opening) == ["韩立", "何勇", "莫人", "谢芳", "连城"]
    assert [one.trainings for one in opening.candidates] == [0, 1, 0, 1, 0]
    assert opening.candidates[0].seats
    assert not opening.candidates[2].seats
    assert not opening.acting


def test_who_holds_or_will_hold_the_other_side_of_the_block_is_no_candidate(world):
    for who in ("supervisor", "stranger", "handler"):
        put(world, who)
    relieve(block=world.b1, post="governor", starts_on=TODAY, at=AT, actor=SYSTEM)
    later: dict[str, Any] = {"starts_on": TODAY + 9 * DAY, "at": AT, "actor": SYSTEM}
    appoint(block=world.b1, post="supervisor", holder=world.stranger, **later)
    assert names(openings(world, world.b1)["governor"]) == ["韩立", "谢芳", "连城"]
    assert "莫人" in names(openings(world, world.b2)["supervisor"])


def test_who_is_gone_is_no_candidate_and_a_stand_in_leaves_the_post_vacant(world):
    put(world)
    relieve(block=world.b1, post="governor", starts_on=TODAY, at=AT, actor=SYSTEM)
    stand_in(
        block=world.b1, post="governor", person=world.stand_in, starts_on=TODAY, ends_on=None,
        at=AT, actor=SYSTEM,
    )  # fmt: skip
    User.objects.filter(pk__in=[world.stranger.pk, world.liaison.pk]).update(is_active=False)
    opening = openings(world, world.b1)["governor"]
    assert opening.acting
    assert names(opening) == ["谢芳"]


def test_a_block_without_assistant_finds_the_reserve_and_many_candidates_are_cut(world):
    put(world)
    found = openings(world, world.b2)
    assert set(found) == {"supervisor", "assistant"}
    assert names(found["assistant"]) == ["莫人"]
    for number in range(9):
        person = User.objects.create(username=f"h{number}", name=f"协{number}")
        add_assistant(
            block=world.b2, user=person, kind="resident_representative", starts_on=TODAY, at=AT, actor=SYSTEM
        )
    opening = openings(world, world.b2)["supervisor"]
    assert (len(opening.candidates), opening.left_out) == (8, 2)


def test_candidates_cost_the_same_for_one_block_and_for_twenty(world):
    scope = Scope(areas=frozenset({STREET}), has_post=True)
    vacant = rosters(scope, [STREET], TODAY).of(STREET).vacant
    put(world)

    def cost(count: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(mismatches(vacant[:count], TODAY)) == count
        return len(queries)

    assert cost(20) == cost(1) == 8


def test_blocks_of_the_usual_size_are_counted_and_the_others_named(world):
    Block.objects.filter(pk=world.b1.pk).update(households=421)
    Block.objects.filter(pk=world.b2.pk).update(households=420)
    share, others = block_sizes(Scope(areas=frozenset({STREET}), has_post=True), [STREET], TODAY)
    assert (world.b1.code, world.b1.name, 421) in others
    assert world.b2.code not in {code for code, _name, _households in others}
    assert share.denominator.number - share.numerator.number == len(others)
