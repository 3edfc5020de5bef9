"""Workbooks to give out: a heading row that stays in sight, columns as wide as their text, nothing that could run.

Text that begins like a formula stays text, in this file and after it was saved again by an office program.
"""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from yuhu.kit import clock

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAY_RUN = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_TITLE, _WIDEST, _LONGEST_CELL = 31, 60, 32_767
_FORBIDDEN_IN_TITLE = str.maketrans("", "", "[]:*?/\\")


@dataclass(frozen=True)
class Page:
    """One sheet: its title, its headings and its rows; ``note`` stands above them and below each printed page."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]
    note: str = ""


def workbook(*pages: Page) -> bytes:
    """The pages as one .xlsx file. Dates stay dates; everything else but numbers is text."""
    openpyxl = import_module("openpyxl")
    book = openpyxl.Workbook(write_only=True)
    for page in pages:
        _write(book, page)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _write(book: Any, page: Page) -> None:
    styles = import_module("openpyxl.styles")
    sheet = book.create_sheet(page.title.translate(_FORBIDDEN_IN_TITLE)[:_LONGEST_TITLE])
    rows = [list(row) for row in page.rows]
    top = 2 if page.note else 1
    sheet.freeze_panes = f"A{top + 1}"
    for column, heading in enumerate(page.headings):
        letter = import_module("openpyxl.utils").get_column_letter(column + 1)
        texts = [heading, *(str(row[column]) for row in rows[:500] if column < len(row))]
        sheet.column_dimensions[letter].width = min(max(map(_width, texts)) + 2, _WIDEST)
    if page.note:
        sheet.append([_cell(sheet, page.note)])
        # An ampersand begins a code of the footer's own.
        sheet.oddFooter.center.text = page.note.replace("&", "&&")
    bold, fill = styles.Font(bold=True), styles.PatternFill("solid", fgColor="DCE6F2")
    head = []
    for heading in page.headings:
        cell = _cell(sheet, heading)
        cell.font, cell.fill = bold, fill
        head.append(cell)
    sheet.append(head)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    last = import_module("openpyxl.utils").get_column_letter(max(len(page.headings), 1))
    sheet.auto_filter.ref = f"A{top}:{last}{len(rows) + top}"


def _cell(sheet: Any, value: Any) -> Any:
    make = import_module("openpyxl.cell").WriteOnlyCell
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return make(sheet, value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        cell = make(sheet, value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    if isinstance(value, dt.datetime):
        cell = make(sheet, clock.local(value).replace(tzinfo=None))
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    illegal = import_module("openpyxl.cell.cell").ILLEGAL_CHARACTERS_RE
    text = illegal.sub("", str(value))[:_LONGEST_CELL]
    cell = make(sheet, text)
    # Formulas are told by the type alone; the prefix keeps it text when the file is edited and saved again.
    cell.data_type = "s"
    cell.number_format = "@"
    if text.startswith(_MAY_RUN):
        cell.quotePrefix = True
    return cell


def _width(text: str) -> int:
    """In digits: a Chinese sign is two wide."""
    return max(
        (sum(2 if ord(sign) > 0x2E7F else 1 for sign in line) for line in text.splitlines()), default=0
    )
