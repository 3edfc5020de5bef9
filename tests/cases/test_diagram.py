"""The page that explains the loop is generated from the table, and the committed one is the present one."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from cases import diagram
from cases.states import FINAL, MOVES, State, edges
from tests.architecture.sources import BASE

PAGE = BASE / "docs" / "architecture.md"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    copy = tmp_path / "architecture.md"
    copy.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    return copy


def row_of(name: str) -> str:
    rows = [
        line for line in diagram.render().splitlines() if line.split(" | ")[1:2] and line.startswith("| `")
    ]
    return next(row for row in rows if row.split(" | ")[1].startswith(f"`{name}` "))


def test_the_committed_page_says_what_the_table_says():
    call_command("render_states", check=True, verbosity=0)


def test_check_refuses_a_page_that_says_something_else_and_leaves_it_alone(page):
    text = page.read_text(encoding="utf-8").replace("| `sign` ", "| `autograph` ")
    page.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match="out of date"):
        call_command("render_states", check=True, page=page)
    assert page.read_text(encoding="utf-8") == text


def test_rendering_replaces_what_stands_between_the_marks_and_nothing_else(page):
    page.write_text(f"before\n{diagram.BEGIN}\nold\n{diagram.END}\nafter\n", encoding="utf-8")
    call_command("render_states", page=page)
    text = page.read_text(encoding="utf-8")
    assert text == f"before\n{diagram.BEGIN}\n{diagram.render()}\n{diagram.END}\nafter\n"
    call_command("render_states", check=True, page=page)


@pytest.mark.parametrize("text", ["", diagram.BEGIN, f"{diagram.END}", f"{diagram.BEGIN}{diagram.END}" * 2])
def test_a_page_without_one_place_for_the_diagram_is_refused(page, text):
    page.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match="once each"):
        call_command("render_states", page=page)
    assert page.read_text(encoding="utf-8") == text


def test_every_arrow_that_changes_the_state_is_drawn_once():
    drawn = [
        (source.strip(), name.strip(), target)
        for line in diagram.render().splitlines()
        if " --> " in line and ": " in line and "[*]" not in line
        for source, rest in [line.split(" --> ")]
        for target, names in [rest.split(": ")]
        for name in names.split(",")
    ]
    wanted = {(source.value, name, target.value) for source, name, target in edges() if source != target}
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == wanted


def test_the_diagram_begins_with_a_report_and_ends_where_cases_end():
    lines = [line.strip() for line in diagram.render().splitlines()]
    assert "[*] --> reported: report" in lines
    assert {line.split(" --> ")[0] for line in lines if line.endswith("--> [*]")} == {
        state.value for state in FINAL
    }


def test_every_move_has_a_row_with_its_guards_its_fields_and_its_chinese_name():
    for name, move in MOVES.items():
        row = row_of(name)
        assert f"`{name}` {diagram.chinese(move.label)} |" in row
        assert all(f"`{guard}`" in row for guard in move.guards)
        assert all((f"[`{field.name}`]" in row) is not field.required for field in move.fields)


def test_the_page_is_the_same_whatever_language_is_active():
    with translation.override("en"):
        english = diagram.render()
    with translation.override("zh-hans"):
        assert diagram.render() == english
    assert diagram.chinese(State.SUSPENDED.label) == "挂账"
    assert diagram.english(State.SUSPENDED.label) == "Suspended"
