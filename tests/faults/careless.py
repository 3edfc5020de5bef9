"""The system without one of its precautions, for controls: run inside of a drilled system, never part of the product.

Two careless sweepers list the same rows, wait for each other, and then do them all: with the second look under the lock
(or with the lease) each step happens once, without it twice. ``meet`` makes that sure instead of likely.
"""

import datetime as dt
import os
import time
from pathlib import Path
from typing import Any
from unittest import mock

from django.db.models import F, QuerySet
from django.test import override_settings

from blocks.models import Block
from cases.actions import automatic
from cases.models import Case, Deadline
from staffing.models import User
from tests import world
from yuhu.delivery import actions as delivery
from yuhu.delivery.actions import fan_out
from yuhu.journal.actions import relay
from yuhu.kit import clock, leases, steps

SWEEPERS = 2


def meet(place: str, seconds: float = 60) -> None:
    """Wait until both sweepers have come here."""
    folder = Path(os.environ["DRILL_MEET"]) / place
    folder.mkdir(exist_ok=True)
    (folder / str(os.getpid())).touch()
    until = time.monotonic() + seconds
    while len(list(folder.iterdir())) < SWEEPERS:
        assert time.monotonic() < until, f"nobody else came to {place}"
        time.sleep(0.02)


def begin_late(count: int) -> None:
    """Cases whose limits are over, of which nobody was warned or told; and notices of them that nobody has sent."""
    cast = world.World({user.username: user for user in User.objects.all()})
    now = clock.now()
    cast.blocks = {"b1": Block.objects.in_force(now.date()).get(code="43030200100101")}
    with override_settings(STEP_TRANSPORT="yuhu.kit.steps.run_nowhere"):
        for _index in range(count):
            world.a_signed(cast, at=now - dt.timedelta(minutes=2))
        while relay(at=now):
            pass
        while fan_out(at=now):
            pass


def sweep(*names: str, without: str) -> None:
    """One round of these sweeps, beside another one that does the same."""
    with (
        override_settings(STEP_TRANSPORT="yuhu.kit.steps.run_nowhere"),
        mock.patch.object(steps, "each", _each),
        mock.patch.object(delivery, "send_one", _send_one),
        _precaution_off(without),
    ):
        done = steps.run_sweeps(clock.now(), only=names)
    assert min(done.values()) >= 0, done


_each_carefully, _send_carefully, _look_again = steps.each, delivery.send_one, automatic._locked_deadline


def _each(name: str, keys: Any, step: Any) -> int:
    meet(name)
    return _each_carefully(name, keys, step)


def _send_one(**arguments: Any) -> Any:
    meet("sending")
    return _send_carefully(**arguments)


def _precaution_off(name: str) -> Any:
    if name == "second look":
        return mock.patch.object(automatic, "_locked_deadline", _as_listed)
    if name == "lease":
        return mock.patch.object(leases, "claim", _take)
    return mock.patch.object(automatic, "_locked_deadline", _look_again)


def _as_listed(deadline_id: int) -> tuple[Case, Deadline] | None:
    """The row as it was when it was listed: not yet warned of, the next level due."""
    found = _look_again(deadline_id)
    if found is not None:
        found[1].warned_at, found[1].next_level_at = None, found[1].due_at
    return found


def _take(rows: "QuerySet[Any]", *, pk: int, at: dt.datetime, seconds: int) -> int | None:
    """A claim that asks nobody whether the row is free."""
    every = rows.model._default_manager.filter(pk=pk)
    every.update(lease_token=F("lease_token") + 1)
    token: int = every.values_list("lease_token", flat=True).get()
    return token
