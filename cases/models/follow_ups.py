"""Follow-up calls (回访): which closed cases of a street and week were drawn, and what the people said on the phone.

A draw keeps its seed, so that anybody can draw the same cases again and nobody can foretell them. Leaves to others: how
it is drawn and called (``cases.actions.follow_ups``), what the answers mean for figures (decision 0037).
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from blocks.models import Street
from cases.models.case import Case
from cases.models.handling import Note
from cases.querysets import FollowUpCallQuerySet
from cases.states import Satisfaction, Solved
from staffing.models import Unit, User

# So often, on different days, nobody answers before the person counts as not reached.
MOST_ATTEMPTS = 3


class CallDraw(models.Model):
    """The draw of one street and week: from how many cases, with which seed and rule, how many were drawn."""

    # Served by draw_once_a_week.
    street = models.ForeignKey(
        Street, models.PROTECT, related_name="+", db_index=False, verbose_name=_("street")
    )
    week = models.DateField(_("week of the closing, from Monday"))
    seed = models.CharField(_("seed"), max_length=32, editable=False)
    percent = models.PositiveSmallIntegerField(_("percent"))
    least = models.PositiveSmallIntegerField(_("at least"))
    eligible = models.PositiveIntegerField(_("to be drawn from"), default=0)
    sampled = models.PositiveIntegerField(_("drawn"), default=0)
    always = models.PositiveIntegerField(_("called in any case"), default=0)
    # Whose duty officers call: the street's platform that coordinates, as it was when they were drawn.
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("drawn for")
    )
    drawn_at = models.DateTimeField(_("drawn"))
    due_at = models.DateTimeField(_("due"))

    class Meta:
        verbose_name = _("draw of follow-up calls")
        verbose_name_plural = _("draws of follow-up calls")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["street", "week"], name="draw_once_a_week"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="draw_percent_of_a_hundred"),
        ]

    def __str__(self) -> str:
        return f"{self.street_id} {self.week:%Y-%m-%d}"


class FollowUpCall(models.Model):
    """One case that somebody is to call about, or has called about."""

    class Reason(models.TextChoices):
        SAMPLE = "sample", pgettext_lazy("follow-up call", "Drawn by chance")
        DISSATISFIED = "dissatisfied", pgettext_lazy("follow-up call", "Rated as dissatisfied")
        REWORKED = "reworked", pgettext_lazy("follow-up call", "Was done again, and not rated")

    class Outcome(models.TextChoices):
        REACHED = "reached", pgettext_lazy("follow-up call", "Answered")
        REFUSED = "refused", pgettext_lazy("follow-up call", "Did not want to answer")
        UNREACHED = "unreached", pgettext_lazy("follow-up call", "Not reached in three attempts")
        WRONG_NUMBER = "wrong_number", pgettext_lazy("follow-up call", "Wrong number")
        LAPSED = "lapsed", pgettext_lazy("follow-up call", "Lapsed: reopened, or the phone was erased")

    draw = models.ForeignKey(CallDraw, models.PROTECT, related_name="calls", verbose_name=_("draw"))
    # Served by call_once_a_round.
    case = models.ForeignKey(
        Case, models.CASCADE, related_name="follow_up_calls", db_index=False, verbose_name=_("case")
    )
    # Of which closing: 1, or 2 of a case that was reopened.
    round = models.PositiveSmallIntegerField(default=1)
    reason = models.CharField(pgettext_lazy("follow-up call", "why"), max_length=12, choices=Reason.choices)
    # Who calls today, so that nobody is called by two.
    taken_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken by")
    )
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts without an answer"), default=0)
    attempted_at = models.DateTimeField(_("last attempt"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True)
    solved = models.CharField(_("solved"), max_length=10, choices=Solved.choices, blank=True)
    satisfaction = models.CharField(
        _("satisfaction"), max_length=20, choices=Satisfaction.choices, blank=True
    )
    comment = models.ForeignKey(
        Note, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("comment")
    )
    called_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("called by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=20, blank=True)

    objects = FollowUpCallQuerySet["FollowUpCall"].as_manager()

    class Meta:
        verbose_name = _("follow-up call")
        verbose_name_plural = _("follow-up calls")
        ordering: ClassVar = ["-draw__week", "pk"]
        indexes: ClassVar = [
            # What is still to be called; what was called of a draw.
            models.Index(fields=["draw"], name="call_to_make", condition=Q(outcome="")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "round"], name="call_once_a_round"),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at__isnull=True, called_by__isnull=True)
                | Q(outcome="lapsed", ended_at__isnull=False, called_by__isnull=True)
                | Q(
                    outcome__in=["reached", "refused", "unreached", "wrong_number"],
                    ended_at__isnull=False,
                    called_by__isnull=False,
                ),
                name="call_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=(Q(outcome="reached") & ~Q(solved="") & ~Q(satisfaction=""))
                | (~Q(outcome="reached") & Q(solved="", satisfaction="")),
                name="call_reached_has_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(attempts__lte=MOST_ATTEMPTS)
                & (~Q(outcome="unreached") | Q(attempts=MOST_ATTEMPTS)),
                name="call_unreached_after_all_attempts",
            ),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True, taken_at__isnull=True)
                | Q(taken_by__isnull=False, taken_at__isnull=False),
                name="call_taken_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.case.number

    def get_absolute_url(self) -> str:
        return reverse("admin:cases_followupcall_change", args=[self.pk])
