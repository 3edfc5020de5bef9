"""Opens an uploaded workbook (or CSV) and finds the table in it: in whichever sheet, under whichever title rows.

Merged cells give their value to every cell that they cover. Formulas give the result that was saved with them. Nothing
of the file is run, followed or kept. Leaves to others: what the rows mean.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from yuhu.kit.excel.lines import Line, RowError, RowsRefused, heading_key
from yuhu.kit.excel.values import shown
from yuhu.kit.exceptions import Invalid, TooLarge

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
# So many rows of titles may stand above the headings.
MAX_TITLES = 15
Columns = Mapping[str, Sequence[str]]
_FORMULA = _(
    "A formula stands here whose result is not saved in the file. Open and save the file in Excel, or copy the column "
    "and choose “Paste values”."
)
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_CELL_WITH_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_BROKEN = (
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    IndexError,
    OSError,
    SyntaxError,
    TypeError,
    AttributeError,
)


class Unreadable(Invalid):
    """Neither Excel nor CSV text."""

    code = "unreadable_sheet"
    message = _("This file cannot be read. Save it as Excel (.xlsx) or as CSV and send it again.")


class OldExcel(Unreadable):
    """The format before 2007, whatever the file is called, or one that is locked with a password."""

    code = "old_excel"
    message = _(
        "This is an old Excel file (.xls, though it may be called .xlsx) or one with a password. Open it, take the "
        "password away, choose “Save as” and “Excel workbook (.xlsx)”, and send that file."
    )


class SheetTooLarge(TooLarge):
    """More than anybody's list."""

    message = _(
        "This file is too large for a list. At most 10 MB and 20,000 rows are read; split it, or delete pictures and "
        "empty rows."
    )


class NoTable(Invalid):
    """No sheet has the headings that are needed."""

    code = "no_table"
    message = _(
        "No sheet of this file has the headings that are needed: %(headings)s. Take the template and fill it in."
    )


@dataclass(frozen=True)
class Table:
    """The rows of a sheet that are not empty."""

    sheet: str
    lines: list[Line]


@dataclass(frozen=True)
class _Sheet:
    name: str
    rows: list[list[str]]
    # Row and column, counted from 1, of formulas whose result no program has saved.
    unsolved: frozenset[tuple[int, int]] = frozenset()


def read_table(file: IO[bytes], *, columns: Columns, needed: Collection[str], name: str = "sheet") -> Table:
    """The table whose headings match best; ``columns`` says by which headings each column goes, in order of preference.

    ``needed`` names the columns without which it is not the table that is meant; ``name`` is the field of the form.

    Raises:
        Unreadable, OldExcel, SheetTooLarge, NoTable: what they say.
        RowsRefused: cells with a formula whose result was not saved.
    """
    ways = {column: {heading_key(one) for one in headings} for column, headings in columns.items()}
    best: tuple[int, _Sheet, int] | None = None
    for sheet in _open(file, name):
        for at, row in enumerate(sheet.rows[: MAX_TITLES + 1]):
            found = {heading_key(text) for text in row}
            known = {column for column, headings in ways.items() if found & headings}
            if known.issuperset(needed) and (best is None or len(known) > best[0]):
                best = len(known), sheet, at
    if best is None:
        raise NoTable(
            NoTable.message % {"headings": "、".join(_told(columns[one]) for one in needed)}, field=name
        )
    return _table(best[1], best[2], set().union(*ways.values()))


def _told(headings: Sequence[str]) -> str:
    """The heading that people are told: the first Chinese one, else the first."""
    return next((one for one in headings if not one.isascii()), headings[0])


def _table(sheet: _Sheet, at: int, known: set[str]) -> Table:
    columns: dict[str, int] = {}
    for column, text in enumerate(sheet.rows[at]):
        if (key := heading_key(text)) in known:
            columns.setdefault(key, column)
    lines, unsolved = [], []
    for number, row in enumerate(sheet.rows[at + 1 :], start=at + 2):
        texts = {heading: row[column] for heading, column in columns.items() if column < len(row)}
        line = Line(number, texts, columns)
        unsolved += [
            RowError(number, "formula", _FORMULA, line.cell(heading))
            for heading, column in columns.items()
            if (number, column + 1) in sheet.unsolved
        ]
        if any(texts.values()):
            lines.append(line)
    if unsolved:
        raise RowsRefused(unsolved)
    return Table(sheet.name, lines)


def _open(file: IO[bytes], name: str) -> list[_Sheet]:
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise SheetTooLarge(field=name)
    if content.startswith(_OLD_EXCEL):
        raise OldExcel(field=name)
    try:
        return _workbook(content) if content.startswith(_ZIP) else [_text(content)]
    except (Unreadable, SheetTooLarge) as refusal:
        raise type(refusal)(field=name) from None
    except (csv.Error, *_BROKEN):
        raise Unreadable(field=name) from None


def _text(content: bytes) -> _Sheet:
    """CSV as office programs save it: UTF-8 with or without mark, or GB 18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _Sheet(
            "CSV",
            _bounded([shown(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))),
        )
    raise Unreadable


def _workbook(content: bytes) -> list[_Sheet]:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        if sum(part.file_size for part in parts.infolist()) > MAX_UNPACKED:
            raise SheetTooLarge
        computed = any(
            _CELL_WITH_FORMULA.search(parts.read(part))
            for part in parts.namelist()
            if part.startswith("xl/worksheets/sheet")
        )
    # Loaded with the first sheet: it takes as much memory as all of REST framework, and few processes see a sheet.
    load: Callable[..., Any] = import_module("openpyxl").load_workbook
    book = load(io.BytesIO(content), data_only=True)
    formulas = load(io.BytesIO(content)) if computed else None
    return [
        _Sheet(
            sheet.title, _filled(sheet), _unsolved(sheet, formulas[sheet.title]) if formulas else frozenset()
        )
        for sheet in book.worksheets
    ]


def _filled(sheet: Any) -> list[list[str]]:
    """The rows as text; a merged cell's value stands in every cell that it covers."""
    if sheet.max_row > MAX_ROWS + MAX_TITLES:
        _drop_empty_end(sheet)
    rows = _bounded(
        [shown(cell) for cell in row] for row in sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS)
    )
    for area in sheet.merged_cells.ranges:
        if area.min_row > len(rows) or area.min_col > MAX_COLUMNS:
            continue
        value = rows[area.min_row - 1][area.min_col - 1]
        for row in rows[area.min_row - 1 : area.max_row]:
            for column in range(area.min_col - 1, min(area.max_col, len(row))):
                row[column] = value
    return rows


def _drop_empty_end(sheet: Any) -> None:
    """Rows that are only coloured or framed, down to where somebody dragged the frame, are no rows."""
    last = max((row for (row, _column), cell in sheet._cells.items() if cell.value is not None), default=0)
    for key in [key for key in sheet._cells if key[0] > last]:
        del sheet._cells[key]


def _bounded(rows: Iterable[list[str]]) -> list[list[str]]:
    found: list[list[str]] = []
    for row in rows:
        if len(found) >= MAX_ROWS + MAX_TITLES:
            raise SheetTooLarge
        found.append(row[:MAX_COLUMNS])
    return found


def _unsolved(results: Any, formulas: Any) -> frozenset[tuple[int, int]]:
    return frozenset(
        (cell.row, cell.column)
        for row in formulas.iter_rows(max_col=MAX_COLUMNS)
        for cell in row
        if cell.data_type == "f" and results.cell(cell.row, cell.column).value is None
    )
