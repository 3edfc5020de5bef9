"""The cast stands: a transaction around many tests holds the world's rows, and each test is rolled back to them.

Building the world costs more than most tests do. pytest-django wraps a test into a transaction of its own; that one
becomes a savepoint here. A test with real transactions, or without the cast, first makes an end of it: it finds the
database as empty as before. Leaves to others: what the cast is (``world``).
"""

import pickle
from typing import Any

import pytest
from django.db import connection, transaction

from tests.world import World, build

# After so many tests a new transaction is begun, so that what they left behind can be tidied up.
TESTS = 200
_TRANSACTIONAL = {"transactional_db", "live_server", "django_db_reset_sequences"}


class Standing:
    """The transaction of this process, if one is open."""

    def __init__(self) -> None:
        self.atomic: transaction.Atomic | None = None
        self.world = b""
        self.left = 0

    def begin(self) -> None:
        """Open the transaction and build the world in it."""
        atomic = transaction.atomic()
        atomic._from_testcase = True  # type: ignore[attr-defined] # as the one of a test: it makes nothing durable
        atomic.__enter__()
        self.atomic, self.left = atomic, TESTS
        self.world = pickle.dumps(build())
        # What PostgreSQL would check at the commit is checked once, not at the end of every test.
        connection.check_constraints()

    def end(self) -> None:
        """Roll everything back. Nothing happens when none is open."""
        if self.atomic is not None:
            atomic, self.atomic = self.atomic, None
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)

    def cast(self) -> World:
        """The cast for one test: its own objects on the standing rows, or built for this test alone."""
        if self.atomic is None:
            return build()
        world = pickle.loads(self.world)
        assert isinstance(world, World)
        return world


STANDING = Standing()


def prepare(request: pytest.FixtureRequest) -> None:
    """Before pytest-django opens the database for a test."""
    names = set(request.fixturenames)
    marker = request.node.get_closest_marker("django_db")
    real = bool(names & _TRANSACTIONAL) or bool(marker and marker.kwargs.get("transaction"))
    wanted = "world" in names and not real
    if STANDING.atomic is not None and wanted and STANDING.left:
        STANDING.left -= 1
        return
    blocker: Any = request.getfixturevalue("django_db_blocker")
    with blocker.unblock():
        STANDING.end()
        if wanted:
            STANDING.begin()
            setup: Any = request._get_active_fixturedef("django_db_setup")
            setup.addfinalizer(lambda: _end_at_last(blocker))


def _end_at_last(blocker: Any) -> None:
    """Before the test database is removed."""
    with blocker.unblock():
        STANDING.end()
