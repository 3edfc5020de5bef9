"""Whistles (吹哨): a street calls district departments to a hard case, they check in (报到), both sides rate (双考核).

What people write stands in ``Note`` rows of the case, which can be erased with it. Leaves to others: who may do what
(``cases.policies.whistles``), limits and verbs (``cases.actions.whistles``).
"""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models.case import Case
from cases.models.handling import Note
from cases.querysets import WhistleCallQuerySet, WhistleQuerySet
from staffing.models import Unit, User

LOWEST, HIGHEST = 1, 5


def _note() -> models.ForeignKey[Note | None, Note | None]:
    return models.ForeignKey(Note, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)


def _person(label: Promise) -> models.ForeignKey[User | None, User | None]:
    return models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=label,  # type: ignore[arg-type]
    )


def _score(*names: str) -> Q:
    """Nothing, or one to five."""
    found = Q()
    for name in names:
        found &= Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__range": (LOWEST, HIGHEST)})
    return found


class Whistle(models.Model):
    """One whistle for one case, from asking to the ratings of both sides."""

    class Kind(models.TextChoices):
        """When a street may whistle (domain 2.5)."""

        HARD_DEMAND = "hard_demand", _("Hard demand")
        JOINT_ENFORCEMENT = "joint_enforcement", _("Joint enforcement")
        EMERGENCY = "emergency", _("Emergency")

    class State(models.TextChoices):
        ASKED = "asked", _("Awaiting approval")
        CALLED = "called", pgettext_lazy("whistle", "Departments called")
        CLEARED = "cleared", pgettext_lazy("whistle", "Cleared, to be rated")
        DONE = "done", pgettext_lazy("whistle", "Rated by both sides")
        DECLINED = "declined", pgettext_lazy("whistle", "Not approved")
        ENDED = "ended", pgettext_lazy("whistle", "Called off")

    RUNNING = (State.ASKED, State.CALLED)

    # Served by whistle_number_once.
    case = models.ForeignKey(
        Case, models.CASCADE, related_name="whistles", db_index=False, verbose_name=_("case")
    )
    no = models.PositiveSmallIntegerField(_("number"), default=1)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    # Of the case, which keeps its street: lists filter by it.
    street_code = models.CharField(_("street"), max_length=9)
    reason = _note()
    gather_at = models.DateTimeField(_("they meet at"), null=True, blank=True)
    place = _note()
    asked_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"))
    approve_due_at = models.DateTimeField(_("to be approved by"))
    approval_late_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_by = _person(_("decided by"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    approved = models.BooleanField(_("approved"), null=True, blank=True)
    called_at = models.DateTimeField(pgettext_lazy("whistle", "called"), null=True, blank=True)
    due_at = models.DateTimeField(_("to be cleared by"), null=True, blank=True)
    cleared_by = _person(_("cleared by"))
    cleared_at = models.DateTimeField(pgettext_lazy("whistle", "cleared"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = WhistleQuerySet.as_manager()

    class Meta:
        verbose_name = _("whistle")
        verbose_name_plural = _("whistles")
        indexes: ClassVar = [
            # The desk's list, newest first, and what waits in a street.
            models.Index(fields=["-asked_at", "-id"], name="whistle_newest"),
            models.Index(fields=["street_code", "state", "-asked_at"], name="whistle_of_street"),
            # The sweep that tells of approvals that do not come.
            models.Index(
                fields=["approve_due_at"],
                name="whistle_to_approve",
                condition=Q(decided_at__isnull=True, approval_late_at__isnull=True),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "no"], name="whistle_number_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=["asked", "called"]), name="whistle_one_running"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["called", "cleared", "done"])
                | Q(called_at__isnull=False, due_at__isnull=False),
                name="whistle_called_has_times",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, approved__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False, approved__isnull=False),
                name="whistle_decided_whole",
            ),
            # The main leader approves (吹哨准); nobody approves his or her own.
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="whistle_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["cleared", "done"]) | Q(approved=True, cleared_at__isnull=False),
                name="whistle_cleared_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "declined", "ended"], ended_at__isnull=False)
                | Q(state__in=["asked", "called", "cleared"], ended_at__isnull=True),
                name="whistle_ended_exactly_when_over",
            ),
            models.CheckConstraint(
                condition=~Q(kind="joint_enforcement") | Q(gather_at__isnull=False),
                name="whistle_joint_has_a_time",
            ),
            models.CheckConstraint(condition=~Q(street_code=""), name="whistle_has_a_street"),
        ]

    def __str__(self) -> str:
        return f"{self.case.number}-{self.no}"

    def get_absolute_url(self) -> str:
        """Its page at the desk."""
        return reverse("admin:cases_whistle_change", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING

    def waits_for_approval(self) -> bool:
        """Nobody has decided it: before the departments are called, or, in an emergency, afterwards."""
        return self.decided_at is None and self.state in (self.State.ASKED, self.State.CALLED)

    def is_late(self, at: dt.datetime) -> bool:
        """Past the time by which it was to be approved, or cleared."""
        if self.state == self.State.CALLED and self.due_at is not None and self.due_at < at:
            return True
        return self.waits_for_approval() and self.approve_due_at < at


class WhistleCall(models.Model):
    """One department that is called, with its task (分哨明), its answer, its result and the ratings of both sides."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("whistle call", "To be called")
        CALLED = "called", pgettext_lazy("whistle call", "Not answered yet")
        CHECKED_IN = "checked_in", pgettext_lazy("whistle call", "Checked in")
        EXPLAINED = "explained", pgettext_lazy("whistle call", "Explains why it does not come")
        EXCUSED = "excused", pgettext_lazy("whistle call", "Explanation accepted")
        REPORTED = "reported", pgettext_lazy("whistle call", "Result given")
        WITHDRAWN = "withdrawn", pgettext_lazy("whistle call", "Withdrawn")

    # Whoever is in one of these owes nothing any more.
    SETTLED = (State.REPORTED, State.EXCUSED)

    whistle = models.ForeignKey(Whistle, models.CASCADE, related_name="calls", verbose_name=_("whistle"))
    # Served by whistle_call_of_unit.
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        related_name="+",
        db_index=False,
        limit_choices_to={"kind": Unit.Kind.DEPARTMENT},
        verbose_name=_("department"),
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PLANNED)
    task = _note()
    called_at = models.DateTimeField(pgettext_lazy("whistle", "called"), null=True, blank=True)
    answer_due_at = models.DateTimeField(_("to answer by"), null=True, blank=True)
    site_due_at = models.DateTimeField(_("on site by"), null=True, blank=True)
    result_due_at = models.DateTimeField(_("result by"), null=True, blank=True)
    warn_at = models.DateTimeField(null=True, blank=True, editable=False)
    warned_at = models.DateTimeField(null=True, blank=True, editable=False)
    escalated_at = models.DateTimeField(_("told to the district"), null=True, blank=True)
    # Whether the department came to see the case by this call, and so sees it no longer afterwards.
    opened_case = models.BooleanField(default=False, editable=False)

    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = _person(_("answered by"))
    coming = _note()
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    explanation = _note()
    attended = models.BooleanField(_("on site"), null=True, blank=True)
    attended_at = models.DateTimeField(_("on site at"), null=True, blank=True)
    proof = _note()
    result = _note()
    result_at = models.DateTimeField(_("result given"), null=True, blank=True)

    score = models.PositiveSmallIntegerField(_("the street's rating"), null=True, blank=True)
    scored_at = models.DateTimeField(null=True, blank=True)
    comment = _note()
    justified = models.PositiveSmallIntegerField(_("was it justified"), null=True, blank=True)
    prepared = models.PositiveSmallIntegerField(_("was it prepared"), null=True, blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)
    answer_comment = _note()

    objects = WhistleCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("called department")
        verbose_name_plural = _("called departments")
        indexes: ClassVar = [
            # A department's desk and its year.
            models.Index(fields=["unit", "state", "-called_at"], name="whistle_call_of_unit"),
            models.Index(fields=["-called_at", "-id"], name="whistle_call_newest"),
            # The sweeps: only calls that nobody has answered are in these two.
            models.Index(
                fields=["warn_at"],
                name="whistle_call_to_warn",
                condition=Q(state="called", warned_at__isnull=True),
            ),
            models.Index(
                fields=["answer_due_at"],
                name="whistle_call_to_escalate",
                condition=Q(state="called", escalated_at__isnull=True),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["whistle", "unit"], condition=~Q(state="withdrawn"), name="whistle_call_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "withdrawn"])
                | Q(
                    called_at__isnull=False,
                    answer_due_at__isnull=False,
                    site_due_at__isnull=False,
                    result_due_at__isnull=False,
                ),
                name="whistle_call_has_times",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["checked_in", "explained", "excused", "reported"])
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="whistle_call_says_who_answered",
            ),
            models.CheckConstraint(
                condition=Q(state="reported", result_at__isnull=False)
                | (~Q(state="reported") & Q(result_at__isnull=True)),
                name="whistle_call_reported_has_result",
            ),
            models.CheckConstraint(
                condition=Q(attended__isnull=True, attended_at__isnull=True)
                | Q(attended__isnull=False, attended_at__isnull=False),
                name="whistle_call_attended_whole",
            ),
            models.CheckConstraint(
                condition=_score("score", "justified", "prepared"), name="whistle_call_scores_to_five"
            ),
            models.CheckConstraint(
                condition=Q(justified__isnull=True, prepared__isnull=True)
                | Q(justified__isnull=False, prepared__isnull=False),
                name="whistle_call_rated_whole",
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="whistle_call_place_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.whistle} {self.unit}"

    def get_absolute_url(self) -> str:
        """Its page at the desk."""
        return reverse("admin:cases_whistlecall_change", args=[self.pk])

    @property
    def is_settled(self) -> bool:
        return self.state in self.SETTLED

    def owes(self) -> tuple[str, dt.datetime] | None:
        """What is awaited of the department next, and until when: its answer, or its result."""
        if self.state == self.State.CALLED and self.answer_due_at is not None:
            return "answer", self.answer_due_at
        if self.state == self.State.CHECKED_IN and self.result_due_at is not None:
            return "result", self.result_due_at
        return None

    def is_late(self, at: dt.datetime) -> bool:
        """Past the time of what is awaited next."""
        owed = self.owes()
        return owed is not None and owed[1] < at
