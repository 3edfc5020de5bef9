"""What is kept of people and photos goes when its time is over: reporters of cases that ended long ago, orphaned files.

Leaves to others: how long (settings), when (``manage.py retain``), a person's own demand to be erased.
"""

import datetime as dt
from collections.abc import Iterator

from django.core.files.storage import Storage, default_storage
from django.db import transaction
from django.db.models import QuerySet

from cases.actions.base import By, journal, locked
from cases.actions.erase import tell_erased
from cases.actions.follow_ups.calling import lapse
from cases.models import Attachment, PhotoDraft, Reporter
from cases.states import FINAL
from yuhu.journal.actions import SYSTEM

# Where photos are kept, and where a killed restore leaves what it had begun.
FOLDERS = ("cases", "drafts", "restoring")
_LOOKED_UP_AT_ONCE = 500


def reporters_kept_too_long(before: dt.datetime) -> "QuerySet[Reporter]":
    """Names and phones of cases that ended before ``before``, the longest ended first."""
    return Reporter.objects.filter(case__closed_at__lt=before, case__state__in=sorted(FINAL)).order_by(
        "case__closed_at", "pk"
    )


def forget_reporter(*, case_id: int, before: dt.datetime, at: dt.datetime) -> bool:
    """Erase name, phone and private link of one case's reporter, if it ended before ``before``.

    Rows about what was sent there go with them; the journal keeps that it was done, and when.
    """
    with transaction.atomic():
        case = locked(case_id)
        if case.state not in FINAL or case.closed_at is None or case.closed_at >= before:
            return False  # reopened meanwhile
        if not Reporter.objects.filter(case=case).delete()[0]:
            return False
        lapse(case, at)
        case.version += 1
        case.save(update_fields=["version"])
        journal(case, "case.person_forgotten", by=By(user=None, actor=SYSTEM), at=at)
        tell_erased(case)
    return True


def orphans(before: dt.datetime, storage: Storage = default_storage) -> Iterator[str]:
    """Stored files that no row names and that were last written before ``before``: their rows were rolled back, or a
    process died between rows and files. Younger ones may belong to a transaction that is not committed yet."""
    for folder in FOLDERS:
        waiting: list[str] = []
        for name in _walk(storage, folder):
            waiting.append(name)
            if len(waiting) == _LOOKED_UP_AT_ONCE:
                yield from _unnamed(storage, waiting, before)
                waiting.clear()
        yield from _unnamed(storage, waiting, before)


def remove_orphan(name: str, *, before: dt.datetime, storage: Storage = default_storage) -> bool:
    """Remove the file, if still no row names it."""
    if not list(_unnamed(storage, [name], before)):
        return False
    storage.delete(name)
    return True


def _walk(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}/{name}"
    for name in sorted(folders):
        yield from _walk(storage, f"{folder}/{name}")


def _unnamed(storage: Storage, names: list[str], before: dt.datetime) -> Iterator[str]:
    """Those that are old enough and that no row names. Age is asked first: a row may be committed in between."""
    old = [name for name in names if _is_older(storage, name, before)]
    if not old:
        return
    named: set[str] = set()
    for model in (Attachment, PhotoDraft):
        for field in ("file", "thumbnail"):
            named |= set(model.objects.filter(**{f"{field}__in": old}).values_list(field, flat=True))
    yield from (name for name in old if name not in named)


def _is_older(storage: Storage, name: str, before: dt.datetime) -> bool:
    try:
        return storage.get_modified_time(name) < before
    except FileNotFoundError:
        return False  # gone meanwhile
