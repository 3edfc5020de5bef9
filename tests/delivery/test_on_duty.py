"""Who hears of decisions and emergencies while a rota runs, and what the rota itself tells."""

import datetime as dt
from typing import Any

import pytest
from django.utils import translation

from blocks.models import Street
from cases.models import Case
from cases.policies import Look, may_move
from staffing.actions import (
    agree_swap,
    ask_swap,
    assign_shift,
    decline_swap,
    join,
    load_platforms,
    plan_shifts,
    relieve,
    remove_shift,
    vacate_shifts,
    warn_of_gaps,
    withdraw_swap,
)
from staffing.actions.rota import Pattern
from staffing.models import Absence, Shift, Tenure, User
from staffing.policies import forget_posts, scope_of
from tests.delivery.makers import feed, last, told, told_by
from tests.delivery.notice_table import REASON, dispatched, signed
from tests.staffing.test_platforms import ROWS
from tests.world import AT, START, World, a_report, by, do
from yuhu.delivery import wording
from yuhu.delivery.models import Delivery
from yuhu.delivery.subjects import SUBJECTS
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock

pytestmark = pytest.mark.django_db

TODAY = clock.local_date(AT)
DAY = dt.timedelta(days=1)
CRITICAL = "0301"  # a manhole without its cover
DAYTIME = Pattern(begins=dt.time(8), ends=dt.time(20))


@pytest.fixture
def pair(world: World) -> World:
    """邓 and 戴 are the duty officers of the platform that responds, 柯 that of the one that coordinates."""
    unit = world.unit("rapid_response")
    join(unit=unit, user=world.stand_in, role="duty_officer", starts_on=START, at=AT, actor=SYSTEM)
    return world


def on_duty(world: World, name: str, code: str = "rapid_response", first_on: dt.date = TODAY, days: int = 1):
    shifts = plan_shifts(
        platform=world.unit(code), first_on=first_on, last_on=first_on + (days - 1) * DAY, pattern=DAYTIME,
        officers=[world.people[name]], at=clock.day_start(TODAY), actor=SYSTEM,
    )  # fmt: skip
    feed()
    return shifts


def test_whoever_is_on_duty_is_asked_to_decide_and_of_other_platforms_all_duty_officers(pair: World) -> None:
    on_duty(pair, "stand_in")
    found = told_by(pair, dispatched(pair), "return", "governor", **REASON)
    assert found == {"return_requested": {"stand_in", "coordinator"}}


def test_a_head_on_duty_is_asked_too(pair: World) -> None:
    join(
        unit=pair.unit("coordination"),
        user=pair.block_head,
        role="head",
        starts_on=START,
        at=AT,
        actor=SYSTEM,
    )
    on_duty(pair, "block_head", "coordination")
    on_duty(pair, "dispatcher")
    found = told_by(pair, dispatched(pair), "return", "governor", **REASON)
    assert found == {"return_requested": {"block_head", "dispatcher"}}


@pytest.mark.parametrize("first_on", [TODAY - DAY, TODAY + DAY])
def test_a_rota_that_does_not_cover_the_moment_changes_nothing(pair: World, first_on: dt.date) -> None:
    Shift.objects.create(
        platform=pair.unit("rapid_response"), officer=pair.stand_in, day=first_on,
        starts_at=clock.day_start(first_on), ends_at=clock.day_start(first_on) + dt.timedelta(hours=20),
    )  # fmt: skip
    found = told_by(pair, dispatched(pair), "return", "governor", **REASON)
    assert found == {"return_requested": {"dispatcher", "stand_in", "coordinator"}}


def test_an_officer_who_has_left_covers_nothing(pair: World) -> None:
    on_duty(pair, "stand_in")
    User.objects.filter(pk=pair.stand_in.pk).update(is_active=False)
    found = told_by(pair, dispatched(pair), "return", "governor", **REASON)
    assert found == {"return_requested": {"dispatcher", "coordinator"}}


def test_an_officer_on_leave_covers_nothing(pair: World) -> None:
    on_duty(pair, "stand_in")
    back_on = TODAY + DAY
    Absence.objects.create(person=pair.stand_in, kind="sick", starts_on=TODAY, ends_on=back_on)
    found = told_by(pair, dispatched(pair), "return", "governor", **REASON)
    assert found == {"return_requested": {"dispatcher", "stand_in", "coordinator"}}


def test_when_the_one_on_duty_asked_himself_the_others_are_asked(pair: World) -> None:
    on_duty(pair, "dispatcher")
    pair.coordinator.memberships.all().delete()
    case = do(pair, a_report(pair, "assistant"), "dispatch", "stand_in", assignee="dispatcher")
    found = told_by(pair, case, "return", "dispatcher", reason="不归我管")
    assert found == {"return_requested": {"stand_in"}}


def test_rights_do_not_change_with_the_rota(pair: World) -> None:
    on_duty(pair, "stand_in")
    case = do(pair, dispatched(pair), "return", "governor", **REASON)
    assert may_move(Look(case, pair.dispatcher, AT), "decide-return")
    assert may_move(Look(case, pair.stand_in, AT), "decide-return")


def test_a_case_about_an_official_does_not_reach_whoever_is_on_duty(pair: World) -> None:
    on_duty(pair, "stand_in")
    case = signed(pair)
    Case.objects.filter(pk=case.pk).update(restricted=True)
    found = told_by(pair, case, "return", "governor", reason="与我有关")
    assert found == {"return_requested": {"streetleader"}}


def test_a_result_is_evaluated_by_whoever_is_on_duty_in_the_platform(pair: World) -> None:
    unit = pair.unit("coordination")
    join(unit=unit, user=pair.stranger, role="duty_officer", starts_on=START, at=AT, actor=SYSTEM)
    forget_posts(pair.stranger)
    on_duty(pair, "stranger", "coordination")
    relieve(block=pair.b1, post=Tenure.Seat.SUPERVISOR, starts_on=TODAY, at=AT, actor=SYSTEM)
    found = told_by(pair, signed(pair), "hand-back", "governor", result="办完")
    assert found == {"handed_back": {"stranger"}}


@pytest.mark.parametrize(
    "planned, expected",
    [(True, {"stand_in"}), (False, {"dispatcher", "stand_in"})],
    ids=["on duty", "no rota"],
)
def test_an_emergency_reaches_whoever_is_on_duty_at_once(pair: World, planned, expected) -> None:
    if planned:
        on_duty(pair, "stand_in")
    before = last()
    a_report(pair, category=CRITICAL)
    feed()
    assert told(pair, before)["emergency"] == expected
    row = Delivery.objects.filter(kind="emergency").first()
    assert Case.objects.within(scope_of(pair.stand_in, TODAY)).filter(number=row.subject).exists()


def test_an_ordinary_case_is_no_emergency(pair: World) -> None:
    on_duty(pair, "stand_in")
    before = last()
    a_report(pair)
    feed()
    assert "emergency" not in told(pair, before)


def test_with_four_centres_the_one_that_responds_is_told(pair: World) -> None:
    street = Street.objects.get(code=pair.unit("coordination").street_id)
    load_platforms(street=street, rows=ROWS, starts_on=TODAY, at=AT, actor=SYSTEM)
    on_duty(pair, "dispatcher", "rapid_response_centre")
    before = last()
    a_report(pair, category=CRITICAL)
    feed()
    assert told(pair, before)["emergency"] == {"dispatcher"}


def test_shifts_are_asked_for_once_a_street_however_many_decisions(
    pair: World, django_assert_max_num_queries
) -> None:
    on_duty(pair, "stand_in")
    for _number in range(3):
        do(pair, dispatched(pair), "return", "governor", **REASON)
    with django_assert_max_num_queries(200) as asked:
        feed()
    assert (
        sum("staffing_shift" in query["sql"] for query in asked.captured_queries if "SELECT" in query["sql"])
        <= 1
    )


# --- what the rota itself tells ----------------------------------------------------------------------------------


def after(world: World, act) -> dict[str, set[str]]:
    feed()
    before = last()
    act()
    feed()
    return told(world, before)


def test_the_rota_tells_whom_it_concerns(pair: World) -> None:
    mine = on_duty(pair, "dispatcher", first_on=TODAY + DAY)[0]
    theirs = on_duty(pair, "stand_in", first_on=TODAY + 2 * DAY)[0]
    assert Delivery.objects.filter(kind="rota_planned").count() == 2
    one, other = by(pair.dispatcher).actor, by(pair.stand_in).actor
    found: dict[str, set[str]] = {}
    swap = lambda: ask_swap(shift=mine, theirs=theirs, at=AT, actor=one)  # noqa: E731
    found |= after(pair, swap)
    found |= after(pair, lambda: decline_swap(swap=pending(), at=AT, actor=other))
    swap()
    found |= after(pair, lambda: withdraw_swap(swap=pending(), at=AT, actor=one))
    swap()
    found |= after(pair, lambda: agree_swap(swap=pending(), at=AT, actor=other))
    found |= after(pair, lambda: assign_shift(shift=mine, officer=pair.dispatcher, at=AT, actor=SYSTEM))
    leave: dict[str, Any] = {"first_on": TODAY, "last_on": TODAY + 5 * DAY, "at": AT, "actor": SYSTEM}
    unit = pair.unit("rapid_response")
    found |= after(pair, lambda: vacate_shifts(platform=unit, officer=pair.dispatcher, **leave))
    fourth = on_duty(pair, "dispatcher", first_on=TODAY + 7 * DAY)[0]
    third = on_duty(pair, "stand_in", first_on=TODAY + 8 * DAY)[0]
    ask_swap(shift=fourth, theirs=third, at=AT, actor=one)
    feed()
    found |= after(pair, lambda: remove_shift(shift=third, at=AT, actor=SYSTEM))
    assert found == {
        "swap_asked": {"stand_in"},
        "swap_declined": {"dispatcher"},
        "swap_withdrawn": {"stand_in"},
        "swap_agreed": {"dispatcher"},
        "swap_lapsed": {"dispatcher", "stand_in"},
        "rota_assigned": {"dispatcher", "stand_in"},
        "rota_released": {"dispatcher"},
        "rota_free": {"stand_in", "streetleader"},
        "rota_removed": {"stand_in"},
    }


def pending():
    from staffing.models import ShiftSwap

    return ShiftSwap.objects.get(outcome="")


def test_hours_that_nobody_covers_are_told_to_the_platform_and_the_streets_leaders_once(pair: World) -> None:
    on_duty(pair, "stand_in")
    assert after(pair, lambda: warn_of_gaps(at=AT)) == {
        "rota_uncovered": {"dispatcher", "stand_in", "streetleader"}
    }
    assert after(pair, lambda: warn_of_gaps(at=AT)) == {}
    row = Delivery.objects.filter(kind="rota_uncovered").first()
    gap = SUBJECTS["rota_gap"].find([row.subject])[row.subject]
    with translation.override("en"):
        text = wording.words(row.kind, row.entry.data, wording.facts_of(gap)).text
    assert "2026-11-24 20:00" in text
    assert f"on={TODAY.isoformat()}" in gap.get_absolute_url()


def test_a_notice_of_the_rota_does_not_open_for_another_street(pair: World) -> None:
    on_duty(pair, "stand_in")
    warn_of_gaps(at=AT)
    for name in ("shift", "rota_gap"):
        rows = SUBJECTS[name].rows
        key = str(rows.first().pk)
        assert SUBJECTS[name].find([key], scope_of(pair.streetleader, TODAY))
        assert not SUBJECTS[name].find([key], scope_of(pair.dispatcher9, TODAY))
