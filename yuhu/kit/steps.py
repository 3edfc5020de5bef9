"""Automatic steps by name: what may be nudged after a commit, and what a sweep asks for again and again.

The tables are the truth and messages are hints: every step can be found by a query, so a lost nudge costs
seconds and nothing else. Actions know this module only; whether a nudge runs at once (embedded) or travels
as a Celery message (production) is decided by ``settings.STEP_TRANSPORT``, a dotted path to a function.
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from yuhu.kit import clock

logger = logging.getLogger(__name__)

Step = Callable[[int | None, dt.datetime], object]
Sweep = Callable[[dt.datetime], int]

_steps: dict[str, Step] = {}
_external: set[str] = set()
_sweeps: dict[str, Sweep] = {}
_outside: set[str] = set()

# Set in a process that was asked to end: what runs is finished, nothing new is begun.
stopping = threading.Event()
# So long a sweep may begin new steps; the rest is found in the next round. A worker that is asked to stop finishes the
# sweep that it is in, and the other sweeps wait for it, so this bounds both.
TURN_SECONDS = 10.0
# Who is told how sweeps went and what was in trouble: whoever counts (yuhu.runtime.metrics).
_on_sweep: list[Callable[[str, float, int], object]] = []
_on_trouble: list[Callable[[str, str], object]] = []


def register(name: str, step: Step, *, external: bool = False) -> None:
    """Make ``step`` known. ``external`` steps talk to the world: embedded mode leaves them to the sweeper."""
    _steps[name] = step
    if external:
        _external.add(name)


def register_sweep(name: str, sweep: Sweep, *, external: bool = False) -> None:
    """Make known a function that does what is pending at ``at`` and returns how much it did.

    ``external`` sweeps talk to the world, which may hang: they run apart from the others.
    """
    _sweeps[name] = sweep
    if external:
        _outside.add(name)


def watch(*, on_sweep: Callable[[str, float, int], object], on_trouble: Callable[[str, str], object]) -> None:
    """From now on tell ``on_sweep`` name, seconds and work done (-1: failed) of each sweep, and ``on_trouble`` the kind
    (a hint lost, a row's step failed) and the step."""
    _on_sweep.append(on_sweep)
    _on_trouble.append(on_trouble)


def tell_trouble(kind: str, name: str) -> None:
    """Tell whoever counts."""
    for listener in _on_trouble:
        listener(kind, name)


def names() -> Iterable[str]:
    """The names of all steps."""
    return _steps.keys()


def is_external(name: str) -> bool:
    """Whether the step talks to the world outside."""
    return name in _external


def run(name: str, pk: int | None, at: dt.datetime) -> object:
    """Run one step now. Steps are safe to run twice."""
    return _steps[name](pk, at)


def run_hints(hints: Iterable[tuple[str, int | None]]) -> None:
    """Run the steps that a message names, one after the other; one that fails does not keep the others waiting. In a
    process that was asked to end no further one is begun."""
    for name, pk in hints:
        if stopping.is_set():
            return
        if name not in _steps:
            # A message from another release: the sweep of the release that knows the step does the work.
            logger.warning("step.unknown", extra={"step": name})
            continue
        try:
            run(name, pk, clock.now())
        except Exception:
            logger.exception("step.failed", extra={"step": name, "pk": pk})
            tell_trouble("step_failed", name)
            _replace_a_cut_connection()


def nudge(name: str, pk: int | None = None) -> None:
    """After commit, hint that step ``name`` has work. Never fails the request: the sweep finds what is lost."""
    transaction.on_commit(lambda: _send(name, pk), robust=True)


def _send(name: str, pk: int | None) -> None:
    try:
        import_string(settings.STEP_TRANSPORT)(name, pk)
    except Exception:  # any failure of a hint is harmless by design
        logger.warning("step.nudge_lost", extra={"step": name, "pk": pk}, exc_info=True)
        tell_trouble("nudge_lost", name)


def run_here(name: str, pk: int | None) -> None:
    """Transport of the embedded default: database-only steps at once, the others wait for the sweeper."""
    if name not in _external:
        run(name, pk, clock.now())


def run_nowhere(name: str, pk: int | None) -> None:
    """Transport that loses every message: for tests and drills."""


def turn(seconds: float = TURN_SECONDS) -> Callable[[], bool]:
    """Begins a sweep's turn; what it returns says whether another step may be begun."""
    until = time.monotonic() + seconds
    return lambda: not stopping.is_set() and time.monotonic() < until


def each(name: str, keys: Iterable[int], step: Callable[[int], object]) -> int:
    """Run ``step`` for every key, for one turn, and count those that did something. A row that fails is logged and
    does not keep the others waiting: one poisoned row must never stop a sweep.

    A connection that was cut is replaced for the rows that follow; when there is no new one, the database is away:
    raises what the database raises, since no other row would do better."""
    done, go_on = 0, turn()
    for key in keys:
        if not go_on():
            break
        try:
            done += bool(step(key))
        except Exception:
            logger.exception("step.failed", extra={"step": name, "pk": key})
            tell_trouble("step_failed", name)
            _replace_a_cut_connection()
            connection.ensure_connection()
    return done


def _replace_a_cut_connection() -> None:
    """Drop a connection that was cut, so that the next question opens another; a caller's transaction would be lost."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def sweeps(*, external: bool) -> list[str]:
    """The names of the sweeps that talk to the world, or of all others."""
    return [name for name in _sweeps if (name in _outside) == external]


def run_sweeps(at: dt.datetime, only: Iterable[str] | None = None) -> dict[str, int]:
    """Ask every sweep once; one that fails is logged and does not stop the others. In a process that was asked to end
    no further one is begun. Returns work done by name."""
    done: dict[str, int] = {}
    for name, sweep in list(_sweeps.items()):
        if stopping.is_set() or (only is not None and name not in only):
            continue
        began = time.monotonic()
        try:
            done[name] = sweep(at)
        except Exception:
            logger.exception("sweep.failed", extra={"sweep": name})
            _replace_a_cut_connection()
            done[name] = -1
        for listener in _on_sweep:
            listener(name, time.monotonic() - began, done[name])
    return done
