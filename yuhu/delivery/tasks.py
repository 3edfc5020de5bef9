"""What happens by itself: the feed becomes notices, and what is due is sent."""

import datetime as dt
import time
from collections import Counter

from yuhu.delivery import actions
from yuhu.delivery.models import Delivery
from yuhu.delivery.states import State
from yuhu.kit import steps

# One round of the sweeper does other things too: a gateway that hangs must not hold up dispatching.
FAN_OUT_ROUNDS = 20
SEND_BATCH = 200
SEND_SECONDS = 5.0
FAILURES_IN_A_ROUND = 3


def fan_out_step(pk: int | None, at: dt.datetime) -> None:
    """Step ``delivery.fan_out``: one batch, since in embedded mode a request waits for it. ``pk`` means nothing."""
    actions.fan_out(at=at)


def fan_out_sweep(at: dt.datetime) -> int:
    """Batch by batch; returns how many entries of the feed were taken."""
    total = 0
    for _round in range(FAN_OUT_ROUNDS):
        taken = actions.fan_out(at=at)
        total += taken
        if not taken:
            break
    return total


def send_step(pk: int | None, at: dt.datetime) -> None:
    """Step ``delivery.send``: one row; without a key whatever is due."""
    if pk is None:
        send_sweep(at)
    else:
        actions.send_one(delivery_id=pk, at=at)


def send_sweep(at: dt.datetime) -> int:
    """Send what is due, for some seconds; returns how many went out.

    Each row is claimed at the time that it is by then, or its lease would be over before it began. A channel that
    keeps failing is left alone until the next round.
    """
    began, sent, failures = time.monotonic(), 0, Counter[str]()
    rows = Delivery.objects.due(at).order_by("next_at", "pk").values_list("pk", "channel")
    for pk, channel in list(rows[:SEND_BATCH]):
        passed = time.monotonic() - began
        if passed > SEND_SECONDS:
            break
        if failures[channel] >= FAILURES_IN_A_ROUND:
            continue
        state = actions.send_one(delivery_id=pk, at=at + dt.timedelta(seconds=passed))
        if state == State.SENT:
            sent += 1
        elif state is not None:
            failures[channel] += 1
    return sent


def register() -> None:
    """Make the steps known (apps.ready)."""
    steps.register("delivery.fan_out", fan_out_step)
    steps.register(actions.SEND_STEP, send_step, external=True)
    steps.register_sweep("delivery.fan_out", fan_out_sweep)
    steps.register_sweep(actions.SEND_STEP, send_sweep)
