"""Writing new rows faster than the ORM: many at once by COPY on PostgreSQL, by one prepared INSERT on SQLite; a single
one by a statement that is built once per process, several of several models ``together``.

Inserts only, inside the caller's transaction. Leaves to others: what the rows are (the actions that load and import).
"""

import csv
import datetime as dt
import gc
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState

from yuhu.kit import prepared

M = TypeVar("M", bound=models.Model)
Row = Sequence[str | int | float | bytes | dt.date | dt.timedelta | None]


@contextmanager
def without_collecting() -> Iterator[None]:
    """Keep Python's collector of cycles from walking again and again over rows that all stay until they are written:
    a third of a load's processor time. Not for longer than one chunk.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def blank(model: type[M], **values: Any) -> M:
    """A new row with the model's defaults and ``values``, for ``insert_models``: as ``model(**values)``, without the
    price of ``__init__`` (signals, descriptors), which is most of what building a row in bulk costs.

    Foreign keys are given by column (``case_id``).
    """
    row = model.__new__(model)
    plain, made = _defaults(model)
    row.__dict__.update(plain, _state=ModelState(), **values)
    for name, make in made:
        if name not in values:
            row.__dict__[name] = make()
    return row


@cache
def _defaults(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """The defaults by column: those that all rows may share, and those that each row needs anew."""
    plain: dict[str, Any] = {}
    made: list[tuple[str, Callable[[], Any]]] = []
    for field in model._meta.concrete_fields:
        if callable(field.default) and field.default is not models.NOT_PROVIDED:
            made.append((field.attname, field.get_default))
        else:
            plain[field.attname] = field.get_default()
    return plain, made


def reserve_ids(model: type[models.Model], count: int, *, after: int = 0) -> Sequence[int]:
    """``count`` fresh ids of ``model``, ascending.

    On SQLite the transaction must hold the write lock already, and ids count as taken only once their rows are
    inserted: whoever reserves more before that says ``after`` which one to go on.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            keys = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            cursor.execute(f"SELECT array({keys})", [table, count])
            return sorted(cursor.fetchone()[0])
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last: int = (cursor.fetchone() or (0,))[0]
    first = max(last, after) + 1
    return range(first, first + count)


def insert(model: type[models.Model], rows: Iterable[Row]) -> None:
    """Insert rows of plain values in the order of the model's columns, JSON as text.

    COPY reads an empty text as NULL where the column allows NULL: such columns never hold empty text here.

    Raises:
        IntegrityError: a constraint refuses a row; the transaction can only be rolled back then.
    """
    fields = model._meta.concrete_fields
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(_quoted(field) for field in fields)
    with transaction.mark_for_rollback_on_error(connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            nullable = [_quoted(field) for field in fields if field.null]
            force = f", FORCE_NULL ({', '.join(nullable)})" if nullable else ""
            text = io.StringIO()
            csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
            text.seek(0)
            with connection.wrap_database_errors:
                cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv{force})", text)
        else:
            marks = ", ".join(["%s"] * len(fields))
            values: list[Any] = list(rows)
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)


def insert_models(model: type[models.Model], instances: Iterable[models.Model]) -> None:
    """Insert model instances that carry their keys (``reserve_ids``); ``save`` and signals are not called, ``pre_save``
    of fields is."""
    names = [field.attname for field in model._meta.concrete_fields]
    # itemgetter gives no tuple for a single name.
    columns = itemgetter(*names) if len(names) > 1 else lambda values: (values[names[0]],)
    insert(model, _rows(instances, columns, _made(model), _changed(model)))


def add(row: models.Model) -> None:
    """Insert one row, as ``save(force_insert=True)`` without signals; the database gives the key where it has none.

    Django builds the statement anew for each row, which costs more than to run it. Inside ``together`` the row waits
    for the others.

    Raises:
        IntegrityError: a constraint refuses the row; the transaction can only be rolled back then.
    """
    # The thread's own: looking it up per value costs as much as the value.
    here = transaction.get_connection()
    queue = _queue.get()
    if queue is not None:
        queue.give_key(row)
    statement, key = _insertion(type(row), here.vendor, row.pk is None)
    values = statement.values(row, here, add=True)
    if queue is not None:
        queue.put(statement, values)
    else:
        with transaction.mark_for_rollback_on_error(here.alias), here.cursor() as cursor:
            cursor.execute(statement.on(here), values)
            if key:
                setattr(row, key, cursor.fetchone()[0])
    row._state.adding, row._state.db = False, here.alias


def change(row: models.Model, *names: str) -> None:
    """Write a row that is there and locked: the fields of these names, or all of them. As ``save(force_update=True)``
    without signals, by a statement that is built once; inside ``together`` it waits for the others.

    Raises:
        IntegrityError: as ``add``.
    """
    here = transaction.get_connection()
    statement = _update(type(row), here.vendor, names)
    values = [*statement.values(row, here, add=False), row.pk]
    queue = _queue.get()
    if queue is not None:
        queue.put(statement, values)
        return
    with transaction.mark_for_rollback_on_error(here.alias), here.cursor() as cursor:
        cursor.execute(statement.on(here), values)


@contextmanager
def together(*keyed: type[models.Model]) -> Iterator[None]:
    """On PostgreSQL, rows that are added or changed inside are written at the end, in their order and in one question;
    only what is named in ``keyed``, once per row, has its key before. Nothing inside may ask for these rows, or take
    back a part of what was done (a savepoint).

    SQLite lies in the same process: there each row is written at once.

    Raises:
        IntegrityError: as ``add``, at the end of the block.
    """
    here = transaction.get_connection()
    if here.vendor != "postgresql":
        yield
        return
    assert _queue.get() is None, "not inside of another one"
    queue = _Queue()
    if keyed:
        with here.cursor() as cursor:
            cursor.execute(_draw(here, keyed))
            for model, key in zip(keyed, cursor.fetchone(), strict=True):
                queue.keys.setdefault(model, []).append(key)
    token = _queue.set(queue)
    try:
        yield
    finally:
        _queue.reset(token)
    if queue.statements:
        with transaction.mark_for_rollback_on_error(here.alias), here.cursor() as cursor:
            cursor.execute("; ".join(one.on(here) for one in queue.statements), queue.values)


class _Queue:
    """Rows that wait for the end of ``together``."""

    def __init__(self) -> None:
        self.keys: dict[type[models.Model], list[int]] = {}
        self.statements: list[_Statement] = []
        self.values: list[Any] = []

    def put(self, statement: "_Statement", values: list[Any]) -> None:
        self.statements.append(statement)
        self.values += values

    def give_key(self, row: models.Model) -> None:
        if row.pk is None and (keys := self.keys.get(type(row))):
            row.pk = keys.pop(0)


_queue: ContextVar[_Queue | None] = ContextVar("rows that wait", default=None)


def _draw(here: BaseDatabaseWrapper, keyed: tuple[type[models.Model], ...]) -> str:
    """A question for a new key of each of these models."""
    found = [f"pg_get_serial_sequence('{model._meta.db_table}', 'id')" for model in keyed]
    if not prepared.are_used(here):
        return f"SELECT {', '.join(f'nextval({one})' for one in found)}"

    def write() -> str:
        """Finding the sequences takes longer than drawing from them."""
        with here.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(found)}")
            drawn = (f"nextval('{name}')" for name in cursor.fetchone())
        return f"SELECT {', '.join(drawn)}"

    return prepared.call(here, f"draw_{_number_of(keyed)}", 0, write)


@cache
def _number_of(keyed: tuple[type[models.Model], ...]) -> int:
    return next(_numbers)


# Fields whose values PostgreSQL takes as they are: asking the field for it costs more than to write it.
_PLAIN = frozenset({
    models.BigAutoField, models.BigIntegerField, models.BooleanField, models.CharField, models.DateField,
    models.DateTimeField, models.FloatField, models.ForeignKey, models.IntegerField, models.OneToOneField,
    models.PositiveIntegerField, models.PositiveSmallIntegerField, models.SmallIntegerField, models.TextField,
})  # fmt: skip


class _Statement:
    """SQL that writes one row, with a mark for the value of each of ``fields``, and how they are read from it."""

    def __init__(self, sql: str, fields: "list[models.Field[Any, Any]]", vendor: str, name: str) -> None:
        self.sql, self.name = sql, f"{name[:50]}_{next(_numbers)}"
        self._attributes = [field.attname for field in fields]
        self._changed = [
            (place, field)
            for place, field in enumerate(fields)
            if vendor != "postgresql"
            or type(field) not in _PLAIN
            or getattr(field, "auto_now", False)
            or getattr(field, "auto_now_add", False)
        ]

    def values(self, row: models.Model, here: BaseDatabaseWrapper, *, add: bool) -> list[Any]:
        """What the row holds, as the database takes it."""
        values = [getattr(row, name) for name in self._attributes]
        for place, field in self._changed:
            values[place] = field.get_db_prep_save(field.pre_save(row, add=add), here)
        return values

    def on(self, here: BaseDatabaseWrapper) -> str:
        """What to execute on this connection, which is open."""
        if not prepared.are_used(here):
            return self.sql
        return prepared.call(here, self.name, self.sql.count("%s"), self._numbered)

    def _numbered(self) -> str:
        first, *others = self.sql.split("%s")
        return first + "".join(f"${place}{text}" for place, text in enumerate(others, start=1))


_numbers = itertools.count(1)


@cache
def _insertion(model: type[models.Model], vendor: str, gives_key: bool) -> tuple[_Statement, str]:
    """The INSERT, and which attribute the database's key goes to."""
    key, table = model._meta.pk, model._meta.db_table
    fields = [field for field in model._meta.concrete_fields if not (gives_key and field is key)]
    columns = ", ".join(map(_quoted, fields))
    marks = ", ".join(["%s"] * len(fields))
    what = f"({columns}) VALUES ({marks})" if fields else "DEFAULT VALUES"
    sql = f"INSERT INTO {connection.ops.quote_name(table)} {what}"
    if gives_key:
        sql += f" RETURNING {_quoted(key)}"
    return _Statement(sql, fields, vendor, f"add_{table}"), key.attname if gives_key else ""


@cache
def _update(model: type[models.Model], vendor: str, names: tuple[str, ...]) -> _Statement:
    """The UPDATE of one row; its key is the last value."""
    key, table = model._meta.pk, model._meta.db_table
    fields = [
        field
        for field in model._meta.concrete_fields
        if field is not key and (not names or field.name in names)
    ]
    changes = ", ".join(f"{_quoted(field)} = %s" for field in fields)
    sql = f"UPDATE {connection.ops.quote_name(table)} SET {changes} WHERE {_quoted(key)} = %s"
    return _Statement(sql, fields, vendor, f"change_{table}")


def _rows(
    instances: Iterable[models.Model],
    columns: Callable[[dict[str, Any]], Any],
    made: "Sequence[models.Field[Any, Any]]",
    changed: Sequence[tuple[int, Callable[[Any], Any]]],
) -> Iterator[Row]:
    for instance in instances:
        values = instance.__dict__
        for field in made:
            values[field.attname] = field.pre_save(instance, add=True)
        row = list(columns(values))
        for place, change in changed:
            if row[place] is not None:
                row[place] = change(row[place])
        yield row


def _made(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """The fields that give their value themselves. Asked once per column, not once per value."""
    own = []
    for field in model._meta.concrete_fields:
        is_plain_date = isinstance(field, models.DateField) and not (field.auto_now or field.auto_now_add)
        if type(field).pre_save is not models.Field.pre_save and not is_plain_date:
            own.append(field)
    return own


def _changed(model: type[models.Model]) -> list[tuple[int, Callable[[Any], Any]]]:
    """The columns whose values are not what the database takes, and how they become that."""
    found = ((place, _change(field)) for place, field in enumerate(model._meta.concrete_fields))
    return [(place, change) for place, change in found if change is not None]


def _change(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    """How a value becomes what the database takes; None: as it is."""
    on_postgres = connection.vendor == "postgresql"
    if isinstance(field, models.JSONField):
        return lambda value: json.dumps(value, ensure_ascii=False, cls=field.encoder)
    if isinstance(field, models.BinaryField):
        return (lambda value: "\\x" + bytes(value).hex()) if on_postgres else bytes
    return None if on_postgres else lambda value: field.get_db_prep_save(value, connection)


def _quoted(field: "models.Field[Any, Any]") -> str:
    return connection.ops.quote_name(str(field.column))
