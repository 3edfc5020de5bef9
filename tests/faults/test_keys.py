"""Fifty partners with short time-outs and many retries create N cases by N keys: N cases, whatever got lost on the way.

A real gunicorn with two workers stands on a database of its own (SQLite in a folder; a database beside the tests' own
when they run on PostgreSQL). ``DRILL=long`` makes it 10,000 cases.
"""

import contextlib
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg2
import pytest
from django.conf import settings

from tests.api.partners import ALL, SECRET
from tests.runtime.machine import BASE, descendants, environment, free_port, is_alive, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("keys")]

CASES = 10_000 if os.environ.get("DRILL") == "long" else 300
CLIENTS = 50
SEED = 20221111
# No client waits longer for one attempt; an attempt may be given up before the answer comes.
PATIENCE = (0.05, 1.5)
MOST_ATTEMPTS = 400
SET_UP = f"""
from tests.world import AT, reference
from staffing.actions import add_client
from yuhu.journal.actions import SYSTEM
reference()
facts = {{"name": "热线平台", "area": "430302", "scopes": {ALL!r}, "requests_per_minute": 100_000}}
add_client(client_id="drill", facts=facts, secret={SECRET!r}, at=AT, actor=SYSTEM)
"""


@contextlib.contextmanager
def a_database(folder: Path) -> Iterator[str]:
    """The address of an empty database that nobody else uses, removed afterwards."""
    own = settings.DATABASES["default"]
    if "postgresql" not in own["ENGINE"]:
        yield f"sqlite:///{folder / 'yuhu.sqlite3'}"
        return
    name = f"yuhu_keys_{uuid.uuid4().hex[:12]}"
    where = {"host": own["HOST"], "port": own["PORT"], "user": own["USER"], "password": own["PASSWORD"]}
    server = psycopg2.connect(dbname="postgres", **where)
    server.autocommit = True
    with contextlib.closing(server), server.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"postgres://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT']}/{name}"
        finally:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@dataclass
class Served:
    """A running server, and what its clients did."""

    port: int
    environment: dict[str, str]
    token: str = ""
    given_up: int = 0
    asked_to_wait: int = 0
    attempts: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE, env=self.environment, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(
        self,
        method: str,
        path: str,
        body: str = "",
        *,
        headers: dict[str, str] | None = None,
        timeout: float = 60,
    ) -> tuple[int, str]:
        """One request on a connection of its own. Raises OSError when the answer does not come in time."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            connection.request(method, path, body.encode(), headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def get(self, path: str) -> dict[str, object]:
        status, text = self.ask("GET", path, headers={"Authorization": f"Bearer {self.token}"})
        assert status == 200, text
        found: dict[str, object] = json.loads(text)
        return found

    def count(self, **more: int) -> None:
        with self.lock:
            for name, number in more.items():
                setattr(self, name, getattr(self, name) + number)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder, port = tmp_path_factory.mktemp("keys"), free_port()
    with a_database(folder) as database:
        surroundings = environment(folder, DATABASE_URL=database, CONN_MAX_AGE="60", LOG_LEVEL="ERROR")
        server = Served(port, surroundings)
        server.manage("migrate", "--noinput", "--verbosity=0")
        server.manage("shell", "-c", SET_UP)
        command = [sys.executable, "-m", "gunicorn", "yuhu.wsgi", f"--bind=127.0.0.1:{port}", "--workers=2"]
        command += ["--worker-class=gthread", "--threads=8", "--log-level=error", "--no-control-socket"]
        process = subprocess.Popen(command, cwd=BASE, env=surroundings, stdin=subprocess.DEVNULL)
        try:
            wait_until(lambda: answers(server), seconds=120, what="the server answers")
            form = urlencode(
                {"grant_type": "client_credentials", "client_id": "drill", "client_secret": SECRET}
            )
            kind = "application/x-www-form-urlencoded"
            status, text = server.ask("POST", "/oauth/token/", form, headers={"Content-Type": kind})
            assert status == 200, text
            server.token = json.loads(text)["access_token"]
            yield server
        finally:
            end(process)


def answers(server: Served) -> bool:
    try:
        return server.ask("GET", "/healthz", timeout=5)[0] == 200
    except OSError:
        return False


def end(process: "subprocess.Popen[bytes]") -> None:
    children = descendants(process.pid)
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=10)
    for pid in children:
        if is_alive(pid):
            os.kill(pid, 9)


def report(
    server: Served, key: str, chance: random.Random, *, with_key: bool = True, at_first: float | None = None
) -> str:
    """Send the report until an answer arrives; the number of the case. ``at_first`` is how many seconds the first
    attempt waits.
    """
    body = json.dumps({"category": "0101", "description": f"楼下垃圾 {key}", "block": "43030200100101"})
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    headers |= {"Idempotency-Key": key} if with_key else {}
    for attempt in range(MOST_ATTEMPTS):
        # Each attempt waits a little longer, so that the drill ends on the slowest machine.
        timeout = chance.uniform(*PATIENCE) * (1 + attempt / 4)
        if attempt == 0 and at_first is not None:
            timeout = at_first
        server.count(attempts=1)
        try:
            status, text = server.ask("POST", "/api/v1/cases/", body, headers=headers, timeout=timeout)
        except (OSError, http.client.HTTPException):
            server.count(given_up=1)
            continue
        if status == 201:
            return str(json.loads(text)["number"])
        assert status in (429, 503), text
        server.count(asked_to_wait=1)
        time.sleep(chance.uniform(0.1, 1))
    raise AssertionError(f"no answer for {key} after {MOST_ATTEMPTS} attempts")


def drill(server: Served, keys: list[str], **how: Any) -> list[str]:
    """All keys by fifty clients at once; the numbers that they were told."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        jobs = [pool.submit(report, server, key, random.Random(f"{SEED}{key}"), **how) for key in keys]
        return [job.result() for job in jobs]


def stored(server: Served, name: str) -> list[tuple[str, str]]:
    """Number and text of every case whose text bears ``name``, over all pages."""
    rows: list[tuple[str, str]] = []
    path: str | None = "/api/v1/cases/?page_size=200"
    while path:
        page = server.get(path)
        rows += [(row["number"], row["description"]) for row in page["results"]]  # type: ignore[attr-defined]
        link = page["next"]
        path = str(link).removeprefix(f"http://127.0.0.1:{server.port}") if link else None
    return [row for row in rows if f" {name}-" in row[1]]


def test_as_many_cases_as_keys_however_often_each_was_sent(served: Served):
    keys = [f"key-{number}" for number in range(CASES)]
    numbers = drill(served, keys)
    rows = stored(served, "key")
    assert served.given_up > CASES // 50, "answers got lost, or the drill shows nothing"
    assert served.attempts > CASES
    assert len(set(numbers)) == CASES, "each key was told a case of its own"
    assert len(rows) == CASES
    assert dict(rows) == {number: f"楼下垃圾 {key}" for number, key in zip(numbers, keys, strict=True)}
    served.manage("verify_journal")


def test_without_keys_the_same_clients_would_double_cases(served: Served):
    """The control: what the keys are for. Few clients, since every attempt that is given up is work all the same.
    Each hangs up once before any machine can have answered.
    """
    count, served.given_up = 10, 0
    numbers = drill(served, [f"bare-{number}" for number in range(count)], with_key=False, at_first=0.002)
    assert served.given_up >= count
    assert len(set(numbers)) == count
    assert len(stored(served, "bare")) > count
