"""Visits of cadres to a block (三级干部进区块) and open-talk meetings (民情恳谈会), and what was found at them.

One table for both: they are planned, done or cancelled in the same way, and their findings become cases by the same
verb (docs/decisions/0027). What people wrote stands here and nowhere else, each row with the salt of its digest, and is
emptied when its time is over. Leaves to others: the case of a finding (cases.models), who may (policies).
"""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from blocks.models import Block
from staffing.models.accounts import User
from staffing.querysets import FindingQuerySet, VisitQuerySet


class Visit(models.Model):
    """One visit, or one open-talk meeting. The cadres of a meeting are its hosts."""

    class Kind(models.TextChoices):
        VISIT = "visit", _("Visit")
        TALK = "open_talk", _("Open-talk meeting")

    class Level(models.TextChoices):
        """Whose cadres come (三级干部)."""

        DISTRICT = "district", _("District cadres")
        STREET = "street", _("Street cadres")
        COMMUNITY = "community", _("Community cadres")

    class Role(models.TextChoices):
        """As what they come (四员)."""

        LIAISON = "liaison", pgettext_lazy("visit", "Liaison")
        PUBLICITY = "publicity", pgettext_lazy("visit", "Publicist")
        SERVICE = "service", pgettext_lazy("visit", "Service worker")
        VANGUARD = "vanguard", pgettext_lazy("visit", "Vanguard")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("visit", "Planned")
        DONE = "done", pgettext_lazy("visit", "Done")
        CANCELLED = "cancelled", pgettext_lazy("visit", "Cancelled")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    block = models.ForeignKey(
        Block, models.PROTECT, related_name="visits", db_index=False, verbose_name=_("block")
    )
    cadres = models.ManyToManyField(User, related_name="visits", verbose_name=_("cadres"))
    level = models.CharField(_("level"), max_length=20, choices=Level.choices)
    role = models.CharField(pgettext_lazy("visit", "role"), max_length=20, choices=Role.choices, blank=True)
    planned_for = models.DateField(_("planned for"))
    place = models.CharField(_("place"), max_length=100, blank=True)
    planned_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("planned by")
    )
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.PLANNED)
    # When the first of the cadres said on the spot "here I am", and how far from the block that was: 0 inside, nothing
    # where the device gave no place. Where exactly somebody stood is kept nowhere (docs/decisions/0038).
    arrived_at = models.DateTimeField(_("checked in"), null=True, blank=True, editable=False)
    arrived_metres = models.PositiveIntegerField(
        _("metres from the block"), null=True, blank=True, editable=False
    )
    held_on = models.DateField(pgettext_lazy("visit", "held on"), null=True, blank=True)
    done_at = models.DateTimeField(_("recorded"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    households = models.PositiveIntegerField(_("households visited"), null=True, blank=True)
    attendance = models.PositiveIntegerField(_("people present"), null=True, blank=True)
    # What was seen and heard; or why it was cancelled.
    summary = models.TextField(_("summary"), max_length=4000, blank=True)
    salt = models.CharField(max_length=32, blank=True, editable=False)
    # When the texts of the visit and of its findings were emptied, their time being over.
    emptied_at = models.DateTimeField(_("texts removed"), null=True, blank=True, editable=False)
    source = models.CharField(_("source"), max_length=20, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit or meeting")
        verbose_name_plural = _("visits and meetings")
        ordering: ClassVar = ["-planned_for", "-pk"]
        indexes: ClassVar = [
            # The list, newest first; what is planned for today, and what is past its day.
            models.Index(fields=["-planned_for", "-id"], name="visit_newest"),
            models.Index(fields=["planned_for"], name="visit_still_planned", condition=Q(state="planned")),
            # The visits of a block, of an area; figures of a period.
            models.Index(fields=["block", "planned_for"], name="visit_of_block"),
            models.Index(fields=["held_on"], name="visit_held", condition=Q(held_on__isnull=False)),
        ]
        constraints: ClassVar = [
            # Whoever visits comes in one of the four roles; a meeting has hosts.
            models.CheckConstraint(
                condition=Q(kind="visit", role__in=["liaison", "publicity", "service", "vanguard"])
                | Q(kind="open_talk", role=""),
                name="visit_has_role_and_meeting_none",
            ),
            models.CheckConstraint(
                condition=Q(level__in=["district", "street", "community"]), name="visit_level_known"
            ),
            models.CheckConstraint(
                condition=Q(state="planned", done_at=None, held_on=None, cancelled_at=None)
                | Q(state="done", done_at__isnull=False, held_on__isnull=False, cancelled_at=None)
                | Q(state="cancelled", done_at=None, held_on=None, cancelled_at__isnull=False),
                name="visit_ended_as_its_state_says",
            ),
            models.CheckConstraint(
                condition=Q(state="done", kind="visit", households__isnull=False, attendance=None)
                | Q(state="done", kind="open_talk", households=None, attendance__isnull=False)
                | (~Q(state="done") & Q(households=None, attendance=None)),
                name="visit_counts_what_fits_it",
            ),
            models.CheckConstraint(
                condition=Q(emptied_at=None) | Q(summary="", salt=""), name="visit_emptied_holds_no_text"
            ),
        ]

    def __str__(self) -> str:
        """The day on which it was, or is to be; where; what."""
        return f"{date_format(self.day, 'Y-m-d')} {self.block.name} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("admin:staffing_visit_change", args=[self.pk])

    @property
    def is_talk(self) -> bool:
        return self.kind == self.Kind.TALK

    @property
    def is_planned(self) -> bool:
        return self.state == self.State.PLANNED

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE

    @property
    def day(self) -> dt.date:
        """The local day on which it took place, or for which it is planned."""
        return self.held_on or self.planned_for

    @property
    def arrived_where(self) -> str:
        """Where somebody was who checked in: inside the block, so far from it, or not known."""
        if self.arrived_metres is None:
            return gettext("place not known")
        if self.arrived_metres == 0:
            return gettext("inside the block")
        return gettext("%(metres)d m from the block") % {"metres": self.arrived_metres}

    def is_late(self, on: dt.date) -> bool:
        """Its day has passed, and nobody has recorded it."""
        return self.is_planned and self.planned_for < on


class Finding(models.Model):
    """Something that was said or seen at a visit or a meeting. What became of it, the case, points here."""

    class Kind(models.TextChoices):
        DEMAND = "demand", _("Demand")
        SUGGESTION = "suggestion", _("Suggestion")
        HAZARD = "hazard", _("Safety hazard")
        OTHER = "other", pgettext_lazy("finding", "Other")

    visit = models.ForeignKey(
        Visit, models.PROTECT, related_name="findings", db_index=False, verbose_name=_("visit or meeting")
    )
    no = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    text = models.TextField(_("text"), max_length=2000, blank=True)
    salt = models.CharField(max_length=32, blank=True, editable=False)
    # A code of the categories of cases, which stand in an app above this one.
    category_code = models.CharField(_("category"), max_length=10, blank=True)
    solved = models.BooleanField(_("solved on the spot"), default=False)
    made_at = models.DateTimeField(_("recorded"))

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering: ClassVar = ["-visit__planned_for", "visit", "no"]
        indexes: ClassVar = [
            # Findings that wait to become a case.
            models.Index(fields=["visit"], name="finding_unsolved", condition=Q(solved=False)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["visit", "no"], name="finding_number_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["demand", "suggestion", "hazard", "other"]), name="finding_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit} · {self.get_kind_display()} {self.no}"

    def get_absolute_url(self) -> str:
        return reverse("admin:staffing_finding_change", args=[self.pk])

    @property
    def is_hazard(self) -> bool:
        return self.kind == self.Kind.HAZARD
