"""A small district for the tests: one street, two communities of 2 × 2 squares each, made the short way."""

import datetime as dt
import json
from typing import Any

from blocks.actions import DATA, ImportReport, import_division
from blocks.models import Block, Community, District, Division, Street
from yuhu.journal.actions import Actor

ACTOR = Actor(id=1, name="王敏", post="system_admin")
AT = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
FIRST = dt.date(2022, 1, 1)
SECOND = dt.date(2023, 7, 1)

DISTRICT, STREET = "430302", "430302001"
WEST, EAST = "430302001001", "430302001002"
# The south-west corner of the district, and the side of a block: about 1 km.
LONGITUDE, LATITUDE, SIDE = 112.0, 27.0, 0.01


def corner(column: float, row: float) -> tuple[float, float]:
    """The point ``column`` blocks east and ``row`` blocks north of the south-west corner."""
    return round(LONGITUDE + column * SIDE, 6), round(LATITUDE + row * SIDE, 6)


def box(column: float, row: float, width: float = 1, height: float = 1) -> dict[str, Any]:
    """A rectangle in units of blocks."""
    west, south = corner(column, row)
    east, north = corner(column + width, row + height)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(code: Any, geometry: Any, **properties: Any) -> dict[str, Any]:
    """A GeoJSON feature of a block with 350 households."""
    return {
        "type": "Feature",
        "properties": {"code": code, "households": 350, **properties},
        "geometry": geometry,
    }


def quarters() -> list[dict[str, Any]]:
    """Eight blocks: four in each community, numbered from the south-west, eastwards first."""
    return [
        feature(f"{community}{number:02}", box(start + column, row), number=number)
        for community, start in ((WEST, 0), (EAST, 2))
        for number, (column, row) in enumerate(((0, 0), (1, 0), (0, 1), (1, 1)), start=1)
    ]


def halves() -> list[dict[str, Any]]:
    """The next division: two blocks in each community, each a full row."""
    return [
        feature(f"{community}{row + 1:02}", box(start, row, 2))
        for community, start in ((WEST, 0), (EAST, 2))
        for row in (0, 1)
    ]


def make_areas() -> District:
    """District, street and two communities with outlines."""
    district = District.objects.create(code=DISTRICT, name="雨湖区", source="standard")
    street = Street.objects.create(code=STREET, district=district, name="雨湖路街道", source="standard")
    for code, name, start in ((WEST, "雨湖路社区居委会", 0), (EAST, "红星村村委会", 2)):
        outline = box(start, 0, 2, 2)
        Community.objects.create(code=code, street=street, name=name, source="standard", boundary=outline)
    return district


def attempt(features: list[Any], *, on: dt.date = FIRST, **options: Any) -> ImportReport:
    """Import, whatever comes of it."""
    return import_division(
        district_code=DISTRICT,
        features=features,
        effective_from=on,
        source="demo",
        actor=ACTOR,
        at=AT,
        **options,
    )


def make_division(features: list[Any] | None = None, *, on: dt.date = FIRST) -> Division:
    """Import, and expect it to succeed."""
    report = attempt(quarters() if features is None else features, on=on)
    assert report.ok, report.errors
    assert report.division is not None
    return report.division


def block_row(division: Division, code: str, **values: Any) -> Block:
    """A block that is not saved and asks nobody whether it is right."""
    usual = {
        "community_id": code[:12],
        "number": 1,
        "name": "区块",
        "households": 350,
        "boundary": box(0, 0),
        "centroid_longitude": LONGITUDE,
        "centroid_latitude": LATITUDE,
        "source": "demo",
    }
    return Block(division=division, code=code, **(usual | values))


def demo_blocks() -> list[dict[str, Any]]:
    """The 326 features that the project ships."""
    features: list[dict[str, Any]] = json.loads((DATA / "blocks.geojson").read_text(encoding="utf-8"))[
        "features"
    ]
    return features
