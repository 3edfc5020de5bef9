"""A roster goes out as a sheet and comes in as one: looked at, applied, refused with the cell that is meant."""

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from staffing.models import RosterImport, Tenure
from staffing.sheets import COLUMNS
from tests.admin.desk import enter, errors, listed, page
from tests.world import World

LIST = "staffing.rosterimport"
HEADINGS = [headings[0] for headings in COLUMNS.values()]


def sheet(*rows: dict[str, Any]) -> SimpleUploadedFile:
    book = Workbook()
    assert book.active is not None
    book.active.append(HEADINGS)
    for row in rows:
        book.active.append([row.get(key) for key in COLUMNS])
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("花名册.xlsx", file.getvalue())


def send(browser: Client, *rows: dict[str, Any], **more: Any) -> Any:
    data = {"sheet": sheet(*rows), "effective_on": "2026-11-24", **more}
    return browser.post(page(LIST, "add"), data, follow=True)


def newcomer(world: World, block: str = "b1") -> dict[str, Any]:
    code = world.blocks[block].code
    return {"block": code, "post": "治理员", "name": "新人", "number": "N1", "phone": 13800138000.0}


def apply_address(proposal: RosterImport) -> str:
    return reverse("admin:staffing_rosterimport_apply", args=[proposal.pk])


def told(browser: Client, proposal: RosterImport) -> list[Any]:
    """The lines that a script reads while a sheet is applied."""
    answer: Any = browser.post(apply_address(proposal), headers={"accept": "application/x-ndjson"})
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


@pytest.fixture
def browser(world: World) -> Client:
    return enter(world.streetleader)


def test_a_sheet_shows_what_it_would_change_and_changes_nothing_yet(world: World, browser: Client) -> None:
    answer = send(browser, newcomer(world))
    proposal = RosterImport.objects.get()
    assert answer.redirect_chain[-1][0] == proposal.get_absolute_url()
    text = answer.content.decode()
    assert "新人" in text
    assert "高志远" in text
    assert apply_address(proposal) in text
    assert Tenure.objects.filter(holder__name="新人").count() == 0


def test_applied_by_a_press_it_says_so_and_offers_it_no_more(world: World, browser: Client) -> None:
    send(browser, newcomer(world))
    proposal = RosterImport.objects.get()
    answer = browser.post(apply_address(proposal), follow=True)
    assert Tenure.objects.filter(holder__name="新人").exists()
    assert apply_address(proposal) not in answer.content.decode()
    again = browser.post(apply_address(proposal), follow=True)
    assert Tenure.objects.filter(holder__name="新人").count() == 1
    assert [message.level_tag for message in again.context["messages"]] == ["error"]
    history = browser.get(page(LIST, "history", proposal.pk))
    assert history.status_code == 200


def test_whoever_asks_for_lines_hears_how_far_it_is(world: World, browser: Client) -> None:
    send(browser, newcomer(world), newcomer(world, "b2"))
    proposal = RosterImport.objects.get()
    assert told(browser, proposal) == [{"done": 2, "total": 2}, {"url": proposal.get_absolute_url()}]
    (line,) = told(browser, proposal)
    assert line["error"]


def test_a_fault_is_named_by_its_cell_beside_the_file(world: World, browser: Client) -> None:
    answer = send(browser, newcomer(world) | {"post": "主任"})
    assert "E2" in errors(answer)["sheet"][0]
    assert not RosterImport.objects.exists()


@pytest.mark.parametrize(
    ("starts_on", "fits"), [("2022-01-01", False), ("2021-12-31", False), ("2026-11-25", True)]
)
def test_the_day_of_the_one_before_is_found_before_anything_is_applied(
    world: World, browser: Client, starts_on: str, fits: bool
) -> None:
    answer = send(browser, newcomer(world) | {"starts_on": starts_on})
    assert RosterImport.objects.exists() == fits
    if not fits:
        assert "J2" in errors(answer)["sheet"][0]


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0" + b"\0" * 100, b"x", "甲,乙\n1,2\n".encode()])
def test_what_is_no_roster_is_refused_beside_the_file(browser: Client, content: bytes) -> None:
    data = {"sheet": SimpleUploadedFile("a.xlsx", content), "effective_on": "2026-11-24"}
    assert list(errors(browser.post(page(LIST, "add"), data))) == ["sheet"]


def test_a_street_changes_only_its_own_blocks(world: World, browser: Client) -> None:
    answer = send(browser, newcomer(world, "b9"))
    assert "D2" in errors(answer)["sheet"][0]


def test_the_export_is_the_roster_of_the_persons_areas_and_can_be_sent_back(
    world: World, browser: Client
) -> None:
    answer = browser.get(reverse("admin:staffing_rosterimport_export"))
    assert answer.status_code == 200
    rows = list(load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
    assert list(rows[0]) == HEADINGS
    codes = {row[3] for row in rows[1:]}
    assert world.b1.code in codes
    assert world.b9.code not in codes
    sent = SimpleUploadedFile("back.xlsx", answer.content)
    back = browser.post(
        page(LIST, "add"), {"sheet": sent, "effective_on": "2026-11-24", "replaces": "on"}, follow=True
    )
    assert back.context["counts"] == []
    assert RosterImport.objects.get().counts["unchanged"] == len(rows) - 1


def test_the_export_of_a_day_is_the_roster_of_that_day(world: World, browser: Client) -> None:
    answer = browser.get(reverse("admin:staffing_rosterimport_export"), {"on": "2021-12-31"})
    rows = list(load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
    assert {row[6] for row in rows[1:]} <= {"空缺"}


def test_a_sheet_is_for_whoever_sent_it(world: World, browser: Client) -> None:
    send(browser, newcomer(world))
    proposal = RosterImport.objects.get()
    other = enter(world.leader)
    assert listed(other, LIST) == []
    assert other.get(proposal.get_absolute_url(), follow=True).status_code in (200, 404)
    assert other.post(apply_address(proposal)).status_code == 403
    assert not Tenure.objects.filter(holder__name="新人").exists()


@pytest.mark.parametrize("name", ["handler", "admin", "auditor", "department"])
def test_who_appoints_nobody_neither_sends_nor_takes_a_roster(world: World, name: str) -> None:
    browser = enter(world.people[name])
    assert browser.get(page(LIST, "add")).status_code == 403
    assert browser.get(reverse("admin:staffing_rosterimport_export")).status_code == 403
    assert "export" not in browser.get(page("blocks.block")).content.decode()
