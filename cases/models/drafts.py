"""Photos that were sent with a form which came back: kept for their person until it is sent or a day has passed."""

import secrets
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.handling import Attachment
from staffing.models import User


def new_key() -> str:
    """What the form sends back: 144 random bits."""
    return secrets.token_urlsafe(18)


class PhotoDraft(models.Model):
    """A prepared photo (``cases.photos``) that belongs to no case yet; only its person sees it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=32, unique=True, default=new_key)
    stage = models.CharField(max_length=10, choices=Attachment.Stage.choices)
    file = models.FileField(upload_to="drafts/%Y/%m/%d/")
    thumbnail = models.FileField(upload_to="drafts/%Y/%m/%d/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("photo of an unfinished form")
        verbose_name_plural = _("photos of unfinished forms")
        indexes: ClassVar = [
            # The sweep that forgets old ones; a person's own, oldest first.
            models.Index(fields=["created_at"], name="photo_draft_age"),
            models.Index(fields=["user", "created_at"], name="photo_draft_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.stage} {self.created_at:%Y-%m-%d %H:%M}"
