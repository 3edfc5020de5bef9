"""The evaluator is never somebody who did the work: in every round, by every way, and in the database itself."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.actions.base import set_parties
from cases.actions.roster import follow_planned
from cases.exceptions import NotYourMove
from cases.models import Case, CaseParty, Evaluation
from cases.policies import Look, may_move
from cases.states import State
from staffing.actions import appoint, join, leave, relieve, stand_in
from staffing.models import Membership, Tenure, User
from staffing.policies import forget_posts
from tests.world import AT, STREET, World, a_dispatched, a_handled, a_report, a_signed, do, kinds_of
from yuhu.journal.actions import SYSTEM

pytestmark = pytest.mark.django_db

TODAY = AT.date()
Seat, Role = Tenure.Seat, Membership.Role


def seat(world: World, post: str, who: str | None, *, on: dt.date = TODAY, at: dt.datetime = AT) -> None:
    holder = world.people[who] if who else None
    appoint(block=world.b1, post=post, holder=holder, starts_on=on, at=at, actor=SYSTEM)
    for user in world.people.values():
        forget_posts(user)


def empty(world: World, code: str, *, street: str = STREET) -> None:
    """Everybody leaves the unit today."""
    for row in Membership.objects.filter(unit__code=f"{street}-{code}" if code else street):
        leave(seat=row, ends_on=TODAY, at=AT, actor=SYSTEM)
    for user in world.people.values():
        forget_posts(user)


def may_evaluate(world: World, case: Case) -> set[str]:
    """Everybody of the cast to whom the policy would give the evaluation."""
    case = Case.objects.get(pk=case.pk)
    people = world.people.items()
    return {name for name, user in people if may_move(Look(case, user, AT), "evaluate")}


def done_by(world: World, who: str, **target: Any) -> Case:
    """``who`` signs and hands back what a duty officer gave to ``target``."""
    case = do(world, a_report(world), "dispatch", "dispatcher", **target)
    return do(world, do(world, case, "sign", who), "hand-back", who, result="办完")


def test_the_supervisor_of_the_block_evaluates(world: World) -> None:
    case = a_handled(world)
    assert (case.evaluator, case.evaluator_unit) == (world.supervisor, None)
    assert may_evaluate(world, case) == {"supervisor"}


def test_in_every_round_the_evaluator_is_another_than_the_handler(world: World) -> None:
    case = a_signed(world)
    for _round in range(4):
        case = do(world, case, "hand-back", "governor", result="又扫了一遍")
        assert may_evaluate(world, case) == {"supervisor"}
        with pytest.raises(NotYourMove) as refusal:
            do(world, case, "evaluate", "governor", effective=True)
        assert refusal.value.code == "not_your_move"
        case = do(world, case, "evaluate", "supervisor", effective=False, comment="还有")
    rows = Evaluation.objects.filter(case=case)
    assert [row.evaluator == row.handled_by for row in rows] == [False] * 4


def test_an_acting_supervisor_goes_before_the_one_who_is_away(world: World) -> None:
    seat(world, Seat.ACTING_SUPERVISOR, "stand_in")
    assert may_evaluate(world, a_handled(world)) == {"stand_in"}


def test_a_supervisor_without_an_account_does_not_evaluate(world: World) -> None:
    User.objects.filter(pk=world.supervisor.pk).update(is_active=False)
    case = a_handled(world)
    assert (case.evaluator, case.evaluator_unit) == (None, world.unit("coordination"))


def test_a_supervisor_who_did_the_work_himself_leaves_it_to_the_coordination_platform(world: World) -> None:
    case = done_by(world, "supervisor", assignee="supervisor")
    assert case.evaluator_unit == world.unit("coordination")
    assert may_evaluate(world, case) == {"coordinator"}
    assert do(world, case, "evaluate", "coordinator", effective=True).state == State.EVALUATED


def test_who_worked_as_acting_governor_in_an_earlier_round_cannot_supervise_a_later_one(world: World) -> None:
    """简 leaves, 戴 acts for the governor and signs, the governor comes back, 戴 becomes supervisor."""
    seat(world, Seat.ACTING_GOVERNOR, "stand_in")
    case = do(world, a_dispatched(world), "sign", "stand_in")
    case = do(world, case, "hand-back", "stand_in", result="清了一半")
    case = do(world, case, "evaluate", "supervisor", effective=False, comment="另一半呢")
    tomorrow, later = TODAY + dt.timedelta(days=1), AT + dt.timedelta(days=1)
    seat(world, Seat.ACTING_GOVERNOR, None, on=tomorrow, at=later)
    seat(world, Seat.SUPERVISOR, "stand_in", on=tomorrow, at=later)
    case.refresh_from_db()
    assert case.assignee == world.governor
    case = do(world, case, "hand-back", "governor", at=later, result="清完了")
    assert (case.evaluator, case.evaluator_unit) == (None, world.unit("coordination"))
    assert not may_move(Look(case, world.stand_in, later), "evaluate")


@pytest.mark.parametrize("order", ["reassigned", "returned"])
def test_who_signed_an_order_that_went_on_to_others_is_out_too(world: World, order: str) -> None:
    """简 signed first and handed nothing back."""
    case = do(world, a_report(world), "dispatch", "dispatcher", assignee="supervisor")
    case = do(world, case, "sign", "supervisor")
    if order == "reassigned":
        case = do(world, case, "reassign", "dispatcher", assignee="governor", reason="改派")
    else:
        case = do(world, case, "return", "supervisor", reason="不归我管")
        case = do(
            world, case, "decide-return", "dispatcher", approve=True, reason="同意", assignee="governor"
        )
    case = do(world, case, "sign", "governor")
    case = do(world, case, "hand-back", "governor", result="办完")
    assert case.evaluator_unit == world.unit("coordination")


def test_a_member_of_the_unit_that_did_it_is_out(world: World) -> None:
    join(
        unit=world.unit("city_management_office"),
        user=world.supervisor,
        role=Role.MEMBER,
        starts_on=TODAY,
        at=AT,
        actor=SYSTEM,
    )
    forget_posts(world.supervisor)
    case = done_by(world, "handler", unit=world.unit("city_management_office").code)
    assert may_evaluate(world, case) == {"coordinator"}


def test_a_platform_that_did_the_work_does_not_evaluate_it(world: World) -> None:
    seat(world, Seat.SUPERVISOR, None)
    join(
        unit=world.unit("coordination"),
        user=world.stand_in,
        role=Role.HEAD,
        starts_on=TODAY,
        at=AT,
        actor=SYSTEM,
    )
    forget_posts(world.stand_in)
    case = done_by(world, "coordinator", unit=world.unit("coordination").code)
    assert may_evaluate(world, case) == {"streetleader"}, (
        "neither the one who did it nor the head of that unit"
    )


STEPS: list[tuple[str, tuple[str, ...], str]] = [
    ("the coordination platform", (), "coordinator"),
    ("the street's leader", ("coordination",), "streetleader"),
    ("the district's leader", ("coordination", ""), "leader"),
]


@pytest.mark.parametrize("who, absent, evaluator", STEPS)
def test_without_a_supervisor_it_goes_up_to_the_first_who_is_there(
    world: World, who: str, absent: tuple[str, ...], evaluator: str
) -> None:
    relieve(block=world.b1, post=Seat.SUPERVISOR, starts_on=TODAY, at=AT, actor=SYSTEM)
    for code in absent:
        empty(world, code)
    case = a_handled(world)
    assert may_evaluate(world, case) == {evaluator}
    assert do(world, case, "evaluate", evaluator, effective=True).state == State.EVALUATED


def test_the_evaluator_sees_the_case_and_the_one_before_does_not_stay_a_party(world: World) -> None:
    case = a_handled(world)
    appoint(block=world.b1, post=Seat.SUPERVISOR, holder=world.stand_in, starts_on=TODAY, at=AT, actor=SYSTEM)
    parties = CaseParty.objects.filter(case=case, role=CaseParty.Role.EVALUATOR)
    assert [party.user for party in parties] == [world.stand_in]
    case.refresh_from_db()
    assert case.evaluator == world.stand_in
    assert kinds_of(case)[-1] == "case.evaluator_changed"


@pytest.mark.parametrize(
    "change",
    [
        lambda world: relieve(block=world.b1, post=Seat.SUPERVISOR, starts_on=TODAY, at=AT, actor=SYSTEM),
        lambda world: stand_in(
            block=world.b1,
            post=Seat.SUPERVISOR,
            person=world.stand_in,
            starts_on=TODAY,
            ends_on=None,
            at=AT,
            actor=SYSTEM,
        ),
    ],
    ids=["relieved", "somebody acts"],
)
def test_the_former_supervisor_can_no_longer_evaluate_what_waits(
    world: World, change: Callable[[World], object]
) -> None:
    case = a_handled(world)
    change(world)
    forget_posts(world.supervisor)
    with pytest.raises(NotYourMove):
        do(world, case, "evaluate", "supervisor", effective=True)


@pytest.mark.parametrize("joins_the_handlers", [True, False], ids=["the office", "another office"])
def test_an_evaluator_who_joins_the_unit_that_did_the_work_gives_the_evaluation_to_another(
    world: World, *, joins_the_handlers: bool
) -> None:
    case = done_by(world, "handler", unit=world.unit("city_management_office").code)
    assert case.evaluator == world.supervisor
    office = "city_management_office" if joins_the_handlers else "block_service"
    join(
        unit=world.unit(office), user=world.supervisor, role=Role.MEMBER, starts_on=TODAY, at=AT, actor=SYSTEM
    )
    forget_posts(world.supervisor)
    assert follow_planned(at=AT) == int(joins_the_handlers)
    assert follow_planned(at=AT) == 0, "a second sweep finds nothing to do"
    assert may_evaluate(world, case) == ({"coordinator"} if joins_the_handlers else {"supervisor"})


def test_even_a_row_that_names_the_handler_as_evaluator_does_not_let_him(world: World) -> None:
    case = a_handled(world)
    Case.objects.filter(pk=case.pk).update(evaluator=world.governor)
    set_parties(case, {CaseParty.Role.EVALUATOR: [world.governor]})
    with pytest.raises(NotYourMove) as refusal:
        do(world, case, "evaluate", "governor", effective=True)
    assert refusal.value.code == "handled_it"


def test_the_database_refuses_an_evaluation_by_the_handler(world: World) -> None:
    case = a_handled(world)
    order = case.orders.get()
    row = {"case": case, "order": order, "evaluator": world.governor, "effective": True, "at": AT}
    with pytest.raises(IntegrityError, match="evaluator_is_not_handler"), transaction.atomic():
        Evaluation.objects.create(handled_by=world.governor, **row)
    Evaluation.objects.create(handled_by=world.handler, **row)  # the control: only that was wrong


def test_the_database_refuses_a_result_that_nobody_evaluates(world: World) -> None:
    case = a_handled(world)
    with pytest.raises(IntegrityError, match="case_handled_has_evaluator"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(evaluator=None)
