"""Whistles at the desk: the way through the pages, who sees what, the day, costs."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.actions.whistles import department, street
from cases.admin.whistle_day import whistles as whistles_of_day
from cases.models import Whistle
from cases.tasks import sweep_whistles
from staffing.policies import posts_of, scope_of
from tests.admin.desk import enter, errors, listed, page, said
from tests.admin.whistle_forms import CALL, WHISTLE, asking, do, exported, text_of
from tests.cases.whistle_makers import (
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
    second_department,
    unit_of,
)
from tests.world import AT, World, a_signed
from yuhu.kit import clock
from yuhu.kit.desk import day

# --- The way through the pages ------------------------------------------------------------------------------------


def test_a_whistle_goes_from_asking_to_both_ratings_through_the_pages(world: World) -> None:
    officer, leader, clerk = (
        enter(world.people[name]) for name in ("dispatcher", "streetleader", "department")
    )
    assert officer.post(page(WHISTLE, "add"), asking(world)).status_code == 302
    whistle = Whistle.objects.get()
    call = call_of(whistle)
    do(leader, WHISTLE, whistle, "approve", reason="同意")
    do(clerk, CALL, call, "check-in", coming="杜局员等2人", longitude="112.9", latitude="27.8")
    do(clerk, CALL, call, "attend", attended="yes", proof="签到表")
    do(clerk, CALL, call, "result", result="责令整改")
    do(officer, WHISTLE, whistle, "clear", reason="")
    do(officer, CALL, call, "rate-department", score="5", comment="")
    answer = do(clerk, CALL, call, "rate-street", justified="4", prepared="5", comment="")
    assert "已办理" in said(answer) or "Done" in said(answer)
    assert fresh(whistle).state == Whistle.State.DONE
    row = call_of(whistle)
    assert (row.attended, row.longitude, row.score, row.justified, row.prepared) == (True, 112.9, 5, 4, 5)


def test_the_form_begins_with_the_case_that_led_here(world: World) -> None:
    case = a_signed(world)
    text = enter(world.dispatcher).get(page(WHISTLE, "add"), {"case": case.pk}).content.decode()
    assert f'<option value="{case.pk}" selected>' in text


def test_departments_are_typed_by_code_without_a_script(world: World) -> None:
    typed = asking(world, units="") | {"units-typed": unit_of("区市场监督管理局").code}
    assert enter(world.dispatcher).post(page(WHISTLE, "add"), typed).status_code == 302


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"units": ""}, "units"),
        ({"units": "1"}, "units"),
        ({"reason": ""}, "reason"),
        ({"task": "长" * 2001}, "task"),
        ({"kind": "siren"}, "kind"),
        ({"kind": "joint_enforcement"}, "gather_at"),
        ({"kind": "joint_enforcement", "gather_at": "2026-11-26T09:30"}, "place"),
        ({"gather_at": "2020-01-01T09:00"}, "gather_at"),
        ({"gather_at": "tomorrow"}, "gather_at"),
        ({"case": "999999"}, "case"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_cannot_be_is_told_beside_its_field_and_kept(world: World, wrong: dict, field: str) -> None:
    answer = enter(world.dispatcher).post(page(WHISTLE, "add"), asking(world, **wrong))
    assert field in errors(answer)
    assert not Whistle.objects.exists()
    if field != "task" and "task" not in wrong:
        assert "查处无照经营" in answer.content.decode()


def test_a_second_whistle_for_the_same_case_is_refused_beside_the_case(world: World) -> None:
    browser = enter(world.dispatcher)
    sent = asking(world)
    assert browser.post(page(WHISTLE, "add"), sent).status_code == 302
    assert "case" in errors(browser.post(page(WHISTLE, "add"), sent))


def test_times_are_those_of_the_districts_clock(world: World) -> None:
    sent = asking(world, kind="joint_enforcement", gather_at="2026-11-26T09:30", place="雨湖路口")
    enter(world.dispatcher).post(page(WHISTLE, "add"), sent)
    gather_at = Whistle.objects.get().gather_at
    assert gather_at == dt.datetime(2026, 11, 26, 1, 30, tzinfo=dt.UTC)


def test_a_refusal_stands_beside_its_field_and_pressing_twice_does_it_once(world: World) -> None:
    whistle = a_cleared(world)
    officer, call = enter(world.dispatcher), call_of(whistle)
    answer = do(officer, CALL, call, "rate-department", score="1", comment="")
    assert answer.status_code == 200
    assert call_of(whistle).score is None
    for _time in range(2):
        do(officer, CALL, call, "rate-department", score="1", comment="未到场")
    assert call_of(whistle).score == 1


def test_whoever_may_not_is_told_why_and_nothing_happens(world: World) -> None:
    whistle = a_whistle(world)
    assert said(do(enter(world.dispatcher), WHISTLE, whistle, "approve", reason=""))
    assert fresh(whistle).state == Whistle.State.ASKED


# --- Who sees what ------------------------------------------------------------------------------------------------


def test_another_street_sees_neither_list_nor_page_nor_export(world: World) -> None:
    whistle = a_done(world)
    browser = enter(world.dispatcher9)
    assert listed(browser, WHISTLE) == listed(browser, CALL) == []
    assert browser.get(page(WHISTLE, "change", whistle.pk)).status_code == 302
    assert browser.get(page(CALL, "change", call_of(whistle).pk)).status_code == 302
    assert do(browser, CALL, call_of(whistle), "rate-department", score="1").redirect_chain
    assert exported(browser)[1][1] == 0


def test_a_department_sees_its_calls_once_it_is_called_and_not_the_answers_of_others(world: World) -> None:
    unit, browser = second_department(world), enter(world.department)
    whistle = a_whistle(world, units=[unit_of("区市场监督管理局"), unit])
    assert listed(browser, WHISTLE) == listed(browser, CALL) == []
    street.approve(whistle=whistle, reason="", by=world.by("streetleader"), at=AT)
    assert listed(browser, WHISTLE) == [whistle]
    assert [row.unit.name for row in listed(browser, CALL)] == ["区市场监督管理局"]
    other = call_of(whistle, unit.name)
    assert browser.get(page(CALL, "change", other.pk)).status_code == 302
    assert unit.name in text_of(browser, WHISTLE, whistle), "who else comes is no secret"


def test_a_department_keeps_its_record_when_the_case_is_closed_to_it(world: World) -> None:
    whistle, browser = a_done(world), enter(world.department)
    assert browser.get(case_of(whistle).get_absolute_url()).status_code == 404
    text = text_of(browser, CALL, call_of(whistle))
    assert case_of(whistle).get_absolute_url() not in text
    assert "责令停业整改" in text


def test_the_page_tells_what_happened_and_a_department_only_of_itself(world: World) -> None:
    unit = second_department(world)
    whistle = a_checked_in(world)
    street.call(whistle=whistle, units=[unit], task="拆除", by=world.by("dispatcher"), at=AT)
    department.check_in(call=call_of(whistle, unit.name), coming="戴班", by=world.by("stand_in"), at=AT)

    def checked_in(name: str) -> int:
        answer = enter(world.people[name]).get(page(WHISTLE, "change", whistle.pk))
        return sum(
            "报到" in line.sentence or "checked in" in line.sentence for line in answer.context["story"]
        )

    assert (checked_in("dispatcher"), checked_in("department"), checked_in("stand_in")) == (2, 1, 1)


@pytest.mark.parametrize("name", ["admin", "security"])
def test_administrators_look_after_no_whistles(world: World, name: str) -> None:
    whistle = a_called(world)
    browser = enter(world.people[name])
    for address in (page(WHISTLE), page(CALL), page(CALL, "scorecard"), page(CALL, "scorecard_export")):
        assert browser.get(address).status_code == 403
    assert browser.get(page(WHISTLE, "change", whistle.pk)).status_code in (302, 403)


def test_every_stage_can_be_looked_at_by_both_sides(world: World) -> None:
    whistles = [make(world) for make in STAGES.values()]
    for name, sees in (("dispatcher", len(whistles)), ("department", len(whistles) - 2)):
        browser = enter(world.people[name])
        assert len(listed(browser, WHISTLE)) == sees, "a department sees no whistle that was not approved"
        for whistle in listed(browser, WHISTLE):
            assert "%(" not in text_of(browser, WHISTLE, whistle)
        for call in listed(browser, CALL):
            assert "%(" not in text_of(browser, CALL, call)


def test_filters_find_what_they_say(world: World) -> None:
    whistle, other = a_called(world), an_emergency(world)
    browser = enter(world.leader)
    for query, found in (
        ({"state": "called"}, {whistle, other}),
        ({"kind": "emergency"}, {other}),
        ({"street": "430302008"}, set()),
        ({"unit": str(unit_of("区市场监督管理局").pk)}, {whistle, other}),
        ({"called": "2026"}, {whistle, other}),
        ({"called": "2025-01-01..2025-12-31"}, set()),
        ({"called": "2026-13-01..x"}, {whistle, other}),
        ({"called": "0001-01-01..9999-12-31"}, {whistle, other}),
        ({"called": "2026-12-31..2026-01-01"}, {whistle, other}),
        ({"show": "late"}, set()),
        ({"q": case_of(whistle).number}, {whistle}),
    ):
        assert set(listed(browser, WHISTLE, **query)) == found, query


# --- The day ------------------------------------------------------------------------------------------------------

# Stage; whose day; what it says.
DAY = [
    ("asked", "streetleader", "to_approve"),
    ("emergency", "streetleader", "to_approve"),
    ("emergency", "department", "to_answer"),
    ("called", "department", "to_answer"),
    ("checked in", "department", "to_report"),
    ("explained", "dispatcher", "to_decide"),
    ("reported", "dispatcher", "to_clear"),
    ("excused", "dispatcher", "to_clear"),
    ("cleared", "department", "to_rate_street"),
    ("cleared", "dispatcher", "to_rate_department"),
]
ASKED_FOR = ("dispatcher", "streetleader", "department", "leader", "dispatcher9", "handler", "admin")


def counted(world: World, name: str, rf) -> dict[str, tuple[int, int]]:
    """What this person's day counts: by set, how many, and how many are late."""
    person, today = world.people[name], clock.local_date(AT)
    request = rf.get("/admin/")
    request.user, request.posts, request.scope = person, posts_of(person, today), scope_of(person, today)
    return {
        item.url.partition("show=")[2]: (item.number, item.late)
        for item in whistles_of_day(request)
        if item.number
    }


@pytest.mark.parametrize("stage", [*dict.fromkeys(row[0] for row in DAY), "done", "declined", "ended"])
def test_each_day_counts_exactly_what_waits(world: World, stage: str, rf) -> None:
    STAGES[stage](world)
    found = {(name, show) for name in ASKED_FOR for show in counted(world, name, rf)}
    assert found == {(name, show) for at, name, show in DAY if at == stage}


@pytest.mark.parametrize("name", ["dispatcher", "streetleader", "department"])
def test_each_number_of_the_day_leads_to_exactly_its_rows(world: World, name: str) -> None:
    for make in STAGES.values():
        make(world)
    browser = enter(world.people[name])
    answer = browser.get(reverse("admin:index"))
    items = [item for _label, found in answer.context["day"] for item in found if "whistle" in item.url]
    assert items
    for item in items:
        assert len(browser.get(item.url).context["cl"].result_list) == item.number, item.url


def test_what_is_late_is_counted_and_the_districts_leader_sees_what_was_told(
    world: World, monkeypatch, rf
) -> None:
    late = AT + dt.timedelta(minutes=45)
    an_emergency(world)
    sweep_whistles(late)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert counted(world, "department", rf)["to_answer"] == (1, 1)
    assert counted(world, "leader", rf)["escalated"][0] == 1
    assert counted(world, "streetleader", rf)["to_approve"] == (1, 0)


def test_the_day_costs_two_questions_at_most(world: World, rf) -> None:
    a_cleared(world)
    for name, most in (("dispatcher", 2), ("department", 1), ("leader", 1), ("auditor", 0)):
        scope_of(world.people[name], clock.local_date(AT))  # the posts are known
        with CaptureQueriesContext(connection) as queries:
            counted(world, name, rf)
        assert len(queries) == most, name
    assert whistles_of_day in day._sources


# --- Costs --------------------------------------------------------------------------------------------------------


def test_lists_and_pages_cost_the_same_for_one_whistle_and_for_many(world: World) -> None:
    browser = enter(world.leader)

    def asked(address: str) -> int:
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    whistle = a_called(world)
    places = [page(WHISTLE), page(CALL), page(WHISTLE, "change", whistle.pk), page(CALL, "scorecard")]
    before = [asked(place) for place in places]
    for number in range(6):
        a_reported(world, case=a_signed(world, description=f"油烟{number}", category="0103"))
    assert [asked(place) for place in places] == before
