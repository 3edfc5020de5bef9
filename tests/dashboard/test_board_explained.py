"""Every figure can be explained, with the same numbers as everywhere; and every table can be taken along."""

import io

import pytest
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

from cases.figures.indicators import TABLE, indicators
from cases.figures.indicators.choice import ALL, OF_PARTS
from tests.dashboard.boards import DISTRICT, board
from tests.dashboard.lives import live
from tests.world import AT, STREET, World, a_closed, a_signed
from yuhu.dashboard.board import formulas, tables
from yuhu.dashboard.board.every import every
from yuhu.dashboard.board.explain import AROUND, explain
from yuhu.dashboard.board.readings import COVERED
from yuhu.dashboard.board.tables import Cell, Column, Row, Table
from yuhu.dashboard.board.views import PAGES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yuhu.kit.clock.now", lambda: AT)


@pytest.mark.parametrize("key", list(ALL))
def test_every_indicator_has_its_formula_in_words(key: str):
    one = ALL[key]
    words = formulas.formula(one)
    assert all(str(formulas.COUNTS[name]) in words for name in (*one.numerator, *one.denominator))
    assert str(formulas.BASIS[key])
    assert ("÷" in words) == bool(one.denominator)


def test_nothing_is_explained_that_there_is_not():
    known = {name for one in ALL.values() for name in (*one.numerator, *one.denominator)}
    assert set(formulas.COUNTS) == known
    assert set(formulas.BASIS) == set(ALL)
    assert {one.key for one in TABLE} == set(AROUND) | (set(OF_PARTS) - {"registered", "closed", "open_now"})


def test_the_page_tells_the_same_numbers_as_the_table(world: World):
    live(world)
    asked = board(world)
    expected = {
        figure.key: (figure.numerator, figure.denominator, figure.value)
        for figure in indicators(asked.question)
    }
    told = {key: explain(asked, key).more["told"].now for key in expected}  # type: ignore[attr-defined]
    assert {key: (one.numerator, one.denominator, one.value) for key, one in told.items()} == expected


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_of_all_indicators_tells_each_once_with_the_same_numbers(world: World, language: str):
    live(world)
    asked = board(world, tab="indicators")
    figures = {figure.key: figure for figure in indicators(asked.question)}
    with translation.override(language):
        found = every(asked).tables
    assert {key: len(table.rows) for key, table in found.items()} == {
        "reported": 12, "now": 1, "closed": 11, "around": 16,
    }  # fmt: skip
    rows = [row for table in found.values() for row in table.rows]
    assert sorted(row.key for row in rows) == sorted(figures)
    for row in rows:
        one = figures[row.key]
        assert [cell.value for cell in row.cells[1:3]] == [one.numerator, one.denominator], row.key
        assert (row.cells[0].value is None) == (one.value is None), row.key
    beside = {row.key: row.cells[3].text for row in rows if row.cells[3:] and row.cells[3].text}
    assert set(beside) == {*COVERED, "avg_handling_hours"}


def test_a_mean_is_not_explained_without_its_median(client: Client, world: World):
    a_closed(world)
    client.force_login(world.leader)
    client.cookies["django_language"] = "en"
    assert "median" in client.get(f"/board/{DISTRICT}/indicators/avg_handling_hours/").content.decode()


def test_the_parts_of_a_ranking_add_up(world: World):
    live(world)
    shown = explain(board(world), "on_time_completion_rate")
    rows, whole = shown.tables["ranking"].rows, shown.more["told"].now  # type: ignore[attr-defined]
    assert sum(int(row.cells[2].value or 0) for row in rows) == whole.denominator > 0


@pytest.mark.parametrize("key", ["satisfaction_rate", "whistle_rate", "hazard_fix_rate", "registered"])
def test_an_explanation_opens_and_names_its_parts(client: Client, world: World, key: str):
    a_closed(world)
    client.force_login(world.streetleader)
    client.cookies["django_language"] = "en"
    text = client.get(f"/board/{STREET}/indicators/{key}/?from=2026-11-01&to=2026-11-24").content.decode()
    assert "Formula" in text
    assert "2026-10-08 to 2026-10-31" in text
    assert ("2025-11-01 to 2025-11-24" in text) == (key in OF_PARTS), (
        "what nobody asked is not told as a dash"
    )
    assert client.get(f"/board/{DISTRICT}/indicators/{key}/").status_code == 404


@pytest.mark.parametrize("key", ["suspension_rate", "open_now"])
def test_what_is_counted_now_is_compared_with_no_past(world: World, key: str):
    a_signed(world)
    shown = explain(board(world), key)
    assert len(shown.more["compared"]) == 1  # type: ignore[arg-type]
    assert {row.cells[place].value for row in shown.tables["ranking"].rows for place in (3, 4)} == {None}


def test_an_indicator_that_there_is_not_is_not_explained(client: Client, world: World):
    client.force_login(world.leader)
    assert client.get(f"/board/{DISTRICT}/indicators/nonsense/").status_code == 404


# --- Tables ---------------------------------------------------------------------------------------


def row(name: str, value: int | None, *, small: bool = False) -> Row:
    return Row(name, name, (Cell(str(value), value),), is_small=small)


def test_a_ranking_leaves_out_what_is_small_or_unknown_and_gives_equals_one_rank():
    rows = [row("a", 90), row("b", 100, small=True), row("c", 95), row("d", None), row("e", 95)]
    found = tables.ranked(rows, 0, best_first=True)
    assert [(one.name, one.rank) for one in found] == [("c", 1), ("e", 1), ("a", 3), ("b", None), ("d", None)]
    low = tables.ranked(rows, 0, best_first=False)
    assert [one.name for one in low][:3] == ["a", "c", "e"]


def test_a_sheet_holds_the_numbers_and_nothing_that_could_run():
    table = Table(
        "t",
        "T",
        "Where",
        (Column("N"), Column("R")),
        (Row("x", "=1+1", (tables.count(1200), tables.text("–"))),),
    )
    page = table.page("about")
    assert list(page.headings) == ["Where", "N", "R"]
    assert list(page.rows) == [["=1+1", 1200, None]]


@pytest.mark.parametrize("tab", list(PAGES))
def test_every_table_can_be_exported(client: Client, world: World, tab: str):
    live(world)
    client.force_login(world.leader)
    page = client.get(f"/board/{DISTRICT}/{'' if tab == 'now' else tab + '/'}?period=month")
    for table in page.context["tables"].values():
        answer = client.get(table.export)
        assert answer.status_code == 200, table.export
        sheet = load_workbook(io.BytesIO(answer.content)).active
        lines = list(sheet.iter_rows(values_only=True))
        assert "2026-11-01" in lines[0][0], "area, period and as of when"
        assert len(lines) == 2 + len(table.rows)
        assert {cell.data_type for cells in sheet.iter_rows() for cell in cells} <= {"s", "n"}


def test_no_table_of_another_area_or_name_can_be_exported(client: Client, world: World):
    client.force_login(world.streetleader)
    assert client.get(f"/board/{STREET}/export/now/parts.xlsx").status_code == 200
    assert client.get(f"/board/{DISTRICT}/export/now/parts.xlsx").status_code == 404
    assert client.get(f"/board/{STREET}/export/now/nonsense.xlsx").status_code == 404
    assert client.get(f"/board/{STREET}/export/nonsense/parts.xlsx").status_code == 404
    assert client.get(f"/board/{STREET}/export/indicator/repeat_rate.xlsx").status_code == 200
