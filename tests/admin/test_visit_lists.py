"""Visits at the desk in lists: filters, the sheet, figures, the day."""

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case
from staffing.actions import cancel_visit
from staffing.models import Finding, Visit
from tests.admin.desk import enter, listed, page
from tests.admin.test_day import items
from tests.admin.visit_forms import FINDING, VISIT, do, make_case, rows_of
from tests.staffing.visit_makers import DAY, DEMAND, HAZARD, TODAY, a_done, a_talk, a_visit, record, who
from tests.world import AT, World
from yuhu.delivery.actions import fan_out
from yuhu.delivery.models import Delivery
from yuhu.journal.actions import relay


@pytest.fixture
def desk(world) -> Client:
    return enter(world.handler)


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


@pytest.mark.parametrize("name", ["from", "to"])
@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2200-01-02", "9999-12-31"])
def test_a_day_that_cannot_be_leaves_the_last_thirty_days(world, name, text):
    answer = enter(world.streetleader).get(reverse("admin:staffing_visit_figures"), {name: text})
    days = answer.context["days"]
    assert (days.first, days.last) == (TODAY - 29 * DAY, TODAY)


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
