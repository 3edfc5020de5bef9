"""Runs a write once per key, forgets old keys, and what was erased.

Why the row of the key is inserted in the transaction of the work: the unique constraint then does everything.

* Two requests at once: the second insert waits for the first transaction. It ends with a commit, and the second
  reads its answer; or it ends with a roll-back, and the second does the work itself.
* A process that is killed half-way takes row and work with it: no key stays "in progress" for ever.
* A refused request rolls back and leaves no row: the caller corrects the body and may use the same key.

On SQLite the transaction is IMMEDIATE, so the second one waits at its begin. Leaves to others: reading keys and bodies
(idempotency.py).
"""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from cases.models import Case
from yuhu.api.exceptions import KeyReused
from yuhu.api.models import IdempotencyRecord
from yuhu.kit.exceptions import Conflict

KEPT = dt.timedelta(days=7)
BATCH = 1_000


@dataclass(frozen=True)
class Answer:
    """What the caller got: ``body`` is JSON as text. ``replayed``: it was kept, nothing was done now."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    replayed: bool = False


def run_once(
    *, owner: str, path: str, key: str, digest: str, at: dt.datetime, work: Callable[[], Answer]
) -> Answer:
    """Do ``work`` unless this caller did it under this key before; then give the kept answer.

    Raises:
        KeyReused: the key was used with another body.
        whatever ``work`` raises; nothing is kept then.
    """
    with transaction.atomic():
        record = _claim(owner=owner, path=path, key=key, digest=digest, at=at)
        if record is None:
            return _kept(owner=owner, path=path, key=key, digest=digest)
        answer = work()
        record.status, record.body, record.headers = answer.status, answer.body, answer.headers
        record.save(update_fields=["status", "body", "headers"])
        return answer


def _claim(*, owner: str, path: str, key: str, digest: str, at: dt.datetime) -> IdempotencyRecord | None:
    """The row of the key, made by us; None when it is there already."""
    try:
        with transaction.atomic():
            return IdempotencyRecord.objects.create(
                owner=owner, path=path, key=key, digest=digest, created_at=at
            )
    except IntegrityError:
        return None


def _kept(*, owner: str, path: str, key: str, digest: str) -> Answer:
    row = IdempotencyRecord.objects.filter(owner=owner, path=path, key=key).first()
    if row is None or row.status is None:
        raise Conflict  # swept between the two queries: a week old, and asked for again in that millisecond
    if row.digest != digest:
        raise KeyReused
    return Answer(row.status, row.body, row.headers, replayed=True)


def forget_old(at: dt.datetime) -> int:
    """Remove a batch of what is older than a week; returns how many."""
    old = IdempotencyRecord.objects.filter(created_at__lt=at - KEPT).order_by("created_at")
    keys = list(old.values_list("pk", flat=True)[:BATCH])
    return IdempotencyRecord.objects.filter(pk__in=keys).delete()[0] if keys else 0


def forget_case(case: Case) -> None:
    """The case's words were erased: answers that repeat them keep its number only. Keys stay used up."""
    kept = IdempotencyRecord.objects.filter(body__contains=case.number)
    kept.update(body=json.dumps({"number": case.number}))
