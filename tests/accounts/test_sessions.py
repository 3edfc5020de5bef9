"""Idle sessions end by themselves: a desk after 30 minutes, a remembered phone after 12 hours."""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from tests.world import PASSWORD, World
from yuhu.kit.sessions import SessionStore

pytestmark = pytest.mark.django_db

MINUTE, HOUR = 60, 3600


@pytest.fixture
def seconds(monkeypatch) -> list[float]:
    """What ``time.time`` says in the middleware; a test moves it on."""
    now = [1_800_000_000.0]
    monkeypatch.setattr("staffing.middleware.time.time", lambda: now[0])
    return now


def log_in(client: Client, **more: str) -> None:
    assert client.post("/login/", {"username": "governor", "password": PASSWORD, **more}).status_code == 302


def is_in(client: Client) -> bool:
    return client.get("/inbox/").status_code == 200


def test_a_desk_is_logged_out_after_half_an_hour_of_nothing(
    client: Client, world: World, seconds: list[float]
):
    log_in(client)
    assert is_in(client)
    seconds[0] += 29 * MINUTE
    assert is_in(client)
    seconds[0] += 31 * MINUTE
    assert not is_in(client)


def test_a_remembered_phone_is_logged_out_after_twelve_hours_of_nothing(
    client: Client, world: World, seconds: list[float]
):
    log_in(client, remember="on")
    assert is_in(client)
    seconds[0] += 11 * HOUR
    assert is_in(client)
    seconds[0] += 12 * HOUR + MINUTE
    assert not is_in(client)


def test_a_desk_after_a_phone_is_a_desk_again(client: Client, world: World, seconds: list[float]):
    log_in(client, remember="on")
    log_in(client)
    assert is_in(client)
    seconds[0] += 31 * MINUTE
    assert not is_in(client)


def test_work_keeps_the_session_alive(client: Client, world: World, seconds: list[float]):
    log_in(client)
    for _visit in range(8):
        seconds[0] += 20 * MINUTE
        assert is_in(client)


def test_activity_is_stamped_at_most_every_five_minutes(client: Client, world: World, seconds: list[float]):
    log_in(client)
    is_in(client)
    stamped = client.session["seen"]
    seconds[0] += 4 * MINUTE
    is_in(client)
    assert client.session["seen"] == stamped
    seconds[0] += 2 * MINUTE
    is_in(client)
    assert client.session["seen"] == int(seconds[0])


def test_the_log_in_page_says_once_why_one_is_out(client: Client, world: World, seconds: list[float]):
    client.cookies["django_language"] = "en"
    log_in(client)
    is_in(client)
    seconds[0] += 31 * MINUTE
    page = client.get("/inbox/", follow=True).content.decode()
    assert "nothing was done for a while" in page
    assert "nothing was done for a while" not in client.get("/login/?next=/inbox/").content.decode()


def refusing(error: type[Exception]):
    """The database goes away when a session is written."""

    def execute(call, sql, params, many, context):
        if sql.startswith("UPDATE") and "django_session" in sql:
            raise error("away")
        return call(sql, params, many, context)

    return connection.execute_wrapper(execute)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_goes_away_while_a_session_is_kept_is_503(
    client: Client, world: World, seconds: list[float], error: type[Exception]
):
    log_in(client)
    client.raise_request_exception = False
    seconds[0] += 10 * MINUTE  # the next request stamps the session
    with refusing(error):
        answer = client.get("/inbox/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert is_in(client)


def test_a_session_that_was_deleted_meanwhile_is_not_made_again():
    store = SessionStore()
    store.create()
    SessionStore(store.session_key).delete()
    store["late"] = 1
    with pytest.raises(UpdateError):
        store.save()
