"""The rota of a platform: who is on duty when, requests to exchange shifts, and times that were found uncovered."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from staffing.models.accounts import User
from staffing.models.units import Unit
from staffing.querysets import RotaGapQuerySet, ShiftQuerySet, ShiftSwapQuerySet
from yuhu.kit import clock


class Shift(models.Model):
    """One officer's time on duty (值班) for a platform; without an officer it is one that nobody covers.

    Shifts of one platform never overlap: the actions lock the platform and look (a database could say so only with an
    exclusion constraint, which is not portable). ``day`` is the local day on which the shift begins.
    """

    platform = models.ForeignKey(Unit, models.CASCADE, related_name="shifts", verbose_name=_("platform"))
    officer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="shifts", verbose_name=_("officer on duty")
    )
    day = models.DateField(_("day"))
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))

    objects = ShiftQuerySet["Shift"].as_manager()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering: ClassVar = ["starts_at", "platform"]
        indexes: ClassVar = [
            # The shifts of all platforms in some days: the week, the day, the sweep.
            models.Index(fields=["starts_at"], name="shift_by_start"),
            # A person's own shifts, and those of days on leave.
            models.Index(fields=["officer", "starts_at"], name="shift_of_officer"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_start"),
            # Serves the look for overlaps too.
            models.UniqueConstraint(fields=["platform", "starts_at"], name="shift_begins_once"),
        ]

    def __str__(self) -> str:
        return f"{self.platform.name} {self.when} {self.officer.name if self.officer else pgettext('shift', 'nobody')}"

    def get_absolute_url(self) -> str:
        return reverse("admin:staffing_shift_change", args=[self.pk])

    @property
    def when(self) -> str:
        """Day and hours on the district's clock."""
        return span_text(self)

    @property
    def hours(self) -> str:
        """Only the hours; the end's day where it is another."""
        return self.when.partition(" ")[2]


class ShiftSwap(models.Model):
    """One officer asks another of the same platform to exchange two shifts."""

    class Outcome(models.TextChoices):
        AGREED = "agreed", _("exchanged")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        LAPSED = "lapsed", _("lapsed: a shift has changed hands")

    # None: the shift was taken out of the rota since. What was asked and decided stays.
    mine = models.ForeignKey(
        Shift, models.SET_NULL, null=True, related_name="swaps_offered", verbose_name=_("shift offered")
    )
    theirs = models.ForeignKey(
        Shift, models.SET_NULL, null=True, related_name="swaps_wanted", verbose_name=_("shift wanted")
    )
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_of = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked of"))
    asked_at = models.DateTimeField(_("asked at"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = ShiftSwapQuerySet["ShiftSwap"].as_manager()

    class Meta:
        verbose_name = _("exchange of shifts")
        verbose_name_plural = _("exchanges of shifts")
        ordering: ClassVar = ["-asked_at", "-pk"]
        indexes: ClassVar = [
            # What waits for a decision: few rows of a table that grows.
            models.Index(fields=["asked_of"], name="swap_waiting", condition=Q(outcome="")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(mine=F("theirs")), name="swap_of_two_shifts"),
            models.CheckConstraint(condition=~Q(asked_by=F("asked_of")), name="swap_of_two_people"),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True)
                | (~Q(outcome="") & Q(decided_at__isnull=False)),
                name="swap_open_or_decided",
            ),
            models.UniqueConstraint(fields=["mine"], condition=Q(outcome=""), name="swap_asked_once"),
        ]

    def __str__(self) -> str:
        names = {"one": self.asked_by.name, "other": self.asked_of.name}
        return gettext("%(one)s and %(other)s") % names + f"：{self.gives} ⇄ {self.takes}"

    def get_absolute_url(self) -> str:
        return reverse("admin:staffing_shiftswap_change", args=[self.pk])

    @property
    def platform(self) -> Unit | None:
        """Known as long as one of the shifts is there."""
        shift = self.mine or self.theirs
        return shift.platform if shift else None

    @property
    def gives(self) -> str:
        """When the shift is that is offered."""
        return self.mine.when if self.mine else pgettext("shift", "taken out of the rota")

    @property
    def takes(self) -> str:
        """When the shift is that is wanted."""
        return self.theirs.when if self.theirs else pgettext("shift", "taken out of the rota")


class RotaGap(models.Model):
    """A time that nobody covers, found by the sweep: one row, and so one warning, for each platform and beginning."""

    platform = models.ForeignKey(Unit, models.CASCADE, related_name="rota_gaps", verbose_name=_("platform"))
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    found_at = models.DateTimeField(_("found at"))

    objects = RotaGapQuerySet["RotaGap"].as_manager()

    class Meta:
        verbose_name = _("time that nobody covers")
        verbose_name_plural = _("times that nobody covers")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="gap_ends_after_start"),
            models.UniqueConstraint(fields=["platform", "starts_at"], name="gap_warned_once"),
        ]

    def __str__(self) -> str:
        return f"{self.platform.name} {span_text(self)}"

    def get_absolute_url(self) -> str:
        """The week of the street in which it lies."""
        where = f"street={self.platform.street_id or ''}&on={clock.local_date(self.starts_at).isoformat()}"
        return f"{reverse('admin:staffing_shift_week')}?{where}"


def span_text(row: Shift | RotaGap) -> str:
    """From when to when on the district's clock: ``2026-11-24 08:30–20:30``; the end's day where it is another."""
    start, end = clock.local(row.starts_at), clock.local(row.ends_at)
    days = (end.date() - start.date()).days
    until = f"{end:%H:%M}" if days == 0 else f"{end:%m-%d %H:%M}"
    if days == 1:
        until = gettext("%(time)s the next day") % {"time": f"{end:%H:%M}"}
    return f"{start:%Y-%m-%d %H:%M}–{until}"
