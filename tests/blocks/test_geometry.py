"""Outlines are read, judged and mended; overlaps and gaps are found. Pure: no database."""

import math

import pytest
import shapely
from shapely.geometry import box, shape

from blocks.geometry import BadGeometry, Locator, audit, mend, read_polygons
from blocks.geometry.shapes import flaw, label_point, square_metres

SQUARE = [[112.0, 27.0], [112.1, 27.0], [112.1, 27.1], [112.0, 27.1], [112.0, 27.0]]
BOW_TIE = [[112.0, 27.0], [112.1, 27.1], [112.1, 27.0], [112.0, 27.1], [112.0, 27.0]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.mark.parametrize(
    ("code", "geometry"),
    [
        ("missing", None),
        ("missing", {}),
        ("unreadable", "POLYGON((0 0,1 1,1 0,0 0))"),
        ("not_polygon", {"type": "Point", "coordinates": [112.0, 27.0]}),
        ("not_polygon", {"type": "LineString", "coordinates": SQUARE}),
        ("not_polygon", {"type": ["Polygon"], "coordinates": [SQUARE]}),
        ("not_polygon", {"coordinates": [SQUARE]}),
        ("unreadable", {"type": "Polygon"}),
        ("unreadable", polygon()),
        ("unreadable", polygon([])),
        ("unreadable", polygon(SQUARE[:3])),
        ("unreadable", polygon(SQUARE[:4])),
        ("unreadable", polygon("SQUARE")),
        ("unreadable", polygon([*SQUARE[:2], ["112.1", "27.1"], *SQUARE[3:]])),
        ("unreadable", polygon([*SQUARE[:2], [112.1], *SQUARE[3:]])),
        ("unreadable", polygon([*SQUARE[:2], [True, False], *SQUARE[3:]])),
        ("unreadable", polygon([*SQUARE[:2], None, *SQUARE[3:]])),
        ("unreadable", {"type": "MultiPolygon", "coordinates": [SQUARE]}),
        ("outside_range", polygon([*SQUARE[:2], [math.nan, 27.1], *SQUARE[3:]])),
        ("outside_range", polygon([*SQUARE[:2], [math.inf, 27.1], *SQUARE[3:]])),
        ("outside_range", polygon([[y, x] for x, y in SQUARE])),
        ("outside_range", polygon([[x * 111_320, y * 111_320] for x, y in SQUARE])),
    ],
)
def test_what_is_no_area_in_degrees_is_refused_with_a_reason(code, geometry):
    with pytest.raises(BadGeometry) as caught:
        read_polygons(geometry)
    assert caught.value.code == code


def test_heights_are_dropped_and_holes_kept():
    hole = [[112.04, 27.04], [112.06, 27.04], [112.06, 27.06], [112.04, 27.06], [112.04, 27.04]]
    found = read_polygons(polygon([[*position, 50.0] for position in SQUARE], hole))
    assert not found.has_z
    assert found.equals(shape(polygon(SQUARE, hole)))


def test_mending_leaves_a_sound_outline_alone():
    assert mend(polygon(SQUARE)) == (polygon(SQUARE), "")


def test_mending_a_crossing_outline_gives_a_sound_one_and_says_where_it_crossed():
    mended, note = mend(polygon(BOW_TIE))
    assert flaw(shape(mended)) == ""
    assert "112.05 27.05" in note
    assert mended["type"] == "MultiPolygon"
    assert shape(mended).area == pytest.approx(0.005)


def test_mending_drops_the_spike_and_keeps_the_area():
    spike = [*SQUARE[:3], [112.05, 27.1], [112.05, 27.5], [112.05, 27.1], *SQUARE[3:]]
    mended, note = mend(polygon(spike))
    assert note
    assert shape(mended).equals(shape(polygon(SQUARE)))


def test_mending_joins_parts_that_lie_on_each_other():
    twice = {"type": "MultiPolygon", "coordinates": [[SQUARE], [[[x + 0.05, y] for x, y in SQUARE]]]}
    mended, note = mend(twice)
    assert note
    assert shape(mended).area == pytest.approx(0.015)


def test_mending_is_stable():
    mended, _ = mend(polygon(BOW_TIE))
    assert mend(mended) == (mended, "")


def test_nothing_can_be_made_of_an_outline_without_area():
    flat = [[112.0, 27.0], [112.1, 27.1], [112.2, 27.2], [112.0, 27.0]]
    with pytest.raises(BadGeometry, match="empty"):
        mend(polygon(flat))


def test_the_label_of_a_crescent_lies_inside_although_its_centroid_does_not():
    crescent = shapely.Point(112, 27).buffer(0.1).difference(shapely.Point(112.03, 27).buffer(0.1))
    assert not crescent.contains(crescent.centroid)
    assert crescent.contains(shapely.Point(*label_point(crescent)))


def test_a_square_of_a_hundredth_degree_has_about_a_square_kilometre_here():
    assert square_metres(box(112.9, 27.86, 112.91, 27.87)) == pytest.approx(1_095_500, rel=0.005)


def test_a_coverage_has_no_findings():
    assert audit({"a": box(0, 0, 1, 1), "b": box(1, 0, 2, 1)}) == []
    assert audit({}) == []


def test_overlaps_and_gaps_are_found_with_their_neighbours_and_their_size():
    areas = {"c": box(0, 1, 2, 2), "a": box(0, 0, 1, 1), "b": box(0.9, 0, 2, 0.5)}
    overlap, gap = audit(areas, box(0, 0, 2, 2))
    assert (overlap.kind, overlap.keys) == ("overlap", ("a", "b"))
    assert overlap.shape.area == pytest.approx(0.05)
    assert (gap.kind, gap.keys) == ("gap", ("a", "b", "c"))
    assert gap.shape.area == pytest.approx(0.5)
    assert gap.square_metres == pytest.approx(0.5 * 111_320**2, rel=0.001)


@pytest.mark.parametrize(
    "areas, part",
    [
        ([box(0, 0, 1, 2), box(1, 0, 2, 2)], 1),
        ([box(0, 0, 1, 2), box(1, 0, 2, 1)], 0.75),
        ([box(0, 0, 1.5, 2), box(0.5, 0, 2, 2)], 0.5),
        ([box(0, 0, 2, 2), box(0, 0, 2, 2), box(0, 0, 2, 2)], 0),
        ([box(0, 0, 2, 2), box(0, 0, 1, 1), box(0, 0, 1, 2), box(1, 1, 3, 3)], 0.25),
        ([box(5, 5, 6, 6)], 0),
        ([box(-9, -9, 9, 9)], 1),
    ],
)
def test_ground_counts_that_lies_in_exactly_one_area(areas: list[shapely.Polygon], part: float):
    locator = Locator((number, shape.__geo_interface__) for number, shape in enumerate(areas))
    assert locator.lies_in_one(box(0, 0, 2, 2)) == pytest.approx(part)


def test_an_area_inside_another_is_an_overlap():
    findings = audit({1: box(0, 0, 1, 1), 2: box(0.4, 0.4, 0.6, 0.6)})
    assert [(finding.kind, finding.keys) for finding in findings] == [("overlap", (1, 2))]


def test_without_an_outline_a_gap_is_what_the_areas_enclose():
    ring = box(0, 0, 3, 3).difference(box(1, 1, 2, 2))
    (gap,) = audit({1: ring})
    assert gap.shape.equals(box(1, 1, 2, 2))
    assert audit({1: ring, 2: box(1, 1, 2, 2)}) == []


def test_slivers_of_rounding_are_no_findings():
    thin = 5e-6
    assert audit({1: box(0, 0, 1, 1), 2: box(1 - thin, 0, 2, 1)}) == []
    assert audit({1: box(0, 0, 1, 1), 2: box(1 + thin, 0, 2, 1)}, box(0, 0, 2, 1)) == []
    assert len(audit({1: box(0, 0, 1, 1), 2: box(1 - 4 * thin, 0, 2, 1)})) == 1
