"""Who looks at numbers, and for which days."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from staffing.posts import Post
from yuhu.kit import clock
from yuhu.kit.scope import Scope

_BEGINNING = dt.date(2000, 1, 1)


@dataclass(frozen=True)
class Period:
    """From ``start``, up to but not at ``end``: beginnings of local days (domain rule: half-open)."""

    start: dt.datetime
    end: dt.datetime

    @classmethod
    def of_days(cls, first: dt.date, last: dt.date) -> "Period":
        """From the beginning of the first to the end of the last local day."""
        return cls(clock.day_start(first), clock.day_start(last + dt.timedelta(days=1)))

    @classmethod
    def until(cls, end: dt.datetime) -> "Period":
        """All the time before ``end``: no case is older."""
        return cls(clock.day_start(_BEGINNING), end)

    @classmethod
    def last_days(cls, days: int, at: dt.datetime) -> "Period":
        """The local day of ``at`` and the days before it, ``days`` in all."""
        today = clock.local_date(at)
        return cls.of_days(today - dt.timedelta(days=days - 1), today)

    def before(self) -> "Period":
        """The period of the same length that ends where this one begins."""
        return Period(self.start - (self.end - self.start), self.start)

    @property
    def query(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """The first and the last day, as the address of a list says them."""
        last = clock.local_date(self.end) - dt.timedelta(days=1)
        return ("closed_from", clock.local_date(self.start).isoformat()), ("closed_to", last.isoformat())


class Known(Protocol):
    """A person as the database knows him or her."""

    @property
    def pk(self) -> int: ...


class Asking(Protocol):
    """Whoever is known with the posts and the scope of the day: a request behind ``PostsMiddleware`` is."""

    @property
    def user(self) -> Known: ...
    @property
    def posts(self) -> Sequence[Post]: ...
    @property
    def scope(self) -> Scope: ...


@dataclass(frozen=True)
class Viewer:
    """A person with the posts and the scope of the day, at a moment."""

    person: int
    posts: tuple[Post, ...]
    scope: Scope
    at: dt.datetime

    @classmethod
    def of(cls, asking: Asking, at: dt.datetime) -> "Viewer":
        """Whoever asks."""
        return cls(asking.user.pk, tuple(asking.posts), asking.scope, at)
