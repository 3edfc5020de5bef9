"""For which days the board tells: the chooser's periods, and what each is compared with. Pure but for the form.

环比 compares with the period before, of the same kind: a running month with the same days of the month before. 同比
compares with the same days of the year before. Where both would share days (a whole year), only the latter is told.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.figures import Period
from yuhu.kit.spans import year_before

RECENT_DAYS, LONGEST_DAYS = 30, 366
_DAY = dt.timedelta(days=1)
_EARLIEST = dt.date(2000, 1, 1)


class Span(TextChoices):
    """What the chooser offers."""

    RECENT = "recent", pgettext_lazy("period", "Last 30 days")
    MONTH = "month", pgettext_lazy("period", "This month")
    LAST_MONTH = "last_month", pgettext_lazy("period", "Last month")
    QUARTER = "quarter", pgettext_lazy("period", "This quarter")
    YEAR = "year", pgettext_lazy("period", "This year")
    OWN = "own", pgettext_lazy("period", "Own days")


@dataclass(frozen=True)
class Days:
    """From the first to the last local day, both included."""

    first: dt.date
    last: dt.date

    @property
    def period(self) -> Period:
        return Period.of_days(self.first, self.last)

    @property
    def number(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def words(self) -> str:
        return _("%(first)s to %(last)s") % {"first": self.first.isoformat(), "last": self.last.isoformat()}

    def meets(self, other: "Days") -> bool:
        """Whether both share a day."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True)
class Chosen:
    """The period of a page. ``query`` says it in addresses; the usual one needs no words there."""

    span: Span
    days: Days
    before: Days | None
    year: Days | None
    error: str = ""

    @property
    def label(self) -> str:
        if self.span is Span.OWN:
            return self.days.words
        return _("%(period)s (%(days)s)") % {"period": self.span.label, "days": self.days.words}

    @property
    def query(self) -> str:
        if self.span is Span.OWN:
            return urlencode({"from": self.days.first.isoformat(), "to": self.days.last.isoformat()})
        return "" if self.span is Span.RECENT else urlencode({"period": self.span.value})

    @property
    def periods(self) -> Mapping[str, Period]:
        """What the figures are asked for: ``now``, and what it is compared with."""
        told = {"now": self.days, "before": self.before, "year": self.year}
        return {name: days.period for name, days in told.items() if days is not None}


class Choice(forms.Form):
    """What an address says about the period."""

    period = forms.ChoiceField(choices=Span.choices, required=False, label=gettext_lazy("Period"))
    first = forms.DateField(
        required=False,
        label=gettext_lazy("From"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        required=False, label=gettext_lazy("To"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


def chosen(asked: Mapping[str, str], today: dt.date) -> Chosen:
    """The period that an address names; what cannot be is told, and the usual one is shown."""
    form = Choice(
        {"period": asked.get("period", ""), "first": asked.get("from", ""), "last": asked.get("to", "")}
    )
    if not form.is_valid():
        return _usual(today, _("The days could not be read. Please write them as year-month-day."))
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    span = Span(form.cleaned_data["period"] or (Span.OWN if first or last else Span.RECENT))
    if span is not Span.OWN:
        return _of_span(span, today)
    return _own(first, last, today)


def months(count: int, today: dt.date) -> list[Days]:
    """The last ``count`` calendar months, the running one until today."""
    found, last = [], today
    for _month in range(count):
        first = last.replace(day=1)
        found.append(Days(first, last))
        last = first - _DAY
    return found[::-1]


def _own(first: dt.date | None, last: dt.date | None, today: dt.date) -> Chosen:
    if first is None or last is None:
        return _usual(today, _("Please name the first and the last day."))
    last = min(last, today)
    if not _EARLIEST <= first <= last:
        return _usual(today, _("The first day must not lie after the last one or in the future."))
    if (last - first).days >= LONGEST_DAYS:
        return _usual(today, _("Please choose a year at most."))
    return _compared(Span.OWN, Days(first, last))


def _usual(today: dt.date, error: str = "") -> Chosen:
    found = _of_span(Span.RECENT, today)
    return Chosen(found.span, found.days, found.before, found.year, error)


def _of_span(span: Span, today: dt.date) -> Chosen:
    month = today.replace(day=1)
    if span is Span.MONTH:
        return _running(span, month, today, _month_before(month))
    if span is Span.LAST_MONTH:
        last = month - _DAY
        first = last.replace(day=1)
        return _compared(span, Days(first, last), Days(_month_before(first), first - _DAY))
    if span is Span.QUARTER:
        first = month.replace(month=month.month - (month.month - 1) % 3)
        start = _month_before(_month_before(_month_before(first)))
        return _running(span, first, today, start)
    if span is Span.YEAR:
        return _compared(span, Days(month.replace(month=1), today))
    return _compared(Span.RECENT, Days(today - dt.timedelta(days=RECENT_DAYS - 1), today))


def _running(span: Span, first: dt.date, today: dt.date, start: dt.date) -> Chosen:
    """What is not over is compared with as many days of what began at ``start``."""
    last = min(start + (today - first), first - _DAY)
    return _compared(span, Days(first, today), Days(start, last))


def _compared(span: Span, days: Days, before: Days | None = None) -> Chosen:
    before = before or Days(days.first - dt.timedelta(days=days.number), days.first - _DAY)
    year = Days(year_before(days.first), year_before(days.last))
    return Chosen(span, days, None if before.meets(year) else before, None if year.meets(days) else year)


def _month_before(first: dt.date) -> dt.date:
    return (first - _DAY).replace(day=1)
