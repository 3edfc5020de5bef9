"""From the journal's feed into the ledger: every event once, in order, however many workers try.

The cursor is locked, and moves in the transaction that writes the rows: a worker that dies leaves neither.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Sequence

from django.db import transaction

from cases.models import Case, Reporter
from staffing.models import User
from yuhu.delivery.actions.recipients import Event, Recipients
from yuhu.delivery.actions.sending import SEND_STEP
from yuhu.delivery.models import Cursor, Delivery
from yuhu.delivery.notices import BY_EVENT, Audience, Notice, of
from yuhu.delivery.states import Channel, State
from yuhu.journal.models import FeedEntry
from yuhu.kit import steps

logger = logging.getLogger(__name__)

BATCH = 200
CASE = "case"
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
    cases, recipients = _cases(batch), Recipients()
    found: list[tuple[FeedEntry, Case, Told]] = []
    for feed in batch:
        case = cases.get(feed.entry.subject_id) if feed.entry.subject_type == CASE else None
        if case is not None and (told := _told(Event(feed.entry, case), recipients)):
            found.append((feed, case, told))
    keys = {key for _feed, _case, told in found for key in told if key is not None}
    mails = dict(User.objects.filter(pk__in=keys, is_active=True).values_list("pk", "email"))
    return [row for feed, case, told in found for row in _rows_of(feed, case, told, mails, at)]


def _cases(batch: Sequence[FeedEntry]) -> dict[str, Case]:
    """The cases of those entries that anybody is told of, with their reporters."""
    numbers = {
        one.entry.subject_id for one in batch if one.entry.subject_type == CASE and one.entry.kind in BY_EVENT
    }
    if not numbers:
        return {}
    return {case.number: case for case in Case.objects.filter(number__in=numbers).select_related("reporter")}


def _told(event: Event, recipients: Recipients) -> Told:
    """Each person's notice of one event; who fits two audiences gets the first of the table.

    An entry that cannot be read (another release wrote it) is logged and left out: it must not hold up the rest.
    """
    told: Told = {}
    try:
        for notice in of(event.entry.kind, event.data):
            if notice.audience is Audience.RESIDENT:
                if _phone_of(event.case) is not None:
                    told.setdefault(None, notice)
                continue
            for person in recipients.people(notice.audience, event):
                told.setdefault(person, notice)
    except (LookupError, TypeError, ValueError):
        logger.exception("delivery.entry_skipped", extra={"entry": event.entry.pk, "kind": event.entry.kind})
        return {}
    return told


def _phone_of(case: Case) -> Reporter | None:
    """The reporter, if he or she left a phone number."""
    reporter: Reporter | None = getattr(case, "reporter", None)
    return reporter if reporter is not None and reporter.phone_sealed else None


def _rows_of(
    feed: FeedEntry, case: Case, told: Told, mails: dict[int, str], at: dt.datetime
) -> Iterable[Delivery]:
    for person, notice in told.items():
        row = {
            "entry_id": feed.entry_id,
            "feed_no": feed.feed_no,
            "kind": notice.kind,
            "subject": case.number,
            "at": feed.entry.at,
            "created_at": at,
        }
        if person is None:
            reporter = _phone_of(case)
            yield Delivery(**row, reporter=reporter, channel=Channel.SMS, next_at=at)
        elif person in mails:
            inbox = Delivery(**row, user_id=person, channel=Channel.INBOX)
            inbox.state, inbox.sent_at = State.SENT, at
            yield inbox
            if notice.email and mails[person]:
                yield Delivery(**row, user_id=person, channel=Channel.EMAIL, next_at=at)
