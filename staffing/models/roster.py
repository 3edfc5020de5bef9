"""The roster 1+N+1 of the blocks. A block's governor and supervisor are successive tenures (block, post, starts_on):
each ends where the next begins, so two at a time cannot be stored.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from blocks.models import Block
from staffing.models.accounts import User
from staffing.posts import PostKind
from staffing.querysets import DatedQuerySet, RosterImportQuerySet, TenureQuerySet


class Tenure(models.Model):
    """From a day on, this person holds this post of the block; no holder means vacant."""

    class Seat(models.TextChoices):
        GOVERNOR = PostKind.GOVERNOR.value, _("Block governor")
        SUPERVISOR = PostKind.SUPERVISOR.value, _("Block supervisor")
        ACTING_GOVERNOR = PostKind.ACTING_GOVERNOR.value, _("Acting block governor")
        ACTING_SUPERVISOR = PostKind.ACTING_SUPERVISOR.value, _("Acting block supervisor")

    block = models.ForeignKey(Block, models.PROTECT, related_name="tenures", verbose_name=_("block"))
    post = models.CharField(_("post"), max_length=20, choices=Seat.choices)
    starts_on = models.DateField(_("from"))
    holder = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="tenures", verbose_name=_("holder")
    )

    objects = TenureQuerySet.as_manager()

    class Meta:
        verbose_name = _("tenure in a block")
        verbose_name_plural = _("tenures in blocks")
        ordering: ClassVar = ["block", "post", "-starts_on"]
        indexes: ClassVar = [models.Index(fields=["holder", "starts_on"], name="tenure_of_user")]
        constraints: ClassVar = [
            # Two holders at a time cannot be written: a tenure ends where the next one begins.
            models.UniqueConstraint(
                fields=["block", "post", "starts_on"], name="tenure_one_holder_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.block} · {self.get_post_display()} · {self.holder or _('vacant')}"


class Assistant(models.Model):
    """One of the N helpers of a block, of four kinds."""

    class Kind(models.TextChoices):
        LIAISON_CADRE = "liaison_cadre", _("Liaison cadre")
        PARTY_GROUP_LEADER = "party_group_leader", _("Party group leader")
        OWNERS_COMMITTEE_MEMBER = "owners_committee_member", _("Owners' committee member")
        RESIDENT_REPRESENTATIVE = "resident_representative", _("Resident representative")

    block = models.ForeignKey(Block, models.PROTECT, related_name="assistants", verbose_name=_("block"))
    user = models.ForeignKey(User, models.PROTECT, related_name="assistances", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (exclusive)"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("block assistant")
        verbose_name_plural = _("block assistants")
        indexes: ClassVar = [
            models.Index(fields=["user", "starts_on"], name="assistant_of_user"),
            models.Index(fields=["block", "starts_on"], name="assistant_of_block"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["block", "user", "kind", "starts_on"], name="assistant_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="assistant_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.block} · {self.get_kind_display()}"


class RosterImport(models.Model):
    """A roster sheet that somebody sent: what it would change is shown first, then it is applied or forgotten.

    ``lines`` holds names and phones and is emptied once it was applied, or after a day (retention).
    """

    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    made_at = models.DateTimeField(_("sent at"))
    effective_on = models.DateField(_("takes effect on"))
    replaces = models.BooleanField(
        _("helpers whom the sheet does not name leave"),
        default=False,
        help_text=_("Only in the blocks that the sheet names."),
    )
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    lines = models.JSONField(default=list, editable=False)
    counts = models.JSONField(default=dict, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)

    objects = RosterImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("roster sheet")
        verbose_name_plural = _("roster sheets")
        ordering: ClassVar = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.effective_on})"

    def get_absolute_url(self) -> str:
        return reverse("admin:staffing_rosterimport_change", args=[self.pk])
