"""Photos of a form that came back: kept for their person for a day, so that nobody has to take them again."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.core.files.base import ContentFile
from django.db import transaction

from cases.actions.base import delete_with_files
from cases.models import PhotoDraft
from cases.photos import Photo
from staffing.models import User

KEPT_FOR = dt.timedelta(days=1)
# Of one person; the oldest make way. Two full forms fit.
MOST = 40


def keep_drafts(*, user: User, photos: Sequence[Photo], stage: str, at: dt.datetime) -> list[PhotoDraft]:
    """Keep prepared photos for ``user`` until the form is sent (``forget_drafts``) or a day has passed."""
    rows = [_row(user, photo, stage, at) for photo in photos]
    with transaction.atomic():
        for row in rows:
            row.save(force_insert=True)
        own = PhotoDraft.objects.filter(user=user).order_by("-created_at", "-pk")
        delete_with_files(list(own[MOST:]))
    return rows


def forget_drafts(*, user: User, keys: Iterable[str]) -> int:
    """The form was sent: its kept photos go. Returns how many."""
    with transaction.atomic():
        return len(delete_with_files(PhotoDraft.objects.filter(user=user, key__in=list(keys))))


def forget_old_drafts(*, at: dt.datetime, limit: int) -> int:
    """What nobody sent within a day goes, file by file. Returns how many."""
    with transaction.atomic():
        return len(
            delete_with_files(
                PhotoDraft.objects.filter(created_at__lt=at - KEPT_FOR).order_by("created_at")[:limit]
            )
        )


def _row(user: User, photo: Photo, stage: str, at: dt.datetime) -> PhotoDraft:
    longitude, latitude = photo.place or (None, None)
    row = PhotoDraft(
        user=user,
        stage=stage,
        width=photo.width,
        height=photo.height,
        sha256=photo.sha256,
        longitude=longitude,
        latitude=latitude,
        created_at=at,
    )
    row.file.save(f"{row.key}.jpg", ContentFile(photo.jpeg), save=False)
    row.thumbnail.save(f"{row.key}-s.jpg", ContentFile(photo.thumbnail), save=False)
    return row
