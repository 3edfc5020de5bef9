"""What happens to a case: orders, requests, results, evaluations, ratings, photos.

Free text stands in ``Note`` rows that can be erased; the journal keeps a row's key and a salted digest.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.states import Satisfaction, Solved
from staffing.models import Unit, User


class Note(models.Model):
    """Something that a person wrote about a case: a reason, a result, a comment. Erasable."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="notes")
    move = models.CharField(max_length=30)
    field = models.CharField(max_length=30)
    text = models.TextField(max_length=10_000, blank=True)
    salt = models.CharField(max_length=32, editable=False)
    written_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return self.text[:40]


class WorkOrder(models.Model):
    """One dispatch to one unit or person, from sending to result, return or reassignment."""

    class End(models.TextChoices):
        DONE = "done", _("Result handed back")
        RETURNED = "returned", _("Returned")
        REASSIGNED = "reassigned", _("Reassigned")
        ENDED = "ended", _("Case ended")

    # Served by order_number_once.
    case = models.ForeignKey(Case, models.CASCADE, related_name="orders", db_index=False)
    no = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField()
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    handed_back_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    handed_back_at = models.DateTimeField(null=True, blank=True)
    result = models.ForeignKey(Note, models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=20, choices=End.choices, blank=True)

    class Meta:
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        ordering: ClassVar = ["case", "no"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "no"], name="order_number_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="order_one_running"
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=False) | Q(user__isnull=False), name="order_has_receiver"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.no}"


class CaseRequest(models.Model):
    """A request that awaits a decision: return, extension, suspension. A row, not a state."""

    class Kind(models.TextChoices):
        RETURN = "return", _("Return")
        EXTENSION = "extension", _("More time")
        SUSPENSION = "suspension", _("Suspension")

    case = models.ForeignKey(Case, models.CASCADE, related_name="requests")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    reason = models.ForeignKey(Note, models.PROTECT, related_name="+")
    until = models.DateTimeField(_("until"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    approved = models.BooleanField(_("approved"), null=True, blank=True)
    decision = models.ForeignKey(Note, models.PROTECT, null=True, blank=True, related_name="+")
    lapsed = models.BooleanField(_("lapsed"), default=False)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(decided_at__isnull=True), name="request_one_pending"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, approved__isnull=True)
                | Q(decided_at__isnull=False, approved__isnull=False)
                | Q(decided_at__isnull=False, lapsed=True),
                name="request_decided_whole",
            ),
            # Nobody decides his or her own request.
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="request_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Evaluation(models.Model):
    """Somebody who did not do the work looked at the result."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="evaluations")
    order = models.OneToOneField(WorkOrder, models.CASCADE, related_name="evaluation")
    evaluator = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("evaluator"))
    handled_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    effective = models.BooleanField(_("effective"))
    comment = models.ForeignKey(Note, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(evaluator=F("handled_by")), name="evaluator_is_not_handler"),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.effective}"


class Rating(models.Model):
    """The reporter's answer. One per closing: a reopened case can be rated again. Who had not rated in time may answer
    a follow-up call instead."""

    class Channel(models.TextChoices):
        OWN = "own", _("Given by the reporter")
        CALL = "call", _("Answered a follow-up call")

    # Served by rating_once_a_round.
    case = models.ForeignKey(Case, models.CASCADE, related_name="ratings", db_index=False)
    round = models.PositiveSmallIntegerField(default=1)
    solved = models.CharField(_("solved"), max_length=10, choices=Solved.choices)
    satisfaction = models.CharField(_("satisfaction"), max_length=20, choices=Satisfaction.choices)
    comment = models.ForeignKey(Note, models.SET_NULL, null=True, blank=True, related_name="+")
    channel = models.CharField(
        _("channel"), max_length=10, choices=Channel.choices, default=Channel.OWN, db_default="own"
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "round"], name="rating_once_a_round")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.satisfaction}"


class Attachment(models.Model):
    """A photo: re-encoded, without the camera's data; served only through a view that asks the policy."""

    class Stage(models.TextChoices):
        BEFORE = "before", _("Before")
        AFTER = "after", _("After")
        EVIDENCE = "evidence", _("Evidence")

    # Served by attachment_same_photo_once.
    case = models.ForeignKey(Case, models.CASCADE, related_name="attachments", db_index=False)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices)
    file = models.FileField(_("file"), upload_to="cases/%Y/%m/")
    thumbnail = models.FileField(upload_to="cases/%Y/%m/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering: ClassVar = ["case", "id"]
        constraints: ClassVar = [
            # The same photo sent twice for the same stage is one photo: retries do no harm.
            models.UniqueConstraint(fields=["case", "stage", "sha256"], name="attachment_same_photo_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.stage} {self.pk}"
