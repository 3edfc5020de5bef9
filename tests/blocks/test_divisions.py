"""Divisions take effect on a date and old ones stay: lists, points and maps answer for the day that is asked."""

import datetime as dt
import json
import math
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blocks.actions import load_areas
from blocks.models import Block, Community, District, Division, Street
from blocks.querysets import division_locator
from tests.blocks.places import (
    ACTOR,
    AT,
    DISTRICT,
    EAST,
    FIRST,
    SECOND,
    STREET,
    WEST,
    box,
    corner,
    demo_blocks,
    feature,
    halves,
    make_areas,
    make_division,
    quarters,
)
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db

POSTED = Scope(areas=frozenset({WEST}), person=1, has_post=True)
DAY = dt.timedelta(days=1)


@pytest.fixture
def divisions() -> tuple[Division, Division]:
    make_areas()
    return make_division(), make_division(halves(), on=SECOND)


@pytest.mark.parametrize(
    ("on", "number"),
    [
        (FIRST - DAY, None),
        (FIRST, 1),
        (SECOND - DAY, 1),
        (SECOND, 2),
        (dt.date(2099, 12, 31), 2),
        (dt.date.min, None),
    ],
)
def test_the_latest_division_that_began_by_the_day_is_in_force(divisions, on, number):
    assert list(Division.objects.in_force(on).values_list("number", flat=True)) == (
        [number] if number else []
    )
    blocks = Block.objects.in_force(on)
    assert {block.division.number for block in blocks} == ({number} if number else set())
    assert len(blocks) == {None: 0, 1: 8, 2: 4}[number]


def test_each_district_has_its_own_division_in_force(divisions):
    other = District.objects.create(code="430304", name="岳塘区", source="standard")
    Division.objects.create(district=other, number=1, effective_from=SECOND + DAY, source="demo")
    assert Division.objects.in_force(SECOND).count() == 1
    found = Division.objects.in_force(SECOND + DAY).values_list("district", "number").order_by("district")
    assert list(found) == [(DISTRICT, 2), ("430304", 1)]


def test_an_old_day_shows_the_old_block_at_the_same_place(divisions):
    longitude, latitude = corner(1.5, 0.5)
    old = Block.objects.locate(longitude=longitude, latitude=latitude, on=SECOND - DAY)
    new = Block.objects.locate(longitude=longitude, latitude=latitude, on=SECOND)
    assert (old.code, old.division) == (f"{WEST}02", divisions[0])
    assert (new.code, new.division) == (f"{WEST}01", divisions[1])
    assert Block.objects.locate(longitude=longitude, latitude=latitude, on=FIRST - DAY) is None


def test_shared_edges_corners_and_places_outside(divisions):
    def at(column: float, row: float) -> str | None:
        longitude, latitude = corner(column, row)
        found = Block.objects.locate(longitude=longitude, latitude=latitude, on=FIRST)
        return found.code if found else None

    assert at(1, 0.5) == f"{WEST}01"
    assert at(1, 1) == f"{WEST}01"
    assert at(2, 1.5) == f"{WEST}04"  # the border of two communities
    assert at(3, 1) == f"{EAST}01"
    assert at(-0.1, 0.5) is None
    assert Block.objects.locate(longitude=math.nan, latitude=27.0, on=FIRST) is None


def test_locating_costs_two_queries_however_often(divisions, django_assert_num_queries):
    longitude, latitude = corner(0.5, 0.5)
    Block.objects.locate(longitude=longitude, latitude=latitude, on=FIRST)
    with django_assert_num_queries(2):
        Block.objects.locate(longitude=longitude, latitude=latitude, on=FIRST)
    with django_assert_num_queries(1):
        Block.objects.locate(longitude=0.0, latitude=0.0, on=FIRST)


def test_locating_stays_inside_the_queryset_that_is_asked(divisions):
    longitude, latitude = corner(0.5, 0.5)

    def found(blocks):
        return blocks.locate(longitude=longitude, latitude=latitude, on=FIRST)

    assert found(Block.objects.within(Scope.nothing())) is None
    assert found(Block.objects.in_area(EAST)) is None
    assert found(Block.objects.within(POSTED).in_area(WEST)).code == f"{WEST}01"


def test_callers_with_many_points_ask_the_division_in_force_once(divisions, django_assert_num_queries):
    points = [corner(1.5, 0.5), corner(3.5, 1.5), corner(9, 9)]
    division_locator(on=SECOND, district=DISTRICT)
    with django_assert_num_queries(1):
        found = division_locator(on=SECOND, district=DISTRICT)
    assert found is not None
    assert found.locate_many(points) == [f"{WEST}01", f"{EAST}02", None]
    assert division_locator(on=FIRST - DAY, district=DISTRICT) is None
    assert division_locator(on=SECOND, district="430304") is None


def test_a_division_without_a_digest_is_read_anew_every_time(divisions):
    Division.objects.update(digest="")
    longitude, latitude = corner(0.5, 0.5)
    assert Block.objects.locate(longitude=longitude, latitude=latitude, on=FIRST) is not None
    Block.objects.filter(code=f"{WEST}01").update(boundary=box(20, 20))
    assert Block.objects.locate(longitude=longitude, latitude=latitude, on=FIRST) is None


def test_names_come_from_the_community_unless_the_file_gives_one():
    make_areas()
    rows = quarters()
    rows[1]["properties"]["name"] = " 关圣殿片区 "
    make_division(rows)
    names = dict(Block.objects.values_list("code", "name"))
    assert names[f"{WEST}01"] == "雨湖路社区第1区块"
    assert names[f"{WEST}02"] == "关圣殿片区"
    assert names[f"{EAST}04"] == "红星村第4区块"
    assert str(Block.objects.get(code=f"{WEST}01")) == "雨湖路社区第1区块"


@pytest.mark.parametrize(
    ("committee", "place"),
    [
        ("雨湖路社区居委会", "雨湖路社区"),
        ("雨湖路社区居民委员会", "雨湖路社区"),
        ("红星村村委会", "红星村"),
        ("红星村村民委员会", "红星村"),
        ("先锋集团家属村村委会", "先锋集团家属村"),
        ("雨湖路社区", "雨湖路社区"),
        ("居委会", "居委会"),
    ],
)
def test_a_place_is_named_without_its_committee(committee, place):
    assert Community(name=committee).place_name == place


def test_areas_are_open_to_whoever_holds_a_post_and_closed_to_others(divisions):
    for queryset in (District.objects, Street.objects, Community.objects, Division.objects, Block.objects):
        assert queryset.within(Scope.nothing()).count() == 0
        assert queryset.within(Scope(areas=frozenset({DISTRICT}), person=7)).count() == 0
        assert queryset.within(POSTED).count() == queryset.count() > 0


@pytest.mark.parametrize(
    ("code", "count"),
    [
        (DISTRICT, 8),
        (STREET, 8),
        (WEST, 4),
        (f"{WEST}01", 1),
        ("430302002", 0),
        ("", 0),
        ("43", 0),
        ("4303\x002", 0),
    ],
)
def test_blocks_of_an_area(divisions, code, count):
    assert Block.objects.in_force(FIRST).in_area(code).count() == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 8),
        ("  ", 8),
        ("雨湖路", 4),
        ("红星村第2", 1),
        ("第2区块", 2),
        (WEST, 4),
        (f"{EAST}03", 1),
        ("４３０３０２００１００１０１", 1),  # full-width digits, as Chinese keyboards write them
        ("%", 0),
        ("_", 0),
        ("没有", 0),
        ("雨湖\x00", 0),
        ("\ud800", 0),
        ("02001", 0),
        ("'; DROP TABLE", 0),
    ],
)
def test_search_finds_names_and_the_beginnings_of_codes(divisions, text, count):
    assert Block.objects.in_force(FIRST).search(text).count() == count


def test_a_list_with_its_parents_is_one_query_without_outlines(divisions, django_assert_num_queries):
    with django_assert_num_queries(1) as captured:
        for block in Block.objects.in_force(FIRST).with_parents().defer("boundary"):
            assert block.community.street.name
            assert block.division.number
            assert (block.street_code, block.district_code) == (STREET, DISTRICT)
    assert '"boundary"' not in captured.captured_queries[0]["sql"]


def test_the_map_is_a_feature_collection_of_the_division(divisions):
    found = json.loads(divisions[0].feature_collection())
    assert found["type"] == "FeatureCollection"
    assert len(found["features"]) == 8
    assert found["features"][0] == {
        "type": "Feature",
        "properties": {
            "code": f"{WEST}01",
            "name": "雨湖路社区第1区块",
            "street": STREET,
            "community": WEST,
            "number": 1,
            "households": 350,
            "centroid": list(corner(0.5, 0.5)),
            "source": "demo",
        },
        "geometry": box(0, 0),
    }


def test_the_map_of_a_street_holds_its_blocks_only(divisions):
    assert len(json.loads(divisions[0].feature_collection(STREET))["features"]) == 8
    for other in ("430302002", "4303020", WEST, "\x00"):
        assert json.loads(divisions[0].feature_collection(other))["features"] == []


def test_the_map_is_made_once_per_content(
    divisions, django_assert_num_queries, django_assert_max_num_queries
):
    first = divisions[0].feature_collection()
    with django_assert_num_queries(0):
        assert divisions[0].feature_collection() == first
    assert divisions[1].feature_collection() != first


def test_the_digest_changes_with_anything_that_a_map_shows(divisions):
    rows = quarters()
    digests = {division.digest for division in divisions}
    changes: list[dict[str, Any]] = [{"households": 351}, {"name": "新名"}, {"number": 9}]
    for number, change in enumerate(changes, start=1):
        changed = [feature(rows[0]["properties"]["code"], rows[0]["geometry"], **change), *rows[1:]]
        digests.add(make_division(changed, on=SECOND + number * DAY).digest)
    digests.add(make_division(halves()[:2] + quarters()[4:], on=SECOND + 9 * DAY).digest)
    assert len(digests) == 6
    assert make_division(quarters(), on=SECOND + 10 * DAY).digest == divisions[0].digest


def test_the_demo_district_is_complete_and_every_block_finds_itself():
    load_areas(actor=ACTOR, at=AT)
    make_division(demo_blocks())
    counts = [model.objects.count() for model in (District, Street, Community, Division, Block)]
    assert counts == [1, 8, 51, 1, 326]
    assert sum(Block.objects.values_list("households", flat=True)) == 113_631
    for block in Block.objects.defer("boundary"):
        found = Block.objects.locate(longitude=block.centroid[0], latitude=block.centroid[1], on=FIRST)
        assert found == block
    assert not Community.objects.filter(blocks=None).exists()


def test_finding_costs_the_same_for_8_blocks_and_for_326(divisions):
    longitude, latitude = corner(0.5, 0.5)
    with CaptureQueriesContext(connection) as few:
        Block.objects.locate(longitude=longitude, latitude=latitude, on=SECOND)
    load_areas(actor=ACTOR, at=AT)
    make_division(demo_blocks(), on=SECOND + DAY)
    block = Block.objects.in_force(SECOND + DAY).first()
    with CaptureQueriesContext(connection) as many:
        Block.objects.locate(longitude=block.centroid[0], latitude=block.centroid[1], on=SECOND + DAY)
    assert 2 <= len(many) <= len(few) <= 3
