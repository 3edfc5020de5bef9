"""Outside figures at the desk: entered in a form or as a sheet, checked by another, taken out to be sent back."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from cases.models import OutsideFigure
from cases.outside import Outside
from tests.admin.desk import enter, errors, listed, page, rows_behind, said
from tests.admin.test_day import items
from tests.cases.outside_makers import DISTRICT, checked, entered
from tests.world import STREET, World

pytestmark = pytest.mark.django_db

LIST = "cases.outsidefigure"
SENT = {
    "kind": "criminal_cases", "area": STREET, "span": "month", "year": "2026", "month": "10", "value": "20",
    "published_by": "区公安分局", "document": "月报",
}  # fmt: skip
HEADINGS = "指标,地区代码,期间,年,月,数值,发布单位,文号"


def sheet(*lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("figures.csv", "\n".join([HEADINGS, *lines]).encode())


def send(browser: Any, *lines: str, store: bool = False) -> Any:
    data: dict[str, Any] = {"sheet": sheet(*lines)} | ({"store": "on"} if store else {})
    return browser.post(page(LIST, "import"), data)


def test_one_enters_it_and_another_checks_it(world: World) -> None:
    browser = enter(world.dispatcher)
    assert browser.post(page(LIST, "add"), SENT).status_code == 302
    row = OutsideFigure.objects.get()
    address = page(LIST, "do", row.pk, "check")
    assert "由他人复核" not in browser.get(page(LIST, "change", row.pk)).content.decode()
    browser.post(address)
    row.refresh_from_db()
    assert row.state == "entered", "a duty officer checks nothing"
    leader = enter(world.streetleader)
    assert "已办理" in said(leader.post(address, follow=True))
    row.refresh_from_db()
    assert (row.state, row.checked_by) == ("checked", world.streetleader)
    text = leader.get(page(LIST, "change", row.pk)).content.decode()
    assert "20 件" in text
    assert "复核通过，20生效" in text


def test_a_refusal_stands_beside_its_field_and_a_place_of_others_is_not_offered(world: World) -> None:
    browser = enter(world.dispatcher)
    answer = browser.post(page(LIST, "add"), SENT | {"value": "20.5", "month": "12"})
    assert set(errors(answer)) == {"month"}
    answer = browser.post(page(LIST, "add"), SENT | {"value": "20.5"})
    assert errors(answer) == {"value": ["只能填写整数。"]}
    assert set(errors(browser.post(page(LIST, "add"), SENT | {"area": DISTRICT}))) == {"area"}
    assert not OutsideFigure.objects.exists()


def test_a_correction_is_entered_on_the_page_of_the_old_number(world: World) -> None:
    old = checked(world)
    change = {"value": "22", "published_by": "区公安分局", "document": "", "why": "数字抄错"}
    enter(world.coordinator).post(page(LIST, "do", old.pk, "correct"), change)
    new = OutsideFigure.objects.get(replaces=old)
    leader = enter(world.streetleader)
    leader.post(page(LIST, "do", new.pk, "check"))
    text = leader.get(page(LIST, "change", old.pk)).content.decode()
    assert new.get_absolute_url() in text
    assert "数字抄错" in leader.get(page(LIST, "change", new.pk)).content.decode()


def test_the_checker_sees_the_same_days_of_the_year_before(world: World) -> None:
    checked(world, Outside.CRIMINAL_CASES, DISTRICT, 2000, year=2025)
    row = checked(world, Outside.CRIMINAL_CASES, DISTRICT, 1761, year=2026)
    text = enter(world.leader).get(page(LIST, "change", row.pk)).content.decode()
    assert "2,000 件，−11.95%" in text


def test_the_day_of_the_second_person_counts_what_the_list_holds(world: World) -> None:
    entered(world)
    entered(world, month=9)
    entered(world, month=8, by="block_head")
    address = reverse("admin:cases_outsidefigure_changelist")
    for name, number in (("streetleader", 3), ("block_head", 2), ("leader", 3)):
        browser = enter(world.people[name])
        found = [item for item in items(browser) if item.url.startswith(address)]
        assert [item.number for item in found] == [number], name
        assert rows_behind(browser, found[0].url) == number
    assert not [item for item in items(enter(world.dispatcher)) if item.url.startswith(address)]


# --- Sheets ----------------------------------------------------------------------------------------


def test_a_sheet_is_looked_at_first_and_entered_when_asked(world: World) -> None:
    browser = enter(world.dispatcher)
    lines = (
        f"刑事案件,{STREET},月度,2026,10,20,区公安分局,月报",
        f'办结企业诉求,{STREET},,2026,9,"1,390",平台,',
    )
    answer = send(browser, *lines)
    assert [row[0] for row in answer.context["rows"]] == [2, 3]
    assert not OutsideFigure.objects.exists()
    assert send(browser, *lines, store=True).status_code == 302
    found = OutsideFigure.objects.order_by("pk").values_list("kind", "value", "state", "entered_by")
    assert list(found) == [
        ("criminal_cases", Decimal(20), "entered", world.dispatcher.pk),
        ("enterprise_requests", Decimal(1390), "entered", world.dispatcher.pk),
    ]


def test_of_a_sheet_with_a_fault_nothing_is_entered_and_the_cell_is_named(world: World) -> None:
    good = f"刑事案件,{STREET},月度,2026,10,20,区公安分局,月报"
    for bad, cell in (
        (f"天气,{STREET},月度,2026,10,20,局,", "A3"),
        (f"刑事案件,{STREET},十年,2026,9,20,局,", "C3"),
        (f"刑事案件,{STREET},月度,2026,9,许多,局,", "F3"),
        (f"刑事案件,{STREET},月度,2026,9,20.5,局,", "F3"),
        ("刑事案件,430302008,月度,2026,9,20,局,", "B3"),
        (good, "E3"),  # the same days twice
    ):
        answer = send(enter(world.dispatcher), good, bad, store=True)
        assert any(cell in error for error in answer.context["errors"]), bad
        assert not OutsideFigure.objects.exists()


def test_who_enters_nothing_sends_no_sheet(world: World) -> None:
    for name in ("streetleader", "auditor", "handler", "admin"):
        assert enter(world.people[name]).get(page(LIST, "import")).status_code == 403


def test_what_is_taken_out_can_be_sent_back(world: World) -> None:
    checked(world)
    checked(world, Outside.SPENDING, DISTRICT, "233600.55")
    answer = enter(world.auditor).get(page(LIST, "export"))
    book = load_workbook(io.BytesIO(answer.content))
    rows = [list(row) for row in book.active.iter_rows(values_only=True)]
    assert rows[0][0].startswith("由申纪导出") or "申纪" in rows[0][0]
    assert [row[0] for row in rows[2:]] == ["一般公共预算支出", "刑事案件"]
    OutsideFigure.objects.all().delete()
    back = SimpleUploadedFile("figures.xlsx", answer.content)
    enter(world.department_head).post(page(LIST, "import"), {"sheet": back, "store": "on"})
    assert {str(value) for value in OutsideFigure.objects.values_list("value", flat=True)} == {
        "20.00",
        "233600.55",
    }
    assert set(OutsideFigure.objects.values_list("state", flat=True)) == {"entered"}


def test_the_list_costs_the_same_for_many_rows(world: World) -> None:
    browser = enter(world.leader)

    def counting() -> int:
        with CaptureQueriesContext(connection) as captured:
            listed(browser, LIST)
        return len(captured)

    checked(world)
    counting()
    few = counting()
    for month in range(1, 10):
        checked(world, month=month)
    assert counting() == few
