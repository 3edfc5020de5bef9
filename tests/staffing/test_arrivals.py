"""Checking in at a block: who, when, how far away, once; and nothing of where somebody stood is kept."""

import datetime as dt

import pytest

from blocks.models import Block
from staffing.actions import begin_visit, cancel_visit, check_in
from staffing.exceptions import NotACadre, NotEntitled
from staffing.models import Visit
from staffing.policies import level_of, may_check_in, posts_of
from tests.staffing.visit_makers import DAY, TODAY, a_done, a_visit, record, who
from tests.world import AT, World
from yuhu.journal.models import Entry

pytestmark = pytest.mark.django_db

LATER = AT + dt.timedelta(minutes=5)


def inside(block: Block) -> tuple[float, float]:
    return block.centroid


def begun(world: World, name: str = "liaison", place: tuple[float, float] | None = None) -> Visit:
    values = {"block": world.b1, "level": "community", "role": "liaison", "place": place}
    return begin_visit(**values, **who(world, name))


def test_inside_is_no_metre_away_and_outside_is_measured(world: World) -> None:
    longitude, latitude = world.b1.centroid
    assert world.b1.metres_to(longitude, latitude) == 0
    # A degree of latitude has about 111 km; the demo's blocks are some hundred metres wide.
    far = world.b1.metres_to(longitude, latitude + 0.1)
    assert far is not None
    assert 10_000 < far < 11_200
    east = world.b1.metres_to(longitude + 0.1, latitude)
    assert east is not None
    assert 9_000 < east < 9_900, "a degree of longitude is shorter"


@pytest.mark.parametrize("point", [(float("nan"), 27.8), (112.9, float("inf")), (500.0, 27.8)])
def test_what_is_no_place_is_no_distance(world: World, point: tuple[float, float]) -> None:
    assert world.b1.metres_to(*point) is None


def test_a_block_without_a_readable_outline_has_no_distance(world: World) -> None:
    world.b1.boundary = {"type": "Point", "coordinates": [112.9, 27.8]}
    assert world.b1.metres_to(112.9, 27.8) is None


def test_a_cadre_checks_in_and_the_first_time_counts(world: World) -> None:
    visit = a_visit(world)
    longitude, latitude = world.b1.centroid
    row = check_in(visit=visit, place=(longitude, latitude), **who(world, "handler"))
    assert (row.arrived_at, row.arrived_metres) == (AT, 0)
    again = check_in(visit=visit, place=(longitude, latitude + 0.1), **who(world, "handler", LATER))
    assert (again.arrived_at, again.arrived_metres) == (AT, 0)
    assert Entry.objects.filter(kind="visit.arrived").count() == 1


def test_without_a_place_one_checks_in_all_the_same(world: World) -> None:
    row = check_in(visit=a_visit(world), place=None, **who(world, "handler"))
    assert (row.arrived_at, row.arrived_metres) == (AT, None)


def test_only_the_distance_is_kept(world: World) -> None:
    longitude, latitude = world.b1.centroid
    row = check_in(visit=a_visit(world), place=(longitude, latitude + 0.1), **who(world, "handler"))
    entry = Entry.objects.get(kind="visit.arrived")
    assert entry.data == {"what": "visit", "metres": row.arrived_metres}
    assert (entry.subject_id, entry.area) == (str(row.pk), world.b1.code)
    columns = {field.attname for field in Visit._meta.concrete_fields}
    assert not {"longitude", "latitude"} & columns


@pytest.mark.parametrize(
    ("name", "day", "code"),
    [
        ("handler", TODAY, ""),
        ("handler", TODAY - DAY, ""),
        ("handler", TODAY + DAY, "not_today"),
        ("handler2", TODAY, "not_taking_part"),
        ("streetleader", TODAY, "not_taking_part"),
    ],
)
def test_who_checks_in_and_when(world: World, name: str, day: dt.date, code: str) -> None:
    verdict = may_check_in(world.people[name], a_visit(world, planned_for=day), on=TODAY)
    assert ("" if verdict else verdict.code) == code


def test_what_has_ended_is_not_checked_in(world: World) -> None:
    cancelled = cancel_visit(visit=a_visit(world), reason="下雨", **who(world, "handler"))
    for visit in (a_done(world, planned_for=TODAY - DAY), cancelled):
        with pytest.raises(NotEntitled) as refused:
            check_in(visit=visit, place=None, **who(world, "handler"))
        assert refused.value.code == "visit_ended"
        visit.refresh_from_db()
        assert visit.arrived_at is None


def test_a_visit_begins_on_the_spot_once(world: World) -> None:
    first = begun(world, place=inside(world.b1))
    second = begun(world)
    assert first == second
    row = Visit.objects.get()
    assert (row.planned_for, row.state, row.arrived_metres) == (TODAY, "planned", 0)
    assert [one.pk for one in row.cadres.all()] == [world.liaison.pk]


def test_a_planned_visit_of_today_is_the_one_that_begins(world: World) -> None:
    planned = a_visit(world, "liaison", level="community", role="liaison")
    assert begun(world) == planned


def test_who_is_no_cadre_begins_nothing(world: World) -> None:
    with pytest.raises(NotACadre):
        begun(world, "governor")
    assert not Visit.objects.exists()


def test_what_was_begun_is_recorded_as_any_other(world: World) -> None:
    visit = record(world, begun(world, place=inside(world.b1)), "liaison")
    assert (visit.is_done, visit.arrived_at) == (True, AT)


@pytest.mark.parametrize(
    ("name", "level"),
    [("department", "district"), ("handler", "street"), ("liaison", "community")],
)
def test_the_level_is_that_of_the_widest_post(world: World, name: str, level: str) -> None:
    assert level_of(list(posts_of(world.people[name], TODAY))) == level
