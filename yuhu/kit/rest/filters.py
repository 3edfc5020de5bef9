"""Filters of lists that take a value seriously or refuse it: none is guessed, rounded or left out in silence.

Leaves to others: which filters a list has (each app's ``api``) and refusing unknown ones (yuhu.api.filters).
"""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as base

from yuhu.kit import clock
from yuhu.kit.text import has_control

EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2200, 1, 1)
LONGEST_QUESTION = 100


class StrictFilterSet(base.FilterSet):  # type: ignore[misc] # django-filter ships no types
    """What a list may be filtered by."""


class _YesNoField(forms.Field):
    def to_python(self, value: Any) -> bool | None:
        if value in self.empty_values:
            return None
        try:
            return {"true": True, "false": False}[str(value)]
        except KeyError:
            raise ValidationError(_("Please write true or false."), code="not_boolean") from None


class YesNo(base.BooleanFilter):  # type: ignore[misc] # django-filter ships no types
    """``true`` or ``false``; Django's own field takes anything else for "no answer"."""

    field_class = _YesNoField

    def __init__(self, *args: Any, **options: Any) -> None:
        # The filter's own widget turns what it does not understand into "no answer" before the field sees it.
        super().__init__(*args, widget=forms.TextInput, **options)


class _TextField(forms.CharField):
    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if has_control(text):
            raise ValidationError(
                _("The text contains characters that cannot be searched for."), code="control_characters"
            )
        return text


class Words(base.CharFilter):  # type: ignore[misc] # django-filter ships no types
    """Words that somebody looks for."""

    field_class = _TextField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, max_length=LONGEST_QUESTION, **options)


class Code(base.CharFilter):  # type: ignore[misc] # django-filter ships no types
    """A code of a known form; one that nobody bears finds nothing."""

    field_class = forms.RegexField

    def __init__(self, *args: Any, form: str, **options: Any) -> None:
        message = _("This is not a code of the expected form. Please choose one from the list.")
        super().__init__(*args, regex=rf"\A(?:{form})\Z", error_messages={"invalid": message}, **options)


def _possible(day: dt.date) -> None:
    if not EARLIEST <= day <= LATEST:
        raise ValidationError(_("This date is not possible. Please check the year."), code="date_range")


_NOT_A_DATE = _("This is not a date. Write it like 2026-11-30.")


class _DayField(forms.Field):
    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values:
            return None
        try:
            day = parse_date(str(value)) if len(str(value)) == 10 else None
        except ValueError:
            day = None
        if day is None:
            raise ValidationError(_NOT_A_DATE, code="not_a_date")
        _possible(day)
        return day


class Day(base.DateFilter):  # type: ignore[misc] # django-filter ships no types
    """A calendar day of the district, ``2026-11-30``."""

    field_class = _DayField


class _MomentField(forms.Field):
    def to_python(self, value: Any) -> dt.datetime | None:
        if value in self.empty_values:
            return None
        moment = self._parse(str(value))
        _possible(moment.date())
        return moment.astimezone(dt.UTC)

    @staticmethod
    def _parse(text: str) -> dt.datetime:
        try:
            if len(text) == 10 and (day := parse_date(text)):
                return clock.day_start(day)
            # An unescaped + of an offset arrives as a blank.
            moment = parse_datetime(text.replace(" ", "+")) if "T" in text and len(text) <= 40 else None
        except ValueError:
            moment = None
        if moment is None:
            raise ValidationError(_NOT_A_DATE, code="not_a_date")
        return moment if moment.tzinfo else moment.replace(tzinfo=clock.LOCAL)


class Moment(base.IsoDateTimeFilter):  # type: ignore[misc] # django-filter ships no types
    """A moment in ISO 8601; without an offset it is the district's time, a bare day means its first moment."""

    field_class = _MomentField


class Degrees(base.NumberFilter):  # type: ignore[misc] # django-filter ships no types
    """A coordinate in degrees (WGS 84)."""

    field_class = forms.FloatField

    def __init__(self, *args: Any, limit: int, **options: Any) -> None:
        super().__init__(*args, min_value=-limit, max_value=limit, required=True, **options)


Choice = base.ChoiceFilter
