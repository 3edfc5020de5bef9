"""A query that is put together once per process and asked again and again: for what every single request asks.

Django builds the SQL of a query anew each time; for a union of three, or a row with what it refers to, that costs more
than the answer. Here it is built once, with stand-ins for the values, and afterwards only the values change. For
queries whose shape does not depend on the values: ``rows`` of ``values_list``, ``objects`` of models with
``select_related`` (not ``prefetch_related``).

PostgreSQL gets such a query once per connection (prepared.py). Leaves to others: which questions are worth it.
"""

import datetime as dt
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from yuhu.kit import prepared

# Stand-ins by type; no other parameter of a query looks like them.
_NUMBER, _DAY, _TEXT = -(2**31) + 19, dt.date(1, 2, 3), "\x01stand-in "

Value = int | dt.date | str
_TYPES: dict[type[Value], str] = {int: "bigint", dt.date: "date", str: "text"}
_numbers = itertools.count(1)


@dataclass(frozen=True)
class _Shape:
    """What was built: SQL; per parameter the name of a value, or the constant in a tuple of one; how a row is read."""

    sql: str
    template: list[Any]
    objects: "_Objects | None"


class Compiled:
    """``build`` gets stand-ins and gives the query; ``rows`` and ``objects`` get the values, by the same names."""

    def __init__(self, build: Callable[..., "QuerySet[Any, Any]"], **kinds: type[Value]) -> None:
        self._build, self._kinds = build, kinds
        self._known: dict[str, _Shape] = {}
        # As logs and statistics of the server show it.
        what = re.sub(r"\W+", "_", f"{build.__module__}.{build.__name__}").lower()
        self._name = f"{what[:50].rstrip('_')}_{next(_numbers)}"

    def rows(self, **values: Value) -> list[tuple[Any, ...]]:
        """The rows as the database gives them, without the conversions of model fields."""
        return self._ask(self._shape(), values)

    def objects(self, **values: Value) -> list[Any]:
        """The models, with what the query selects along with them."""
        shape = self._shape()
        assert shape.objects is not None, "the query gives no models"
        return [shape.objects.read(row) for row in self._ask(shape, values)]

    def _shape(self) -> _Shape:
        vendor = connection.vendor
        if vendor not in self._known:
            self._known[vendor] = self._compile()
        return self._known[vendor]

    def _ask(self, shape: _Shape, values: dict[str, Value]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            if prepared.are_used(connection):
                call = prepared.call(connection, self._name, len(self._kinds), lambda: self._text(shape))
                with prepared.dropped_when_stale(connection):
                    cursor.execute(call, [values[name] for name in self._kinds])
            else:
                given = [values[mark] if isinstance(mark, str) else mark[0] for mark in shape.template]
                cursor.execute(shape.sql, [_adapted(value) for value in given])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _text(self, shape: _Shape) -> str:
        """The query with numbered places for the values, and constants where they stand."""
        places = {
            name: f"${place}::{_TYPES[kind]}"
            for place, (name, kind) in enumerate(self._kinds.items(), start=1)
        }
        parts = iter(shape.sql.split("%s"))
        text = next(parts).replace("%%", "%")
        with connection.cursor() as cursor:
            for mark, part in zip(shape.template, parts, strict=True):
                value = places[mark] if isinstance(mark, str) else cursor.mogrify("%s", mark).decode()
                text += value + part.replace("%%", "%")
        return text

    def _compile(self) -> _Shape:
        stand_ins = {name: _stand_in(kind, place) for place, (name, kind) in enumerate(self._kinds.items())}
        marks = {_adapted(value): name for name, value in stand_ins.items()}
        compiler = self._build(**stand_ins).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        template = [marks.get(value) or (value,) for value in parameters]
        return _Shape(sql, template, _Objects(compiler) if compiler.klass_info else None)


class _Objects:
    """Makes models of rows as ``QuerySet`` does, with all that the query alone decides found out before."""

    def __init__(self, compiler: SQLCompiler) -> None:
        info: Any = compiler.klass_info
        select: Any = compiler.select
        first, last = info["select_fields"][0], info["select_fields"][-1] + 1
        self._model, self._span = info["model"], slice(first, last)
        self._names = [column[0].target.attname for column in select[first:last]]
        self._related = get_related_populators(  # type: ignore[call-arg] # the stubs know a later Django
            info, select, connection.alias
        )
        self._converters = compiler.get_converters([column[0] for column in select])
        self._annotated: dict[str, int] = compiler.annotation_col_map or {}

    def read(self, row: tuple[Any, ...]) -> Any:
        """One model."""
        values = list(row)
        for place, (converters, expression) in self._converters.items():
            for convert in converters:
                values[place] = convert(values[place], expression, connection)
        made = self._model.from_db(connection.alias, self._names, values[self._span])
        for related in self._related:
            related.populate(values, made)
        for name, place in self._annotated.items():
            setattr(made, name, values[place])
        return made


def _stand_in(kind: type[Value], place: int) -> Value:
    if kind is int:
        return _NUMBER + place
    return _DAY + dt.timedelta(days=place) if kind is dt.date else f"{_TEXT}{place}"


def _adapted(value: Any) -> Any:
    """A day as the engine takes it."""
    return connection.ops.adapt_datefield_value(value) if isinstance(value, dt.date) else value
