"""``manage.py sweep``: asks every few seconds what is pending and does it. The embedded default's only worker.

Production has Celery beat and workers for the same (yuhu.runtime.tasks); both may run at once, since every step
claims its row. Leaves to others: what is pending (yuhu.kit.steps).
"""

import argparse
import logging
import signal
import threading
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, close_old_connections

from yuhu.kit import clock, steps

logger = logging.getLogger(__name__)

# Asked to end, it waits so long for a talk with the world. What is cut short stays claimed for its lease and is then
# tried again. Less than ``manage.py serve`` waits for its children.
FAREWELL_SECONDS = 4.0


class Command(BaseCommand):
    """Loops until SIGTERM or SIGINT; finishes the step that it is in.

    What talks to the world has a thread of its own: a mail server that hangs must not hold up dispatching.
    """

    help = "Does what is pending: routing, deadlines, deliveries. Loops until it is told to stop."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """``--once`` for cron, tests and drills."""
        parser.add_argument("--once", action="store_true", help="one round, then end")
        parser.add_argument(
            "--seconds", type=float, default=settings.SWEEP_SECONDS, help="pause between rounds"
        )

    def handle(self, *args: Any, once: bool, seconds: float, **options: Any) -> None:
        """Sweep once or for ever."""
        if once:
            self._report(steps.run_sweeps(clock.now()))
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        outside = threading.Thread(target=self._loop, args=(seconds,), kwargs={"external": True}, daemon=True)
        outside.start()
        self._loop(seconds, external=False)
        outside.join(FAREWELL_SECONDS)
        if outside.is_alive():
            logger.warning("sweep.cut_short")

    def _loop(self, seconds: float, *, external: bool) -> None:
        while not steps.stopping.is_set():
            self._round(external=external)
            steps.stopping.wait(seconds)

    def _report(self, done: dict[str, int]) -> None:
        for name, count in sorted(done.items()):
            self.stdout.write(f"{name}: {count}")
        if failed := sorted(name for name, count in done.items() if count < 0):
            raise CommandError(f"failed: {', '.join(failed)} (see the log)")

    def _round(self, *, external: bool) -> None:
        """One round. A database that is away is logged; the next round finds everything again."""
        close_old_connections()
        try:
            steps.run_sweeps(clock.now(), steps.sweeps(external=external))
        except (DatabaseError, InterfaceError):
            logger.exception("sweep.database")
        finally:
            close_old_connections()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        steps.stopping.set()
