"""The course of every drill: lives go on while something is broken, then everything must hold."""

import contextlib
import json
import random
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.faults.clients import BREAK, Caller, Watch
from tests.faults.lives import Accepted, live
from tests.faults.machines import System

PAGES = ("/login/", "/", "/cases/", "/cases/new/", "/api/v1/cases/?page_size=5", "/readyz", "/healthz")
GRACE = 60.0
EXAMINE = "from tests.faults.invariants import main; main()"


@dataclass
class Outcome:
    """What a drill ended with. ``problems`` is everything that must be empty."""

    violations: list[str]
    counts: dict[str, int]
    seconds: float
    faults: list[str] = field(default_factory=list)
    journal: str = ""

    @property
    def problems(self) -> list[str]:
        return [*self.faults, *self.violations, *([self.journal] if self.journal else [])]


class Visitor(threading.Thread):
    """Somebody who looks at one page after the other and logs in again, whatever is broken; the watch judges it."""

    def __init__(self, system: System, watch: Watch, rng: random.Random) -> None:
        super().__init__(daemon=True)
        self.watch, self._stop_now = watch, threading.Event()
        self.caller = Caller(system.port, "governor", watch, random.Random(rng.random()))
        self.caller.log_in()

    def run(self) -> None:
        while not self._stop_now.is_set():
            for page in PAGES:
                self._try(partial(self.caller.ask, "GET", page))
            self._try(self.caller.try_log_in)
        self.caller.close()

    def _try(self, ask: Callable[[], object]) -> None:
        with contextlib.suppress(*BREAK):
            ask()
        self._stop_now.wait(0.1)

    def stop(self) -> None:
        """Go home."""
        self._stop_now.set()
        self.join(timeout=60)


@contextmanager
def visiting(system: System, watch: Watch, rng: random.Random) -> Iterator[None]:
    """Pages are looked at all the time."""
    visitor = Visitor(system, watch, rng)
    visitor.start()
    try:
        yield
    finally:
        visitor.stop()


def lives_while(
    system: System, watch: Watch, rng: random.Random, *, count: int, threads: int, seconds: float
) -> Accepted:
    """Lives go on, at least ``count``, and until ``seconds`` are over; pages are looked at meanwhile."""
    with visiting(system, watch, rng):
        return live(
            system, watch, count=count, threads=threads, seconds=seconds, seed=str(rng.randrange(10**9))
        )


def conclude(system: System, accepted: Accepted, watch: Watch, *, grace: float = GRACE) -> Outcome:
    """Wait for what is pending, ask for everything that must hold, verify the journal; says what it saw."""
    file = system.folder / "accepted.json"
    file.write_text(accepted.as_json(), encoding="utf-8")
    printed = system.python(EXAMINE, DRILL_ACCEPTED=str(file), DRILL_GRACE=str(grace))
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    outcome = Outcome(found["violations"], found["counts"], found["seconds"], list(watch.faults))
    verified = system.manage("verify_journal")
    if verified.returncode != 0:
        outcome.journal = verified.stdout + verified.stderr
    return outcome


def tell(accepted: Accepted, watch: Watch, outcome: Outcome, harm: Counter[str]) -> None:
    """The drill's figures, shown with ``pytest -rP`` or when it failed."""
    statuses = Counter({f"{method} {status}": n for (method, status), n in watch.counts.items()})
    sys.stdout.write(
        f"lives {accepted.ended}, reports {len(accepted.reports)}, refused {dict(accepted.refused)}\n"
        f"answers {dict(sorted(statuses.items()))}, broken connections {watch.broken}\n"
        f"harm {dict(harm)}; settled after {outcome.seconds} s; {outcome.counts}\n"
    )
