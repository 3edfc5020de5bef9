"""Many areas together: which of them holds a point, where do they overlap, what do they leave out.

Leaves to others: the single outline (shapes), which division counts (querysets).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from blocks.geometry.shapes import GeoJSON, on_earth, read_polygons, square_metres
from yuhu.kit.lazy import Library

if TYPE_CHECKING:
    import numpy as np
    import shapely
    from shapely.geometry.base import BaseGeometry
else:
    np, shapely = Library("numpy"), Library("shapely")

# Borders are recorded to six decimals, so a point nearer to a border than that (0.1 m) lies on it.
PRECISION = 1e-6
# Overlaps and gaps thinner than this (about 1 m) come from rounding and are not worth a person's time.
SLIVER = 1e-5


class Key(Protocol):
    """What areas are told apart by: an id or a code. Keys are ordered, and the order decides on shared edges."""

    def __lt__(self, other: Any, /) -> bool: ...

    def __hash__(self) -> int: ...


K = TypeVar("K", bound=Key)


class Locator(Generic[K]):
    """Finds the area that holds a point, in memory.

    Every point has one answer at most, always the same: on a shared edge or corner the lowest key wins, whatever
    the order in which the areas were given.
    """

    def __init__(self, areas: Iterable[tuple[K, GeoJSON]]) -> None:
        known = sorted(areas, key=lambda area: area[0])
        self._keys: list[K] = [key for key, _ in known]
        self._tree = shapely.STRtree([read_polygons(geometry) for _, geometry in known])

    def __len__(self) -> int:
        return len(self._keys)

    def locate(self, longitude: float, latitude: float) -> K | None:
        """The key of the area at the point, or None: outside, not finite, or no place on earth.

        A point outside every area but within the recorded precision (0.1 m) of one lies on its border.
        """
        if not on_earth(longitude, latitude):
            return None
        point = shapely.Point(longitude, latitude)
        hits = self._tree.query(point, predicate="intersects")
        if not hits.size:
            hits = self._tree.query(point, predicate="dwithin", distance=PRECISION)
        # The tree holds the areas in the order of their keys: the lowest place is the lowest key.
        return self._keys[int(hits.min())] if hits.size else None

    def locate_many(self, points: Iterable[tuple[float, float]]) -> list[K | None]:
        """``locate`` for many points at once: the same answers, several times as fast."""
        pairs = np.asarray(list(points), dtype=float).reshape(-1, 2)
        answers: list[K | None] = [None] * len(pairs)
        usable = (np.abs(pairs[:, 0]) <= 180) & (np.abs(pairs[:, 1]) <= 90)
        open_ = np.flatnonzero(usable)
        for distance in (None, PRECISION):
            found = self._lowest(pairs[open_], distance)
            for place, hit in found.items():
                answers[int(open_[place])] = self._keys[hit]
            open_ = np.delete(open_, list(found))
        return answers

    def lies_in_one(self, outline: "BaseGeometry") -> float:
        """Which part of the outline, 0 to 1, lies in exactly one of the areas: not in two, not in none. Shapes must
        be valid; an edge that two areas share has no ground."""
        shapes = self._tree.geometries[self._tree.query(outline, predicate="intersects")]
        first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        pairs = first < second
        common = shapely.get_parts(shapely.intersection(shapes[first[pairs]], shapes[second[pairs]]))
        twice = shapely.union_all(common[shapely.get_dimensions(common) == 2])
        once = shapely.union_all(shapes).intersection(outline).difference(twice)
        return min(float(once.area / outline.area), 1.0)

    def _lowest(self, pairs: Any, distance: float | None) -> dict[int, int]:
        points = shapely.points(pairs)
        if distance is None:
            places, hits = self._tree.query(points, predicate="intersects")
        else:
            places, hits = self._tree.query(points, predicate="dwithin", distance=distance)
        lowest: dict[int, int] = {}
        for place, hit in zip(places.tolist(), hits.tolist(), strict=True):
            lowest[place] = min(hit, lowest.get(place, hit))
        return lowest


@dataclass(frozen=True)
class Finding(Generic[K]):
    """A place that lies in two areas (overlap) or in none (gap), with the keys of the areas concerned."""

    kind: str
    keys: tuple[K, ...]
    shape: "BaseGeometry"

    @property
    def square_metres(self) -> float:
        return square_metres(self.shape)


def audit(areas: "Mapping[K, BaseGeometry]", outline: "BaseGeometry | None" = None) -> list[Finding[K]]:
    """Overlaps and gaps of areas that should cover ``outline`` once, wider than ``SLIVER``; overlaps first.

    Without an outline, gaps are what the areas enclose. Shapes must be valid. A coverage whose edges all match
    cannot overlap, which GEOS proves in one pass; pairs are compared only if it does not.
    """
    keys = sorted(areas)
    shapes = [areas[key] for key in keys]
    if not shapes:
        return []
    overlaps = [] if shapely.coverage_is_valid(shapes) else _overlaps(keys, shapes)
    return overlaps + _gaps(keys, shapes, outline)


def _overlaps(keys: Sequence[K], shapes: "Sequence[BaseGeometry]") -> list[Finding[K]]:
    edges = shapely.coverage_invalid_edges(shapes)
    suspects = [place for place, edge in enumerate(edges) if not edge.is_empty]
    tree = shapely.STRtree(shapes)
    pairs = {
        (min(place, int(other)), max(place, int(other)))
        for place in suspects
        for other in tree.query(shapes[place], predicate="intersects")
        if int(other) != place
    }
    findings = []
    for first, second in sorted(pairs):
        common = shapes[first].intersection(shapes[second])
        if is_wide(common):
            findings.append(Finding("overlap", (keys[first], keys[second]), common))
    return findings


def _gaps(
    keys: Sequence[K], shapes: "Sequence[BaseGeometry]", outline: "BaseGeometry | None"
) -> list[Finding[K]]:
    union = shapely.union_all(shapes)
    if outline is None:
        parts = [part for part in shapely.get_parts(union) if part.geom_type == "Polygon"]
        outline = shapely.union_all([shapely.Polygon(part.exterior) for part in parts])
    holes = shapely.get_parts(outline.difference(union))
    tree = shapely.STRtree(shapes)
    findings = []
    for hole in holes:
        if is_wide(hole):
            around = tree.query(hole, predicate="dwithin", distance=PRECISION)
            findings.append(Finding("gap", tuple(keys[int(place)] for place in sorted(around)), hole))
    return findings


def is_wide(shape: "BaseGeometry") -> bool:
    """Whether a circle of ``SLIVER`` degrees across fits in: thinner shapes come from rounding."""
    return not shape.buffer(-SLIVER / 2).is_empty
