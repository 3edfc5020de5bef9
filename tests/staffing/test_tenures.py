"""A block's roster 1+N+1: one governor and one supervisor at a time, two different people, today and as planned."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from staffing.actions import add_assistant, appoint, end_assistant, hand_over, load_roster, relieve, stand_in
from staffing.actions import roster as roster_actions
from staffing.actions.bulk import RosterRow
from staffing.exceptions import AlreadyThere, NobodyThere, SamePersonTwice, SeatTaken, WrongDates
from staffing.models import Assistant, Tenure, User
from tests.world import AT, START, World
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry

pytestmark = pytest.mark.django_db

TODAY = AT.date()
DAY = dt.timedelta(days=1)
Post = Tenure.Seat
SIDES = [(Post.GOVERNOR, Post.SUPERVISOR), (Post.SUPERVISOR, Post.GOVERNOR)]
ACTING = {Post.GOVERNOR: Post.ACTING_GOVERNOR, Post.SUPERVISOR: Post.ACTING_SUPERVISOR}


def put(world: World, post: str, who: str | None, on: dt.date = TODAY) -> Tenure:
    holder = world.people[who] if who else None
    return appoint(block=world.b1, post=post, holder=holder, starts_on=on, at=AT, actor=SYSTEM)


def act(world: World, post: str, who: str, on: dt.date = TODAY, until: dt.date | None = None) -> Tenure:
    return stand_in(
        block=world.b1,
        post=post,
        person=world.people[who],
        starts_on=on,
        ends_on=until,
        at=AT,
        actor=SYSTEM,
    )


def holder(world: World, post: str, on: dt.date) -> User | None:
    row = Tenure.objects.on(on).filter(block=world.b1, post=post).first()
    return row.holder if row else None


def told() -> list[str]:
    """What the journal tells of the block after the four who were seated first."""
    entries = Entry.objects.filter(subject_type="block", subject_id="43030200100101", seq__gt=4)
    return list(entries.order_by("seq").values_list("kind", flat=True))


# --- one at a time ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("post", Post.values)
def test_one_person_holds_a_post_on_any_day(world: World, post: str) -> None:
    put(world, post, "stand_in", TODAY)
    put(world, post, "handler", TODAY + 5 * DAY)
    put(world, post, None, TODAY + 7 * DAY)
    for offset in range(-2, 10):
        rows = Tenure.objects.on(TODAY + offset * DAY).filter(block=world.b1, post=post)
        assert rows.count() <= 1
    held = [holder(world, post, TODAY + offset * DAY) for offset in (0, 4, 5, 6, 7, 99)]
    assert held == [world.stand_in, world.stand_in, world.handler, world.handler, None, None]


@pytest.mark.parametrize("post", Post.values)
def test_the_database_refuses_two_holders_from_one_day_on(world: World, post: str) -> None:
    put(world, post, "stand_in")
    with pytest.raises(IntegrityError, match=r"tenure|UNIQUE"), transaction.atomic():
        Tenure.objects.create(block=world.b1, post=post, starts_on=TODAY, holder=world.handler)
    with pytest.raises(IntegrityError), transaction.atomic():
        Tenure.objects.bulk_create([Tenure(block=world.b1, post=post, starts_on=TODAY, holder=None)])


def test_rows_cannot_overlap_whatever_is_inserted(world: World) -> None:
    """A tenure has no end of its own: it ends where the next begins."""
    assert "ends_on" not in {field.name for field in Tenure._meta.get_fields()}
    Tenure.objects.create(block=world.b1, post=Post.GOVERNOR, starts_on=TODAY, holder=world.stand_in)
    assert holder(world, Post.GOVERNOR, TODAY - DAY) == world.governor
    assert holder(world, Post.GOVERNOR, TODAY) == world.stand_in


def test_a_second_appointment_from_the_same_day_is_refused_and_named(world: World) -> None:
    put(world, Post.GOVERNOR, "stand_in")
    with pytest.raises(SeatTaken) as refusal:
        put(world, Post.GOVERNOR, "handler")
    assert (refusal.value.status, refusal.value.field) == (409, "holder")
    assert holder(world, Post.GOVERNOR, TODAY) == world.stand_in
    assert told() == ["roster.appointed"]


def test_a_mistake_is_mended_by_relieving_first(world: World) -> None:
    put(world, Post.GOVERNOR, "stand_in")
    relieve(block=world.b1, post=Post.GOVERNOR, starts_on=TODAY, at=AT, actor=SYSTEM)
    put(world, Post.GOVERNOR, "handler")
    assert holder(world, Post.GOVERNOR, TODAY) == world.handler
    assert told() == ["roster.appointed", "roster.relieved", "roster.appointed"]


def test_the_same_appointment_again_changes_and_tells_nothing(world: World) -> None:
    first = put(world, Post.GOVERNOR, "stand_in")
    assert put(world, Post.GOVERNOR, "stand_in") == first
    assert told() == ["roster.appointed"]


def test_a_vacancy_is_legal_and_visible(world: World) -> None:
    relieve(block=world.b1, post=Post.GOVERNOR, starts_on=TODAY, at=AT, actor=SYSTEM)
    row = Tenure.objects.on(TODAY).get(block=world.b1, post=Post.GOVERNOR)
    assert row.holder is None
    assert row not in Tenure.objects.on(TODAY).held()
    with pytest.raises(NobodyThere):
        relieve(block=world.b1, post=Post.GOVERNOR, starts_on=TODAY, at=AT, actor=SYSTEM)


def test_a_hand_over_to_the_one_who_is_there_is_refused(world: World) -> None:
    with pytest.raises(AlreadyThere):
        hand_over(block=world.b1, post=Post.GOVERNOR, to=world.governor, starts_on=TODAY, at=AT, actor=SYSTEM)
    hand_over(block=world.b1, post=Post.GOVERNOR, to=world.stand_in, starts_on=TODAY, at=AT, actor=SYSTEM)
    assert holder(world, Post.GOVERNOR, TODAY) == world.stand_in


# --- two people ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("post, other", SIDES)
@pytest.mark.parametrize("acting, other_acting", [(False, False), (True, False), (False, True), (True, True)])
def test_nobody_governs_and_supervises_the_same_block(
    world: World, post: str, other: str, acting: bool, other_acting: bool
) -> None:
    put(world, ACTING[Post(other)] if other_acting else other, "stand_in", TODAY)
    with pytest.raises(SamePersonTwice) as refusal:
        put(world, ACTING[Post(post)] if acting else post, "stand_in", TODAY)
    assert refusal.value.status == 409


# the other post's rows: (from day, who); then the day from which 戴 shall hold this post; whether that is possible
PLANS: list[tuple[str, list[tuple[int, str | None]], int, bool]] = [
    ("he holds the other", [(0, "stand_in")], 0, False),
    ("he will hold it later", [(5, "stand_in")], 0, False),
    ("from the very day on", [(5, "stand_in")], 5, False),
    ("he held it until yesterday", [(-5, "stand_in"), (0, "handler")], 0, True),
    ("he hands it over on that day", [(-5, "stand_in"), (5, "handler")], 5, True),
    ("he still holds it a day before", [(-5, "stand_in"), (5, "handler")], 4, False),
    ("the other falls vacant on that day", [(-5, "stand_in"), (5, None)], 5, True),
    ("somebody else holds it", [(0, "handler")], 0, True),
]


@pytest.mark.parametrize("post, other", SIDES)
@pytest.mark.parametrize("what, rows, start, possible", PLANS, ids=[row[0] for row in PLANS])
def test_nobody_is_planned_for_both_sides(
    world: World,
    what: str,
    rows: list[tuple[int, str | None]],
    start: int,
    possible: bool,
    post: str,
    other: str,
) -> None:
    for offset, who in rows:
        put(world, other, who, TODAY + offset * DAY)
    if possible:
        put(world, post, "stand_in", TODAY + start * DAY)
    else:
        with pytest.raises(SamePersonTwice):
            put(world, post, "stand_in", TODAY + start * DAY)
    for offset in range(-6, 12):
        day = TODAY + offset * DAY
        both = {holder(world, side, day) for side in (post, other)} - {None}
        assert len(both) == 2 or holder(world, post, day) != holder(world, other, day)


def test_one_person_may_govern_one_block_and_supervise_another(world: World) -> None:
    appoint(block=world.b2, post=Post.SUPERVISOR, holder=world.governor, starts_on=TODAY, at=AT, actor=SYSTEM)
    assert Tenure.objects.on(TODAY).filter(holder=world.governor).count() == 2


def test_a_whole_roster_is_refused_with_one_person_on_both_sides(world: World) -> None:
    rows = [
        RosterRow(world.b9, world.stand_in, Post.SUPERVISOR),
        RosterRow(world.b9, world.stand_in, Post.ACTING_GOVERNOR),
    ]
    before = Tenure.objects.count()
    with pytest.raises(SamePersonTwice):
        load_roster(rows, starts_on=TODAY, at=AT, actor=SYSTEM)
    assert Tenure.objects.count() == before
    assert load_roster(rows[:1], starts_on=TODAY, at=AT, actor=SYSTEM) == 1


# --- standing in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("post", [Post.GOVERNOR, Post.SUPERVISOR])
def test_somebody_stands_in_for_a_while(world: World, post: Post) -> None:
    act(world, post, "stand_in", TODAY, TODAY + 3 * DAY)
    acting = [holder(world, ACTING[post], TODAY + offset * DAY) for offset in (-1, 0, 2, 3)]
    assert acting == [None, world.stand_in, world.stand_in, None]
    assert holder(world, post, TODAY) == world.people[post.value], "the one who is away keeps the post"


def test_somebody_stands_in_until_further_notice(world: World) -> None:
    act(world, Post.GOVERNOR, "stand_in")
    assert holder(world, Post.ACTING_GOVERNOR, TODAY + 999 * DAY) == world.stand_in


def test_the_turn_of_the_next_who_stands_in_is_left_alone(world: World) -> None:
    act(world, Post.GOVERNOR, "handler", TODAY + 3 * DAY, TODAY + 6 * DAY)
    act(world, Post.GOVERNOR, "stand_in", TODAY, TODAY + 3 * DAY)
    acting = [holder(world, Post.ACTING_GOVERNOR, TODAY + offset * DAY) for offset in (0, 2, 3, 5, 6)]
    assert acting == [world.stand_in, world.stand_in, world.handler, world.handler, None]


@pytest.mark.parametrize("days", [0, -1])
def test_standing_in_ends_after_it_begins(world: World, days: int) -> None:
    with pytest.raises(WrongDates) as refusal:
        act(world, Post.GOVERNOR, "stand_in", TODAY, TODAY + days * DAY)
    assert refusal.value.field == "ends_on"
    assert told() == []


# --- assistants ---------------------------------------------------------------------------------------------------


def add(
    world: World, who: str = "stranger", kind: str = "party_group_leader", on: dt.date = TODAY
) -> Assistant:
    return add_assistant(block=world.b1, user=world.people[who], kind=kind, starts_on=on, at=AT, actor=SYSTEM)


def end(row: Assistant, on: dt.date) -> Assistant:
    return end_assistant(assistant=row, ends_on=on, at=AT, actor=SYSTEM)


def test_a_block_has_as_many_assistants_as_it_needs_of_four_kinds(world: World) -> None:
    for number, kind in enumerate(Assistant.Kind.values * 2):
        user = User.objects.create(username=f"helper-{number}", name="帮手")
        add_assistant(block=world.b2, user=user, kind=kind, starts_on=TODAY, at=AT, actor=SYSTEM)
    assert Assistant.objects.on(TODAY).filter(block=world.b2).count() == 8
    assert Assistant.objects.on(TODAY - DAY).filter(block=world.b2).count() == 0


def test_an_assistant_helps_until_the_day_before_the_end(world: World) -> None:
    row = end(add(world), TODAY + 2 * DAY)
    days = [offset for offset in range(-1, 4) if row in Assistant.objects.on(TODAY + offset * DAY)]
    assert days == [0, 1]
    assert told() == ["roster.assistant_added", "roster.assistant_ended"]


@pytest.mark.parametrize("days", [0, -3])
def test_help_ends_after_it_begins(world: World, days: int) -> None:
    with pytest.raises(WrongDates):
        end(add(world), TODAY + days * DAY)
    row = Assistant.objects.get(user=world.stranger)
    with pytest.raises(IntegrityError, match="assistant_ends_after_start"), transaction.atomic():
        Assistant.objects.filter(pk=row.pk).update(ends_on=TODAY + days * DAY)


@pytest.mark.parametrize("again", [TODAY, TODAY + 9 * DAY, TODAY - 9 * DAY])
def test_the_same_help_is_recorded_once(world: World, again: dt.date) -> None:
    add(world)
    with pytest.raises(AlreadyThere):
        add(world, on=again)
    assert add(world, kind="resident_representative").pk


def test_who_left_may_come_back(world: World) -> None:
    end(add(world), TODAY + 2 * DAY)
    with pytest.raises(AlreadyThere):
        add(world, on=TODAY + DAY)
    assert add(world, on=TODAY + 2 * DAY).starts_on == TODAY + 2 * DAY


# --- who listens --------------------------------------------------------------------------------------------------


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    posts: list[str] = []
    monkeypatch.setattr(roster_actions, "_listeners", [lambda block, post, at, actor: posts.append(post)])
    return posts


CHANGES: list[tuple[str, Callable[[World], object], list[str]]] = [
    ("appointed today", lambda world: put(world, Post.GOVERNOR, "stand_in"), ["governor"]),
    ("appointed before", lambda world: put(world, Post.SUPERVISOR, "stand_in", START + DAY), ["supervisor"]),
    ("appointed for tomorrow", lambda world: put(world, Post.GOVERNOR, "stand_in", TODAY + DAY), []),
    (
        "stands in for a while",
        lambda world: act(world, Post.GOVERNOR, "stand_in", TODAY, TODAY + DAY),
        ["acting_governor"],
    ),
    ("a cadre comes", lambda world: add(world, kind="liaison_cadre"), ["governor"]),
    ("another helper comes", add, []),
    ("a cadre goes", lambda world: end(Assistant.objects.get(user=world.liaison), TODAY), ["governor"]),
    ("a cadre will go", lambda world: end(Assistant.objects.get(user=world.liaison), TODAY + DAY), []),
    ("another helper goes", lambda world: end(Assistant.objects.get(user=world.assistant), TODAY), []),
]


@pytest.mark.parametrize("what, change, posts", CHANGES, ids=[row[0] for row in CHANGES])
def test_whoever_keeps_cases_hears_of_a_change_on_its_day(
    world: World, heard: list[str], what: str, change: Callable[[World], object], posts: list[str]
) -> None:
    change(world)
    assert heard == posts


def test_a_listener_that_fails_undoes_the_change(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_what: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(roster_actions, "_listeners", [failing])
    with pytest.raises(RuntimeError):
        put(world, Post.GOVERNOR, "stand_in")
    assert holder(world, Post.GOVERNOR, TODAY) == world.governor
    assert told() == []
