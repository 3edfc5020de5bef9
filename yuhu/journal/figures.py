"""How the journal stands: how much it holds, what waits to be fed, when its end was last written outside. Read-only.

Leaves to others: proving that nothing was changed (``manage.py verify_journal``).
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Count, Min

from yuhu.journal import heads
from yuhu.journal.models import FeedEntry, Outbox


@dataclass(frozen=True)
class JournalState:
    """The feed's last number, what waits for the relay and since when, and the last head in the file outside."""

    feed_no: int
    waiting: int
    waiting_since: dt.datetime | None
    head: heads.Head | None
    unreadable_heads: int


def state(head_file: Path) -> JournalState:
    """The present state. Two queries and one file."""
    kept = heads.read(head_file)
    waiting = Outbox.objects.aggregate(number=Count("pk"), since=Min("entry__at"))
    return JournalState(
        feed_no=FeedEntry.objects.all().last_no(),
        waiting=waiting["number"],
        waiting_since=waiting["since"],
        head=kept.heads[-1] if kept.heads else None,
        unreadable_heads=len(kept.unreadable),
    )


def oldest_unfed() -> dt.datetime | None:
    """Since when the oldest entry waits for the relay. One query."""
    since: dt.datetime | None = Outbox.objects.aggregate(since=Min("entry__at"))["since"]
    return since
