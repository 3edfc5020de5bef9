"""Whistles beside the case: its end, the limits and their sweeps, what the database refuses."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from cases.actions import move
from cases.actions.whistles import department, limits, street
from cases.checks import limits_of_whistles
from cases.models import Case, CaseParty, Note, Whistle, WhistleCall
from cases.tasks import sweep_whistles
from staffing.models import Unit
from tests.cases.whistle_looks import MINUTE, local, sees, whistled
from tests.cases.whistle_makers import (
    MARKET,
    MEETING,
    STAGES,
    a_called,
    a_checked_in,
    a_cleared,
    a_done,
    a_reported,
    a_whistle,
    an_emergency,
    call_of,
    case_of,
    fresh,
    unit_of,
)
from tests.world import AT, World, a_report, do, kinds_of
from yuhu.journal.models import Entry

pytestmark = pytest.mark.django_db


# --- The case -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, data", [("void", {"reason": "误报"}), ("merge", {})], ids=["void", "merge"])
def test_a_case_that_ends_ends_its_running_whistle(world: World, name: str, data: dict[str, str]) -> None:
    whistle = a_called(world)
    if name == "merge":
        data = {"into": a_report(world).number}
    move(case_id=whistle.case_id, name=name, by=world.by("dispatcher"), at=AT, data=data)
    assert fresh(whistle).state == Whistle.State.ENDED
    assert not CaseParty.objects.filter(case=whistle.case_id, role="co").exists()
    entry = Entry.objects.get(kind="case.whistle_ended")
    assert (entry.data["with_case"], kinds_of(case_of(whistle))[-1]) == (
        True,
        f"case.{name}{'ed' if name[0] == 'v' else 'd'}",
    )


def test_a_case_that_is_closed_ends_what_runs_and_leaves_what_was_cleared(world: World) -> None:
    runs, cleared = a_called(world), a_cleared(world)
    for whistle in (runs, cleared):
        do(world, case_of(whistle), "hand-back", "governor", result="已处置")
        Case.objects.filter(pk=whistle.case_id).update(must_rate=False)
        do(world, case_of(whistle), "evaluate", "supervisor", effective=True)
    assert (fresh(runs).state, fresh(cleared).state) == (Whistle.State.ENDED, Whistle.State.CLEARED)


def test_whoever_gets_the_case_the_called_departments_go_on_to_see_it(world: World) -> None:
    whistle = a_called(world)
    unit = world.unit("city_management_office").code
    do(world, case_of(whistle), "reassign", "dispatcher", unit=unit, reason="改派")
    assert sees(world, "department", case_of(whistle))
    case = do(world, case_of(whistle), "return", "handler", reason="非本办职责")
    do(world, case, "decide-return", "dispatcher", approve=True, reason="同意")
    assert sees(world, "department", case)


def test_who_helped_before_goes_on_to_see_the_case(world: World) -> None:
    unit = unit_of("区市场监督管理局")
    helped = do(world, a_report(world), "dispatch", "dispatcher", assignee="governor", co_units=[unit.code])
    whistle = a_called(world, case=helped)
    street.call_off(whistle=whistle, reason="已解决", by=world.by("streetleader"), at=AT)
    assert sees(world, "department", helped)


@pytest.mark.parametrize("stage", ["called", "cleared"])
def test_a_called_department_that_comes_to_help_goes_on_to_see_the_case_after_the_whistle(
    world: World, stage: str
) -> None:
    whistle = STAGES[stage](world)
    do(
        *(world, case_of(whistle), "reassign", "dispatcher"),
        unit="430302-D01",
        co_units=[unit_of(MARKET).code],
        reason="改派",
    )
    end_of(world, whistle)
    assert sees(world, "department", case_of(whistle))


@pytest.mark.parametrize("stage", ["called", "cleared"])
@pytest.mark.parametrize("way", ["reassigned", "returned"])
def test_a_called_department_that_helps_no_longer_sees_the_case_until_the_whistle_is_over(
    world: World, stage: str, way: str
) -> None:
    office = world.unit("city_management_office").code
    case = do(
        *(world, a_report(world), "dispatch", "dispatcher"),
        unit=office,
        co_units=[unit_of(MARKET).code],
    )
    whistle = STAGES[stage](world, case=case)
    if way == "reassigned":
        do(world, case, "reassign", "dispatcher", assignee="governor", reason="改派")
    else:
        do(world, case, "return", "handler", reason="非本办职责")
        do(world, case, "decide-return", "dispatcher", approve=True, reason="同意")
    assert sees(world, "department", case), "the whistle goes on"
    end_of(world, whistle)
    assert not sees(world, "department", case)


def test_a_department_that_two_whistles_call_sees_the_case_until_the_later_one_is_over(world: World) -> None:
    first = a_cleared(world)
    case = case_of(first)
    second = a_called(world, case=case)
    end_of(world, first)
    assert sees(world, "department", case)
    end_of(world, second)
    assert not sees(world, "department", case)


def end_of(world: World, whistle: Whistle) -> None:
    """A leader calls it off; one that is cleared is rated by both sides."""
    if whistle.state == Whistle.State.CALLED:
        street.call_off(whistle=whistle, reason="已解决", by=world.by("streetleader"), at=AT)
        return
    call = call_of(whistle)
    street.rate_department(call=call, score=5, comment="", by=world.by("dispatcher"), at=AT)
    by = world.by("department")
    department.rate_street(call=call, justified=4, prepared=5, comment="", by=by, at=AT)


def test_the_journal_keeps_no_word_that_anybody_wrote(world: World) -> None:
    a_done(world)
    told = str(list(Entry.objects.values_list("data", flat=True)))
    texts = list(Note.objects.filter(move__startswith="whistle-").values_list("text", flat=True))
    assert len(texts) >= 5
    assert [text for text in texts if text in told] == []


# --- Times --------------------------------------------------------------------------------------------------------


def test_times_follow_the_kind(world: World) -> None:
    """Tuesday, 10:00: working days are counted from the next day, an emergency counts minutes."""
    hard, sudden = call_of(a_called(world)), call_of(an_emergency(world))
    joint = call_of(a_called(world, kind=Whistle.Kind.JOINT_ENFORCEMENT, gather_at=MEETING, place="路口"))
    found = {
        "hard": [local(at) for at in (hard.answer_due_at, hard.site_due_at, hard.result_due_at)],
        "sudden": [local(at) for at in (sudden.answer_due_at, sudden.site_due_at, sudden.result_due_at)],
        "joint": [local(at) for at in (joint.answer_due_at, joint.site_due_at, joint.result_due_at)],
    }
    assert found == {
        "hard": ["11-25 17:00", "11-27 17:00", "12-01 17:00"],
        "sudden": ["11-24 10:30", "11-24 12:00", "11-25 10:00"],
        "joint": ["11-25 17:00", "11-25 10:00", "11-30 17:00"],
    }
    assert local(hard.whistle.due_at) == "12-02 17:00"


def test_silence_is_warned_of_and_told_to_the_district_once(world: World) -> None:
    whistle = an_emergency(world)
    assert sweep_whistles(AT + 22 * MINUTE) == 0
    assert sweep_whistles(AT + 23 * MINUTE) == 1
    assert sweep_whistles(AT + 30 * MINUTE) == 1
    assert sweep_whistles(AT + 31 * MINUTE) == 0
    assert whistled(whistle)[-2:] == ["case.whistle_warned", "case.whistle_escalated"]
    heads = Entry.objects.get(kind="case.whistle_escalated").data["heads"]
    assert heads == ["430302", call_of(whistle).unit.code]


def test_who_has_answered_is_neither_warned_nor_told(world: World) -> None:
    a_checked_in(world)
    assert sweep_whistles(AT + dt.timedelta(days=9)) == 0


def test_a_missing_approval_is_told_to_the_district_once(world: World) -> None:
    whistle = a_whistle(world)
    late = AT + dt.timedelta(days=3)
    assert (sweep_whistles(late), sweep_whistles(late)) == (1, 0)
    assert whistled(whistle)[-1] == "case.whistle_approval_late"


def test_limits_are_settings_and_wrong_ones_are_found_at_the_start(settings) -> None:
    assert limits.faults() == []
    settings.WHISTLE_LIMITS = {
        "emergency.answer": "30 moons",
        "emergency.site": "0 natural_hour",
        "hard_demand.tea": "1 working_day",
    }
    wrong = [one.msg for one in limits_of_whistles(None)]
    assert len(wrong) == 3
    assert "30 moons" in "".join(wrong)


# --- The database -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stage, change",
    [
        ("asked", {"state": "called"}),
        ("asked", {"approved": True}),
        ("called", {"state": "done", "ended_at": AT}),
        ("called", {"ended_at": AT}),
        ("asked", {"kind": "joint_enforcement"}),
        ("asked", {"street_code": ""}),
    ],
    ids=str,
)
def test_the_database_refuses_whistles_that_cannot_be(world: World, stage: str, change: dict) -> None:
    whistle = STAGES[stage](world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Whistle.objects.filter(pk=whistle.pk).update(**change)


@pytest.mark.parametrize(
    "stage, change",
    [
        ("called", {"state": "checked_in"}),
        ("checked in", {"state": "reported"}),
        ("reported", {"score": 6}),
        ("reported", {"justified": 3}),
        ("called", {"longitude": 300, "latitude": 1}),
        ("called", {"attended": True}),
        ("asked", {"state": "called"}),
    ],
    ids=str,
)
def test_the_database_refuses_calls_that_cannot_be(world: World, stage: str, change: dict) -> None:
    whistle = STAGES[stage](world)
    with pytest.raises(IntegrityError), transaction.atomic():
        whistle.calls.update(**change)


def test_the_database_lets_no_second_whistle_run_and_no_department_be_called_twice(world: World) -> None:
    whistle = a_reported(world)
    twin = {**Whistle.objects.filter(pk=whistle.pk).values().get(), "id": None, "no": 2}
    with pytest.raises(IntegrityError), transaction.atomic():
        Whistle.objects.create(**twin)
    with pytest.raises(IntegrityError), transaction.atomic():
        WhistleCall.objects.create(whistle=whistle, unit=call_of(whistle).unit)
    assert Unit.objects.filter(kind="department").count() > 2
