"""Asked to end (SIGTERM), each process finishes or gives back what it holds: nobody waits, and nothing is lost."""

import contextlib
import json
import random
import signal
import threading
import time
from pathlib import Path

import pytest

from tests.faults.clients import Caller, Watch, once
from tests.faults.machines import Mould, System
from tests.faults.partners import mail_server
from tests.faults.servers import Process
from tests.runtime.machine import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.xdist_group("faults")]

REPORT = {"category": "0101", "description": "楼下垃圾堆了三天", "block": "43030200100101"}
# Longer than the steps of these drills, shorter than any lease.
SOON = 25.0


def end(process: Process, *, within: float = SOON) -> float:
    """Ask it to end; how many seconds it took."""
    assert process.process is not None
    process.kept, began = False, time.monotonic()
    process.signal(signal.SIGTERM)
    process.process.wait(timeout=within)
    return time.monotonic() - began


def rows(system: System, sql: str) -> list[tuple]:
    return system.postgres.rows(sql)


def test_the_web_server_finishes_what_it_has_taken_and_comes_back_without_one_broken_answer(
    system: System, rng: random.Random
) -> None:
    system.start()
    with contextlib.closing(Caller(system.port, "governor", Watch(), rng)) as first:
        first.log_in()
        cookies = first.cookies
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": cookies["csrftoken"],
        "Content-Type": "application/json",
    }
    over = threading.Event()
    broken: list[str] = []
    accepted: list[str] = []
    body = json.dumps(REPORT).encode()

    def reports(name: int) -> None:
        """One after the other, each on a connection of its own and tried once."""
        number = 0
        while not over.is_set():
            number += 1
            keyed = headers | {"Idempotency-Key": f"stop-{name}-{number}"}
            try:
                answer = once(system.port, "POST", "/api/v1/cases/", body=body, headers=keyed)
            except ConnectionRefusedError:
                time.sleep(0.05)  # nobody listens: a clean no
                continue
            except OSError as problem:
                broken.append(repr(problem))
                continue
            (accepted if answer.status == 201 else broken).append(answer.json["number"])

    threads = [threading.Thread(target=reports, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    took = end(system.processes["web"])
    system.processes["web"].kept = True
    wait_until(system.answers, seconds=60, what="the web server is back")
    time.sleep(1)
    over.set()
    for thread in threads:
        thread.join(timeout=30)
    # A connection that the kernel completes while the address is being closed is reset before a byte of it is read:
    # a moment that no program can close. Everything that was taken in is answered.
    assert len(broken) <= 1, broken
    assert all("Reset" in one for one in broken), broken
    assert took < SOON
    stored = [number for (number,) in rows(system, "SELECT number FROM cases_case")]
    assert len(accepted) > 4
    assert set(accepted) <= set(stored)
    assert len(stored) <= len(accepted) + len(broken)


def test_a_worker_gives_its_messages_back_and_holds_no_lease(system: System, rng: random.Random) -> None:
    system.start("web", "worker")
    worker = system.processes["worker"]
    wait_until(lambda: "ready" in worker.said, seconds=60, what="the worker is up")
    with contextlib.closing(Caller(system.port, "governor", Watch(), rng)) as governor:
        governor.log_in()
        ending = threading.Thread(target=end, args=(worker,))
        for number in range(30):
            assert governor.post("/api/v1/cases/", REPORT, key=f"worker-{number}").status == 201
            if number == 20:
                ending.start()
    ending.join(timeout=SOON)
    assert not worker.pids
    with system.redis.client() as broker:
        assert broker.hlen("unacked") == 0, "what was taken and not done is back in the queue"
        assert broker.llen("celery") > 0, "what came later waits"
    held = "SELECT count(*) FROM journal_relaylease WHERE lease_until IS NOT NULL"
    assert rows(system, held) == [(0,)]
    assert "Traceback" not in worker.said
    worker.kept = True
    waits = "SELECT count(*) FROM cases_case WHERE state = 'reported'"
    wait_until(lambda: rows(system, waits) == [(0,)], seconds=60, what="the next one does the rest")


def test_the_courier_that_talks_to_a_hanging_server_ends_and_its_row_is_claimed_no_longer_than_its_lease(
    mould: Mould, logs: Path, rng: random.Random
) -> None:
    with mail_server() as server, mould.cast(logs, EMAIL_URL=f"smtp://127.0.0.1:{server.port}") as system:
        server.mode = "hangs"
        system.start()
        with contextlib.closing(Caller(system.port, "governor", Watch(), rng)) as governor:
            governor.log_in()
            governor.post("/api/v1/cases/", REPORT, key="courier")
        wait_until(lambda: server.talks, seconds=60, what="a mail is being sent")
        courier = system.processes["courier"]
        assert end(courier, within=60) < 60
        held = "SELECT count(*) FROM delivery_delivery WHERE lease_until > now() + interval '120 seconds'"
        assert rows(system, held) == [(0,)]
        server.mode = "works"
        courier.kept = True
        left = "SELECT count(*) FROM delivery_delivery WHERE channel = 'email' AND state = 'pending'"
        wait_until(lambda: rows(system, left) == [(0,)], seconds=200, what="the mails go out all the same")
        assert rows(system, "SELECT count(*) FROM delivery_delivery WHERE state = 'dead'") == [(0,)]


def test_the_embedded_default_ends_in_seconds_in_the_middle_of_its_work(
    embedded_mould: Mould, logs: Path, rng: random.Random
) -> None:
    with (
        mail_server() as server,
        embedded_mould.cast(logs, EMAIL_URL=f"smtp://127.0.0.1:{server.port}") as system,
    ):
        server.mode = "hangs"
        system.start()
        with contextlib.closing(Caller(system.port, "governor", Watch(), rng)) as governor:
            governor.log_in()
            for number in range(5):
                assert governor.post("/api/v1/cases/", REPORT, key=f"embedded-{number}").status == 201
        wait_until(lambda: server.talks, seconds=60, what="a mail is being sent")
        serve = system.processes["serve"]
        assert end(serve) < 12
        assert "Stopped." in serve.said
        assert not serve.pids
        assert "Traceback" not in serve.said
