"""The first rows of a search, in the order of the list, at a cost that does not grow with the table.

No single way is flat. Down the list, comparing each text, a common word fills a page at once and a rare one reads
everything. From the index a rare word is found at once, and a common one brings hundreds of thousands of rows to be
sorted. So the first ``FENCE`` rows of the list are read; where these do not fill the page (and there are more), the
index is asked, on PostgreSQL span by span of time from there on, so that no more is looked up than the page needs.
All ways are exact, so that pages and their links agree.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BooleanField, Field, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.sql.where import AND, WhereNode

from yuhu.kit.search import index
from yuhu.kit.search.fields import Has

M = TypeVar("M", bound=Model)
# Reading them costs a millisecond or two; a word in 5% of the rows fills a page of 50 from them.
FENCE = 1_000
Order = list[tuple["Field[Any, Any]", str]]


@dataclass(frozen=True)
class Near:
    """Keys of the hits among the first ``FENCE`` rows; ``until``: the moment of the last row, if more may follow."""

    hits: list[Any]
    until: dt.datetime | None


def head(rows: "QuerySet[M]", most: int) -> "list[M]":
    """The first ``most`` rows; like ``rows[:most]``, and quick if the rows were asked for words (``Has``)."""
    return list(_narrowed(rows, most)[:most])


def keys(rows: "QuerySet[M]", most: int) -> list[Any]:
    """The keys of the first ``most`` rows, in order."""
    return list(_narrowed(rows, most).values_list("pk", flat=True)[:most])


def _narrowed(rows: "QuerySet[M]", most: int) -> "QuerySet[M]":
    """Rows with the same beginning, which are found without reading more than these: one query now, one later."""
    bare, has = _split(rows)
    order = _order(bare)
    if has is None or order is None:
        return rows
    try:
        near = _near(bare, has, order, most)
        if near.until is None:
            return bare.filter(pk__in=near.hits)
        target: Any = has.lhs.target
        if connections[bare.db].vendor == "sqlite" or order[0][0].name != target.newest:
            return rows
        return bare.filter(_far(bare, has, order, near, most))
    except EmptyResultSet:
        return bare.none()  # a scope that opens nothing: Django knows without asking


def _split(rows: "QuerySet[M]") -> "tuple[QuerySet[M], Has | None]":
    """The rows as they were before they were asked for words, and the question."""
    bare = rows.all()
    taken: list[Has] = []
    _take(bare.query.where, taken)
    return (bare, taken[0]) if len(taken) == 1 and taken[0].rhs else (rows, None)


def _take(node: WhereNode, taken: list[Has]) -> None:
    if node.negated or node.connector != AND:
        return
    taken += [child for child in node.children if isinstance(child, Has)]
    node.children = [child for child in node.children if not isinstance(child, Has)]
    for child in node.children:
        if isinstance(child, WhereNode):
            _take(child, taken)


def _near(bare: "QuerySet[M]", has: Has, order: Order, most: int) -> Near:
    connection = connections[bare.db]
    quote = connection.ops.quote_name
    target: Any = has.lhs.target
    inner, parameters = _plain(bare, order, target.name)[:FENCE].query.sql_with_params()
    key, first = quote(str(bare.model._meta.pk.column)), quote(str(order[0][0].column))
    matches, words = index.contains(connection, quote(str(target.column)), has.rhs)
    columns = ", ".join(f"{quote(str(field.column))} {direction}" for field, direction in order)
    # The last row within the fence is told as well: it says that there may be more behind it.
    statement = (
        f"SELECT {key}, place, hit, {first} FROM (SELECT *, row_number() OVER () AS place, {matches} AS hit"
        f" FROM ({inner}) AS list) AS placed WHERE hit OR place = {FENCE} ORDER BY {columns} LIMIT {most}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*words, *parameters])
        read = cursor.fetchall()
    hits = [row[0] for row in read if row[2]]
    more = len(hits) < most and bool(read) and read[-1][1] == FENCE
    return Near(hits, read[-1][3] if more else None)


def _far(bare: "QuerySet[M]", has: Has, order: Order, near: Near, most: int) -> RawSQL:
    """The rows of ``near``, and the first ``most`` hits from its end on: the join goes span by span, while needed."""
    quote, meta = connections[bare.db].ops.quote_name, bare.model._meta
    target: Any = has.lhs.target
    key = f"{quote(meta.db_table)}.{quote(str(meta.pk.column))}"
    condition, asked = index.walk(index.Kept.of(target), key=key, words=has.rhs)
    within = bare.filter(RawSQL(condition, asked, BooleanField()))
    inner, parameters = _plain(within, order)[:most].query.sql_with_params()
    assert near.until is not None
    spans = index.spans(near.until, back=order[0][1] == "DESC")
    far = (
        f"SELECT found.{quote(str(meta.pk.column))}"
        " FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS span(mark, low, high)"
        f" CROSS JOIN LATERAL ({inner}) AS found LIMIT {most}"
    )
    marks = [f"'{span.mark}' & " if span.mark else "" for span in spans]
    bounds = [[span.low for span in spans], [span.high for span in spans]]
    statement = f"({key} = ANY(ARRAY({far}) || %s::bigint[]))"
    return RawSQL(statement, [marks, *bounds, *parameters, near.hits], BooleanField())


def _plain(rows: "QuerySet[M]", order: Order, *more: str) -> "QuerySet[M, dict[str, Any]]":
    """Only the key, what orders the rows, and ``more``: each column once."""
    return rows.values(
        *dict.fromkeys([str(rows.model._meta.pk.name), *more, *(field.name for field, _way in order)])
    )


def _order(rows: "QuerySet[M]") -> Order | None:
    """The columns of the order; None if there is none, or one that is not made of the rows' own columns."""
    meta = rows.model._meta
    order: Order = []
    for name in rows.query.order_by:
        plain = name.lstrip("-") if isinstance(name, str) else ""
        own = {field.name: field for field in meta.concrete_fields} | {"pk": meta.pk}
        if plain not in own:
            return None
        order.append((own[plain], "DESC" if str(name).startswith("-") else "ASC"))
    return order or None
