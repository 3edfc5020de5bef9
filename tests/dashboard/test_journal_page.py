"""The journal's page: for the auditor alone, everything in it, narrowed by what was asked, never failing."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.duties.admission_makers import market, reported, seat
from tests.world import World, a_closed, a_dispatched
from yuhu.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client: Client, world: World) -> Client:
    client.force_login(world.auditor)
    return client


def shown(client: Client, query: str = "") -> list[int]:
    answer = client.get(f"/journal/?{query}")
    assert answer.status_code == 200
    return [line.entry.pk for line in answer.context["lines"]]


@pytest.mark.parametrize("name", ["leader", "dispatcher", "governor", "admin", "security", "stranger"])
def test_only_the_auditor_reads_it(client: Client, world: World, name: str):
    client.force_login(world.people[name])
    assert client.get("/journal/").status_code == 403


def test_it_holds_everything_newest_first_page_by_page(auditor: Client, world: World):
    for _case in range(3):
        a_closed(world)
    everything = list(Entry.objects.order_by("-id").values_list("pk", flat=True))
    found, query = [], ""
    while True:
        answer = auditor.get(f"/journal/?{query}")
        found += [line.entry.pk for line in answer.context["lines"]]
        query = answer.context["older"]
        if not query:
            break
    assert found == everything
    assert len(found) > 50


def test_an_auditor_with_a_seat_in_a_department_reads_nothing_of_reports_about_departments(
    auditor: Client, world: World
):
    reported(world)
    assert len(shown(auditor, "kind=off_list.reported")) == 1
    seat(market(), world.auditor)
    assert shown(auditor, "kind=off_list.reported") == []
    assert shown(auditor) != []


def test_it_is_narrowed_by_kind_person_subject_and_day(auditor: Client, world: World):
    case = a_dispatched(world)
    a_closed(world)
    entries = Entry.objects.order_by("-id")
    assert shown(auditor, f"subject={case.number}") == list(
        entries.filter(subject_id=case.number).values_list("pk", flat=True)
    )
    assert shown(auditor, "kind=case.rated") == list(
        entries.filter(kind="case.rated").values_list("pk", flat=True)
    )
    assert shown(auditor, f"person={world.governor.pk}") == list(
        entries.filter(actor_id=world.governor.pk).values_list("pk", flat=True)[:50]
    )
    # The cast acts on 24 November 2026 in Xiangtan; the auditor logged in at the real time.
    of_day = entries.filter(kind="case.closed", at__date="2026-11-24")
    assert shown(auditor, "kind=case.rated&first=2026-11-24&last=2026-11-24") != []
    assert shown(auditor, "kind=case.rated&first=2026-11-25") == []
    assert of_day.count() == len(shown(auditor, "kind=case.closed&first=2026-11-24&last=2026-11-24"))


@pytest.mark.parametrize(
    "query",
    [
        *(
            "kind=%00",
            "person=x",
            "person=99999999999999999999",
            "before=-1",
            "first=yesterday",
            "last=9999-12-31",
        ),
        *("first=0001-01-01", "subject=%27%20OR%201%3D1", "kind=a%0A", "before=1"),
    ],
)
def test_nonsense_is_told_and_never_fails(auditor: Client, query: str):
    assert auditor.get(f"/journal/?{query}").status_code == 200


def test_its_queries_do_not_grow(auditor: Client, world: World):
    auditor.get("/journal/")
    with CaptureQueriesContext(connection) as few:
        auditor.get("/journal/")
    for _case in range(4):
        a_closed(world)
    with CaptureQueriesContext(connection) as many:
        auditor.get("/journal/")
    assert len(few) == len(many) <= 10
