"""Boards as the people of the cast open them, without a browser; and what a page of theirs asks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from blocks.figures import ground_of
from cases.figures import Viewer
from cases.figures.indicators import spread
from staffing.policies import posts_of, scope_of
from tests.world import AT, World
from yuhu.dashboard.board import area as areas
from yuhu.dashboard.board import places, trends
from yuhu.dashboard.board.area import Board
from yuhu.dashboard.board.periods import chosen
from yuhu.kit import clock

DISTRICT = "430302"
# From tallies, the counts of any number of periods cost so many queries.
OF_A_SPREAD = 4


def viewer(world: World, name: str = "leader") -> Viewer:
    user, today = world.people[name], clock.local_date(AT)
    return Viewer(user.pk, posts_of(user, today), scope_of(user, today), AT)


def open_board(
    who: Viewer, area: str = DISTRICT, tab: str = "now", kept: Mapping[str, str] | None = None, **asked: str
) -> Board:
    today = clock.local_date(AT)
    ground = ground_of(who.scope, area, today)
    assert ground is not None
    return Board(who, ground, chosen(asked, today), tab, kept or {})


def board(world: World, name: str = "leader", **more: Any) -> Board:
    return open_board(viewer(world, name), **more)


class Asked:
    """How many queries a page asked, each spread counted as ``OF_A_SPREAD``."""

    def __init__(self) -> None:
        self.queries = self.spreads = self.inside = 0

    @property
    def number(self) -> int:
        return self.queries - self.inside + OF_A_SPREAD * self.spreads


@contextmanager
def counted(monkeypatch: Any) -> Iterator[Asked]:
    found = Asked()

    def counting(*args: Any, **kwargs: Any) -> Any:
        with CaptureQueriesContext(connection) as inside:
            answer = spread(*args, **kwargs)
        found.spreads += 1
        found.inside += len(inside)
        return answer

    for module in (areas, trends, places):
        monkeypatch.setattr(module, "spread", counting)
    with CaptureQueriesContext(connection) as queries:
        yield found
    found.queries = len(queries)
