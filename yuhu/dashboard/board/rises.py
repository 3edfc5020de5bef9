"""三升三降 on the board: what a measure must tell to be shown there. Who makes the measures registers here.

Leaves to others: the measures themselves, and the figures from outside that some of them need.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Protocol

from django.utils.functional import Promise

from cases.figures.indicators import Question


class Part(Protocol):
    """One thing that a measure is made of."""

    @property
    def name(self) -> str | Promise: ...
    @property
    def now(self) -> Decimal | int | None: ...


class Rise(Protocol):
    """One of the six measures. ``wanted``: "up" or "down"; ``judged``: "good", "bad" or "none"; a change without a base
    is None, and so is what is not known."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str | Promise: ...
    @property
    def parts(self) -> Sequence[Part]: ...
    @property
    def now(self) -> Decimal | int | None: ...
    @property
    def base(self) -> Decimal | int | None: ...
    @property
    def change(self) -> Decimal | None: ...
    @property
    def unit(self) -> str | Promise: ...
    @property
    def wanted(self) -> str: ...
    @property
    def judged(self) -> str: ...
    @property
    def sources(self) -> Sequence[str | Promise]: ...


Source = Callable[[Question], Sequence[Rise]]


def _nothing(question: Question) -> Sequence[Rise]:
    return ()


# THE CONNECTION: whoever makes the six measures stands here instead of ``_nothing``.
SOURCE: Source = _nothing


def rises_of(question: Question) -> list[Rise]:
    """The six measures of an area in a period; without a source there are none, and the panel is left out."""
    return list(SOURCE(question))
