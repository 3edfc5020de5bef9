"""Requests that await a decision: within their limits, decided by somebody else, lapsed when the question is gone."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.exceptions import NotYourMove
from cases.models import Case, CaseParty, CaseRequest, Deadline
from cases.states import State, Step
from tests.world import AT, World, a_dispatched, a_report, a_signed, do, held_by_office, kinds_of, rows_of
from yuhu.kit.exceptions import Invalid

pytestmark = pytest.mark.django_db

REASON: dict[str, Any] = {"reason": "这不归我管"}
YES: dict[str, Any] = {"approve": True, "reason": "同意"}
NO: dict[str, Any] = {"approve": False, "reason": "不同意"}
OFFICE = "430302001-city_management_office"
Role = CaseParty.Role


def ask(world: World, case: Case, who: str = "governor", *, at: dt.datetime = AT) -> Case:
    return do(world, case, "return", who, at=at, **REASON)


def refused(world: World, case: Case, name: str, who: str, **data: Any) -> str:
    """The code with which the move is refused; nothing changed."""
    before = rows_of(case)
    with pytest.raises(NotYourMove) as refusal:
        do(world, case, name, who, **data)
    assert rows_of(case) == before
    return refusal.value.code


# --- asking -----------------------------------------------------------------------------------------------------


def test_asking_changes_neither_the_state_nor_a_clock(world: World) -> None:
    case = a_dispatched(world)
    clocks = list(Deadline.objects.filter(case=case).order_by("pk").values())
    case = ask(world, case)
    assert (case.state, case.assignee) == (State.DISPATCHED, world.governor)
    assert list(Deadline.objects.filter(case=case).order_by("pk").values()) == clocks
    row = CaseRequest.objects.get(case=case)
    assert (row.kind, row.asked_by, row.asked_at, row.decided_at) == ("return", world.governor, AT, None)
    assert row.reason.text == REASON["reason"]


# 4 working hours: a fifth is 48 minutes. 2 working days, 20 office hours until Thursday's close: a fifth is 4 hours,
# and lunch. 2 working hours: a fifth would be 24 minutes, which is too short for anybody.
TIMES = [("0101", 48), ("0102", 5 * 60), ("0103", 30)]


@pytest.mark.parametrize("category, minutes", TIMES)
def test_an_order_is_returned_before_a_fifth_of_its_limit_has_passed(
    world: World, category: str, minutes: int
) -> None:
    case = a_dispatched(world, category=category)
    last = AT + dt.timedelta(minutes=minutes)
    assert (
        refused(world, case, "return", "governor", at=last + dt.timedelta(seconds=1), **REASON) == "too_late"
    )
    assert ask(world, case, at=last).requests.count() == 1


@pytest.mark.parametrize("name", ["return", "request-extension", "request-suspension"])
def test_the_same_thing_is_asked_once_at_a_time(world: World, name: str) -> None:
    data: dict[str, Any] = {
        "return": REASON,
        "request-extension": {**REASON, "until": AT + dt.timedelta(hours=6)},
        "request-suspension": {**REASON, "until": "2026-12-10"},
    }[name]
    case = do(world, a_signed(world), name, "governor", **data)
    assert refused(world, case, name, "governor", **data) == "request_pending"


def test_the_database_keeps_one_pending_request_of_a_kind(world: World) -> None:
    case = ask(world, a_dispatched(world))
    row = case.requests.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseRequest.objects.create(
            case=case, kind=row.kind, asked_by=world.handler, asked_at=AT, reason=row.reason
        )


# --- deciding ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signed", [False, True])
def test_a_refused_return_leaves_the_order_where_it_is(world: World, signed: bool) -> None:
    case = ask(world, a_signed(world) if signed else a_dispatched(world))
    state = case.state
    case = do(world, case, "decide-return", "dispatcher", **NO)
    assert (case.state, case.assignee) == (state, world.governor)
    row = case.requests.get()
    assert (row.approved, row.decided_by, row.lapsed) == (False, world.dispatcher, False)
    assert row.decision.text == NO["reason"]
    assert ask(world, case).requests.count() == 2, "and one may ask again"


def test_an_approved_return_goes_to_the_receiver_that_is_named(world: World) -> None:
    later = AT + dt.timedelta(minutes=40)
    case = ask(world, a_signed(world))
    case = do(world, case, "decide-return", "dispatcher", at=later, unit=OFFICE, **YES)
    assert (case.state, case.assignee, case.lead_unit.code) == (State.DISPATCHED, None, OFFICE)
    assert case.due_at == dt.datetime(2026, 11, 24, 7, 40, tzinfo=dt.UTC), "a new limit"
    assert [(order.no, order.end) for order in case.orders.all()] == [(1, "returned"), (2, "")]
    assert [party.user for party in case.parties.filter(role=Role.ASSIGNEE)] == []
    assert [party.unit.code for party in case.parties.filter(role=Role.LEAD)] == [OFFICE]
    assert case.explanation[-1]["code"] == "unit"


def test_an_approved_return_without_a_receiver_waits_for_the_duty_officer(world: World) -> None:
    case = do(world, ask(world, a_signed(world)), "decide-return", "dispatcher", **YES)
    assert (case.state, case.waits_for_person) == (State.REPORTED, True)
    assert (case.assignee, case.lead_unit, case.due_at, case.warn_at) == (None, None, None, None)
    assert not case.parties.filter(role__in=[Role.ASSIGNEE, Role.LEAD, Role.CO]).exists()
    running = set(Deadline.objects.filter(case=case).running().values_list("step", flat=True))
    assert running == {"dispatch", "contact"}
    assert list(Case.objects.awaiting_dispatch()) == [], "no rule sends it back to the same place"
    case = do(world, case, "dispatch", "dispatcher", unit=OFFICE)
    assert (case.state, case.orders.count()) == (State.DISPATCHED, 2)
    assert not Deadline.objects.filter(case=case, step=Step.DISPATCH).running().exists()


def test_a_return_does_not_prolong_what_was_promised_to_the_person(world: World) -> None:
    case = do(
        world, a_signed(world), "supervise", "leader", comment="今天办好", due_at=AT + dt.timedelta(hours=7)
    )
    later = AT + dt.timedelta(minutes=40)
    before = dict(
        Deadline.objects.filter(case=case, step__in=["contact", "supervise"]).values_list("step", "due_at")
    )
    case = ask(world, case, at=later)
    case = do(world, case, "decide-return", "dispatcher", at=later, **YES)
    running = Deadline.objects.filter(case=case).running().exclude(step=Step.DISPATCH)
    assert dict(running.values_list("step", "due_at")) == before


def test_two_returns_are_approved_and_no_third(world: World) -> None:
    case = ask(world, a_dispatched(world))
    case = do(world, case, "decide-return", "dispatcher", unit=OFFICE, **YES)
    case = do(world, ask(world, case, "handler"), "decide-return", "dispatcher", assignee="governor2", **YES)
    assert refused(world, case, "return", "governor2", **REASON) == "returns_used_up"


def test_refused_returns_do_not_use_up_the_right(world: World) -> None:
    case = a_dispatched(world)
    for _time in range(4):
        case = do(world, ask(world, case), "decide-return", "dispatcher", **NO)
    assert ask(world, case).requests.filter(decided_at=None).count() == 1


def test_nobody_decides_his_own_request(world: World) -> None:
    """卜 heads the platform that holds the order: holder and decider in one person."""
    unit = world.unit("block_service").code
    case = do(world, a_report(world), "dispatch", "dispatcher", unit=unit)
    case = ask(world, case, "block_head")
    assert refused(world, case, "decide-return", "block_head", **YES) == "own_request"
    assert do(world, case, "decide-return", "coordinator", **NO).state == State.DISPATCHED


def test_the_database_refuses_a_decision_by_the_one_who_asked(world: World) -> None:
    row = ask(world, a_dispatched(world)).requests.get()
    with pytest.raises(IntegrityError, match="request_decided_by_another"), transaction.atomic():
        CaseRequest.objects.filter(pk=row.pk).update(decided_by=world.governor, decided_at=AT, approved=True)
    CaseRequest.objects.filter(pk=row.pk).update(decided_by=world.dispatcher, decided_at=AT, approved=True)


@pytest.mark.parametrize("half", [{"approved": True}, {"decided_at": AT}])
def test_the_database_refuses_half_a_decision(world: World, half: dict[str, Any]) -> None:
    row = ask(world, a_dispatched(world)).requests.get()
    with pytest.raises(IntegrityError, match="request_decided_whole"), transaction.atomic():
        CaseRequest.objects.filter(pk=row.pk).update(**half)


@pytest.mark.parametrize("name", ["decide-return", "decide-extension", "decide-suspension"])
def test_there_must_be_something_to_decide(world: World, name: str) -> None:
    assert refused(world, a_signed(world), name, "dispatcher", **YES) == "nothing_to_decide"


def test_the_second_of_two_deciders_is_told_that_it_is_decided(world: World) -> None:
    case = do(world, ask(world, a_dispatched(world)), "decide-return", "dispatcher", **NO)
    assert refused(world, case, "decide-return", "coordinator", **YES) == "nothing_to_decide"


@pytest.mark.parametrize(
    "data, code, field",
    [
        ({"reason": "同意"}, "required", "approve"),
        ({"approve": True}, "required", "reason"),
        ({"approve": True, "reason": "  "}, "required", "reason"),
        ({"approve": "yes", "reason": "同意"}, "not_boolean", "approve"),
        ({"approve": 1, "reason": "同意"}, "not_boolean", "approve"),
        ({"approve": True, "reason": "同意", "until": "2026-12-01"}, "unknown_field", "until"),
        ({"approve": True, "reason": "长" * 10_001}, "max_length", "reason"),
        ({"approve": True, "reason": "a\x00b"}, "control_characters", "reason"),
        ({"approve": True, "reason": 5}, "not_text", "reason"),
    ],
)
def test_a_decision_is_yes_or_no_with_a_reason(
    world: World, data: dict[str, Any], code: str, field: str
) -> None:
    case = ask(world, a_dispatched(world))
    before = rows_of(case)
    with pytest.raises(Invalid) as refusal:
        do(world, case, "decide-return", "dispatcher", **data)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert rows_of(case) == before


# --- lapsing ----------------------------------------------------------------------------------------------------


def with_all_three(world: World) -> Case:
    """高 asks for everything at once."""
    case = ask(world, a_signed(world))
    case = do(world, case, "request-extension", "governor", until=AT + dt.timedelta(hours=6), **REASON)
    return do(world, case, "request-suspension", "governor", until="2026-12-10", **REASON)


def waiting(case: Case) -> set[str]:
    return set(case.requests.filter(decided_at=None).values_list("kind", flat=True))


# what happens, by whom, what still waits afterwards, what was decided
LAPSES: list[tuple[str, str, dict[str, Any], set[str], set[str]]] = [
    ("hand-back", "governor", {"result": "办完"}, set(), set()),
    ("reassign", "dispatcher", {"unit": OFFICE, "reason": "改派"}, set(), set()),
    ("decide-return", "dispatcher", YES, set(), {"return"}),
    ("decide-return", "dispatcher", {**YES, "unit": OFFICE}, set(), {"return"}),
    ("decide-suspension", "dispatcher", YES, {"return"}, {"suspension"}),
    ("void", "dispatcher", {"reason": "误报"}, set(), set()),
    # These leave the other questions open.
    ("decide-return", "dispatcher", NO, {"extension", "suspension"}, {"return"}),
    ("decide-extension", "dispatcher", YES, {"return", "suspension"}, {"extension"}),
    ("decide-suspension", "dispatcher", NO, {"return", "extension"}, {"suspension"}),
    ("contact", "governor", {"channel": "phone"}, {"return", "extension", "suspension"}, set()),
]


@pytest.mark.parametrize("name, who, data, left, decided", LAPSES)
def test_requests_lapse_when_their_question_is_gone(
    world: World, name: str, who: str, data: dict[str, Any], left: set[str], decided: set[str]
) -> None:
    case = do(world, with_all_three(world), name, who, **data)
    assert waiting(case) == left
    assert set(case.requests.exclude(decided_by=None).values_list("kind", flat=True)) == decided
    lapsed = {"return", "extension", "suspension"} - left - decided
    assert set(case.requests.filter(lapsed=True).values_list("kind", flat=True)) == lapsed
    assert not case.requests.filter(lapsed=True, approved__isnull=False).exists()


def test_a_merge_lapses_what_was_asked(world: World) -> None:
    other = a_report(world)
    case = do(world, with_all_three(world), "merge", "dispatcher", into=other.number)
    assert (case.state, case.merged_into, waiting(case)) == (State.MERGED, other, set())


def test_the_next_receiver_asks_for_himself(world: World) -> None:
    case = do(world, with_all_three(world), "reassign", "dispatcher", unit=OFFICE, reason="改派")
    case = do(world, case, "sign", "handler")
    case = do(world, case, "request-extension", "handler", until=AT + dt.timedelta(hours=6), **REASON)
    assert waiting(case) == {"extension"}


# --- merging ----------------------------------------------------------------------------------------------------


def test_a_case_is_not_merged_into_itself_or_into_what_ended_or_lies_elsewhere(world: World) -> None:
    case = a_dispatched(world)
    ended = do(world, a_dispatched(world), "void", "dispatcher", reason="误报")
    elsewhere = a_report(world, block=world.b9.code)
    restricted = a_report(world, category="1204")
    for into, code in (
        (case, "unknown"),
        (ended, "not_open"),
        (elsewhere, "not_open"),
        (restricted, "not_open"),
    ):
        with pytest.raises(Invalid) as refusal:
            do(world, case, "merge", "dispatcher", into=into.number)
        assert (refusal.value.code, refusal.value.field) == (code, "into")
    for number in ("430302-20261124-999999", "", "x\x00y", None):
        with pytest.raises(Invalid):
            do(world, case, "merge", "dispatcher", into=number)
    assert held_by_office(world).state == State.DISPATCHED
    assert kinds_of(case) == ["case.reported", "case.dispatched"]
