"""The API with the named cast."""

from collections.abc import Callable

import pytest

from tests.api.callers import Caller
from tests.world import World


@pytest.fixture
def as_(world: World) -> Callable[[str], Caller]:
    """Somebody of the cast, logged in: ``as_("governor")``."""
    return lambda name: Caller(world.people[name])
