"""Changing one's own password: the rules, what is written down, and what happens to other devices."""

import pytest
from django.test import Client

from staffing.actions import change_password
from staffing.exceptions import SamePassword, WeakPassword
from staffing.models import User
from tests.world import AT, PASSWORD, World
from yuhu.journal.actions import Actor
from yuhu.journal.models import Entry

pytestmark = pytest.mark.django_db

NEW = "seven-lakes-and-a-bridge"
ME = Actor(id=1, name="me")


@pytest.fixture
def inside(client: Client, world: World) -> Client:
    client.force_login(world.governor)
    return client


def change(client: Client, new: str = NEW, *, old: str = PASSWORD, again: str | None = None):
    data = {"old_password": old, "new_password1": new, "new_password2": new if again is None else again}
    return client.post("/password/", data)


def test_the_new_password_holds_is_dated_and_written_down(inside: Client, world: World):
    answer = change(inside)
    assert answer["Location"] == "/password/done/"
    user = User.objects.get(pk=world.governor.pk)
    assert user.check_password(NEW)
    assert user.password_changed_at is not None
    entry = Entry.objects.for_subject("user", user.pk).last()
    assert entry is not None
    assert (entry.kind, entry.actor_id, entry.data) == ("user.password_changed", user.pk, {})


def test_this_session_goes_on_and_the_others_end(inside: Client, world: World):
    other = Client()
    other.force_login(world.governor)
    assert other.get("/inbox/").status_code == 200
    change(inside)
    assert inside.get("/password/done/").status_code == 200
    assert other.get("/inbox/").status_code == 302


@pytest.mark.parametrize(
    "weak",
    ["short-pass1", "password1234", "123456789012", "governor-governor", "E-governor-1234"],
    ids=["too short", "common", "digits only", "like the log-in name", "like the employee number"],
)
def test_a_weak_password_is_refused_and_nothing_changes(inside: Client, world: World, weak: str):
    User.objects.filter(pk=world.governor.pk).update(phone="13800005678")
    answer = change(inside, weak)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert User.objects.get(pk=world.governor.pk).check_password(PASSWORD)


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("not-the-present-one", NEW, NEW, "old_password"),
        (PASSWORD, NEW, "something-else-again", "new_password2"),
        (PASSWORD, PASSWORD, PASSWORD, "new_password1"),
    ],
    ids=["wrong present one", "typed differently", "the same again"],
)
def test_a_slip_is_told_at_its_field(inside: Client, old: str, new: str, again: str, field: str):
    answer = change(inside, new, old=old, again=again)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors


def test_the_action_keeps_the_rules_for_every_door(world: World):
    with pytest.raises(WeakPassword):
        change_password(user=world.governor, password="short", at=AT, actor=ME)
    with pytest.raises(SamePassword):
        change_password(user=world.governor, password=PASSWORD, at=AT, actor=ME)
    assert not Entry.objects.of_kinds(["user.password_changed"]).exists()


def test_the_admin_leads_to_the_same_page(inside: Client):
    assert inside.get("/admin/password_change/")["Location"] == "/password/"
