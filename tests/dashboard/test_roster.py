"""Which blocks have their people: counted by hand on random rosters, shown to those who look after an area."""

import datetime as dt
import random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from blocks.models import Block
from staffing.actions import add_assistant, appoint, stand_in
from staffing.figures import ALL, NEEDED, rosters
from staffing.models import Assistant, Tenure, User
from staffing.policies import scope_of
from staffing.posts import PostKind
from tests.world import AT, OTHER_STREET, START, STREET, World
from yuhu.journal.actions import SYSTEM
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db

DISTRICT = "430302"
TODAY = AT.date()
EVERYWHERE = Scope(areas=frozenset({DISTRICT}), has_post=True)


@pytest.fixture(autouse=True)
def _moment(monkeypatch):
    monkeypatch.setattr("yuhu.kit.clock.now", lambda: AT)


def seat_at_random(seed: int) -> None:
    """Rosters of every kind in forty blocks: filled, vacant again, only planned, with closed accounts."""
    rng = random.Random(seed)
    people = [
        User.objects.create(username=f"r{n}", name=f"人{n}", is_active=rng.random() < 0.8) for n in range(60)
    ]
    blocks = Block.objects.in_force(TODAY).order_by("code")[:40]
    for block in blocks:
        crowd = rng.sample(people, 3)
        for post, person in zip((Tenure.Seat.GOVERNOR, Tenure.Seat.SUPERVISOR), crowd, strict=False):
            for start in sorted(
                rng.sample((START, dt.date(2024, 5, 1), TODAY, dt.date(2027, 1, 1)), rng.randrange(3))
            ):
                holder = person if rng.random() < 0.7 else None
                if not Tenure.objects.filter(block=block, post=post, starts_on=start).exists():
                    Tenure.objects.create(block=block, post=post, starts_on=start, holder=holder)
        if rng.random() < 0.6:
            ends = rng.choice((None, TODAY, dt.date(2027, 1, 1)))
            kind = Assistant.Kind.RESIDENT_REPRESENTATIVE
            Assistant.objects.create(block=block, user=crowd[2], kind=kind, starts_on=START, ends_on=ends)


def holder(block: Block, post: str) -> bool:
    """Whether the tenure of today is held by an open account."""
    rows = [row for row in Tenure.objects.filter(block=block, post=post) if row.starts_on <= TODAY]
    last = max(rows, key=lambda row: row.starts_on, default=None)
    return last is not None and last.holder is not None and last.holder.is_active


def helped(block: Block) -> bool:
    return any(
        row.user.is_active and row.starts_on <= TODAY and (row.ends_on is None or row.ends_on > TODAY)
        for row in Assistant.objects.filter(block=block).select_related("user")
    )


def test_figures_equal_counting(world: World):
    seat_at_random(7)
    blocks = list(Block.objects.in_force(TODAY))
    wanted = {
        block.code: {
            *([PostKind.GOVERNOR] if holder(block, "governor") else []),
            *([PostKind.SUPERVISOR] if holder(block, "supervisor") else []),
            *([PostKind.ASSISTANT] if helped(block) else []),
        }
        for block in blocks
    }
    found = rosters(EVERYWHERE, [DISTRICT], TODAY)
    assert {block.code: set(block.filled) for block in found.blocks} == wanted
    whole = found.of(DISTRICT)
    assert (whole.complete.numerator.number, whole.complete.denominator.number) == (
        sum(len(filled) == 3 for filled in wanted.values()),
        326,
    )
    for kind, (_label, share, lacking) in zip(NEEDED, whole.seats, strict=True):
        assert share.numerator.number == sum(kind in filled for filled in wanted.values())
        assert lacking.number == 326 - share.numerator.number
    assert sum(part.complete.denominator.number for part in found.below(DISTRICT)) == 326
    assert 0 < whole.complete.numerator.number < 40


def test_it_is_one_query_however_many_blocks(world: World):
    with CaptureQueriesContext(connection) as asked:
        rosters(EVERYWHERE, [DISTRICT], TODAY).of(DISTRICT).complete  # noqa: B018
    assert len(asked) == 1


def test_whoever_acts_is_shown_and_the_post_stays_vacant(world: World):
    stand_in(
        block=world.b2,
        post="supervisor",
        person=world.stand_in,
        starts_on=START,
        ends_on=None,
        at=AT,
        actor=SYSTEM,
    )
    (block,) = [one for one in rosters(EVERYWHERE, [STREET], TODAY).blocks if one.code == world.b2.code]
    assert PostKind.SUPERVISOR in block.missing
    assert [mark for _label, mark in block.marks] == ["filled", "acting", "vacant"]


def test_a_complete_block_lacks_nobody(world: World):
    (block,) = [one for one in rosters(EVERYWHERE, [STREET], TODAY).blocks if one.code == world.b1.code]
    assert block.missing == ()
    assert block.has(ALL)
    appoint(block=world.b1, post=Tenure.Seat.GOVERNOR, holder=None, starts_on=TODAY, at=AT, actor=SYSTEM)
    (block,) = [one for one in rosters(EVERYWHERE, [STREET], TODAY).blocks if one.code == world.b1.code]
    assert block.missing == (PostKind.GOVERNOR,)


def test_a_scope_sees_its_own_blocks_only(world: World):
    assert rosters(Scope.nothing(), [DISTRICT], TODAY).blocks == ()
    assert rosters(scope_of(world.streetleader, TODAY), [DISTRICT], TODAY).blocks == ()
    assert rosters(scope_of(world.streetleader, TODAY), [OTHER_STREET], TODAY).blocks == ()
    inside = rosters(scope_of(world.streetleader, TODAY), [STREET], TODAY).blocks
    assert {block.code[:9] for block in inside} == {STREET}


def test_the_page_shows_what_a_number_counted(client: Client, world: World):
    kind = Assistant.Kind.RESIDENT_REPRESENTATIVE
    add_assistant(block=world.b2, user=world.stand_in, kind=kind, starts_on=START, at=AT, actor=SYSTEM)
    client.force_login(world.leader)
    for query, count in (
        ("", 326),
        ("area=430302001", 43),
        ("filled=all", 1),
        ("filled=governor", 3),
        ("missing=supervisor&area=430302001", 42),
        ("filled=nonsense", 326),
        ("page=99", 326),
    ):
        assert client.get(f"/roster/?{query}").context["page"].paginator.count == count, query


@pytest.mark.parametrize(
    "area", ["430302008", "430302", "110000", "x", "４３０", "430302001001001001", "%00"]
)
def test_an_area_that_is_not_one_s_own_does_not_open(client: Client, world: World, area: str):
    client.force_login(world.streetleader)
    assert client.get(f"/roster/?area={area}").status_code == 404


def test_the_page_costs_the_same_for_one_and_for_all_streets(client: Client, world: World):
    client.force_login(world.leader)
    client.get("/roster/")
    with CaptureQueriesContext(connection) as one:
        client.get(f"/roster/?area={STREET}")
    with CaptureQueriesContext(connection) as all_of_them:
        client.get("/roster/")
    assert len(one) == len(all_of_them) <= 8
