"""Every point has one answer, always the same: inside, on a shared edge, on a corner, outside, nowhere. Pure."""

import math
import random
import time

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon, shape

from blocks.geometry import Locator
from tests.blocks.places import box, corner, demo_blocks

# 3 × 3 squares named by column and row, so that the lowest key of those that meet is easily said.
SQUARES = {f"{column}{row}": box(column, row) for column in range(3) for row in range(3)}


@pytest.fixture(scope="module")
def squares() -> Locator[str]:
    return Locator(SQUARES.items())


@pytest.fixture(scope="module")
def demo() -> Locator[str]:
    return Locator((row["properties"]["code"], row["geometry"]) for row in demo_blocks())


@pytest.mark.parametrize(
    ("column", "row", "expected"),
    [
        (0.5, 0.5, "00"),
        (2.5, 1.5, "21"),
        (1, 0.5, "00"),  # on the edge of 00 and 10
        (0.5, 1, "00"),  # on the edge of 00 and 01
        (2, 2.5, "12"),
        (1, 1, "00"),  # where four meet
        (2, 1, "10"),
        (0, 0, "00"),  # the outer corner
        (3, 3, "22"),
        (0, 1.5, "01"),  # the outer edge
        (-0.01, 1, None),
        (3.01, 3, None),
        (100, 100, None),
    ],
)
def test_the_lowest_key_wins_on_edges_and_corners(squares, column, row, expected):
    assert squares.locate(*corner(column, row)) == expected


@pytest.mark.parametrize(
    "point",
    [
        (math.nan, 27.0),
        (112.0, math.nan),
        (math.inf, 27.0),
        (112.0, -math.inf),
        (181.0, 27.0),
        (112.0, 91.0),
        (27.005, 112.005),  # swapped
        (1e308, 1e308),
    ],
)
def test_a_point_that_is_nowhere_lies_in_no_block(squares, point):
    assert squares.locate(*point) is None
    assert squares.locate_many([point]) == [None]


def test_integers_are_degrees_too(squares):
    assert squares.locate(112, 27) == "00"


def test_a_point_within_the_recorded_precision_lies_on_the_border(squares):
    west, south = corner(0, 0.5)
    assert squares.locate(west - 9e-7, south) == "00"
    assert squares.locate(west - 2e-6, south) is None


def test_keys_of_any_order_may_be_given_and_numbers_too():
    by_number = Locator([(9, box(0, 0)), (10, box(1, 0)), (2, box(0, 1))])
    assert by_number.locate(*corner(1, 0.5)) == 9
    assert by_number.locate(*corner(0.5, 1)) == 2


def test_no_areas_hold_no_point():
    empty: Locator[str] = Locator([])
    assert empty.locate(112.0, 27.0) is None
    assert empty.locate_many([(112.0, 27.0)]) == [None]
    assert len(empty) == 0


def test_many_points_at_once_may_be_none(squares):
    assert squares.locate_many([]) == []


# Quarters of a block: corners, edges and insides are all hit often, and some points lie outside.
steps = st.integers(-2, 14).map(lambda quarter: quarter / 4)
points = st.one_of(
    st.tuples(steps, steps).map(lambda place: corner(*place)),
    st.tuples(st.floats(111.99, 112.04), st.floats(26.99, 27.04)),
    st.tuples(st.floats(), st.floats()),
)


@given(st.lists(points, max_size=20), st.randoms(use_true_random=False))
def test_the_answer_depends_on_nothing_but_the_point(found, chance):
    shuffled = list(SQUARES.items())
    chance.shuffle(shuffled)
    one, other = Locator(SQUARES.items()), Locator(shuffled)
    answers = [one.locate(*point) for point in found]
    assert answers == [other.locate(*point) for point in found]
    assert answers == one.locate_many(found)


@given(points)
def test_the_answer_is_what_a_look_at_every_area_says(point):
    found = Locator(SQUARES.items()).locate(*point)
    if not all(math.isfinite(value) for value in point):
        assert found is None
        return
    holding = [key for key, area in SQUARES.items() if shape(area).intersects(Point(point))]
    if holding:
        assert found == min(holding)
    else:
        near = {key for key, area in SQUARES.items() if shape(area).distance(Point(point)) <= 1e-6}
        assert found == min(near, default=None)


def test_all_326_centroids_locate_to_their_own_block(demo):
    rows = demo_blocks()
    assert len(rows) == len(demo) == 326
    for row in rows:
        centroid = shape(row["geometry"]).centroid
        assert demo.locate(centroid.x, centroid.y) == row["properties"]["code"]


def test_every_corner_of_the_demo_belongs_to_the_lowest_block_that_has_it(demo):
    owners: dict[tuple[float, float], str] = {}
    for row in demo_blocks():
        for position in row["geometry"]["coordinates"][0]:
            code = row["properties"]["code"]
            owners[tuple(position)] = min(code, owners.get(tuple(position), code))
    assert demo.locate_many(owners) == list(owners.values())


def test_no_point_on_a_border_of_the_demo_falls_between_the_blocks(demo):
    chance = random.Random(20221122)
    for row in demo_blocks():
        ring = shape(row["geometry"]).boundary
        for _ in range(5):
            point = ring.interpolate(chance.random(), normalized=True)
            assert demo.locate(point.x, point.y) is not None


def test_the_slivers_between_communities_are_bridged(demo):
    union = shapely.union_all([shape(row["geometry"]) for row in demo_blocks()])
    holes = Polygon(shapely.get_exterior_ring(union)).difference(union)
    slivers = [hole.representative_point() for hole in shapely.get_parts(holes)]
    assert len(slivers) == 2
    for point in slivers:
        assert not union.intersects(point)
        assert demo.locate(point.x, point.y) is not None


def test_a_point_takes_less_than_50_microseconds(demo):
    chance = random.Random(1)
    found = [(chance.uniform(112.82, 112.98), chance.uniform(27.81, 27.95)) for _ in range(4_000)]
    best = math.inf
    # The best of five: other programs share the machine.
    for _ in range(5):
        start = time.perf_counter()
        for point in found:
            demo.locate(*point)
        best = min(best, time.perf_counter() - start)
    assert best / len(found) < 50e-6


def test_100_000_points_take_less_than_two_seconds(demo):
    chance = random.Random(2)
    found = [(chance.uniform(112.82, 112.98), chance.uniform(27.81, 27.95)) for _ in range(100_000)]
    start = time.perf_counter()
    answers = demo.locate_many(found)
    assert time.perf_counter() - start < 2
    assert answers[:500] == [demo.locate(*point) for point in found[:500]]
    assert len({answer for answer in answers if answer}) == 326
