"""The inbox, the number beside the bell, and the demo's outbox: one's own notices only, and the same cost for many."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case
from staffing.models import User
from tests.delivery.makers import BROKEN, NOBODY, feed
from tests.world import AT, World, a_dispatched, a_report, a_signed, do
from yuhu.delivery import actions
from yuhu.delivery.exceptions import NoSuchNotice
from yuhu.delivery.models import Delivery

pytestmark = pytest.mark.django_db

INBOX, OUTBOX = "/inbox/", "/outbox/"
PHONE, NAME = "13800005678", "张三"


@pytest.fixture(autouse=True)
def _demo(settings) -> None:
    settings.DEMO_OUTBOX = True


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(client: Client, address: str, **data: str) -> str:
    response = client.get(address, data)
    assert response.status_code == 200
    return str(response.content.decode())


def numbers(page: str) -> list[str]:
    """The case numbers that the page's cards show, in their order."""
    return re.findall(r'<span class="number">([\d-]+)</span>', page)


def unread_cards(page: str) -> int:
    return len(re.findall(r"<article[^>]* data-unread", page))


def test_the_newest_notice_comes_first_and_leads_to_its_case(world: World) -> None:
    cases = [a_dispatched(world) for _number in range(3)]
    feed()
    page = page_of(logged_in(world.governor), INBOX)
    assert numbers(page) == [case.number for case in reversed(cases)]
    for case in cases:
        assert f'href="{case.get_absolute_url()}"' in page


def test_everybody_sees_the_own_notices_only(world: World) -> None:
    a_dispatched(world)
    feed()
    assert len(numbers(page_of(logged_in(world.governor), INBOX))) == 1
    for name in ("governor2", "supervisor", "leader", "auditor", "admin"):
        page = page_of(logged_in(world.people[name]), INBOX)
        assert numbers(page) == [], name
        assert 'class="empty"' in page


def test_a_stranger_sees_nothing(world: World) -> None:
    a_dispatched(world)
    feed()
    stranger = logged_in(world.stranger)
    assert numbers(page_of(stranger, INBOX)) == []
    assert stranger.get(OUTBOX).status_code == 403
    assert stranger.post(f"{INBOX}{Delivery.objects.get(channel='inbox').pk}/read/").status_code == 404


@pytest.mark.parametrize("address", [INBOX, OUTBOX])
def test_without_a_login_one_is_asked_to_log_in(client: Client, db: None, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


def test_a_notice_of_a_case_that_one_may_no_longer_open_says_its_number_and_nothing_else(
    world: World,
) -> None:
    case = a_signed(world)
    do(world, case, "reassign", "dispatcher", assignee="governor2", reason="换人")
    feed()
    Case.objects.filter(pk=case.pk).update(restricted=True, reported_by=None)
    case.parties.filter(user=world.governor).delete()
    page = page_of(logged_in(world.governor), INBOX)
    assert case.number in numbers(page)
    assert case.get_absolute_url() not in page
    assert case.category.name not in page
    assert world.b1.name not in page


def test_one_notice_is_marked_as_read_and_the_page_stays_where_it_was(world: World) -> None:
    for _number in range(2):
        a_dispatched(world)
    feed()
    client = logged_in(world.governor)
    row = Delivery.objects.inbox_of(world.governor.pk)[0]
    assert unread_cards(page_of(client, INBOX)) == 2
    response = client.post(f"{INBOX}{row.pk}/read/", {"page": "1", "unread": "1"})
    assert response["Location"] == f"{INBOX}?unread=1&page=1"
    assert unread_cards(page_of(client, INBOX)) == 1
    assert len(numbers(page_of(client, INBOX, unread="1"))) == 1
    row.refresh_from_db()
    first_read = row.read_at
    client.post(f"{INBOX}{row.pk}/read/")
    row.refresh_from_db()
    assert row.read_at == first_read is not None


def test_all_are_marked_as_read_but_those_that_came_after_the_page(world: World) -> None:
    a_dispatched(world)
    feed()
    client = logged_in(world.governor)
    found = re.search(r'name="until" value="(\d+)"', page_of(client, INBOX))
    assert found is not None
    a_dispatched(world)
    feed()
    client.post(f"{INBOX}read/", {"until": found[1]})
    assert unread_cards(page_of(client, INBOX)) == 1
    assert Delivery.objects.unread_by(world.governor.pk).count() == 1


def test_nobody_can_mark_the_notices_of_others(world: World) -> None:
    a_dispatched(world)
    feed()
    row = Delivery.objects.get(channel="inbox")
    assert logged_in(world.governor2).post(f"{INBOX}{row.pk}/read/").status_code == 404
    logged_in(world.governor2).post(f"{INBOX}read/", {"until": str(row.pk)})
    assert Delivery.objects.unread_by(world.governor.pk).count() == 1
    sms = Delivery.objects.get(channel="sms")
    with pytest.raises(NoSuchNotice):
        actions.mark_read(user_id=world.governor.pk, delivery_id=sms.pk, at=AT)


@pytest.mark.parametrize("until", ["", "x", "-1", "9" * 30, "１２", "\x00"])
def test_a_hostile_form_marks_nothing(world: World, until: str) -> None:
    a_dispatched(world)
    feed()
    response = logged_in(world.governor).post(
        f"{INBOX}read/", {"until": until, "page": until, "unread": until}
    )
    assert response["Location"] == INBOX
    assert Delivery.objects.unread_by(world.governor.pk).count() == 1


@pytest.mark.parametrize("address", [f"{INBOX}read/", f"{INBOX}1/read/"])
def test_reading_a_page_changes_nothing(world: World, address: str) -> None:
    assert logged_in(world.governor).get(address).status_code == 405


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999", "9" * 5_000, "\x00"])
def test_any_page_number_is_answered(world: World, page: str) -> None:
    a_dispatched(world)
    feed()
    assert len(numbers(page_of(logged_in(world.governor), INBOX, page=page))) == 1
    assert len(numbers(page_of(logged_in(world.governor), OUTBOX, page=page))) == 1


def test_many_notices_are_paged(world: World) -> None:
    for _number in range(23):
        a_dispatched(world)
    feed()
    client = logged_in(world.governor)
    assert len(numbers(page_of(client, INBOX))) == 20
    assert len(numbers(page_of(client, INBOX, page="2"))) == 3
    assert 'rel="next"' in page_of(client, INBOX)


def test_the_number_of_queries_does_not_grow_with_the_notices(world: World) -> None:
    client = logged_in(world.governor)

    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    a_dispatched(world)
    feed()
    one = cost(INBOX), cost(OUTBOX)
    for _number in range(18):
        a_dispatched(world)
    feed()
    assert (cost(INBOX), cost(OUTBOX)) == one
    assert max(one) <= 10


def bell(user: User | None) -> tuple[str, int]:
    """The bell as a page's header draws it, and what it cost."""
    request = RequestFactory().get("/")
    if user is not None:
        request.user = user
    template = Template(
        '{% include "delivery/bell.html" %}{% load notices %}{% unread_notices as again %}{{ again }}'
    )
    with CaptureQueriesContext(connection) as queries:
        drawn = template.render(Context({"request": request}))
    return drawn, len(queries)


def test_the_bell_tells_the_number_with_one_query(world: World) -> None:
    for _number in range(3):
        a_dispatched(world)
    feed()
    drawn, cost = bell(world.governor)
    assert 'data-unread="3"' in drawn
    assert f'href="{reverse("delivery:inbox")}"' in drawn
    assert cost == 1
    assert 'data-unread="0"' in bell(world.governor2)[0]
    assert bell(None)[1] == 0


def test_the_outbox_shows_the_text_with_a_link_that_works_and_a_masked_phone(world: World, settings) -> None:
    settings.SITE_URL = "https://yuhu.example.org/"
    case = a_report(world)
    feed()
    page = page_of(logged_in(world.governor2), OUTBOX)
    link = f"/f/{case.reporter.token}/"
    assert f'<a href="{link}">https://yuhu.example.org{link}</a>' in page
    assert case.number in page
    assert "138****5678" in page
    assert PHONE not in page
    assert NAME not in page


def test_the_outbox_tells_the_state_of_each_message(world: World, settings) -> None:
    settings.LANGUAGE_CODE = "en"
    settings.SMS_BACKEND = BROKEN
    a_report(world)
    feed()
    row = Delivery.objects.get(channel="sms")
    client = logged_in(world.governor)
    for state in ("pending", "sent", "dead"):
        times = {"next_at": AT if state == "pending" else None, "sent_at": AT if state == "sent" else None}
        Delivery.objects.filter(pk=row.pk).update(state=state, **times)
        row.refresh_from_db()
        assert str(row.get_state_display()) in page_of(client, OUTBOX)


def test_the_outbox_finds_a_case_by_its_number(world: World) -> None:
    one, other = a_report(world), a_report(world)
    feed()
    client = logged_in(world.governor)
    assert numbers(page_of(client, OUTBOX, number=one.number)) == [one.number]
    assert numbers(page_of(client, OUTBOX, number=other.number[-6:])) == [other.number]
    assert numbers(page_of(client, OUTBOX, number="%")) == []
    assert numbers(page_of(client, OUTBOX, number="1\x002")) == []
    page = page_of(client, OUTBOX, number='"><script>x</script>')
    assert "<script>x" not in page
    assert 'class="empty"' in page


def test_there_is_no_outbox_outside_the_demo(world: World, settings) -> None:
    settings.DEMO_OUTBOX = False
    assert logged_in(world.leader).get(OUTBOX).status_code == 404


def test_the_outbox_shows_messages_to_residents_only(world: World) -> None:
    a_dispatched(world, reporter=NOBODY)
    feed()
    assert Delivery.objects.filter(channel="inbox").exists()
    assert numbers(page_of(logged_in(world.governor), OUTBOX)) == []


def test_what_is_shown_is_the_time_of_the_event_on_the_clock_of_the_district(world: World) -> None:
    for hours in (15, 3, 9):
        a_dispatched(world, at=AT + dt.timedelta(hours=hours))
    feed(AT + dt.timedelta(days=2))
    page = page_of(logged_in(world.governor), INBOX)
    times = re.findall(r"<time[^>]*>([^<]+)</time>", page)
    assert times == ["2026-11-25 01:00", "2026-11-24 19:00", "2026-11-24 13:00"]
