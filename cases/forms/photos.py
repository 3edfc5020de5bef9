"""The photos of a form: those just uploaded, those kept from a try before, and keeping them for the next one.

Leaves to others: what a photo must be (``cases.photos``) and storing it (``cases.actions``).
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from cases.actions import forget_drafts, keep_drafts
from cases.models import PhotoDraft
from cases.photos import Photo, Place, prepare
from staffing.models import User
from yuhu.kit.exceptions import FilesAway, Refusal

MOST = 9
_KEY = re.compile(r"[\w-]{1,32}", re.ASCII)
Files = MultiValueDict[str, "UploadedFile[Any]"]


@dataclass(frozen=True)
class Kept:
    """A photo that the server holds already, as the form shows it."""

    token: str
    thumbnail: str
    label: str


class PhotoTray:
    """Reads the photo fields of a posted form. ``fields`` names the stage of each, for example {"photos": "before"}.

    Uploads are prepared at once; one that is refused is told in ``errors`` and costs the others nothing.
    """

    def __init__(
        self, user: User | None, data: QueryDict, files: Files, fields: Mapping[str, str], *, most: int = MOST
    ) -> None:
        self.user, self.most = user, most
        self.fields = dict(fields)
        self.errors: dict[str, list[str]] = {}
        keys = [key for key in data.getlist("kept_photos") if _KEY.fullmatch(key)][: MOST * 4]
        self._drafts = (
            list(PhotoDraft.objects.filter(user=user, key__in=keys).order_by("pk")) if keys and user else []
        )
        self._new = {name: self._prepared(name, files.getlist(name)) for name in fields}

    def photos(self, name: str) -> list[Photo]:
        """All photos of a field, those from before first."""
        stage = self.fields[name]
        return [_photo(draft) for draft in self._drafts if draft.stage == stage] + self._new[name]

    def count(self, name: str) -> int:
        """How many photos the field has, without reading them."""
        return sum(draft.stage == self.fields[name] for draft in self._drafts) + len(self._new[name])

    def place(self) -> Place | None:
        """Where the first photo was taken that says so (longitude, latitude)."""
        places = [_place(draft) for draft in self._drafts]
        places += [photo.place for photos in self._new.values() for photo in photos]
        return next((place for place in places if place is not None), None)

    def keep(self, at: dt.datetime) -> bool:
        """The form comes back: what was uploaded now is kept as well. False when it could not be: nobody without an
        account has a place for it."""
        kept = True
        for name, photos in self._new.items():
            if photos and self.user is None:
                kept = False
            elif photos and self.user is not None:
                try:
                    self._drafts += keep_drafts(user=self.user, photos=photos, stage=self.fields[name], at=at)
                except FilesAway:
                    kept = False  # the text is worth more: the page comes back without the photos
        self._new = {name: [] for name in self.fields}
        return kept

    def forget(self) -> None:
        """The form was sent."""
        if self._drafts and self.user is not None:
            forget_drafts(user=self.user, keys=[draft.key for draft in self._drafts])

    def kept(self, name: str) -> list[Kept]:
        """For the page that shows the field again."""
        rows = [draft for draft in self._drafts if draft.stage == self.fields[name]]
        return [
            Kept(row.key, reverse("cases:draft", args=[row.key]), _("Photo %(number)d") % {"number": number})
            for number, row in enumerate(rows, start=1)
        ]

    def _prepared(self, name: str, uploads: list["UploadedFile[Any]"]) -> list[Photo]:
        held = sum(draft.stage == self.fields[name] for draft in self._drafts)
        photos: list[Photo] = []
        for upload in uploads:
            if held + len(photos) >= self.most:
                sentence = _("At most %(most)d photos can be sent; the others were left out.")
                self._complain(name, sentence % {"most": self.most})
                break
            try:
                photos.append(prepare(cast(BinaryIO, upload.file), field=name))
            except Refusal as refusal:
                self._complain(name, f"{(upload.name or '')[:60]}: {refusal.message}")
        return photos

    def _complain(self, name: str, sentence: str) -> None:
        self.errors.setdefault(name, []).append(sentence)


def _place(draft: PhotoDraft) -> Place | None:
    if draft.longitude is None or draft.latitude is None:
        return None
    return draft.longitude, draft.latitude


def _photo(draft: PhotoDraft) -> Photo:
    with draft.file.open("rb") as stored:
        jpeg = stored.read()
    with draft.thumbnail.open("rb") as stored:
        thumbnail = stored.read()
    size = (draft.width, draft.height)
    return Photo(jpeg, thumbnail, *size, draft.sha256, place=_place(draft), taken_at=None)
