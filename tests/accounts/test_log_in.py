"""The one log-in page: who gets in, who is sent where, what is written down, and when the door is locked."""

import datetime as dt

import pytest
from django.test import Client

from staffing.models import User
from tests.world import PASSWORD, World
from yuhu.journal.models import Entry
from yuhu.kit import clock

pytestmark = pytest.mark.django_db

WRONG = "quite-another-password"


def log_in(client: Client, username: str = "governor", password: str = PASSWORD, **more: str):
    return client.post("/login/", {"username": username, "password": password, **more})


def kinds(user: User) -> list[str]:
    return list(Entry.objects.for_subject("user", user.pk).values_list("kind", flat=True))


@pytest.fixture
def moment(monkeypatch) -> list[dt.datetime]:
    """What time django-axes reads; a test moves it on."""
    now = [clock.now()]
    monkeypatch.setattr("axes.handlers.proxy.now", lambda: now[0])
    return now


def test_the_right_password_opens_the_first_page(client: Client, world: World):
    answer = log_in(client)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert client.session["_auth_user_id"] == str(world.governor.pk)


def test_a_page_that_was_asked_for_is_shown_after_logging_in(client: Client, world: World):
    answer = client.get("/cases/?overdue=1")
    assert answer["Location"] == "/login/?next=/cases/%3Foverdue%3D1"
    assert log_in(client, next="/cases/?overdue=1")["Location"] == "/cases/?overdue=1"


def test_nobody_is_sent_to_another_site(client: Client, world: World):
    assert log_in(client, next="https://evil.example/")["Location"] == "/"


def test_the_session_gets_a_new_key(client: Client, world: World):
    session = client.session
    session["seen_before"] = True
    session.save()
    before = session.session_key
    log_in(client)
    assert client.session.session_key != before


def test_a_wrong_password_is_told_and_keeps_the_name(client: Client, world: World):
    answer = log_in(client, password=WRONG)
    assert answer.status_code == 200
    assert 'value="governor"' in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_an_account_that_was_closed_does_not_get_in(client: Client, world: World):
    User.objects.filter(pk=world.governor.pk).update(is_active=False)
    assert log_in(client).status_code == 200
    assert "_auth_user_id" not in client.session


def test_five_failures_lock_the_name_for_half_an_hour(
    client: Client, world: World, moment: list[dt.datetime]
):
    for _attempt in range(4):
        assert log_in(client, password=WRONG).status_code == 200
    locked = log_in(client, password=WRONG)
    assert locked.status_code == 429
    assert "30" in locked.content.decode()
    assert log_in(client).status_code == 429, "the right password too"

    moment[0] += dt.timedelta(minutes=29)
    assert log_in(client).status_code == 429
    moment[0] += dt.timedelta(minutes=2)
    assert log_in(client).status_code == 302


def test_trying_during_the_lock_does_not_make_it_longer(
    client: Client, world: World, moment: list[dt.datetime]
):
    for _attempt in range(5):
        log_in(client, password=WRONG)
    moment[0] += dt.timedelta(minutes=20)
    assert log_in(client, password=WRONG).status_code == 429
    moment[0] += dt.timedelta(minutes=11)
    assert log_in(client).status_code == 302


def test_the_lock_is_for_one_name_at_one_address(client: Client, world: World):
    for _attempt in range(5):
        log_in(client, password=WRONG)
    assert log_in(client, "supervisor").status_code == 302
    client.logout()
    elsewhere = Client(REMOTE_ADDR="203.0.113.7")
    assert log_in(elsewhere).status_code == 302


def test_the_count_begins_anew_after_a_success(client: Client, world: World):
    for _attempt in range(4):
        log_in(client, password=WRONG)
    log_in(client)
    client.post("/logout/")
    for _attempt in range(4):
        assert log_in(client, password=WRONG).status_code == 200


def test_log_ins_failures_and_the_lock_are_written_down_without_what_was_typed(client: Client, world: World):
    log_in(client)
    client.post("/logout/")
    for _attempt in range(6):
        log_in(client, password=WRONG)
    told = kinds(world.governor)
    assert told == ["user.logged_in", *["user.login_failed"] * 5, "user.locked_out"]
    entries = Entry.objects.for_subject("user", world.governor.pk)
    first, failed = entries[0], entries[1]
    assert (first.actor_id, first.actor_name) == (world.governor.pk, world.governor.name)
    assert first.actor_address == "127.0.0.1"
    assert (failed.actor_id, failed.actor_name, failed.data, failed.area) == (None, "", {}, "")
    assert failed.actor_address == "127.0.0.1"


def test_a_name_that_nobody_bears_is_not_written_down(client: Client, world: World):
    before = Entry.objects.count()
    assert log_in(client, "' OR 1=1 --").status_code == 200
    assert log_in(client, "张三 13800005678").status_code == 200
    assert Entry.objects.count() == before


def test_a_name_with_a_nul_is_refused_politely(client: Client, world: World):
    assert log_in(client, "gover\0nor").status_code == 200


def test_logging_out_takes_a_form_and_says_so(client: Client, world: World):
    client.force_login(world.governor)
    assert client.get("/logout/").status_code == 302
    assert client.session.get("_auth_user_id"), "a link logs nobody out"
    answer = client.post("/logout/", follow=True)
    assert answer.request["PATH_INFO"] == "/logged-out/"
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_whoever_is_logged_in_is_not_asked_again(client: Client, world: World):
    client.force_login(world.governor)
    assert client.get("/login/")["Location"] == "/"
    assert client.get("/logged-out/")["Location"] == "/"


def test_the_admin_has_no_log_in_of_its_own(client: Client, world: World):
    answer = client.get("/admin/login/?next=/admin/")
    assert answer["Location"] == "/login/?next=%2Fadmin%2F"
    assert log_in(client, "admin", next="/admin/")["Location"] == "/admin/"


def test_a_post_without_a_seat_at_the_desk_is_told_instead_of_sent_in_circles(client: Client, world: World):
    client.force_login(world.governor)
    answer = client.get("/admin/", follow=True)
    assert (answer.status_code, answer.redirect_chain) == (403, [])
    assert "<h1" in answer.content.decode()


def test_the_language_is_switched_and_kept(client: Client, world: World):
    assert 'lang="zh-hans"' in client.get("/login/").content.decode()
    client.post("/i18n/setlang/", {"language": "en", "next": "/login/"})
    assert 'lang="en"' in client.get("/login/").content.decode()


@pytest.mark.parametrize("path", ["/", "/cases/", "/roster/", "/inbox/", "/password/", "/password/done/"])
def test_nothing_opens_without_a_log_in(client: Client, world: World, path: str):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")
