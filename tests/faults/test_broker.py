"""The broker is stopped, flushed, replaced, silent; messages come twice and in another order: nothing changes by it."""

import random
import time
from collections.abc import Callable

import pytest

from tests.faults.clients import Watch
from tests.faults.drill import conclude, lives_while, tell
from tests.faults.havoc import Havoc, break_redis, doing, double_and_shuffle
from tests.faults.lives import callers_of
from tests.faults.machines import System

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.xdist_group("faults")]

REPORT = {"category": "0101", "description": "楼下垃圾堆了三天", "block": "43030200100101"}


def test_a_broker_that_forgets_hangs_and_doubles_changes_nothing(
    system: System, rng: random.Random, long: bool, lives: Callable[[int, int], int]
) -> None:
    system.python("from tests.faults.cast import begin; begin(40, 30)")
    system.start()
    watch = Watch()
    # Minutes without it come seldom, or lives would mostly wait for it.
    away, every = ((30.0, 120.0), (400, 1200)) if long else ((1.0, 5.0), (30, 80))
    breaks = Havoc(rng, break_redis(system, away), watch, every=every)
    doubles = Havoc(rng, double_and_shuffle(system), watch, every=(1, 3))
    with doing(breaks, doubles) as done:
        accepted = lives_while(
            system, watch, rng, count=lives(40, 500), threads=6, seconds=240 if long else 30
        )
    outcome = conclude(system, accepted, watch)
    tell(accepted, watch, outcome, done)
    assert outcome.problems == []
    assert min(outcome.counts[what] for what in ("dispatched", "warned", "escalated", "sent")) > 0
    assert {"replaced", "flushed", "hung"} & done.keys()
    assert done["doubled"] > 0


def test_no_request_waits_for_a_broker_that_hangs(system: System) -> None:
    system.start()
    governor = callers_of(system, Watch(), "hangs")["governor"]

    def ask(name: str) -> float:
        """The slowest of some reads and writes."""
        began, slowest = time.monotonic(), 0.0
        for number in range(100):
            for took in (
                governor.ask("GET", "/").seconds,
                governor.get("/api/v1/cases/?page_size=5").seconds,
                governor.post("/api/v1/cases/", REPORT, key=f"{name}-{number}").seconds,
            ):
                slowest = max(slowest, took)
            if time.monotonic() - began > 7:  # longer than what has found it silent keeps quiet about it
                break
        return slowest

    usual = ask("usual")
    system.redis.hang()
    try:
        hung = ask("hung")
    finally:
        system.redis.go_on()
        governor.close()
    assert governor.watch.faults == []
    # Two seconds of patience once in a while, and what this machine takes anyway.
    assert hung < 2.5 + 3 * usual, (hung, usual)
