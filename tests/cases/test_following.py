"""Other people come and go: open cases follow to whoever is answerable today, on the day itself and as planned."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from cases.actions import roster
from cases.models import Case, CaseParty
from cases.routing import sentence
from cases.states import State
from staffing.actions import add_assistant, appoint, end_assistant, relieve, stand_in
from staffing.models import Assistant, Tenure, Unit, User
from staffing.policies import forget_posts
from tests.world import (
    AT,
    START,
    World,
    a_closed,
    a_dispatched,
    a_dissatisfied,
    a_handled,
    a_report,
    a_signed,
    a_suspended,
    as_reporter,
    do,
    held_by_office,
    kinds_of,
)
from yuhu.journal.actions import SYSTEM
from yuhu.kit import steps

pytestmark = pytest.mark.django_db

TODAY = AT.date()
DAY = dt.timedelta(days=1)
Post, Kind = Tenure.Seat, Assistant.Kind


def holder(case: Case) -> User | Unit | None:
    case.refresh_from_db()
    return case.assignee or case.lead_unit


def change(world: World, post: str, who: str | None, on: dt.date = TODAY, at: dt.datetime = AT) -> None:
    person = world.people[who] if who else None
    appoint(block=world.b1, post=post, holder=person, starts_on=on, at=at, actor=SYSTEM)
    for user in world.people.values():
        forget_posts(user)


def end_liaison(world: World) -> None:
    row = Assistant.objects.get(user=world.liaison)
    end_assistant(assistant=row, ends_on=TODAY, at=AT, actor=SYSTEM)


@pytest.mark.parametrize("maker", [a_dispatched, a_signed, a_suspended])
def test_open_cases_follow_to_the_new_governor(world: World, maker: Callable[[World], Case]) -> None:
    case, state = maker(world), maker(world).state
    change(world, Post.GOVERNOR, "stand_in")
    assert holder(case) == world.stand_in
    assert case.state == state
    assert [order.user for order in case.orders.filter(ended_at=None)] == [world.stand_in]
    parties = case.parties.filter(role=CaseParty.Role.ASSIGNEE)
    assert [party.user for party in parties] == [world.stand_in]
    assert kinds_of(case)[-1] == "case.handed_over"
    assert "戴班" in str(sentence(case.explanation[-1]))


def test_what_ended_or_waits_for_others_stays_with_who_did_it(world: World) -> None:
    handled, closed = a_handled(world), a_closed(world)
    change(world, Post.GOVERNOR, "stand_in")
    assert (holder(handled), holder(closed)) == (world.governor, world.governor)


def test_what_a_duty_officer_gave_to_others_stays_with_them(world: World) -> None:
    office = held_by_office(world)
    person = do(world, a_report(world), "dispatch", "dispatcher", assignee="handler")
    other_block = a_dispatched(world, block=world.b2.code)
    department = a_dispatched(world, category="1101")
    change(world, Post.GOVERNOR, "stand_in")
    assert holder(office) == world.unit("city_management_office")
    assert holder(person) == world.handler
    assert holder(other_block) == world.governor2
    assert holder(department).name == "区市场监督管理局"


def test_what_a_duty_officer_gives_to_others_in_that_very_moment_stays_there_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change found the case with the governor, and had to wait for the lock."""
    case = a_signed(world)
    lock = vars(roster)["locked"]

    def late(pk: int) -> Case:
        do(world, case, "reassign", "dispatcher", assignee="handler", reason="改派")
        locked: Case = lock(pk)
        return locked

    monkeypatch.setattr(roster, "locked", late)
    change(world, Post.GOVERNOR, "stand_in")
    assert holder(case) == world.handler
    assert "case.handed_over" not in kinds_of(case)


def test_what_was_given_to_the_governor_by_hand_follows_to_the_next_governor(world: World) -> None:
    """Even if the category belongs to an office by the rules."""
    case = do(world, a_report(world, category="0601"), "dispatch", "dispatcher", assignee="governor")
    change(world, Post.GOVERNOR, "stand_in")
    assert holder(case) == world.stand_in


def test_a_vacancy_is_followed_down_the_ladder_and_up_again(world: World) -> None:
    case = a_signed(world)
    relieve(block=world.b1, post=Post.GOVERNOR, starts_on=TODAY, at=AT, actor=SYSTEM)
    assert holder(case) == world.liaison
    end_liaison(world)
    assert holder(case) == world.unit("block_service")
    change(world, Post.ACTING_GOVERNOR, "stand_in")
    assert holder(case) == world.stand_in
    change(world, Post.ACTING_GOVERNOR, None)
    assert holder(case) == world.unit("block_service")
    add_assistant(
        block=world.b1, user=world.assistant, kind=Kind.LIAISON_CADRE, starts_on=TODAY, at=AT, actor=SYSTEM
    )
    assert holder(case) == world.assistant
    change(world, Post.GOVERNOR, "governor9")
    assert holder(case) == world.governor9
    assert kinds_of(case).count("case.handed_over") == 6


def test_other_kinds_of_assistants_receive_nothing(world: World) -> None:
    relieve(block=world.b1, post=Post.GOVERNOR, starts_on=TODAY, at=AT, actor=SYSTEM)
    end_liaison(world)
    assert holder(a_dispatched(world)) == world.unit("block_service")


@pytest.mark.parametrize("who", ["governor", "liaison"])
def test_who_has_no_account_any_more_receives_nothing(world: World, who: str) -> None:
    if who == "liaison":
        relieve(block=world.b1, post=Post.GOVERNOR, starts_on=TODAY, at=AT, actor=SYSTEM)
    User.objects.filter(pk=world.people[who].pk).update(is_active=False)
    expected = world.liaison if who == "governor" else world.unit("block_service")
    assert holder(a_dispatched(world)) == expected


def sweep(at: dt.datetime) -> int:
    return steps.run_sweeps(at, ["cases.roster"])["cases.roster"]


def test_a_planned_change_is_followed_when_its_day_comes(world: World) -> None:
    order, waiting, office = a_signed(world), a_handled(world), held_by_office(world)
    change(world, Post.GOVERNOR, "stand_in", on=TODAY + DAY)
    change(world, Post.SUPERVISOR, "handler2", on=TODAY + DAY)
    assert sweep(AT) == 0
    waiting.refresh_from_db()
    assert (holder(order), waiting.evaluator) == (world.governor, world.supervisor)
    assert sweep(AT + DAY) == 2
    waiting.refresh_from_db()
    assert (holder(order), waiting.evaluator) == (world.stand_in, world.handler2)
    assert holder(office) == world.unit("city_management_office")
    assert sweep(AT + DAY) == 0, "once"


def test_when_somebody_stops_acting_the_cases_go_back_on_that_day(world: World) -> None:
    case = a_signed(world)
    stand_in(
        block=world.b1,
        post=Post.GOVERNOR,
        person=world.stand_in,
        starts_on=TODAY,
        ends_on=TODAY + 2 * DAY,
        at=AT,
        actor=SYSTEM,
    )
    assert holder(case) == world.stand_in
    assert (sweep(AT), sweep(AT + DAY)) == (0, 0)
    assert sweep(AT + 2 * DAY) == 1
    assert holder(case) == world.governor


def test_a_liaison_cadre_who_leaves_on_a_later_day_is_followed_too(world: World) -> None:
    relieve(block=world.b1, post=Post.GOVERNOR, starts_on=START, at=AT, actor=SYSTEM)
    case = a_signed_by(world, "liaison")
    row = Assistant.objects.get(user=world.liaison)
    end_assistant(assistant=row, ends_on=TODAY + DAY, at=AT, actor=SYSTEM)
    assert sweep(AT) == 0
    assert sweep(AT + DAY) == 1
    assert holder(case) == world.unit("block_service")


def a_signed_by(world: World, who: str) -> Case:
    return do(world, a_dispatched(world), "sign", who)


@pytest.mark.parametrize("again", ["rework", "reopened"])
def test_another_round_goes_to_the_governor_of_today(world: World, again: str) -> None:
    case = a_handled(world) if again == "rework" else a_dissatisfied(world)
    change(world, Post.GOVERNOR, "stand_in")
    if again == "rework":
        case = do(world, case, "evaluate", "supervisor", effective=False, comment="没清干净")
    else:
        case = as_reporter(case, "reopen", reason="没清干净")
    assert holder(case) == world.stand_in
    assert case.orders.last().user == world.stand_in
    assert case.parties.filter(role=CaseParty.Role.ASSIGNEE).get().user == world.stand_in
    assert do(world, case, "hand-back", "stand_in", result="清完了").state == State.HANDLED


@pytest.mark.parametrize("receiver", ["governor", "office", "person"])
def test_another_round_goes_to_the_same_receiver_while_he_is_there(world: World, receiver: str) -> None:
    if receiver == "governor":
        case, who = a_handled(world), "governor"
    else:
        given: dict[str, Any] = (
            {"unit": "430302001-city_management_office"} if receiver == "office" else {"assignee": "handler"}
        )
        case, who = do(world, a_report(world), "dispatch", "dispatcher", **given), "handler"
        case = do(world, do(world, case, "sign", who), "hand-back", who, result="办完")
    before = holder(case)
    case = do(world, case, "evaluate", "supervisor", effective=False, comment="再来")
    assert holder(case) == before
    assert do(world, case, "hand-back", who, result="又办了").state == State.HANDLED
