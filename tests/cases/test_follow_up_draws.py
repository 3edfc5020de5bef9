"""The draw of follow-up calls: who is drawn, how many, once a week and street, whatever is killed or swept twice."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from cases.actions.follow_ups import draw, drawing, pick, weeks_to_draw
from cases.models import CallDraw, Case, FollowUpCall, Reporter
from cases.tasks import sweep_follow_ups
from tests.cases.follow_up_makers import AT, CLOSED, DAY, MONDAY, WEEK, unrated
from tests.world import OTHER_STREET, STREET, World, a_closed, a_handled, as_system, do
from yuhu.journal.models import Entry
from yuhu.kit import clock

pytestmark = pytest.mark.django_db
NUMBERS = st.lists(st.text("0123456789", min_size=6, max_size=6), unique=True, max_size=40)


def closed_at(case: Case, at: dt.datetime) -> Case:
    Case.objects.filter(pk=case.pk).update(closed_at=at)
    return case


def many(world: World, number: int) -> list[Case]:
    return [unrated(world) for _ in range(number)]


def test_a_share_is_drawn_by_the_seed_and_can_be_drawn_again(world: World, settings) -> None:
    settings.FOLLOW_UP_PERCENT, settings.FOLLOW_UP_LEAST = 30, 1
    cases = many(world, 7)
    assert draw(street=STREET, week=WEEK, at=MONDAY)
    row = CallDraw.objects.get()
    assert (row.eligible, row.sampled, row.always, row.unit) == (7, 3, 0, world.unit("coordination"))
    again = pick(row.seed, [case.number for case in cases], percent=row.percent, least=row.least)
    assert set(FollowUpCall.objects.values_list("case__number", flat=True)) == again
    assert row.due_at == dt.datetime(2026, 12, 7, 9, 0, tzinfo=dt.UTC), "the close of the fifth day"


@given(NUMBERS, st.integers(0, 100), st.integers(0, 50))
def test_so_many_percent_are_drawn_and_at_least_so_many(numbers: list[str], percent: int, least: int) -> None:
    found = pick("seed", numbers, percent=percent, least=least)
    assert found <= set(numbers)
    assert len(found) >= min(least, len(numbers))
    assert len(found) * 100 >= percent * len(numbers)
    assert len(found) <= max(least, percent * len(numbers) / 100 + 1)
    assert found == pick("seed", numbers[::-1], percent=percent, least=least), "whatever their order"


def test_another_seed_draws_others() -> None:
    numbers = [f"{number:06d}" for number in range(50)]
    assert len({pick(str(seed), numbers, percent=20, least=0) for seed in range(20)}) > 15


def test_the_dissatisfied_and_the_reworked_are_called_in_any_case(world: World, settings) -> None:
    settings.FOLLOW_UP_PERCENT = settings.FOLLOW_UP_LEAST = 0
    angry = a_closed(world, satisfied=False)
    a_closed(world)
    unrated(world)
    reworked = a_handled(world)
    do(world, reworked, "evaluate", "supervisor", effective=False, comment="没清干净")
    do(world, reworked, "hand-back", "governor", result="再次清运")
    do(world, reworked, "evaluate", "supervisor", effective=True)
    as_system(reworked, "close", at=MONDAY)
    closed_at(reworked, CLOSED)
    draw(street=STREET, week=WEEK, at=MONDAY)
    found = dict(FollowUpCall.objects.values_list("case", "reason"))
    assert found == {angry.pk: "dissatisfied", reworked.pk: "reworked"}


@pytest.mark.parametrize(
    "why, changes",
    [
        ("last week", {"closed_at": clock.day_start(WEEK) - dt.timedelta(microseconds=1)}),
        ("next week", {"closed_at": clock.day_start(WEEK + 7 * DAY)}),
        ("another street", {"street_code": OTHER_STREET}),
        ("restricted", {"restricted": True}),
        ("never asked", {"must_rate": False}),
    ],
)
def test_who_is_not_drawn(world: World, why: str, changes: dict[str, Any]) -> None:
    case = unrated(world)
    Case.objects.filter(pk=case.pk).update(**changes)
    draw(street=STREET, week=WEEK, at=MONDAY)
    assert CallDraw.objects.get().eligible == 0, why
    assert not FollowUpCall.objects.exists()


def test_without_a_phone_nobody_can_be_called(world: World) -> None:
    unrated(world)
    Reporter.objects.update(phone_sealed=None, phone_masked="")
    draw(street=STREET, week=WEEK, at=MONDAY)
    assert not FollowUpCall.objects.exists()


def test_the_border_of_a_week_is_the_districts_midnight(world: World) -> None:
    first, last = clock.day_start(WEEK), clock.day_start(WEEK + 7 * DAY) - dt.timedelta(microseconds=1)
    closed_at(unrated(world), first)
    closed_at(unrated(world), last)
    draw(street=STREET, week=WEEK, at=MONDAY)
    assert CallDraw.objects.get().eligible == 2


# --- The step --------------------------------------------------------------------------------------


def test_the_sweep_draws_the_weeks_that_have_ended_once(world: World) -> None:
    case = unrated(world)
    streets = {street for street, _week in weeks_to_draw(MONDAY)}
    assert {week for _street, week in weeks_to_draw(MONDAY)} == {WEEK, WEEK - 7 * DAY}
    assert WEEK not in {week for _street, week in weeks_to_draw(AT)}, "it has not ended"
    assert sweep_follow_ups(MONDAY) == 2 * len(streets)
    assert sweep_follow_ups(MONDAY) == 0
    assert FollowUpCall.objects.get().case == case
    assert Entry.objects.filter(kind="follow_up.drawn").count() == 1, "an empty draw is not told"


def test_a_draw_that_dies_is_no_draw(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    unrated(world)

    def die(*args: Any, **kwargs: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as killed:
        killed.setattr(drawing, "record", die)
        with pytest.raises(SystemExit):
            draw(street=STREET, week=WEEK, at=MONDAY)
    assert not CallDraw.objects.exists()
    assert not FollowUpCall.objects.exists()
    assert draw(street=STREET, week=WEEK, at=MONDAY)
    assert not draw(street=STREET, week=WEEK, at=MONDAY)
    assert FollowUpCall.objects.count() == 1


def test_it_costs_the_same_for_many_cases(world: World) -> None:
    def counting(week: dt.date) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert draw(street=STREET, week=week, at=MONDAY)
        return len(captured)

    closed_at(unrated(world), CLOSED - 7 * DAY)
    few = counting(WEEK - 7 * DAY)
    many(world, 12)
    assert counting(WEEK) == few
    assert FollowUpCall.objects.count() == 1 + 4
