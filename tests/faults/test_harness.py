"""The drills' own tools: a system comes up, is kept alive, and leaves nothing behind."""

import random
import signal
from pathlib import Path

import pytest

from tests.faults.clients import Caller, Watch
from tests.faults.machines import Mould, System
from tests.runtime.machine import is_alive, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.xdist_group("faults")]

REPORT = {"category": "0101", "description": "楼下垃圾堆了三天", "block": "43030200100101"}


def report_one(system: System) -> str:
    """The number of a case that somebody reports, once it was dispatched by itself."""
    governor = Caller(system.port, "governor", Watch(), random.Random(1))
    governor.log_in()
    answer = governor.post("/api/v1/cases/", REPORT, key="harness-1")
    assert answer.status == 201, answer.body
    number: str = answer.json["number"]
    path = f"/api/v1/cases/{number}/"
    wait_until(
        lambda: governor.get(path).json["state"] == "dispatched", seconds=20, what="the case is dispatched"
    )
    again = governor.post("/api/v1/cases/", REPORT, key="harness-1")
    assert (again.status, again.json["number"]) == (201, number)
    assert again.headers["idempotency-replayed"] == "true"
    governor.close()
    return number


def test_production_works_and_what_is_killed_comes_back(system: System) -> None:
    system.start()
    report_one(system)
    web = system.processes["web"]
    web.signal(signal.SIGKILL)
    wait_until(lambda: web.starts == 2 and system.answers(), seconds=30, what="the web server is back")


def test_embedded_works(embedded: System) -> None:
    embedded.start()
    report_one(embedded)


def test_nothing_is_left_of_a_system_that_failed(mould: Mould, logs) -> None:
    seen: dict[str, list[int]] = {}
    folders: list[Path] = []

    def fails() -> None:
        with mould.cast(logs) as system:
            folders.append(system.folder)
            system.start()
            wait_until(
                lambda: "ready" in system.processes["worker"].said, seconds=30, what="the worker is up"
            )
            everything = system.processes | system.servers
            seen.update({name: process.pids for name, process in everything.items()})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert not folders[0].exists()
    counts = {name: len(pids) for name, pids in seen.items()}
    # A master and two each for web and worker, one beat, one Redis, PostgreSQL with its helpers.
    assert (counts["web"], counts["worker"], counts["beat"], counts["redis"]) == (3, 3, 1, 1), counts
    assert counts["postgres"] >= 5, counts
    assert not [pid for pids in seen.values() for pid in pids if is_alive(pid)]
