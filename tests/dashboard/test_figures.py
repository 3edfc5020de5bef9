"""Figures equal what one counts by hand: on cases that lived at random, for everybody of the cast."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from cases.figures import (
    OPEN_PHASES,
    Period,
    Results,
    Show,
    Viewer,
    by_programme,
    longest_late,
    newest,
    results,
    select,
    standing,
    street_desk,
    work,
)
from cases.figures.indicators import Question
from cases.models import Case, Deadline
from cases.policies import Look, offers
from cases.states import State, Step
from staffing.models import User
from staffing.policies import posts_of, scope_of
from tests.dashboard.lives import live, pending_of
from tests.world import STREET, World
from yuhu.kit import clock
from yuhu.kit.figures import Count, Share

pytestmark = pytest.mark.django_db

DISTRICT = "430302"


def viewer(user: User, at: dt.datetime) -> Viewer:
    on = clock.local_date(at)
    return Viewer(user.pk, posts_of(user, on), scope_of(user, on), at)


def offered(case: Case, user: User, at: dt.datetime) -> set[str]:
    """The moves that the policies allow the person now."""
    return {offer.move.name for offer in offers(Look(case, user, at)) if offer.verdict}


def held(case: Case, user: User) -> bool:
    """In this person's own hands, or in nobody's of the unit."""
    return case.assignee_id in (user.pk, None)


Test = Callable[[Case, User, dt.datetime], bool]
MINE: dict[Show, Test] = {
    Show.SIGN: lambda case, user, at: "sign" in offered(case, user, at) and held(case, user),
    Show.HANDLE: lambda case, user, at: (
        case.state in (State.IN_PROGRESS, State.SUSPENDED)
        and bool({"hand-back", "resume"} & holder_moves(case, user, at))
        and held(case, user)
    ),
    Show.EVALUATE: lambda case, user, at: "evaluate" in offered(case, user, at),
    Show.DISPATCH: lambda case, user, at: "dispatch" in offered(case, user, at) and case.waits_for_person,
    Show.DECIDE: lambda case, user, at: any(name.startswith("decide-") for name in offered(case, user, at)),
    Show.WAITING: lambda case, user, at: any(row.asked_by_id == user.pk for row in pending_of(case)),
    Show.REPORTED: lambda case, user, at: case.reported_by_id == user.pk,
    Show.SOON: lambda case, user, at: case.is_due_soon(at),
    Show.LATE_STEP: lambda case, user, at: any(
        clock_.is_running and clock_.due_at < at and clock_.step in (Step.DISPATCH, Step.EVALUATE)
        for clock_ in case.deadlines.all()
    ),
}


def holder_moves(case: Case, user: User, at: dt.datetime) -> set[str]:
    """What the person may do because he or she holds the order, not as a duty officer."""
    look = Look(case, user, at)
    return offered(case, user, at) if "holder" in look.relations else set()


@pytest.fixture
def lived(world: World) -> tuple[list[User], list[Case], dt.datetime]:
    at = live(world)
    return list(world.people.values()), list(Case.objects.order_by("pk")), at


def visible(user: User, cases: Iterable[Case], at: dt.datetime) -> list[Case]:
    scope = scope_of(user, clock.local_date(at))
    seen = set(Case.objects.within(scope).values_list("pk", flat=True))
    return [case for case in cases if case.pk in seen]


def test_what_is_mine_is_what_the_policies_let_me_do(lived: tuple[list[User], list[Case], dt.datetime]):
    people, cases, at = lived
    found: Counter[Show] = Counter()
    for user in people:
        seen = visible(user, cases, at)
        for show, holds in MINE.items():
            wanted = {case.number for case in seen if holds(case, user, at)}
            assert set(select(show, viewer(user, at)).values_list("number", flat=True)) == wanted, (
                user,
                show,
            )
            found[show] += len(wanted)
    assert all(found[show] for show in MINE), f"the lives were too dull: {found}"


def test_the_first_page_counts_what_its_lists_show(lived: tuple[list[User], list[Case], dt.datetime]):
    people, _cases, at = lived
    shown = 0
    for user in people:
        look = viewer(user, at)
        page = work(look, rows=3)
        for show in (Show.DISPATCH, Show.SIGN, Show.HANDLE, Show.EVALUATE):
            part = page.part(show)
            rows = select(show, look)
            assert part.count.number == rows.count(), (user, show)
            assert part.late == rows.overdue(at).count()
            assert {case.pk for case in part.cases} <= set(rows.values_list("pk", flat=True))
            assert len(part.cases) == min(3, part.count.number)
            shown += len(part.cases)
        for show, requests in ((Show.DECIDE, page.to_decide), (Show.WAITING, page.waiting)):
            assert requests.count.number == select(show, look).count(), (user, show)
            assert len({row.case_id for row in requests.rows}) == min(3, requests.count.number)
        assert page.reported.count.number == select(Show.REPORTED, look).count()
    assert shown > 10


def test_what_is_late_comes_first_then_what_is_due_then_what_stands(
    lived: tuple[list[User], list[Case], dt.datetime],
):
    people, _cases, at = lived
    longest: list[Case] = []
    for user in people:
        rows = list(work(viewer(user, at), rows=50).part(Show.HANDLE).cases)
        keys = [(case.state == State.SUSPENDED, case.due_at, case.pk) for case in rows]
        assert keys == sorted(keys)
        longest = max(longest, rows, key=len)
    assert len(longest) > 2


@pytest.mark.parametrize("area", [DISTRICT, STREET])
def test_the_standing_of_an_area_equals_counting(
    world: World, lived: tuple[list[User], list[Case], dt.datetime], area: str
):
    _people, cases, at = lived
    leader = world.leader if area == DISTRICT else world.streetleader
    look = viewer(leader, at)
    seen = [
        case for case in visible(leader, cases, at) if case.district_code == area or case.street_code == area
    ]
    still = [case for case in seen if not case.is_final]
    late = [
        case for case in still if case.state in (State.DISPATCHED, State.IN_PROGRESS) and case.is_overdue(at)
    ]
    found = standing(look, area)

    assert found.whole.count.number == len(still)
    assert found.whole.late.number == len(late)
    assert found.whole.soon.number == sum(case.is_due_soon(at) for case in still)
    assert found.whole.late_since == min((case.due_at for case in late if case.due_at), default=None)
    for phase in OPEN_PHASES:
        mine = [case for case in still if case.phase == phase]
        assert found.phases[phase].count.number == len(mine), phase
        assert found.phases[phase].since == min((entered(case) for case in mine), default=None), phase
    for state, count in found.states.items():
        assert count.number == sum(case.state == state for case in still), state
    part = "street_code" if area == DISTRICT else "community_code"
    places = Counter(getattr(case, part) for case in still)
    assert {code: heap.count.number for code, heap in found.below.items()} == dict(places)
    assert sum(heap.late.number for heap in found.below.values()) == len(late)
    assert late
    assert len(places) > 1 or area != DISTRICT


def entered(case: Case) -> dt.datetime:
    """Since when a case is in its phase."""
    moment = {
        State.REPORTED: case.reported_at,
        State.HANDLED: case.handled_at,
        State.EVALUATED: case.evaluated_at,
    }.get(State(case.state), case.dispatched_at)
    assert moment is not None
    return moment


def test_late_steps_of_a_phase_are_the_clocks_that_ran_out(
    world: World, lived: tuple[list[User], list[Case], dt.datetime]
):
    _people, _cases, at = lived
    look = viewer(world.leader, at)
    found = standing(look, DISTRICT)
    late = Deadline.objects.filter(is_running=True, due_at__lt=at, case__in=Case.objects.within(look.scope))
    by_step = Counter(late.values_list("step", flat=True))
    phases = {phase.value: heap.late.number for phase, heap in found.phases.items()}
    assert phases["report"] == by_step[Step.DISPATCH]
    assert phases["evaluate"] == by_step[Step.EVALUATE]
    assert phases["feedback"] == 0


def hand_count(cases: Iterable[Case], period: Period | None, at: dt.datetime) -> dict[str, int]:
    """The formulas word by word."""
    counted: Counter[str] = Counter()
    for case in cases:
        inside = case.closed_at is not None and (
            period is None or period.start <= case.closed_at < period.end
        )
        if case.state == State.CLOSED and inside:
            rating = max(case.ratings.all(), key=lambda row: row.round, default=None)
            answered = rating is not None and case.end_code == "rated"
            counted["due"] += 1
            counted["closed"] += 1
            assert case.handled_at is not None
            counted["in_time"] += case.due_at is not None and case.handled_at <= case.due_at
            counted["asked"] += case.must_rate
            counted["rated"] += answered
            counted["content"] += bool(answered and rating and rating.satisfaction != "dissatisfied")
        elif not case.is_final and case.due_at is not None and case.due_at < at:
            counted["due"] += period is None or period.start <= case.due_at < period.end
    return dict(counted)


def told(found: Results) -> dict[str, int]:
    numbers = {
        "due": found.in_time.denominator.number,
        "closed": found.closed.number,
        "in_time": found.in_time.numerator.number,
        "asked": found.coverage.denominator.number,
        "rated": found.coverage.numerator.number,
        "content": found.satisfied.numerator.number,
    }
    assert found.satisfied.denominator == found.coverage.numerator
    return {name: number for name, number in numbers.items() if number}


@pytest.mark.parametrize("days", [5, 10])
def test_results_equal_the_formulas(
    world: World, lived: tuple[list[User], list[Case], dt.datetime], days: int
):
    _people, cases, at = lived
    look, period = viewer(world.leader, at), Period.last_days(days, at)
    seen = visible(world.leader, cases, at)
    recent, before = results(look, DISTRICT, period)
    strip = {name: number for name, number in hand_count(seen, period, at).items() if number}
    assert told(recent) == strip
    earlier = hand_count(seen, period.before(), at)
    assert told(before) == {name: number for name, number in earlier.items() if number}
    assert strip["due"] > strip["closed"] > 0


def test_results_since_the_start_by_programme(
    world: World, lived: tuple[list[User], list[Case], dt.datetime]
):
    _people, cases, at = lived
    seen = visible(world.leader, cases, at)
    look = viewer(world.leader, at)
    found = by_programme(Question(look.scope, DISTRICT, Period.last_days(7, at), at))
    for key in {case.programme for case in seen if case.state == State.CLOSED}:
        mine = hand_count([case for case in seen if case.programme == key], None, at)
        assert told(found[key][0]) == {name: number for name, number in mine.items() if number}
        week = hand_count([case for case in seen if case.programme == key], Period.last_days(7, at), at)
        assert told(found[key][1]) == {name: number for name, number in week.items() if number}
    whole = found[""][0]
    assert whole.closed.number == sum(case.state == State.CLOSED for case in seen) > 0
    asked, rated, content = (told(whole)[name] for name in ("asked", "rated", "content"))
    assert asked > rated > content > 0, "somebody did not answer, somebody is not content, somebody is"


def test_lists_of_the_overview_hold_the_right_cases(
    world: World, lived: tuple[list[User], list[Case], dt.datetime]
):
    _people, _cases, at = lived
    look = viewer(world.streetleader, at)
    rows = Case.objects.within(look.scope).in_area(STREET)
    assert [case.pk for case in longest_late(look, STREET, 4)] == list(
        rows.overdue(at).order_by("due_at", "pk").values_list("pk", flat=True)[:4]
    )
    assert [case.pk for case in newest(look, STREET, 4)] == list(
        rows.open().order_by("-reported_at", "-pk").values_list("pk", flat=True)[:4]
    )


def test_the_duty_officers_street_equals_counting(
    world: World, lived: tuple[list[User], list[Case], dt.datetime]
):
    _people, _cases, at = lived
    look = viewer(world.dispatcher, at)
    found = street_desk(look, STREET, rows=2)
    rows = Case.objects.within(look.scope).in_area(STREET)
    assert found["late"].count.number == rows.overdue(at).count() > 0
    assert found["soon"].count.number == rows.due_soon(at).count()
    assert len(found["late"].cases) == min(2, found["late"].count.number)


def test_a_share_of_nothing_is_no_number():
    assert Share.of(0, 0).percent is None
    assert not Share.of(0, 0).is_whole
    assert str(Share.of(326, 326).percent) == "100.00"
    assert str(Share.of(1, 3).percent) == "33.33"
    assert str(Share.of(2, 3).percent) == "66.67"
    assert str(Share.of(1, 800).percent) == "0.13", "half up"
    assert Share(Count(325), Count(326)).percent != Share(Count(326), Count(326)).percent


def test_a_period_begins_and_ends_with_local_days():
    period = Period.of_days(dt.date(2026, 11, 1), dt.date(2026, 11, 30))
    assert period.start == dt.datetime(2026, 10, 31, 16, tzinfo=dt.UTC)
    assert period.end == dt.datetime(2026, 11, 30, 16, tzinfo=dt.UTC)
    assert dict(period.query) == {"closed_from": "2026-11-01", "closed_to": "2026-11-30"}
    assert period.before().end == period.start
    assert Period.last_days(30, dt.datetime(2026, 11, 30, 15, tzinfo=dt.UTC)) == period
