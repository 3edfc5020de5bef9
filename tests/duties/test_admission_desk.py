"""The desk of admissions and off-list reports: forms, verbs by person, numbers with their lists, paper and sheets."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duties.actions import refer_admission
from duties.models import Admission, DutyItem, OffListReport
from staffing.models import Unit
from tests.admin.desk import enter, errors, listed, page, said
from tests.admin.test_day import items
from tests.duties.admission_makers import (
    DAY,
    PUSHED,
    TITLE,
    TODAY,
    approved,
    asked,
    confirmed,
    declined,
    market,
    reported,
    seat,
    taken_up,
    who,
)
from tests.world import AT, STREET, World
from yuhu.kit import clock

ADMISSION, REPORT = "duties.admission", "duties.offlistreport"
State = Admission.State
# Verbs that the page of a row offers: rows as the tests make them, people of the cast.
PEOPLE = [
    "department",
    "department_head",
    "leader",
    "auditor",
    "streetleader",
    "dispatcher",
    "handler",
    "admin",
]
VERBS = """
                     member              head                district              auditor street duty office system
admission.submitted  supplement,withdraw supplement,withdraw approve,decline,refer -       .      .    .      .
admission.unstated   supplement,withdraw supplement,withdraw decline,refer         -       .      .    .      .
admission.declined   -                   -                   erase                 -       -      -    -      -
admission.approved   -                   -                   -                     -       -      -    -      -
admission.referenced -                   -                   erase                 -       .      .    .      .
report.reported      .                   .                   take_up               -       -      .    .      .
report.taken_up      .                   .                   confirm,dismiss       -       -      .    .      .
report.confirmed     .                   .                   close                 -       -      .    .      .
"""  # .: does not see it


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT + dt.timedelta(minutes=30))


def a_row(world: World, name: str) -> Any:
    from duties.actions import Resources

    item = DutyItem.objects.in_force(TODAY).get(code="C0501")
    makers = {
        "admission.submitted": lambda: asked(world),
        "admission.unstated": lambda: asked(world, resources=Resources()),
        "admission.declined": lambda: declined(world),
        "admission.approved": lambda: approved(world),
        "admission.referenced": lambda: refer_admission(
            admission=asked(world), item=item, **who(world.leader)
        ),
        "report.reported": lambda: reported(world),
        "report.taken_up": lambda: taken_up(world),
        "report.confirmed": lambda: confirmed(world),
    }
    return makers[name]()


def offered(browser: Client, row: Any) -> str:
    """The verbs on the page of a row, or that it does not open."""
    answer = browser.get(row.get_absolute_url())
    if answer.status_code != 200:
        return "."
    return ",".join(sorted(one.verb.name for one in answer.context["possible"])) or "-"


@pytest.mark.parametrize("line", VERBS.strip().splitlines()[1:], ids=lambda one: one.split()[0])
def test_every_page_offers_the_verbs_of_the_table(world: World, line: str) -> None:
    name, *expected = line.split()
    row = a_row(world, name)
    found = [offered(enter(world.people[person]), row) for person in PEOPLE]
    assert dict(zip(PEOPLE, found, strict=True)) == dict(zip(PEOPLE, expected, strict=True))


# Asking.


def request_form(**changes: Any) -> dict[str, Any]:
    given = {
        "unit": market().pk,
        "title": TITLE,
        "level": "street",
        "proposed_kind": "cooperation",
        "reason": "为治理计划提供底数",
        "basis": "大气污染防治法第八十一条",
        "people": "3",
        "amount": "5000",
        "starts_on": "2026-12-01",
        "last_on": "2027-03-31",
    }
    return {**given, **changes}


def test_a_department_asks_and_is_told_that_the_district_decides(world: World) -> None:
    answer = enter(world.department).post(page(ADMISSION, "add"), request_form(streets=[STREET]), follow=True)
    row = Admission.objects.get()
    assert (row.state, [one.pk for one in row.streets.all()]) == (State.SUBMITTED, [STREET])
    assert "2026-12-08" in said(answer)
    assert "雨湖路街道" in answer.content.decode()


def test_a_similar_item_is_named_beside_the_tick_and_nothing_typed_is_lost(world: World) -> None:
    browser = enter(world.department)
    answer = browser.post(page(ADMISSION, "add"), request_form(title="消防安全巡查"))
    assert "C0501" in errors(answer)["none_covers"][0]
    assert "为治理计划提供底数" in answer.content.decode()
    sent = request_form(title="消防安全巡查", none_covers="on")
    assert browser.post(page(ADMISSION, "add"), sent).status_code == 302


def test_an_item_is_chosen_by_its_code_without_a_script(world: World) -> None:
    sent = request_form(**{"item-typed": "C0501"})
    answer = enter(world.department).post(page(ADMISSION, "add"), sent, follow=True)
    assert Admission.objects.get().state == State.REFERENCED
    assert "C0501" in said(answer)


def test_the_search_for_items_offers_those_in_force_only(world: World) -> None:
    from duties.actions import start_draft

    current = DutyItem.objects.in_force(TODAY).get(code="C0501").list
    start_draft(
        list_id=current.pk,
        effective_from=TODAY + 90 * DAY,
        source="x",
        at=AT,
        actor=who(world.admin)["actor"],
    )
    wanted = {"app_label": "duties", "model_name": "admission", "field_name": "item", "term": "C0501"}
    found = enter(world.admin).get(reverse("admin:autocomplete"), wanted).json()["results"]
    assert len(found) == 1
    assert "C0501" in found[0]["text"]


def test_one_asks_for_ones_own_department_only(world: World) -> None:
    other = Unit.objects.get(name="区应急管理局")
    answer = enter(world.department).post(page(ADMISSION, "add"), request_form(unit=other.pk))
    assert "unit" in errors(answer)


@pytest.mark.parametrize("name", ["handler", "streetleader", "leader", "auditor", "admin"])
def test_others_cannot_ask(world: World, name: str) -> None:
    assert enter(world.people[name]).post(page(ADMISSION, "add"), request_form()).status_code == 403


# Deciding.


def test_the_district_admits_and_the_number_is_shown(world: World) -> None:
    row = asked(world)
    days = {"conditions": "经费按季拨付", "starts_on": "2026-12-01", "last_on": "2027-03-31"}
    door, to = enter(world.leader), page(ADMISSION, "do", row.pk, "approve")
    assert f'name="seen" value="{row.edition}"' in door.get(row.get_absolute_url()).content.decode()
    blind = door.post(to, {**days, "seen": "another edition"}).content.decode()
    assert "请重新打开本页" in blind
    answer = door.post(to, {**days, "seen": row.edition}, follow=True)
    assert "准入〔2026〕1号" in answer.content.decode()
    assert listed(enter(world.handler), ADMISSION) == [row]


def test_a_refusal_of_the_decision_stands_beside_its_field(world: World) -> None:
    row = asked(world)
    days = {"conditions": "不得摊派", "starts_on": "2026-12-01", "last_on": "2026-11-01", "seen": row.edition}
    answer = enter(world.leader).post(page(ADMISSION, "do", row.pk, "approve"), days)
    assert answer.status_code == 200
    assert "不得摊派" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == State.SUBMITTED


def test_why_a_request_cannot_be_admitted_yet_is_told(world: World) -> None:
    from duties.actions import Resources

    row = asked(world, resources=Resources())
    answer = enter(world.leader).get(row.get_absolute_url())
    assert [one.verb.name for one in answer.context["impossible"]] == ["approve"]


def test_the_decision_is_printed_for_everybody_and_a_request_for_nobody(world: World) -> None:
    row, waiting = declined(world), asked(world, title="公筷公勺检查")
    text = enter(world.handler).get(reverse("admin:duties_admission_print", args=[row.pk])).content.decode()
    assert "准入〔2026〕1号" in text
    assert "属变相摊派" in text
    address = reverse("admin:duties_admission_print", args=[waiting.pk])
    assert enter(world.leader).get(address).status_code == 403


def test_the_register_as_a_sheet_holds_what_the_list_shows(world: World) -> None:
    declined(world)
    asked(world, title="公筷公勺检查")
    address = reverse("admin:duties_admission_export")

    def titles(name: str, **query: str) -> list[Any]:
        answer = enter(world.people[name]).get(address, query)
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        return [row[1].value for row in sheet.iter_rows(min_row=3)]

    assert set(titles("leader")) == {"公筷公勺检查", TITLE}
    assert titles("leader", state="declined") == [TITLE]
    assert titles("handler") == [TITLE]


def test_filters_and_search_narrow_the_list(world: World) -> None:
    row, waiting = declined(world), asked(world, title="公筷公勺检查")
    browser = enter(world.leader)
    assert listed(browser, ADMISSION, state="decided") == [row]
    assert listed(browser, ADMISSION, state="submitted") == [waiting]
    assert listed(browser, ADMISSION, q="公筷") == [waiting]
    assert listed(browser, ADMISSION, q="1") == [row]
    assert set(listed(browser, ADMISSION, year="2026", department=market().code)) == {row, waiting}
    assert listed(browser, ADMISSION, department="nobody") != []


# Off-list reports.


def report_form(**changes: Any) -> dict[str, Any]:
    return {
        "department": market().pk,
        "what": PUSHED,
        "received_on": "2026-11-23",
        "way": "system",
        **changes,
    }


def test_a_street_reports_and_nobody_of_the_department_finds_it(world: World) -> None:
    browser = enter(world.streetleader)
    answer = browser.post(page(REPORT, "add"), report_form(), follow=True)
    assert said(answer)
    row = OffListReport.objects.get()
    for name in ("department", "department_head"):
        person = enter(world.people[name])
        assert person.get(page(REPORT)).status_code == 403
        for address in (row.get_absolute_url(), page(REPORT, "history", row.pk)):
            assert PUSHED not in person.get(address, follow=True).content.decode()
        answer = person.post(page(REPORT, "do", row.pk, "dismiss"), {"finding": "x"}, follow=True)
        assert PUSHED not in answer.content.decode()
        index = person.get(reverse("admin:index")).content.decode()
        assert page(REPORT) not in index
    row.refresh_from_db()
    assert row.state == OffListReport.State.REPORTED


def test_not_even_a_leader_of_the_district_who_sits_in_the_department_finds_it(world: World) -> None:
    row = reported(world, "coordinator")
    seat(market(), world.leader)
    browser = enter(world.leader)
    assert listed(browser, REPORT) == []
    assert listed(browser, REPORT, q="公筷") == []
    assert browser.get(row.get_absolute_url()).status_code == 302
    assert not [item for item in items(browser) if "offlist" in item.url]


def test_a_colleague_of_the_reporter_sees_neither_report_nor_name(world: World) -> None:
    row = reported(world, "coordinator")
    browser = enter(world.streetleader)
    assert listed(browser, REPORT) == []
    assert browser.get(row.get_absolute_url()).status_code == 302
    assert listed(enter(world.coordinator), REPORT) == [row]


def test_what_it_looks_like_is_named_beside_the_tick(world: World) -> None:
    browser = enter(world.streetleader)
    sent = report_form(what="食品药品安全巡查配合")
    assert "C0501" in errors(browser.post(page(REPORT, "add"), sent))["not_listed"][0]
    assert browser.post(page(REPORT, "add"), {**sent, "not_listed": "on"}).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"what": ""}, "what"),
        ({"received_on": "2026-13-01"}, "received_on"),
        ({"department": "0"}, "department"),
    ],
    ids=str,
)
def test_what_cannot_be_reported_is_told_beside_its_field(world: World, wrong, field: str) -> None:
    assert field in errors(enter(world.streetleader).post(page(REPORT, "add"), report_form(**wrong)))


def test_the_reporter_reads_the_outcome(world: World) -> None:
    row = confirmed(world)
    text = enter(world.streetleader).get(row.get_absolute_url()).content.decode()
    assert "属实" in text
    assert enter(world.streetleader).post(page(REPORT, "do", row.pk, "close")).status_code == 302
    row.refresh_from_db()
    assert row.state == OffListReport.State.CONFIRMED


# The day, and what it costs.


def many(world: World) -> None:
    asked(world, at=AT - 40 * DAY)
    asked(world, title="公筷公勺检查")
    declined(world, title="投诉小程序注册推广任务")
    approved(world, title="养犬登记采集", last_on=TODAY + 10 * DAY)
    reported(world, what="统计外来人口车辆")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("leader", {"decide": (2, 1), "late": (1, 0), "ending": (1, 0), "inspect": (1, 0)}),
        ("department", {"late": (1, 0), "ending": (1, 0), "decided": (2, 0)}),
        ("streetleader", {}),
        ("auditor", {}),
    ],
)
def test_every_number_of_the_day_opens_exactly_its_rows(world: World, name: str, expected) -> None:
    many(world)
    browser = enter(world.people[name])
    mine = [one for one in items(browser) if "admission" in one.url or "offlist" in one.url]
    assert {one.url.partition("todo=")[2]: (one.number, one.late) for one in mine} == expected
    for one in mine:
        assert browser.get(one.url).context["cl"].result_count == one.number, one


def test_lists_and_pages_cost_the_same_for_many(world: World) -> None:
    approved(world, title="养犬登记采集")
    row, report = asked(world), reported(world)
    browser = enter(world.leader)
    places = [page(ADMISSION), page(REPORT), row.get_absolute_url(), report.get_absolute_url()]
    places += [reverse("admin:duties_admission_export"), reverse("admin:index")]

    def costs() -> list[int]:
        found = []
        for place in places:
            browser.get(place)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(place).status_code == 200
            found.append(len(queries))
        return found

    few = costs()
    for number, title in enumerate(
        ("公筷公勺检查", "投诉小程序注册推广", "营商环境台账填报", "河道漂浮物打捞")
    ):
        asked(world, title=title, none_covers=True)
        reported(world, what=f"{title}第{number}次", not_listed=True)
    assert costs() == few
