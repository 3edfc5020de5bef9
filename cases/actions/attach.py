"""Photos of a case: reduced and stripped before they are stored; the same photo twice is one photo."""

import datetime as dt

from django.core.files.base import ContentFile
from django.db import transaction

from cases.actions.base import By, journal, locked
from cases.exceptions import UnknownCode, WrongState
from cases.models import Attachment, Case
from cases.photos import Photo
from cases.states import FINAL


def attach(*, case_id: int, photo: Photo, stage: str, by: By, at: dt.datetime) -> Attachment:
    """Store a prepared photo (``cases.photos.prepare``) with the case.

    Raises:
        UnknownCode: no such stage.
        WrongState: the case has ended.
    """
    if stage not in Attachment.Stage.values:
        raise UnknownCode(field="stage")
    with transaction.atomic():
        case = locked(case_id)
        if case.state in FINAL:
            raise WrongState
        if twin := case.attachments.filter(stage=stage, sha256=photo.sha256).first():
            return twin
        return _store(case, photo, stage, by, at)


def _store(case: Case, photo: Photo, stage: str, by: By, at: dt.datetime) -> Attachment:
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
    row.save()
    case.version += 1
    case.save(update_fields=["version"])
    journal(case, "case.attached", by=by, at=at, attachment=row.pk, stage=stage, sha256=photo.sha256)
    return row
