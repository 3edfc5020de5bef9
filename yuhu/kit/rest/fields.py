"""Serializer fields that take a value for what it is: a number is no string, and a bool is no number.

Texts are judged by ``kit.text.clean_text``, the same function that the actions use, so that both doors agree.
"""

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from yuhu.kit.exceptions import Invalid
from yuhu.kit.text import clean_text

_UNKNOWN = _("There is no such field. Please leave it out.")


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know, by name, together with everything else that is wrong."""

    def to_internal_value(self, data: Any) -> Any:
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = [ErrorDetail(str(_UNKNOWN), code="unknown_field")]
            errors = {str(name)[:50]: unknown for name in data if name not in known}
        values: Any = None
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            errors |= error.detail
        if errors:
            raise serializers.ValidationError(errors)
        return values


class Text(serializers.CharField):
    """Text of ``min_length`` to ``max_length`` characters, cleaned; nothing else is taken for text."""

    def __init__(self, *, max_length: int, min_length: int = 1, **options: Any) -> None:
        self._bounds = min_length, max_length
        options.setdefault("allow_blank", min_length == 0)
        super().__init__(max_length=max_length, min_length=min_length or None, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        is_empty, value = self.validate_empty_values(data)
        return value if is_empty else self.to_internal_value(value)

    def to_internal_value(self, data: Any) -> str:
        least, most = self._bounds
        try:
            return clean_text(data, field=self.field_name or "", min_length=least, max_length=most)
        except Invalid as refusal:
            raise serializers.ValidationError(str(refusal.message), code=refusal.code) from None


class Number(serializers.FloatField):
    """A JSON number that is finite."""

    default_error_messages = {"invalid": _("Please give a number, without quotation marks.")}

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        try:
            number = float(data)
        except OverflowError:
            self.fail("invalid")
        if not math.isfinite(number):
            self.fail("invalid")
        return number


class Moment(serializers.DateTimeField):
    """A moment in UTC, as the contract writes it: ``2026-11-23T01:00:00Z``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=dt.UTC, **options)


class Code(serializers.ChoiceField):
    """One of the given codes, as text. What was sent is not repeated: it may be anything."""

    default_error_messages = {
        "invalid_choice": _("This code does not exist. Please choose one from the list.")
    }

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice")
        return super().to_internal_value(data)
