"""What happens by itself: the feed takes in what was recorded, and once a day its head goes into a file."""

import datetime as dt

from django.conf import settings

from yuhu.journal import actions
from yuhu.kit import steps


def relay_step(pk: int | None, at: dt.datetime) -> None:
    """Step ``journal.relay``: take in everything that waits. ``pk`` means nothing here."""
    relay_sweep(at)


def relay_sweep(at: dt.datetime) -> int:
    """Take in everything that waits, batch by batch; returns how many entries."""
    total, go_on = 0, steps.turn()
    while go_on() and (moved := actions.relay(at=at)):
        total += moved
    return total


def head_sweep(at: dt.datetime) -> int:
    """Write the day's head, once a day; returns how many lines."""
    return 1 if actions.write_head(at=at, path=settings.JOURNAL_HEAD_FILE) else 0
