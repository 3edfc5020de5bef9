"""From the journal's feed into the ledger: every event once, in order, however many workers try.

The cursor is locked, and moves in the transaction that writes the rows: a worker that dies leaves neither.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from cases.models import Reporter
from staffing.models import User
from yuhu.delivery.actions.recipients import Event, Recipients
from yuhu.delivery.actions.sending import SEND_STEP
from yuhu.delivery.models import Cursor, Delivery
from yuhu.delivery.notices import BY_EVENT, Audience, Notice, of
from yuhu.delivery.states import Channel, State
from yuhu.delivery.subjects import SUBJECTS
from yuhu.journal.models import FeedEntry
from yuhu.kit import steps

logger = logging.getLogger(__name__)

BATCH = 200
# What happened longer ago is history (a bulk load, or a feed that stood still): too late to act on, so not announced.
NEWS = dt.timedelta(days=7)

# Who gets which notice of one feed entry; None stands for the reporter.
Told = dict[int | None, Notice]


def fan_out(*, at: dt.datetime, limit: int = BATCH) -> int:
    """Write the notices of the next ``limit`` entries of the feed; returns how many entries were taken."""
    known = Cursor.objects.filter(name=Cursor.NOTICES).values_list("feed_no", flat=True).first()
    if FeedEntry.objects.last_no() <= (known or 0):
        return 0
    with transaction.atomic():
        cursor = _locked_cursor()
        batch = list(FeedEntry.objects.after(cursor.feed_no)[:limit])
        if not batch:
            return 0
        news = [feed for feed in batch if feed.entry.at > at - NEWS]
        made = Delivery.objects.bulk_create(_rows(news, at))
        cursor.feed_no = batch[-1].feed_no
        cursor.save(update_fields=["feed_no"])
        for row in made:
            if row.state == State.PENDING:
                steps.nudge(SEND_STEP, row.pk)
    return len(batch)


def skip_to_end() -> int:
    """Announce nothing that is in the feed by now: for what was loaded in bulk. Returns the feed number.

    What is older than ``NEWS`` is never announced; for younger rows call this in the transaction that loads them with
    ``record_many(feed=True)``, since after its commit the fan-out would be faster.
    """
    with transaction.atomic():
        cursor = _locked_cursor()
        cursor.feed_no = max(cursor.feed_no, FeedEntry.objects.last_no())
        cursor.save(update_fields=["feed_no"])
    return cursor.feed_no


def _locked_cursor() -> Cursor:
    """One fan-out at a time; the second waits here and then finds that there is nothing left."""
    return Cursor.objects.select_for_update().get_or_create(name=Cursor.NOTICES)[0]


def _rows(batch: Sequence[FeedEntry], at: dt.datetime) -> list[Delivery]:
    """The ledger's rows for these entries, not yet stored."""
    subjects, recipients = _subjects(batch), Recipients()
    found: list[tuple[FeedEntry, Any, Told]] = []
    for feed in batch:
        about = subjects.get((feed.entry.subject_type, feed.entry.subject_id))
        if about is not None and (told := _told(Event(feed.entry, about), recipients)):
            found.append((feed, about, told))
    keys = {key for _feed, _about, told in found for key in told if key is not None}
    mails = dict(User.objects.filter(pk__in=keys, is_active=True).values_list("pk", "email"))
    return [row for feed, about, told in found for row in _rows_of(feed, about, told, mails, at)]


def _subjects(batch: Sequence[FeedEntry]) -> dict[tuple[str, str], Any]:
    """What those entries are about that anybody is told of: one query for each kind of subject."""
    news = [one.entry for one in batch if one.entry.kind in BY_EVENT]
    found: dict[tuple[str, str], Any] = {}
    for name, subject in SUBJECTS.items():
        keys = {entry.subject_id for entry in news if entry.subject_type == name}
        found |= {(name, key): row for key, row in subject.find(keys).items()}
    return found


def _told(event: Event, recipients: Recipients) -> Told:
    """Each person's notice of one event; who fits two audiences gets the first of the table.

    An entry that cannot be read (another release wrote it) is logged and left out: it must not hold up the rest.
    """
    told: Told = {}
    try:
        for notice in of(event.entry.kind, event.data):
            if notice.audience is Audience.RESIDENT:
                if _phone_of(event.about) is not None:
                    told.setdefault(None, notice)
                continue
            for person in recipients.people(notice.audience, event):
                told.setdefault(person, notice)
    except (LookupError, TypeError, ValueError):
        logger.exception("delivery.entry_skipped", extra={"entry": event.entry.pk, "kind": event.entry.kind})
        return {}
    return told


def _phone_of(about: Any) -> Reporter | None:
    """The reporter, if he or she left a phone number."""
    reporter: Reporter | None = getattr(about, "reporter", None)
    return reporter if reporter is not None and reporter.phone_sealed else None


def _rows_of(
    feed: FeedEntry, about: Any, told: Told, mails: dict[int, str], at: dt.datetime
) -> Iterable[Delivery]:
    for person, notice in told.items():
        row = {
            "entry_id": feed.entry_id,
            "feed_no": feed.feed_no,
            "kind": notice.kind,
            "about": feed.entry.subject_type,
            "subject": feed.entry.subject_id,
            "at": feed.entry.at,
            "created_at": at,
        }
        if person is None:
            reporter = _phone_of(about)
            yield Delivery(**row, reporter=reporter, channel=Channel.SMS, next_at=at)
        elif person in mails:
            inbox = Delivery(**row, user_id=person, channel=Channel.INBOX)
            inbox.state, inbox.sent_at = State.SENT, at
            yield inbox
            if notice.email and mails[person]:
                yield Delivery(**row, user_id=person, channel=Channel.EMAIL, next_at=at)
