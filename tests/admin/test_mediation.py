"""Mediations at the desk: for the mediators of the unit, names for a reason and a password."""

import pytest

from cases.models import Mediation
from staffing.actions import join
from staffing.middleware import PROVEN
from staffing.models import Membership, Unit
from tests.admin.desk import enter, listed, page, said
from tests.cases.mediation_makers import LIST, NAME, PHONE, a_dispute, opened, seat, with_parties
from tests.world import AT, START, World
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(world: World) -> World:
    """The cast, with a mediator in the community, one in the district's justice office, and one elsewhere."""
    seats = {
        "stranger": Unit.objects.get(community=world.b1.community, kind=Unit.Kind.COMMUNITY),
        "handler2": Unit.objects.get(name="区司法局"),
        "governor9": Unit.objects.get(community=world.b9.community, kind=Unit.Kind.COMMUNITY),
    }
    for name, unit in seats.items():
        join(
            unit=unit,
            user=world.people[name],
            role=Membership.Role.MEDIATOR,
            starts_on=START,
            at=AT,
            actor=SYSTEM,
        )
    return world


# --- The desk --------------------------------------------------------------------------------------


def test_a_duty_officer_opens_one_at_the_desk_and_its_mediator_keeps_it_there(world):
    case = a_dispute(world)
    sent = {"number": case.number, "kind": "people", "basis": "request"}
    sent |= {"unit": seat(world, "stranger").pk, "mediator": world.stranger.pk}
    answer = enter(world.dispatcher).post(page(LIST, "add"), sent)
    assert answer.headers["Location"] == case.get_absolute_url()
    assert enter(world.dispatcher).get(page(LIST)).status_code == 403
    row = Mediation.objects.get()
    browser = enter(world.stranger)
    assert [one.pk for one in listed(browser, LIST, waits="running")] == [row.pk]
    do_ = page(LIST, "do", row.pk, "party")
    assert "已办理" in said(
        browser.post(do_, {"side": "applicant", "name": NAME, "phone": PHONE}, follow=True)
    )
    text = browser.get(page(LIST, "change", row.pk)).content.decode()
    assert "欧***" in text
    assert NAME not in text


def test_a_case_of_another_street_cannot_be_named(world):
    case = a_dispute(world, name="governor9", block=world.b9.code)
    sent = {"number": case.number, "kind": "people", "basis": "request"}
    sent |= {"unit": seat(world, "stranger").pk, "mediator": world.stranger.pk}
    answer = enter(world.dispatcher).post(page(LIST, "add"), sent)
    assert answer.context["adminform"].form.errors["number"]
    assert not Mediation.objects.exists()


def test_names_are_shown_for_a_reason_after_the_password_and_it_is_recorded(world):
    row = with_parties(world, opened(world))
    browser = enter(world.stranger)
    address = page(LIST, "parties", row.pk)
    browser.get(address)
    session = browser.session
    session[PROVEN] = 0  # the log-in was long ago
    session.save()
    refused = browser.post(address, {"reason": "联系当事人", "password": "wrong"})
    assert NAME not in refused.content.decode()
    shown = browser.post(address, {"reason": "联系当事人", "password": "correct-horse-battery"})
    assert NAME in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert Entry.objects.filter(kind="mediation.revealed").count() == 1
    assert enter(world.handler2).get(address).status_code == 403


def test_another_units_mediation_does_not_exist(world):
    row = opened(world)
    browser = enter(world.governor9)
    assert listed(browser, LIST) == []
    assert browser.get(page(LIST, "change", row.pk), follow=True).redirect_chain[-1][0] != page(
        LIST, "change", row.pk
    )
    browser.post(page(LIST, "do", row.pk, "session"), {"text": "偷看"})
    assert not row.records.exists()
