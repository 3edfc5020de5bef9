"""Writing: ``record`` an event beside the change that it tells of, ``relay`` it into the feed, write the head.

The only module that writes to the journal's tables. Leaves to others: what to record (each app's actions),
who reads the feed (delivery, figures, partners).
"""

import datetime as dt
import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from yuhu.journal import drafts, heads
from yuhu.journal.digests import next_link, outbox_seal, text_digest
from yuhu.journal.drafts import SYSTEM, Actor, Draft
from yuhu.journal.exceptions import Forked, LeaseLost, OutsideTransaction
from yuhu.journal.models import Entry, FeedEntry, Outbox, RelayLease
from yuhu.kit import bulk, clock, leases, steps

__all__ = ["SYSTEM", "Actor", "Draft", "record", "record_many", "relay", "text_digest", "write_head"]

logger = logging.getLogger(__name__)

BATCH = 5_000
RELAY_LIMIT = 500
LEASE_SECONDS = 30

# Where a subject's chain stands: number and digest of its last entry.
Tip = tuple[int, str]
START: Tip = (0, "")


def record(
    *,
    kind: str,
    subject: tuple[str, str | int],
    at: dt.datetime,
    actor: Actor,
    area: str = "",
    data: dict[str, Any] | None = None,
) -> Entry:
    """Record one event in the caller's transaction, so that change and record are kept or lost together.

    ``kind`` is like ``case.dispatched``; ``subject`` is (type, key), locked by the caller; ``area`` is the
    national code of the place, empty for what no area's scope shall open; ``data`` holds codes, keys, dates,
    numbers and digests (``text_digest``), no text that a person wrote. Costs three queries.

    Raises:
        OutsideTransaction: there is no transaction.
        UnfitRecord: ``data`` or another value is not fit to be kept.
        Forked: somebody else recorded the subject's next event first.
    """
    _require_transaction(kind)
    draft = Draft(kind=kind, subject=subject, at=at, actor=actor, area=area, data=data or {})
    subject_type, subject_id = subject[0], str(subject[1])
    tips = Entry.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("-seq")
    entry = _entry(draft, tips.values_list("seq", "digest").first() or START)
    try:
        entry.save(force_insert=True)
    except IntegrityError as error:
        raise Forked from error
    Outbox(entry=entry, seal=_seal(entry)).save(force_insert=True)
    _nudge_relay()
    return entry


def record_many(entries: Sequence[Draft], *, feed: bool = False) -> list[Entry]:
    """Record many events in their order, exactly as ``record`` would one by one, but in bulk.

    For loads and imports. With ``feed`` the entries go into the feed at once, after everything that waits;
    this holds the relay's lock until the caller's transaction ends, so keep that short (some 10,000 entries).

    Raises: as ``record``.
    """
    _require_transaction("record_many")
    if not entries:
        return []
    tips = _tips({(draft.subject[0], str(draft.subject[1])) for draft in entries})
    made: list[Entry] = []
    for draft in entries:
        subject = draft.subject[0], str(draft.subject[1])
        entry = _entry(draft, tips.get(subject, START))
        tips[subject] = entry.seq, entry.digest
        made.append(entry)
    for entry, pk in zip(made, bulk.reserve_ids(Entry, len(made)), strict=True):
        entry.pk = pk
    try:
        bulk.insert(Entry, map(_values, made))
    except IntegrityError as error:
        raise Forked from error
    if feed:
        _feed_at_once(made)
    else:
        bulk.insert(Outbox, ((entry.pk, _seal(entry)) for entry in made))
        _nudge_relay()
    return made


def relay(*, at: dt.datetime, limit: int = RELAY_LIMIT) -> int:
    """Move up to ``limit`` waiting entries into the feed; returns how many.

    One relay at a time holds the lease; its numbers, the emptied outbox and the end of the feed are written
    in one transaction that names the lease's token, so two relays, or one that slept past its lease, give
    each entry one number. An entry that commits late gets a later number: nothing is skipped.
    """
    if not Outbox.objects.exists():
        return 0
    token = _claim(at)
    if token is None:
        return 0
    try:
        with transaction.atomic():
            moved = _move(token, limit)
    except LeaseLost:
        logger.warning("journal.lease_lost", extra={"token": token})
        return 0
    if moved:
        steps.nudge("delivery.fan_out")
    return moved


def write_head(*, at: dt.datetime, path: Path) -> heads.Head | None:
    """Append where the feed ends to the file at ``path``, once per local day; None when there is nothing to do."""
    lease = RelayLease.objects.filter(pk=RelayLease.ONLY, feed_no__gt=0).first()
    if lease is None:
        return None
    known = heads.read(path).heads
    if known and clock.local_date(known[-1].at) == clock.local_date(at):
        return None
    head = heads.Head(at=at, feed_no=lease.feed_no, chain=lease.chain)
    heads.append(path, head)
    return head


def _require_transaction(what: str) -> None:
    if not connection.in_atomic_block:
        raise OutsideTransaction(f"{what} must be recorded in the transaction of the change that it tells of")


def _entry(draft: Draft, tip: Tip) -> Entry:
    """The entry that follows ``tip``, sealed with its digest, not yet saved."""
    drafts.check(draft)
    seq, previous = tip
    actor, lengths = draft.actor, drafts.LENGTHS
    entry = Entry(
        at=draft.at,
        actor_id=actor.id,
        actor_name=actor.name[: lengths["name"]],
        actor_post=actor.post[: lengths["post"]],
        actor_address=actor.address[: lengths["address"]],
        kind=draft.kind,
        subject_type=draft.subject[0],
        subject_id=str(draft.subject[1]),
        seq=seq + 1,
        area=draft.area,
        data=drafts.canonical_data(draft.data),
        previous=previous,
    )
    entry.digest = entry.computed_digest()
    return entry


def _values(entry: Entry) -> bulk.Row:
    """The columns of an entry as ``bulk.insert`` takes them."""
    return (
        entry.id,
        connection.ops.adapt_datetimefield_value(entry.at),
        entry.actor_id,
        entry.actor_name,
        entry.actor_post,
        entry.actor_address,
        entry.kind,
        entry.subject_type,
        entry.subject_id,
        entry.seq,
        entry.area,
        json.dumps(entry.data),
        entry.previous,
        entry.digest,
    )


def _tips(subjects: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Tip]:
    """The last entry of each subject that has one."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for subject_type, subject_id in subjects:
        by_type[subject_type].append(subject_id)
    tips: dict[tuple[str, str], Tip] = {}
    for subject_type, keys in by_type.items():
        for part in _parts(sorted(keys)):
            rows = Entry.objects.filter(subject_type=subject_type, subject_id__in=part).order_by("seq")
            for subject_id, seq, digest in rows.values_list("subject_id", "seq", "digest").iterator():
                tips[subject_type, subject_id] = seq, digest
    return tips


def _parts(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def _key() -> bytes:
    return str(settings.JOURNAL_KEY).encode()


def _seal(entry: Entry) -> str:
    return outbox_seal(_key(), entry_id=entry.pk, digest=entry.digest)


def _nudge_relay() -> None:
    """Hint once per transaction, however many events it records."""
    here = set(connection.savepoint_ids)
    # Same savepoints only: a hint that an inner block registered is lost when that block is rolled back.
    if not any(hook[0] == here and hook[1] is _hint for hook in connection.run_on_commit):
        transaction.on_commit(_hint, robust=True)


def _hint() -> None:
    steps.nudge("journal.relay")


def _claim(at: dt.datetime) -> int | None:
    """The token of the lease, or None when another relay holds it."""
    rows = RelayLease.objects.all()
    token = leases.claim(rows, pk=RelayLease.ONLY, at=at, seconds=LEASE_SECONDS)
    if token is None and _make_lease():
        token = leases.claim(rows, pk=RelayLease.ONLY, at=at, seconds=LEASE_SECONDS)
    return token


def _make_lease() -> bool:
    """Make the single row when it is not there; whether it was missing."""
    if RelayLease.objects.exists():
        return False
    last = FeedEntry.objects.order_by("-feed_no").first()
    row = RelayLease(feed_no=last.feed_no, chain=last.chain) if last else RelayLease()
    RelayLease.objects.bulk_create([row], ignore_conflicts=True)
    return True


def _move(token: int, limit: int) -> int:
    """The relay's transaction: lock the lease under our token, extend the feed, empty the outbox, let go."""
    lease = _hold(token)
    batch = _sealed_batch(limit)
    feed_no, chain = _extend(lease, batch)
    Outbox.objects.filter(pk__in=[entry_id for entry_id, _ in batch]).delete()
    if not leases.release(RelayLease, pk=RelayLease.ONLY, token=token, feed_no=feed_no, chain=chain):
        raise LeaseLost
    return len(batch)


def _hold(token: int) -> RelayLease:
    lease = RelayLease.objects.select_for_update().filter(pk=RelayLease.ONLY, lease_token=token).first()
    if lease is None:
        raise LeaseLost
    return lease


def _sealed_batch(limit: int) -> list[tuple[int, str]]:
    """(id, digest) of the next waiting entries. Rows without the program's seal stay where they are."""
    key, after = _key(), 0
    while rows := list(
        Outbox.objects.pending(after=after).values_list("pk", "seal", "entry__digest")[:limit]
    ):
        good = [
            (pk, digest) for pk, seal, digest in rows if seal == outbox_seal(key, entry_id=pk, digest=digest)
        ]
        if len(good) < len(rows):
            logger.error("journal.unsealed_outbox", extra={"rows": len(rows) - len(good)})
        if good:
            return good
        after = rows[-1][0]
    return []


def _extend(lease: RelayLease, batch: Iterable[tuple[int, str]]) -> Tip:
    """Append (id, digest) pairs to the feed behind the lease's end; returns the new end."""
    key, feed_no, chain = _key(), lease.feed_no, lease.chain
    links: list[tuple[int, int, str]] = []
    for entry_id, digest in batch:
        feed_no += 1
        chain = next_link(key, previous=chain, feed_no=feed_no, entry_id=entry_id, digest=digest)
        links.append((feed_no, entry_id, chain))
    bulk.insert(FeedEntry, links)
    return feed_no, chain


def _feed_at_once(entries: list[Entry]) -> None:
    """Append ``entries`` behind everything that waits, in the caller's transaction."""
    _make_lease()
    # A new token fences off a relay that holds the lease; the update also locks the row until the commit.
    RelayLease.objects.update(lease_token=F("lease_token") + 1, lease_until=None)
    token = RelayLease.objects.get().lease_token
    while _move(token, BATCH):
        pass
    lease = _hold(token)
    feed_no, chain = _extend(lease, ((entry.pk, entry.digest) for entry in entries))
    if not leases.release(RelayLease, pk=RelayLease.ONLY, token=token, feed_no=feed_no, chain=chain):
        raise LeaseLost
    steps.nudge("delivery.fan_out")
