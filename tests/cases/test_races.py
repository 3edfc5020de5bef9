"""Two who act on one case at the same moment: one wins, the other is told, nothing is half-done.

Everybody meets right after reading the case: with the lock the second is kept out until the first has committed;
each control takes the lock away, both read the same state, and what the lock prevents can be seen.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from cases.actions import automatic, close_unrated, dispatch_by_rule, sending
from cases.actions import move as move_action
from cases.actions.base import locked
from cases.actions.report import NewCase, _check, _store
from cases.exceptions import NotYourMove, WrongState
from cases.models import Case, CaseRequest, Evaluation, WorkOrder
from cases.routing import route
from cases.states import State
from staffing.actions import appoint, hand_over, join
from staffing.models import Membership, Tenure
from tests.cases.racing import MOVE, acting, fresh, unlocked
from tests.journal_flush import install_flush_guard
from tests.together import at_once, kinds, meeting_after
from tests.world import (
    AT,
    World,
    a_dispatched,
    a_report,
    a_signed,
    an_evaluated,
    as_reporter,
    do,
    held_by_office,
    kinds_of,
)
from yuhu.journal.actions import SYSTEM
from yuhu.kit import steps
from yuhu.kit.exceptions import Invalid, Refusal

install_flush_guard()
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_journal_is_whole"),
]


# --- two people ---------------------------------------------------------------------------------------------------


def two_who_sign(
    world: World, begin: Callable[..., None], *read: Callable[[int], Case]
) -> tuple[Case, list[object]]:
    case = held_by_office(world)
    begin(*read)
    return case, at_once(acting(world, case, "sign", "handler"), acting(world, case, "sign", "handler2"))


def test_of_two_who_sign_at_once_one_signs_and_the_other_is_told(cast: World, meeting) -> None:
    case, results = two_who_sign(cast, meeting)
    assert kinds(results) == ["Case", "WrongState"]
    order = WorkOrder.objects.get(case=case)
    winner = cast.handler if isinstance(results[0], Case) else cast.handler2
    assert (fresh(case).state, order.signed_by) == (State.IN_PROGRESS, winner)
    assert kinds_of(case).count("case.signed") == 1


def test_control_without_the_lock_both_believe_that_they_signed(cast: World, meeting) -> None:
    case, results = two_who_sign(cast, meeting, unlocked)
    assert kinds(results) == ["Case", "Case"]
    assert kinds_of(case).count("case.signed") == 2


def a_returning(world: World) -> tuple[Case, Callable[[], object]]:
    """高 asked to return the order, and may still sign it; 邓 is about to approve."""
    case = do(world, a_dispatched(world), "return", "governor", reason="不归我管")
    return case, acting(world, case, "decide-return", "dispatcher", approve=True, reason="同意")


def test_an_order_that_is_signed_while_its_return_is_approved_ends_in_one_hand(cast: World, meeting) -> None:
    """Either the signature came first and the order is taken back, or it is too late to sign."""
    case, decide = a_returning(cast)
    meeting()
    results = at_once(acting(cast, case, "sign", "governor"), decide)
    assert isinstance(results[1], Case)
    assert isinstance(results[0], Case | WrongState)
    case = fresh(case)
    assert (case.state, case.assignee, case.due_at) == (State.REPORTED, None, None)
    assert not case.orders.filter(ended_at=None).exists()
    signed = case.orders.exclude(signed_at=None).count()
    assert kinds_of(case).count("case.signed") == signed == int(isinstance(results[0], Case))


def test_control_without_the_lock_the_signature_falls_on_an_order_that_is_gone(
    cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, decide = a_returning(cast)
    decided: list[object] = []

    def stale(case_id: int) -> Case:
        row = unlocked(case_id)
        if not decided:
            decided.append("now")
            decided[:] = at_once(decide)
        return row

    monkeypatch.setattr(MOVE, "locked", stale)
    results = at_once(acting(cast, case, "sign", "governor"))
    assert kinds(decided) == ["Case"]
    assert kinds(results) == ["StopIteration"], "an error that nobody can read"


def two_evaluators(
    world: World, begin: Callable[..., None], *read: Callable[[int], Case]
) -> tuple[Case, list[object]]:
    """Nobody supervises b1: 柯 and 戴 of the coordination platform both open the case; one passes it, one fails it."""
    unit = world.unit("coordination")
    join(unit=unit, user=world.stand_in, role=Membership.Role.HEAD, starts_on=AT.date(), at=AT, actor=SYSTEM)
    appoint(
        block=world.b1, post=Tenure.Seat.SUPERVISOR, holder=None, starts_on=AT.date(), at=AT, actor=SYSTEM
    )
    case = do(world, a_signed(world), "hand-back", "governor", result="办完")
    begin(*read)
    return case, at_once(
        acting(world, case, "evaluate", "coordinator", effective=True),
        acting(world, case, "evaluate", "stand_in", effective=False, comment="没办好"),
    )


def test_of_two_evaluations_at_once_one_counts_and_the_other_is_told(cast: World, meeting) -> None:
    case, results = two_evaluators(cast, meeting)
    assert isinstance(results[0], Case) != isinstance(results[1], Case)
    assert any(isinstance(result, WrongState | NotYourMove) for result in results)
    passed = isinstance(results[0], Case)
    row = Evaluation.objects.get(case=case)
    assert (row.effective, fresh(case).state) == (passed, State.EVALUATED if passed else State.IN_PROGRESS)
    assert case.orders.count() == (1 if passed else 2)


def test_control_without_the_lock_only_a_constraint_stops_the_second_evaluation(cast: World, meeting) -> None:
    _case, results = two_evaluators(cast, meeting, unlocked)
    assert kinds(results) == ["Case", "IntegrityError"], "an error that nobody can read"


def answer_against_close(
    world: World, begin: Callable[..., None], *read: Callable[[int], Case]
) -> tuple[Case, list[object]]:
    """The reporter answers in the very moment in which the sweep finds that the time to rate has passed."""
    case, late = an_evaluated(world), AT + dt.timedelta(days=30)
    begin(*read)
    return case, at_once(
        lambda: as_reporter(case, "rate", at=late, solved="solved", satisfaction="satisfied"),
        lambda: close_unrated(case_id=case.pk, at=late),
    )


def test_an_answer_in_the_moment_in_which_the_case_closes_counts_or_is_told(cast: World, meeting) -> None:
    case, results = answer_against_close(cast, meeting)
    rated = isinstance(results[0], Case)
    assert rated != (results[1] is True)
    assert rated or isinstance(results[0], WrongState)
    case = fresh(case)
    assert (case.state, case.end_code) == (State.CLOSED, "rated" if rated else "not_rated")
    assert case.ratings.count() == int(rated)
    assert kinds_of(case).count("case.closed") + kinds_of(case).count("case.rated") == 1


def test_control_without_the_lock_a_case_is_rated_and_closed_or_only_a_constraint_stops_it(
    cast: World, meeting
) -> None:
    case, results = answer_against_close(cast, meeting, unlocked)
    if isinstance(results[0], Case) and results[1] is True:
        assert {"case.closed", "case.rated"} <= set(kinds_of(case))
    else:
        assert "IntegrityError" in kinds(results), "an error that nobody can read"


def two_who_ask(world: World, begin: Callable[..., None], *read: Callable[[int], Case]) -> list[object]:
    case = held_by_office(world)
    begin(*read)
    return at_once(
        acting(world, case, "return", "handler", reason="不归我管"),
        acting(world, case, "return", "handler2", reason="也不归我管"),
    )


def test_two_requests_of_one_kind_at_once_are_one(cast: World, meeting) -> None:
    assert kinds(two_who_ask(cast, meeting)) == ["Case", "NotYourMove"]
    assert CaseRequest.objects.count() == 1


def test_control_without_the_lock_only_a_constraint_stops_the_second_request(cast: World, meeting) -> None:
    assert kinds(two_who_ask(cast, meeting, unlocked)) == ["Case", "IntegrityError"]


# --- merging each into the other ----------------------------------------------------------------------------------


def merged_both_ways(world: World) -> tuple[Case, Case, list[object]]:
    first, second = a_report(world), a_report(world)
    return (
        first,
        second,
        at_once(
            acting(world, first, "merge", "dispatcher", into=second.number),
            acting(world, second, "merge", "coordinator", into=first.number),
        ),
    )


def test_two_cases_are_not_merged_into_each_other(cast: World) -> None:
    for _time in range(5):
        first, second, results = merged_both_ways(cast)
        told = [result for result in results if isinstance(result, Refusal)]
        assert [type(one) for one in told] in ([Invalid], [WrongState]), results
        assert {fresh(first).state, fresh(second).state} == {State.MERGED, State.REPORTED}


def test_control_without_both_locks_the_two_stand_in_each_others_way(
    cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each locks its own row only; the database ends the deadlock with an error that nobody can read."""
    monkeypatch.setattr(MOVE, "lock_together", lambda *_args: None)
    met = meeting_after(MOVE.read_fields)
    monkeypatch.setattr(MOVE, "read_fields", met)
    _first, _second, results = merged_both_ways(cast)
    assert kinds(results) == ["Case", "OperationalError"]


# --- two reports --------------------------------------------------------------------------------------------------


def test_a_form_that_is_sent_twice_at_once_is_one_case(cast: World) -> None:
    results = at_once(*[lambda: a_report(cast, submission_key="form-1")] * 4)
    assert kinds(results) == ["Case"] * 4
    assert len({case.pk for case in results if isinstance(case, Case)}) == 1
    assert Case.objects.count() == 1
    assert kinds_of(Case.objects.get()) == ["case.reported"]


def test_control_a_look_before_the_insert_lets_two_through_to_the_constraint(cast: World) -> None:
    new = NewCase(
        category="0101", description="楼下", channel="governor", block=cast.b1.code, submission_key="form-1"
    )
    looked = meeting_after(lambda: Case.objects.filter(submission_key="form-1").first())

    def naive() -> object:
        if (twin := looked()) is not None:
            return twin
        with transaction.atomic():
            return _store(_check(new), by=cast.by("governor"), at=AT)

    assert kinds(at_once(naive, naive)) == ["Case", "IntegrityError"]


def test_eight_who_report_at_once_get_eight_numbers(cast: World) -> None:
    results = at_once(*[lambda: [a_report(cast).number for _number in range(5)]] * 8)
    numbers = [number for numbers in results if isinstance(numbers, list) for number in numbers]
    assert len(numbers) == len(set(numbers)) == Case.objects.count() == 40


# --- the roster ---------------------------------------------------------------------------------------------------


def appointing(world: World, post: str, who: str) -> Callable[[], object]:
    day = AT.date()
    return lambda: appoint(
        block=world.b1, post=post, holder=world.people[who], starts_on=day, at=AT, actor=SYSTEM
    )


def test_of_two_who_are_appointed_at_once_one_governs_and_the_other_is_told(cast: World) -> None:
    case = a_dispatched(cast)
    post = Tenure.Seat.GOVERNOR
    results = at_once(appointing(cast, post, "stand_in"), appointing(cast, post, "handler"))
    assert kinds(results) == ["SeatTaken", "Tenure"]
    row = Tenure.objects.get(block=cast.b1, post=post, starts_on=AT.date())
    assert [row] == [one for one in results if isinstance(one, Tenure)]
    assert fresh(case).assignee == row.holder
    assert kinds_of(case).count("case.handed_over") == 1


def test_control_the_last_word_would_win_and_nobody_would_be_told(cast: World) -> None:
    def naive(who: str) -> Callable[[], object]:
        return lambda: Tenure.objects.update_or_create(
            block=cast.b1,
            post=Tenure.Seat.GOVERNOR,
            starts_on=AT.date(),
            defaults={"holder": cast.people[who]},
        )

    assert kinds(at_once(naive("stand_in"), naive("handler"))) == ["tuple", "tuple"]


def test_a_case_that_is_dispatched_while_the_governor_changes_follows_with_the_next_sweep(
    cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dispatch read the roster of before and commits after the hand-over has looked for open cases."""
    case = a_report(cast)
    changed: list[list[object]] = []

    def late(facts: Any) -> Any:
        if not changed:
            changed.append(at_once(lambda: handing_over(cast)))
        return route(facts)

    monkeypatch.setattr(sending, "route", late)
    assert dispatch_by_rule(case_id=case.pk, at=AT)
    assert kinds(changed[0]) == ["Tenure"]
    assert fresh(case).assignee == cast.governor, "the control: it went to the one who has left"
    assert steps.run_sweeps(AT, ["cases.roster"]) == {"cases.roster": 1}
    assert fresh(case).assignee == cast.stand_in


def handing_over(world: World) -> object:
    return hand_over(
        block=world.b1,
        post=Tenure.Seat.GOVERNOR,
        to=world.stand_in,
        starts_on=AT.date(),
        at=AT,
        actor=SYSTEM,
    )


def test_the_names_that_the_tests_replace_are_the_ones_that_the_actions_use() -> None:
    assert MOVE.move is move_action
    assert MOVE.locked is vars(automatic)["locked"] is locked
    assert vars(sending)["route"] is route
