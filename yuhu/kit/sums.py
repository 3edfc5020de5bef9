"""Adding to counters that may not exist yet: one statement for many rows, on both engines the same.

Inside the caller's transaction. Leaves to others: what is counted, and that nothing is added twice.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models

# Values of one statement: SQLite takes no more than 32,766.
MOST = 16_000


def add_up(
    model: type[models.Model], sums: Mapping[tuple[Any, ...], Mapping[str, int]], *, key: Sequence[str]
) -> None:
    """Add ``sums`` (numbers by field, by the values of ``key``) to the rows of the model; what is missing is nought.

    ``key`` names the fields of a unique constraint; the other fields of the model are counters. Whoever waits for the
    same rows waits in the same order.
    """
    names = [
        field.name for field in model._meta.concrete_fields if field.name not in key and not field.primary_key
    ]
    rows = [
        (*values, *(numbers.get(name, 0) for name in names))
        for values, numbers in sorted(sums.items())
        if any(numbers.values())
    ]
    at_once = MOST // (len(key) + len(names))
    for first in range(0, len(rows), at_once):
        _add(model, rows[first : first + at_once], [*key], names)


def _add(
    model: type[models.Model], rows: Sequence[tuple[Any, ...]], key: Sequence[str], names: Sequence[str]
) -> None:
    by_name = {field.name: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in (*key, *names)]
    quoted = {name: connection.ops.quote_name(str(field.column)) for name, field in by_name.items()}
    table = connection.ops.quote_name(model._meta.db_table)
    mark = f"({', '.join(['%s'] * len(fields))})"
    sums = ", ".join(f"{quoted[name]} = {table}.{quoted[name]} + excluded.{quoted[name]}" for name in names)
    sql = (
        f"INSERT INTO {table} ({', '.join(quoted[field.name] for field in fields)}) "
        f"VALUES {', '.join([mark] * len(rows))} "
        f"ON CONFLICT ({', '.join(quoted[name] for name in key)}) DO UPDATE SET {sums}"
    )
    # Only the key may need it: the rest are whole numbers.
    known = fields[: len(key)]
    values: list[Any] = []
    for row in rows:
        values += [
            field.get_db_prep_save(value, connection) for field, value in zip(known, row, strict=False)
        ]
        values += row[len(key) :]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
