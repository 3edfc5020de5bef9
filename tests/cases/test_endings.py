"""How a case ends: rated, or closed when nobody answered; reopened once; and solved on the spot before it began."""

import datetime as dt

import pytest

from cases.exceptions import NotYourMove
from cases.models import Case, Deadline
from cases.states import State, Step
from tests.cases.clockwork import clock_of, on, sweep
from tests.world import (
    AT,
    World,
    a_dispatched,
    a_dissatisfied,
    a_report,
    a_signed,
    an_evaluated,
    as_reporter,
    do,
    rows_of,
)
from yuhu.kit.exceptions import Invalid

pytestmark = pytest.mark.django_db

# --- the end: rating, closing, reopening --------------------------------------------------------------------------


def test_an_unanswered_case_closes_when_the_time_to_rate_has_passed(world: World) -> None:
    case = an_evaluated(world)
    assert sweep(on(27, 16, 59)) == 0
    assert [sweep(on(27, 17)), sweep(on(27, 17))] == [1, 0]
    case.refresh_from_db()
    assert (case.state, case.end_code, case.closed_at) == (State.CLOSED, "not_rated", on(27, 17))
    assert case.ratings.count() == 0


def test_the_duty_officer_cannot_close_before(world: World) -> None:
    case = an_evaluated(world)
    with pytest.raises(NotYourMove) as refusal:
        do(world, case, "close", "dispatcher", at=on(27, 16, 59))
    assert refusal.value.code == "too_early"
    assert do(world, case, "close", "dispatcher", at=on(27, 17)).state == State.CLOSED


def test_the_time_to_rate_of_the_first_round_says_nothing_about_the_second(world: World) -> None:
    case = as_reporter(a_dissatisfied(world), "reopen", at=on(30, 10), reason="还在")
    case = do(world, case, "hand-back", "governor", at=on(30, 11), result="重做了")
    case = do(world, case, "evaluate", "supervisor", at=on(30, 11), effective=True)
    assert case.state == State.EVALUATED
    with pytest.raises(NotYourMove):
        do(world, case, "close", "dispatcher", at=on(30, 12))
    assert sweep(on(30, 12), "cases.close_unrated") == 0
    assert sweep(on(3, 17, month=12), "cases.close_unrated") == 1


REOPEN_UNTIL = AT + dt.timedelta(days=15)


@pytest.mark.parametrize(
    "at, code", [(REOPEN_UNTIL, None), (REOPEN_UNTIL + dt.timedelta(seconds=1), "too_late")]
)
def test_a_case_is_reopened_inside_the_window(world: World, at: dt.datetime, code: str | None) -> None:
    case = a_dissatisfied(world)
    if code is None:
        case = as_reporter(case, "reopen", at=at, reason="还在")
        assert (case.state, case.reopened, case.closed_at, case.end_code) == (
            State.IN_PROGRESS,
            True,
            None,
            "",
        )
        assert clock_of(case, Step.HANDLE).round == 2
        return
    with pytest.raises(NotYourMove) as refusal:
        as_reporter(case, "reopen", at=at, reason="还在")
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "solved, satisfaction",
    [
        ("solved", "dissatisfied"),
        ("unsolved", "satisfied"),
        ("partly", "dissatisfied"),
        ("unsolved", "basically_satisfied"),
    ],
)
def test_only_what_is_unsolved_and_dissatisfied_is_reopened(
    world: World, solved: str, satisfaction: str
) -> None:
    case = as_reporter(an_evaluated(world), "rate", solved=solved, satisfaction=satisfaction)
    with pytest.raises(NotYourMove) as refusal:
        as_reporter(case, "reopen", reason="还在")
    assert refusal.value.code == "not_unsolved"


def test_what_nobody_rated_is_not_reopened(world: World) -> None:
    case = an_evaluated(world)
    sweep(on(27, 17))
    with pytest.raises(NotYourMove):
        as_reporter(case, "reopen", at=on(28, 10), reason="还在")


def test_a_case_is_reopened_once(world: World) -> None:
    case = as_reporter(a_dissatisfied(world), "reopen", reason="还在")
    case = do(world, case, "hand-back", "governor", result="重做了")
    case = do(world, case, "evaluate", "supervisor", effective=True)
    case = as_reporter(case, "rate", solved="unsolved", satisfaction="dissatisfied")
    assert [row.round for row in case.ratings.order_by("round")] == [1, 2]
    with pytest.raises(NotYourMove) as refusal:
        as_reporter(case, "reopen", reason="还在")
    assert refusal.value.code == "once"


# --- solved on the spot -------------------------------------------------------------------------------------------


def test_what_is_solved_on_the_spot_waits_for_its_evaluation_only(world: World) -> None:
    case = do(world, a_report(world), "solve-on-spot", "governor", at=AT, result="当场清走")
    assert (case.state, case.on_the_spot, case.assignee, case.evaluator) == (
        State.HANDLED,
        True,
        world.governor,
        world.supervisor,
    )
    assert case.duty_item.code == "R1101"
    running = set(Deadline.objects.filter(case=case).running().values_list("step", flat=True))
    assert running == {"evaluate", "contact"}


def test_what_came_back_to_the_duty_officer_can_still_be_solved_on_the_spot(world: World) -> None:
    """The clock for his decision ends, and a failed evaluation finds a whole limit."""
    case = do(world, a_dispatched(world), "return", "governor", reason="不归我管")
    case = do(world, case, "decide-return", "dispatcher", approve=True, reason="同意")
    case = do(world, case, "solve-on-spot", "governor", at=on(24, 11), result="还是清走了")
    assert not clock_of(case, Step.DISPATCH).is_running
    assert case not in Case.objects.awaiting_person()
    case = do(world, case, "evaluate", "supervisor", at=on(24, 14), effective=False, comment="没清走")
    clock = clock_of(case, Step.HANDLE)
    assert (clock.is_running, case.due_at) == (True, on(25, 10))


@pytest.mark.parametrize("category", ["0301", "0601"], ids=["critical", "a meeting's matter"])
def test_only_ordinary_matters_are_solved_on_the_spot(world: World, category: str) -> None:
    case = a_report(world, category=category)
    before = rows_of(case)
    with pytest.raises(NotYourMove):
        do(world, case, "solve-on-spot", "governor", result="办完")
    assert rows_of(case) == before


def test_the_path_is_raised_and_never_lowered(world: World) -> None:
    case = do(world, a_signed(world), "raise-path", "governor", path="whistle", reason="要部门来")
    assert case.path == "whistle"
    with pytest.raises(NotYourMove):
        do(world, case, "raise-path", "governor", path="meeting", reason="不用了")
    case = do(world, a_signed(world), "raise-path", "governor", path="meeting", reason="要开会")
    with pytest.raises(Invalid) as refusal:
        do(world, case, "raise-path", "governor", path="meeting", reason="再来")
    assert refusal.value.code == "not_higher"
