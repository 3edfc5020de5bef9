"""Two at the same moment: two callers who take one call, two processes that draw one week, a call and a reopening."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from cases.actions.base import locked
from cases.actions.follow_ups import draw, record_call, take
from cases.models import CallDraw, Case, FollowUpCall, Rating
from tests.cases.follow_up_makers import MONDAY, WEEK, drawn, fresh, unrated
from tests.cases.racing import unlocked
from tests.journal_flush import install_flush_guard
from tests.together import at_once, kinds, meeting_after
from tests.world import STREET, World, a_closed, as_reporter
from yuhu.journal.models import Entry

install_flush_guard()
CALLING: Any = import_module("cases.actions.follow_ups.calling")
DRAWING: Any = import_module("cases.actions.follow_ups.drawing")
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_journal_is_whole"),
]


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """From then on whoever has read the case waits for the other."""

    def begin(read: Callable[[int], Case] = locked) -> None:
        monkeypatch.setattr(CALLING, "locked", meeting_after(read))

    return begin


def two_callers(world: World, call: FollowUpCall) -> list[object]:
    one, other = world.by("coordinator"), world.by("dispatcher")
    return at_once(lambda: take(call=call, by=one, at=MONDAY), lambda: take(call=call, by=other, at=MONDAY))


def test_of_two_callers_one_calls_and_the_other_is_told(cast: World, meet) -> None:
    call = drawn(cast)
    meet()
    results = two_callers(cast, call)
    assert sorted(kinds(results)) == ["FollowUpCall", "NotYourMove"]
    winner = next(row for row in results if isinstance(row, FollowUpCall))
    assert fresh(call).taken_by_id == winner.taken_by_id
    assert Entry.objects.filter(kind="follow_up.taken").count() == 1


class _Unlocked:
    """Calls as they would be read if somebody forgot the lock of the row."""

    def __getattr__(self, name: str) -> Any:
        return getattr(FollowUpCall._default_manager, name)

    def select_for_update(self, **options: Any) -> Any:
        return FollowUpCall._default_manager.all()


def test_control_without_the_locks_both_would_call(
    cast: World, meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = drawn(cast)
    meet(unlocked)
    monkeypatch.setattr(CALLING.FollowUpCall, "objects", _Unlocked())
    # Both have read the call before one of them writes.
    monkeypatch.setattr(CALLING.policies, "may_take", meeting_after(CALLING.policies.may_take))
    results = two_callers(cast, call)
    assert "NotYourMove" not in kinds(results), "neither is told of the other"


def test_one_who_records_twice_at_once_records_once(cast: World, meet) -> None:
    call = drawn(cast)
    take(call=call, by=cast.by("coordinator"), at=MONDAY)
    by = cast.by("coordinator")
    meet()
    answer = {"outcome": "reached", "solved": "solved", "satisfaction": "satisfied"}
    results = at_once(*[lambda: record_call(call=call, **answer, by=by, at=MONDAY)] * 2)
    assert sorted(kinds(results)) == ["FollowUpCall", "NotYourMove"]
    assert Rating.objects.filter(case=call.case_id).count() == 1


def test_a_week_is_drawn_once_by_four_processes(cast: World) -> None:
    for _ in range(5):
        unrated(cast)
    results = at_once(*[lambda: draw(street=STREET, week=WEEK, at=MONDAY)] * 4)
    assert sorted(results, key=str) == [False, False, False, True]
    row = CallDraw.objects.get()
    assert row.calls.count() == row.sampled == 3


def test_a_case_that_is_reopened_while_it_is_drawn_waits_for_no_call(
    cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = a_closed(cast, satisfied=False)
    monkeypatch.setattr(DRAWING, "pick", meeting_after(DRAWING.pick))
    met = meeting_after(locked)
    monkeypatch.setattr(import_module("cases.actions.move"), "locked", met)
    at_once(
        lambda: draw(street=STREET, week=WEEK, at=MONDAY),
        lambda: as_reporter(case, "reopen", at=MONDAY, reason="还没好"),
    )
    case.refresh_from_db()
    assert case.state == "in_progress"
    assert not FollowUpCall.objects.filter(case=case, outcome="").exists()
