"""The working calendar, and how long each step of a case may take.

Calendar and limits are read through ``time_rules``, which each process keeps until an action changes the version row.
Leaves to others: writing (actions) and the arithmetic (``yuhu.kit.worktime``).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duties.exceptions import LimitMissing
from yuhu.kit.compiled import Compiled
from yuhu.kit.worktime import Calendar, Limit, TimeUnit, Window


class LimitUnit(models.TextChoices):
    """Units of time limits, with the names that people see; the arithmetic is ``kit.worktime.TimeUnit``'s."""

    NATURAL_MINUTE = TimeUnit.NATURAL_MINUTE.value, _("minutes, day and night")
    NATURAL_HOUR = TimeUnit.NATURAL_HOUR.value, _("hours, day and night")
    WORKING_HOUR = TimeUnit.WORKING_HOUR.value, _("working hours")
    WORKING_DAY = TimeUnit.WORKING_DAY.value, _("working days")
    NATURAL_DAY = TimeUnit.NATURAL_DAY.value, _("days, holidays included")


class Severity(models.TextChoices):
    """How urgent a matter is; categories carry it, and limits may differ by it."""

    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    CRITICAL = "critical", _("Critical")


class CalendarDay(models.Model):
    """A day that differs from Monday to Friday: a holiday, or a weekend day on which people work (调休上班)."""

    date = models.DateField(_("date"), primary_key=True)
    is_working = models.BooleanField(_("people work"))
    name = models.CharField(_("occasion"), max_length=40, blank=True)
    notice_year = models.PositiveSmallIntegerField(
        _("year of the notice"), help_text=_("A notice may also change days of the December before.")
    )
    source = models.CharField(_("source"), max_length=100)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["-date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class CalendarYear(models.Model):
    """A year whose holidays are known: its State Council notice has been imported."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True, validators=[MinValueValidator(1949)])
    source = models.CharField(_("source"), max_length=100)

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(year__gte=1949, year__lte=2200), name="calendar_year_plausible"
            )
        ]

    def __str__(self) -> str:
        return str(self.year)


class WorkWindow(models.Model):
    """Office hours of a season. All rows with the same ``valid_from`` are one plan, which covers every day."""

    valid_from = models.DateField(_("valid from"))
    season_from = models.CharField(_("season from (MM-DD)"), max_length=5)
    season_to = models.CharField(_("season to (MM-DD)"), max_length=5)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))
    source = models.CharField(_("source"), max_length=100)

    class Meta:
        verbose_name = _("office hours")
        verbose_name_plural = _("office hours")
        ordering = ["-valid_from", "season_from", "opens"]
        constraints = [
            models.UniqueConstraint(fields=["valid_from", "season_from", "opens"], name="work_window_once"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")), name="work_window_closes_after_opening"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.season_from}/{self.season_to} {self.opens:%H:%M}-{self.closes:%H:%M}"

    def as_window(self) -> Window:
        """The same for the arithmetic."""
        return Window(self.valid_from, self.season_from, self.season_to, self.opens, self.closes)


class StepLimit(models.Model):
    """How long a step may take. Severity empty counts for all severities without a row of their own.

    The limits for handling and for the first contact come from the category of the case.
    """

    class Step(models.TextChoices):
        DISPATCH = "dispatch", _("Accept and dispatch")
        SIGN = "sign", _("Sign for the order")
        EVALUATE = "evaluate", _("Evaluate")
        RATE = "rate", _("Wait for the rating")

    step = models.CharField(_("step"), max_length=20, choices=Step.choices)
    severity = models.CharField(_("severity"), max_length=20, choices=Severity.choices, blank=True)
    amount = models.PositiveSmallIntegerField(_("time limit"))
    unit = models.CharField(_("unit of time"), max_length=20, choices=LimitUnit.choices)

    class Meta:
        verbose_name = _("time limit of a step")
        verbose_name_plural = _("time limits of steps")
        ordering = ["step", "severity"]
        constraints = [
            models.UniqueConstraint(fields=["step", "severity"], name="step_limit_once"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="step_limit_above_zero"),
            models.CheckConstraint(condition=Q(unit__in=LimitUnit.values), name="step_limit_known_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.severity}: {self.amount} {self.get_unit_display()}"


class CalendarVersion(models.Model):
    """The single row that changes with the calendar or a limit, so that processes know when to read again.

    ``number`` is for people and the journal. ``token`` is random, so that a rolled-back change or a restored
    database can never pass for the one that a process keeps.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    number = models.PositiveIntegerField(default=0)
    token = models.CharField(max_length=32)

    class Meta:
        verbose_name = _("version of the calendar")
        verbose_name_plural = _("version of the calendar")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="calendar_version_single")]

    def __str__(self) -> str:
        return f"calendar version {self.number}"


@dataclass(frozen=True)
class TimeRules:
    """The calendar and the limits of the steps, as they stand."""

    calendar: Calendar
    limits: Mapping[tuple[str, str], Limit]

    def limit(self, step: str, severity: str = "") -> Limit:
        """The limit of ``step`` for a case of ``severity``.

        Raises:
            LimitMissing: there is no row for the step.
        """
        limit = self.limits.get((step, severity)) or self.limits.get((step, ""))
        if limit is None:
            raise LimitMissing()
        return limit


_kept: tuple[str, TimeRules] | None = None
_VERSION = Compiled(lambda: CalendarVersion.objects.values_list("token", "number"))


def time_rules(version: tuple[str | None, int | None] | None = None) -> TimeRules:
    """Calendar and limits, kept by the process; costs one query for the version, unless the caller just read it
    (``token`` and ``number`` of ``CalendarVersion``, None where there is no row).

    Whoever asks for several limits in one go should ask once and keep the answer that long.
    """
    global _kept  # noqa: PLW0603 - one slot per process, replaced as a whole, so threads need no lock
    if version is None:
        version = next(iter(_VERSION.rows()), (None, None))
    token, number = version
    if token is None or number is None:
        return _read(0)
    if _kept is None or _kept[0] != token:
        _kept = (token, _read(number))
    return _kept[1]


def work_calendar() -> Calendar:
    """The working calendar as it stands (see ``time_rules``)."""
    return time_rules().calendar


def step_limit(step: str, severity: str = "") -> Limit:
    """How long ``step`` may take for a case of ``severity`` (see ``time_rules``)."""
    return time_rules().limit(step, severity)


def _read(number: int) -> TimeRules:
    days: dict[dt.date, bool] = dict(CalendarDay.objects.values_list("date", "is_working"))
    windows = tuple(row.as_window() for row in WorkWindow.objects.all())
    years = frozenset(CalendarYear.objects.values_list("year", flat=True))
    limits = {
        (row.step, row.severity): Limit(row.amount, TimeUnit(row.unit)) for row in StepLimit.objects.all()
    }
    return TimeRules(Calendar(days, windows, years, version=number), limits)
