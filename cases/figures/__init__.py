"""Numbers about cases for people: what waits for whom, how an area stands, what was done. Read-only."""

from cases.figures.overview import (
    OPEN_PHASES,
    OPEN_STATES,
    Heap,
    Results,
    Standing,
    by_programme,
    longest_late,
    newest,
    no_results,
    oldest_undispatched,
    oldest_untold,
    results,
    standing,
)
from cases.figures.sets import Show, select
from cases.figures.turns import Turn, turns
from cases.figures.viewer import Period, Viewer
from cases.figures.work import Part, Requests, Work, street_desk, work

__all__ = [
    "OPEN_PHASES",
    "OPEN_STATES",
    "Heap",
    "Part",
    "Period",
    "Requests",
    "Results",
    "Show",
    "Standing",
    "Turn",
    "Viewer",
    "Work",
    "by_programme",
    "longest_late",
    "newest",
    "no_results",
    "oldest_undispatched",
    "oldest_untold",
    "results",
    "select",
    "standing",
    "street_desk",
    "turns",
    "work",
]
