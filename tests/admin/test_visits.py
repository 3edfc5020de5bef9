"""Visits at the desk: plan, record, make a case of a finding; lists, sheet, figures and the official's day."""

import datetime as dt
import io
import re
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case
from staffing.actions import NewFinding, cancel_visit
from staffing.models import Finding, Visit
from tests.admin.desk import enter, errors, listed, page, said
from tests.admin.test_day import items
from tests.staffing.visit_makers import DAY, DEMAND, HAZARD, TODAY, a_done, a_talk, a_visit, record, who
from tests.world import AT, World
from yuhu.delivery.actions import fan_out
from yuhu.delivery.models import Delivery
from yuhu.journal.actions import relay

VISIT, FINDING = "staffing.visit", "staffing.finding"


@pytest.fixture
def desk(world) -> Client:
    return enter(world.handler)


def planned(world: World, **fields: Any) -> dict[str, Any]:
    """What the form for a visit sends: 韩 visits b1 today."""
    given = {
        "kind": "visit",
        "block": world.b1.pk,
        "cadres": [world.handler.pk],
        "level": "street",
        "role": "service",
        "planned_for": TODAY.isoformat(),
        "place": "",
    }
    return {**given, **fields}


def recorded(**fields: Any) -> dict[str, Any]:
    """What the form for a record sends, with one finding."""
    given = {
        "held_on": TODAY.isoformat(),
        "households": "12",
        "summary": "走访十二户",
        "finding_1_kind": "hazard",
        "finding_1_text": "楼道堆物",
        "finding_1_category": "0701",
    }
    return {**given, **fields}


def do(browser: Client, visit: Visit, verb: str, **fields: Any) -> Any:
    return browser.post(page(VISIT, "do", visit.pk, verb), fields, follow=True)


def form_of(answer: Any, verb: str) -> Any:
    return next(one.form for one in answer.context["possible"] if one.verb.name == verb)


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


def make_case(browser: Client, finding: Finding, **fields: Any) -> Any:
    address = page(FINDING, "do", finding.pk, "report")
    given = {"category": finding.category_code, "description": finding.text, **fields}
    return browser.post(address, given, follow=True)


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


# --- Lists, sheet, figures, the day ------------------------------------------------------------------


def a_mixed_month(world: World) -> dict[str, Visit]:
    rows = {
        "today": a_visit(world),
        "late": a_visit(world, role="vanguard", planned_for=TODAY - 2 * DAY),
        "done": a_done(world, HAZARD, DEMAND, role="liaison"),
        "talk": record(world, a_talk(world, planned_for=TODAY - DAY), held_on=TODAY - DAY),
        "off": a_visit(world, role="publicity", planned_for=TODAY + DAY),
        "away": a_visit(world, "dispatcher9", block=world.b9),
    }
    cancel_visit(visit=rows["off"], reason="防汛", **who(world, "handler"))
    return rows


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"today", "late", "done", "talk", "off", "away"}),
        ({"on": "2026-11-24"}, {"today", "done", "away"}),
        ({"on": "2026-11-22..2026-11-23"}, {"late", "talk"}),
        ({"on": "2026-02-30..x"}, {"today", "late", "done", "talk", "off", "away"}),
        ({"state": "planned"}, {"today", "late", "away"}),
        ({"state": "late"}, {"late"}),
        ({"state": "cancelled"}, {"off"}),
        ({"kind__exact": "open_talk"}, {"talk"}),
        ({"role__exact": "vanguard"}, {"late"}),
        ({"level__exact": "street", "street": "430302008"}, {"away"}),
        ({"area": "430302001"}, {"today", "late", "done", "talk", "off"}),
        ({"q": "丁远"}, {"away"}),
        ({"q": "E-handler"}, {"today", "late", "done", "talk", "off"}),
    ],
    ids=lambda value: str(sorted(value)),
)
def test_the_list_is_narrowed_by_what_it_offers(world, query, expected):
    rows = a_mixed_month(world)
    found = listed(enter(world.leader), VISIT, **query)
    assert {name for name, row in rows.items() if row in found} == expected
    assert len(found) == len(expected)


def test_mine_are_those_in_which_i_take_part(world):
    rows = a_mixed_month(world)
    assert listed(enter(world.dispatcher9), VISIT, whose="mine") == [rows["away"]]
    assert listed(enter(world.leader), VISIT, whose="mine") == []


def test_a_visit_of_two_people_of_one_name_stands_in_the_list_once(world, desk):
    visit = a_done(world, HAZARD, DEMAND, cadres=[world.handler, world.handler2])
    type(world.handler).objects.filter(pk=world.handler2.pk).update(name="韩立")
    (row,) = listed(desk, VISIT, q="韩立")
    assert (row, row.findings_found, row.cases_found) == (visit, 2, 0)


def rows_of(browser: Client, **query: Any) -> list[tuple[Any, ...]]:
    answer = browser.get(page(VISIT, "export"), query)
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=3)]


def test_the_sheet_holds_what_the_list_shows_without_what_was_said(world, desk):
    a_mixed_month(world)
    make_case(desk, Finding.objects.get(kind="hazard"))
    found = rows_of(desk, state="done", kind__exact="visit")
    assert [row[0].date() for row in found] == [TODAY]
    assert found[0][7] == "韩立"
    assert found[0][-6:] == (12, None, 2, 0, 1, 0)
    assert "楼道" not in str(found)
    assert len(rows_of(desk)) == 5


def test_a_name_that_looks_like_a_formula_stays_text(world, desk):
    type(world.handler).objects.filter(pk=world.handler.pk).update(name="=1+1")
    a_visit(world)
    answer = desk.get(page(VISIT, "export"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_every_number_of_the_figures_opens_the_list_of_exactly_its_rows(world):
    a_mixed_month(world)
    make_case(enter(world.handler), Finding.objects.get(kind="hazard"))
    browser = enter(world.leader)
    answer = browser.get(reverse("admin:staffing_visit_figures"))
    assert answer.status_code == 200
    whole = answer.context["figures"].whole
    for model, counts in (
        (VISIT, [whole.visits, whole.talks]),
        (
            FINDING,
            [whole.findings, *whole.became.values(), whole.hazards.numerator, whole.hazards.denominator],
        ),
    ):
        for count in counts:
            shown = browser.get(f"{page(model)}?{count.query}").context["cl"].result_count
            assert shown == count.number, count
    assert whole.findings.number == 2
    assert browser.get(f"{reverse('cases:list')}?{whole.urgent.query}").status_code == 200


@pytest.mark.parametrize("query", [{"area": "43"}, {"area": "999999999"}, {"from": "x", "to": "2026-99-99"}])
def test_what_the_figures_do_not_know_they_answer_with_ones_own_area(world, query):
    answer = enter(world.streetleader).get(reverse("admin:staffing_visit_figures"), query)
    assert answer.context["area"] == "430302001"


@pytest.mark.parametrize("name", ["handler", "department_head", "admin"])
def test_figures_are_for_whoever_leads_or_watches_an_area(world, name):
    assert enter(world.people[name]).get(reverse("admin:staffing_visit_figures")).status_code == 403


def test_the_day_counts_visits_and_findings_and_opens_their_lists(world):
    a_mixed_month(world)
    for name, expected in {
        "handler": {"whose=mine": 1, "state=late": 1, "waits=true": 2},
        "dispatcher": {"state=planned": 1, "state=late": 1, "waits=true": 2},
        "dispatcher9": {"whose=mine": 1, "state=planned": 1},
        "auditor": {},
        "admin": {},
    }.items():
        browser = enter(world.people[name])
        mine = [
            one for one in items(browser) if "/staffing/visit" in one.url or "/staffing/finding" in one.url
        ]
        assert {one.url.rpartition("&" if "whose" in one.url or "state=planned" in one.url else "?")[2]: one.number
                for one in mine} == expected, name  # fmt: skip
        for one in mine:
            assert browser.get(one.url).context["cl"].result_count == one.number, (name, one)


@pytest.mark.parametrize("address", ["list", "findings", "page", "day"])
def test_pages_cost_the_same_for_many_rows(world, desk, address):
    visit = a_done(world, HAZARD, DEMAND)
    places = {
        "list": page(VISIT),
        "findings": page(FINDING),
        "page": page(VISIT, "change", visit.pk),
        "day": reverse("admin:index"),
    }

    def cost() -> int:
        desk.get(places[address])
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(places[address]).status_code == 200
        return len(asked)

    few = cost()
    for number in range(3):
        a_done(world, HAZARD, DEMAND, role="vanguard", planned_for=TODAY - number * DAY)
        do(desk, visit, "finding", kind="other", text=f"第{number}件")
    assert cost() == few


def test_a_page_tells_what_happened_and_when_texts_were_removed(world, desk):
    visit = a_done(world, HAZARD)
    make_case(desk, visit.findings.get())
    story = desk.get(visit.get_absolute_url()).context["story"]
    assert [line.who for line in story] == ["韩立"] * 3
    assert Case.objects.get().number in story[0].sentence
    assert isinstance(visit.day, dt.date)


def test_whoever_was_put_down_by_somebody_else_is_told_and_nobody_else(world):
    visit = a_visit(world, "streetleader", cadres=[world.handler, world.handler2])
    cancel_visit(visit=visit, reason="防汛", **who(world, "handler"))
    while relay(at=AT) or fan_out(at=AT):
        pass
    told = set(Delivery.objects.filter(channel="inbox").values_list("kind", "user__username"))
    assert told == {
        ("visit_planned", "handler"),
        ("visit_planned", "handler2"),
        ("visit_cancelled", "handler2"),
    }
    text = enter(world.handler2).get(reverse("delivery:inbox")).content.decode()
    assert "2026-11-24" in text
    assert world.b1.name in text
