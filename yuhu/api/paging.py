"""Pages by cursor: each answer links to the next and the previous one, and nothing shifts while rows are added.

The cursor holds the place itself (the values of the ordering's fields), so a page costs the same however far down it
lies, and a cursor stays good when rows vanish. A damaged one is a 400. Leaves to others: the order (``view.ordering``).
"""

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from yuhu.kit import search
from yuhu.kit.text import has_control

DEFAULT_SIZE, LARGEST_SIZE = 50, 200
LONGEST_CURSOR = 500


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: behind the row with these values, reading down the order or back up."""

    values: tuple[Any, ...]
    back: bool = False

    def encode(self) -> str:
        plain = [
            value.isoformat() if isinstance(value, dt.datetime | dt.date) else value for value in self.values
        ]
        text = json.dumps([int(self.back), *plain], separators=(",", ":"), ensure_ascii=False)
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class CursorPages(BasePagination):
    """``{"next", "previous", "results"}``; ``page_size`` at most 200."""

    parameters = ("cursor", "page_size")

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.names = tuple(name.lstrip("-") for name in view.ordering)
        self.descending = tuple(name.startswith("-") for name in view.ordering)
        self.size = _size(request.query_params.get("page_size"))
        self.cursor = self._decode(queryset, request.query_params.get("cursor"))
        back = self.cursor is not None and self.cursor.back
        rows = queryset.order_by(*self._order(back=back))
        if self.cursor is not None:
            rows = rows.filter(self._beyond(self.cursor))
        found = search.head(rows, self.size + 1)
        self.more, page = len(found) > self.size, found[: self.size]
        self.page = page[::-1] if back else page
        return self.page

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self._next(), "previous": self._previous(), "results": data})

    def _next(self) -> str | None:
        back = self.cursor is not None and self.cursor.back
        return self._link(self.page[-1], back=False) if self.page and (self.more or back) else None

    def _previous(self) -> str | None:
        there = self.cursor is not None and (self.more or not self.cursor.back)
        return self._link(self.page[0], back=True) if self.page and there else None

    def _link(self, row: Any, *, back: bool) -> str:
        place = Cursor(tuple(getattr(row, name) for name in self.names), back).encode()
        return replace_query_param(self.request.build_absolute_uri(), "cursor", place)

    def _order(self, *, back: bool) -> list[str]:
        pairs = zip(self.names, self.descending, strict=True)
        return [f"-{name}" if down != back else name for name, down in pairs]

    def _beyond(self, cursor: Cursor) -> Q:
        """Rows behind the cursor's place, field by field; the first condition lets an index find the start."""
        condition, same = Q(pk__in=[]), Q()
        for name, down, value in zip(self.names, self.descending, cursor.values, strict=True):
            comparison = "lt" if down != cursor.back else "gt"
            condition |= same & Q(**{f"{name}__{comparison}": value})
            same &= Q(**{name: value})
        first = "lte" if self.descending[0] != cursor.back else "gte"
        return Q(**{f"{self.names[0]}__{first}": cursor.values[0]}) & condition

    def _decode(self, queryset: QuerySet[Any], text: str | None) -> Cursor | None:
        if text is None:
            return None
        try:
            if len(text) > LONGEST_CURSOR:
                raise ValueError
            plain = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
            back, *values = plain
            if back not in (0, 1) or isinstance(back, bool) or len(values) != len(self.names):
                raise ValueError
            fields = [_field(queryset, name) for name in self.names]
            return Cursor(tuple(map(_value, fields, values)), bool(back))
        except (ValueError, TypeError, ValidationError, binascii.Error, OverflowError, RecursionError):
            message = _("This page link is damaged. Please begin again with the first page.")
            raise serializers.ValidationError({"cursor": message}, code="damaged_cursor") from None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": DEFAULT_SIZE}
        return [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": "page_size", "in": "query", "required": False, "schema": size},
        ]


def _size(text: str | None) -> int:
    if text is None:
        return DEFAULT_SIZE
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= LARGEST_SIZE):
        message = _("Please give a number from 1 to %(most)d.") % {"most": LARGEST_SIZE}
        raise serializers.ValidationError({"page_size": message}, code="page_size")
    return int(text)


def _field(queryset: QuerySet[Any], name: str) -> "Field[Any, Any]":
    meta = queryset.model._meta
    try:
        field = meta.pk if name == "pk" else meta.get_field(name)
    except FieldDoesNotExist as error:
        raise TypeError from error
    if not isinstance(field, Field):
        raise TypeError(f"{name} cannot order a list")
    return field


def _value(field: "Field[Any, Any]", plain: Any) -> Any:
    """The field's value, if ``plain`` can be one: a forged cursor must not reach the database as something else."""
    if isinstance(plain, bool) or not isinstance(plain, int | str):
        raise ValueError
    value = field.to_python(plain)
    if isinstance(value, int) and abs(value) >= 2**62:
        raise ValueError
    if isinstance(value, str) and has_control(value):
        raise ValueError
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        raise ValueError
    return value
