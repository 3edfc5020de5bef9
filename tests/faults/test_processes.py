"""Web, worker and beat are killed at random while cases live: nothing is lost, nothing happens twice."""

import random
from collections.abc import Callable

import pytest

from tests.faults.clients import Watch
from tests.faults.drill import conclude, lives_while, tell
from tests.faults.havoc import Havoc, doing, kill_any
from tests.faults.machines import System

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.xdist_group("faults")]


def test_killed_processes_lose_nothing_and_double_nothing(
    system: System, rng: random.Random, long: bool, lives: Callable[[int, int], int]
) -> None:
    system.python("from tests.faults.cast import begin; begin(40, 30)")
    system.start()
    watch = Watch()
    # So many answers apart that the long form ends within the hour.
    every = (60, 180) if long else (20, 60)
    harm = Havoc(rng, kill_any(system, ["web", "worker", "beat"]), watch, every=every)
    with doing(harm) as done:
        accepted = lives_while(system, watch, rng, count=lives(40, 2000), threads=6, seconds=30)
    outcome = conclude(system, accepted, watch)
    tell(accepted, watch, outcome, done)
    assert outcome.problems == []
    assert min(outcome.counts[what] for what in ("dispatched", "warned", "escalated", "closed", "sent")) > 0
    assert len(done) >= 4
