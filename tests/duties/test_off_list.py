"""Tasks pushed past the lists: who reports, who inspects, who hears of it, and that the department never does."""

import pytest
from django.db import IntegrityError, transaction

from duties.actions import conclude_report, confirm_report, dismiss_report, erase_report, take_up_report
from duties.exceptions import AskedAlready, LooksListed, NotNow
from duties.figures import by_department, off_list_tasks
from duties.models import OffListReport
from staffing.models import Membership, Unit
from staffing.policies import scope_of
from tests.delivery.makers import feed, told
from tests.duties.admission_makers import (
    DAY,
    PUSHED,
    TODAY,
    approved,
    confirmed,
    entries,
    market,
    reported,
    seat,
    taken_up,
    who,
)
from tests.duties.test_admissions import YEAR
from tests.world import STREET, World
from yuhu.journal.models import Entry
from yuhu.kit.exceptions import Forbidden, Invalid
from yuhu.kit.scope import Scope

State = OffListReport.State


@pytest.fixture
def neighbour(world: World) -> World:
    """戴 works in a community of the street."""
    seat(Unit.objects.filter(kind="community", community__street=STREET).order_by("code")[0], world.stand_in)
    return world


@pytest.mark.parametrize("name", ["streetleader", "dispatcher", "coordinator", "block_head", "office_head"])
def test_a_street_reports_by_its_leaders_heads_and_duty_officers(world: World, name: str) -> None:
    row = reported(world, name)
    assert (row.state, row.level, row.area) == (State.REPORTED, "street", STREET)


def test_a_community_reports_by_its_people(neighbour: World) -> None:
    row = reported(neighbour, "stand_in")
    assert (row.level, len(row.area)) == ("community", 12)


@pytest.mark.parametrize("name", ["governor", "governor2"])
def test_a_community_reports_by_its_governors(world: World, name: str) -> None:
    row = reported(world, name)
    assert (row.level, row.area) == ("community", world.b1.code[:12])


@pytest.mark.parametrize(
    "name", ["handler", "department", "leader", "auditor", "supervisor", "assistant", "liaison", "stranger"]
)
def test_others_report_nothing(world: World, name: str) -> None:
    with pytest.raises(Forbidden):
        reported(world, name)


def test_nobody_reports_a_department_in_which_he_sits(world: World) -> None:
    seat(market(), world.streetleader)
    with pytest.raises(Forbidden):
        reported(world)


def test_a_task_that_looks_listed_is_named_and_the_reporter_may_insist(world: World) -> None:
    with pytest.raises(LooksListed, match="C0501") as refusal:
        reported(world, what="食品药品安全巡查配合")
    assert refusal.value.field == "not_listed"
    row = reported(world, what="食品药品安全巡查配合", not_listed=True)
    assert row.item is not None
    assert row.item.code == "C0501"


def test_an_admitted_task_is_named_for_its_days_only(world: World) -> None:
    row = approved(world, title="公筷公勺检查表填报")
    with pytest.raises(LooksListed, match="准入〔2026〕1号"):
        reported(world, what="公筷公勺检查表填报")
    assert reported(world, what="公筷公勺检查表填报", received_on=TODAY - DAY).admission is None
    insisted = reported(world, what="公筷公勺检查表填报，每天一次", not_listed=True)
    assert insisted.admission == row


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"what": " "}, "what"),
        ({"what": "长" * 2001}, "what"),
        ({"received_on": TODAY + DAY}, "received_on"),
        ({"way": "pigeon"}, "way"),
    ],
    ids=["empty", "long", "tomorrow", "way"],
)
def test_what_cannot_be_is_refused_beside_its_field(world: World, wrong, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        reported(world, **wrong)
    assert refusal.value.field == field


def test_a_street_office_is_no_department(world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        reported(world, department=world.unit("coordination"))
    assert refusal.value.field == "department"


def test_pressed_twice_it_is_reported_once(world: World) -> None:
    reported(world)
    with pytest.raises(AskedAlready):
        reported(world)
    assert len(entries("off_list.reported")) == 1


def test_inspection_takes_up_confirms_and_closes(world: World) -> None:
    row = reported(world)
    with pytest.raises(NotNow):
        confirm_report(report=row, finding="属实", **who(world.leader))
    take_up_report(report=row, **who(world.leader))
    with pytest.raises(Invalid):
        confirm_report(report=row, finding="", **who(world.leader))
    with pytest.raises(NotNow):
        conclude_report(report=row, consequence="notice", follow_up="", **who(world.leader))
    confirm_report(report=row, finding="属实", **who(world.leader))
    with pytest.raises(Invalid):
        conclude_report(report=row, consequence="nothing", follow_up="", **who(world.leader))
    row = conclude_report(report=row, consequence="notice", follow_up="全区通报", **who(world.leader))
    assert (row.state, row.consequence) == (State.CLOSED, "notice")
    with pytest.raises(NotNow):
        take_up_report(report=row, **who(world.leader))


def test_a_dismissal_says_why_and_ends_it(world: World) -> None:
    row = dismiss_report(report=taken_up(world), finding="属配合事项", **who(world.leader))
    assert row.state == State.DISMISSED
    with pytest.raises(NotNow):
        conclude_report(report=row, consequence="notice", follow_up="", **who(world.leader))


@pytest.mark.parametrize(
    "name", ["streetleader", "dispatcher", "auditor", "department", "department_head", "admin"]
)
def test_only_leaders_of_the_district_inspect(world: World, name: str) -> None:
    with pytest.raises(Forbidden):
        take_up_report(report=reported(world), **who(world.people[name]))


def test_no_leader_inspects_his_own_department_or_his_own_report(world: World) -> None:
    row = reported(world)
    seat(market(), world.leader)
    with pytest.raises(Forbidden) as refusal:
        take_up_report(report=row, **who(world.leader))
    assert refusal.value.code == "own_matter"


def test_the_reporter_and_inspection_see_it_and_nobody_else(neighbour: World) -> None:
    row = reported(neighbour, "coordinator")
    seen = {
        name
        for name, user in neighbour.people.items()
        if OffListReport.objects.within(scope_of(user, TODAY)).filter(pk=row.pk).exists()
    }
    assert seen == {"coordinator", "leader", "auditor"}
    assert not OffListReport.objects.within(Scope.nothing()).exists()


@pytest.mark.parametrize("role", [Membership.Role.MEMBER, Membership.Role.MEDIATOR])
@pytest.mark.parametrize("name", ["leader", "auditor", "streetleader"])
def test_whoever_joins_the_department_sees_it_no_more(world: World, name: str, role: str) -> None:
    row = reported(world)
    user = world.people[name]
    assert OffListReport.objects.within(scope_of(user, TODAY)).filter(pk=row.pk).exists()
    seat(market(), user, role)
    assert not OffListReport.objects.within(scope_of(user, TODAY)).exists()


def test_notices_reach_inspection_and_the_reporter_never_the_department(world: World) -> None:
    row = confirmed(world)
    conclude_report(report=row, consequence="talk", follow_up="", **who(world.leader))
    dismiss_report(
        report=taken_up(world, what="填报营商台账", not_listed=True), finding="不属实", **who(world.leader)
    )
    feed()
    reporter = {"streetleader"}
    assert told(world) == {
        "off_list_reported": {"leader"},
        "off_list_taken_up": reporter,
        "off_list_confirmed": reporter,
        "off_list_closed": reporter,
        "off_list_dismissed": reporter,
    }


def test_the_journal_holds_no_word_of_it_and_no_area_opens_it(world: World) -> None:
    confirmed(world)
    rows = Entry.objects.filter(kind__startswith="off_list.")
    assert {row.area for row in rows} == {""}
    assert all(PUSHED not in str(row.data) and "属实" not in str(row.data) for row in rows)
    assert "市场" not in str(OffListReport.objects.get())


def test_the_figure_counts_violations_by_the_day_on_which_they_came(world: World) -> None:
    confirmed(world)
    row = confirmed(world, what="动员下载小程序")
    conclude_report(report=row, consequence="talk", follow_up="", **who(world.leader))
    reported(world, what="统计外来人口车辆")
    dismiss_report(
        report=taken_up(world, what="填报营商台账", not_listed=True), finding="不属实", **who(world.leader)
    )
    scope = scope_of(world.leader, TODAY)
    found = off_list_tasks(scope, *YEAR)
    assert (found.number, found.query) == (2, "state=violation&year=2026")
    assert off_list_tasks(scope, *YEAR, department=market().code).number == 2
    assert off_list_tasks(scope, TODAY + DAY, YEAR[1]).number == 0
    department = by_department(scope, *YEAR)[0]
    assert department.off_list is not None
    assert (department.name, department.off_list.number) == ("区市场监督管理局", 2)


def test_a_department_is_told_no_figure_of_reports(world: World) -> None:
    approved(world)
    confirmed(world)
    scope = scope_of(world.department, TODAY)
    assert off_list_tasks(scope, *YEAR).number == 0
    assert [row.off_list for row in by_department(scope, *YEAR)] == [None]


def test_what_was_written_is_erased_after_the_end(world: World) -> None:
    row = confirmed(world)
    with pytest.raises(NotNow):
        erase_report(report=row, **who(world.leader))
    conclude_report(report=row, consequence="talk", follow_up="已约谈", **who(world.leader))
    erase_report(report=row, **who(world.leader))
    row.refresh_from_db()
    assert {row.what, row.finding, row.follow_up, row.salt} == {""}
    with pytest.raises(NotNow):
        erase_report(report=row, **who(world.leader))


@pytest.mark.parametrize(
    "broken",
    [{"state": "taken_up"}, {"state": "confirmed"}, {"state": "closed"}, {"consequence": "talk"}],
    ids=str,
)
def test_the_database_keeps_a_report_whole(world: World, broken) -> None:
    row = reported(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        OffListReport.objects.filter(pk=row.pk).update(**broken)
