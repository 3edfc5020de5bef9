"""What was closed since the start, by promise: a table that takes long to count is kept for some minutes."""

import datetime as dt
import hashlib
import time
from collections.abc import Mapping

from cases import figures
from cases.figures import Results, Viewer
from yuhu.kit import keeping

SLOW_SECONDS, KEPT_SECONDS = 0.5, 600
Ever = Mapping[str, Results]


def ever(viewer: Viewer, area: str) -> tuple[Ever, dt.datetime]:
    """By promise, all together under "", and as of when. One query, or none."""
    scope = viewer.scope
    kinds = sorted(scope.kinds) if scope.kinds is not None else None
    about = repr((area, sorted(scope.areas), sorted(scope.units), scope.person, kinds))
    key = f"dashboard.ever.{hashlib.sha256(about.encode()).hexdigest()}"
    kept: tuple[Ever, dt.datetime] | None = keeping.look_up(key)
    if kept is not None:
        return kept
    started = time.monotonic()
    found = figures.by_programme(viewer, area), viewer.at
    if time.monotonic() - started > SLOW_SECONDS:
        keeping.keep(key, found, seconds=KEPT_SECONDS)
    return found
