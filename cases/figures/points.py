"""Open cases as points for a map: those of an area that lie in a box, as far as the scope opens them. Read-only.

Number, category, state and place; no words of anybody. Leaves to others: drawing, addresses.
"""

from dataclasses import dataclass

from cases.figures.viewer import Viewer
from cases.models import Case

MOST_POINTS = 300


@dataclass(frozen=True)
class Box:
    """A rectangle of the map, in degrees."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Points:
    """The cases, the latest due first to fall out; ``more``: there are others, so that one must look closer."""

    cases: tuple[Case, ...]
    more: bool


def points_of(viewer: Viewer, area: str, box: Box) -> Points:
    """At most ``MOST_POINTS``, those with the earliest limit first. One query."""
    rows = Case.objects.within(viewer.scope).in_area(area).open()
    rows = rows.filter(longitude__range=(box.west, box.east), latitude__range=(box.south, box.north))
    found = rows.select_related("category", "block").defer("block__boundary", "description", "explanation")
    cases = tuple(found.order_by("due_at", "pk")[: MOST_POINTS + 1])
    return Points(cases[:MOST_POINTS], len(cases) > MOST_POINTS)
