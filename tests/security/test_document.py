"""The tables of docs/security.md: every threat and every clause names tests, and every named test is there to run."""

import ast
import re

from tests.architecture.sources import BASE

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
TEXT = (BASE / "docs" / "security.md").read_text(encoding="utf-8")


def rows(text: str) -> list[str]:
    """Lines of the tables whose last column is "tests"."""
    found, inside = [], False
    for line in text.splitlines():
        if line.startswith("| ") and line.rstrip(" |").endswith("| tests"):
            inside = True
        elif not line.startswith("|"):
            inside = False
        elif inside and not line.startswith("| ---"):
            found.append(line)
    return found


def is_collected(path: str, name: str) -> bool:
    """Whether pytest finds it: a function of that name on the top level of a test file, that nothing always skips."""
    file = BASE / path
    if not file.name.startswith("test_") or not file.exists():
        return False
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return not any("skip" in ast.unparse(one) for one in node.decorator_list)
    return False


def test_every_threat_and_every_clause_names_a_test() -> None:
    lines = rows(TEXT)
    assert len(lines) > 70
    assert [line for line in lines if not NAMED.search(line.split("|")[-2])] == []


def test_every_named_test_exists() -> None:
    named = set(NAMED.findall(TEXT))
    assert len(named) > 90
    assert {f"{path}::{name}" for path, name in named if not is_collected(path, name)} == set()


def test_a_missing_test_and_a_row_without_one_would_be_found() -> None:
    assert not is_collected("tests/security/test_document.py", "test_that_nobody_wrote")
    assert not is_collected("docs/security.md", "test_every_named_test_exists")
    assert is_collected("tests/security/test_document.py", "test_every_named_test_exists")
    table = "| threat | met by | tests |\n| --- | --- | --- |\n| one | two | none |\n"
    assert [line for line in rows(table) if not NAMED.search(line.split("|")[-2])] == ["| one | two | none |"]
