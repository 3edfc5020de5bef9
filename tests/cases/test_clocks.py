"""Every clock: when it ends, when it stands and goes on, how far it is extended, and that it warns once.

The office works from 9:00 to 12:00 and from 13:00 to 17:00 in this season; ``AT`` is Tuesday, 24 November 2026, 10:00.
"""

import datetime as dt
from collections.abc import Callable

import pytest

from cases.actions import escalate, warn
from cases.exceptions import NotYourMove
from cases.models import Case, Deadline, Escalation
from cases.states import State, Step
from tests.cases.clockwork import LATEST, ask, clock_of, decide, on, sweep
from tests.world import (
    AT,
    World,
    a_closed,
    a_dispatched,
    a_handled,
    a_report,
    a_signed,
    a_suspended,
    an_evaluated,
    as_reporter,
    do,
    kinds_of,
)
from yuhu.kit.exceptions import Invalid

pytestmark = pytest.mark.django_db

# --- limits -------------------------------------------------------------------------------------------------------

LIMITS: list[tuple[str, Callable[..., Case], str, Step, dt.datetime]] = [
    ("4 working hours over lunch", a_dispatched, "0101", Step.SIGN, on(24, 15)),
    ("30 minutes if it is critical", a_dispatched, "0301", Step.SIGN, on(24, 10, 30)),
    ("as the category says: 4 working hours", a_dispatched, "0101", Step.HANDLE, on(24, 15)),
    ("as the category says: 2 working days", a_dispatched, "0102", Step.HANDLE, on(26, 17)),
    ("as the category says: a day and a night", a_report, "0101", Step.CONTACT, on(25, 10)),
    ("one working day", a_handled, "0101", Step.EVALUATE, on(25, 17)),
    ("three working days", an_evaluated, "0101", Step.RATE, on(27, 17)),
]


@pytest.mark.parametrize("limit, maker, category, step, due", LIMITS, ids=[row[0] for row in LIMITS])
def test_a_clock_starts_with_its_limit(
    world: World, limit: str, maker: Callable[..., Case], category: str, step: Step, due: dt.datetime
) -> None:
    case = maker(world, category=category)
    clock = clock_of(case, step)
    assert (clock.due_at, clock.is_running, clock.started_at) == (due, True, AT)


def test_the_due_time_of_the_case_is_the_one_of_the_handle_clock(world: World) -> None:
    case = a_signed(world)
    assert (case.due_at, case.warn_at) == (on(24, 15), on(24, 14))
    assert case.due_at == clock_of(case, Step.HANDLE).due_at


def test_each_step_meets_its_clock_and_the_end_leaves_none_running(world: World) -> None:
    case = a_dispatched(world)
    times = [AT + dt.timedelta(minutes=10 * number) for number in range(1, 6)]
    case = do(world, case, "sign", "governor", at=times[0])
    case = do(world, case, "contact", "governor", at=times[1], channel="phone")
    case = do(world, case, "hand-back", "governor", at=times[2], result="办完")
    case = do(world, case, "evaluate", "supervisor", at=times[3], effective=True)
    case = as_reporter(case, "rate", at=times[4], solved="solved", satisfaction="satisfied")
    met = {row.step: row.met_at for row in Deadline.objects.filter(case=case)}
    assert met == {
        "sign": times[0],
        "contact": times[1],
        "handle": times[2],
        "evaluate": times[3],
        "rate": times[4],
    }
    assert case.contacted_at == times[1]
    assert not Deadline.objects.filter(case=case).running().exists()


def test_only_the_first_contact_counts(world: World) -> None:
    case = do(world, a_signed(world), "contact", "governor", channel="phone")
    later = AT + dt.timedelta(hours=1)
    case = do(world, case, "contact", "dispatcher", at=later, channel="visit")
    assert (case.contacted_at, clock_of(case, Step.CONTACT).met_at) == (AT, AT)


def test_a_passed_evaluation_ends_the_wait_for_a_contact_and_meets_a_leaders_instruction(
    world: World,
) -> None:
    """Nobody can make a first contact or hand back any more, so nobody is told that it is late."""
    case = do(world, a_handled(world), "supervise", "leader", comment="请复查", due_at="2026-11-26")
    case = do(world, case, "evaluate", "supervisor", effective=True)
    assert case.state == State.EVALUATED
    contact, supervise = clock_of(case, Step.CONTACT), clock_of(case, Step.SUPERVISE)
    assert (contact.met_at, contact.ended_at) == (None, AT)
    assert (supervise.met_at, supervise.is_running) == (AT, False)


# --- standing and going on ----------------------------------------------------------------------------------------


def test_the_handle_clock_stands_while_a_case_is_evaluated(world: World) -> None:
    case = a_signed(world)
    case = do(world, case, "hand-back", "governor", at=on(24, 11), result="扫了")
    clock = clock_of(case, Step.HANDLE)
    assert (clock.is_running, clock.stopped_at, clock.remaining) == (False, on(24, 11), dt.timedelta(hours=3))
    assert sweep(on(25, 9), "cases.warn") == 1, "the evaluator is warned, not the handler"
    case = do(world, case, "evaluate", "supervisor", at=on(25, 9), effective=False, comment="没扫净")
    assert (case.due_at, case.warn_at) == (on(25, 12), on(25, 11))


def test_a_suspended_clock_goes_on_by_hand_with_what_was_left(world: World) -> None:
    case = do(world, a_signed(world), "request-suspension", "governor", reason="等配件", until="2026-12-10")
    case = do(world, case, "decide-suspension", "dispatcher", at=on(24, 11), approve=True, reason="同意")
    assert (case.state, case.review_at) == (State.SUSPENDED, on(10, 23, 59, 12) + dt.timedelta(seconds=59))
    assert sweep(on(9, 9, month=12), "cases.escalate", "cases.resume") == 1, "the first contact alone is late"
    case = do(world, case, "resume", "governor", at=on(9, 10, month=12), comment="配件到了")
    assert (case.state, case.due_at, case.review_at) == (State.IN_PROGRESS, on(9, 14, month=12), None)


def test_a_suspended_clock_goes_on_by_itself_at_the_review_date(world: World) -> None:
    case = a_suspended(world, until="2026-12-10")
    assert sweep(on(10, 17, month=12), "cases.resume") == 0
    assert sweep(on(11, 9, month=12), "cases.resume") == 1
    assert sweep(on(11, 9, month=12), "cases.resume") == 0
    case.refresh_from_db()
    assert (case.state, case.due_at) == (State.IN_PROGRESS, on(11, 14, month=12))


def test_a_refused_suspension_changes_no_clock(world: World) -> None:
    case = do(world, a_signed(world), "request-suspension", "governor", reason="等配件", until="2026-12-10")
    before = clock_of(case, Step.HANDLE).due_at
    case = do(world, case, "decide-suspension", "dispatcher", at=on(24, 11), approve=False, reason="不同意")
    clock = clock_of(case, Step.HANDLE)
    assert (case.state, clock.due_at, clock.is_running) == (State.IN_PROGRESS, before, True)


@pytest.mark.parametrize(
    "until, code", [("2027-03-01", "too_late"), ("2026-11-23", "past"), ("明天", "not_a_date")]
)
def test_a_review_date_lies_ahead_but_not_too_far(world: World, until: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        do(world, a_signed(world), "request-suspension", "governor", reason="等配件", until=until)
    assert (refusal.value.code, refusal.value.field) == (code, "until")


def test_a_clock_that_stood_late_goes_on_as_late_as_it_was(world: World) -> None:
    case = do(world, a_signed(world), "hand-back", "governor", at=on(24, 16), result="晚了")
    case = do(world, case, "evaluate", "supervisor", at=on(26, 10), effective=False, comment="重做")
    assert case.due_at == on(26, 9)
    assert case.is_overdue(on(26, 10))


def test_a_late_clock_that_stood_tells_the_next_level_after_what_was_left_of_its_day(world: World) -> None:
    """Level 1 was told at 15:00; the next is due at the close of the 25th, an hour of work after the hand-back."""
    case = a_signed(world)
    assert sweep(on(24, 15), "cases.escalate") == 1
    case = do(world, case, "hand-back", "governor", at=on(25, 16), result="晚了")
    case = do(world, case, "evaluate", "supervisor", at=on(27, 10), effective=False, comment="重做")
    assert sweep(on(27, 10, 59), "cases.escalate") == 1, "the first contact, which is late by itself"
    assert [row.level for row in Escalation.objects.filter(deadline=clock_of(case, Step.HANDLE))] == [1]
    assert sweep(on(27, 11), "cases.escalate") == 1
    assert [row.level for row in Escalation.objects.filter(deadline=clock_of(case, Step.HANDLE))] == [1, 2]


def test_a_reassigned_order_keeps_its_due_time_and_gets_a_new_time_to_sign(world: World) -> None:
    case = a_signed(world)
    later = on(24, 11)
    case = do(world, case, "reassign", "dispatcher", at=later, assignee="governor2", reason="借调")
    assert case.due_at == on(24, 15)
    sign = clock_of(case, Step.SIGN)
    assert (sign.round, sign.is_running, sign.due_at) == (2, True, on(24, 16))


# --- more time ----------------------------------------------------------------------------------------------------
def test_the_first_extension_is_decided_by_the_duty_officer_and_the_second_by_a_leader(world: World) -> None:
    case = decide(world, ask(world, a_signed(world), on(24, 16)))
    assert case.due_at == on(24, 16)
    case = ask(world, case, on(24, 17))
    with pytest.raises(NotYourMove) as refusal:
        decide(world, case, "dispatcher")
    assert refusal.value.code == "needs_leader"
    case = decide(world, case, "streetleader")
    assert case.due_at == on(24, 17)
    with pytest.raises(NotYourMove) as refusal:
        ask(world, case, on(25, 9, 30))
    assert refusal.value.code == "extensions_used_up"


def test_a_refused_extension_leaves_the_due_time_and_does_not_count(world: World) -> None:
    case = decide(world, ask(world, a_signed(world), on(24, 16)), approve=False)
    assert case.due_at == on(24, 15)
    assert decide(world, ask(world, case, on(24, 16))).due_at == on(24, 16)


@pytest.mark.parametrize(
    "until, code",
    [
        (LATEST, None),
        (LATEST + dt.timedelta(minutes=1), "too_late"),
        (on(24, 15), "too_early"),
        (on(24, 12), "too_early"),
    ],
)
def test_an_extension_gives_at_most_the_original_limit_once_more(
    world: World, until: dt.datetime, code: str | None
) -> None:
    case = a_signed(world)
    if code is None:
        assert decide(world, ask(world, case, until)).due_at == until
        return
    with pytest.raises(Invalid) as refusal:
        ask(world, case, until)
    assert (refusal.value.code, refusal.value.field) == (code, "until")


@pytest.mark.parametrize("first", [on(24, 16), on(25, 10, 59)])
def test_all_extensions_together_give_at_most_the_original_limit_once_more(
    world: World, first: dt.datetime
) -> None:
    case = decide(world, ask(world, a_signed(world), first))
    with pytest.raises(Invalid):
        ask(world, case, LATEST + dt.timedelta(minutes=1))
    assert decide(world, ask(world, case, LATEST), "leader").due_at == LATEST


def test_the_time_of_a_suspension_does_not_use_up_what_may_be_extended(world: World) -> None:
    case = a_suspended(world)
    case = do(world, case, "resume", "governor", at=on(1, 10, month=12))
    assert case.due_at == on(1, 15, month=12)
    with pytest.raises(Invalid):
        ask(world, case, on(2, 11, 1, month=12), at=on(1, 11, month=12))
    case = decide(
        world, ask(world, case, on(2, 11, month=12), at=on(1, 11, month=12)), at=on(1, 11, month=12)
    )
    assert case.due_at == on(2, 11, month=12)


def test_days_are_extended_by_days(world: World) -> None:
    case = a_signed(world, category="0102")
    assert case.due_at == on(26, 17)
    with pytest.raises(Invalid):
        ask(world, case, on(30, 17, 1))
    assert decide(world, ask(world, case, on(30, 17))).due_at == on(30, 17)


def test_more_time_is_asked_for_before_the_limit_ends(world: World) -> None:
    case = a_signed(world)
    with pytest.raises(NotYourMove) as refusal:
        ask(world, case, on(24, 16), at=on(24, 15))
    assert refusal.value.code == "too_late"


def test_a_reopened_case_has_a_limit_of_its_own_to_extend(world: World) -> None:
    case = decide(world, ask(world, a_signed(world), LATEST))
    case = do(world, case, "hand-back", "governor", result="办完")
    case = do(world, case, "evaluate", "supervisor", effective=True)
    case = as_reporter(case, "rate", solved="unsolved", satisfaction="dissatisfied")
    case = as_reporter(case, "reopen", at=on(30, 10), reason="还在")
    assert case.due_at == on(30, 15)
    case = ask(world, case, on(1, 11, month=12), at=on(30, 10))
    assert decide(world, case, "leader", at=on(30, 10)).due_at == on(1, 11, month=12)


# --- warning ------------------------------------------------------------------------------------------------------


def test_everybody_is_warned_once_when_three_quarters_have_passed(world: World) -> None:
    case = do(world, a_signed(world), "contact", "governor", channel="phone")
    assert sweep(on(24, 13, 59)) == 0
    assert [sweep(on(24, 14)) for _again in range(3)] == [1, 0, 0]
    assert kinds_of(case).count("case.warned") == 1
    assert clock_of(case, Step.HANDLE).warned_at == on(24, 14)
    assert list(Case.objects.due_soon(on(24, 14, 30))) == [case]
    assert not warn(deadline_id=clock_of(case, Step.HANDLE).pk, at=on(24, 14, 30))


def test_a_new_limit_is_warned_of_again_once(world: World) -> None:
    case = do(world, a_signed(world), "contact", "governor", channel="phone")
    case = ask(world, case, LATEST)
    assert sweep(on(24, 14)) == 1
    case = decide(world, case, at=on(24, 14))
    assert case.warn_at == on(24, 17)
    assert [sweep(on(24, 16, 59)), sweep(on(24, 17)), sweep(on(24, 17))] == [0, 1, 0]


def test_nobody_is_warned_that_a_reporter_has_not_answered_yet(world: World) -> None:
    clock = clock_of(an_evaluated(world), Step.RATE)
    assert clock.warn_at is None


@pytest.mark.parametrize("maker", [a_handled, a_suspended, a_closed])
def test_a_clock_that_does_not_run_warns_nobody(world: World, maker: Callable[[World], Case]) -> None:
    clock = clock_of(maker(world), Step.HANDLE)
    later = AT + dt.timedelta(days=20)
    assert not warn(deadline_id=clock.pk, at=later)
    assert not escalate(deadline_id=clock.pk, at=later)


def test_a_clock_of_a_case_that_is_gone_is_nobodys(world: World) -> None:
    assert not warn(deadline_id=0, at=AT)
    assert not escalate(deadline_id=0, at=AT)
