"""The loop as a story: report → dispatch → sign → hand back → evaluate → rate → close, and its bends."""

import datetime as dt

import pytest

from cases.exceptions import NotYourMove, WrongState
from cases.models import Deadline
from cases.states import State
from tests.world import (
    AT,
    World,
    a_closed,
    a_dispatched,
    a_handled,
    a_report,
    a_signed,
    an_evaluated,
    as_reporter,
    do,
)

pytestmark = pytest.mark.django_db


def test_a_report_has_a_number_a_state_and_no_receiver_yet(world: World) -> None:
    case = a_report(world)
    assert case.number.startswith("430302-20261124-")
    assert case.state == State.REPORTED
    assert case.assignee is None


def test_an_ordinary_case_goes_to_the_governor_with_item_due_time_and_explanation(world: World) -> None:
    case = a_dispatched(world)
    assert case.state == State.DISPATCHED
    assert case.assignee == world.governor
    assert case.duty_item is not None
    assert case.duty_item.code == "R1101"
    assert case.due_at == dt.datetime(
        2026, 11, 24, 7, 0, tzinfo=dt.UTC
    )  # 4 working hours over the lunch break
    assert [step["code"] for step in case.explanation] == ["category", "block", "item", "governor"]


def test_a_case_runs_the_whole_loop(world: World) -> None:
    case = a_closed(world)
    assert case.state == State.CLOSED
    assert case.closed_at == AT
    assert not Deadline.objects.filter(case=case, is_running=True).exists()


def test_the_handler_cannot_evaluate(world: World) -> None:
    case = a_handled(world)
    with pytest.raises(NotYourMove):
        do(world, case, "evaluate", "governor", effective=True)


def test_a_failed_evaluation_sends_it_back_to_the_same_receiver_with_what_was_left(world: World) -> None:
    case = a_signed(world)
    later = AT + dt.timedelta(hours=1)
    case = do(world, case, "hand-back", "governor", at=later, result="扫了一下")
    case = do(
        world,
        case,
        "evaluate",
        "supervisor",
        at=later + dt.timedelta(hours=4),
        effective=False,
        comment="还有一堆",
    )
    assert case.state == State.IN_PROGRESS
    assert case.assignee == world.governor
    # One of four hours was used; the evaluation took from 11:00 to 15:00 and does not count.
    assert case.due_at == dt.datetime(2026, 11, 25, 2, 0, tzinfo=dt.UTC)


def test_what_nobody_is_asked_about_closes_with_the_evaluation(world: World) -> None:
    from cases.actions import Person

    case = an_evaluated(world, reporter=Person())
    assert case.state == State.CLOSED


def test_a_closed_case_cannot_be_signed(world: World) -> None:
    with pytest.raises(WrongState):
        do(world, a_closed(world), "sign", "governor")


def test_a_dissatisfied_reporter_reopens_once(world: World) -> None:
    case = a_closed(world, satisfied=False)
    case = as_reporter(case, "reopen", reason="还是很脏")
    assert case.state == State.IN_PROGRESS
    assert case.closed_at is None
    case = do(world, case, "hand-back", "governor", result="重新清理")
    case = do(world, case, "evaluate", "supervisor", effective=True)
    case = as_reporter(case, "rate", solved="unsolved", satisfaction="dissatisfied")
    with pytest.raises(NotYourMove):
        as_reporter(case, "reopen", reason="再来")
