"""What cases are about and which path they take: categories, branch by branch down to the leaves, and paths."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from cases.figures.categories import category_names
from cases.figures.indicators import By, Numbers, Spread
from cases.figures.indicators.choice import ALL, OF_PARTS, added
from cases.states import Path
from yuhu.dashboard.board import readings, tables
from yuhu.dashboard.board.area import Board, Shown
from yuhu.dashboard.board.readings import Told
from yuhu.dashboard.board.tables import Chart, Column, Row, Table, list_url

BRANCH = 2  # digits of a branch of categories
_OF_GROUPS = ("on_time_completion_rate", "satisfaction_rate", "rating_coverage")


def kinds(board: Board) -> Shown:
    """The counts of three periods by category and by path; one query of names."""
    branch = board.kept.get("branch", "")
    names = category_names()
    found = {
        "categories": categories_table(board, names, board.spread(By.CATEGORY), branch),
        "paths": paths_table(board),
    }
    return Shown(found, {"over": board.url(branch="") if branch else ""})


def categories_table(board: Board, names: Mapping[str, str], counts: Spread, branch: str = "") -> Table:
    """Branches, or the leaves of one, with the most cases first. ``counts`` are by category."""
    if branch:
        counts = {
            name: {key: numbers for key, numbers in by_key.items() if key.startswith(branch)}
            for name, by_key in counts.items()
        }
    else:
        counts = {name: _by_branch(by_key) for name, by_key in counts.items()}
    title = (
        _("Categories of %(branch)s") % {"branch": names.get(branch, branch)} if branch else _("By category")
    )
    urls = {} if branch else {key: board.url(branch=key) for key in readings.keys_of(counts)}
    rows = [
        _group(
            board,
            (key, names.get(key, key)),
            readings.of_key(counts, key),
            urls.get(key, ""),
            f"&category={key}" if branch else "",
        )
        for key in readings.keys_of(counts)
    ]
    rows.sort(key=lambda row: -(row.cells[0].value or 0))
    return _groups("categories", title, _("Category"), rows)


def _by_branch(by_key: Mapping[str, Numbers]) -> dict[str, Numbers]:
    branches: dict[str, list[Numbers]] = {}
    for key, numbers in by_key.items():
        branches.setdefault(key[:BRANCH], []).append(numbers)
    return {branch: added(parts) for branch, parts in branches.items()}


def paths_table(board: Board) -> Table:
    """Front end, meeting, whistle."""
    counts = board.spread(By.PATH)
    rows = [
        _group(
            board,
            (path.value, str(path.label)),
            readings.of_key(counts, path.value),
            narrowed=f"&path={path.value}",
        )
        for path in Path
    ]
    return _groups("paths", _("By path"), _("Path"), rows)


def _groups(key: str, title: str, head: str, rows: list[Row]) -> Table:
    columns = (
        Column(_("Cases registered"), is_drawn=True),
        Column(_("Change on the period before")),
        Column(_("Change on the year")),
        Column(_("Handled in time")),
        Column(_("Residents satisfied")),
        Column(_("Residents who rated")),
    )
    return Table(key, title, head, columns, tuple(rows), Chart.RANKING, empty=_("No case in this period."))


def _group(
    board: Board, name: tuple[str, str], counts: dict[str, Numbers], url: str = "", narrowed: str = ""
) -> Row:
    """``narrowed``: what an address adds to the list of all cases, so that it shows those of the group."""

    def behind(told: Told) -> str:
        return list_url(told.behind) + narrowed if narrowed and told.behind else ""

    number = board.told(OF_PARTS["registered"], counts)
    rates = [board.told(ALL[which], counts) for which in _OF_GROUPS]
    cells = (
        tables.count(number.now.numerator, behind(number)),
        tables.change(number.on_before),
        tables.change(number.on_year),
        *(tables.told(rate, behind=behind(rate)) for rate in rates),
    )
    return Row(*name, cells, url)
