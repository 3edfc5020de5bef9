"""Automatic steps by name: what may be nudged after a commit, and what a sweep asks for again and again.

The tables are the truth and messages are hints: every step can be found by a query, so a lost nudge costs
seconds and nothing else. Actions know this module only; whether a nudge runs at once (embedded) or travels
as a Celery message (production) is decided by ``settings.STEP_TRANSPORT``, a dotted path to a function.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from yuhu.kit import clock

logger = logging.getLogger(__name__)

Step = Callable[[int | None, dt.datetime], object]
Sweep = Callable[[dt.datetime], int]

_steps: dict[str, Step] = {}
_external: set[str] = set()
_sweeps: dict[str, Sweep] = {}


def register(name: str, step: Step, *, external: bool = False) -> None:
    """Make ``step`` known. ``external`` steps talk to the world: embedded mode leaves them to the sweeper."""
    _steps[name] = step
    if external:
        _external.add(name)


def register_sweep(name: str, sweep: Sweep) -> None:
    """Make known a function that does everything that is pending at ``at`` and returns how much it did."""
    _sweeps[name] = sweep


def names() -> Iterable[str]:
    """The names of all steps."""
    return _steps.keys()


def is_external(name: str) -> bool:
    """Whether the step talks to the world outside."""
    return name in _external


def run(name: str, pk: int | None, at: dt.datetime) -> object:
    """Run one step now. Steps are safe to run twice."""
    return _steps[name](pk, at)


def nudge(name: str, pk: int | None = None) -> None:
    """After commit, hint that step ``name`` has work. Never fails the request: the sweep finds what is lost."""
    transaction.on_commit(lambda: _send(name, pk), robust=True)


def _send(name: str, pk: int | None) -> None:
    try:
        import_string(settings.STEP_TRANSPORT)(name, pk)
    except Exception:  # any failure of a hint is harmless by design
        logger.warning("step.nudge_lost", extra={"step": name, "pk": pk}, exc_info=True)


def run_here(name: str, pk: int | None) -> None:
    """Transport of the embedded default: database-only steps at once, the others wait for the sweeper."""
    if name not in _external:
        run(name, pk, clock.now())


def run_nowhere(name: str, pk: int | None) -> None:
    """Transport that loses every message: for tests and drills."""


def each(name: str, keys: Iterable[int], step: Callable[[int], object]) -> int:
    """Run ``step`` for every key and count those that did something. A row that fails is logged and does not
    keep the others waiting: one poisoned row must never stop a sweep."""
    done = 0
    for key in keys:
        try:
            done += bool(step(key))
        except Exception:
            logger.exception("step.failed", extra={"step": name, "pk": key})
    return done


def run_sweeps(at: dt.datetime, only: Iterable[str] | None = None) -> dict[str, int]:
    """Ask every sweep once; one that fails is logged and does not stop the others. Returns work done by name."""
    done: dict[str, int] = {}
    for name, sweep in list(_sweeps.items()):
        if only is not None and name not in only:
            continue
        try:
            done[name] = sweep(at)
        except Exception:
            logger.exception("sweep.failed", extra={"sweep": name})
            done[name] = -1
    return done
