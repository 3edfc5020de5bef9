"""Visits at the desk: planned, recorded, called off, and a finding that becomes a case."""

import re

import pytest
from django.test import Client

from cases.models import Case
from staffing.actions import NewFinding
from staffing.models import Finding, Visit
from tests.admin.desk import enter, errors, listed, page, said
from tests.admin.visit_forms import FINDING, VISIT, do, form_of, make_case, planned, recorded, rows_of
from tests.staffing.visit_makers import HAZARD, TODAY, a_done, a_talk, a_visit


@pytest.fixture
def desk(world) -> Client:
    return enter(world.handler)


# --- Planning --------------------------------------------------------------------------------------


def test_a_visit_is_planned_and_its_page_shown(world, desk):
    answer = desk.post(page(VISIT, "add"), planned(world), follow=True)
    visit = Visit.objects.get()
    assert answer.redirect_chain[-1][0] == visit.get_absolute_url()
    assert (visit.planned_by, list(visit.cadres.all())) == (world.handler, [world.handler])
    assert "韩立" in answer.content.decode()


def test_the_form_begins_with_me_today_at_my_level(world, desk):
    initial = desk.get(page(VISIT, "add")).context["adminform"].form.initial
    assert initial["cadres"] == [world.handler.pk]
    assert (initial["level"], initial["planned_for"], initial["kind"]) == ("street", TODAY, "visit")
    talk = desk.get(page(VISIT, "add"), {"kind": "open_talk"}).context["adminform"].form.initial
    assert talk["kind"] == "open_talk"
    assert (
        enter(world.department).get(page(VISIT, "add")).context["adminform"].form.initial["level"]
        == "district"
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"cadres": []}, "cadres"),
        ({"cadres": ["x"]}, "cadres"),
        ({"block": ""}, "block"),
        ({"role": ""}, "role"),
        ({"planned_for": "2030-01-01"}, "planned_for"),
        ({"planned_for": "24.11.2026"}, "planned_for"),
        ({"kind": "open_talk"}, "role"),
        ({"kind": "open_talk", "role": ""}, "place"),
    ],
    ids=str,
)
def test_what_cannot_be_planned_is_told_beside_its_field(world, desk, wrong, field):
    answer = desk.post(page(VISIT, "add"), planned(world, **wrong))
    assert field in errors(answer)
    assert not Visit.objects.exists()


def test_a_refused_plan_keeps_what_was_typed(world, desk):
    answer = desk.post(page(VISIT, "add"), planned(world, role="", place="三号楼前"))
    assert "三号楼前" in answer.content.decode()
    assert f'value="{world.handler.pk}" selected' in answer.content.decode()


def test_people_are_named_without_a_script_too(world):
    typed = planned(world, cadres="") | {"cadres-typed": "E-handler，E-handler2"}
    assert enter(world.streetleader).post(page(VISIT, "add"), typed).status_code == 302
    assert Visit.objects.get().cadres.count() == 2


# --- Verbs -----------------------------------------------------------------------------------------


def test_a_visit_is_recorded_with_findings_from_any_of_the_boxes(world, desk):
    visit = a_visit(world)
    more = {"finding_4_kind": "demand", "finding_4_text": "路灯不亮", "finding_4_solved": "on"}
    answer = do(desk, visit, "record", **recorded(**more))
    visit.refresh_from_db()
    assert visit.is_done
    assert list(visit.findings.values_list("no", "kind", "category_code", "solved")) == [
        (1, "hazard", "0701", False),
        (2, "demand", "", True),
    ]
    assert "楼道堆物" in answer.content.decode()


def test_a_refused_finding_stands_in_its_box_and_nothing_is_lost(world, desk):
    visit = a_visit(world)
    answer = do(desk, visit, "record", **recorded(finding_3_kind="", finding_3_text="没有说明类别的问题"))
    form = form_of(answer, "record")
    assert list(form.errors) == ["finding_3"]
    text = answer.content.decode()
    assert all(word in text for word in ("没有说明类别的问题", "楼道堆物", "走访十二户"))
    visit.refresh_from_db()
    assert visit.is_planned


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"held_on": "2026-11-25"}, "held_on"),
        ({"held_on": ""}, "held_on"),
        ({"households": "-3"}, "households"),
        ({"households": "9999"}, "households"),
        ({"households": "viele"}, "households"),
        ({"summary": ""}, "summary"),
        ({"summary": "长" * 4001}, "summary"),
        ({"finding_1_category": "9999"}, "finding_1"),
        ({"finding_1_text": "长" * 2001}, "finding_1"),
    ],
    ids=lambda wrong: str(wrong)[:40],
)
def test_what_cannot_be_recorded_is_told_beside_its_field(world, desk, wrong, field):
    visit = a_visit(world)
    answer = do(desk, visit, "record", **recorded(**wrong))
    assert list(form_of(answer, "record").errors) == [field]
    assert not Finding.objects.exists()


def test_a_meeting_is_asked_for_people_and_not_for_households(world, desk):
    answer = desk.get(page(VISIT, "change", a_talk(world).pk))
    fields = form_of(answer, "record").fields
    assert "attendance" in fields
    assert "households" not in fields


def test_pressed_twice_the_second_time_is_told(world, desk):
    visit = a_visit(world)
    do(desk, visit, "record", **recorded())
    assert said(do(desk, visit, "record", **recorded()))
    assert visit.findings.count() == 1


def test_a_finding_is_added_and_a_visit_called_off(world, desk):
    done, other = a_done(world), a_visit(world, role="vanguard")
    do(desk, done, "finding", kind="other", text="补记一事", category="", solved="")
    assert done.findings.get().text == "补记一事"
    do(desk, other, "cancel", reason="防汛值守")
    other.refresh_from_db()
    assert other.state == "cancelled"
    assert "防汛值守" in desk.get(other.get_absolute_url()).content.decode()


# What each person finds on the page of a visit planned by 史 for 韩, of one that 韩 recorded, and of its finding.
VERBS = """
handler        record,cancel  finding  report
dispatcher     cancel         -        report
coordinator    cancel         -        report
block_head     -              -        report
streetleader   cancel         -        report
leader         cancel         -        report
auditor        -              -        -
"""


def test_everybody_finds_the_verbs_of_the_table(world):
    planned_one = a_visit(world, "streetleader", cadres=[world.handler])
    done = a_done(world, HAZARD, role="vanguard")
    rows = [line.split() for line in VERBS.strip().splitlines()]
    found = []
    for name, *_rest in rows:
        browser = enter(world.people[name])
        pages = [browser.get(visit.get_absolute_url()) for visit in (planned_one, done)]
        letters = [",".join(one.verb.name for one in shown.context["possible"]) or "-" for shown in pages]
        answer = pages[-1]
        verbs = [one["verb"].verb.name for one in answer.context["findings"] if one["verb"]]
        found.append([name, *letters, ",".join(verbs) or "-"])
    assert found == rows


@pytest.mark.parametrize("name", ["handler2", "dispatcher9", "department"])
def test_another_persons_visit_does_not_open_and_does_not_move(world, name):
    visit = a_done(world, HAZARD)
    browser, finding = enter(world.people[name]), visit.findings.get()
    assert browser.get(visit.get_absolute_url()).status_code == 302
    do(browser, visit, "finding", kind="other", text="不该写入")
    browser.post(page(FINDING, "do", finding.pk, "report"), {"category": "0701", "description": "不该上报"})
    assert visit.findings.count() == 1
    assert not Case.objects.exists()
    assert listed(browser, VISIT) == listed(browser, FINDING) == []
    assert rows_of(browser) == []


# --- From a finding to a case ------------------------------------------------------------------------


def test_the_page_of_a_visit_offers_a_case_filled_in_and_then_shows_it(world, desk):
    visit = a_done(world, HAZARD)
    finding = visit.findings.get()
    text = desk.get(visit.get_absolute_url()).content.decode()
    assert re.search(r'value="0701" selected', text)
    assert text.count(HAZARD.text) == 2  # as it was said, and in the form
    assert 'value="0302"' not in text.split('id="findings"')[1].split('id="todo"')[0]  # a hazard: 07 only
    answer = make_case(desk, finding)
    case = Case.objects.get()
    assert answer.redirect_chain[-1][0] == visit.get_absolute_url()
    assert f'href="{case.get_absolute_url()}"' in answer.content.decode()
    assert case.number in answer.content.decode()


def test_pressed_twice_one_is_told_where_the_case_is(world, desk):
    finding = a_done(world, HAZARD).findings.get()
    make_case(desk, finding)
    assert Case.objects.get().number in said(make_case(desk, finding, description="又按了一次"))


def test_a_refused_case_comes_back_with_its_words(world, desk):
    finding = a_done(world, NewFinding("hazard", "楼道堆物")).findings.get()
    answer = make_case(desk, finding, category="", description="三楼楼道堆物")
    assert list(form_of(answer, "report").errors) == ["category"]
    assert "三楼楼道堆物" in answer.content.decode()
    assert not Case.objects.exists()


def test_who_may_not_open_the_case_sees_its_number_and_no_link(world):
    visit = a_done(world, HAZARD, cadres=[world.handler, world.handler2])
    case_of = make_case(enter(world.handler), visit.findings.get())
    assert case_of.status_code == 200
    case = Case.objects.get()
    text = enter(world.handler2).get(visit.get_absolute_url()).content.decode()
    assert case.number in text
    assert case.get_absolute_url() not in text


def test_nothing_of_a_restricted_case_is_told_but_that_there_is_one(world, desk):
    visit = a_done(world, NewFinding("demand", "窗口态度差", "1204"))
    make_case(desk, visit.findings.get())
    case = Case.objects.get()
    assert case.restricted
    assert case.number in desk.get(visit.get_absolute_url()).content.decode()
    text = enter(world.dispatcher).get(visit.get_absolute_url()).content.decode()
    section = text.split('id="findings"')[1].split('id="todo"')[0]
    assert case.number not in section
