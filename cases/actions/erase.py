"""Erasing personal data and text of an ended case (Personal Information Protection Law, art. 47).

The words go, what happened stays: the journal holds digests only, and the salts that would let somebody try texts
against them go with the words. Leaves to others: answers that the API kept (it listens), backups (docs/security.md).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.base import By, delete_with_files, digest_of, journal, locked, write_note
from cases.actions.follow_ups.calling import lapse
from cases.models import Attachment, Case, Note, Reporter
from cases.policies import Look, may_erase
from yuhu.kit.exceptions import Forbidden, Invalid
from yuhu.kit.text import clean_text

ErasureListener = Callable[[Case], None]
_listeners: list[ErasureListener] = []


@dataclass(frozen=True)
class Erasure:
    """What shall go: the reporter, the report's own words with address and point, notes and photos by their keys."""

    person: bool = False
    report: bool = False
    notes: frozenset[int] = frozenset()
    photos: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.person or self.report or bool(self.notes or self.photos)


def on_erased(listener: ErasureListener) -> None:
    """Call ``listener(case)`` inside the transaction: whoever keeps copies forgets them."""
    if listener not in _listeners:
        _listeners.append(listener)


def erase(*, case_id: int, what: Erasure, reason: str, by: By, at: dt.datetime) -> Case:
    """Erase for good what ``what`` names; other cases' rows are never touched.

    Raises:
        Forbidden: no post that erases here, or the case has not ended.
        Invalid: no reason, or nothing to erase.
    """
    why = clean_text(reason, field="reason", min_length=2, max_length=200)
    if not what:
        raise Invalid(_("Choose what shall be erased."), code="nothing_chosen")
    with transaction.atomic():
        case = locked(case_id)
        verdict = may_erase(Look(case, by.user, at))
        if not verdict:
            raise Forbidden(verdict.reason, code=verdict.code)
        person = what.person and Reporter.objects.filter(case=case).delete()[0] > 0
        if person:
            lapse(case, at)
        _erase_report(case, what, at)
        notes = _erase_notes(case, what.notes, at)
        photos = delete_with_files(Attachment.objects.filter(case=case, pk__in=what.photos).order_by("pk"))
        case.version += 1
        case.save()
        note = write_note(case, move="erase", field="reason", text=why, by=by, at=at)
        facts: dict[str, Any] = {"person": person, "report": what.report, "notes": notes, "photos": photos}
        journal(case, "case.erased", by=by, at=at, reason=digest_of(note), **facts)
        tell_erased(case)
    return case


def tell_erased(case: Case) -> None:
    """Whoever keeps copies of what the case held forgets them, in the transaction that erased it."""
    for listener in _listeners:
        listener(case)


def _erase_report(case: Case, what: Erasure, at: dt.datetime) -> None:
    """The block stays, since figures count by it; the exact place goes."""
    if what.report:
        case.description = case.address = case.salt = ""
        case.longitude = case.latitude = None
        case.words = ""  # named, so that it is folded anew with them and not by a later sweep
        case.erased_at = at


def _erase_notes(case: Case, keys: frozenset[int], at: dt.datetime) -> list[int]:
    rows = Note.objects.filter(case=case, pk__in=keys, erased_at__isnull=True)
    found = list(rows.order_by("pk").values_list("pk", flat=True))
    rows.update(text="", salt="", erased_at=at)
    return found
