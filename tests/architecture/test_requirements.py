"""What the requirements name: packages at one version with their hashes, and nothing of the machine that wrote them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINE = re.compile(
    r"""
    [A-Za-z0-9._-]+ (\[[a-z0-9,-]+\])? == [A-Za-z0-9.!+]+ (\ ;\ [^\\]+)? \ \\  # a package
    | \ {4}--hash=sha256:[0-9a-f]{64} (\ \\)?
    | \ *\# .*
    | -r\ requirements[a-z-]*\.txt
    |
    """,
    re.VERBOSE,
)


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.txt")), ids=lambda path: path.name)
def test_requirements_name_packages_and_no_place(path: Path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines
    assert [line for line in lines if not LINE.fullmatch(line)] == []


@pytest.mark.parametrize(
    "line", ["--find-links ./wheels", "-i https://mirror.example/simple", "django", "a==1"]
)
def test_a_place_or_an_open_version_would_be_found(line: str):
    assert not LINE.fullmatch(line)
