"""Connections are cut and PostgreSQL crashes in the middle of transactions: what was accepted is there, once."""

import random
from collections.abc import Callable

import pytest

from tests.faults.clients import Watch
from tests.faults.drill import conclude, lives_while, tell
from tests.faults.havoc import Havoc, crash_postgres, cut_connections, doing
from tests.faults.machines import System

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.xdist_group("faults")]


def test_a_database_that_crashes_and_cuts_keeps_what_it_accepted(
    system: System, rng: random.Random, long: bool, lives: Callable[[int, int], int]
) -> None:
    system.python("from tests.faults.cast import begin; begin(40, 30)")
    system.start()
    watch = Watch()
    cuts = Havoc(rng, cut_connections(system, 0.4), watch, every=(15, 45))
    crashes = Havoc(rng, crash_postgres(system, (1.0, 10.0) if long else (0.5, 2.5)), watch, every=(80, 160))
    with doing(cuts, crashes) as done:
        accepted = lives_while(
            system, watch, rng, count=lives(40, 500), threads=6, seconds=180 if long else 30
        )
    outcome = conclude(system, accepted, watch)
    tell(accepted, watch, outcome, done)
    assert outcome.problems == []
    assert min(outcome.counts[what] for what in ("dispatched", "warned", "escalated", "sent")) > 0
    assert min(done["cut"], done["crash"]) > 1
    assert watch.counts["GET", 503] + watch.counts["POST", 503] > 0
