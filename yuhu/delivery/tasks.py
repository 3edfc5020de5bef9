"""What happens by itself: the feed becomes notices, and what is due is sent."""

import datetime as dt
import time
from collections import defaultdict

from yuhu.delivery import actions
from yuhu.delivery.models import Delivery
from yuhu.delivery.states import State
from yuhu.kit import steps
from yuhu.kit.breaker import Breaker

FAN_OUT_ROUNDS = 20
SEND_BATCH = 200
# The channels share a round: one that is slow must not take it all.
SEND_SECONDS = 5.0
# A channel that failed three times in a row is left alone for a while: its rows keep their attempts, and the other
# channels their time. After two minutes at the latest one row is tried, so a channel that heals is noticed soon.
FAILURES, REST_SECONDS, LONGEST_REST_SECONDS = 3, 15.0, 120.0
breakers: defaultdict[str, Breaker] = defaultdict(
    lambda: Breaker(FAILURES, REST_SECONDS, LONGEST_REST_SECONDS)
)


def fan_out_step(pk: int | None, at: dt.datetime) -> None:
    """Step ``delivery.fan_out``: one batch, since in embedded mode a request waits for it. ``pk`` means nothing."""
    actions.fan_out(at=at)


def fan_out_sweep(at: dt.datetime) -> int:
    """Batch by batch; returns how many entries of the feed were taken."""
    total, go_on = 0, steps.turn()
    for _round in range(FAN_OUT_ROUNDS):
        if not go_on():
            break
        taken = actions.fan_out(at=at)
        total += taken
        if not taken:
            break
    return total


def send_step(pk: int | None, at: dt.datetime) -> None:
    """Step ``delivery.send``: one row, unless its channel rests; without a key whatever is due."""
    if pk is None:
        send_sweep(at)
        return
    name = Delivery.objects.due(at).filter(pk=pk).values_list("channel", flat=True).first()
    if name is not None and not breakers[name].rests:
        _send(pk, name, at)


def send_sweep(at: dt.datetime) -> int:
    """Send what is due, for some seconds; returns how many went out.

    Each row is claimed at the time that it is by then, or its lease would be over before it began.
    """
    began, sent, go_on = time.monotonic(), 0, steps.turn(SEND_SECONDS)
    resting = [name for name, breaker in breakers.items() if breaker.rests]
    rows = Delivery.objects.due(at).exclude(channel__in=resting).order_by("next_at", "pk")
    for pk, name in list(rows.values_list("pk", "channel")[:SEND_BATCH]):
        if not go_on():
            break
        if not breakers[name].rests:
            passed = dt.timedelta(seconds=time.monotonic() - began)
            sent += _send(pk, name, at + passed) == State.SENT
    return sent


def _send(pk: int, name: str, at: dt.datetime) -> State | None:
    """Send the row and learn from it: a channel that refuses one address for good has answered."""
    state = actions.send_one(delivery_id=pk, at=at)
    if state == State.PENDING:
        breakers[name].failed()
    elif state is not None:
        breakers[name].worked()
    return state


def register() -> None:
    """Make the steps known (apps.ready)."""
    steps.register("delivery.fan_out", fan_out_step)
    steps.register(actions.SEND_STEP, send_step, external=True)
    steps.register_sweep("delivery.fan_out", fan_out_sweep)
    steps.register_sweep(actions.SEND_STEP, send_sweep, external=True)
