"""Streets' rights towards departments: to be heard (参与权), to propose (建议权), to assess (考核权).

One consultation is a department's plan or project; one row per asked street holds what the street says, what the
department replies to its proposal, and how the street assesses the project afterwards. Free text stands in erasable
columns beside a salt; the journal keeps digests. Leaves to others: who may (policies), writing (actions).
"""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from blocks.models import Street
from duties.querysets import ConsultationQuerySet, StreetAnswerQuerySet
from staffing.models import Unit, User
from yuhu.kit.text import edition

LONGEST_TEXT = 5000


class Consultation(models.Model):
    """A plan or project of a department on which streets must be heard until ``due_on`` (that day included)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open for answers")
        CLOSED = "closed", _("Closed")

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="consultations", verbose_name=_("department that asks")
    )
    title = models.CharField(_("plan or project"), max_length=100)
    about = models.TextField(_("what it is about"), max_length=LONGEST_TEXT, blank=True)
    salt = models.CharField(max_length=32, editable=False)
    basis = models.CharField(_("basis"), max_length=300, blank=True)
    due_on = models.DateField(
        _("answers due by"), help_text=_("The last day on which streets answer in time.")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("drafted by"))
    made_at = models.DateTimeField(_("drafted"))
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    erased_at = models.DateTimeField(_("texts erased"), null=True, blank=True)

    objects = ConsultationQuerySet["Consultation"].as_manager()

    class Meta:
        verbose_name = _("consultation of streets")
        verbose_name_plural = _("consultations of streets")
        ordering = ["-made_at", "-pk"]
        indexes = [
            # The sweep asks every few seconds which open ones are past their day.
            models.Index(fields=["due_on"], condition=Q(state="open"), name="consultation_open_by_day"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="consultation_has_title"),
            models.CheckConstraint(
                condition=Q(state="draft", opened_at__isnull=True, closed_at__isnull=True)
                | Q(state="open", opened_at__isnull=False, closed_at__isnull=True)
                | Q(state="closed", opened_at__isnull=False, closed_at__isnull=False),
                name="consultation_state_whole",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(closed_at__isnull=False, about=""),
                name="consultation_erased_after_end",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("admin:duties_consultation_change", args=[self.pk])


class StreetAnswer(models.Model):
    """One asked street: its answer, which counts once its leader has signed it off, and what followed from it."""

    class Position(models.TextChoices):
        AGREE = "agree", _("Agrees")
        CONDITIONS = "conditions", _("Agrees with conditions")
        OBJECT = "object", _("Objects")

    class Outcome(models.TextChoices):
        ADOPTED = "adopted", _("Adopted")
        PARTLY = "partly", _("Partly adopted")
        NOT_ADOPTED = "not_adopted", _("Not adopted")

    # Served by street_answer_once.
    consultation = models.ForeignKey(
        Consultation, models.CASCADE, related_name="answers", db_index=False, verbose_name=_("consultation")
    )
    street = models.ForeignKey(Street, models.PROTECT, related_name="+", verbose_name=_("street"))
    salt = models.CharField(max_length=32, editable=False)
    position = models.CharField(_("position"), max_length=12, choices=Position.choices, blank=True)
    comment = models.TextField(_("comment"), max_length=LONGEST_TEXT, blank=True)
    proposal = models.TextField(_("proposal"), max_length=LONGEST_TEXT, blank=True)
    # Stays when the text is erased: whether the department owes a reply.
    proposes = models.BooleanField(_("makes a proposal"), default=False)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("prepared by")
    )
    answered_at = models.DateTimeField(_("prepared"), null=True, blank=True)
    signed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed off by")
    )
    signed_at = models.DateTimeField(_("signed off"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("leader told of the delay"), null=True, blank=True)
    outcome = models.CharField(
        _("what becomes of the proposal"), max_length=12, choices=Outcome.choices, blank=True
    )
    reply = models.TextField(_("reply"), max_length=LONGEST_TEXT, blank=True)
    replied_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("replied by")
    )
    replied_at = models.DateTimeField(_("replied"), null=True, blank=True)
    score = models.PositiveSmallIntegerField(_("assessment (1 to 5)"), null=True, blank=True)
    remark = models.TextField(_("remark on the assessment"), max_length=LONGEST_TEXT, blank=True)
    assessed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("assessed by")
    )
    assessed_at = models.DateTimeField(_("assessed"), null=True, blank=True)

    objects = StreetAnswerQuerySet["StreetAnswer"].as_manager()

    class Meta:
        verbose_name = _("answer of a street")
        verbose_name_plural = _("answers of streets")
        ordering = ["-consultation", "street"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "street"], name="street_answer_once"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, position="")
                | Q(answered_at__isnull=False) & ~Q(position=""),
                name="street_answer_has_position",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | Q(answered_at__isnull=False),
                name="street_answer_then_signed",
            ),
            models.CheckConstraint(
                condition=Q(replied_at__isnull=True, outcome="")
                | Q(replied_at__isnull=False, signed_at__isnull=False, proposes=True) & ~Q(outcome=""),
                name="street_answer_reply_whole",
            ),
            models.CheckConstraint(
                condition=Q(assessed_at__isnull=True, score__isnull=True)
                | Q(assessed_at__isnull=False, score__isnull=False, score__gte=1, score__lte=5),
                name="street_answer_score_1_to_5",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation.title}（{self.street.name}）"

    def get_absolute_url(self) -> str:
        return reverse("admin:duties_streetanswer_change", args=[self.pk])

    @property
    def edition(self) -> str:
        """Changes whenever the street says something else."""
        return edition(self.position, self.comment, self.proposal)

    @property
    def awaits_reply(self) -> bool:
        """Whether the department owes a reply to the proposal."""
        return self.proposes and self.signed_at is not None and self.replied_at is None
