"""The addresses for machines: alive asks nothing, ready asks database and broker and tells how far steps are behind."""

import datetime as dt

import pytest
import redis
from django.db import OperationalError, connections
from django.test import Client

from cases.models import Deadline
from tests.world import AT, World, a_dispatched, a_report
from yuhu.dashboard import health
from yuhu.journal.actions import relay
from yuhu.journal.models import Outbox


@pytest.fixture
def at(monkeypatch) -> dt.datetime:
    monkeypatch.setattr("yuhu.kit.clock.now", lambda: AT)
    return AT


@pytest.fixture(autouse=True)
def no_broker(settings) -> None:
    """None is configured, whatever the tests run on; tests about brokers configure their own."""
    settings.REDIS_URL = ""


def drain() -> None:
    """Everything that is recorded is in the feed."""
    while relay(at=AT):
        pass
    assert not Outbox.objects.exists()


def test_alive_touches_no_database(client: Client):
    # Without the database mark pytest-django refuses every query.
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"state": "alive"}


@pytest.mark.django_db
def test_ready_with_nothing_pending(client: Client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert "Retry-After" not in answer
    body = answer.json()
    assert (body["state"], body["database"], body["broker"]) == ("ready", True, None)
    assert body["oldest_pending_seconds"] is None


@pytest.mark.django_db
def test_ready_tells_the_age_of_the_oldest_step_and_that_nobody_sweeps(
    client: Client, world: World, at: dt.datetime
):
    a_report(world, at=AT - dt.timedelta(seconds=300))
    drain()
    body = client.get("/readyz").json()
    assert body["pending_seconds"] == {"journal": None, "dispatch": 300, "escalation": None, "delivery": None}
    assert body["oldest_pending_seconds"] == 300
    assert body["state"] == "behind"
    assert client.get("/readyz").status_code == 200, "pages are served all the same"


@pytest.mark.django_db
def test_an_entry_that_waits_for_the_relay_counts(client: Client, world: World, at: dt.datetime):
    drain()
    a_dispatched(world, at=AT - dt.timedelta(seconds=50))
    body = client.get("/readyz").json()
    assert body["pending_seconds"]["journal"] == 50
    assert body["state"] == "ready"


@pytest.mark.django_db
def test_a_breach_that_nobody_was_told_of_counts(client: Client, world: World, at: dt.datetime):
    case = a_dispatched(world, at=AT - dt.timedelta(days=3))
    due = Deadline.objects.running().filter(case=case).order_by("due_at")[0].due_at
    body = client.get("/readyz").json()
    assert body["pending_seconds"]["escalation"] == int((AT - due).total_seconds())


def test_ready_says_503_when_the_database_is_down(client: Client, monkeypatch):
    def down() -> None:
        raise OperationalError("the server closed the connection")

    # In the object, so that nothing stays behind.
    monkeypatch.setitem(connections["default"].__dict__, "ensure_connection", down)
    answer = client.get("/readyz")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json() == {
        "state": "down",
        "database": False,
        "broker": None,
        "oldest_pending_seconds": None,
        "pending_seconds": None,
    }


@pytest.mark.django_db
def test_ready_says_503_when_the_database_fails_in_the_middle(client: Client, monkeypatch):
    def broken(at: dt.datetime) -> None:
        raise OperationalError("disk I/O error")

    monkeypatch.setitem(health._PENDING, "dispatch", broken)
    assert client.get("/readyz").status_code == 503


@pytest.mark.django_db
def test_ready_says_503_when_the_configured_broker_is_away(client: Client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert (answer.json()["broker"], answer.json()["database"]) == (False, True)


@pytest.mark.django_db
def test_ready_with_a_broker_that_answers(client: Client, settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(redis.Redis, "ping", lambda self: True)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["broker"] is True


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_machines_need_no_log_in_may_not_write_and_nothing_is_kept(client: Client, path: str):
    answer = client.get(path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405
