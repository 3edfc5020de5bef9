"""Opens uploaded spreadsheets: Excel or CSV in, rows by heading out. What the rows mean is left to ``sheets``."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from yuhu.kit.exceptions import Invalid, TooLarge

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 50 * 1024 * 1024
MAX_ROWS = 5_000


class Unreadable(Invalid):
    """Neither Excel nor CSV text."""

    code = "unreadable_sheet"
    message = _("This file cannot be read. Save it as Excel (.xlsx) or as CSV and send it again.")


class SheetTooLarge(TooLarge):
    """More than anybody's list."""

    message = _("This file is too large for a list. At most 5 MB and 5,000 rows are read.")


def read_table(file: IO[bytes]) -> list[dict[str, str]]:
    """The rows of the first sheet by their heading; empty rows stay, so that row numbers fit.

    Raises:
        Unreadable, SheetTooLarge: with field ``sheet``.
    """
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise SheetTooLarge(field="sheet")
    rows = _excel(content) if content[:4] == b"PK\x03\x04" else _text(content)
    try:
        heading = [cell.strip() for cell in next(rows, [])]
        table = [dict(zip(heading, row, strict=False)) for row in islice(rows, MAX_ROWS + 1)]
    except (csv.Error, ValueError, KeyError, SyntaxError, zipfile.BadZipFile):
        raise Unreadable(field="sheet") from None
    if len(table) > MAX_ROWS:
        raise SheetTooLarge(field="sheet")
    return table


def _text(content: bytes) -> Iterator[list[str]]:
    """CSV as office programs save it: UTF-8 with or without mark, or GB 18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return iter(csv.reader(io.StringIO(content.decode(encoding), newline="")))
        except UnicodeDecodeError:
            continue
    raise Unreadable(field="sheet")


def _excel(content: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MAX_UNPACKED:
                raise SheetTooLarge(field="sheet")
        # Loaded with the first sheet: it takes as much memory as all of REST framework, and few processes see a sheet.
        openpyxl = import_module("openpyxl")
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        IndexError,
        OSError,
        SyntaxError,
    ):  # SyntaxError: broken XML
        raise Unreadable(field="sheet") from None
    return (_cells(row) for row in sheet.iter_rows(values_only=True))


def _cells(row: Iterable[Any]) -> list[str]:
    return ["" if cell is None else _shown(cell) for cell in row]


def _shown(cell: Any) -> str:
    """Excel keeps dates as moments and numbers as floats."""
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat())
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
