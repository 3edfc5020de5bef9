"""Reads the rows of spreadsheets into items and calendar days, names every fault by its cell, and says under which
headings a list is written.

Pure: rows come in by heading, Chinese or English. Leaves to others: opening files (``yuhu.kit.excel``) and storing
(actions).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from yuhu.kit.excel.lines import Line, Row, RowError, lines_of
from yuhu.kit.excel.values import as_date, as_whole
from yuhu.kit.text import has_control

# Field → the headings that are understood, in order of preference; several filled ones are joined.
ITEM_COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("item_code", "事项编码", "编码"),
    "number": ("item_no", "序号"),
    "category_number": ("category_no", "类别序号"),
    "category_code": ("category_en", "类别代码"),
    "category": ("category_zh", "类别", "事项类别"),
    "name": ("item_zh", "事项名称", "事项"),
    "name_en": ("item_en", "事项英文名称"),
    "lead": ("lead_department_zh", "responsible_department_zh", "牵头部门", "责任部门"),
    "office": ("street_office_zh", "责任办公室", "承接办公室"),
    "office_code": ("street_office_en", "责任办公室代码"),
    "platform_code": ("platform_code", "平台代码"),
    "cooperating": ("cooperating_departments_zh", "配合部门"),
    "basis": ("basis_zh", "basis_note", "note", "依据", "备注"),
    "source": ("source", "来源"),
}
# The headings under which a list is written: what is written reads back the same.
ITEM_HEADINGS = {
    name: next(one for one in headings if not one.isascii()) for name, headings in ITEM_COLUMNS.items()
}
ITEM_LENGTHS = {
    "code": 20, "category_code": 60, "category": 60, "name": 200, "name_en": 200, "lead": 100, "office": 60,
    "office_code": 40, "platform_code": 40, "cooperating": 500, "basis": 500, "source": 100,
}  # fmt: skip
DAY_COLUMNS = {
    "date": ("date", "日期"),
    "type": ("day_type", "类型"),
    "name": ("name_zh", "name", "名称", "节日"),
}
DAY_TYPES = {"off": False, "休": False, "放假": False, "work": True, "班": True, "上班": True}


@dataclass(frozen=True)
class ItemRow:
    """One item as a sheet gives it."""

    code: str
    number: int
    name: str
    category_number: int | None = None
    category_code: str = ""
    category: str = ""
    name_en: str = ""
    lead: str = ""
    office: str = ""
    office_code: str = ""
    platform_code: str = ""
    cooperating: str = ""
    basis: str = ""
    source: str = ""


@dataclass(frozen=True)
class DayRow:
    """One day that differs from Monday to Friday."""

    date: dt.date
    is_working: bool
    name: str


def read_items(rows: Iterable[Row | Line]) -> tuple[list[ItemRow], list[RowError]]:
    """The items of a list sheet, and its faults. Items without a number are numbered by their place."""
    items: list[ItemRow] = []
    errors: list[RowError] = []
    codes: set[str] = set()
    numbers: set[int] = set()
    for line in lines_of(rows):
        cells = {name: "；".join(line.every(*headings)) for name, headings in ITEM_COLUMNS.items()}
        if not any(cells.values()):
            continue
        faults = _item_faults(cells, codes)
        number, category_number = (
            _whole(cells["number"] or str(len(items) + 1)),
            _whole(cells["category_number"]),
        )
        if number is None or number in numbers:
            faults.append(("number", _("The number is missing, not a whole number above 0, or used twice.")))
        if cells["category_number"] and category_number is None:
            faults.append(("category_number", _("The number of the category is not a whole number above 0.")))
        errors += [
            RowError(line.number, code, message, line.cell(*ITEM_COLUMNS[code])) for code, message in faults
        ]
        if not faults and number is not None:
            codes.add(cells["code"])
            numbers.add(number)
            texts = {name: cells[name] for name in ITEM_LENGTHS}
            items.append(ItemRow(number=number, category_number=category_number, **texts))
    return items, errors


def read_days(rows: Iterable[Row | Line], *, year: int) -> tuple[list[DayRow], list[RowError]]:
    """The days of the notice for ``year``, and its faults. A notice may reach into the December before."""
    days: list[DayRow] = []
    errors: list[RowError] = []
    for line in lines_of(rows):
        cells = {name: line.get(*headings) for name, headings in DAY_COLUMNS.items()}
        cell = line.cell(*DAY_COLUMNS["date"])
        if not any(cells.values()):
            continue
        on, is_working = as_date(cells["date"]), DAY_TYPES.get(cells["type"].lower())
        if on is None or is_working is None:
            message = _("A row needs a date (2027-01-01) and a type: off or work (休 or 班).")
            errors.append(RowError(line.number, "not_a_day", message, cell))
        elif on.year != year and (on.year, on.month) != (year - 1, 12):
            message = _("%(date)s does not belong to the notice for %(year)d.") % {"date": on, "year": year}
            errors.append(RowError(line.number, "other_year", message, cell))
        elif any(day.date == on for day in days):
            message = _("%(date)s stands in the sheet twice.") % {"date": on}
            errors.append(RowError(line.number, "twice", message, cell))
        elif len(cells["name"]) > 40 or has_control(cells["name"]):
            message = _("The name is longer than 40 characters or cannot be stored.")
            errors.append(RowError(line.number, "name", message, line.cell(*DAY_COLUMNS["name"])))
        else:
            days.append(DayRow(on, is_working, cells["name"]))
    if not days and not errors:
        errors.append(RowError(1, "empty", _("The sheet has no rows under its heading.")))
    return days, errors


def _item_faults(cells: dict[str, str], codes: set[str]) -> list[tuple[str, str]]:
    needed = _("The item needs a code and a name.")
    faults = [(name, needed) for name in ("code", "name") if not cells[name]]
    if cells["code"] in codes:
        faults.append(("code", _("The code %(code)s stands in the sheet twice.") % {"code": cells["code"]}))
    for name, length in ITEM_LENGTHS.items():
        if len(cells[name]) > length:
            values = {"heading": ITEM_COLUMNS[name][0], "length": length}
            faults.append((name, _("%(heading)s has more than %(length)d characters.") % values))
        if has_control(cells[name]):
            faults.append(
                (name, _("The text contains characters that cannot be stored. Please remove them."))
            )
    return faults


def _whole(text: str) -> int | None:
    number = as_whole(text)
    return number if number is not None and 0 < number < 10_000 else None
