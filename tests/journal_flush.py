"""Lets the test flush empty the journal's tables, which their triggers refuse to everybody else."""

from collections.abc import Iterable

from django.db.backends.base.operations import BaseDatabaseOperations

from yuhu.journal.triggers import lifted

_plain_flush = BaseDatabaseOperations.execute_sql_flush


def _flush(self: BaseDatabaseOperations, sql_list: Iterable[str]) -> None:
    with lifted(self.connection):
        _plain_flush(self, sql_list)


def install_flush_guard() -> None:
    """Wrap Django's flush. Call it once from ``conftest.py``; calling it again changes nothing."""
    BaseDatabaseOperations.execute_sql_flush = _flush  # type: ignore[method-assign]
