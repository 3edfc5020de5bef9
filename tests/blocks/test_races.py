"""Two imports at the same moment: one wins, the other is told in words. With a control without the lock."""

import contextlib
import threading

import pytest
from django.db import IntegrityError, connections
from django.db.models import QuerySet

from blocks.actions import ImportReport, divisions
from blocks.exceptions import NotLater
from blocks.geometry import features
from blocks.models import Block, Division
from tests.blocks.places import attempt, make_areas, quarters
from yuhu.journal.models import Entry

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def meeting(monkeypatch) -> None:
    """Whoever has found the day to be free waits up to a second for the other to find the same."""
    barrier, read = threading.Barrier(2), features.read_blocks

    def met(*args, **kwargs):
        # Broken: the other was kept out by the lock.
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(1)
        return read(*args, **kwargs)

    monkeypatch.setattr(divisions, "read_blocks", met)


def import_twice() -> list[ImportReport | Exception]:
    """Two imports for the same day, each with a connection of its own; what each returned or raised."""
    results: list[ImportReport | Exception] = []

    def run() -> None:
        try:
            results.append(attempt(quarters()))
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_of_two_imports_for_one_day_one_wins_and_the_other_is_told(meeting):
    make_areas()
    results = import_twice()
    assert sorted(type(result).__name__ for result in results) == ["ImportReport", "NotLater"]
    assert [result.status for result in results if isinstance(result, NotLater)] == [409]
    assert (Division.objects.count(), Block.objects.count(), Entry.objects.count()) == (1, 8, 1)


def test_without_the_lock_only_the_constraint_is_left(meeting, monkeypatch):
    """The control: both find the day free, and the loser meets the database instead of a sentence."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *args, **kwargs: self)
    make_areas()
    results = import_twice()
    assert len([result for result in results if isinstance(result, IntegrityError)]) == 1
    assert (Division.objects.count(), Block.objects.count()) == (1, 8)
