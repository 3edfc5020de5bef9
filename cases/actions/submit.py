"""Whole submissions of a person at a page: a report or a move together with its photos, in one transaction.

Either everything of it is stored or nothing is, so that a page which comes back with an error has lost nothing
and a second press of the button does nothing twice.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.attach import attach_all
from cases.actions.base import By, add_party, digest_of, journal, locked, write_note
from cases.actions.move import move
from cases.actions.report import NewCase, report_once
from cases.exceptions import SentBefore, WrongState
from cases.models import Attachment, Case, CaseParty
from cases.photos import Photo
from yuhu.kit.text import clean_text

BEFORE, AFTER = Attachment.Stage.BEFORE, Attachment.Stage.AFTER


@dataclass(frozen=True)
class Solution:
    """What a governor already did on the spot, with the photos that show it."""

    result: str
    photos: Sequence[Photo] = ()


def submit(
    *,
    new: NewCase,
    photos: Sequence[Photo] = (),
    solution: Solution | None = None,
    by: By,
    at: dt.datetime,
) -> Case:
    """Report with photos; with a ``solution`` the case goes straight to evaluation.

    The same ``submission_key`` with the same matter gives the same case.

    Raises:
        SentBefore: the key was used for another matter; the new one must get a key of its own.
        NotYourMove: this person, or this kind of matter, may not be solved on the spot.
        Refusals of ``report`` and ``attach``.
    """
    with transaction.atomic():
        case, is_new = report_once(new, by=by, at=at)
        if not is_new:
            _refuse_another_matter(case, new)
            return case
        attach_all(case_id=case.pk, photos=photos, stage=BEFORE, by=by, at=at)
        if solution is None:
            return case
        return move_with_photos(
            case_id=case.pk,
            name="solve-on-spot",
            data={"result": solution.result},
            photos=solution.photos,
            by=by,
            at=at,
        )


def _refuse_another_matter(case: Case, new: NewCase) -> None:
    """Somebody went back in the browser and wrote another report into the form that was sent already."""
    text = clean_text(new.description, field="description")
    if (case.description, case.category_id) != (text, new.category):
        message = _(
            "This form was sent before as case %(number)s. If this is another matter, please send it again."
        )
        raise SentBefore(message % {"number": case.number})


def move_with_photos(
    *,
    case_id: int,
    name: str,
    data: Mapping[str, Any],
    photos: Sequence[Photo] = (),
    by: By,
    at: dt.datetime,
    if_match: str | None = None,
) -> Case:
    """Carry out a move; photos of the result are stored with the case first, and only if the move succeeds.

    Raises: refusals of ``move`` and ``attach``.
    """
    if not photos:
        return move(case_id=case_id, name=name, by=by, at=at, data=data, if_match=if_match)
    with transaction.atomic():
        case = locked(case_id)
        # Storing photos changes the version: the version that the person saw is compared before.
        fits = if_match is None or if_match == case.etag
        rows = attach_all(case_id=case_id, photos=photos, stage=AFTER, by=by, at=at) if fits else []
        keys = [row.pk for row in rows]
        return move(
            case_id=case_id,
            name=name,
            by=by,
            at=at,
            data={**data, "attachments": keys},
            if_match=None if fits else if_match,
        )


def join(*, case_id: int, text: str, photos: Sequence[Photo] = (), by: By, at: dt.datetime) -> Case:
    """Somebody saw the trouble of an open case again: text and photos go there, and the person follows it.

    The same text of the same person a second time changes nothing.

    Raises:
        WrongState: the case has ended.
        Invalid: the text cannot be stored.
    """
    words = clean_text(text, field="description")
    with transaction.atomic():
        case = locked(case_id)
        if case.is_final:
            raise WrongState
        if case.notes.filter(move="join", written_by=by.user, text=words).exists():
            return case
        note = write_note(case, move="join", field="description", text=words, by=by, at=at)
        attach_all(case_id=case_id, photos=photos, stage=BEFORE, by=by, at=at)
        case = locked(case_id)
        add_party(case, CaseParty.Role.REPORTER, user=by.user)
        case.version += 1
        case.save(update_fields=["version"])
        journal(case, "case.joined", by=by, at=at, description=digest_of(note))
    return case
