"""Small makers for the journal's tests: a moment, an actor, entries of a case, and a way to tamper."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from yuhu.journal import actions, triggers
from yuhu.journal.actions import Actor, Draft
from yuhu.journal.models import Entry

AT = dt.datetime(2022, 8, 1, 4, 30, 15, 123456, tzinfo=dt.UTC)
GOVERNOR = Actor(id=7, name="张三", post="governor", address="10.1.2.3")


def drafted(key: str | int = 1, kind: str = "case.reported", **changes) -> Draft:
    """A draft of a case's event."""
    values = {"area": "43030200100101", "data": {"state": "reported", "count": 3}, **changes}
    return Draft(**{"kind": kind, "subject": ("case", key), "at": AT, "actor": GOVERNOR, **values})


def recorded(key: str | int = 1, kind: str = "case.reported", **changes) -> Entry:
    """An entry that the action has written, in a transaction of its own."""
    draft = drafted(key, kind, **changes)
    with transaction.atomic():
        return actions.record(
            kind=draft.kind,
            subject=draft.subject,
            at=draft.at,
            actor=draft.actor,
            area=draft.area,
            data=draft.data,
        )


def feed_all() -> int:
    """Relay everything that waits; returns how many."""
    total = 0
    while moved := actions.relay(at=AT):
        total += moved
    return total


@contextmanager
def tampering() -> Iterator[None]:
    """What somebody with the database's password can do: triggers away, foreign keys not asked."""
    with triggers.lifted(connection), foreign_keys_off():
        yield


@contextmanager
def foreign_keys_off() -> Iterator[None]:
    """Leave dangling rows behind, as a careless or malicious administrator can."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # Checked at the commit, which a test's transaction never reaches.
            yield
            return
        # The tables' owner may drop what checks them; the test's rollback brings it back.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid::regclass::text LIKE 'journal\\_%'"
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        yield


def execute(statement: str, *params: str | int | dt.datetime) -> None:
    """One statement past the ORM."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
