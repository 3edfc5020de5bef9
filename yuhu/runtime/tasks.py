"""The two Celery tasks of the whole system: run one step, run all sweeps. Ids in, no result out."""

import logging

from celery import shared_task

from yuhu.celery import RUN_STEP, RUN_SWEEPS
from yuhu.kit import clock, steps

logger = logging.getLogger(__name__)


@shared_task(name=RUN_STEP)
def run_step(name: str, pk: int | None) -> None:
    """Run one step for one row. Safe to run twice; a failure is logged by Celery and found again by the sweep."""
    if name not in steps.names():
        # A message from another release: the sweep of the release that knows the step does the work.
        logger.warning("step.unknown", extra={"step": name})
        return
    steps.run(name, pk, clock.now())


@shared_task(name=RUN_SWEEPS)
def run_sweeps() -> None:
    """Ask every sweep once. Sent by beat every ``SWEEP_SECONDS``."""
    steps.run_sweeps(clock.now())
