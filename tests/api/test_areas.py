"""Streets, communities, blocks, their people, the block of a point, the map; units, lists, categories, services."""

import datetime as dt
import gzip
import json

import pytest

from blocks.models import Block, District
from staffing.actions import appoint, relieve
from staffing.models import Tenure
from tests.api.callers import Caller, errors
from tests.services.makers import loaded
from tests.world import AT, OTHER_STREET, START, STREET, World
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock

pytestmark = pytest.mark.django_db


def test_streets_tell_code_name_and_district(me):
    streets = me.results("streets/")
    assert len(streets) == 8
    assert streets[0]["code"] == STREET
    assert streets[0]["name"] == "雨湖路街道"
    assert streets[0]["district"] == "430302"


def test_a_street_is_found_by_part_of_its_name_and_by_the_beginning_of_its_code(me):
    assert [row["code"] for row in me.results("streets/", q="雨湖路")] == [STREET]
    assert [row["code"] for row in me.results("streets/", q=STREET)] == [STREET]


def test_communities_of_a_street_carry_their_parents_codes(me):
    rows = me.results("communities/", street=STREET)
    assert rows
    assert {(row["street"], row["district"]) for row in rows} == {(STREET, "430302")}
    assert all(row["code"].startswith(STREET) for row in rows)


def test_all_326_blocks_come_in_pages_without_gaps_or_repeats(me):
    codes = [row["code"] for row in me.results("blocks/", page_size=100)]
    assert codes == sorted(codes)
    assert len(set(codes)) == len(codes) == 326


def test_a_block_tells_households_version_and_centre(me, world: World):
    row = me.get("blocks/", q=world.b1.code).json()["results"][0]
    assert (row["code"], row["number"], row["version"]) == (world.b1.code, 1, 1)
    assert row["households"] == world.b1.households
    assert row["centroid"] == [world.b1.centroid_longitude, world.b1.centroid_latitude]
    assert (row["community"], row["street"], row["district"]) == ("430302001001", STREET, "430302")


def test_blocks_are_narrowed_by_street_community_and_day(me):
    assert {row["street"] for row in me.results("blocks/", street=OTHER_STREET)} == {OTHER_STREET}
    assert {row["community"] for row in me.results("blocks/", community="430302001001")} == {"430302001001"}
    assert me.results("blocks/", on="2021-12-31") == []
    assert len(me.results("blocks/", on="2022-01-01", page_size=200)) == 326


def test_the_detail_of_a_block_brings_its_outline_and_its_people_without_phones(me, world: World):
    world.governor.phone = "13912345678"
    world.governor.save()
    answer = me.get(f"blocks/{world.b1.code}/")
    block = answer.json()
    assert block["boundary"] == world.b1.boundary
    assert block["roster"]["governor"] == {"id": world.governor.pk, "name": "高志远"}
    assert block["roster"]["supervisor"]["name"] == "简德"
    assert [(one["kind"], one["name"]) for one in block["roster"]["assistants"]] == [
        ("liaison_cadre", "连城"),
        ("resident_representative", "谢芳"),
    ]
    assert "13912345678" not in answer.content.decode()


def test_vacant_posts_and_acting_people_are_told_apart(as_, world: World):
    me = as_("supervisor")
    today = clock.today()
    relieve(block=world.b1, post=Tenure.Seat.GOVERNOR, starts_on=today, at=AT, actor=SYSTEM)
    appoint(
        block=world.b1,
        post=Tenure.Seat.ACTING_GOVERNOR,
        holder=world.stand_in,
        starts_on=today,
        at=AT,
        actor=SYSTEM,
    )
    roster = me.get(f"blocks/{world.b1.code}/").json()["roster"]
    assert roster["governor"] is None
    assert roster["acting_governor"]["name"] == "戴班"
    yesterday = me.get(f"blocks/{world.b1.code}/", on=str(today - dt.timedelta(days=1))).json()["roster"]
    assert yesterday["governor"]["name"] == "高志远"
    assert yesterday["acting_governor"] is None


def test_a_code_that_no_block_bears_is_not_found(me, world: World):
    assert errors(me.get("blocks/43030200100199/")) == [("block_unknown", None)]
    assert me.get(f"blocks/{world.b1.code}/", on="2021-01-01").status_code == 404


def test_a_point_finds_its_block(me, world: World):
    longitude, latitude = world.b9.centroid
    answer = me.get("blocks/locate/", longitude=longitude, latitude=latitude)
    assert answer.json()["code"] == world.b9.code


def test_a_point_outside_every_block_is_not_found_and_says_so(me):
    answer = me.get("blocks/locate/", longitude=116.39, latitude=39.9)
    assert answer.status_code == 404
    assert errors(answer) == [("outside", None)]


@pytest.mark.parametrize(
    "point, fields",
    [
        ({}, {"longitude", "latitude"}),
        ({"longitude": "112.9"}, {"latitude"}),
        ({"longitude": "east", "latitude": "27.8"}, {"longitude"}),
        ({"longitude": "NaN", "latitude": "27.8"}, {"longitude"}),
        ({"longitude": "1e400", "latitude": "27.8"}, {"longitude"}),
        ({"longitude": "181", "latitude": "-91"}, {"longitude", "latitude"}),
    ],
)
def test_a_point_that_is_none_is_refused_by_field(me, point, fields):
    answer = me.get("blocks/locate/", **point)
    assert answer.status_code == 400
    assert {attr for _code, attr in errors(answer)} == fields


def test_the_map_is_geojson_that_is_asked_for_again_only_when_the_division_changed(me):
    answer = me.get("blocks.geojson", street=STREET)
    assert answer["Content-Type"] == "application/geo+json"
    features = answer.json()["features"]
    assert {feature["properties"]["street"] for feature in features} == {STREET}
    assert len(me.get("blocks.geojson").json()["features"]) == 326
    again = me.get("blocks.geojson", street=STREET, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = me.get("blocks.geojson", street=OTHER_STREET, headers={"If-None-Match": answer["ETag"]})
    assert other.status_code == 200


def test_the_map_travels_compressed_and_the_weakened_tag_still_counts(me):
    answer = me.get("blocks.geojson", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < 300_000
    again = me.get("blocks.geojson", headers={"Accept-Encoding": "gzip", "If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_the_map_is_compressed_once_and_not_by_the_middleware_again(me, monkeypatch):
    packed = me.get("blocks.geojson", headers={"Accept-Encoding": "gzip"})
    monkeypatch.setattr(
        "blocks.querysets.gzip.compress", lambda *_content, **_how: pytest.fail("packed again")
    )
    monkeypatch.setattr(
        "django.middleware.gzip.compress_string", lambda *_content, **_how: pytest.fail("twice")
    )
    again = me.get("blocks.geojson", headers={"Accept-Encoding": "gzip"})
    assert again.content == packed.content
    plain = me.get("blocks.geojson", headers={"Accept-Encoding": "identity"})
    assert gzip.decompress(again.content) == plain.content
    assert again["ETag"] == f"W/{plain['ETag']}"
    assert "Accept-Encoding" in again["Vary"]
    assert "Accept-Encoding" in plain["Vary"]


def test_the_map_of_a_street_that_is_no_code_is_refused(me):
    assert errors(me.get("blocks.geojson", street="yuhulu")) == [("invalid", "street")]
    assert errors(me.get("blocks.geojson", on="2022-01-01")) == [("unknown_filter", "on")]


def test_units_tell_kind_street_and_parent(me):
    offices = me.results("units/", street=STREET, kind="office")
    assert len(offices) == 12
    office = next(row for row in offices if row["code"] == f"{STREET}-city_management_office")
    assert (office["kind"], office["street"]) == ("office", STREET)
    assert office["parent"]
    assert [row["code"] for row in me.results("units/", q="市场监督管理局", kind="department")] == [
        "430302-D03"
    ]


def test_the_six_lists_and_their_items(me):
    lists = {row["kind"]: row for row in me.results("duty-lists/")}
    assert len(lists) == 6
    assert lists["responsibility"]["version"] == 1
    assert lists["responsibility"]["effective_from"] == "2022-01-01"
    assert lists["responsibility"]["published_at"].endswith("Z")
    items = me.results(f"duty-lists/{lists['cooperation']['id']}/items/")
    assert len(items) == 21
    assert [item["number"] for item in items] == sorted(item["number"] for item in items)
    first = next(item for item in items if item["code"] == "C0201")
    assert first["lead_unit"] == "430302-D01"
    assert {"code", "category", "name", "lead_unit", "platform"} <= set(first)


def test_lists_by_kind_and_day(me):
    assert [row["kind"] for row in me.results("duty-lists/", kind="negative")] == ["negative"]
    assert me.results("duty-lists/", on="2021-12-31") == []
    assert errors(me.get("duty-lists/", kind="wishes"))[0][1] == "kind"
    assert me.get("duty-lists/999999/items/").status_code == 404


def test_categories_tell_path_severity_limit_and_item(me):
    rows = {row["code"]: row for row in me.results("categories/", page_size=200)}
    assert len(rows) == 72
    garbage = rows["0101"]
    assert (garbage["name"], garbage["parent"], garbage["path"]) == ("暴露垃圾", "01", "front_end")
    assert garbage["time_limit"] == {"amount": 4, "unit": "working_hour"}
    assert (garbage["severity"], garbage["duty_item"]) == ("low", "R1101")
    assert rows["01"]["time_limit"] is None


def test_categories_are_found_by_branch_name_and_alias(me):
    assert {row["parent"] for row in me.results("categories/", parent="02")} == {"02"}
    assert "0101" in [row["code"] for row in me.results("categories/", q="暴露垃圾")]
    alias = next(row for row in me.results("categories/", page_size=200) if row["aliases"])
    assert alias["code"] in [row["code"] for row in me.results("categories/", q=alias["aliases"][0])]


def test_the_18_service_items_with_materials_and_limits(me):
    loaded()
    items = me.results("service-items/")
    assert len(items) == 18
    first = items[0]
    assert first["materials"]
    assert set(first["promised_limit"]) == {"amount", "unit"}
    assert first["code"] in {row["code"] for row in me.results("service-items/", q=first["name"])}
    assert {row["domain"] for row in me.results("service-items/", domain=first["domain"])} == {
        first["domain"]
    }
    assert me.results("service-items/", on="2021-12-31") == []


def test_nothing_is_there_before_the_areas_are_loaded(db):
    from staffing.models import Membership, Unit, User

    District.objects.create(code="430302", name="雨湖区", source="standard")
    unit = Unit.objects.create(code="430302", name="雨湖区", kind="district", district_id="430302")
    user = User.objects.create_user("first", name="初")
    Membership.objects.create(unit=unit, user=user, role="leader", starts_on=START)
    me = Caller(user)
    assert me.results("blocks/") == []
    assert me.get("blocks.geojson").json() == {"type": "FeatureCollection", "features": []}
    assert me.get("blocks/locate/", longitude=112.9, latitude=27.87).status_code == 404
    assert Block.objects.count() == 0


def test_the_map_holds_the_outlines_that_are_stored(me, world: World):
    features = me.get("blocks.geojson", street=STREET).json()["features"]
    found = next(one for one in features if one["properties"]["code"] == world.b1.code)
    assert json.loads(json.dumps(found["geometry"])) == world.b1.boundary
