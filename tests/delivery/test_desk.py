"""The ledger at the desk: who may look after it, what each of them sees, and sending again."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case
from staffing.models import User
from tests.delivery.makers import feed
from tests.world import OTHER_STREET, World, a_dispatched, a_report
from yuhu.delivery.models import Delivery
from yuhu.delivery.states import State
from yuhu.journal.models import Entry

pytestmark = pytest.mark.django_db

PHONE, MASKED, NAME = "13800005678", "138****5678", "张三"


def desk() -> str:
    return reverse("admin:delivery_delivery_changelist")


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(user: User, **data: str) -> str:
    response = logged_in(user).get(desk(), data)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.fixture
def case(world: World) -> Case:
    """A case of the street whose answer to the reporter was given up."""
    found = a_dispatched(world)
    feed()
    Delivery.objects.filter(channel="sms").update(state=State.DEAD, next_at=None, last_error="gateway_503")
    return found


@pytest.mark.parametrize(
    "who, status",
    [
        ("dispatcher", 200), ("dispatcher9", 200), ("coordinator", 200), ("admin", 200), ("governor", 403),
        ("handler", 403), ("streetleader", 403), ("leader", 403), ("auditor", 403), ("security", 403),
        ("stranger", 403),
    ],
)  # fmt: skip
def test_only_those_who_may_send_again_see_the_ledger(world: World, who: str, status: int) -> None:
    assert logged_in(world.people[who]).get(desk()).status_code == status


def test_a_duty_officer_sees_the_street_and_masked_people(world: World, case: Case) -> None:
    page = page_of(world.dispatcher)
    assert case.number in page
    assert MASKED in page
    assert world.governor.name in page
    assert "gateway_503" in page
    assert PHONE not in page
    assert NAME not in page
    assert case.reporter.token not in page


def test_a_duty_officer_of_another_street_sees_nothing_of_it(world: World, case: Case) -> None:
    other = a_report(world, "governor9", block=world.b9.code)
    feed()
    assert other.street_code == OTHER_STREET
    page = page_of(world.dispatcher9)
    assert other.number in page
    assert case.number not in page


def test_a_system_administrator_sees_what_is_stuck_and_not_whom_it_concerns(world: World, case: Case) -> None:
    page = page_of(world.admin)
    assert "gateway_503" in page
    assert case.number not in page
    assert MASKED not in page
    assert world.governor.name not in page
    found = page_of(world.admin, q=case.number)
    assert "gateway_503" not in found, "a search must not tell what a column hides"


def test_a_duty_officer_finds_the_rows_of_a_case(world: World, case: Case) -> None:
    other = a_dispatched(world)
    feed()
    page = page_of(world.dispatcher, q=case.number)
    assert case.number in page
    assert f">{other.number}<" not in page


def test_rows_of_a_case_about_an_official_are_not_shown_by_area(world: World, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(restricted=True)
    assert case.number not in page_of(world.dispatcher)


def test_what_was_given_up_is_sent_again_from_the_desk(world: World, case: Case) -> None:
    dead = Delivery.objects.get(channel="sms")
    sent = Delivery.objects.get(channel="inbox")
    data = {"action": "send_again", "_selected_action": [str(dead.pk), str(sent.pk)]}
    response = logged_in(world.dispatcher).post(desk(), data, follow=True)
    assert response.status_code == 200
    dead.refresh_from_db()
    sent.refresh_from_db()
    assert (dead.state, sent.state) == (State.PENDING, State.SENT)
    assert sorted(message.level_tag for message in response.context["messages"]) == ["success", "warning"]
    assert Entry.objects.get(kind="delivery.resent").actor_id == world.dispatcher.pk


def test_rows_outside_ones_area_cannot_be_sent_again_by_a_forged_form(world: World, case: Case) -> None:
    dead = Delivery.objects.get(channel="sms")
    logged_in(world.dispatcher9).post(desk(), {"action": "send_again", "_selected_action": [str(dead.pk)]})
    dead.refresh_from_db()
    assert dead.state == State.DEAD


def test_nothing_can_be_added_changed_or_deleted(world: World, case: Case) -> None:
    client = logged_in(world.dispatcher)
    row = Delivery.objects.get(channel="sms")
    assert client.get(reverse("admin:delivery_delivery_add")).status_code == 403
    assert client.get(reverse("admin:delivery_delivery_delete", args=[row.pk])).status_code == 403
    page = client.get(reverse("admin:delivery_delivery_change", args=[row.pk]))
    assert page.status_code == 200
    assert MASKED in page.content.decode()
    assert 'type="text"' not in page.content.decode()
    assert (
        client.post(reverse("admin:delivery_delivery_change", args=[row.pk]), {"state": "sent"}).status_code
        == 403
    )


def test_the_list_costs_the_same_for_many_rows(world: World, case: Case) -> None:
    client = logged_in(world.dispatcher)

    def cost() -> int:
        client.get(desk())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(desk()).status_code == 200
        return len(queries)

    one = cost()
    for _number in range(15):
        a_dispatched(world)
    feed()
    assert cost() == one
