"""Triggers by which the database itself refuses to change or remove what is recorded, for both engines.

They are made after every migration, since SQLite drops a table's triggers when a migration re-makes the
table. They guard against mistakes and careless hands; against an administrator who drops them there are the
chains (``verification.py``).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from yuhu.kit import triggers

TABLES = ("journal_entry", "journal_feedentry")
_FUNCTION = "journal_refuse_change"
_MESSAGE = "the journal is append-only"

# Error class 23 (integrity) on PostgreSQL, as RAISE(ABORT) is on SQLite: callers see IntegrityError on both.
_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{_MESSAGE}: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def _statements(vendor: str, table: str) -> dict[str, str]:
    """Trigger name → statement that makes it, for one table."""
    if vendor == "sqlite":
        return {
            f"{table}_no_{event.lower()}": (
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{_MESSAGE}: {event} on {table}'); END"
            )
            for event in ("UPDATE", "DELETE")
        }
    # Per statement, not per row: one trigger for all three, and TRUNCATE knows no rows.
    name = f"{table}_append_only"
    return {
        name: (
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE PROCEDURE {_FUNCTION}()"
        )
    }


def _tables(connection: BaseDatabaseWrapper) -> list[str]:
    """The journal's tables that exist: none before the first migration."""
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
    return [table for table in TABLES if table in existing]


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that should be there and are not, or are switched off."""
    standing = triggers.standing(connection)
    wanted = [name for table in _tables(connection) for name in _statements(connection.vendor, table)]
    return [name for name in wanted if name not in standing]


def make(connection: BaseDatabaseWrapper) -> None:
    """Make what is missing. Safe to repeat."""
    absent = set(missing(connection))
    if not absent:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
        for table in _tables(connection):
            for name, statement in _statements(connection.vendor, table).items():
                if name in absent:
                    cursor.execute(triggers.dropping(connection.vendor, name, table))
                    cursor.execute(statement)


def make_after_migrate(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Receiver of ``post_migrate``."""
    make(connections[using])


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Take the triggers away for a while. Only for tests: their flush empties tables, and some tamper."""
    with connection.cursor() as cursor:
        for table in _tables(connection):
            for name in _statements(connection.vendor, table):
                cursor.execute(triggers.dropping(connection.vendor, name, table))
    try:
        yield
    finally:
        make(connection)
