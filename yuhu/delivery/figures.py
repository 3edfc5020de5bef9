"""How far announcing and sending are behind. Read-only."""

import datetime as dt

from django.db.models import Min

from yuhu.delivery.models import Cursor, Delivery
from yuhu.journal.models import FeedEntry


def oldest_due(at: dt.datetime) -> dt.datetime | None:
    """Since when the longest waiting row is due and nobody sends it; waits between attempts do not count. One query."""
    since: dt.datetime | None = Delivery.objects.due(at).aggregate(since=Min("next_at"))["since"]
    return since


def oldest_unannounced() -> dt.datetime | None:
    """Since when the first entry of the feed waits to be announced. Two queries."""
    known = Cursor.objects.filter(name=Cursor.NOTICES).values_list("feed_no", flat=True).first()
    first = FeedEntry.objects.after(known or 0).first()
    return first.entry.at if first else None
