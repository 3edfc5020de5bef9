"""Clocks of a case: one row per step and round, with what is left while it stands, and its escalations."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.querysets import DeadlineQuerySet
from cases.states import Step
from duties.models import LimitUnit
from staffing.models import Unit, User


class Deadline(models.Model):
    """A time limit that runs, stands, was met, or ended with the case."""

    # Served by deadline_once_a_round.
    case = models.ForeignKey(Case, models.CASCADE, related_name="deadlines", db_index=False)
    step = models.CharField(_("step"), max_length=12, choices=Step.choices)
    round = models.PositiveSmallIntegerField(default=1)
    amount = models.DecimalField(_("limit"), max_digits=6, decimal_places=2, null=True)
    unit = models.CharField(_("unit of the limit"), max_length=20, choices=LimitUnit.choices, blank=True)
    started_at = models.DateTimeField(_("started"))
    due_at = models.DateTimeField(_("due"))
    warn_at = models.DateTimeField(null=True, blank=True)
    is_running = models.BooleanField(default=True)
    stopped_at = models.DateTimeField(_("stands since"), null=True, blank=True)
    remaining = models.DurationField(_("left while it stands"), null=True, blank=True)
    met_at = models.DateTimeField(_("met"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended unmet"), null=True, blank=True)
    warned_at = models.DateTimeField(_("warned"), null=True, blank=True)
    breached_at = models.DateTimeField(_("breached"), null=True, blank=True)
    level = models.PositiveSmallIntegerField(_("escalated to level"), default=0)
    next_level_at = models.DateTimeField(null=True, blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        indexes: ClassVar = [
            # The sweeps: only running clocks are in these two, however many cases there are.
            models.Index(
                fields=["warn_at"],
                name="deadline_to_warn",
                condition=Q(is_running=True, warned_at__isnull=True),
            ),
            models.Index(fields=["next_level_at"], name="deadline_to_escalate", condition=Q(is_running=True)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "step", "round"], name="deadline_once_a_round"),
            models.CheckConstraint(
                condition=Q(
                    is_running=True, met_at__isnull=True, ended_at__isnull=True, stopped_at__isnull=True
                )
                | Q(is_running=False, met_at__isnull=False)
                | Q(is_running=False, ended_at__isnull=False)
                | Q(is_running=False, stopped_at__isnull=False, remaining__isnull=False),
                name="deadline_runs_or_stands_or_is_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step} {self.due_at:%Y-%m-%d %H:%M}"


class Escalation(models.Model):
    """A breach told one level up. Unique per deadline and level: told once, whatever runs twice."""

    # Served by the constraint that tells a level once.
    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="escalations", db_index=False)
    level = models.PositiveSmallIntegerField(_("level"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("told to")
    )
    role = models.CharField(_("role"), max_length=20)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deadline", "level"], name="escalation_once_a_level")
        ]

    def __str__(self) -> str:
        return f"{self.deadline_id} → {self.level}"
