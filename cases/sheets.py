"""Reads the rows of a spreadsheet of outside figures and names every fault by its cell; says under which headings such
a sheet is written, so that an exported one can be sent back.

Pure. Leaves to others: opening files (``yuhu.kit.excel``), what may be entered (``cases.actions.outside``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from cases.outside import Outside, Span
from yuhu.kit.excel.lines import Line, RowError
from yuhu.kit.excel.values import as_code, as_whole, narrow

# Field → the headings that are understood; the first is the one under which a sheet is written.
COLUMNS: dict[str, tuple[str, ...]] = {
    "kind": ("指标", "figure"),
    "area": ("地区代码", "area"),
    "span": ("期间", "span"),
    "year": ("年", "year"),
    "month": ("月", "month"),
    "value": ("数值", "value"),
    "published_by": ("发布单位", "published_by"),
    "document": ("文号", "document"),
}
NEEDED = ("kind", "area", "year", "month", "value", "published_by")
_SPANS = {"月": Span.MONTH, "月度": Span.MONTH, "": Span.MONTH, "季": Span.QUARTER, "季度": Span.QUARTER,
          "累计": Span.YEAR_TO_DATE, "年初至今": Span.YEAR_TO_DATE, "年累计": Span.YEAR_TO_DATE}  # fmt: skip


@dataclass(frozen=True)
class FigureRow:
    """One row; the fields are those of ``cases.actions.outside.Published``."""

    line: Line
    kind: str
    area: str
    span: str
    year: int
    month: int
    value: Decimal
    published_by: str
    document: str


def read_figures(lines: Iterable[Line]) -> tuple[list[FigureRow], list[RowError]]:
    """The rows that can be read, and what is wrong with the others."""
    found, errors = [], []
    for line in lines:
        row, faults = _read(line)
        errors += faults
        if row is not None:
            found.append(row)
    return found, errors


def _read(line: Line) -> tuple[FigureRow | None, list[RowError]]:
    faults: list[RowError] = []

    def text(name: str) -> str:
        return line.get(*COLUMNS[name])

    def fault(name: str, message: str) -> None:
        faults.append(RowError(line.number, "unknown", message, line.cell(*COLUMNS[name])))

    kind, span = _known(text("kind"), _kinds()), _known(text("span"), _spans())
    year, month, value = as_whole(text("year")), as_whole(text("month")), _number(text("value"))
    if kind is None:
        fault("kind", _("No figure is called so: %(text)s") % {"text": text("kind") or "—"})
    if span is None:
        fault("span", _("Write month, quarter or year to date."))
    if year is None:
        fault("year", _("A year is needed."))
    if month is None:
        fault("month", _("A month is needed."))
    if value is None:
        fault("value", _("A number is needed."))
    if kind is None or span is None or year is None or month is None or value is None:
        return None, faults
    area, by, document = as_code(text("area")), text("published_by"), text("document")
    return FigureRow(line, kind, area, span, year, month, value, by, document), faults


def _known(text: str, words: dict[str, str]) -> str | None:
    return words.get(narrow(text))


def _kinds() -> dict[str, str]:
    """By key, and by name in the reader's language."""
    return {key: key for key in Outside.values} | {str(label): key for key, label in Outside.choices}


def _spans() -> dict[str, str]:
    words = {word: str(span.value) for word, span in _SPANS.items()}
    return words | {key: key for key in Span.values} | {str(label): key for key, label in Span.choices}


def _number(text: str) -> Decimal | None:
    """With or without commas between thousands."""
    try:
        found = Decimal(narrow(text).replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
