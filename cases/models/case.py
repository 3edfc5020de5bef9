"""The case: what, where, who reported, who holds it, where it stands in the loop.

Codes of district, street, community and block stand on the row itself: visibility and lists filter by equality,
which an index serves. A case keeps the block (and so the division) that it happened in.
"""

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from blocks.models import Block
from cases.models.reference import Category
from cases.querysets import CaseQuerySet
from cases.states import FINAL, PHASE, Path, Phase, State
from duties.models import DutyItem, Severity
from staffing.models import Finding, Unit, User
from yuhu.kit.search import FoldedText


def _where_set(key: str, *more: str, name: str) -> models.Index:
    """An index over the rows that have the key: PostgreSQL and SQLite use it for whoever asks for a value of it."""
    return models.Index(fields=[key, *more], name=name, condition=Q(**{f"{key}__isnull": False}))


class CaseNumber(models.Model):
    """A ticket: its key makes the last six digits of a number. Inserting one locks nobody; gaps are allowed."""

    class Meta:
        verbose_name = _("case number")
        verbose_name_plural = _("case numbers")

    def __str__(self) -> str:
        return str(self.pk)


class _WithoutWords(models.Manager["Case"]):
    """Without the folded text, which only the database reads."""

    def get_queryset(self) -> models.QuerySet["Case"]:
        return super().get_queryset().defer("words")


CaseManager = _WithoutWords.from_queryset(CaseQuerySet)


class Case(models.Model):
    """One trouble, from report to feedback."""

    class Channel(models.TextChoices):
        """Who brought it in (api.md)."""

        GOVERNOR = "governor", _("Block governor")
        ASSISTANT = "assistant", _("Block assistant")
        SUPERVISOR = "supervisor", _("Block supervisor")
        DESK = "desk", _("Street desk")
        RESIDENT = "resident", _("Resident")
        PARTNER = "partner", _("Partner system")
        HOTLINE = "hotline", _("Hotline 12345")
        OPEN311 = "open311", _("Open311")
        WECOM = "wecom", _("WeCom")
        VISIT = "visit", _("Visit")
        MEETING = "meeting", _("Open-talk meeting")
        LEADER = "leader", _("Leader's instruction")

    class Programme(models.TextChoices):
        """Which promise it falls under; only residents' demands are rated."""

        INSTANT_RESPONSE = "instant_response", _("Instant response")
        HAZARD = "hazard", _("Safety hazard")
        VISIT = "visit", _("Visit finding")
        PATROL = "patrol", _("Patrol finding")

    number = models.CharField(_("number"), max_length=32)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.REPORTED)
    path = models.CharField(_("path"), max_length=20, choices=Path.choices)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity.choices)
    # Keys without an index of their own (db_index=False) are served by a longer one that begins with them, or by one
    # that leaves out the rows without them: a report has no receiver yet.
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="cases", db_index=False, verbose_name=_("category")
    )
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices)
    programme = models.CharField(_("programme"), max_length=20, choices=Programme.choices)
    description = models.TextField(_("description"), max_length=10_000)
    salt = models.CharField(max_length=32, editable=False)
    restricted = models.BooleanField(_("only for parties"), default=False)

    district_code = models.CharField(_("district"), max_length=6)
    street_code = models.CharField(_("street"), max_length=9, blank=True)
    community_code = models.CharField(_("community"), max_length=12, blank=True)
    block_code = models.CharField(_("block"), max_length=14, blank=True)
    block = models.ForeignKey(
        Block, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("block")
    )
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    address = models.CharField(_("address"), max_length=256, blank=True)
    words = FoldedText(of=("number", "description", "address"), newest="reported_at")

    reported_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    lead_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("unit in charge"),
    )
    assignee = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("person in charge"),
    )
    evaluator = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("evaluator"),
    )
    evaluator_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("evaluating unit"),
    )
    duty_item = models.ForeignKey(
        DutyItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("duty item"),
    )
    waits_for_person = models.BooleanField(_("waits for a duty officer"), default=False)
    explanation = models.JSONField(_("why it was dispatched there"), default=list, blank=True)

    reported_at = models.DateTimeField(_("reported"))
    dispatched_at = models.DateTimeField(_("dispatched"), null=True, blank=True)
    contacted_at = models.DateTimeField(_("first contact"), null=True, blank=True)
    handled_at = models.DateTimeField(_("handed back"), null=True, blank=True)
    evaluated_at = models.DateTimeField(_("evaluated"), null=True, blank=True)
    closed_at = models.DateTimeField(_("ended"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    warn_at = models.DateTimeField(null=True, blank=True, editable=False)
    review_at = models.DateTimeField(_("review"), null=True, blank=True)
    # Working time of the accepted result (cases.actions.handling); none before, nor of what was solved on the spot.
    handling_seconds = models.PositiveIntegerField(null=True, blank=True, editable=False)

    must_rate = models.BooleanField(_("the reporter is asked"), default=False)
    reopened = models.BooleanField(_("was reopened"), default=False)
    on_the_spot = models.BooleanField(_("solved on the spot"), default=False)
    end_code = models.CharField(_("ground of the end"), max_length=30, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        db_index=False,
        verbose_name=_("merged into"),
    )
    # What was found at a visit or a meeting, and became this case.
    finding = models.ForeignKey(
        Finding,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        db_index=False,
        verbose_name=_("finding"),
    )
    client = models.CharField(_("partner client"), max_length=64, blank=True)
    external_id = models.CharField(_("number at the partner"), max_length=128, blank=True)
    # When description, address and point were erased (PIPL art. 47).
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    # Nothing for what no form sent: an empty key would be everybody's.
    submission_key = models.CharField(max_length=128, null=True, blank=True, editable=False)  # noqa: DJ001
    version = models.PositiveIntegerField(default=1, editable=False)
    source = models.CharField(_("source"), max_length=20, blank=True)

    objects = CaseManager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes: ClassVar = [
            # Lists, newest first, for each level of area (within) and for the whole district.
            models.Index(fields=["-reported_at", "-id"], name="case_newest"),
            models.Index(fields=["street_code", "-reported_at", "-id"], name="case_of_street"),
            models.Index(fields=["community_code", "-reported_at", "-id"], name="case_of_community"),
            models.Index(fields=["block_code", "-reported_at", "-id"], name="case_of_block"),
            # Lists by state, and the counts of the four phases: open cases only are counted, ended ones are many.
            models.Index(fields=["state", "-reported_at", "-id"], name="case_by_state"),
            # Overdue and due soon; duplicates of a category near a place.
            models.Index(fields=["due_at"], name="case_open_due", condition=~Q(state__in=sorted(FINAL))),
            models.Index(fields=["category", "-reported_at"], name="case_by_category"),
            # Which earlier case does this one repeat?
            models.Index(
                fields=["category", "closed_at"],
                name="case_ended_of_category",
                condition=Q(closed_at__isnull=False),
            ),
            # My orders, my evaluations.
            _where_set("assignee", "state", name="case_of_assignee"),
            _where_set("lead_unit", "state", name="case_of_unit"),
            _where_set("evaluator", "state", name="case_of_evaluator"),
            _where_set("evaluator_unit", name="case_of_evaluating_unit"),
            _where_set("duty_item", name="case_of_duty_item"),
            _where_set("merged_into", name="case_merged_into"),
            # Suspended cases whose review date has come.
            models.Index(fields=["review_at"], name="case_to_review", condition=Q(review_at__isnull=False)),
            # What was written behind the back of the ORM and cannot be found yet.
            models.Index(fields=["id"], name="case_to_fold", condition=Q(words="")),
            # Results that were accepted before their time was kept.
            models.Index(
                fields=["id"],
                name="case_to_time",
                condition=Q(
                    state__in=["evaluated", "closed"],
                    on_the_spot=False,
                    handling_seconds__isnull=True,
                    dispatched_at__isnull=False,
                    handled_at__isnull=False,
                ),
            ),
            # The dispatch sweep.
            models.Index(fields=["id"], name="case_to_dispatch", condition=Q(state="reported")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=sorted(FINAL), closed_at__isnull=False)
                | (~Q(state__in=sorted(FINAL)) & Q(closed_at__isnull=True)),
                name="case_ended_exactly_when_final",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["reported", "rejected", "void", "merged"])
                | Q(assignee__isnull=False)
                | Q(lead_unit__isnull=False),
                name="case_has_receiver_once_dispatched",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["dispatched", "in_progress"]) | Q(due_at__isnull=False),
                name="case_in_hands_has_due_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="handled") | Q(evaluator__isnull=False) | Q(evaluator_unit__isnull=False),
                name="case_handled_has_evaluator",
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90),
                name="case_place_on_earth",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="case_not_merged_into_itself"),
            # Constraints, not unique=True: Django adds an index for LIKE to that, which nobody asks.
            models.UniqueConstraint(fields=["number"], name="case_number_once"),
            models.UniqueConstraint(
                fields=["submission_key"],
                condition=Q(submission_key__isnull=False),
                name="case_submission_once",
            ),
            # One case a finding; it also finds the case of a finding.
            models.UniqueConstraint(
                fields=["finding"], condition=Q(finding__isnull=False), name="case_of_finding_once"
            ),
            models.UniqueConstraint(
                fields=["client", "external_id"], condition=~Q(external_id=""), name="case_external_id_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """The page of the case."""
        return reverse("cases:case", args=[self.number])

    @property
    def phase(self) -> Phase:
        return PHASE[State(self.state)]

    @property
    def is_final(self) -> bool:
        return self.state in FINAL

    @property
    def area(self) -> str:
        """The most exact area code that is known."""
        return self.block_code or self.community_code or self.street_code or self.district_code

    @property
    def etag(self) -> str:
        return f'"{self.number}-{self.version}"'

    def is_overdue(self, at: dt.datetime) -> bool:
        """Past the handle limit while in somebody's hands; or, once handed back, handed back too late."""
        if self.due_at is None:
            return False
        if self.state in (State.DISPATCHED, State.IN_PROGRESS):
            return self.due_at < at
        return self.handled_at is not None and self.due_at < self.handled_at

    def is_due_soon(self, at: dt.datetime) -> bool:
        """Three quarters of the limit have passed, the limit itself has not."""
        in_hands = self.state in (State.DISPATCHED, State.IN_PROGRESS)
        return (
            in_hands
            and self.due_at is not None
            and self.warn_at is not None
            and self.warn_at <= at <= self.due_at
        )

    @property
    def receiver(self) -> str:
        """Who holds it, for people."""
        holder: Any = self.assignee or self.lead_unit
        return str(holder) if holder else ""


class CaseParty(models.Model):
    """Who has to do with a case, unit or person: what ``within`` asks besides the area."""

    class Role(models.TextChoices):
        REPORTER = "reporter", _("Reported it")
        ASSIGNEE = "assignee", _("In charge")
        LEAD = "lead", _("Unit in charge")
        CO = "co", _("Helps")
        EVALUATOR = "evaluator", _("Evaluates")
        OVERSIGHT = "oversight", _("Oversees")

    case = models.ForeignKey(Case, models.CASCADE, related_name="parties")
    role = models.CharField(max_length=20, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("party of a case")
        verbose_name_plural = _("parties of cases")
        indexes: ClassVar = [
            # within(scope): the cases of my units and of myself.
            models.Index(fields=["unit", "case"], name="party_of_unit", condition=Q(unit__isnull=False)),
            models.Index(fields=["user", "case"], name="party_of_user", condition=Q(user__isnull=False)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "role", "unit"], name="party_unit_once", condition=Q(unit__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["case", "role", "user"], name="party_user_once", condition=Q(user__isnull=False)
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=True) ^ Q(user__isnull=True), name="party_unit_or_user"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.role}"
