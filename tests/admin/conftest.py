"""The desk's tests happen at one moment, a Tuesday in office hours."""

import datetime as dt

import pytest

from tests.world import AT
from yuhu.kit import clock


@pytest.fixture(autouse=True)
def _now(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT + dt.timedelta(minutes=30))
