"""A breach is told level by level, one each working day, up to the district's leader, and to each level once."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from cases.actions import escalate
from cases.models import Case, CaseParty, Escalation
from cases.states import Step
from staffing.actions import join, leave
from staffing.models import Membership, Unit, User
from tests.cases.clockwork import LATEST, ask, clock_of, decide, on, sweep
from tests.world import AT, STREET, World, a_dispatched, a_handled, a_report, a_signed, do, held_by_office
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit import steps
from yuhu.kit.clock import LOCAL

pytestmark = pytest.mark.django_db


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
