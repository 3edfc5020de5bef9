"""``/metrics``: who may ask, what is told, what must never be told, and several processes as one."""

import os
import subprocess
import sys

import pytest
from django.db import DatabaseError, OperationalError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families

from tests.runtime.machine import BASE
from tests.world import AT, World, a_dispatched, a_report
from yuhu.journal.actions import relay
from yuhu.kit import steps
from yuhu.runtime.metrics import counters, shared


def numbers(client: Client) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample that the door tells, by name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def value(found: dict, name: str, **labels: str) -> float:
    return float(found.get((name, frozenset(labels.items())), 0.0))


@pytest.fixture(autouse=True)
def alone(settings, monkeypatch) -> None:
    """No broker, no shared folder, nobody else's numbers."""
    settings.REDIS_URL = ""
    monkeypatch.delenv(shared.VARIABLE, raising=False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("behind_proxy", "meta", "status"),
    [
        (False, {"REMOTE_ADDR": "127.0.0.1"}, 200),
        (False, {"REMOTE_ADDR": "::1"}, 200),
        (False, {"REMOTE_ADDR": "10.0.0.7"}, 404),
        (False, {"REMOTE_ADDR": ""}, 404),
        # A proxy that the settings do not know of: its address says nothing about the caller.
        (False, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        (True, {"REMOTE_ADDR": "127.0.0.1"}, 200),  # asked directly, past the proxy
        (True, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, 404),
        (True, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1, 203.0.113.9"}, 404),
        # A proxy that does not tell for whom it asks.
        (True, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"}, 404),
    ],
)
def test_only_allowed_addresses_are_answered(client: Client, settings, behind_proxy, meta, status):
    settings.BEHIND_PROXY = behind_proxy
    assert client.get("/metrics", **meta).status_code == status


@pytest.mark.django_db
def test_a_token_opens_from_anywhere_and_only_the_right_one(settings):
    far = Client(REMOTE_ADDR="203.0.113.9")
    settings.METRICS_TOKEN = "a long token"
    for header in ("", "Bearer", "Bearer ", "Bearer another", "Basic a long token", "Bearer 长"):
        assert far.get("/metrics", HTTP_AUTHORIZATION=header).status_code == 404, header
    assert far.get("/metrics", HTTP_AUTHORIZATION="Bearer a long token").status_code == 200
    settings.METRICS_TOKEN = ""
    assert far.get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 404


@pytest.mark.django_db
def test_a_network_may_be_allowed(client: Client, settings):
    settings.METRICS_ALLOWED = ["10.20.0.0/16"]
    assert client.get("/metrics", REMOTE_ADDR="10.20.3.4").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404


@pytest.mark.django_db
def test_requests_are_counted_by_view_and_never_by_path(client: Client, world: World):
    case = a_report(world)
    client.force_login(world.governor)
    before = numbers(client)
    client.get(f"/cases/{case.number}/")
    client.get(f"/f/{case.reporter.token}/")
    client.get("/there/is/nothing-of-that-name")
    client.generic("BREW", "/login/")
    found = numbers(client)
    name = "django_http_responses_total_by_status_view_method_total"
    labels = {"status": "200", "view": "cases:case", "method": "GET"}
    assert value(found, name, **labels) == value(before, name, **labels) + 1
    assert (
        value(found, "yuhu_answers_total", status="404")
        == value(before, "yuhu_answers_total", status="404") + 1
    )
    told = client.get("/metrics").content.decode()
    for secret in (
        case.number,
        case.reporter.token,
        "nothing-of-that-name",
        "BREW",
        "governor",
        "高志远",
        "张三",
        "13800005678",
    ):
        assert secret not in told, secret


@pytest.mark.django_db
def test_a_refusal_is_timed_once(client: Client, world: World):
    client.force_login(world.stranger)
    name = "django_http_requests_latency_seconds_by_view_method_count"
    labels = {"view": "roster", "method": "GET"}
    before = value(numbers(client), name, **labels)
    assert client.get("/roster/").status_code == 403
    assert value(numbers(client), name, **labels) == before + 1


@pytest.mark.django_db
def test_what_waits_is_told_as_readyz_tells_it(client: Client, world: World, monkeypatch):
    monkeypatch.setattr("yuhu.kit.clock.now", lambda: AT)
    monkeypatch.setattr("django.conf.settings.STEP_TRANSPORT", "yuhu.kit.steps.run_nowhere")
    import datetime as dt

    a_report(world, at=AT - dt.timedelta(seconds=300))
    a_dispatched(world, at=AT - dt.timedelta(days=60))
    ages = client.get("/readyz").json()["pending_seconds"]
    found = numbers(client)
    assert ages["dispatch"] == 300
    for step, age in ages.items():
        assert value(found, "yuhu_pending_seconds", step=step) == (age or 0), step
    assert value(found, "yuhu_cases_open") == 2
    assert value(found, "yuhu_cases_overdue") == 1
    assert value(found, "yuhu_database_up") == 1
    waiting = value(found, "yuhu_feed_waiting")
    assert waiting > 1
    while relay(at=AT):
        pass
    found = numbers(client)
    assert value(found, "yuhu_feed_waiting") == 0
    assert value(found, "yuhu_feed_unannounced") == value(found, "yuhu_feed_number") >= waiting


@pytest.mark.django_db
def test_the_queries_do_not_grow_with_the_rows(client: Client, world: World):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get("/metrics")
        return len(seen)

    client.get("/metrics")
    few = queries()
    for _ in range(5):
        a_dispatched(world)
    assert queries() == few <= 16


@pytest.mark.django_db
def test_a_database_that_is_away_is_a_number_too(client: Client, monkeypatch):
    def away(*args: object) -> None:
        raise OperationalError("away")

    # In the object, so that nothing stays behind.
    monkeypatch.setitem(connections["default"].__dict__, "ensure_connection", away)
    found = numbers(client)
    assert value(found, "yuhu_database_up") == 0
    assert value(found, "yuhu_answers_total", status="404") >= 0


@pytest.mark.django_db
def test_a_query_that_fails_is_counted(client: Client):
    before = value(numbers(client), "yuhu_database_errors_total", kind="OperationalError")
    wrapper = counters.count_errors
    assert wrapper in connection.execute_wrappers, "every connection is watched"

    def broken(*args: object) -> None:
        raise OperationalError("disk")

    with pytest.raises(DatabaseError):
        wrapper(broken, "SELECT 1", None, False, {})
    assert value(numbers(client), "yuhu_database_errors_total", kind="OperationalError") == before + 1


@pytest.mark.django_db
def test_sweeps_and_lost_hints_are_counted(client: Client, monkeypatch, settings):
    def broken(at):
        raise OperationalError("away")

    monkeypatch.setattr(steps, "_sweeps", {"test.sound": lambda at: 3, "test.broken": broken})
    before = numbers(client)
    steps.run_sweeps(AT)
    settings.STEP_TRANSPORT = "tests.runtime.test_metrics.lose"
    steps._send("test.step", 1)
    steps.each("test.rows", [1], broken)
    found = numbers(client)

    def more(name: str, **labels: str) -> float:
        return value(found, name, **labels) - value(before, name, **labels)

    assert more("yuhu_sweeps_total", sweep="test.sound", outcome="done") == 1
    assert more("yuhu_sweeps_total", sweep="test.broken", outcome="failed") == 1
    assert more("yuhu_swept_rows_total", sweep="test.sound") == 3
    assert more("yuhu_sweep_seconds_count", sweep="test.broken") == 1
    assert more("yuhu_step_troubles_total", kind="nudge_lost", step="test.step") == 1
    assert more("yuhu_step_troubles_total", kind="step_failed", step="test.rows") == 1


def lose(name: str, pk: int | None) -> None:
    raise ConnectionError("no broker")


COUNT = "from prometheus_client import Counter; Counter('drill', 'x', ['who']).labels(who='all').inc({n})"


def count_in_a_process(folder, number: int) -> None:
    code = COUNT.format(n=number)
    environment = os.environ | {shared.VARIABLE: str(folder)}
    subprocess.run([sys.executable, "-c", code], cwd=BASE, env=environment, check=True, timeout=60)


def test_processes_are_one_and_ended_ones_do_not_pile_up(tmp_path, monkeypatch):
    folder = tmp_path / "metrics"
    folder.mkdir()
    monkeypatch.setenv(shared.VARIABLE, str(folder))
    for number in (1, 2, 4):
        count_in_a_process(folder, number)
    assert len(list(folder.glob("counter_*.db"))) == 3
    assert b'drill_total{who="all"} 7.0' in shared.exposition()
    assert [path.name for path in folder.glob("*.db")] == ["counter_0.db"]
    count_in_a_process(folder, 8)
    for _ in range(2):
        assert b'drill_total{who="all"} 15.0' in shared.exposition()


def test_the_file_of_a_living_process_stays(tmp_path):
    path = tmp_path / f"counter_{os.getpid()}.db"
    path.write_bytes(b"")
    assert shared.fold(tmp_path) == 0
    assert path.exists()


@pytest.mark.django_db
@pytest.mark.postgres
def test_what_is_counted_is_served_by_an_index_of_these_rows():
    """Without statistics a small table would be read whole: the plan is asked with that way switched off."""
    from yuhu.runtime.metrics.gauges import _COUNTED, MOST

    # An index by state reads the open ones only as well.
    wanted = {
        "yuhu_deliveries_pending": {"delivery_due"},
        "yuhu_deliveries_dead": {"delivery_dead"},
        "yuhu_cases_open": {"case_open_due"},
        "yuhu_cases_overdue": {"case_open_due", "case_by_state"},
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for name, indexes in wanted.items():
        _text, rows = _COUNTED[name]
        plan = rows(AT).order_by()[:MOST].explain()
        assert any(f" {index} " in plan for index in indexes), plan
