"""Two people change the calendar, or publish, at once. Each race has a control that shows it without the lock."""

import contextlib
import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connections

from duties import actions
from duties.actions import calendar
from duties.exceptions import AlreadyPublished, WrongOrder
from duties.models import CalendarVersion, DutyList, StepLimit
from tests.duties.makers import AT, journaled, sheet
from tests.journal_flush import install_flush_guard
from yuhu.journal.actions import SYSTEM, record

install_flush_guard()
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run all at the same time, each with a connection of its own; what each returned or raised."""
    results: list[object] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            start.wait(10)
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    return results


def meeting(function: Callable) -> Callable:
    """``function``, but whoever calls it waits up to a second for the other to arrive at the same place."""
    barrier = threading.Barrier(2)

    def wrapped(*args, **kwargs):
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(1)
        return function(*args, **kwargs)

    return wrapped


def limit(step: str) -> Callable[[], object]:
    """Sets the limit of ``step``: different rows, so that only the version row brings two people together."""
    return lambda: actions.set_step_limit(
        step=step, severity="", amount=4, unit="working_hour", at=AT, actor=SYSTEM
    )


@pytest.fixture
def _limit_set(monkeypatch) -> None:
    limit("evaluate")()
    monkeypatch.setattr(calendar, "record", meeting(record))


@pytest.mark.usefixtures("_limit_set")
def test_control_without_the_lock_one_of_two_changes_is_lost(monkeypatch) -> None:
    def unlocked() -> CalendarVersion:
        version = CalendarVersion.objects.get()
        version.number += 1
        return version

    monkeypatch.setattr(calendar, "_new_version", unlocked)
    results = at_once(limit("sign"), limit("rate"))
    assert len([one for one in results if isinstance(one, Exception)]) == 1, "the journal refuses the fork"


@pytest.mark.usefixtures("_limit_set")
def test_two_changes_of_the_calendar_happen_one_after_the_other() -> None:
    results = at_once(limit("sign"), limit("rate"))
    assert all(isinstance(one, StepLimit) for one in results)
    assert CalendarVersion.objects.get().number == 3
    assert journaled("work_calendar") == ["work_calendar.limit_set"] * 3


def test_two_first_versions_of_a_list_become_one_and_the_other_is_told() -> None:
    def bring() -> object:
        return actions.import_list(
            kind="negative",
            effective_from=dt.date(2023, 1, 1),
            rows=sheet(("N1", "不得摊派")),
            source="x",
            at=AT,
            actor=SYSTEM,
        )

    results = at_once(bring, bring)
    assert {type(one) for one in results} == {DutyList, WrongOrder}
    assert DutyList.objects.count() == 1


def test_a_list_published_by_two_is_published_once() -> None:
    rows = sheet(("N1", "不得摊派"))
    day = dt.date(2023, 1, 1)
    one = actions.import_list(kind="negative", effective_from=day, rows=rows, source="x", at=AT, actor=SYSTEM)
    results = at_once(*[lambda: actions.publish_list(list_id=one.pk, at=AT, actor=SYSTEM)] * 2)
    assert {type(result) for result in results} == {DutyList, AlreadyPublished}
    assert journaled("duty_list.published") == ["duty_list.published"]
