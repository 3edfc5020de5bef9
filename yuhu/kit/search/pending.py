"""Folding what was written behind the back of the ORM, and what was there before the column."""

from typing import Any

from django.db import connections, models, transaction

from yuhu.kit.search.fields import FoldedText


def refold(rows: "models.QuerySet[Any]", name: str, *, most: int) -> int:
    """Fold the column ``name`` of at most ``most`` rows in which it is empty; returns how many they were."""
    model = rows.model
    field: Any = model._meta.get_field(name)
    with transaction.atomic(using=rows.db):
        empty = rows.filter(**{name: ""}).order_by("pk").select_for_update(of=("self",), skip_locked=True)
        found = list(empty.values_list("pk", *field.of)[:most])
        pairs = [(FoldedText.words_of(*texts), pk) for pk, *texts in found]
        table, column, key = model._meta.db_table, field.column, model._meta.pk.column
        with connections[rows.db].cursor() as cursor:
            cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", pairs)
    return len(pairs)
