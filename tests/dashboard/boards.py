"""Boards as the people of the cast open them, without a browser; and what a page of theirs asks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from blocks.figures import ground_of
from cases.figures import Viewer
from staffing.policies import posts_of, scope_of
from tests.cases.test_tallies import build
from tests.world import AT, World
from yuhu.dashboard.board.area import Board
from yuhu.dashboard.board.periods import chosen
from yuhu.kit import clock

DISTRICT = "430302"


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
    """How many queries a page asked."""

    number = 0


@contextmanager
def counted() -> Iterator[Asked]:
    """How many queries a page asks once the tallies are whole."""
    build()
    found = Asked()
    with CaptureQueriesContext(connection) as queries:
        yield found
    found.number = len(queries)
