"""Photos of a case: reduced and stripped before they are stored; the same photo twice is one photo."""

import datetime as dt
from collections.abc import Sequence

from django.core.files.base import ContentFile
from django.db import transaction

from cases.actions.base import By, locked, subject_area
from cases.exceptions import UnknownCode, WrongState
from cases.models import Attachment, Case
from cases.photos import Photo
from cases.states import FINAL
from yuhu.journal.actions import Draft, record_many


def attach(*, case_id: int, photo: Photo, stage: str, by: By, at: dt.datetime) -> Attachment:
    """Store a prepared photo (``cases.photos.prepare``) with the case.

    Raises:
        UnknownCode: no such stage.
        WrongState: the case has ended.
    """
    return attach_all(case_id=case_id, photos=[photo], stage=stage, by=by, at=at)[0]


def attach_all(
    *, case_id: int, photos: Sequence[Photo], stage: str, by: By, at: dt.datetime
) -> list[Attachment]:
    """Store several prepared photos with the case, in their order. Raises as ``attach``."""
    if stage not in Attachment.Stage.values:
        raise UnknownCode(field="stage")
    if not photos:
        return []
    with transaction.atomic():
        case = locked(case_id)
        if case.state in FINAL:
            raise WrongState
        digests = [photo.sha256 for photo in photos]
        known = {row.sha256: row for row in case.attachments.filter(stage=stage, sha256__in=digests)}
        fresh = {photo.sha256: photo for photo in photos if photo.sha256 not in known}
        rows = [_row(case, photo, stage, by, at) for photo in fresh.values()]
        for row in rows:
            row.save(force_insert=True)
        if rows:
            case.version += 1
            case.save(update_fields=["version"])
            record_many([_entry(case, row, by, at) for row in rows])
        known |= {row.sha256: row for row in rows}
        return [known[digest] for digest in dict.fromkeys(digests)]


def _row(case: Case, photo: Photo, stage: str, by: By, at: dt.datetime) -> Attachment:
    row = Attachment(
        case=case,
        stage=stage,
        width=photo.width,
        height=photo.height,
        size=len(photo.jpeg),
        sha256=photo.sha256,
        uploaded_by=by.user,
        uploaded_at=at,
    )
    name = f"{case.number}-{photo.sha256[:12]}"
    row.file.save(f"{name}.jpg", ContentFile(photo.jpeg), save=False)
    row.thumbnail.save(f"{name}-s.jpg", ContentFile(photo.thumbnail), save=False)
    return row


def _entry(case: Case, row: Attachment, by: By, at: dt.datetime) -> Draft:
    data = {"attachment": row.pk, "stage": row.stage, "sha256": row.sha256}
    return Draft(
        kind="case.attached",
        subject=("case", case.number),
        at=at,
        actor=by.actor,
        area=subject_area(case),
        data=data,
    )
