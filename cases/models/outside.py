"""Outside figures (外部数据): one published number of an area for some days, entered by one person, checked by another.

A row is never changed once it is entered, but for its state: what was wrong is entered anew, and the new row replaces
the old one when it is checked. So whatever was in force on a day can be read afterwards.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.outside import FACTS, Measure, Outside, Span
from cases.querysets import OutsideFigureQuerySet
from staffing.models import User

LONGEST_REMARK = 300


class OutsideFigure(models.Model):
    """One number. It counts while its state is ``checked``."""

    class State(models.TextChoices):
        ENTERED = "entered", pgettext_lazy("outside figure", "To be checked")
        CHECKED = "checked", pgettext_lazy("outside figure", "Checked")
        RETURNED = "returned", pgettext_lazy("outside figure", "Sent back")
        REPLACED = "replaced", pgettext_lazy("outside figure", "Corrected by another")
        WITHDRAWN = "withdrawn", pgettext_lazy("outside figure", "Withdrawn")

    kind = models.CharField(_("figure"), max_length=30, choices=Outside.choices)
    area = models.CharField(_("area"), max_length=9)
    span = models.CharField(pgettext_lazy("outside figure", "days"), max_length=12, choices=Span.choices)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=2)
    published_by = models.CharField(_("published by"), max_length=100)
    document = models.CharField(pgettext_lazy("outside figure", "document"), max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ENTERED)
    # Of which figure it is the correction, and why.
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("corrects"),
    )
    why = models.CharField(_("why it is corrected"), max_length=LONGEST_REMARK, blank=True)
    # Why it was sent back or withdrawn.
    remark = models.CharField(_("remark"), max_length=LONGEST_REMARK, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    entered_at = models.DateTimeField(_("entered"))
    checked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("checked by")
    )
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=20, blank=True)

    objects = OutsideFigureQuerySet["OutsideFigure"].as_manager()

    class Meta:
        verbose_name = _("outside figure")
        verbose_name_plural = _("outside figures")
        ordering: ClassVar = ["-last", "kind", "area", "-pk"]
        indexes: ClassVar = [
            # What is in force for an area, over some years; and what waits for a check.
            models.Index(fields=["area", "kind", "last"], name="outside_of_area"),
            models.Index(fields=["entered_at"], name="outside_to_check", condition=Q(state="entered")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("entered_by")),
                name="outside_checked_by_another",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["checked", "replaced"], checked_by__isnull=False, checked_at__isnull=False
                )
                | Q(state__in=["entered", "returned"], checked_by__isnull=True, checked_at__isnull=True)
                | Q(state="withdrawn"),
                name="outside_checked_whole",
            ),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="outside_days_in_order"),
            models.CheckConstraint(condition=Q(value__gte=0), name="outside_not_below_nought"),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(why=""), name="outside_correction_says_why"
            ),
            # One number in force and one that waits, for the same days of an area.
            models.UniqueConstraint(
                fields=["kind", "area", "first", "last"],
                condition=Q(state="checked"),
                name="outside_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["kind", "area", "first", "last"],
                condition=Q(state="entered"),
                name="outside_one_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.first:%Y-%m-%d}–{self.last:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("admin:cases_outsidefigure_change", args=[self.pk])

    @property
    def measure(self) -> Measure:
        return FACTS[Outside(self.kind)].measure

    @property
    def shown(self) -> str:
        """The value with its unit, as people write it."""
        return f"{self.value:,.{FACTS[Outside(self.kind)].places}f} {self.measure.label}"

    @property
    def published(self) -> str:
        """Who published it, with the number of the document."""
        return f"{self.published_by}，{self.document}" if self.document else self.published_by
