"""Partners' systems that log in by themselves."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from staffing.models.accounts import User
from staffing.posts import ApiScope
from staffing.querysets import PartnerClientQuerySet


class PartnerClient(AbstractApplication):  # type: ignore[misc] # the toolkit ships no types
    """A partner's system that logs in by itself (OAuth 2 client credentials), bound to an area.

    It acts through a technical account, so that everything that asks "who?" gets a person's key
    (docs/decisions/0014). ``client_id`` and the secret's hash are the toolkit's columns.
    """

    class Channel(models.TextChoices):
        """How its reports say that they came in; the codes are those of ``cases.models.Case.Channel``."""

        PARTNER = "partner", _("Partner system")
        HOTLINE = "hotline", _("Hotline 12345")
        OPEN311 = "open311", _("Open311")
        WECOM = "wecom", _("WeCom")

    user = models.OneToOneField(User, models.PROTECT, related_name="client", verbose_name=_("account"))
    area = models.CharField(
        _("area"), max_length=14, help_text=_("Code of the district, a street, a community or a block.")
    )
    categories = models.JSONField(
        _("categories"),
        default=list,
        blank=True,
        help_text=_("Codes of categories or of whole branches; none: all of them."),
    )
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices, default=Channel.PARTNER)
    scopes = models.JSONField(_("scopes"), default=list)
    requests_per_minute = models.PositiveIntegerField(
        _("requests per minute"), null=True, blank=True, help_text=_("Empty: as for all systems.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    ends_on = models.DateField(
        _("until (exclusive)"), null=True, blank=True, help_text=_("Empty: until further notice.")
    )
    source = models.CharField(_("source"), max_length=20, blank=True)

    objects = PartnerClientQuerySet.as_manager()

    # The secret in clear text, on the object that was just made and nowhere else.
    secret_once = ""

    class Meta:
        verbose_name = _("partner system")
        verbose_name_plural = _("partner systems")
        ordering: ClassVar = ["client_id"]

    def __str__(self) -> str:
        return str(self.name or self.client_id)

    def in_force(self, on: dt.date) -> bool:
        """Whether it may act on the local day ``on``."""
        return self.is_active and self.user.is_active and (self.ends_on is None or on < self.ends_on)

    def allows(self, scope: str) -> bool:
        """Whether ``scope`` is one of those that it was given."""
        return scope in self.scopes and scope in set(ApiScope)
