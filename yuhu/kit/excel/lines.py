"""Rows of a table by their headings, and what is wrong with one of them, named by its cell.

Pure. The rows may come from an uploaded workbook (``reading``) or from the project's own data (``lines_of``).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yuhu.kit.excel.values import shown
from yuhu.kit.exceptions import Invalid

Row = Mapping[str, str | None]
_FIRST = 2  # below the heading


@dataclass(frozen=True)
class Line:
    """One row under the headings: what stands under each, and how a spreadsheet counts the row."""

    number: int
    texts: Mapping[str, str]
    columns: Mapping[str, int] = field(repr=False, compare=False)

    def get(self, *headings: str) -> str:
        """The text under the first of ``headings`` that has one."""
        return next((text for one in headings if (text := self.texts.get(heading_key(one)))), "")

    def every(self, *headings: str) -> list[str]:
        """The texts under all of ``headings`` that have one."""
        return [text for one in headings if (text := self.texts.get(heading_key(one)))]

    def cell(self, *headings: str) -> str:
        """The name of the cell under the first of ``headings`` that the sheet has, such as ``C7``."""
        found = (self.columns[key] for one in headings if (key := heading_key(one)) in self.columns)
        column = next(found, None)
        return f"{letters(column)}{self.number}" if column is not None else ""


@dataclass(frozen=True)
class RowError:
    """One fault in one row. ``row`` counts as a spreadsheet shows it; ``cell`` is its name, where one cell is meant."""

    row: int
    code: str
    message: str | Promise
    cell: str = ""

    def __str__(self) -> str:
        if self.cell:
            return str(_("Cell %(cell)s: %(message)s") % {"cell": self.cell, "message": self.message})
        return str(_("Row %(row)d: %(message)s") % {"row": self.row, "message": self.message})


class RowsRefused(Invalid):
    """A sheet has faults; nothing of it was stored. ``errors`` names each of them."""

    code = "rows_refused"
    message = _(
        "The sheet has errors, and nothing was stored. Correct the cells that are named and send it again."
    )

    def __init__(self, errors: Sequence[RowError]) -> None:
        super().__init__(field="sheet")
        self.errors = tuple(errors)


def lines_of(rows: Iterable[Row | Line]) -> Iterator[Line]:
    """The same rows as lines, numbered as if a heading stood above them; lines stay as they are."""
    for number, row in enumerate(rows, start=_FIRST):
        if isinstance(row, Line):
            yield row
            continue
        texts = {heading_key(heading): shown(text) for heading, text in row.items() if heading}
        yield Line(number, texts, {heading: column for column, heading in enumerate(texts)})


def heading_key(text: str) -> str:
    """A heading without blanks, line breaks and the star that marks what must be filled in."""
    return re.sub(r"[\s*＊:：]+", "", text)


def letters(column: int) -> str:
    """The name of a column counted from 0: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
