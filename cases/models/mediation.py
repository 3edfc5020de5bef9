"""Mediation of a dispute (三调联动): people's, administrative or judicial, in successive rounds of one case.

What is said there is sealed and opens to the mediators of the unit only (People's Mediation Law, art. 15); the case's
own story tells that there is a mediation and how it ended, nothing more. Law: People's Mediation Law (PML) by article.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.mediating import Kind, State
from cases.models.case import Case
from cases.querysets import MediationQuerySet
from staffing.models import Unit, User


class Mediation(models.Model):
    """One round: by one unit, until it ends in an agreement or without one."""

    Kind, State = Kind, State

    class Basis(models.TextChoices):
        """On request or on the mediators' own initiative (PML 17)."""

        REQUEST = "request", _("On request of a party")
        OWN = "own", _("On own initiative")

    class Form(models.TextChoices):
        """Written, or oral and recorded by the mediator (PML 28)."""

        WRITTEN = "written", _("Written agreement")
        ORAL = "oral", _("Oral agreement")

    class Performance(models.TextChoices):
        PENDING = "pending", _("To be performed")
        PERFORMED = "performed", _("Performed")
        BROKEN = "broken", _("Not performed")

    class Confirmation(models.TextChoices):
        NONE = "none", _("Not asked for")
        ASKED = "asked", _("Asked for")
        CONFIRMED = "confirmed", _("Confirmed by the court")
        DECLINED = "declined", _("Declined by the court")

    case = models.ForeignKey(Case, models.PROTECT, related_name="mediations", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    basis = models.CharField(_("begun"), max_length=20, choices=Basis.choices)
    # Served by mediation_of_unit.
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", db_index=False, verbose_name=_("mediating unit")
    )
    mediator = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("mediator"))
    referred_from = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="referred_to",
        verbose_name=_("referred from"),
    )
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(_("opened"))
    due_at = models.DateTimeField(_("due"))
    extended = models.BooleanField(_("extended with the consent of both sides"), default=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    police_told_at = models.DateTimeField(_("police told of a risk of crime"), null=True, blank=True)
    form = models.CharField(_("form of the agreement"), max_length=10, choices=Form.choices, blank=True)
    in_force_on = models.DateField(_("agreement in force from"), null=True, blank=True)
    perform_by = models.DateField(_("to be performed by"), null=True, blank=True)
    performance = models.CharField(
        _("performance"), max_length=10, choices=Performance.choices, default=Performance.PENDING
    )
    confirmation = models.CharField(
        _("judicial confirmation"), max_length=10, choices=Confirmation.choices, default=Confirmation.NONE
    )
    confirmation_asked_on = models.DateField(_("confirmation asked for on"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=20, blank=True)

    objects = MediationQuerySet["Mediation"].as_manager()

    class Meta:
        verbose_name = _("mediation")
        verbose_name_plural = _("mediations")
        ordering: ClassVar = ["-opened_at", "-pk"]
        indexes: ClassVar = [
            # A unit's mediations, newest first, and those that run.
            models.Index(fields=["unit", "-opened_at"], name="mediation_of_unit"),
            models.Index(fields=["due_at"], name="mediation_open_due", condition=Q(ended_at__isnull=True)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="mediation_one_running"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="mediation_ended_exactly_when_over",
            ),
            models.CheckConstraint(
                condition=Q(state="agreed", in_force_on__isnull=False, form__in=["written", "oral"])
                | (~Q(state="agreed") & Q(in_force_on__isnull=True, form="")),
                name="mediation_agreed_has_agreement",
            ),
            models.CheckConstraint(
                condition=Q(performance="pending") | Q(state="agreed"), name="mediation_performs_agreement"
            ),
            models.CheckConstraint(
                condition=Q(confirmation="none", confirmation_asked_on__isnull=True)
                | Q(state="agreed", kind="people", confirmation_asked_on__gte=F("in_force_on")),
                name="mediation_confirms_agreement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.case.number}"

    def get_absolute_url(self) -> str:
        return reverse("admin:cases_mediation_change", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class MediationParty(models.Model):
    """One of the people between whom it is mediated. Name and phone sealed; masked forms are what pages show."""

    class Side(models.TextChoices):
        APPLICANT = "applicant", _("Applicant")
        RESPONDENT = "respondent", _("Respondent")

    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="parties")
    side = models.CharField(_("side"), max_length=10, choices=Side.choices)
    name_sealed = models.BinaryField(null=True, blank=True)
    phone_sealed = models.BinaryField(null=True, blank=True)
    name_masked = models.CharField(pgettext_lazy("person", "name"), max_length=50)
    phone_masked = models.CharField(_("phone"), max_length=20, blank=True)
    # None: not asked yet. Nobody is mediated against a clear refusal (PML 17).
    consents = models.BooleanField(_("agrees to the mediation"), null=True)
    key_mark = models.CharField(max_length=16, editable=False)

    class Meta:
        verbose_name = _("party of a mediation")
        verbose_name_plural = _("parties of mediations")

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.name_masked}"


class MediationRecord(models.Model):
    """What was said, agreed or done, sealed (PML 27: records and a file)."""

    class Kind(models.TextChoices):
        SESSION = "session", _("Session")
        AGREEMENT = "agreement", pgettext_lazy("mediation", "Agreement")
        ENDING = "ending", _("Why it ended")
        FOLLOW_UP = "follow_up", _("Follow-up visit")
        POLICE = "police", _("Told to the police")
        REVEALED = "revealed", _("Why names were shown")

    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="records")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    text_sealed = models.BinaryField(null=True, blank=True)
    written_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField(_("written"))
    key_mark = models.CharField(max_length=16, editable=False)

    class Meta:
        verbose_name = _("record of a mediation")
        verbose_name_plural = _("records of mediations")
        ordering: ClassVar = ["written_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.mediation_id}"
