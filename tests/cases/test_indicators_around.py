"""Indicators beside the loop, counted by hand: visits, hazards, lists, mediations, whistles, people in blocks."""

import datetime as dt

import pytest

from blocks.models import Block, Community, Division
from cases.figures import Period
from cases.figures.indicators import Figure, Question, indicators
from cases.models import Case, Mediation
from staffing.models import Unit
from staffing.policies import scope_of
from tests.cases.test_findings import closed, to_case
from tests.cases.whistle_makers import a_called, a_checked_in, a_done
from tests.duties.admission_makers import approved, confirmed, declined
from tests.staffing.visit_makers import DAY, HAZARD, TODAY, a_finding, a_visit, record
from tests.world import AT, OTHER_STREET, STREET, World, a_closed, a_report, a_signed, do
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db

DISTRICT = "430302"
NOVEMBER = Period.of_days(dt.date(2026, 11, 1), dt.date(2026, 11, 30))
Parts = tuple[int | None, int | None]


def figure(
    scope: Scope, key: str, area: str = DISTRICT, period: Period = NOVEMBER, at: dt.datetime = AT
) -> Figure:
    return next(one for one in indicators(Question(scope, area, period, at)) if one.key == key)


def parts(scope: Scope, key: str, area: str = DISTRICT, **when: Period | dt.datetime) -> Parts:
    found = figure(scope, key, area, **when)  # type: ignore[arg-type] # a period, a moment
    return found.numerator, found.denominator


def of(world: World, name: str = "leader") -> Scope:
    return scope_of(world.people[name], TODAY)


def households(prefix: str) -> int:
    blocks = Block.objects.in_force(TODAY)
    return sum(block.households for block in blocks if block.code.startswith(prefix))


def test_households_visited_are_those_of_the_area_and_the_days(world: World) -> None:
    record(world, a_visit(world))
    record(world, a_visit(world, planned_for=TODAY - 30 * DAY), held_on=TODAY - 30 * DAY, households=40)
    record(world, a_visit(world, "dispatcher9", block=world.b9), "dispatcher9", households=7)
    a_visit(world, role="vanguard")
    leader = of(world)
    for area, visited in (
        (DISTRICT, 19),
        (STREET, 12),
        (OTHER_STREET, 7),
        (world.b1.code, 12),
        (world.b2.code, 0),
    ):
        assert parts(leader, "visit_rate", area) == (visited, households(area)), area
    october = Period.of_days(dt.date(2026, 10, 1), dt.date(2026, 10, 31))
    assert parts(leader, "visit_rate", STREET, period=october) == (40, households(STREET))


def test_hazards_are_those_of_visits_and_those_of_patrols_each_once(world: World) -> None:
    leader = of(world)
    assert figure(leader, "hazard_fix_rate").value is None
    case = to_case(world, a_finding(world, HAZARD))
    assert parts(leader, "hazard_fix_rate") == (0, 1)
    closed(world, case)
    assert parts(leader, "hazard_fix_rate") == (1, 1)
    for made in (a_signed(world), a_closed(world)):
        Case.objects.filter(pk=made.pk).update(programme=Case.Programme.HAZARD)
    assert parts(leader, "hazard_fix_rate") == (2, 3)
    assert parts(leader, "hazard_fix_rate", OTHER_STREET) == (0, 0)


def test_lists_are_the_whole_districts_and_off_list_tasks_are_told_to_inspection(world: World) -> None:
    approved(world)
    declined(world, title="公筷公勺检查")
    confirmed(world)
    leader = of(world)
    assert parts(leader, "admission_rate") == (1, 2)
    assert parts(leader, "admission_rate", STREET) == (None, None)
    assert figure(leader, "off_list_tasks").value == 1
    assert figure(of(world, "auditor"), "off_list_tasks").value == 1
    outsider = Scope(areas=frozenset({DISTRICT}), has_post=True)
    assert figure(outsider, "off_list_tasks").value is None, "a nought would be a false one"
    december = Period.of_days(dt.date(2026, 12, 1), dt.date(2026, 12, 31))
    assert figure(leader, "off_list_tasks", period=december).value == 0
    assert figure(leader, "admission_rate", period=december).value is None


def a_mediation(
    world: World, state: str, performance: str = "pending", *, ended: dt.datetime = AT
) -> Mediation:
    agreed = state == "agreed"
    return Mediation.objects.create(
        case=a_report(world), kind="people", basis="request", unit=Unit.objects.get(code=STREET),
        mediator=world.stranger, state=state, opened_at=AT, due_at=AT, ended_at=None if state == "open" else ended,
        form="written" if agreed else "", in_force_on=TODAY if agreed else None, performance=performance,
    )  # fmt: skip


def test_mediations_are_told_to_their_keepers_only(world: World) -> None:
    for state, performance in (
        ("agreed", "performed"), ("agreed", "broken"), ("agreed", "pending"), ("failed", "pending"),
        ("referred", "pending"), ("open", "pending"),
    ):  # fmt: skip
        a_mediation(world, state, performance)
    a_mediation(world, "failed", ended=NOVEMBER.end)
    keeper = Scope(
        areas=frozenset({DISTRICT}), has_post=True, confidential=frozenset({Unit.objects.get(code=STREET).pk})
    )
    assert parts(keeper, "mediation_success_rate") == (3, 4)
    assert parts(keeper, "performance_rate") == (1, 2)
    assert parts(keeper, "mediation_success_rate", OTHER_STREET) == (0, 0)
    assert parts(of(world), "mediation_success_rate") == (None, None)


def test_whistles_are_counted_down_to_the_block(world: World) -> None:
    a_checked_in(world)
    a_called(world)
    later = AT + 30 * DAY
    leader = of(world)
    places = (DISTRICT, STREET, world.b1.community_id, world.b1.code)
    assert {parts(leader, "whistle_response_rate", area, at=later) for area in places} == {(1, 2)}
    assert {parts(leader, "whistle_rate", area) for area in places} == {(2, 2)}
    for area in (OTHER_STREET, world.b2.code):
        assert parts(leader, "whistle_response_rate", area, at=later) == (0, 0)
    assert figure(leader, "whistle_street_score").value is None


def test_both_sides_of_a_whistle_have_their_mean(world: World) -> None:
    a_done(world)
    department, street = (figure(of(world), f"whistle_{side}_score") for side in ("department", "street"))
    assert (department.unit, street.unit) == ("score", "score")
    assert (department.numerator, department.denominator, department.value) == (5, 1, 5)
    assert street.denominator == 2
    assert street.value == round((street.numerator or 0) / 2, 2)


def test_a_system_for_some_categories_counts_the_calls_of_those(world: World) -> None:
    whistle = a_called(world)
    category = whistle.case.category_id
    for kinds, number in ((category, 1), (category[:2], 1), ("9901", 0)):
        scope = Scope(areas=frozenset({DISTRICT}), has_post=True, kinds=frozenset({kinds}))
        assert parts(scope, "whistle_response_rate", at=AT + 30 * DAY)[1] == number


def test_blocks_and_their_people(world: World) -> None:
    leader = of(world)
    blocks = list(Block.objects.in_force(TODAY))
    right = [block for block in blocks if 280 <= block.households <= 420]
    assert parts(leader, "block_size_rate") == (len(right), len(blocks))
    assert parts(leader, "post_match_rate") == (1, len(blocks)), (
        "only b1 has governor, supervisor and assistants"
    )
    assert parts(leader, "post_match_rate", world.b1.code) == (1, 1)
    assert parts(leader, "post_match_rate", world.b2.code) == (0, 1)
    assert parts(leader, "training_rate") == (0, 3)
    assert parts(of(world, "governor"), "block_size_rate", world.b1.code)[1] == 1
    before = Period.of_days(dt.date(2021, 12, 1), dt.date(2021, 12, 31))
    assert figure(leader, "post_match_rate", period=before).value is None, "no division was in force"


def test_the_ground_of_an_area_lies_in_exactly_one_block_or_not(world: World) -> None:
    """Nearly all of it in the district of the tests; less when a block is moved over its neighbour."""
    leader, community = of(world), world.b1.code[:12]
    whole = {area: figure(leader, "block_coverage", area) for area in (DISTRICT, STREET, community)}
    assert all(one.value == 1 and (one.numerator or 0) <= (one.denominator or 0) for one in whole.values())
    assert (whole[community].denominator or 0) < (whole[STREET].denominator or 0)
    assert (whole[STREET].denominator or 0) < (whole[DISTRICT].denominator or 0)
    moved = Block.objects.in_force(TODAY).get(code=world.b2.code)
    Block.objects.filter(pk=moved.pk).update(boundary=world.b1.boundary)
    Division.objects.filter(pk=moved.division_id).update(digest="moved")
    assert (figure(leader, "block_coverage", community).value or 0) < 1, "b1 in two, b2's ground in none"
    assert figure(leader, "block_coverage", world.b1.code).value == 0
    Community.objects.filter(pk=community).update(boundary=None)
    assert figure(leader, "block_coverage", community).value is None


def test_a_case_that_was_urged_twice_counts_twice(world: World) -> None:
    case = a_signed(world)
    for _twice in range(2):
        do(world, case, "urge", "dispatcher")
    assert figure(of(world), "urge_count").value == 2
    assert figure(of(world), "urge_count", OTHER_STREET).value == 0
