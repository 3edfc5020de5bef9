"""Rules for accounts (GB/T 22239-2019, 8.1.4.1 and 8.1.4.2): own passwords, none twice, one session, none unused."""

import datetime as dt

import pytest
from django.core.checks import run_checks
from django.test import Client

from staffing.actions import change_password, close_unused, create_account, reset_password, set_active
from staffing.exceptions import SamePassword, UsedBefore
from staffing.models import FormerPassword, User
from staffing.tasks import sweep_unused
from tests.world import AT, PASSWORD, World
from yuhu.journal.actions import Actor
from yuhu.journal.models import Entry
from yuhu.kit import clock

pytestmark = pytest.mark.django_db

ME = Actor(id=1, name="me")
ADMIN = Actor(id=2, name="admin")
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def now(monkeypatch) -> list[dt.datetime]:
    """What the doors see when they look at the clock."""
    moment = [AT]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


def enter(client: Client, name: str = "governor", password: str = PASSWORD) -> None:
    assert client.post("/login/", {"username": name, "password": password}).status_code == 302


# --- passwords ----------------------------------------------------------------------------------------------------


def passwords(count: int) -> list[str]:
    return [f"seven-lakes-and-{number}-bridges" for number in range(count)]


def test_none_of_the_last_five_passwords_is_chosen_again(world: World) -> None:
    first, *later = passwords(6)
    change_password(user=world.governor, password=first, at=AT, actor=ME)
    for password in later[:4]:
        change_password(user=User.objects.get(pk=world.governor.pk), password=password, at=AT, actor=ME)
    user = User.objects.get(pk=world.governor.pk)
    for old in (first, *later[:3]):
        with pytest.raises(UsedBefore):
            change_password(user=user, password=old, at=AT, actor=ME)
        with pytest.raises(UsedBefore):
            reset_password(user=user, password=old, at=AT, actor=ADMIN)
    with pytest.raises(SamePassword):
        change_password(user=user, password=later[3], at=AT, actor=ME)
    change_password(user=user, password=later[4], at=AT, actor=ME)
    user.refresh_from_db()
    change_password(user=user, password=first, at=AT, actor=ME)
    assert FormerPassword.objects.filter(user=user).count() == 4, "older ones are not kept"


def test_a_first_password_is_replaced_before_anything_else_opens(world: World, client: Client) -> None:
    first, own = passwords(2)
    create_account(username="xin.lai", password=first, facts={"name": "新来"}, at=AT, actor=ADMIN)
    enter(client, "xin.lai", first)
    for path in ("/", "/cases/", "/inbox/", "/admin/"):
        assert client.get(path)["Location"].startswith("/password/"), path
    refused = client.get("/api/v1/cases/")
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["code"] == "password_change_required"
    assert client.post("/inbox/read/")["Location"] == "/password/"
    client.cookies["django_language"] = "en"
    assert "choose a password of your own" in client.get("/password/").content.decode()
    data = {"old_password": first, "new_password1": own, "new_password2": own}
    assert client.post("/password/", data).status_code == 302
    assert client.get("/inbox/").status_code == 200
    assert client.get("/api/v1/cases/").status_code == 200


def test_a_password_that_an_administrator_gave_is_replaced_too(world: World, client: Client) -> None:
    reset_password(user=world.governor, password=passwords(1)[0], at=AT, actor=ADMIN)
    enter(client, password=passwords(1)[0])
    assert client.get("/inbox/")["Location"].startswith("/password/")
    assert client.post("/logout/")["Location"] == "/logged-out/"


def test_a_password_is_good_for_so_many_days(world: World, client: Client, settings, now) -> None:
    change_password(user=world.governor, password=passwords(1)[0], at=AT, actor=ME)
    enter(client, password=passwords(1)[0])
    settings.PASSWORD_MAX_DAYS = 90
    now[0] = AT + 90 * DAY
    assert client.get("/inbox/").status_code == 200
    now[0] += DAY
    assert client.get("/inbox/")["Location"].startswith("/password/")
    settings.PASSWORD_MAX_DAYS = 0
    assert client.get("/inbox/").status_code == 200, "0 switches it off"


# --- sessions -----------------------------------------------------------------------------------------------------


def test_a_new_log_in_ends_the_other_session(world: World, settings) -> None:
    settings.SINGLE_SESSION = True
    desk, phone = Client(), Client(headers={"accept-language": "en"})
    enter(phone)
    enter(desk)
    assert desk.get("/inbox/").status_code == 200
    assert phone.get("/api/v1/cases/").status_code == 401
    said = phone.get("/inbox/", follow=True).content.decode()
    assert "logged in on another device" in said
    assert desk.get("/inbox/").status_code == 200


def test_control_without_the_setting_both_go_on(world: World) -> None:
    desk, phone = Client(), Client()
    enter(phone)
    enter(desk)
    assert phone.get("/inbox/").status_code == desk.get("/inbox/").status_code == 200


# --- accounts that nobody uses ------------------------------------------------------------------------------------


@pytest.fixture
def ninety(settings) -> dt.datetime:
    settings.UNUSED_ACCOUNT_DAYS = 90
    User.objects.update(last_login=AT)
    return AT + 91 * DAY


def test_what_nobody_used_for_ninety_days_is_closed_and_journaled(world: World, ninety) -> None:
    User.objects.exclude(pk=world.handler.pk).update(last_login=ninety - DAY)
    assert sweep_unused(AT + 90 * DAY) == 0, "not on the ninetieth day"
    assert sweep_unused(ninety) == 1
    assert not User.objects.get(pk=world.handler.pk).is_active
    entry = Entry.objects.get(kind="user.deactivated")
    assert (entry.subject_id, entry.actor_name, entry.data) == (
        str(world.handler.pk),
        "system",
        {"unused_days": 90},
    )
    assert sweep_unused(ninety) == 0


def test_whoever_was_opened_again_has_ninety_days_more(world: World, ninety) -> None:
    User.objects.exclude(pk=world.handler.pk).update(last_login=ninety - DAY)
    sweep_unused(ninety)
    set_active(user=world.handler, active=True, at=ninety, actor=ADMIN)
    assert sweep_unused(ninety + DAY) == 0
    assert sweep_unused(ninety + 91 * DAY) > 0


def test_a_new_account_that_was_never_used_is_closed_too(world: World, ninety) -> None:
    User.objects.update(last_login=ninety)
    user = create_account(
        username="xin.lai", password=passwords(1)[0], facts={"name": "新来"}, at=AT, actor=ADMIN
    )
    assert sweep_unused(ninety) == 1
    assert not User.objects.get(pk=user.pk).is_active


def test_people_of_the_roster_without_a_password_stay(world: World, ninety) -> None:
    User.objects.update(last_login=ninety)
    User.objects.filter(pk=world.handler.pk).update(password="!none", last_login=None, opened_at=AT)
    assert sweep_unused(ninety) == 0


def test_the_last_system_administrator_is_never_closed(world: World, ninety) -> None:
    since = ninety - 90 * DAY
    assert not close_unused(user_id=world.admin.pk, unused_since=since, at=ninety)
    assert sweep_unused(ninety) == len(world.people) - 1
    assert list(User.objects.filter(is_active=True)) == [world.admin]


def test_zero_days_close_nobody(world: World, settings) -> None:
    settings.UNUSED_ACCOUNT_DAYS = 0
    User.objects.update(last_login=AT)
    assert sweep_unused(AT + 9_000 * DAY) == 0


# --- the deployment check -----------------------------------------------------------------------------------------


def test_the_deployment_check_names_each_rule_that_is_off(settings) -> None:
    rules = {
        "PASSWORD_MAX_DAYS": 0,
        "UNUSED_ACCOUNT_DAYS": 0,
        "SINGLE_SESSION": False,
        "SECOND_FACTOR": "off",
    }
    strict = {
        "PASSWORD_MAX_DAYS": 90,
        "UNUSED_ACCOUNT_DAYS": 90,
        "SINGLE_SESSION": True,
        "SECOND_FACTOR": "required",
    }

    def told(values) -> set[str]:
        for name, value in values.items():
            setattr(settings, name, value)
        found = run_checks(tags=["security"], include_deployment_checks=True)
        return {str(one.id) for one in found if str(one.id).startswith("staffing.")}

    assert told(rules) == {"staffing.W001", "staffing.W002", "staffing.W003", "staffing.W004"}
    assert told(strict) == set()
    assert told({"SECOND_FACTOR": "off"}) == {"staffing.W004"}
