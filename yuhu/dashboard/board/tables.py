"""What a table of the board is: columns, rows and cells, shown, drawn, printed and exported alike. Pure.

Every number stands in a table; a chart is drawn from the table that stands beside it. A row that rests on few cases is
greyed, listed last and has no rank.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from yuhu.dashboard.board.readings import NO_DATA, Change, Told, grouped, plain
from yuhu.kit.excel.writing import Page
from yuhu.kit.figures import Share

Drawn = Decimal | int | None


class Chart(StrEnum):
    """How a table is drawn; ``NONE``: as a table alone. ``STACKED``: what is late, due soon, other; ``LAYERS``: any
    parts of a whole."""

    NONE = ""
    LINE = "line"
    BAR = "bar"
    STACKED = "stacked"
    LAYERS = "layers"
    RANKING = "ranking"


@dataclass(frozen=True)
class Column:
    """``is_drawn``: a series of the chart. ``unit``: what stands behind its numbers there."""

    label: str | Promise
    is_drawn: bool = False
    unit: str = ""
    is_number: bool = True


@dataclass(frozen=True)
class Cell:
    """``value`` is drawn and exported; ``text`` is read; ``url`` leads to the list behind it or to its explanation."""

    text: str
    value: Drawn = None
    url: str = ""
    note: str = ""
    tone: str = ""
    changes: tuple[Change, ...] = ()
    note_url: str = ""

    @property
    def exported(self) -> str | float | int | None:
        if self.value is None:
            return None if self.text in ("", NO_DATA) else self.text
        return float(self.value) if isinstance(self.value, Decimal) else self.value


@dataclass(frozen=True)
class Row:
    """``url`` leads to the part itself. ``rank`` None: not ranked."""

    key: str
    name: str
    cells: tuple[Cell, ...]
    url: str = ""
    rank: int | None = None
    is_small: bool = False
    tone: str = ""


@dataclass(frozen=True)
class Table:
    """``key`` names it in addresses of exports. ``note`` says what one must know to read it; ``export``
    is the address of the sheet."""

    key: str
    title: str
    head: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    chart: Chart = Chart.NONE
    note: str = ""
    empty: str = ""
    is_ranked: bool = False
    export: str = ""

    @property
    def few(self) -> int:
        """Of how many cases a row must tell to be ranked, where one tells of fewer."""
        return settings.BOARD_SMALL_NUMBER if any(row.is_small for row in self.rows) else 0

    def only(self, *places: int) -> "Table":
        """With these columns alone."""
        columns = tuple(self.columns[place] for place in places)
        rows = tuple(replace(row, cells=tuple(row.cells[place] for place in places)) for row in self.rows)
        return replace(self, columns=columns, rows=rows)

    def page(self, about: str) -> Page:
        """The same as a sheet; ``about`` says of what area and period it tells."""
        headings = [self.head, *(str(column.label) for column in self.columns)]
        rows = [[row.name, *(cell.exported for cell in row.cells)] for row in self.rows]
        if self.is_ranked:
            headings.insert(0, _("Rank"))
            for line, row in zip(rows, self.rows, strict=True):
                line.insert(0, row.rank)
        return Page(self.title, headings, rows, note=about)


def count(number: int | None, url: str = "", tone: str = "") -> Cell:
    """A number of things; None is not told."""
    if number is None:
        return Cell(NO_DATA)
    return Cell(grouped(number), number, url, tone=tone if number else "none")


def text(words: str, tone: str = "") -> Cell:
    return Cell(words, tone=tone)


def told(one: Told, url: str = "", changes: Iterable[Change | None] = (), behind: str = "") -> Cell:
    """An indicator with numerator and denominator, which lead to the list ``behind`` them, and the changes that are
    asked for."""
    known = tuple(change for change in changes if change is not None)
    small = "small" if one.is_small else ""
    return Cell(one.text, one.drawn, url, one.base, small, known, behind if one.base else "")


def change(one: Change | None) -> Cell:
    """How much more or less."""
    if one is None:
        return Cell(NO_DATA)
    return Cell(f"{one.arrow} {one.text}", one.amount, tone=one.tone)


def share(one: Share, lists: str = "cases:list") -> Cell:
    """A share with numerator and denominator, which lead to their ``lists``."""
    if one.percent is None:
        return Cell(NO_DATA)
    base = f"{grouped(one.numerator.number)} / {grouped(one.denominator.number)}"
    return Cell(
        text=f"{plain(one.percent)}%",
        value=one.percent,
        url=list_url(one.numerator.query, lists),
        note=base,
        tone="small" if one.denominator.number < settings.BOARD_SMALL_NUMBER else "",
        note_url=list_url(one.denominator.query, lists),
    )


def list_url(query: str, lists: str = "cases:list") -> str:
    """The list of exactly what was counted; "" where there is no such list."""
    return f"{reverse(lists)}?{query}" if query else ""


def ranked(rows: Sequence[Row], by: int, *, best_first: bool) -> tuple[Row, ...]:
    """The rows in the order of one column, with their ranks; equals share one. What is small, or tells nothing in that
    column, follows without a rank."""
    counts = [row for row in rows if not row.is_small and row.cells[by].value is not None]
    others = [row for row in rows if row.is_small or row.cells[by].value is None]
    counts.sort(key=lambda row: row.cells[by].value or 0, reverse=best_first)
    placed: list[Row] = []
    for place, row in enumerate(counts, 1):
        same = bool(placed) and placed[-1].cells[by].value == row.cells[by].value
        placed.append(replace(row, rank=placed[-1].rank if same else place))
    return (*placed, *(replace(row, rank=None) for row in others))
