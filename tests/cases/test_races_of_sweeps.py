"""Two sweeps, or two workers, at the same moment: every automatic step happens once, and nobody meets an error.

Everybody meets right after reading the case: with the lock the second is kept out until the first has committed;
each control takes the lock away, both read the same state, and what the lock prevents can be seen.
"""

import datetime as dt
from collections.abc import Callable

import pytest

from cases.actions import automatic, dispatch_by_rule, escalate, warn
from cases.models import Case, Deadline, Escalation, WorkOrder
from cases.states import State, Step
from tests.cases.racing import unlocked
from tests.journal_flush import install_flush_guard
from tests.together import at_once, kinds, meeting_after
from tests.world import AT, World, a_report, a_signed, kinds_of
from yuhu.kit import steps

install_flush_guard()
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_journal_is_whole"),
]


def test_two_sweeps_dispatch_a_case_once(cast: World, meeting) -> None:
    case = a_report(cast)
    meeting()
    results = at_once(*[lambda: dispatch_by_rule(case_id=case.pk, at=AT)] * 2)
    assert sorted(results, key=str) == [False, True]
    assert WorkOrder.objects.filter(case=case).count() == 1
    assert Deadline.objects.filter(case=case, step=Step.SIGN).count() == 1
    assert kinds_of(case) == ["case.reported", "case.dispatched"]


def test_control_without_the_lock_the_second_sweep_runs_into_a_constraint(cast: World, meeting) -> None:
    case = a_report(cast)
    meeting(unlocked)
    results = at_once(*[lambda: dispatch_by_rule(case_id=case.pk, at=AT)] * 2)
    assert kinds(results) == ["IntegrityError", "bool"]


@pytest.mark.parametrize("act, kind", [(warn, "case.warned"), (escalate, "case.escalated")])
def test_two_sweeps_warn_and_escalate_once(cast: World, meeting, act: Callable[..., bool], kind: str) -> None:
    case = a_signed(cast)
    clock = Deadline.objects.get(case=case, step=Step.HANDLE)
    meeting()
    results = at_once(*[lambda: act(deadline_id=clock.pk, at=clock.due_at)] * 2)
    assert sorted(results, key=str) == [False, True]
    assert kinds_of(case).count(kind) == 1
    assert Escalation.objects.count() == int(act is escalate)


@pytest.mark.parametrize("act, outcome", [(warn, ["bool", "bool"]), (escalate, ["IntegrityError", "bool"])])
def test_control_without_the_lock_both_sweeps_believe_it_is_theirs(
    cast: World, monkeypatch: pytest.MonkeyPatch, act: Callable[..., bool], outcome: list[str]
) -> None:
    case = a_signed(cast)
    clock = Deadline.objects.get(case=case, step=Step.HANDLE)

    def naive(deadline_id: int) -> tuple[Case, Deadline]:
        return unlocked(case.pk), Deadline.objects.get(pk=deadline_id)

    monkeypatch.setattr(automatic, "_locked_deadline", meeting_after(naive))
    results = at_once(*[lambda: act(deadline_id=clock.pk, at=clock.due_at)] * 2)
    assert kinds(results) == outcome
    assert False not in results
    assert kinds_of(case).count("case.warned") == (2 if act is warn else 0), "told twice"


def test_whole_sweeps_side_by_side_do_everything_once(cast: World) -> None:
    """Four workers sweep twenty cases twice over; nobody meets an error."""
    for number in range(20):
        (a_report, a_signed)[number % 2](cast)
    late = AT + dt.timedelta(hours=9)
    names = ["cases.dispatch", "cases.warn", "cases.escalate"]
    done = at_once(*[lambda: steps.run_sweeps(late, names)] * 4)
    assert all(isinstance(one, dict) and -1 not in one.values() for one in done), done
    assert Case.objects.filter(state=State.REPORTED).count() == 0
    orders = WorkOrder.objects.values_list("case", flat=True)
    assert len(orders) == len(set(orders)) == 20
    levels = Escalation.objects.values_list("deadline", "level")
    assert len(levels) == len(set(levels)) == 10
    for case in Case.objects.filter(state=State.IN_PROGRESS):
        assert kinds_of(case).count("case.warned") == 1
        assert kinds_of(case).count("case.escalated") == 1
