"""The drills can fail: without the sweep steps stay undone, without second look or lease they are done twice."""

import sys
from pathlib import Path

import pytest

from tests.faults.clients import Watch
from tests.faults.drill import conclude
from tests.faults.lives import Accepted, callers_of
from tests.faults.machines import Mould, System

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.xdist_group("faults")]

REPORT = {"category": "0101", "block": "43030200100101"}


def test_without_the_sweep_what_was_lost_stays_undone(mould: Mould, logs: Path) -> None:
    """A healthy worker that hears nothing: no beat, and every hint is lost on its way."""
    with mould.cast(logs, DJANGO_SETTINGS_MODULE="tests.faults.settings_nowhere") as system:
        system.python("from tests.faults.cast import begin; begin(8, 1)")
        system.start("web", "worker")
        accepted, watch = Accepted(), Watch()
        governor = callers_of(system, watch, "control")["governor"]
        for number in range(5):
            key = f"control-{number}"
            answer = governor.post("/api/v1/cases/", REPORT | {"description": f"演练 {key}"}, key=key)
            accepted.report(key, answer.json["number"])
        governor.close()
        outcome = conclude(system, accepted, watch, grace=20)
    found = {text.partition(": ")[2].partition(" ")[2] for text in outcome.violations if "pending" in text}
    assert {"to dispatch", "to feed", "to resume", "to warn"} <= found, outcome.violations
    assert any("nobody answers for it" in text for text in outcome.violations)
    # What does not depend on the sweep holds all the same.
    assert not outcome.faults
    assert not outcome.journal
    stored = ("move ", "history ", "orders ", "feed", "key ", "report 演练")
    assert not [text for text in outcome.violations if text.startswith(stored)]


def doubled(system: System, *sweeps: str, without: str) -> list[str]:
    """Two sweepers do the same at the same time; what the invariants say, besides what nobody swept."""
    system.python("from tests.faults.careless import begin_late; begin_late(5)")
    code = f"from tests.faults.careless import sweep; sweep(*{sweeps!r}, without={without!r})"
    system.variables |= {"DRILL_MEET": str(system.folder), "DRILL_GENTLE": "yes"}
    command = [sys.executable, "manage.py", "shell", "--verbosity=0", "-c", code]
    sweepers = [system.add(name, command) for name in ("sweeper-1", "sweeper-2")]
    for sweeper in sweepers:
        sweeper.start()
    for sweeper in sweepers:
        assert sweeper.process is not None
        assert sweeper.process.wait(timeout=120) == 0, sweeper.said
    outcome = conclude(system, Accepted(), Watch(), grace=0)
    assert outcome.counts["warned"] + outcome.counts["sent"] >= 5, outcome.counts
    return [
        text for text in outcome.problems if not text.startswith("pending") and "nobody was told" not in text
    ]


STEPS = ("cases.warn", "cases.escalate")


@pytest.mark.parametrize("sweeps", [STEPS, ("delivery.send",)])
def test_two_sweepers_do_everything_once(system: System, sweeps: tuple[str, ...]) -> None:
    assert doubled(system, *sweeps, without="") == []


def test_without_the_second_look_under_the_lock_people_are_told_twice(system: System) -> None:
    found = doubled(system, *STEPS, without="second look")
    assert sum(text.startswith("warning of handle") and "2 times" in text for text in found) == 5, found
    assert sum(text.startswith("escalation of handle") and "too early" in text for text in found) == 5, found


def test_without_the_lease_letters_leave_twice(system: System) -> None:
    found = doubled(system, "delivery.send", without="lease")
    assert any(text.startswith("letters: ") for text in found), found
