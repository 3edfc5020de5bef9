"""The first page of the board: where the loop stands, how well it works, where it is late, what rose and fell."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases import figures
from cases.figures import Heap, Standing
from cases.figures.indicators import By, Numbers, Spread
from cases.figures.indicators.choice import ALL
from cases.models import Case
from yuhu.dashboard.board import readings, tables
from yuhu.dashboard.board.area import Board, Shown
from yuhu.dashboard.board.readings import Told
from yuhu.dashboard.board.rises import rises_of
from yuhu.dashboard.board.tables import Cell, Chart, Column, Row, Table, list_url
from yuhu.kit.figures import Count, Share

RATES = ("on_time_completion_rate", "response_rate", "solution_rate", "satisfaction_rate")
ROWS = 6
_NO_CASES = Heap(Count(0), Count(0), Count(0))


def now(board: Board) -> Shown:
    """Twelve queries: what is open, three periods, what is late longest, what was ever closed, the six measures."""
    standing = figures.standing(board.viewer, board.area)
    counts = board.spread(By.PART)
    whole = board.whole(counts)
    rates = [board.told(ALL[key], whole) for key in RATES]
    found = {} if board.ground.is_block else {"parts": parts_table(board, standing, counts)}
    return Shown(
        found,
        {
            "standing": standing,
            "phases": list(standing.phases.items()),
            "rates": [(rate, board.explained(rate.key), list_url(rate.behind)) for rate in rates],
            "coverage_url": board.explained("rating_coverage"),
            "rises": rises_of(board.question),
            "ever": ever(board),
            "latest": figures.longest_late(board.viewer, board.area, ROWS),
        },
    )


@dataclass(frozen=True)
class Ever:
    """What was closed of a promise since the start, and how it was rated."""

    name: str
    closed: str
    satisfied: Share
    coverage: Share


def ever(board: Board) -> list[Ever]:
    """By promise, those of which there is anything."""
    found = figures.since_start(board.question)
    return [
        Ever(
            str(one.label),
            readings.grouped(numbers["closed"]),
            Share.of(numbers["content"], numbers["rated"]),
            Share.of(numbers["rated"], numbers["to_be_rated"]),
        )
        for one in Case.Programme
        if (numbers := found.get(one.value)) and numbers["closed"]
    ]


def parts_table(board: Board, standing: Standing, counts: Spread) -> Table:
    """The parts of the area, the one with most late cases first."""
    keys = readings.keys_of(counts, [*board.ground.parts, *standing.below])
    rows = [
        _row(board, key, standing.below.get(key, _NO_CASES), readings.of_key(counts, key)) for key in keys
    ]
    return Table(
        key="parts",
        title=_("Open and overdue cases by %(part)s") % {"part": board.part_name},
        head=str(board.part_name),
        columns=(
            Column(_("Overdue"), is_drawn=True),
            Column(_("Due soon"), is_drawn=True),
            Column(_("Other open cases"), is_drawn=True),
            Column(_("Open cases")),
            Column(_("Handled in time")),
            Column(_("Residents satisfied")),
            Column(_("Residents who rated")),
        ),
        rows=tables.ranked(rows, 0, best_first=True),
        chart=Chart.STACKED,
        is_ranked=True,
        empty=_("Nothing is open."),
    )


def _row(board: Board, key: str, heap: Heap, counts: dict[str, Numbers]) -> Row:
    calm = heap.count.number - heap.late.number - heap.soon.number
    return Row(
        key=key,
        name=board.parts.get(key, key),
        url=board.part_url(key),
        tone="late" if heap.late.number else "",
        cells=(
            tables.count(heap.late.number, list_url(heap.late.query), "late"),
            tables.count(heap.soon.number, list_url(heap.soon.query), "soon"),
            tables.count(calm),
            tables.count(heap.count.number, list_url(heap.count.query)),
            *(rate_cell(board, key, counts, which) for which in _IN_TABLE),
        ),
    )


_IN_TABLE = ("on_time_completion_rate", "satisfaction_rate", "rating_coverage")


def rate_cell(board: Board, key: str, counts: dict[str, Numbers], which: str) -> Cell:
    """An indicator of a part, with its change against the period before."""
    one: Told = board.told(ALL[which], counts, key)
    url = board.explained(which, key) if key else ""
    return tables.told(one, url, [one.on_before], list_url(one.behind) if key else "")
