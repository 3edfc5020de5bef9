"""Spreadsheets: what office programs save is read, what is wrong is named by its row."""

import io
from typing import Any

import pytest
from openpyxl import Workbook

from duties.resources import MAX_BYTES, SheetTooLarge, Unreadable, read_table
from duties.sheets import ItemRow, read_days, read_items

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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_as_any_office_program_saves_it(encoding: str) -> None:
    items, errors = read_items(read_table(io.BytesIO(CHINESE.encode(encoding))))
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
    days, errors = read_days(read_table(file), year=2027)
    assert errors == []
    assert [(day.date.isoformat(), day.is_working, day.name) for day in days] == [
        ("2027-01-01", False, "元旦"),
        ("2027-01-03", True, ""),
    ]


def test_whole_numbers_of_excel_are_whole() -> None:
    items, errors = read_items(read_table(excel(("item_no", "item_code", "item_zh"), (7.0, "R7", "走访"))))
    assert errors == []
    assert [item.number for item in items] == [7]


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "一", "²", "99999"])
def test_a_number_that_is_none_is_named(number: str) -> None:
    rows = [{"item_no": number, "item_code": "R1", "item_zh": "走访"}]
    assert [error.code for error in read_items(rows)[1]] == ["number"]


def test_a_number_used_twice_is_named() -> None:
    rows = [{"item_no": "1", "item_code": code, "item_zh": "走访"} for code in ("R1", "R2")]
    assert [(error.row, error.code) for error in read_items(rows)[1]] == [(3, "number")]


def test_control_characters_are_named() -> None:
    rows = [{"item_code": "R1", "item_zh": "走\x00访"}]
    assert [error.code for error in read_items(rows)[1]] == ["name"]


def test_a_file_with_an_unknown_heading_gives_an_error_and_no_days() -> None:
    days, errors = read_days(read_table(io.BytesIO("甲,乙\n1,2\n".encode())), year=2027)
    assert days == []
    assert [error.code for error in errors] == ["empty"]


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 not really an archive", b"\xff\xfe\x00\x81\x81", bytes(range(128, 256)) * 3],
    ids=["broken archive", "binary", "noise"],
)
def test_a_file_that_is_no_sheet_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read_table(io.BytesIO(content))


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<broken")
    file.seek(0)
    with pytest.raises(Unreadable):
        read_table(file)


def test_a_workbook_that_unpacks_to_a_flood_is_refused() -> None:
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (51 * 1024 * 1024))
    file.seek(0)
    with pytest.raises(SheetTooLarge):
        read_table(file)


def test_too_many_bytes_or_rows_are_refused() -> None:
    with pytest.raises(SheetTooLarge):
        read_table(io.BytesIO(b"x" * (MAX_BYTES + 1)))
    with pytest.raises(SheetTooLarge):
        read_table(io.BytesIO(b"a\n" + b"1\n" * 5001))
    assert len(read_table(io.BytesIO(b"a\n" + b"1\n" * 5000))) == 5000


def test_an_empty_file_has_no_rows() -> None:
    assert read_table(io.BytesIO(b"")) == []
