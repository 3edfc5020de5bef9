"""Workbooks as people really make them are read; what cannot be read is named by its cell; what goes out cannot run."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from yuhu.kit.excel import reading
from yuhu.kit.excel.lines import RowsRefused, lines_of
from yuhu.kit.excel.reading import NoTable, OldExcel, SheetTooLarge, Table, Unreadable, read_table
from yuhu.kit.excel.values import as_code, as_date, as_whole, shown
from yuhu.kit.excel.writing import Page, workbook

COLUMNS = {
    "code": ("区块编码", "block_code"),
    "name": ("治理员", "governor"),
    "phone": ("联系电话", "手机"),
    "from": ("任职日期",),
}
NEEDED = ("code", "name")
HEAD = ("区块编码", "治理员", "联系电话", "任职日期")


def book(*sheets: tuple[tuple[Any, ...], ...], also: Callable[[Any], None] = lambda book: None) -> io.BytesIO:
    """A workbook of these sheets, each of these rows."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for number, rows in enumerate(sheets, start=1):
        sheet = made.create_sheet(f"Sheet{number}")
        for row in rows:
            sheet.append(row)
    also(made)
    file = io.BytesIO()
    made.save(file)
    file.seek(0)
    return file


def read(file: io.BytesIO) -> Table:
    return read_table(file, columns=COLUMNS, needed=NEEDED)


def found(table: Table) -> list[tuple[str, str]]:
    return [(line.get(*COLUMNS["code"]), line.get(*COLUMNS["name"])) for line in table.lines]


def test_titles_above_the_headings_and_a_wrong_sheet_first_are_passed_over() -> None:
    notes = (("填表说明",), ("请勿改动表头",), ("治理员",))
    roster = (("雨湖路街道治理员花名册",), (), HEAD, ("B1", "高建国", None, None))
    table = read(book(notes, roster))
    assert table.sheet == "Sheet2"
    assert found(table) == [("B1", "高建国")]
    assert table.lines[0].number == 4
    assert table.lines[0].cell(*COLUMNS["name"]) == "B4"


def test_merged_heading_cells_over_two_rows_are_one_heading() -> None:
    def merge(made: Any) -> None:
        sheet = made.worksheets[0]
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:D1")

    file = book(
        (("区块编码", "人员", None, None), (None, "治理员", "手机", "任职日期"), ("B1", "高建国", "1", None)),
        also=merge,
    )
    assert found(read(file)) == [("B1", "高建国")]


def test_a_value_merged_over_several_rows_counts_for_each_of_them() -> None:
    file = book(
        (HEAD, ("B1", "高建国"), (None, "简明")), also=lambda made: made.worksheets[0].merge_cells("A2:A3")
    )
    assert found(read(file)) == [("B1", "高建国"), ("B1", "简明")]


def test_headings_may_hold_blanks_line_breaks_and_the_star_of_a_template() -> None:
    assert found(read(book((("区块\n编码 *", "治 理 员："), ("B1", "高建国"))))) == [("B1", "高建国")]


def test_empty_rows_between_and_a_frame_dragged_far_down_are_no_rows() -> None:
    def frame(made: Any) -> None:
        from openpyxl.styles import Font

        for row in range(3, reading.MAX_ROWS + 100):
            made.worksheets[0].cell(row, 1).font = Font(bold=True)

    table = read(book((HEAD, ("B1", "高建国"), (None, " ", "　"), ("B2", "简明")), also=frame))
    assert [(line.number, line.get("区块编码")) for line in table.lines] == [(2, "B1"), (4, "B2")]


def test_a_formula_gives_the_result_that_was_saved_with_it() -> None:
    file = book((HEAD, ("B1", "高建国", 7, None)))
    content = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(content, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            if part.endswith("sheet1.xml"):
                assert b"<v>7</v>" in data
                data = data.replace(b"<v>7</v>", b"<f>3+4</f><v>7</v>")
            new.writestr(part, data)
    content.seek(0)
    assert read(content).lines[0].get("联系电话") == "7"


def test_a_formula_without_a_saved_result_is_named_by_its_cell() -> None:
    with pytest.raises(RowsRefused) as refusal:
        read(book((HEAD, ("B1", "=A2", None, None))))
    assert [(error.cell, error.code) for error in refusal.value.errors] == [("B2", "formula")]
    assert "B2" in str(refusal.value.errors[0])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_as_any_office_program_saves_it(encoding: str) -> None:
    assert found(read(io.BytesIO("区块编码,治理员\nB1,高建国\n\n".encode(encoding)))) == [("B1", "高建国")]


def test_the_old_format_under_a_new_name_is_told_apart() -> None:
    with pytest.raises(OldExcel):
        read(io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600))


def test_what_lacks_the_headings_is_refused_with_their_names() -> None:
    with pytest.raises(NoTable) as refusal:
        read(book((("区块编码", "电话"), ("B1", "1"))))
    assert "区块编码、治理员" in str(refusal.value)
    with pytest.raises(NoTable):
        read(io.BytesIO(b""))


def test_what_is_no_sheet_or_a_broken_one_is_refused() -> None:
    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("xl/workbook.xml", "<broken")
    for content in (b"PK\x03\x04 no archive", broken.getvalue(), b"\xff\xfe\x00"):
        with pytest.raises(Unreadable) as refusal:
            read(io.BytesIO(content))
        assert refusal.value.field == "sheet"


def test_floods_are_refused() -> None:
    flood = io.BytesIO()
    with zipfile.ZipFile(flood, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (reading.MAX_UNPACKED + 1))
    long = ",".join(HEAD) + "\n" + "B1,x\n" * (reading.MAX_ROWS + reading.MAX_TITLES)
    for content in (b"x" * (50 * 1024 * 1024), flood.getvalue(), long.encode()):
        with pytest.raises(SheetTooLarge):
            read(io.BytesIO(content))


@pytest.mark.parametrize(
    "cell, text",
    [
        (None, ""),
        (13800138000.0, "13800138000"),
        (1.5, "1.5"),
        (True, "1"),
        ("　高建国\u200b ", "高建国"),
        (dt.datetime(2026, 11, 30), "2026-11-30T00:00:00"),
    ],
)
def test_cells_become_text(cell: Any, text: str) -> None:
    assert shown(cell) == text


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-30",
        "2026/11/30",
        "2026.11.30",
        "2026年11月30日",
        "20261130",
        "２０２６－１１－３０",
        "46356",
        "2026-11-30T00:00:00",
    ],
)
def test_days_are_read_in_every_way_in_which_people_write_them(text: str) -> None:
    assert as_date(text) == dt.date(2026, 11, 30)


@pytest.mark.parametrize("text", ["", "2026-02-30", "11月30日", "2026", "明天", "99999999", "²"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert as_date(text) is None


@pytest.mark.parametrize(
    "text, code",
    [
        ("138 0013 8000", "13800138000"),
        ("13800138000.0", "13800138000"),
        ("Ｂ１　", "B1"),
        ("07.50", "07.50"),
        ("007", "007"),
    ],
)
def test_codes_and_phones_are_made_plain(text: str, code: str) -> None:
    assert as_code(text) == code


@pytest.mark.parametrize(
    "text, number",
    [("７", 7), ("7.0", 7), ("0", 0), ("-1", None), ("1.5", None), ("一", None), ("²", None), ("", None)],
)
def test_whole_numbers(text: str, number: int | None) -> None:
    assert as_whole(text) == number


def test_what_goes_out_reads_back_the_same_and_nothing_of_it_can_run() -> None:
    day = dt.date(2026, 11, 30)
    rows = [
        ('=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "高建国\x07", 3, day, None),
        (
            "'quoted",
            "\t=1",
            "http://x/",
            "00123",
            "长" * 40_000,
            1.5,
            dt.datetime(2026, 11, 30, 2, tzinfo=dt.UTC),
            True,
        ),
    ]
    heads = tuple("甲乙丙丁戊己庚辛")
    content = workbook(Page("花名册[2026/11]", heads, rows), Page("空", ("甲",), []))
    sheet = load_workbook(io.BytesIO(content))["花名册202611"]
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            assert cell.data_type != "f", cell.coordinate
            assert cell.hyperlink is None
            if isinstance(cell.value, str) and cell.value[0] in "=+-@\t":
                assert cell.quotePrefix, cell.coordinate
    assert sheet["A2"].value == rows[0][0]
    assert sheet["E2"].value == "高建国"
    assert sheet["G2"].value == dt.datetime(2026, 11, 30)
    assert sheet["G3"].value == dt.datetime(2026, 11, 30, 10)
    table = read_table(io.BytesIO(content), columns={name: (name,) for name in heads}, needed=heads)
    assert as_date(table.lines[0].get("庚")) == day
    assert table.lines[1].get("丁") == "00123"


def test_rows_of_the_projects_own_data_are_counted_as_below_a_heading() -> None:
    lines = list(lines_of([{"区块编码": "B1", "治理员": None}]))
    assert (lines[0].number, lines[0].get("区块编码"), lines[0].cell("治理员")) == (2, "B1", "B2")
