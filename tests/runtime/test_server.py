"""The web server's worker as a real process: who is let in, who is refused and how, and how it goes."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.runtime.machine import BASE, environment, free_port, wait_until
from yuhu.runtime.refusals import Refusals

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
    pytest.mark.xdist_group("serve"),
]

QUEUE, WAIT = 2, 1.5


@dataclass
class Said:
    """An answer, or why there is none."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0


class Site:
    """One worker with one thread before ``tests.runtime.slow_site``."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, go: Path, log: Path) -> None:
        self.process, self.port, self.go, self.log = process, port, go, log

    def ask(self, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str) -> Said:
        """One request on a connection of its own."""
        connection, began = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20), time.monotonic()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body=body, headers=named)
            answer = connection.getresponse()
            content = answer.read()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Said(answer.status, found, content, time.monotonic() - began)
        except (OSError, http.client.HTTPException):
            return Said(seconds=time.monotonic() - began)
        finally:
            connection.close()

    def later(self, path: str) -> tuple[threading.Thread, list[Said]]:
        """Ask in the background."""
        found: list[Said] = []
        thread = threading.Thread(target=lambda: found.append(self.ask(path)), daemon=True)
        thread.start()
        return thread, found

    def fill(self, count: int, path: str = "/api/slow") -> list[tuple[threading.Thread, list[Said]]]:
        """``count`` requests that hold the thread or wait for it, in this order."""
        asked = []
        for _one in range(count):
            asked.append(self.later(path))
            time.sleep(0.1)  # each is taken in before the next
        return asked

    def takes_connections(self) -> bool:
        try:
            self.connect().close()
        except ConnectionRefusedError:
            return False
        return True

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    port, go, log = free_port(), tmp_path / "go", tmp_path / "gunicorn.log"
    variables = environment(
        tmp_path, WEB_QUEUE=str(QUEUE), WEB_WAIT_SECONDS=str(WAIT), SLOW_SITE_GO=str(go), PYTHONPATH=str(BASE)
    )
    command = [sys.executable, "-m", "gunicorn", "tests.runtime.slow_site", f"--bind=127.0.0.1:{port}"]
    command += ["--worker-class=yuhu.runtime.server.Worker", "--threads=1", "--graceful-timeout=10"]
    command += ["--no-control-socket", "--backlog=64"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=BASE, env=variables, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        started = Site(process, port, go, log)
        wait_until(lambda: started.ask("/healthz").status == 200, seconds=30, what="the server answers")
        yield started
    finally:
        go.touch()
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=5)


def test_whoever_finds_too_many_waiting_is_refused_at_once_in_the_shape_of_the_api(site: Site) -> None:
    asked = site.fill(1 + QUEUE)
    refused = site.ask("/api/slow", X_Request_ID="partner-7")
    assert refused.status == 503
    assert refused.seconds < 0.5
    body = json.loads(refused.body)
    assert (body["type"], body["errors"][0]["code"]) == ("server_error", "overloaded")
    assert "系统" in body["errors"][0]["detail"]
    assert refused.headers["content-type"] == "application/json"
    assert refused.headers["x-request-id"] == "partner-7"
    assert refused.headers["connection"] == "close"
    site.go.touch()
    for thread, _found in asked:
        thread.join(timeout=10)
    assert [found[0].status for _thread, found in asked] == [200] * (1 + QUEUE)
    assert site.ask("/api/any").status == 200


def test_the_refusal_speaks_the_language_that_was_asked_for(site: Site) -> None:
    site.fill(1 + QUEUE)
    english = site.ask("/api/slow", Accept_Language="en-GB,en;q=0.9")
    assert "busy" in json.loads(english.body)["errors"][0]["detail"]
    switched = site.ask("/api/slow", Accept_Language="zh-CN", Cookie="a=b; django_language=en")
    assert switched.headers["content-language"] == "en"
    assert site.ask("/api/slow", Accept_Language="fr").headers["content-language"] == "zh-hans"


def test_people_find_room_when_machines_are_refused_and_get_a_page_when_they_are_too(site: Site) -> None:
    site.fill(1 + QUEUE)
    assert site.ask("/api/slow").status == 503
    _thread, person = site.later("/slow")
    time.sleep(0.2)
    assert not person, "the person waits"
    refused = site.ask("/slow")
    assert (refused.status, refused.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert "<html" in refused.body.decode()
    head = site.ask("/slow", method="HEAD")
    assert (head.status, head.body) == (503, b"")
    checks = [found for _thread, found in site.fill(2 * QUEUE, "/healthz")]
    assert not any(checks), "health checks wait for their turn, and are not refused however many wait"
    site.go.touch()
    wait_until(lambda: person and all(checks), seconds=5, what="all are answered")
    assert {person[0].status, *(found[0].status for found in checks)} == {200}


def test_those_who_were_refused_together_are_told_different_times(site: Site) -> None:
    site.fill(1 + QUEUE)
    times = {site.ask("/api/slow").headers["retry-after"] for _one in range(12)}
    assert len(times) > 2
    assert {3 <= int(time) <= 15 for time in times} == {True}


def test_whoever_has_waited_too_long_is_refused_even_if_no_thread_ever_comes_free(site: Site) -> None:
    asked = site.fill(1 + QUEUE)
    wait_until(
        lambda: all(found for _thread, found in asked[1:]), seconds=WAIT + 3, what="the late are refused"
    )
    for _thread, found in asked[1:]:
        assert found[0].status == 503
        assert found[0].headers["retry-after"]
        assert found[0].seconds == pytest.approx(WAIT, abs=0.8)
    assert not asked[0][1], "what is being worked on goes on"
    began = time.monotonic()
    site.ask("/api/slow")
    assert time.monotonic() - began > WAIT / 2, "the places of those who were refused are free again"
    assert "web.shed" in site.log.read_text()


def test_whoever_sends_a_large_body_hears_the_refusal_too(site: Site) -> None:
    site.fill(1 + QUEUE)
    with site.connect() as client:
        client.sendall(
            b"POST /api/slow HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\n" + b"x" * 100_000
        )
        time.sleep(0.3)
        client.sendall(b"x" * 300_000)
        assert client.recv(100).startswith(b"HTTP/1.1 503 ")


def test_connections_that_say_nothing_hold_no_thread_and_are_closed(site: Site) -> None:
    silent = [site.connect() for _one in range(10)]
    answer = site.ask("/api/any")
    assert (answer.status, answer.seconds < 1) == (200, True)
    assert silent[0].recv(1) == b"", "closed after some seconds"
    for one in silent:
        one.close()


def test_whoever_does_not_hang_up_keeps_nobody_waiting(site: Site) -> None:
    asked = b"GET /api/any HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    kept = []
    for _one in range(5):
        client = site.connect()
        client.sendall(asked)
        assert client.recv(100).startswith(b"HTTP/1.1 200 ")
        kept.append(client)  # the answer is read, and the connection stays open
    answer = site.ask("/api/any")
    assert (answer.status, answer.seconds < 1) == (200, True)
    for client in kept:
        client.close()


def test_several_requests_come_over_one_connection(site: Site) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    for number in range(3):
        connection.request("GET", f"/api/{number}")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, f"/api/{number}".encode())
    connection.close()


def test_told_to_stop_it_finishes_what_runs_and_what_waits_and_refuses_new_ones_at_once(site: Site) -> None:
    running = site.fill(2)
    site.process.terminate()
    wait_until(lambda: not site.takes_connections(), seconds=1, what="the address is free")
    assert site.process.poll() is None
    site.go.touch()
    for thread, found in running:
        thread.join(timeout=5)
        assert found[0].status == 200, site.log.read_text()
    assert site.process.wait(timeout=8) == 0


def test_a_system_that_asks_for_a_token_is_refused_in_oauths_own_shape() -> None:
    refusals = Refusals()
    head = b"POST /oauth/token/ HTTP/1.1\r\nHost: here\r\n\r\n"
    top, _blank, body = refusals.answer(head, retry=3).partition(b"\r\n\r\n")
    assert refusals.rank(head).name == "machine"
    assert top.startswith(b"HTTP/1.1 503 ")
    assert b"Content-Type: application/json" in top
    assert json.loads(body)["error"] == "temporarily_unavailable"
