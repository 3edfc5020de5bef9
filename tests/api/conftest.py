"""The API with the named cast, at the cast's moment."""

import pytest

from tests.api.callers import As, Caller
from tests.world import AT, World
from yuhu.kit import clock


@pytest.fixture(autouse=True)
def the_clock_stands(monkeypatch) -> None:
    """The doors read the clock: it shows the moment at which the cast acts."""
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def as_(world: World) -> As:
    """Somebody of the cast, logged in: ``as_("governor")``."""
    return lambda name: Caller(world.people[name])


@pytest.fixture
def me(as_: As) -> Caller:
    """A governor."""
    return as_("governor")
