"""The stage for races: a cast that is really stored, and a place at which two who read the same case meet."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings

from cases.actions import automatic
from cases.actions.base import locked
from cases.models import Case
from tests.cases.racing import MOVE
from tests.together import meeting_after
from tests.world import AT, World, build
from yuhu.journal.actions import relay
from yuhu.journal.verification import verify


@pytest.fixture
def cast(db, settings) -> World:
    settings.STEP_TRANSPORT = "yuhu.kit.steps.run_nowhere"
    return build()


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Call it when the scene is set: from then on whoever has read a case waits for the other."""

    def begin(read: Callable[[int], Case] = locked) -> None:
        met = meeting_after(read)
        for module in (MOVE, automatic):
            monkeypatch.setattr(module, "locked", met)

    return begin


@pytest.fixture
def _journal_is_whole(cast: World) -> Iterator[None]:
    """After every race, also after the controls."""
    yield
    while relay(at=AT):
        pass
    assert verify(head_file=settings.JOURNAL_HEAD_FILE).findings == []
