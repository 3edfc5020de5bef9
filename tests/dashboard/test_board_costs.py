"""What the data of the board's pages cost, once its area is known: few queries, and not one more for more cases."""

import datetime as dt

import pytest

from tests.cases.indicator_makers import many
from tests.dashboard.boards import DISTRICT, board, counted, open_board, viewer
from tests.world import AT, STREET, World, a_closed, a_dispatched
from yuhu.dashboard.board import wall
from yuhu.dashboard.board.area import EVERY
from yuhu.dashboard.board.explain import explain
from yuhu.dashboard.board.views import PAGES

pytestmark = pytest.mark.django_db
MOST = 12
# The page of all indicators asks every source of figures once, as the API does.
MOST_OF_ALL = 27
# Its first page has the map and the parts at once.
MOST_ON_A_WALL = 13


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yuhu.kit.clock.now", lambda: AT)


def grow(world: World, seed: int) -> None:
    period = board(world).chosen.days.period
    many(world, period, seed=seed, count=40)
    a_closed(world, at=AT - dt.timedelta(days=seed))
    a_dispatched(world)


@pytest.mark.parametrize("area", [DISTRICT, STREET])
@pytest.mark.parametrize("tab", list(PAGES))
def test_a_page_asks_few_queries_and_not_more_for_more_cases(
    world: World, monkeypatch: pytest.MonkeyPatch, tab: str, area: str
):
    asked = []
    PAGES[tab](board(world, area=area, tab=tab))  # what a process keeps of a division is read once
    for seed in (1, 2):
        grow(world, seed)
        who = viewer(world)
        shown = open_board(who, area=area, tab=tab)
        with counted() as found:
            PAGES[tab](shown)
        asked.append(found.number)
    assert asked[0] == asked[1], "the number grew"
    assert asked[1] <= (MOST_OF_ALL if tab == EVERY else MOST)


@pytest.mark.parametrize("page", list(wall.PAGES))
def test_a_page_of_the_wall_asks_as_few(world: World, monkeypatch: pytest.MonkeyPatch, page: str):
    asked = []
    for seed in (1, 2):
        grow(world, seed)
        who = viewer(world)
        shown = open_board(who)
        with counted() as found:
            wall.SHOWN[page](shown)
        asked.append(found.number)
    assert asked[0] == asked[1], "the number grew"
    assert asked[1] <= MOST_ON_A_WALL


@pytest.mark.parametrize("key", ["satisfaction_rate", "hazard_fix_rate", "whistle_rate", "training_rate"])
def test_an_explanation_asks_as_few(world: World, monkeypatch: pytest.MonkeyPatch, key: str):
    asked = []
    for seed in (1, 2):
        grow(world, seed)
        who = viewer(world)
        shown = open_board(who)
        with counted() as found:
            explain(shown, key)
        asked.append(found.number)
    assert asked[0] == asked[1], "the number grew"
    assert asked[1] <= MOST
