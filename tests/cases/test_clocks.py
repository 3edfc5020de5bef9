"""Every clock: when it ends, when it stands, when it warns, whom it tells, and that each is told once.

The office works from 9:00 to 12:00 and from 13:00 to 17:00 in this season; ``AT`` is Tuesday, 24 November 2026, 10:00.
"""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from cases.actions import escalate, warn
from cases.exceptions import NotYourMove
from cases.models import Case, CaseParty, Deadline, Escalation
from cases.states import State, Step
from staffing.actions import join, leave
from staffing.models import Membership, Unit, User
from tests.world import (
    AT,
    STREET,
    World,
    a_closed,
    a_dispatched,
    a_dissatisfied,
    a_handled,
    a_report,
    a_signed,
    a_suspended,
    an_evaluated,
    as_reporter,
    do,
    held_by_office,
    kinds_of,
    rows_of,
)
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit import steps
from yuhu.kit.clock import LOCAL
from yuhu.kit.exceptions import Invalid

pytestmark = pytest.mark.django_db

ALL = ["cases.warn", "cases.escalate", "cases.close_unrated", "cases.resume"]


def on(day: int, hour: int, minute: int = 0, month: int = 11) -> dt.datetime:
    """A moment of the district's wall clock in November 2026."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=LOCAL).astimezone(dt.UTC)


def clock_of(case: Case, step: Step) -> Deadline:
    """The newest clock of the step."""
    return Deadline.objects.filter(case=case, step=step).latest("round")


def sweep(at: dt.datetime, *only: str) -> int:
    """All sweeps that look at clocks; how much they did."""
    done = steps.run_sweeps(at, only or ALL)
    assert -1 not in done.values()
    return sum(done.values())


# --- limits ---------------------------------------------------------------------------------------------------

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


# --- standing and going on --------------------------------------------------------------------------------------


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


def ask(world: World, case: Case, until: dt.datetime, *, at: dt.datetime = AT) -> Case:
    return do(world, case, "request-extension", "governor", at=at, reason="雨太大", until=until)


def decide(
    world: World, case: Case, who: str = "dispatcher", *, at: dt.datetime = AT, approve: bool = True
) -> Case:
    return do(world, case, "decide-extension", who, at=at, approve=approve, reason="已研究")


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


# Limit 4 working hours from 10:00: with the original limit once more it ends at 11:00 on the next day.
LATEST = on(25, 11)


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


# --- escalation -----------------------------------------------------------------------------------------------------


def platform_head(world: World) -> None:
    """戴 heads the rapid response platform, to which 城市管理办 belongs."""
    unit = world.unit("rapid_response")
    join(unit=unit, user=world.stand_in, role=Membership.Role.HEAD, starts_on=AT.date(), at=AT, actor=SYSTEM)


def empty(unit: Unit, role: str) -> None:
    for seat in Membership.objects.filter(unit=unit, role=role):
        leave(seat=seat, ends_on=AT.date(), at=AT, actor=SYSTEM)


def a_departments(world: World) -> Case:
    return a_dispatched(world, category="1101")


def a_platforms(world: World) -> Case:
    return do(world, a_report(world), "dispatch", "dispatcher", unit=world.unit("block_service").code)


def about_an_official(world: World) -> Case:
    """Not shown to a whole platform because it is late."""
    return a_dispatched(world, category="1204")


def in_need_of_a_person(world: World) -> Case:
    """The duty officer has not placed it; nobody heads the coordination platform."""
    return a_report(world, block=None, address="某路口", address_alone=True, channel="partner")


def closes_after(moment: dt.datetime) -> list[dt.datetime]:
    """When the office closes on the four working days after."""
    days = (moment.astimezone(LOCAL) + dt.timedelta(days=number) for number in range(1, 7))
    return [day.replace(hour=17, minute=0) for day in days if day.weekday() < 5][:4]


BLOCK, RAPID, LEADERS = f"{STREET}-block_service head", f"{STREET}-rapid_response head", f"{STREET} leader"
TOP = "430302 leader"
LADDERS: list[tuple[str, Callable[[World], Case], Step, list[str]]] = [
    ("a governor", a_dispatched, Step.SIGN, [BLOCK, LEADERS, TOP]),
    ("a governor, handling", a_signed, Step.HANDLE, [BLOCK, LEADERS, TOP]),
    ("an office", held_by_office, Step.SIGN, [RAPID, LEADERS, TOP]),
    ("a platform", a_platforms, Step.SIGN, [BLOCK, LEADERS, TOP]),
    ("a department", a_departments, Step.SIGN, ["department head", TOP]),
    ("an evaluator", a_handled, Step.EVALUATE, [LEADERS, TOP]),
    ("of a complaint about an official", about_an_official, Step.SIGN, [LEADERS, TOP]),
    ("nobody yet, in no street", in_need_of_a_person, Step.DISPATCH, [TOP]),
]


@pytest.mark.parametrize("whose, maker, step, told", LADDERS, ids=[row[0] for row in LADDERS])
def test_a_breach_climbs_one_level_each_working_day_and_each_level_hears_it_once(
    world: World, whose: str, maker: Callable[[World], Case], step: Step, told: list[str]
) -> None:
    platform_head(world)
    case = maker(world)
    clock = clock_of(case, step)
    heard: list[int] = []
    for at in (clock.due_at - dt.timedelta(seconds=1), clock.due_at, *closes_after(clock.due_at)):
        for _again in range(2):
            steps.run_sweeps(at, ["cases.escalate"])
        heard.append(Escalation.objects.filter(deadline=clock).count())
    rows = list(Escalation.objects.filter(deadline=clock).order_by("level").select_related("unit"))
    department = Unit.objects.get(name="区市场监督管理局").code
    assert [f"{row.unit.code} {row.role}" for row in rows] == [
        one.replace("department", department) for one in told
    ]
    assert heard == [min(level, len(told)) for level in range(len(heard))], "one level a day, then silence"
    overseers = set(
        CaseParty.objects.filter(case=case, role="oversight").values_list("unit__code", flat=True)
    )
    assert {row.unit.code for row in rows} <= overseers, "who is told can open the case"
    entries = Entry.objects.filter(subject_id=case.number, kind="case.escalated", data__step=step.value)
    assert entries.count() == len(told)
    clock.refresh_from_db()
    assert (clock.breached_at, clock.next_level_at) == (clock.due_at, None)


def test_a_level_at_which_nobody_is_there_is_skipped_at_once(world: World) -> None:
    case = a_signed(world)
    empty(world.unit("block_service"), Membership.Role.HEAD)
    clock = clock_of(case, Step.HANDLE)
    assert escalate(deadline_id=clock.pk, at=clock.due_at)
    assert [(row.level, row.unit.code) for row in clock.escalations.all()] == [(2, STREET)]


def test_a_level_whose_only_person_has_no_account_any_more_is_skipped(world: World) -> None:
    case = a_signed(world)
    User.objects.filter(pk=world.block_head.pk).update(is_active=False)
    clock = clock_of(case, Step.HANDLE)
    assert escalate(deadline_id=clock.pk, at=clock.due_at)
    assert [row.unit.code for row in clock.escalations.all()] == [STREET]


def test_when_nobody_is_there_at_all_it_is_recorded_and_asked_no_more(world: World) -> None:
    case = a_signed(world)
    for unit in (world.unit("block_service"), Unit.objects.get(code=STREET), Unit.objects.get(code="430302")):
        for role in (Membership.Role.HEAD, Membership.Role.LEADER):
            empty(unit, role)
    clock = clock_of(case, Step.HANDLE)
    assert escalate(deadline_id=clock.pk, at=clock.due_at)
    assert not escalate(deadline_id=clock.pk, at=clock.due_at + dt.timedelta(days=9))
    entry = Entry.objects.get(subject_id=case.number, kind="case.escalated")
    assert (entry.data["level"], entry.data["unit"]) == (3, None)
    assert Escalation.objects.count() == 0


def test_a_sweeper_that_slept_for_days_tells_one_level_when_it_wakes(world: World) -> None:
    clock = clock_of(a_signed(world), Step.HANDLE)
    asleep = clock.due_at + dt.timedelta(days=10)
    assert escalate(deadline_id=clock.pk, at=asleep)
    assert not escalate(deadline_id=clock.pk, at=asleep)
    clock.refresh_from_db()
    assert (clock.level, clock.next_level_at) == (1, on(7, 17, month=12))


def test_the_database_keeps_one_row_per_clock_and_level(world: World) -> None:
    clock = clock_of(a_signed(world), Step.HANDLE)
    escalate(deadline_id=clock.pk, at=clock.due_at)
    row = clock.escalations.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.create(deadline=clock, level=row.level, unit=row.unit, role=row.role, at=AT)


def test_a_breach_after_an_extension_tells_the_next_level_and_not_the_same_again(world: World) -> None:
    """Asked before the limit, decided after level 1 was told."""
    case = ask(world, a_signed(world), LATEST)
    clock = clock_of(case, Step.HANDLE)
    assert escalate(deadline_id=clock.pk, at=on(24, 15))
    case = decide(world, case, at=on(24, 16))
    assert not escalate(deadline_id=clock.pk, at=LATEST - dt.timedelta(minutes=1))
    clock.refresh_from_db()
    assert (clock.breached_at, clock.next_level_at) == (None, LATEST)
    assert escalate(deadline_id=clock.pk, at=LATEST)
    assert [(row.level, row.unit.code) for row in clock.escalations.order_by("level")] == [
        (1, f"{STREET}-block_service"),
        (2, STREET),
    ]


def test_a_row_that_cannot_be_escalated_does_not_stop_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cases import tasks

    first, second = a_signed(world), a_signed(world)
    broken = clock_of(first, Step.HANDLE).pk

    def brittle(*, deadline_id: int, at: dt.datetime) -> bool:
        if deadline_id == broken:
            raise RuntimeError
        return escalate(deadline_id=deadline_id, at=at)

    monkeypatch.setattr(tasks, "escalate", brittle)
    assert sweep(on(24, 15), "cases.escalate") == 1
    assert clock_of(second, Step.HANDLE).level == 1


def test_what_is_overdue_is_marked_in_lists_and_not_after_it_was_handed_back_in_time(world: World) -> None:
    late, in_time = a_signed(world), a_handled(world)
    assert list(Case.objects.overdue(on(24, 15))) == []
    assert list(Case.objects.overdue(on(24, 15, 1))) == [late]
    assert (late.is_overdue(on(24, 15, 1)), in_time.is_overdue(on(30, 15))) == (True, False)


# --- the end: rating, closing, reopening ----------------------------------------------------------------------------


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


# --- solved on the spot ---------------------------------------------------------------------------------------------


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
