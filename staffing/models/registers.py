"""Registers of people that a street keeps beside the roster: trainings and who was there, the reserve of cadres, and
the legal counsel of units and communities.

A community is named by its unit (``Unit.Kind.COMMUNITY``), so counsel hangs on units alone.
"""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from blocks.models import Street
from staffing.models.accounts import User
from staffing.models.units import Unit
from staffing.querysets import AttendanceQuerySet, CounselQuerySet, ReserveQuerySet, TrainingQuerySet

MOST_HOURS = 200


class Training(models.Model):
    """A training (培训) for the people of an area: a course, a lecture, a drill, or an exchange."""

    class Kind(models.TextChoices):
        COURSE = "course", _("Course")
        LECTURE = "lecture", _("Lecture")
        DRILL = "drill", _("Drill")
        EXCHANGE = "exchange", _("Exchange of experience")

    title = models.CharField(_("subject"), max_length=100)
    kind = models.CharField(_("kind of training"), max_length=20, choices=Kind.choices)
    held_on = models.DateField(_("held on"))
    hours = models.PositiveSmallIntegerField(_("class hours"))
    place = models.CharField(_("place of the training"), max_length=100, blank=True)
    organiser = models.ForeignKey(
        Unit, models.PROTECT, related_name="trainings", verbose_name=_("organised by")
    )
    area = models.CharField(_("for the people of"), max_length=12)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=20, blank=True)

    objects = TrainingQuerySet.as_manager()

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        ordering: ClassVar = ["-held_on", "-pk"]
        indexes: ClassVar = [
            # The list, newest first; those of a year; those of this week.
            models.Index(fields=["held_on"], name="training_by_day"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organiser", "title", "held_on", "area"],
                condition=Q(cancelled_at__isnull=True),
                name="training_once",
            ),
            models.CheckConstraint(
                condition=Q(hours__gte=1, hours__lte=MOST_HOURS), name="training_hours_plausible"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.held_on})"

    def get_absolute_url(self) -> str:
        return reverse("admin:staffing_training_change", args=[self.pk])

    def is_over(self, on: dt.date) -> bool:
        """Whether attendance can be noted on the local day ``on``: its own day has come."""
        return self.held_on <= on


class Attendance(models.Model):
    """Whether somebody was at a training. ``area`` is where the person served on that day: it says who sees the row."""

    class State(models.TextChoices):
        ATTENDED = "attended", _("Attended")
        ABSENT = "absent", _("Was absent")
        EXCUSED = "excused", _("Excused")

    training = models.ForeignKey(
        # ``attendance_once`` begins with the training and serves as its index.
        Training,
        models.PROTECT,
        related_name="attendances",
        verbose_name=_("training"),
        db_index=False,
    )
    # Its index finds what somebody attended: candidates for a post, coverage.
    person = models.ForeignKey(User, models.PROTECT, related_name="attendances", verbose_name=_("person"))
    state = models.CharField(_("attendance"), max_length=10, choices=State.choices)
    area = models.CharField(_("served in"), max_length=14, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["training", "person"], name="attendance_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_state_display()}"


class Reserve(models.Model):
    """Somebody in a street's reserve of cadres (后备力量), in one of three tiers (梯次); a move is a new row."""

    class Tier(models.IntegerChoices):
        READY = 1, _("First tier: ready now")
        WITHIN_A_YEAR = 2, _("Second tier: within a year")
        TO_BE_TRAINED = 3, _("Third tier: to be trained")

    person = models.ForeignKey(User, models.PROTECT, related_name="reserves", verbose_name=_("person"))
    tier = models.PositiveSmallIntegerField(_("tier"), choices=Tier.choices)
    street = models.ForeignKey(Street, models.PROTECT, related_name="reserves", verbose_name=_("street"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (exclusive)"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=20, blank=True)

    objects = ReserveQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry in the reserve")
        verbose_name_plural = _("reserve of cadres")
        ordering: ClassVar = ["street", "tier", "starts_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ends_on__isnull=True), name="reserve_one_open_row"
            ),
            models.UniqueConstraint(fields=["person", "starts_on"], name="reserve_one_row_a_day"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="reserve_ends_after_start",
            ),
            models.CheckConstraint(condition=Q(tier__gte=1, tier__lte=3), name="reserve_three_tiers"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_tier_display()}"


class CounselAppointment(models.Model):
    """From a day on this lawyer advises this unit or community. Successive: the latest row that has begun holds, so
    two at a time are impossible; ``ends_on`` leaves the unit without one.
    """

    unit = models.ForeignKey(
        # ``counsel_one_at_a_time`` begins with the unit and serves as its index.
        Unit,
        models.PROTECT,
        related_name="counsel",
        verbose_name=_("unit or community"),
        db_index=False,
    )
    name = models.CharField(_("lawyer"), max_length=50)
    firm = models.CharField(_("law firm"), max_length=100)
    phone = models.CharField(_("business phone"), max_length=20)
    licence = models.CharField(_("licence number"), max_length=30, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (exclusive)"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=20, blank=True)

    objects = CounselQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment of legal counsel")
        verbose_name_plural = _("legal counsel")
        ordering: ClassVar = ["unit", "-starts_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "starts_on"], name="counsel_one_at_a_time"),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(ends_on__isnull=True), name="counsel_one_open_row"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="counsel_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.name} ({self.firm})"
