"""Sends nudges as Celery messages (``STEP_TRANSPORT`` in production).

A nudge is a hint: it must cost the request nothing when the broker is away, so after a failure this process
keeps quiet for a few seconds instead of waiting for the broker in every request. The sweep finds what was not
said. Leaves to others: what a step does (yuhu.kit.steps).
"""

import logging
import time

from yuhu.celery import RUN_STEP, app

logger = logging.getLogger(__name__)

QUIET_SECONDS = 5.0
_quiet_until = 0.0


def send(name: str, pk: int | None) -> None:
    """Ask a worker to run step ``name`` for row ``pk`` now. Raises what the broker raises."""
    global _quiet_until  # noqa: PLW0603 - one circuit breaker per process
    if time.monotonic() < _quiet_until:
        logger.debug("step.nudge_skipped", extra={"step": name, "pk": pk})
        return
    try:
        app.send_task(RUN_STEP, args=[name, pk], retry=False, ignore_result=True)
    except Exception:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        raise
