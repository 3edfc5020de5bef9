"""Statements that PostgreSQL reads and plans once per connection (``PREPARE``): for short ones that takes longer than
to answer them.

``PREPARED_STATEMENTS=false`` for a pool of connections that are handed on from transaction to transaction. Leaves to
others: which statements are worth it (compiled.py, bulk.py).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import NotSupportedError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

# The statements that each open connection knows, by name.
_known_to: "WeakKeyDictionary[Any, set[str]]" = WeakKeyDictionary()


def are_used(here: BaseDatabaseWrapper) -> bool:
    """Whether statements are prepared on this connection."""
    return here.vendor == "postgresql" and bool(settings.PREPARED_STATEMENTS)


def call(here: BaseDatabaseWrapper, name: str, count: int, write: Callable[[], str]) -> str:
    """What to execute, with a mark for each of ``count`` values, instead of the statement that ``write`` gives.

    The connection is open. ``write`` is called if it does not know the statement yet; in it ``$1`` stands for the first
    value. A name belongs to one statement for the life of the process.
    """
    raw = here.connection
    names = _known_to.get(raw)
    if names is None:
        names = _known_to[raw] = set()
    if name not in names:
        with here.wrap_database_errors, raw.cursor() as cursor:
            cursor.execute(f"PREPARE {name} AS {write()}")
        names.add(name)
    return _call(name, count)


@contextmanager
def dropped_when_stale(here: BaseDatabaseWrapper) -> Iterator[None]:
    """A connection whose statements no longer fit the tables (a migration changed a column's type while it was open)
    is given up at the end of the request; until then PostgreSQL refuses them.

    Raises:
        OperationalError: the statement is refused; with the next connection it will not be.
    """
    try:
        yield
    except NotSupportedError as error:
        here.close_at = 0.0
        raise OperationalError("The tables were changed since the statement was prepared.") from error


@cache
def _call(name: str, count: int) -> str:
    marks = ", ".join(["%s"] * count)
    return f"EXECUTE {name} ({marks})" if count else f"EXECUTE {name}"
