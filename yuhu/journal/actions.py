"""Writing: ``record`` an event beside the change that it tells of, ``relay`` it into the feed, write the head.

The only module that writes to the journal's tables. Leaves to others: what to record (each app's actions),
who reads the feed (delivery, figures, partners).
"""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db import DatabaseError, IntegrityError, InterfaceError, connection, transaction
from django.db.models import F, QuerySet

from yuhu.journal import drafts, heads, keys
from yuhu.journal.digests import next_link, outbox_seal, text_digest
from yuhu.journal.drafts import SYSTEM, Actor, Draft
from yuhu.journal.exceptions import Forked, LeaseLost, OtherKey, OutsideTransaction
from yuhu.journal.models import Entry, FeedEntry, Outbox, RelayLease
from yuhu.kit import bulk, clock, leases, steps
from yuhu.kit.compiled import Compiled

__all__ = [
    "SYSTEM",
    "Actor",
    "Draft",
    "change_key",
    "record",
    "record_many",
    "relay",
    "seal_waiting_again",
    "text_digest",
    "write_head",
]

logger = logging.getLogger(__name__)

BATCH = 5_000
RELAY_LIMIT = 500
LEASE_SECONDS = 30

# Where a subject's chain stands: number and digest of its last entry.
Tip = tuple[int, str]
START: Tip = (0, "")


def _tip(subject_type: str, subject_id: str) -> "QuerySet[Entry, tuple[int, str]]":
    rows = Entry.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return rows.order_by("-seq").values_list("seq", "digest")[:1]


# Asked by every record.
_TIP = Compiled(_tip, subject_type=str, subject_id=str)


def record(
    *,
    kind: str,
    subject: tuple[str, str | int],
    at: dt.datetime,
    actor: Actor,
    area: str = "",
    data: dict[str, Any] | None = None,
    first: bool = False,
) -> Entry:
    """Record one event in the caller's transaction, so that change and record are kept or lost together.

    ``kind`` is like ``case.dispatched``; ``subject`` is (type, key), locked by the caller; ``area`` is the
    national code of the place, empty for what no area's scope shall open; ``data`` holds codes, keys, dates,
    numbers and digests (``text_digest``), no text that a person wrote. Costs three queries; two when the caller has
    just made the subject, so that this is its ``first`` event.

    Raises:
        OutsideTransaction: there is no transaction.
        UnfitRecord: ``data`` or another value is not fit to be kept.
        Forked: somebody else recorded the subject's next event first.
    """
    _require_transaction(kind)
    draft = Draft(kind=kind, subject=subject, at=at, actor=actor, area=area, data=data or {})
    tips = [] if first else _TIP.rows(subject_type=subject[0], subject_id=str(subject[1]))
    entry = _entry(draft, (tips[0][0], tips[0][1]) if tips else START)
    try:
        bulk.add(entry)
    except IntegrityError as error:
        raise Forked from error
    bulk.add(Outbox(entry=entry, seal=_seal(entry)))
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
        entry.id = pk
    try:
        bulk.insert_models(Entry, made)
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
    except Exception as error:
        # The next one need not wait for the lease to expire; if the database is away, it must.
        with suppress(DatabaseError, InterfaceError):
            leases.release(RelayLease, pk=RelayLease.ONLY, token=token)
        if not isinstance(error, OtherKey):
            raise
        logger.error("journal.other_key")
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
    entry = bulk.blank(
        Entry,
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


def _tips(subjects: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Tip]:
    """The last entry of each subject that has one."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for subject_type, subject_id in subjects:
        by_type[subject_type].append(subject_id)
    tips: dict[tuple[str, str], Tip] = {}
    for subject_type, subject_ids in by_type.items():
        for part in _parts(sorted(subject_ids)):
            rows = Entry.objects.filter(subject_type=subject_type, subject_id__in=part).order_by("seq")
            for subject_id, seq, digest in rows.values_list("subject_id", "seq", "digest").iterator():
                tips[subject_type, subject_id] = seq, digest
    return tips


def _parts(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def _seal(entry: Entry) -> str:
    return outbox_seal(keys.present(), entry_id=entry.pk, digest=entry.digest)


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
    if _name_of_end(lease) != keys.present_name():
        raise OtherKey
    batch = _sealed_batch(limit)
    feed_no, chain = _extend(lease, batch)
    Outbox.objects.filter(pk__in=[entry_id for entry_id, _ in batch]).delete()
    _let_go(token, feed_no, chain)
    return len(batch)


def _let_go(token: int, feed_no: int, chain: str) -> None:
    end = {"feed_no": feed_no, "chain": chain, "key_name": keys.present_name()}
    if not leases.release(RelayLease, pk=RelayLease.ONLY, token=token, **end):
        raise LeaseLost


def _name_of_end(lease: RelayLease) -> str:
    """Which key made the feed's last link. Where the row does not say, the link itself is tried."""
    if lease.key_name:
        return lease.key_name
    last = list(FeedEntry.objects.order_by("-feed_no").select_related("entry")[:2])
    if not last:
        return keys.present_name()
    previous = last[1].chain if len(last) == 2 else ""
    for name, key in keys.known().items():
        link = next_link(
            key,
            previous=previous,
            feed_no=last[0].feed_no,
            entry_id=last[0].entry_id,
            digest=last[0].entry.digest,
        )
        if link == last[0].chain:
            return name
    return ""


def _hold(token: int) -> RelayLease:
    lease = RelayLease.objects.select_for_update().filter(pk=RelayLease.ONLY, lease_token=token).first()
    if lease is None:
        raise LeaseLost
    return lease


def _sealed_batch(limit: int) -> list[tuple[int, str]]:
    """(id, digest) of the next waiting entries. Rows without the program's seal stay where they are."""
    key, after = keys.present(), 0
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


def _extend(lease: RelayLease, batch: Iterable[tuple[int, str]], key: bytes | None = None) -> Tip:
    """Append (id, digest) pairs to the feed behind the lease's end; returns the new end."""
    key, feed_no, chain = key or keys.present(), lease.feed_no, lease.chain
    links: list[tuple[int, int, str]] = []
    for entry_id, digest in batch:
        feed_no += 1
        chain = next_link(key, previous=chain, feed_no=feed_no, entry_id=entry_id, digest=digest)
        links.append((feed_no, entry_id, chain))
    bulk.insert(FeedEntry, links)
    return feed_no, chain


def _feed_at_once(entries: list[Entry]) -> None:
    """Append ``entries`` behind everything that waits, in the caller's transaction."""
    if connection.vendor == "postgresql":
        # Foreign keys of all that was loaded are checked now and not at the commit, when others wait for the lease.
        connection.check_constraints()
    token = _fence()
    while _move(token, BATCH):
        pass
    _let_go(token, *_extend(_hold(token), ((entry.pk, entry.digest) for entry in entries)))
    steps.nudge("delivery.fan_out")


def _fence() -> int:
    """A new token, so that a relay that holds the lease is out; the row stays locked until the commit."""
    _make_lease()
    RelayLease.objects.update(lease_token=F("lease_token") + 1, lease_until=None)
    return RelayLease.objects.get().lease_token


@transaction.atomic
def change_key(*, at: dt.datetime) -> bool:
    """Hand the feed over from the key that made its end to the present one; False when they are the same.

    The last link of the old key is an entry that names the new one, so whoever verifies knows where to change keys,
    and nobody who found an old key later can write behind that entry. What waits is sealed anew.

    Raises:
        OtherKey: no key that is known made the feed's end.
    """
    token = _fence()
    lease = _hold(token)
    old = _name_of_end(lease)
    if old == keys.present_name():
        return False
    if old not in keys.known():
        raise OtherKey
    draft = Draft(
        kind=keys.CHANGED,
        subject=keys.SUBJECT,
        at=at,
        actor=SYSTEM,
        data={"old": old, "new": keys.present_name()},
    )
    entry = _entry(draft, _tips({keys.SUBJECT}).get(keys.SUBJECT, START))
    entry.save(force_insert=True)
    _let_go(token, *_extend(lease, [(entry.pk, entry.digest)], keys.known()[old]))
    seal_waiting_again()
    steps.nudge("delivery.fan_out")
    return True


@transaction.atomic
def seal_waiting_again() -> int:
    """Give waiting rows that bear the seal of an older key the present one; returns how many.

    SECURITY: whoever found an old key could have written such a row. ``change_key`` does this for what waits at that
    moment; later it is done only when an operator asks for it.
    """
    old = [key for name, key in keys.known().items() if name != keys.present_name()]
    count = 0
    for row in (
        Outbox.objects.select_for_update().select_related("entry").order_by("pk").iterator(chunk_size=BATCH)
    ):
        made = (outbox_seal(key, entry_id=row.pk, digest=row.entry.digest) for key in old)
        if row.seal in made:
            count += Outbox.objects.filter(pk=row.pk).update(seal=_seal(row.entry))
    return count
