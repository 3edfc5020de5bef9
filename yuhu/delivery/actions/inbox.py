"""Reading: a person's own notices are marked as read, and go when they were read long ago. Not journaled: it concerns
nobody else, and the feed knows what they told."""

import datetime as dt

from yuhu.delivery.exceptions import NoSuchNotice
from yuhu.delivery.models import Delivery


def mark_read(
    *, user_id: int, at: dt.datetime, delivery_id: int | None = None, until: int | None = None
) -> int:
    """Mark one notice, or all up to the key ``until`` (what came after the person looked stays unread).

    Returns how many were unread. Raises NoSuchNotice when it is not in this person's inbox.
    """
    rows = Delivery.objects.unread_by(user_id)
    if delivery_id is not None:
        if not Delivery.objects.inbox_of(user_id).filter(pk=delivery_id).exists():
            raise NoSuchNotice
        rows = rows.filter(pk=delivery_id)
    if until is not None:
        rows = rows.filter(pk__lte=until)
    return rows.update(read_at=at)


def forget_read(*, before: dt.datetime, limit: int) -> int:
    """Remove a batch of notices that were read before ``before``; returns how many."""
    keys = list(Delivery.objects.read_before(before).values_list("pk", flat=True)[:limit])
    return Delivery.objects.filter(pk__in=keys).delete()[0] if keys else 0
