"""A machine without the PDF libraries is told so, and nothing else stops."""

import pytest

from yuhu.kit import pdf
from yuhu.runtime import checks


def test_missing_pdf_libraries_are_a_warning_that_names_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_library", lambda name: None)
    (warning,) = checks.pdf_libraries(None)
    assert warning.id == "runtime.W001"
    assert "libpango-1.0-0" in str(warning.hint)


def test_nothing_is_said_when_they_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_library", lambda name: f"lib{name}.so")
    assert checks.pdf_libraries(None) == []
