"""The desk's first page: what waits, what is late; every number opens the list that holds exactly its rows."""

import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case, CaseRequest
from tests.admin.desk import enter, rows_behind
from tests.world import AT, World, a_dispatched, a_handled, a_signed, do
from yuhu.kit.desk.day import Item


def items(browser) -> list[Item]:
    answer = browser.get(reverse("admin:index"))
    assert answer.status_code == 200
    return [item for _label, held in answer.context["day"] for item in held]


def of_cases(browser) -> dict[str, int]:
    """Number by the query of its list."""
    address = reverse("admin:cases_case_changelist")
    return {
        item.url.partition("?")[2]: item.number for item in items(browser) if item.url.startswith(address)
    }


def ask(world: World, case: Case) -> None:
    """The governor asks to suspend it."""
    do(world, case, "request-suspension", "governor", reason="等配件", until="2026-12-10")


def test_every_number_opens_the_list_of_exactly_its_rows(world):
    late = a_signed(world)
    Case.objects.filter(pk=late.pk).update(due_at=AT - dt.timedelta(days=400))
    a_dispatched(world, category="0102", description="渣土", name="governor2", block=world.b2.code)
    a_handled(world, category="0103", description="已办")
    ask(world, a_signed(world, category="0104", description="请延期"))
    for name in ("dispatcher", "streetleader", "leader", "handler", "office_head"):
        browser = enter(world.people[name])
        for item in items(browser):
            assert rows_behind(browser, item.url) in (item.number, None), (name, item)


def test_the_duty_officer_sees_what_is_to_be_decided_and_the_late(world):
    case = a_signed(world)
    ask(world, case)
    Case.objects.filter(pk=case.pk).update(due_at=AT - dt.timedelta(days=400))
    assert of_cases(enter(world.dispatcher)) == {"decide=suspension": 1, "overdue=true": 1}
    assert of_cases(enter(world.dispatcher9)) == {}


def test_administrators_have_no_cases_in_their_day(world):
    a_signed(world)
    assert of_cases(enter(world.admin)) == of_cases(enter(world.security)) == {}


def test_the_day_costs_the_same_for_many_cases(world):
    a_signed(world)
    browser = enter(world.dispatcher)
    browser.get(reverse("admin:index"))
    with CaptureQueriesContext(connection) as few:
        browser.get(reverse("admin:index"))
    for number in range(2, 6):
        case = a_signed(world, category=f"010{number}", description=f"第{number}件")
        ask(world, case)
    assert CaseRequest.objects.count() == 4
    with CaptureQueriesContext(connection) as many:
        browser.get(reverse("admin:index"))
    assert len(many) == len(few)
