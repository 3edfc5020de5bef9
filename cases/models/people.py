"""The person who reported: name and phone sealed, in a table of their own, never in a log, URL or journal."""

import secrets
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models.case import Case
from cases.querysets import ReporterQuerySet


def new_token() -> str:
    """The private link's secret: 144 random bits."""
    return secrets.token_urlsafe(18)


class Reporter(models.Model):
    """Somebody to answer to. The masked forms are what pages show; the clear ones need a reason (unmasking)."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="reporter", verbose_name=_("case"))
    token = models.CharField(max_length=32, default=new_token, editable=False)
    name_sealed = models.BinaryField(null=True, blank=True)
    phone_sealed = models.BinaryField(null=True, blank=True)
    phone_index = models.CharField(max_length=64, blank=True)
    name_masked = models.CharField(pgettext_lazy("person", "name"), max_length=50, blank=True)
    phone_masked = models.CharField(_("phone"), max_length=20, blank=True)
    # With which keys the row was written (kit.people.key_mark); blank: by a release that did not say.
    key_mark = models.CharField(max_length=16, blank=True, default="", db_default="", editable=False)

    objects = ReporterQuerySet["Reporter"].as_manager()

    class Meta:
        verbose_name = _("reporter")
        verbose_name_plural = _("reporters")
        # "The same person again", by the index of the phone.
        indexes: ClassVar = [models.Index(fields=["phone_index"], name="reporter_same_phone")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["token"], name="reporter_token_once")]

    def __str__(self) -> str:
        return self.name_masked or str(_("Anonymous"))
