"""Writes sealed columns anew under the present keys, batch by batch, while everything runs.

Rows carry the mark of their keys (``kit.people.key_mark``), so what is left is a query: a run that was killed is
simply begun again, two at once do no harm, and rows that a process with older settings writes meanwhile are found by
the next run. Leaves to others: which columns are sealed (each app's actions), printing (``manage.py rotate_keys``).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import QuerySet

from yuhu.kit import people


@dataclass
class Batch:
    """What one transaction did: up to which key, how many rows, and the keys of those that no key opens."""

    last: int
    done: int = 0
    unreadable: list[int] = field(default_factory=list)


def waiting(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Rows that were written with other keys than the present ones."""
    return rows.exclude(key_mark=people.key_mark())


def reseal(
    rows: "QuerySet[Any]",
    *,
    sealed: tuple[str, ...],
    after: int,
    limit: int,
    refresh: Callable[[Any], tuple[str, ...]] = lambda row: (),
) -> Batch | None:
    """Seal the columns ``sealed`` of the next rows anew; None when none is left behind key ``after``.

    ``refresh`` changes what else depends on the keys and returns the names of these columns. Rows are locked, so that
    a change of the same row waits or is seen.
    """
    with transaction.atomic():
        found = list(waiting(rows).filter(pk__gt=after).order_by("pk").select_for_update()[:limit])
        if not found:
            return None
        batch = Batch(last=found[-1].pk)
        changed: list[Any] = []
        columns: set[str] = {"key_mark", *sealed}
        for row in found:
            try:
                for name in sealed:
                    setattr(row, name, people.seal_again(getattr(row, name)))
                columns.update(refresh(row))
            except InvalidToken:
                batch.unreadable.append(row.pk)
                continue
            row.key_mark = people.key_mark()
            changed.append(row)
        if changed:
            rows.bulk_update(changed, sorted(columns), batch_size=100)
        batch.done = len(changed)
    return batch
