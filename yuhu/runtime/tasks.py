"""The Celery tasks of the whole system: run steps, run the sweeps. Ids in, no result out."""

from celery import shared_task

from yuhu.celery import RUN_OUTSIDE, RUN_STEPS, RUN_SWEEPS
from yuhu.kit import clock, steps


@shared_task(name=RUN_STEPS)
def run_steps(hints: list[tuple[str, int | None]]) -> None:
    """Run each step for its row. Safe to run twice; what fails is found again by the sweep."""
    steps.run_hints(hints)


@shared_task(name=RUN_SWEEPS)
def run_sweeps() -> None:
    """Ask every sweep once that stays inside the house. Sent by beat every ``SWEEP_SECONDS``."""
    steps.run_sweeps(clock.now(), steps.sweeps(external=False))


@shared_task(name=RUN_OUTSIDE)
def run_outside() -> None:
    """Ask every sweep once that talks to the world. Sent by beat too, into a queue of its own."""
    steps.run_sweeps(clock.now(), steps.sweeps(external=True))
