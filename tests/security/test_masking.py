"""A reporter's name and phone leave the house masked on every path; in clear on one page only, for a reason."""

import pytest
from django.core import mail
from django.test import Client

from cases.actions import Person
from cases.models import Case
from tests.leaks import LISTENER
from tests.world import World, an_evaluated
from yuhu.delivery import tasks as notices
from yuhu.journal import tasks as journal
from yuhu.kit import clock

pytestmark = pytest.mark.django_db

NAME, PHONE, MASKED = "欧阳独一无二", "13912349876", "139****9876"
PAGES = [
    "/", "/cases/", "/cases/?q=欧阳独一无二", "/cases/?q=13912349876", "/cases/{number}/", "/cases/{number}/print/",
    "/cases/{number}/sent/", "/cases/{number}/person/", "/inbox/", "/outbox/", "/roster/",
    "/cases/{number}/moves/urge/", "/here/?longitude=112.910419&latitude=27.86644",
    "/admin/cases/case/", "/admin/cases/case/?q=13912349876", "/admin/delivery/delivery/",
    "/api/v1/cases/", "/api/v1/cases/?q=13912349876", "/api/v1/cases/{number}/", "/api/v1/cases/{number}/events/",
    "/f/{token}/",
]  # fmt: skip


@pytest.fixture
def case(world: World) -> Case:
    made = an_evaluated(world, reporter=Person(name=NAME, phone=PHONE))
    type(world.governor).objects.update(email="somebody@office.example")
    journal.relay_sweep(clock.now())
    notices.fan_out_sweep(clock.now())
    notices.send_sweep(clock.now())
    return made


def browser(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


@pytest.mark.parametrize("name", ["governor", "dispatcher", "leader", "auditor"])
def test_no_page_list_search_print_or_api_tells_name_or_phone(world: World, case: Case, name: str) -> None:
    client, masked = browser(world, name), 0
    for page in PAGES:
        answer = client.get(page.format(number=case.number, token=case.reporter.token))
        text = answer.content.decode()
        masked += MASKED in text
        if "q=" not in page:
            assert (NAME in text, PHONE in text) == (False, False), page
        else:
            assert MASKED not in text, f"{page}: a phone finds no case"
    assert masked >= 3, "the masked form is shown"


def test_the_journal_page_and_its_entries_tell_neither(world: World, case: Case) -> None:
    text = browser(world, "auditor").get("/journal/").content.decode()
    assert "case.reported" in text or case.number in text
    assert NAME not in text
    assert PHONE not in text


def test_no_mail_to_staff_tells_either(world: World, case: Case) -> None:
    assert mail.outbox, "mails were sent"
    for letter in mail.outbox:
        whole = f"{letter.subject} {letter.body} {letter.extra_headers}"
        assert NAME not in whole
        assert PHONE not in whole
        assert case.reporter.token not in whole


def test_the_one_page_in_clear_takes_a_reason_and_is_journaled_and_logged_by_nobody(
    world: World, case: Case
) -> None:
    client = browser(world, "dispatcher")
    path = f"/cases/{case.number}/person/"
    assert PHONE not in client.post(path, {"reason": ""}).content.decode()
    shown = client.post(path, {"reason": "要回电话"})
    assert PHONE in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    events = client.get(f"/api/v1/cases/{case.number}/events/").json()
    assert any(row["kind"] == "case.unmasked" for row in events["results"])
    assert not any(PHONE in line or NAME in line for line in LISTENER.lines)
