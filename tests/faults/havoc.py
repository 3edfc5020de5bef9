"""What breaks things in a drill, at moments that come from its seed, until it is told to stop.

One ``Havoc`` is a thread that does one kind of harm again and again. Only processes of the drilled system are harmed,
by their number. Leaves to others: who notices (``clients``), what must hold afterwards (``invariants``).
"""

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psycopg2
import redis

from tests.faults.clients import Watch
from tests.faults.machines import System
from tests.runtime.machine import wait_until

Harm = Callable[[random.Random], str]
QUEUE = "celery"
# Seconds after which harm is done although nobody gets an answer.
PATIENCE = 20.0


class Havoc(threading.Thread):
    """Does a harm, waits for so many final answers, and again: on a slow machine harm comes as often per request as
    on a quick one, and the system always gets on. ``done`` counts what was done."""

    def __init__(self, rng: random.Random, harm: Harm, watch: Watch, *, every: tuple[int, int]) -> None:
        super().__init__(daemon=True)
        self.rng, self.harm, self.watch, self.every = random.Random(rng.random()), harm, watch, every
        self.done: Counter[str] = Counter()
        self.problem: BaseException | None = None
        self._stop_now = threading.Event()

    def run(self) -> None:
        try:
            while self._has_waited():
                self.done[self.harm(self.rng)] += 1
        except BaseException as problem:  # told by ``stop``
            self.problem = problem

    def _has_waited(self) -> bool:
        """Wait for the answers, at most ``PATIENCE``; False when it is time to stop."""
        target, until = self.watch.final + self.rng.randint(*self.every), time.monotonic() + PATIENCE
        while self.watch.final < target and time.monotonic() < until:
            if self._stop_now.wait(0.02):
                return False
        return not self._stop_now.is_set()

    def stop(self) -> None:
        """No more harm; what went wrong with doing harm is raised here."""
        self._stop_now.set()
        self.join(timeout=300)
        if self.problem is not None:
            raise self.problem


@contextmanager
def doing(*harms: Havoc) -> Iterator[Counter[str]]:
    """Harm is done inside of the block; afterwards the counter tells what."""
    done: Counter[str] = Counter()
    for harm in harms:
        harm.start()
    try:
        yield done
    finally:
        for harm in harms:
            harm.stop()
            done.update(harm.done)


def kill_any(system: System, names: Sequence[str]) -> Harm:
    """SIGKILL to one process of one of these, the first one or a child; then it is given time to come back, or on a
    busy machine it would never be there."""

    def harm(rng: random.Random) -> str:
        process = system.processes[rng.choice(list(names))]
        pids = process.pids if process.is_running else []
        if not pids:
            return "nobody"
        # The first one as often as one of its children.
        pid = pids[0] if len(pids) == 1 or rng.random() < 0.5 else rng.choice(pids[1:])
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        if process.name == "web":
            wait_until(system.answers, seconds=60, what="the web server is back")
        return f"{process.name} {'itself' if pid == pids[0] else 'child'}"

    return harm


def cut_connections(system: System, share: float) -> Harm:
    """``pg_terminate_backend`` on a share of the connections."""

    def harm(rng: random.Random) -> str:
        with contextlib.suppress(psycopg2.OperationalError):  # it is being restarted just now
            return "cut" if system.postgres.cut(rng, share) else "nobody"
        return "nobody"

    return harm


def crash_postgres(system: System, away: tuple[float, float]) -> Harm:
    """``pg_ctl stop -m immediate`` in the middle of whatever runs, a while without it, and a start."""

    def harm(rng: random.Random) -> str:
        system.postgres.crash()
        time.sleep(rng.uniform(*away))
        system.postgres.start()
        return "crash"

    return harm


def break_redis(system: System, away: tuple[float, float]) -> Harm:
    """Stopped for a while and replaced by an empty one; or flushed; or it hangs for a while."""

    def harm(rng: random.Random) -> str:
        what = rng.choice(["replaced", "flushed", "hung"])
        if what == "flushed":
            with system.redis.client() as client:
                client.flushall()
            return what
        if what == "hung":
            system.redis.hang()
        else:
            system.redis.stop()
        time.sleep(rng.uniform(*away))
        if what == "hung":
            system.redis.go_on()
        else:
            system.redis.start()
        return what

    return harm


def double_and_shuffle(system: System) -> Harm:
    """Take all waiting messages, put each back twice, in another order. Each message is doubled once only."""
    seen: set[bytes] = set()

    def harm(rng: random.Random) -> str:
        with contextlib.suppress(redis.RedisError), system.redis.client() as client:
            with client.pipeline(transaction=True) as pipe:
                pipe.lrange(QUEUE, 0, -1)
                pipe.delete(QUEUE)
                waiting = pipe.execute()[0]
            again = [message for message in waiting if message not in seen]
            seen.update(again)
            rng.shuffle(waiting)
            messages = [*waiting, *reversed(again)]
            if messages:
                client.lpush(QUEUE, *messages)
                return "doubled" if again else "shuffled"
        return "nothing"

    return harm
