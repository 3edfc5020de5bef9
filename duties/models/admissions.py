"""Admission of tasks to the lists (事项准入), and reports of tasks that were pushed past them (清单外转嫁).

A department asks to hand a task to streets or communities; the district decides; what is decided has a number and
stands in a published register. An approved admission counts like an item of a list for its days. Free text stands in
erasable columns beside a salt; the journal keeps digests. Leaves to others: who may (policies), writing (actions).
"""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from blocks.models import Street
from duties.models.lists import DutyItem, DutyList
from duties.querysets import AdmissionQuerySet, OffListReportQuerySet
from staffing.models import Unit, User
from yuhu.kit.text import edition

LONGEST_TEXT = 2000
LONGEST_TITLE = 100


class Level(models.TextChoices):
    """Who would have to do the task."""

    STREET = "street", _("Streets")
    COMMUNITY = "community", _("Communities")


_Kind = DutyList.Kind
# The lists that a task of a level can stand on.
LISTS_OF_LEVEL: dict[str, tuple[str, ...]] = {
    Level.STREET: (_Kind.RESPONSIBILITY, _Kind.COOPERATION),
    Level.COMMUNITY: (_Kind.SELF_GOVERNANCE, _Kind.ASSIST, _Kind.NEGATIVE),
}
PROHIBITING = _Kind.NEGATIVE


class Admission(models.Model):
    """A department's request, what the lists said to it at once, and the decision.

    ``last_on`` and ``granted_until`` are the last days on which it counts.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", pgettext_lazy("admission", "Awaits the decision")
        REFERENCED = "referenced", _("On the list: no admission needed")
        REFUSED = "refused", _("Refused: on the negative list")
        APPROVED = "approved", pgettext_lazy("admission", "Admitted")
        DECLINED = "declined", pgettext_lazy("admission", "Not admitted")
        WITHDRAWN = "withdrawn", pgettext_lazy("admission", "Withdrawn")

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="admissions", verbose_name=_("asking department")
    )
    title = models.CharField(_("task to be handed down"), max_length=LONGEST_TITLE)
    reason = models.TextField(_("reason"), max_length=LONGEST_TEXT, blank=True)
    basis = models.TextField(_("legal basis"), max_length=LONGEST_TEXT, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    # None: all streets of the district.
    streets: "models.ManyToManyField[Street, Street]" = models.ManyToManyField(
        Street, related_name="+", blank=True, verbose_name=_("streets")
    )
    proposed_kind = models.CharField(_("proposed list"), max_length=20, choices=_Kind.choices)
    # What goes with the task (权随责走、费随事转): None is "not said", 0 is "none needed", and the note says why.
    people = models.PositiveIntegerField(_("people (number)"), null=True, blank=True)
    people_note = models.TextField(_("about the people"), max_length=LONGEST_TEXT, blank=True)
    amount = models.DecimalField(_("money (yuan)"), max_digits=12, decimal_places=2, null=True, blank=True)
    amount_note = models.TextField(_("about the money"), max_length=LONGEST_TEXT, blank=True)
    starts_on = models.DateField(_("from"))
    last_on = models.DateField(_("until (last day)"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.SUBMITTED)
    item = models.ForeignKey(
        DutyItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("item of the list")
    )
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    due_at = models.DateTimeField(_("decision due"))
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision = models.TextField(_("conditions or reason"), max_length=LONGEST_TEXT, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    granted_from = models.DateField(_("admitted from"), null=True, blank=True)
    granted_until = models.DateField(_("admitted until (last day)"), null=True, blank=True)
    warned_at = models.DateTimeField(_("told of the end"), null=True, blank=True)
    salt = models.CharField(max_length=32, editable=False)
    erased_at = models.DateTimeField(_("texts erased"), null=True, blank=True)

    objects = AdmissionQuerySet["Admission"].as_manager()

    class Meta:
        verbose_name = _("admission of a task")
        verbose_name_plural = _("admissions of tasks")
        ordering = ["-asked_at", "-pk"]
        indexes = [
            # The day's numbers and the list of what is to be decided, the longest waiting first.
            models.Index(fields=["due_at"], condition=Q(state="submitted"), name="admission_to_decide"),
            # What is admitted on a day, and the sweep for what ends soon.
            models.Index(
                fields=["granted_until"], condition=Q(state="approved"), name="admission_by_last_day"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="admission_number_once"),
            # Pressed twice, it is asked once.
            models.UniqueConstraint(
                fields=["unit", "title"], condition=Q(state="submitted"), name="admission_asked_once"
            ),
            models.UniqueConstraint(
                fields=["unit", "title", "item"],
                condition=Q(state__in=["referenced", "refused"], decided_by__isnull=True),
                name="admission_answered_once",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & Q(last_on__gte=F("starts_on")), name="admission_has_title_and_days"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["submitted", "referenced", "refused", "withdrawn"],
                    year__isnull=True,
                    number__isnull=True,
                )
                | Q(
                    state__in=["approved", "declined"],
                    year__isnull=False,
                    number__gte=1,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="admission_decided_has_number",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["referenced", "refused"], item__isnull=False)
                | ~Q(state__in=["referenced", "refused"]) & Q(item__isnull=True),
                name="admission_refers_to_item",
            ),
            # 权随责走、费随事转: nothing is admitted without a word on people and money.
            models.CheckConstraint(
                condition=Q(
                    state="approved",
                    people__isnull=False,
                    amount__isnull=False,
                    granted_from__isnull=False,
                    granted_until__gte=F("granted_from"),
                )
                | ~Q(state="approved") & Q(granted_from__isnull=True, granted_until__isnull=True),
                name="admission_approved_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="admission_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="admission_money_not_below_zero"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("admin:duties_admission_change", args=[self.pk])

    @property
    def name(self) -> str:
        """Like an item of a list."""
        return self.title

    @property
    def code(self) -> str:
        """The number of the decision as documents write it (准入〔2026〕3号); empty without one."""
        return f"准入〔{self.year}〕{self.number}号" if self.number else ""

    @property
    def edition(self) -> str:
        """Changes whenever the department says something else."""
        amount = None if self.amount is None else f"{self.amount:.2f}"
        return edition(self.reason, self.basis, self.people, self.people_note, amount, self.amount_note)

    @property
    def is_published(self) -> bool:
        """Whether it stands in the register that everybody with a post reads."""
        return self.state in (self.State.APPROVED, self.State.DECLINED)

    @property
    def says_people(self) -> bool:
        """Whether it says which people go with the task, or why none."""
        return self.people is not None and (self.people > 0 or bool(self.people_note))

    @property
    def says_money(self) -> bool:
        """Whether it says which money goes with the task, or why none."""
        return self.amount is not None and (self.amount > 0 or bool(self.amount_note))


class AdmissionNumber(models.Model):
    """The last number of a year's decisions; who decides locks it, so that numbers have no gaps."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("last number of a year")
        verbose_name_plural = _("last numbers of years")

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class OffListReport(models.Model):
    """A street or community says that a department pushed a task that stands on no list.

    For inspection and for whoever reported it; never for the department (``OffListReportQuerySet.within``).
    """

    class State(models.TextChoices):
        REPORTED = "reported", pgettext_lazy("off-list report", "To be taken up")
        TAKEN_UP = "taken_up", _("Being looked into")
        CONFIRMED = "confirmed", _("Violation confirmed")
        DISMISSED = "dismissed", pgettext_lazy("off-list report", "Dismissed")
        CLOSED = "closed", pgettext_lazy("off-list report", "Closed with a consequence")

    class Way(models.TextChoices):
        DOCUMENT = "document", pgettext_lazy("how a task came", "Document")
        PHONE = "phone", pgettext_lazy("how a task came", "Phone call")
        MEETING = "meeting", pgettext_lazy("how a task came", "Meeting")
        SYSTEM = "system", _("Information system or chat group")

    class Consequence(models.TextChoices):
        TAKEN_BACK = "taken_back", _("Task taken back by the department")
        ADMISSION = "admission", _("Department asks for admission")
        TALK = "talk", _("Talk with those responsible")
        NOTICE = "notice", _("Criticism by circular")
        DISCIPLINE = "discipline", _("Handed to discipline inspection")

    department = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", verbose_name=_("department that pushed it")
    )
    level = models.CharField(_("pushed to"), max_length=10, choices=Level.choices)
    # The reporter's street or community, for figures; no scope opens a report by it.
    area = models.CharField(_("area code"), max_length=14)
    what = models.TextField(_("what was pushed"), max_length=LONGEST_TEXT, blank=True)
    received_on = models.DateField(_("received on"))
    way = models.CharField(_("how it came"), max_length=10, choices=Way.choices)
    # What looked alike when it was reported, although the reporter says that it is something else.
    item = models.ForeignKey(
        DutyItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("similar item")
    )
    admission = models.ForeignKey(
        Admission,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("similar admission"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.REPORTED)
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("reported by"))
    reported_at = models.DateTimeField(pgettext_lazy("off-list report", "reported"))
    taken_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken up by")
    )
    taken_at = models.DateTimeField(_("taken up"), null=True, blank=True)
    finding = models.TextField(_("finding of inspection"), max_length=LONGEST_TEXT, blank=True)
    decided_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("off-list report", "decided by"),
    )
    decided_at = models.DateTimeField(pgettext_lazy("off-list report", "decided"), null=True, blank=True)
    consequence = models.CharField(_("consequence"), max_length=12, choices=Consequence.choices, blank=True)
    follow_up = models.TextField(_("about the consequence"), max_length=LONGEST_TEXT, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    salt = models.CharField(max_length=32, editable=False)
    erased_at = models.DateTimeField(_("texts erased"), null=True, blank=True)

    objects = OffListReportQuerySet["OffListReport"].as_manager()

    class Meta:
        verbose_name = _("report of an off-list task")
        verbose_name_plural = _("reports of off-list tasks")
        ordering = ["-reported_at", "-pk"]
        indexes = [
            # The day's number of inspection: what has not ended.
            models.Index(
                fields=["reported_at"],
                condition=Q(state__in=["reported", "taken_up", "confirmed"]),
                name="off_list_open",
            ),
            # The figure of a period: 清单外事项数.
            models.Index(fields=["received_on"], name="off_list_by_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="reported", taken_at__isnull=True)
                | ~Q(state="reported") & Q(taken_at__isnull=False),
                name="off_list_taken_up_first",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["confirmed", "dismissed", "closed"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                )
                | Q(state__in=["reported", "taken_up"], decided_at__isnull=True, decided_by__isnull=True),
                name="off_list_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(consequence="")
                | ~Q(state="closed") & Q(closed_at__isnull=True, consequence=""),
                name="off_list_closed_with_consequence",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("reported_by")),
                name="off_list_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        # Mails and lists call it by nothing that tells whom it is about.
        return str(_("Report no. %(number)d")) % {"number": self.pk or 0}

    def get_absolute_url(self) -> str:
        return reverse("admin:duties_offlistreport_change", args=[self.pk])
