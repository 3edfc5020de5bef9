"""Importing a division: every error by row, all or nothing, journaled, dry run through the same code."""

import copy
import datetime as dt
import math

import pytest
from django.utils import translation

from blocks.actions import import_division, load_areas
from blocks.exceptions import ImplausibleDate, NotLater, UnknownDistrict, UnreadableFile
from blocks.geometry.features import read_collection
from blocks.models import Block, Community, District, Division, Street
from tests.blocks.places import (
    ACTOR,
    AT,
    DISTRICT,
    EAST,
    FIRST,
    SECOND,
    STREET,
    WEST,
    attempt,
    box,
    demo_blocks,
    feature,
    halves,
    make_areas,
    make_division,
    quarters,
)
from yuhu.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def areas():
    make_areas()


def changed(row: int, geometry=..., **properties):
    """The eight blocks, one row (from 1) changed; a property of ``...`` is left out."""
    rows = copy.deepcopy(quarters())
    found = rows[row - 1]
    for name, value in properties.items():
        if value is ...:
            del found["properties"][name]
        else:
            found["properties"][name] = value
    if geometry is not ...:
        found["geometry"] = geometry
    return rows


def findings(report) -> list[tuple[int, str]]:
    return [(error.row, error.code) for error in report.errors]


BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[112.01, 27.0], [112.02, 27.01], [112.02, 27.0], [112.01, 27.01], [112.01, 27.0]]],
}


@pytest.mark.parametrize(
    ("code", "properties"),
    [
        ("code_invalid", {"code": f"{WEST}2"}),
        ("code_invalid", {"code": f"{WEST}0x"}),
        ("code_invalid", {"code": f"{WEST}02\n"}),
        ("code_invalid", {"code": "４３０３０２００１００１０２"}),
        ("code_invalid", {"code": None}),
        ("code_invalid", {"code": ...}),
        ("code_invalid", {"code": ["43030200100102"]}),
        ("code_invalid", {"code": True}),
        ("code_not_nested", {"community": EAST}),
        ("code_not_nested", {"community": None}),
        ("code_other_district", {"code": "43030400100102"}),
        ("community_unknown", {"code": "43030200100902"}),
        ("code_duplicate", {"code": f"{WEST}01"}),
        ("number_duplicate", {"number": 1}),
        ("number_invalid", {"number": 0}),
        ("number_invalid", {"number": 2.5}),
        ("number_invalid", {"number": "2"}),
        ("number_invalid", {"number": 1000}),
        ("number_invalid", {"number": True}),
        ("households_invalid", {"households": -1}),
        ("households_invalid", {"households": ...}),
        ("households_invalid", {"households": "350"}),
        ("households_invalid", {"households": 350.5}),
        ("households_invalid", {"households": math.nan}),
        ("households_invalid", {"households": math.inf}),
        ("households_invalid", {"households": 10**30}),
        ("name_invalid", {"name": "名" * 81}),
        ("name_invalid", {"name": "名\x00"}),
        ("name_invalid", {"name": 7}),
    ],
)
def test_a_wrong_property_is_an_error_in_its_row(code, properties):
    report = attempt(changed(2, **properties))
    assert (2, code) in findings(report)
    assert {row for row, _ in findings(report)} == {2}
    assert report.division is None
    assert not Division.objects.exists()


@pytest.mark.parametrize(
    ("code", "geometry"),
    [
        ("geometry_missing", None),
        ("geometry_not_polygon", {"type": "Point", "coordinates": [112.0, 27.0]}),
        ("geometry_unreadable", {"type": "Polygon", "coordinates": [[[112.0, 27.0]]]}),
        ("geometry_unreadable", "POLYGON"),
        ("geometry_outside_range", {"type": "Polygon", "coordinates": [[[27.0, 112.0]] * 4]}),
        ("geometry_invalid", BOW_TIE),
        ("geometry_invalid", {"type": "Polygon", "coordinates": [[[112.0, 27.0]] * 4]}),
        ("overlap", box(0.5, 0, 1.5)),
    ],
)
def test_a_wrong_outline_is_an_error_in_its_row(code, geometry):
    report = attempt(changed(2, geometry))
    assert findings(report) == [(2, code)]
    assert not Block.objects.exists()


@pytest.mark.parametrize("thing", [None, 7, "x", [], {}, {"properties": None}, {"properties": []}])
def test_what_is_no_feature_is_an_error_in_its_row(thing):
    assert findings(attempt([*quarters()[:2], thing, *quarters()[3:]])) == [(3, "feature_invalid")]


def test_a_file_without_rows_is_an_error_of_the_file():
    assert findings(attempt([])) == [(0, "empty")]


def test_all_errors_are_told_at_once_in_the_order_of_the_rows():
    rows = changed(7, box(2.5, 0), households=-5)
    rows[1]["properties"]["code"] = "x"
    rows[3]["geometry"] = None
    report = attempt(rows)
    assert report.rows == 8
    assert findings(report) == [
        (2, "code_invalid"),
        (4, "geometry_missing"),
        (7, "households_invalid"),
        (7, "overlap"),
        (7, "overlap"),
    ]
    assert not Division.objects.exists()
    assert not Entry.objects.exists()


def test_an_error_names_the_other_row_and_the_size():
    with translation.override("en"):
        (error,) = attempt(changed(2, box(0.5, 0, 1.5))).errors
    assert f"{WEST}01 (row 1)" in error.message
    assert "m²" in error.message
    assert "%(" not in error.message


def test_codes_and_numbers_that_a_drawing_program_turned_into_numbers_are_read():
    rows = changed(2, code=int(f"{WEST}02"), households=347.0, community=int(WEST))
    make_division(rows)
    assert Block.objects.get(code=f"{WEST}02").households == 347


def test_without_a_number_the_last_two_digits_of_the_code_count():
    make_division(changed(2, number=...))
    assert Block.objects.get(code=f"{WEST}02").number == 2


def test_slivers_of_rounding_between_neighbours_are_accepted():
    assert attempt(changed(2, box(0.9998, 0, 1.0002))).ok  # 0.2 m
    assert not attempt(changed(2, box(0.99, 0, 1.01)), on=SECOND).ok  # 10 m


def test_gaps_parts_and_empty_communities_are_warnings_and_no_errors():
    lower, upper = box(0, 1, 1, 0.5), box(0, 1.6, 1, 0.4)
    parts = {"type": "MultiPolygon", "coordinates": [lower["coordinates"], upper["coordinates"]]}
    report = attempt(changed(3, parts)[:4])
    assert report.ok
    found = [(warning.row, warning.code) for warning in report.warnings]
    # The whole of the eastern community lies open beside block 2, a strip of 100 m inside block 3.
    assert found == [(0, "community_empty"), (2, "gap"), (3, "several_parts"), (3, "gap")]
    assert EAST in report.warnings[0].message


def test_a_block_that_leaves_its_community_is_a_warning():
    rows = [*quarters()[:4], feature(f"{EAST}01", box(2, 0, 2.5, 2))]
    report = attempt(rows)
    assert [(warning.row, warning.code) for warning in report.warnings] == [(5, "outside_community")]


def test_communities_without_an_outline_are_not_asked_about_gaps():
    Community.objects.update(boundary=None)
    report = attempt(quarters()[:3] + quarters()[4:])
    assert report.ok
    assert report.warnings == ()


def test_the_demo_division_has_nothing_to_look_at():
    load_areas(actor=ACTOR, at=AT)
    report = attempt(demo_blocks())
    assert report.ok
    assert report.warnings == ()


def test_an_import_is_one_entry_in_the_journal():
    division = make_division()
    entry = Entry.objects.get()
    assert (entry.kind, entry.subject_type, entry.subject_id) == (
        "division.imported",
        "division",
        str(division.pk),
    )
    assert (entry.area, entry.actor_name, entry.at) == (DISTRICT, ACTOR.name, AT)
    assert entry.data == {
        "number": 1,
        "blocks": 8,
        "effective_from": "2022-01-01",
        "source": "demo",
        "digest": division.digest,
    }


def test_a_dry_run_finds_everything_and_keeps_nothing():
    report = attempt(quarters(), dry_run=True)
    assert report.ok
    assert report.rows == 8
    assert report.division is None
    for model in (Division, Block, Entry):
        assert not model.objects.exists()
    assert findings(attempt(changed(2, households=-1), dry_run=True)) == [(2, "households_invalid")]


def test_after_a_dry_run_the_same_import_succeeds():
    attempt(quarters(), dry_run=True)
    assert make_division().number == 1


def test_a_failure_while_writing_leaves_nothing(monkeypatch):
    def fail(**_):
        raise RuntimeError("the journal is full")

    monkeypatch.setattr("blocks.actions.divisions.record", fail)
    with pytest.raises(RuntimeError):
        attempt(quarters())
    assert not Division.objects.exists()
    assert not Block.objects.exists()


def test_the_old_division_stays_as_it_was():
    first = make_division()
    before = list(first.blocks.order_by("code").values())
    second = make_division(halves(), on=SECOND)
    assert (first.number, second.number) == (1, 2)
    assert list(first.blocks.order_by("code").values()) == before


@pytest.mark.parametrize("days", [0, -1, -400])
def test_a_division_cannot_begin_before_the_last_one(days):
    make_division()
    with pytest.raises(NotLater) as caught:
        attempt(halves(), on=FIRST + dt.timedelta(days=days))
    assert caught.value.status == 409
    assert Division.objects.count() == 1


def test_a_slip_in_the_year_is_refused():
    with pytest.raises(ImplausibleDate):
        attempt(quarters(), on=dt.date(22, 1, 1))


def test_an_unknown_district_is_refused():
    with pytest.raises(UnknownDistrict) as caught:
        import_division(
            district_code="430304",
            features=quarters(),
            effective_from=FIRST,
            source="demo",
            actor=ACTOR,
            at=AT,
        )
    assert caught.value.status == 404


def test_blocks_of_another_district_cannot_slip_in():
    other = District.objects.create(code="430304", name="岳塘区", source="standard")
    street = Street.objects.create(code="430304001", district=other, name="x", source="standard")
    Community.objects.create(code="430304001001", street=street, name="x", source="standard")
    rows = [*quarters(), feature("43030400100101", box(9, 9))]
    assert findings(attempt(rows)) == [(9, "code_other_district")]
    assert Street.objects.filter(pk=STREET).exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"features": {}}',
        b'{"features": [',
        b"\xff\xfe",
        "雨湖".encode("gb18030"),
        b"PK\x03\x04",
        b"[" * 200_000,
    ],
    ids=lambda content: repr(content[:12]),
)
def test_what_is_no_geojson_is_refused_in_words(content):
    with pytest.raises(UnreadableFile):
        read_collection(content)


def test_a_byte_order_mark_does_no_harm_and_the_file_says_its_source():
    found = read_collection(b'\xef\xbb\xbf{"type": "FeatureCollection", "source": "demo", "features": [1]}')
    assert (found.features, found.source) == ([1], "demo")
