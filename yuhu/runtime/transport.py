"""Sends nudges as Celery messages (``STEP_TRANSPORT`` in production).

A nudge is a hint: it must cost the request nothing, also when the broker is away or hangs. So a thread of the process
gathers hints for a moment and sends them together, and after a failure it keeps quiet for a few seconds
(``kit.breaker``). The sweep finds what was not said. Leaves to others: what a step does (yuhu.kit.steps).
"""

import atexit
import functools
import logging
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

from kombu import uuid
from kombu.pools import producers

from yuhu.celery import OUTSIDE, RUN_STEPS, app
from yuhu.kit import breaker, steps

logger = logging.getLogger(__name__)

Hint = tuple[str, int | None]

# The sender is impatient with a broker that takes connections and answers nobody. A worker must not be: an
# acknowledgement that it gave up would hold one of its few places for ever, and soon it would hear nothing any more.
IMPATIENT = {"socket_timeout": 1.2}
# So long hints are gathered, and so many go into one message, which one process of a worker works through.
GATHER_SECONDS, TOGETHER = 0.02, 10
# A step without a row takes everything that waits. It is hinted at so often at most by a process: under load a hint per
# event would keep a worker busier than the work, and the last event of a burst is found by the sweep.
HINT_SECONDS = 0.5
_hinted: dict[str, float] = {}


def send(name: str, pk: int | None) -> None:
    """Ask a worker to run step ``name`` for row ``pk`` now; returns at once."""
    if breaker.REDIS.rests:
        logger.debug("step.nudge_skipped", extra={"step": name, "pk": pk})
    elif pk is not None or _is_time_for(name):
        sender().put((name, pk))


class Sender:
    """Gathers the hints of one process and sends them from a thread of its own."""

    def __init__(self) -> None:
        self._hints: dict[Hint, None] = {}
        self._lock, self._wake = threading.Lock(), threading.Event()
        threading.Thread(target=self._run, name="hints", daemon=True).start()
        atexit.register(self.flush)

    def put(self, hint: Hint) -> None:
        """Send this with the next ones."""
        with self._lock:
            self._hints[hint] = None
        self._wake.set()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            time.sleep(GATHER_SECONDS)
            self.flush()

    def flush(self) -> None:
        """Send what waits, now. What cannot be sent is lost."""
        with self._lock:
            hints, self._hints = list(self._hints), {}
            self._wake.clear()
        for queue, part in _messages(hints):
            if breaker.REDIS.rests:
                return
            try:
                publish(part, queue)
            except Exception:  # any failure of a hint is harmless by design
                breaker.REDIS.failed()
                logger.warning("step.nudge_lost", extra={"hints": part}, exc_info=True)
                for name, _pk in part:
                    steps.tell_trouble("nudge_lost", name)
            else:
                breaker.REDIS.worked()


@functools.cache
def sender() -> Sender:
    """The one of this process."""
    return Sender()


# A child that was forked has none of its parent's threads.
os.register_at_fork(after_in_child=sender.cache_clear)


def _messages(hints: list[Hint]) -> Iterator[tuple[str, list[Hint]]]:
    """The queue and the hints of each message, in order."""
    for queue, external in ((app.conf.task_default_queue, False), (OUTSIDE, True)):
        own = [hint for hint in hints if steps.is_external(hint[0]) == external]
        for start in range(0, len(own), TOGETHER):
            yield queue, own[start : start + TOGETHER]


@functools.cache
def _publisher() -> Any:
    """Where hints go: one pool of connections per process, apart from those of a worker."""
    return app.connection_for_write(transport_options=IMPATIENT)


def publish(hints: list[Hint], queue: str) -> None:
    """Put the message into the queue. As ``send_task`` without routing and declaring: that is most of what it costs.

    Raises what the broker raises.
    """
    message = app.amqp.as_task_v2(uuid(), RUN_STEPS, args=(hints,), ignore_result=True)
    with producers[_publisher()].acquire(block=True, timeout=1) as producer:
        producer.publish(
            message.body,
            exchange="",
            routing_key=queue,
            headers=message.headers,
            serializer=app.conf.task_serializer,
            retry=False,
            **message.properties,
        )


def _is_time_for(name: str) -> bool:
    """Whether the last hint of this name lies far enough back."""
    now = time.monotonic()
    if now - _hinted.get(name, -HINT_SECONDS) < HINT_SECONDS:
        return False
    _hinted[name] = now
    return True
