"""The way of a whistle: asked, approved, called, answered, cleared, rated."""

import pytest

from cases.actions.whistles import department, street
from cases.exceptions import (
    CalledBefore,
    Missing,
    NotADepartment,
    NotYourMove,
    UnknownCode,
    WhistleMovedOn,
    WhistleRuns,
)
from cases.figures.whistles import COUNTED
from cases.models import Case, Whistle, WhistleCall
from staffing.policies import scope_of
from tests.cases.whistle_looks import HOUR, sees, whistled
from tests.cases.whistle_makers import (
    MARKET,
    MEETING,
    a_called,
    a_checked_in,
    a_cleared,
    a_done,
    a_whistle,
    an_emergency,
    an_explained,
    call_of,
    case_of,
    fresh,
    second_department,
    unit_of,
)
from tests.world import AT, World, a_closed, a_signed, do, held_by_office, kinds_of
from yuhu.journal.models import Entry
from yuhu.kit import clock
from yuhu.kit.exceptions import Invalid

pytestmark = pytest.mark.django_db


# --- Asking -------------------------------------------------------------------------------------------------------


def test_a_whistle_raises_the_path_of_its_case_and_waits_for_the_leader(world: World) -> None:
    whistle = a_whistle(world)
    assert (whistle.state, case_of(whistle).path) == (Whistle.State.ASKED, "whistle")
    assert kinds_of(case_of(whistle))[-3:] == [
        "case.path_raised",
        "case.whistle_asked",
        "case.whistle_named",
    ]
    assert call_of(whistle).state == WhistleCall.State.PLANNED
    assert not sees(world, "department", case_of(whistle)), "nobody is called yet"


def test_a_case_whose_path_is_a_whistle_already_is_not_raised_again(world: World) -> None:
    case = do(world, a_signed(world), "raise-path", "dispatcher", path="whistle", reason="疑难")
    a_whistle(world, case=case)
    assert kinds_of(case).count("case.path_raised") == 1


def test_the_office_that_holds_the_case_may_ask_and_a_governor_is_told_the_way(world: World) -> None:
    case = do(world, held_by_office(world), "sign", "handler")
    assert a_whistle(world, case=case, who="handler").asked_by == world.handler
    with pytest.raises(NotYourMove) as caught:
        a_whistle(world, who="governor")
    assert caught.value.code == "not_your_move"


@pytest.mark.parametrize(
    "who", ["dispatcher9", "streetleader", "leader", "department", "auditor", "supervisor"]
)
def test_others_do_not_ask(world: World, who: str) -> None:
    with pytest.raises(NotYourMove):
        a_whistle(world, who=who)
    assert not Whistle.objects.exists()


def test_a_case_has_one_running_whistle(world: World) -> None:
    whistle = a_called(world)
    with pytest.raises(WhistleRuns):
        a_whistle(world, case=case_of(whistle))
    second = a_whistle(world, case=case_of(a_done(world)))
    assert second.no == 2


def test_a_case_that_has_ended_or_is_about_an_official_is_not_whistled_for(world: World) -> None:
    with pytest.raises(WhistleMovedOn):
        a_whistle(world, case=a_closed(world))
    secret = a_signed(world)
    Case.objects.filter(pk=secret.pk).update(restricted=True)
    with pytest.raises(NotYourMove):
        a_whistle(world, case=secret)


def test_what_is_missing_or_wrong_is_named_by_its_field(world: World) -> None:
    office = world.unit("city_management_office")
    joint = Whistle.Kind.JOINT_ENFORCEMENT
    for field, kind, changes in (
        ("units", Missing, {"units": []}),
        ("units", NotADepartment, {"units": [office]}),
        ("reason", Invalid, {"reason": " "}),
        ("task", Invalid, {"task": ""}),
        ("task", Invalid, {"task": "长" * 2001}),
        ("kind", UnknownCode, {"kind": "siren"}),
        ("gather_at", Missing, {"kind": joint}),
        ("place", Missing, {"kind": joint, "gather_at": MEETING}),
        ("gather_at", Invalid, {"kind": joint, "gather_at": AT - HOUR, "place": "路口"}),
    ):
        with pytest.raises(kind) as caught:
            a_whistle(world, **changes)
        assert caught.value.field == field
    assert not Whistle.objects.exists()


# --- Deciding and calling -----------------------------------------------------------------------------------------


def test_the_leaders_yes_calls_the_departments_and_opens_the_case_to_them(world: World) -> None:
    whistle = a_called(world)
    call = call_of(whistle)
    assert (whistle.state, call.state) == (Whistle.State.CALLED, WhistleCall.State.CALLED)
    assert sees(world, "department", case_of(whistle))
    entry = Entry.objects.get(kind="case.whistle_called")
    assert entry.data["units"] == [call.unit.code]
    assert whistled(whistle)[-2:] == ["case.whistle_approved", "case.whistle_called"]


def test_the_leaders_no_needs_a_reason_and_ends_it(world: World) -> None:
    whistle = a_whistle(world)
    by = world.by("streetleader")
    with pytest.raises(Invalid):
        street.decline(whistle=whistle, reason=" ", by=by, at=AT)
    street.decline(whistle=whistle, reason="先自行处置", by=by, at=AT)
    assert fresh(whistle).state == Whistle.State.DECLINED
    with pytest.raises(WhistleMovedOn):
        street.approve(whistle=whistle, reason="", by=by, at=AT)


def test_nobody_approves_the_own_whistle_and_the_districts_leader_may_at_any_time(world: World) -> None:
    whistle = a_whistle(world)
    for who in ("dispatcher", "coordinator", "department", "dispatcher9"):
        with pytest.raises(NotYourMove):
            street.approve(whistle=whistle, reason="", by=world.by(who), at=AT)
    street.approve(whistle=whistle, reason="", by=world.by("leader"), at=AT)
    with pytest.raises(NotYourMove):
        street.approve(whistle=whistle, reason="", by=world.by("streetleader"), at=AT)


def test_an_emergency_is_called_at_once_and_approved_afterwards(world: World) -> None:
    whistle = an_emergency(world)
    assert (whistle.state, whistle.approved) == (Whistle.State.CALLED, None)
    assert whistle.approve_due_at == AT + 24 * HOUR
    department.check_in(call=call_of(whistle), coming="2人", by=world.by("department"), at=AT)
    department.give_result(call=call_of(whistle), result="已排险", by=world.by("department"), at=AT)
    with pytest.raises(NotYourMove) as caught:
        street.clear(whistle=whistle, reason="", by=world.by("dispatcher"), at=AT)
    assert caught.value.code == "not_approved"
    street.approve(whistle=whistle, reason="", by=world.by("streetleader"), at=AT)
    assert whistled(whistle).count("case.whistle_called") == 1
    street.clear(whistle=whistle, reason="", by=world.by("dispatcher"), at=AT)


def test_an_emergency_of_an_office_waits_for_the_leader(world: World) -> None:
    case = do(world, held_by_office(world), "sign", "handler")
    assert an_emergency(world, case=case, who="handler").state == Whistle.State.ASKED


def test_an_emergency_that_is_not_approved_afterwards_calls_the_departments_off(world: World) -> None:
    whistle = an_emergency(world)
    street.decline(whistle=whistle, reason="不属紧急", by=world.by("streetleader"), at=AT)
    assert not sees(world, "department", case_of(whistle))
    with pytest.raises(WhistleMovedOn):
        department.check_in(call=call_of(whistle), coming="2人", by=world.by("department"), at=AT)


def test_further_departments_get_a_task_of_their_own(world: World) -> None:
    whistle = a_called(world)
    by = world.by("dispatcher")
    street.call(whistle=whistle, units=[second_department(world)], task="拆除雨棚", by=by, at=AT + HOUR)
    other = call_of(whistle, "区城市管理和综合执法局")
    assert (other.state, other.task and other.task.text) == (WhistleCall.State.CALLED, "拆除雨棚")
    with pytest.raises(CalledBefore):
        street.call(whistle=whistle, units=[unit_of("区市场监督管理局")], task="再来", by=by, at=AT)


def test_a_wrong_department_is_withdrawn_until_it_has_answered(world: World) -> None:
    whistle = a_called(world)
    call, by = call_of(whistle), world.by("dispatcher")
    street.withdraw(call=call, reason="叫错部门", by=by, at=AT)
    assert not sees(world, "department", case_of(whistle))
    assert not WhistleCall.objects.filter(COUNTED).exists()
    street.call(whistle=whistle, units=[unit_of("区市场监督管理局")], task="还是要来", by=by, at=AT)
    with pytest.raises(WhistleMovedOn):
        street.withdraw(call=call_of(a_checked_in(world)), reason="晚了", by=by, at=AT)


def test_a_department_that_was_withdrawn_before_the_approval_hears_of_nothing(world: World) -> None:
    whistle = a_whistle(world)
    by, scope = world.by("dispatcher"), scope_of(world.department, clock.local_date(AT))
    street.withdraw(call=call_of(whistle), reason="叫错部门", by=by, at=AT)
    assert not Whistle.objects.within(scope).exists()
    assert not WhistleCall.objects.within(scope).exists()
    street.call(whistle=whistle, units=[unit_of(MARKET)], task="还是要来", by=by, at=AT)
    street.approve(whistle=whistle, reason="", by=world.by("streetleader"), at=AT)
    assert Whistle.objects.within(scope).exists()
    assert WhistleCall.objects.within(scope).count() == 1, "the one that was withdrawn stays out of sight"


def test_what_was_asked_is_taken_back_and_what_was_called_is_called_off_by_a_leader(world: World) -> None:
    asked, called = a_whistle(world), a_called(world)
    street.take_back(whistle=asked, reason="已解决", by=world.by("dispatcher"), at=AT)
    with pytest.raises(NotYourMove):
        street.call_off(whistle=called, reason="已解决", by=world.by("dispatcher"), at=AT)
    street.call_off(whistle=called, reason="已解决", by=world.by("streetleader"), at=AT)
    assert {fresh(asked).state, fresh(called).state} == {Whistle.State.ENDED}


# --- The departments ----------------------------------------------------------------------------------------------


def test_a_department_checks_in_once_with_who_comes_and_where(world: World) -> None:
    whistle = a_called(world)
    call, by = call_of(whistle), world.by("department")
    for field, place in (
        ("latitude", {"longitude": 112.9}),
        ("longitude", {"longitude": 200.0, "latitude": 1.0}),
    ):
        with pytest.raises(Invalid) as caught:
            department.check_in(call=call, coming="2人", by=by, at=AT, **place)
        assert caught.value.field == field
    department.check_in(call=call, coming="2人", longitude=112.9, latitude=27.8, by=by, at=AT)
    with pytest.raises(WhistleMovedOn):
        department.check_in(call=call, coming="2人", by=by, at=AT)
    assert whistled(whistle).count("case.whistle_checked_in") == 1
    assert call_of(whistle).answered_by == world.department


@pytest.mark.parametrize("who", ["dispatcher", "streetleader", "stand_in", "leader"])
def test_nobody_answers_for_a_department(world: World, who: str) -> None:
    second_department(world)
    call = call_of(a_called(world))
    with pytest.raises(NotYourMove):
        department.check_in(call=call, coming="2人", by=world.by(who), at=AT)


def test_an_explanation_is_accepted_or_refused_and_its_time_runs_on(world: World) -> None:
    whistle = an_explained(world)
    call, by = call_of(whistle), world.by("dispatcher")
    with pytest.raises(Invalid) as caught:
        street.decide_explanation(call=call, accept=False, reason="", by=by, at=AT)
    assert caught.value.field == "reason"
    street.decide_explanation(call=call, accept=False, reason="属你局职责", by=by, at=AT)
    again = call_of(whistle)
    assert (again.state, again.answered_at) == (WhistleCall.State.CALLED, None)
    assert again.answer_due_at == call.answer_due_at
    department.explain(call=again, explanation="确非本局", by=world.by("department"), at=AT)
    street.decide_explanation(call=again, accept=True, reason="", by=by, at=AT)
    assert call_of(whistle).is_settled


def test_the_street_corrects_who_was_on_site_and_the_department_does_not(world: World) -> None:
    whistle = a_checked_in(world)
    call = call_of(whistle)
    department.attend(call=call, attended=True, proof="自述", by=world.by("department"), at=AT)
    with pytest.raises(NotYourMove):
        department.attend(call=call, attended=True, proof="又说", by=world.by("department"), at=AT)
    department.attend(call=call, attended=False, proof="现场无人", by=world.by("dispatcher"), at=AT)
    assert call_of(whistle).attended is False


# --- Clearing and rating ------------------------------------------------------------------------------------------


def test_a_whistle_is_cleared_when_nobody_owes_anything_and_its_case_goes_on(world: World) -> None:
    whistle = a_checked_in(world)
    by = world.by("dispatcher")
    with pytest.raises(NotYourMove):
        street.clear(whistle=whistle, reason="", by=by, at=AT)
    department.give_result(call=call_of(whistle), result="已整改", by=world.by("department"), at=AT)
    street.clear(whistle=whistle, reason="", by=by, at=AT)
    assert fresh(whistle).state == Whistle.State.CLEARED
    assert not case_of(whistle).is_final
    with pytest.raises(WhistleMovedOn):
        street.clear(whistle=whistle, reason="", by=by, at=AT)


def test_both_sides_rate_once_and_then_it_is_done(world: World) -> None:
    whistle = a_cleared(world)
    call = call_of(whistle)
    street.rate_department(call=call, score=4, comment="", by=world.by("streetleader"), at=AT)
    with pytest.raises(NotYourMove):
        street.rate_department(call=call, score=5, comment="", by=world.by("dispatcher"), at=AT)
    assert fresh(whistle).state == Whistle.State.CLEARED
    assert sees(world, "department", case_of(whistle))
    department.rate_street(
        call=call, justified=3, prepared=5, comment="", by=world.by("department_head"), at=AT
    )
    assert fresh(whistle).state == Whistle.State.DONE
    assert whistled(whistle)[-1] == "case.whistle_done"
    assert not sees(world, "department", case_of(whistle)), "the department sees the case while it is called"


@pytest.mark.parametrize("score", ["0", "6", "", "x", True, None, "５", "-1", "10" * 20])
def test_a_rating_is_one_to_five(world: World, score: object) -> None:
    call = call_of(a_cleared(world))
    with pytest.raises(UnknownCode):
        street.rate_department(call=call, score=score, comment="好", by=world.by("dispatcher"), at=AT)


def test_a_low_rating_says_why(world: World) -> None:
    call = call_of(a_cleared(world))
    with pytest.raises(Invalid) as caught:
        street.rate_department(call=call, score=2, comment="", by=world.by("dispatcher"), at=AT)
    assert caught.value.field == "comment"
