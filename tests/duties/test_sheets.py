"""Spreadsheets: what office programs save is read, what is wrong is named by its row."""

import io
from typing import Any

import pytest
from openpyxl import Workbook

from duties.sheets import DAY_COLUMNS, ITEM_COLUMNS, ItemRow, read_days, read_items
from yuhu.kit.excel.lines import Line
from yuhu.kit.excel.reading import NoTable, read_table

CHINESE = "事项编码,事项名称,牵头部门,配合部门\nR1,巡查,区应急管理局,区民政局\n\nR2,走访,,\n"


def excel(*rows: tuple[Any, ...]) -> io.BytesIO:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def items_of(file: io.BytesIO) -> list[Line]:
    return read_table(file, columns=ITEM_COLUMNS, needed=("code", "name")).lines


def days_of(file: io.BytesIO) -> list[Line]:
    return read_table(file, columns=DAY_COLUMNS, needed=("date", "type")).lines


def test_csv_is_read() -> None:
    items, errors = read_items(items_of(io.BytesIO(CHINESE.encode())))
    assert errors == []
    assert items == [
        ItemRow(code="R1", number=1, name="巡查", lead="区应急管理局", cooperating="区民政局"),
        ItemRow(code="R2", number=2, name="走访"),
    ]


def test_excel_is_read_with_its_dates_and_numbers() -> None:
    import datetime as dt

    file = excel(
        ("日期", "类型", "名称"), (dt.datetime(2027, 1, 1), "休", "元旦"), ("2027/01/03", "班", None)
    )
    days, errors = read_days(days_of(file), year=2027)
    assert errors == []
    assert [(day.date.isoformat(), day.is_working, day.name) for day in days] == [
        ("2027-01-01", False, "元旦"),
        ("2027-01-03", True, ""),
    ]


def test_whole_numbers_of_excel_are_whole() -> None:
    items, errors = read_items(items_of(excel(("item_no", "item_code", "item_zh"), (7.0, "R7", "走访"))))
    assert errors == []
    assert [item.number for item in items] == [7]


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "一", "²", "99999"])
def test_a_number_that_is_none_is_named(number: str) -> None:
    rows = [{"item_no": number, "item_code": "R1", "item_zh": "走访"}]
    assert [error.code for error in read_items(rows)[1]] == ["number"]


def test_a_number_used_twice_is_named() -> None:
    rows = [{"item_no": "1", "item_code": code, "item_zh": "走访"} for code in ("R1", "R2")]
    assert [(error.cell, error.code) for error in read_items(rows)[1]] == [("A3", "number")]


def test_control_characters_are_named() -> None:
    rows = [{"item_code": "R1", "item_zh": "走\x00访"}]
    assert [error.code for error in read_items(rows)[1]] == ["name"]


def test_a_file_with_an_unknown_heading_or_without_rows_gives_no_days() -> None:
    with pytest.raises(NoTable):
        days_of(io.BytesIO("甲,乙\n1,2\n".encode()))
    days, errors = read_days(days_of(io.BytesIO("日期,类型\n".encode())), year=2027)
    assert days == []
    assert [error.code for error in errors] == ["empty"]
