"""Numbers about cases for people: what waits for whom, how an area stands, what was done. Read-only."""

from cases.figures.overview import (
    OPEN_PHASES,
    OPEN_STATES,
    Heap,
    Standing,
    longest_late,
    newest,
    oldest_undispatched,
    oldest_untold,
    standing,
)
from cases.figures.results import Results, by_programme, hazards_removed, results, since_start
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
    "hazards_removed",
    "longest_late",
    "newest",
    "oldest_undispatched",
    "oldest_untold",
    "results",
    "select",
    "since_start",
    "standing",
    "street_desk",
    "turns",
    "work",
]
