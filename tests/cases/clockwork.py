"""Moments of the wall clock, the clocks of a case, the sweeps that look at them, and asking for more time."""

import datetime as dt

from cases.models import Case, Deadline
from cases.states import Step
from tests.world import AT, World, do
from yuhu.kit import steps
from yuhu.kit.clock import LOCAL

ALL = ["cases.warn", "cases.escalate", "cases.close_unrated", "cases.resume"]


def on(day: int, hour: int, minute: int = 0, month: int = 11) -> dt.datetime:
    """A moment of the district's wall clock in November 2026."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=LOCAL).astimezone(dt.UTC)


def clock_of(case: Case, step: Step) -> Deadline:
    """The newest clock of the step."""
    return Deadline.objects.filter(case=case, step=step).latest("round")


def sweep(at: dt.datetime, *only: str) -> int:
    """All sweeps that look at clocks; how much they did."""
    done = steps.run_sweeps(at, only or ALL)
    assert -1 not in done.values()
    return sum(done.values())


def ask(world: World, case: Case, until: dt.datetime, *, at: dt.datetime = AT) -> Case:
    return do(world, case, "request-extension", "governor", at=at, reason="雨太大", until=until)


def decide(
    world: World, case: Case, who: str = "dispatcher", *, at: dt.datetime = AT, approve: bool = True
) -> Case:
    return do(world, case, "decide-extension", who, at=at, approve=approve, reason="已研究")


# Limit 4 working hours from 10:00: with the original limit once more it ends at 11:00 on the next day.
LATEST = on(25, 11)
