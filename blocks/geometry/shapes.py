"""One outline: reading it, judging it, mending it, its label point and its area.

Coordinates are degrees, longitude first, as in GeoJSON (RFC 7946). Leaves to others: many areas together (coverage).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from yuhu.kit.lazy import Library

if TYPE_CHECKING:
    import shapely
    from shapely.geometry import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry
else:
    shapely = Library("shapely")

GeoJSON = Mapping[str, Any]

METRES_PER_DEGREE = 111_320.0
# About a square metre, in square degrees: less is a line that was rounded.
LEAST_AREA = 1e-10
LONGITUDES, LATITUDES = (-180.0, 180.0), (-90.0, 90.0)


class BadGeometry(ValueError):
    """The geometry cannot be used. ``code`` says why, ``detail`` where."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(f"{code}: {detail}" if detail else code)


def read_polygons(geometry: object) -> "Polygon | MultiPolygon":
    """Read a GeoJSON Polygon or MultiPolygon of any origin; a height is dropped.

    Does not judge validity: an outline that crosses itself is returned as it is (see ``flaw`` and ``mend``).

    Raises:
        BadGeometry: ``missing``, ``not_polygon``, ``unreadable`` or ``outside_range`` (not degrees, or swapped).
    """
    if not geometry:
        raise BadGeometry("missing")
    if not isinstance(geometry, Mapping):
        raise BadGeometry("unreadable", type(geometry).__name__)
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Polygon":
        return _polygon(coordinates)
    if kind == "MultiPolygon":
        return shapely.MultiPolygon([_polygon(part) for part in _items(coordinates)])
    raise BadGeometry("not_polygon", str(kind)[:40])


def _polygon(rings: object) -> "Polygon":
    shell, *holes = [_ring(ring) for ring in _items(rings)]
    return shapely.Polygon(shell, holes)


def _ring(positions: object) -> list[tuple[float, float]]:
    ring = [_position(position) for position in _items(positions)]
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise BadGeometry(
            "unreadable", f"a ring of {len(ring)} points that is not closed or has fewer than 4"
        )
    return ring


def _position(position: object) -> tuple[float, float]:
    if not isinstance(position, Sequence) or len(position) < 2:
        raise BadGeometry("unreadable", str(position)[:60])
    for value in position[:2]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadGeometry("unreadable", str(position)[:60])
    if not on_earth(position[0], position[1]):
        raise BadGeometry("outside_range", str(position[:2])[:60])
    return float(position[0]), float(position[1])


def _items(value: object) -> Sequence[object]:
    if not isinstance(value, list | tuple) or not value:
        raise BadGeometry("unreadable", str(value)[:60])
    return value


def on_earth(longitude: float, latitude: float) -> bool:
    """Whether both are finite degrees in range. NaN and infinity are nowhere."""
    return LONGITUDES[0] <= longitude <= LONGITUDES[1] and LATITUDES[0] <= latitude <= LATITUDES[1]


def flaw(shape: "BaseGeometry") -> str:
    """What is wrong with an outline and where (GEOS's words), or the empty string."""
    if not shape.is_valid:
        return str(shapely.is_valid_reason(shape))
    return "" if shape.area > LEAST_AREA else "No area"


def mend(geometry: GeoJSON) -> tuple[dict[str, Any], str]:
    """Return the geometry made valid and a note of what was wrong; the note is empty if it was sound already.

    Published outlines cross or touch themselves where they were simplified. Rings are re-noded and only areas are
    kept; lines and points that fall out have no inside and are dropped.

    Raises:
        BadGeometry: unreadable, or no area is left.
    """
    shape: BaseGeometry = read_polygons(geometry)
    note = flaw(shape)
    if note:
        parts = shapely.get_parts(shapely.make_valid(shape, method="structure", keep_collapsed=False))
        shape = shapely.union_all([part for part in parts if part.geom_type in ("Polygon", "MultiPolygon")])
        if flaw(shape):
            raise BadGeometry("empty", note)
    return plain(shape), note


def plain(shape: "BaseGeometry") -> dict[str, Any]:
    """The shape as a GeoJSON geometry of lists, as the database stores and returns it."""
    found = shapely.geometry.mapping(shape)
    return {"type": found["type"], "coordinates": _lists(found["coordinates"])}


def _lists(value: Any) -> Any:
    return [_lists(item) for item in value] if isinstance(value, tuple | list) else value


def label_point(shape: "BaseGeometry") -> tuple[float, float]:
    """Longitude and latitude of the centroid, or of another point inside if the centroid falls outside the shape.

    Rounded to the recorded precision, since it is stored and shown.
    """
    point = shape.centroid
    if not shape.contains(point):
        point = shapely.point_on_surface(shape)
    return round(point.x, 6), round(point.y, 6)


def together(outlines: Iterable[GeoJSON]) -> "BaseGeometry":
    """Several outlines as one shape."""
    return shapely.union_all([read_polygons(outline) for outline in outlines])


def metres_to(shape: "BaseGeometry", longitude: float, latitude: float) -> float:
    """How far a point lies from the shape on the ground; 0 inside. Flat, as ``square_metres``."""
    scale = METRES_PER_DEGREE * math.cos(math.radians(latitude)), METRES_PER_DEGREE
    flat = shapely.transform(shape, lambda points: points * scale)
    return float(flat.distance(shapely.Point(longitude * scale[0], latitude * scale[1])))


def square_metres(shape: "BaseGeometry") -> float:
    """Area on the ground. The degree is taken as flat; over a district the error stays below 0.5%."""
    if shape.is_empty:
        return 0.0
    latitude = shape.centroid.y
    return float(shape.area) * METRES_PER_DEGREE**2 * math.cos(math.radians(latitude))
