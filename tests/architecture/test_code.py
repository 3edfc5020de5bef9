"""The shape of modules: names from a closed vocabulary, short, explained, and free of traces of their making."""

import ast
import re
from pathlib import PurePosixPath

import pytest

from tests.architecture.sources import modules, texts

LONGEST_MODULE, LONGEST_FUNCTION = 400, 40
# Names that say nothing about what is inside; import-linter holds the apps to their whole vocabulary.
NAMELESS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "services",
    "common",
    "misc",
    "managers",
    "signals",
    "tools",
}
# The two apps inside yuhu/ that import-linter's vocabulary does not cover, with the words they add.
VOCABULARY = {
    "admin", "api", "apps", "checks", "exceptions", "figures", "forms", "management", "migrations", "models",
    "policies", "querysets", "resources", "states", "actions", "tasks", "urls", "views", "templatetags", "__init__",
}  # fmt: skip
OWN_WORDS = {
    "yuhu/journal": {"digests", "drafts", "heads", "keys", "triggers", "verification"},
    "yuhu/delivery": {"channels", "notices", "subjects", "wording"},
}


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from ``def`` to the end, its docstring not counted."""
    assert function.end_lineno is not None
    length = function.end_lineno - function.lineno + 1
    first = function.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        assert first.end_lineno is not None
        length -= first.end_lineno - first.lineno + 1
    return length


def long_functions(text: str) -> list[str]:
    """Functions of a module that are longer than one can read at once."""
    return [
        f"{node.name}: {lines_of(node)} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and lines_of(node) > LONGEST_FUNCTION
    ]


def test_every_module_says_what_it_is_for():
    silent = [name for name, text in modules() if not (ast.get_docstring(ast.parse(text)) or "").strip()]
    assert silent == []


def test_modules_stay_short():
    lengths = {name: text.count("\n") for name, text in modules()}
    assert len(lengths) > 30, "the walk found the modules"
    assert {name: count for name, count in lengths.items() if count > LONGEST_MODULE} == {}


def test_functions_stay_short():
    found = {name: long for name, text in modules() if (long := long_functions(text))}
    assert found == {}


def test_a_long_function_would_be_found():
    body = "    x = 1\n" * (LONGEST_FUNCTION + 1)
    assert long_functions(f"def long():\n{body}") == [f"long: {LONGEST_FUNCTION + 2} lines"]
    assert long_functions('def told():\n    """One.\n\n    Two.\n    """\n' + "    x = 1\n" * 39) == []


def test_no_module_has_a_name_that_says_nothing():
    named = [name for name, _ in modules() if PurePosixPath(name).stem in NAMELESS]
    assert named == []


@pytest.mark.parametrize("app", OWN_WORDS)
def test_the_apps_of_the_project_keep_to_the_vocabulary(app):
    parts = {
        PurePosixPath(name).relative_to(app).parts[0] for name, _ in modules() if name.startswith(f"{app}/")
    }
    words = {part.removesuffix(".py") for part in parts}
    assert "models" in words
    assert words - VOCABULARY - OWN_WORDS[app] == set()


def test_kit_has_no_models():
    assert [
        name for name, text in modules() if name.startswith("yuhu/kit/") and "(models.Model" in text
    ] == []


UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
# Folders of the machine on which something was written do not exist on the next.
MACHINE_PATH = re.compile(
    r"(?<![\w.])/(" + "|".join(("wo" + "rk", "ro" + "ot", "ho" + "me", "tmp/plan")) + r")/\w"
)


@pytest.mark.parametrize("pattern", [UNFINISHED, MACHINE_PATH], ids=["unfinished", "machine path"])
def test_no_file_carries_traces_of_its_making(pattern):
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        if not name.endswith("package-lock.json")
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_traces_would_be_found():
    assert UNFINISHED.search("# TO" + "DO: later")
    assert MACHINE_PATH.search('open("/wo' + 'rk/data.csv")')
    assert not MACHINE_PATH.search("https://example.org/work/data and ../home/x and /homepage/x")
