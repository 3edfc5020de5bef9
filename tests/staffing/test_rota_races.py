"""Two who change one platform's rota at the same moment. Each race has its control."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet

from staffing.actions import (
    absences,
    agree_swap,
    ask_swap,
    assign_shift,
    join,
    plan_shifts,
    rota,
    swaps,
    take_leave,
)
from staffing.actions.rota import Pattern
from staffing.models import Shift, ShiftSwap, Unit, User
from tests.journal_flush import install_flush_guard
from tests.together import at_once, kinds, meeting_after
from tests.world import AT, START, World, build
from yuhu.journal.actions import SYSTEM, Actor

install_flush_guard()
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TOMORROW = AT.date() + dt.timedelta(days=1)


@pytest.fixture
def cast(db, settings) -> World:
    settings.STEP_TRANSPORT = "yuhu.kit.steps.run_nowhere"
    world = build()
    for name in ("stand_in", "stranger"):
        unit = world.unit("rapid_response")
        join(unit=unit, user=world.people[name], role="duty_officer", starts_on=START, at=AT, actor=SYSTEM)
    return world


@pytest.fixture
def _unlocked(cast: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody locks anything any more, and the journal, which would notice, is silent."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows)
    monkeypatch.setattr(rota, "record", lambda **_entry: None)
    monkeypatch.setattr(swaps, "record", lambda **_entry: None)


def planning(unit: Unit, hour: int, officer: User) -> Callable[[], object]:
    """One day of twelve hours from ``hour`` on."""
    pattern = Pattern(begins=dt.time(hour), ends=dt.time(hour + 12))
    days = {"first_on": TOMORROW, "last_on": TOMORROW}
    return lambda: plan_shifts(
        platform=unit, pattern=pattern, officers=[officer], **days, at=AT, actor=SYSTEM
    )


@pytest.fixture
def _meeting_at_the_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has found the time free waits for the other to find the same."""
    monkeypatch.setattr(rota, "refuse_overlap", meeting_after(rota.refuse_overlap))


def two_plans(world: World) -> list[object]:
    unit = world.unit("rapid_response")
    return at_once(planning(unit, 6, world.dispatcher), planning(unit, 10, world.stand_in))


@pytest.mark.usefixtures("_meeting_at_the_look")
def test_of_two_who_plan_the_same_time_one_is_told(cast: World) -> None:
    assert kinds(two_plans(cast)) == ["ShiftTaken", "list"]
    assert Shift.objects.count() == 1


@pytest.mark.usefixtures("_meeting_at_the_look", "_unlocked")
def test_control_without_the_lock_two_officers_overlap(cast: World) -> None:
    assert kinds(two_plans(cast)) == ["list", "list"]
    assert Shift.objects.count() == 2


def asked(world: World) -> ShiftSwap:
    """邓 asks 戴 to exchange."""
    days = {"first_on": TOMORROW, "last_on": TOMORROW + dt.timedelta(days=1)}
    whole = Pattern(begins=dt.time(8), ends=dt.time(8))
    officers = [world.dispatcher, world.stand_in]
    unit = world.unit("rapid_response")
    mine, theirs = plan_shifts(platform=unit, pattern=whole, officers=officers, **days, at=AT, actor=SYSTEM)
    actor = Actor(id=world.dispatcher.pk, name="邓值")
    return ask_swap(shift=mine, theirs=theirs, at=AT, actor=actor)


@pytest.fixture
def _meeting_at_the_seats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has seen that the officer may waits for the other to see the same."""
    meet = meeting_after(rota.refuse_stranger)
    monkeypatch.setattr(rota, "refuse_stranger", meet)
    monkeypatch.setattr(swaps, "refuse_stranger", meet)


def agreed_and_given(world: World) -> list[object]:
    swap = asked(world)
    theirs = swap.theirs
    assert theirs is not None
    return at_once(
        lambda: agree_swap(swap=swap, at=AT, actor=SYSTEM),
        lambda: assign_shift(shift=theirs, officer=world.stranger, at=AT, actor=SYSTEM),
    )


@pytest.mark.usefixtures("_meeting_at_the_seats")
def test_a_shift_that_is_given_away_and_exchanged_at_once_has_one_fate_after_the_other(cast: World) -> None:
    results = agreed_and_given(cast)
    swap = ShiftSwap.objects.get()
    assert swap.mine is not None
    assert swap.theirs is not None
    mine, theirs = swap.mine.officer, swap.theirs.officer
    if "SwapClosed" in kinds(results):
        assert (swap.outcome, mine, theirs) == ("lapsed", cast.dispatcher, cast.stranger)
    else:
        assert (swap.outcome, mine, theirs) == ("agreed", cast.stand_in, cast.stranger)


@pytest.fixture
def _meeting_around_the_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has seen who is there, or which shifts the leave frees, waits for the other to see that."""
    meet = meeting_after(lambda: None)

    def then_meet(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any) -> Any:
            result = function(*args)
            meet()
            return result

        return wrapped

    monkeypatch.setattr(rota, "_there", then_meet(rota._there))
    monkeypatch.setattr(absences, "_free_shifts", then_meet(absences._free_shifts))


def planned_and_on_leave(world: World) -> list[object]:
    until = TOMORROW + dt.timedelta(days=1)
    facts: dict[str, Any] = {
        "person": world.dispatcher,
        "kind": "annual",
        "starts_on": TOMORROW,
        "ends_on": until,
    }
    return at_once(
        planning(world.unit("rapid_response"), 8, world.dispatcher),
        lambda: take_leave(**facts, by=None, at=AT, actor=SYSTEM),
    )


@pytest.mark.usefixtures("_meeting_around_the_leave")
def test_nobody_is_put_on_duty_while_his_leave_is_recorded(cast: World) -> None:
    assert kinds(planned_and_on_leave(cast)) in (["Absence", "NotOnThisRota"], ["Absence", "list"])
    assert not Shift.objects.filter(officer=cast.dispatcher).exists()


@pytest.mark.usefixtures("_meeting_around_the_leave", "_unlocked")
def test_control_without_the_lock_he_is_on_duty_and_on_leave(cast: World) -> None:
    assert kinds(planned_and_on_leave(cast)) == ["Absence", "list"]
    assert Shift.objects.filter(officer=cast.dispatcher).exists()


@pytest.mark.usefixtures("_meeting_at_the_look", "_unlocked")
def test_control_without_the_lock_an_exchange_is_decided_twice(
    cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap = asked(cast)
    monkeypatch.setattr(swaps, "_locked", meeting_after(swaps._locked))
    twice = at_once(*[lambda: agree_swap(swap=swap, at=AT, actor=SYSTEM)] * 2)
    assert kinds(twice) == ["ShiftSwap", "ShiftSwap"]


def test_an_exchange_is_decided_once(cast: World, monkeypatch: pytest.MonkeyPatch) -> None:
    swap = asked(cast)
    monkeypatch.setattr(swaps, "_locked", meeting_after(swaps._locked))
    twice = at_once(*[lambda: agree_swap(swap=swap, at=AT, actor=SYSTEM)] * 2)
    assert kinds(twice) == ["ShiftSwap", "SwapClosed"]
