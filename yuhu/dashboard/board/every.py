"""Every indicator of an area in one table for each way of counting, to be looked up, printed and taken along."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from cases.figures.indicators import Figure, indicators
from yuhu.dashboard.board import formulas, tables
from yuhu.dashboard.board.area import Board, Shown
from yuhu.dashboard.board.readings import Told
from yuhu.dashboard.board.tables import Cell, Column, Row, Table

_AROUND = "around"
TITLES: Mapping[str, str | Promise] = {
    "reported": pgettext_lazy("indicators", "Reports and dispatches, by the day of the report"),
    "now": pgettext_lazy("indicators", "What is open now"),
    "closed": pgettext_lazy("indicators", "Results and ratings, by the day of the closing"),
    _AROUND: pgettext_lazy("indicators", "Whistles, lists, blocks and their people"),
}
# In pairs and not by key: a text that is translated late has another hash in every language.
_GROUPS = ((formulas.BY_REPORT, "reported"), (formulas.NOW, "now"), (formulas.BY_CLOSING, "closed"))


def every(board: Board) -> Shown:
    """As many queries as the figures of the API: every source once."""
    rows: dict[str, list[Row]] = {key: [] for key in TITLES}
    for figure in indicators(board.question):
        rows[_group(figure.key)].append(_row(board, figure))
    return Shown({key: _table(key, tuple(rows[key])) for key in TITLES})


def _group(key: str) -> str:
    return next((group for basis, group in _GROUPS if basis is formulas.BASIS[key]), _AROUND)


def _table(key: str, rows: tuple[Row, ...]) -> Table:
    columns = (
        Column(_("Value")),
        Column(_("Numerator")),
        Column(_("Denominator")),
        Column(_("Not without")),
    )
    table = Table(key, str(TITLES[key]), _("Indicator"), columns, rows)
    return table if any(row.cells[3].text for row in rows) else table.only(0, 1, 2)


def _row(board: Board, figure: Figure) -> Row:
    told = Told(figure)
    return Row(
        key=figure.key,
        name=str(figure.name),
        cells=(
            Cell(told.text, told.drawn, tone="small" if told.is_small else ""),
            tables.count(figure.numerator),
            tables.count(figure.denominator, tables.list_url(told.behind)),
            tables.text(told.beside),
        ),
        url=board.explained(figure.key),
        is_small=told.is_small,
    )
