"""Where things lie: outlines, points in areas, coverages, and features as files bring them.

Pure: no database, no clock. Leaves to others: storing (actions), which division counts (querysets).
"""

from blocks.geometry.coverage import Finding, Locator, audit
from blocks.geometry.shapes import (
    LATITUDES,
    LONGITUDES,
    BadGeometry,
    GeoJSON,
    mend,
    metres_to,
    on_earth,
    read_polygons,
    square_metres,
    together,
)

__all__ = [
    "LATITUDES",
    "LONGITUDES",
    "BadGeometry",
    "Finding",
    "GeoJSON",
    "Locator",
    "audit",
    "mend",
    "metres_to",
    "on_earth",
    "read_polygons",
    "square_metres",
    "together",
]
