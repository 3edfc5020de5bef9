"""The embedded default killed at any moment, without room on its disk, with a clock that jumps.

People report with photos meanwhile, under keys, and insist until they have an answer: nothing is lost or doubled.
"""

import contextlib
import io
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.faults.clients import BREAK, Answer, Caller, Watch, photo_form
from tests.faults.machines import System
from tests.runtime.machine import BASE, descendants, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.xdist_group("faults")]

PEOPLE = ("governor", "assistant", "dispatcher")
INSIDE = "from tests.faults.kept import main; main()"


def jpeg(rng: random.Random) -> bytes:
    """A photo like no other: of noise, so that it has some 50 KB."""
    out = io.BytesIO()
    Image.frombytes("RGB", (160, 120), rng.randbytes(160 * 120 * 3)).save(out, "JPEG", quality=95)
    return out.getvalue()


class Reporter(threading.Thread):
    """One person who reports, each report with a photo, until told to stop."""

    def __init__(self, system: System, name: str, watch: Watch, rng: random.Random) -> None:
        super().__init__(name=name, daemon=True)
        self.caller = Caller(system.port, name, watch, rng)
        self.rng, self.over = rng, threading.Event()
        self.reports: dict[str, str] = {}
        self.photos: Counter[str] = Counter()
        self.problem: BaseException | None = None

    def run(self) -> None:
        try:
            self.caller.log_in()
            number = 0
            while not self.over.is_set():
                number += 1
                self.report(f"{self.name}-{number}")
                time.sleep(self.rng.uniform(0.02, 0.15))
        except BaseException as problem:
            self.problem = problem
        finally:
            self.caller.close()

    def report(self, key: str) -> None:
        """A report and its photo, each under a key and until it is stored."""
        data = {"category": "0101", "description": f"演练 {key}", "block": "43030200100101"}
        answer = self.caller.post("/api/v1/cases/", data, key=key)
        assert answer.status == 201, (answer.status, answer.body)
        case = answer.json["number"]
        self.reports[data["description"]] = case
        sent = send_photo(self.caller, case, jpeg(self.rng), f"{key}-photo")
        assert sent.status == 201, (sent.status, sent.body)
        self.photos[case] += 1


def send_photo(caller: Caller, case: str, picture: bytes, key: str) -> Answer:
    """Until there is a final answer; after a log-in if the session is over."""
    body, kind = photo_form(picture)

    def insist() -> Answer:
        token = caller.cookies.get("csrftoken", "")
        headers = {
            "Content-Type": kind,
            "Idempotency-Key": key,
            "X-CSRFToken": token,
        }
        return caller.insist("POST", f"/api/v1/cases/{case}/attachments/", body, headers)

    answer = insist()
    if answer.status == 401:
        caller.log_in()
        answer = insist()
    return answer


@contextmanager
def people_report(system: System, rng: random.Random, watch: Watch) -> Iterator[list[Reporter]]:
    """They report during the block; afterwards each has the answer to what he or she asked last."""
    people = [Reporter(system, name, watch, random.Random(rng.random())) for name in PEOPLE]
    for one in people:
        one.start()
    try:
        yield people
    finally:
        for one in people:
            one.over.set()
        for one in people:
            one.join(timeout=180)
    assert [one.problem for one in people if one.problem] == []
    assert not any(one.is_alive() for one in people)


def stored(people: list[Reporter]) -> int:
    """How many reports were accepted so far."""
    return sum(len(one.reports) for one in people)


def grows(count: Callable[[], int], by: int = 4) -> Callable[[], bool]:
    """From now on: whether it has become more."""
    enough = count() + by
    return lambda: count() >= enough


def everything_holds(system: System, people: list[Reporter], watch: Watch) -> dict[str, Any]:
    """What was accepted is there once, with its photo; steps happened once; journal and database are whole."""
    wait_until(lambda: pending(system) < 1, seconds=60, what="nothing is pending any more")
    found: dict[str, Any] = json.loads(system.python(INSIDE).splitlines()[-1])
    accepted = {told: number for one in people for told, number in one.reports.items()}
    kept = [(told, number) for told, number in found["reports"] if told.startswith("演练 ")]
    assert sorted(kept) == sorted(accepted.items())
    assert Counter(found["photos"]) == sum((one.photos for one in people), Counter())
    assert found["faults"] == []
    assert found["integrity"] == ["ok"]
    done = system.manage("verify_journal")
    assert done.returncode == 0, done.stdout + done.stderr
    assert watch.faults == []
    return found


def pending(system: System) -> float:
    from tests.faults.clients import once

    try:
        body = once(system.port, "GET", "/readyz").json
    except BREAK:
        return float("inf")
    waits = {
        name: seconds for name, seconds in (body["pending_seconds"] or {}).items() if seconds is not None
    }
    return max(waits.values(), default=0.0)


def test_killed_again_and_again_it_loses_and_doubles_nothing(
    embedded: System, rng: random.Random, long: bool
) -> None:
    embedded.start()
    watch, killed = Watch(), Counter[str]()
    serve = embedded.processes["serve"]

    def children(word: str) -> list[int]:
        assert serve.process is not None
        return [pid for pid, command in descendants(serve.process.pid).items() if word in command]

    choices: dict[str, Callable[[], list[int]]] = {
        "everything": lambda: serve.pids,
        "web": lambda: children("gunicorn"),
        "sweeper": lambda: children(" sweep"),
    }
    with people_report(embedded, rng, watch) as people:
        for round_ in range(40 if long else 8):
            # In the middle of work: somebody was answered since the last time.
            wait_until(grows(partial(stored, people), by=1), seconds=120, what="somebody reports")
            time.sleep(rng.uniform(0.0, 1.5))
            # Each kind in turn at first, so that the short form has all of them.
            what = list(choices)[round_ % 3] if round_ < 6 else rng.choice(list(choices))
            wait_until(choices[what], seconds=60, what=f"{what} is there to be killed")
            for pid in choices[what]():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            killed[what] += 1
        wait_until(embedded.answers, seconds=90, what="it answers again")
        time.sleep(1)
    (embedded.logs / "killed.log").write_text(f"{dict(killed)}, {stored(people)} reports", encoding="utf-8")
    everything_holds(embedded, people, watch)
    assert all(killed[what] for what in choices), killed
    assert stored(people) > killed.total()


class Tmpfs:
    """The system's folder on a small file system of its own, filled by a file."""

    def __init__(self, system: System) -> None:
        self.var = system.folder / "var"
        self.filler = self.var / "filler"

    @contextmanager
    def mounted(self) -> Iterator[None]:
        if os.getuid() != 0 or shutil.which("mount") is None:
            pytest.skip("a file system can be mounted by root only; the limit on growth is tried instead")
        aside = self.var.with_name("aside")
        self.var.rename(aside)
        self.var.mkdir()
        size = sum(path.stat().st_size for path in aside.rglob("*") if path.is_file()) + 24 * 1024 * 1024
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(self.var)],
            capture_output=True,
            check=False,
        )
        if mounted.returncode != 0:
            pytest.skip("this machine lets nobody mount a file system; the limit on growth is tried instead")
        try:
            subprocess.run(["cp", "-a", f"{aside}/.", str(self.var)], check=True)
            yield
        finally:
            subprocess.run(["umount", "--lazy", str(self.var)], check=True)

    def fill(self) -> None:
        with contextlib.suppress(OSError), self.filler.open("wb", buffering=0) as out:
            for size in (1 << 20, 1 << 12):
                with contextlib.suppress(OSError):
                    while out.write(b"x" * size) == size:
                        pass

    def make_room(self) -> None:
        self.filler.unlink()


class NoGrowth:
    """No file may become longer than a page: for a program the same as a full disk, and anybody may set it."""

    def __init__(self, system: System) -> None:
        self.system = system

    @contextmanager
    def mounted(self) -> Iterator[None]:
        yield

    def fill(self) -> None:
        self._limit(4096)

    def make_room(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        for pid in self.system.processes["serve"].pids:
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.parametrize("kind", [Tmpfs, NoGrowth])
def test_without_room_it_says_so_and_goes_on_by_itself_when_there_is_some(
    embedded: System, kind: type[Tmpfs] | type[NoGrowth], rng: random.Random, long: bool
) -> None:
    disk, watch = kind(embedded), Watch()
    with disk.mounted():
        try:
            embedded.start()
            with people_report(embedded, rng, watch) as people:
                wait_until(lambda: all(one.reports for one in people), seconds=60, what="everybody reports")
                for _time in range(4 if long else 2):
                    disk.fill()
                    wait_until(
                        grows(lambda: watch.counts["POST", 503]),
                        seconds=60,
                        what="writers are told that there is no room",
                    )
                    time.sleep(rng.uniform(0.5, 2))
                    disk.make_room()
                    wait_until(
                        grows(partial(stored, people)),
                        seconds=60,
                        what="reports are stored again",
                    )
            everything_holds(embedded, people, watch)
            assert not list((embedded.folder / "var" / "files").rglob("*.part"))
        finally:
            embedded.close()


def test_a_clock_that_jumps_a_day_ahead_and_an_hour_back_does_no_harm(
    embedded: System, rng: random.Random, tmp_path: Path
) -> None:
    offset = tmp_path / "offset"
    offset.write_text("0")
    clocked = BASE / "tests" / "faults" / "clocked"
    embedded.variables |= {"CLOCK_OFFSET_FILE": str(offset), "PYTHONPATH": f"{clocked}:{BASE}"}
    embedded.add_serve()
    embedded.start()
    watch = Watch()
    with people_report(embedded, rng, watch) as people:
        for seconds in (0, 86_400, 86_400 - 3_600, 0):
            offset.with_suffix(".new").write_text(str(seconds))
            offset.with_suffix(".new").replace(offset)
            wait_until(
                grows(partial(stored, people)),
                seconds=90,
                what=f"reports go on with the clock {seconds} s ahead",
            )
    # As it goes in real life: what the wrong clock wrote ahead is passed by and by.
    offset.write_text("90000")
    everything_holds(embedded, people, watch)
    told = json.loads(
        embedded.python(
            "from yuhu.journal.models import Entry; import json;"
            "print(json.dumps(Entry.objects.filter(kind='case.escalated').count()))"
        )
    )
    assert told > 0, "with a day gone by the superior was told"
