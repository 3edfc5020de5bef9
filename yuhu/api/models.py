"""What the API remembers: the answers to writes, so that a repeated request is answered and not done again."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class IdempotencyRecord(models.Model):
    """A write under a key of its caller. The row and the work are committed together, or neither is.

    ``owner`` is "person:" and the key of the account, a system's too; ``digest`` stands for the body.
    """

    owner = models.CharField(_("caller"), max_length=80)
    path = models.CharField(_("address"), max_length=255)
    key = models.CharField(_("key"), max_length=128)
    digest = models.CharField(_("digest of the body"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status of the answer"), null=True)
    body = models.TextField(_("body of the answer"), blank=True)
    headers = models.JSONField(_("headers of the answer"), default=dict)
    created_at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("answer kept for repeated requests")
        verbose_name_plural = _("answers kept for repeated requests")
        constraints: ClassVar = [
            # Makes a second request of the same key wait for the first one, and serves the look-up.
            models.UniqueConstraint(fields=["owner", "path", "key"], name="idempotency_key_once"),
        ]
        indexes: ClassVar = [
            # The sweep that removes what is older than a week.
            models.Index(fields=["created_at"], name="idempotency_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.path}"
