"""Two who make a case of one finding, or record one visit, at the same moment. Each race has its control."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.db.models import QuerySet

from cases.actions import findings, report
from cases.models import Case
from staffing.models import Finding, Visit
from tests.journal_flush import install_flush_guard
from tests.staffing.visit_makers import a_finding, a_visit, record
from tests.together import at_once, kinds, meeting_after, meeting_before
from tests.world import AT, World, build

install_flush_guard()
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
VISITS: Any = import_module("staffing.actions.visits")


@pytest.fixture
def cast(db, settings) -> World:
    settings.STEP_TRANSPORT = "yuhu.kit.steps.run_nowhere"
    return build()


@pytest.fixture
def _unlocked(cast: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody locks anything any more."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows)


def pressing(world: World, finding: Finding, name: str) -> Callable[[], object]:
    by = world.by(name)
    what: dict[str, Any] = {"category": "0701", "description": "楼道堆物"}
    return lambda: findings.report_finding(finding=finding, by=by, at=AT, **what)


@pytest.fixture
def _meeting_at_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has found no case yet waits for the other to find none either."""
    monkeypatch.setattr(findings, "report", meeting_before(report))


def two_press(world: World) -> list[object]:
    finding = a_finding(world)
    return at_once(pressing(world, finding, "handler"), pressing(world, finding, "streetleader"))


@pytest.mark.usefixtures("_meeting_at_the_report")
def test_two_who_press_at_once_get_the_same_case(cast: World) -> None:
    first, second = two_press(cast)
    assert isinstance(first, Case)
    assert first == second
    assert Case.objects.count() == 1


@pytest.mark.usefixtures("_meeting_at_the_report", "_unlocked")
def test_control_without_the_lock_the_database_still_lets_one_case_in(cast: World) -> None:
    assert kinds(two_press(cast)) == ["Case", "IntegrityError"]
    assert Case.objects.count() == 1


@pytest.fixture
def _meeting_at_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has found it planned waits for the other to find the same."""
    monkeypatch.setattr(VISITS, "may_record_visit", meeting_after(VISITS.may_record_visit))
    monkeypatch.setattr(VISITS, "record", lambda **_entry: None)


def two_record(world: World) -> list[object]:
    both = [world.handler, world.handler2]
    visit = a_visit(world, cadres=both)
    return at_once(
        lambda: record(world, visit, "handler"), lambda: record(world, visit, "handler2", households=3)
    )


@pytest.mark.usefixtures("_meeting_at_the_record")
def test_of_two_who_record_one_visit_the_second_is_told(cast: World) -> None:
    assert kinds(two_record(cast)) == ["NotEntitled", "Visit"]


@pytest.mark.usefixtures("_meeting_at_the_record", "_unlocked")
def test_control_without_the_lock_the_second_writes_over_the_first(cast: World) -> None:
    assert kinds(two_record(cast)) == ["Visit", "Visit"]
    assert Visit.objects.count() == 1
