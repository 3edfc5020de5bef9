"""The official's day: what the desk's first page counts. Each app says what waits, and where the list of it is.

Leaves to others: who may enter (yuhu.dashboard.site), the numbers (each app's figures), the page (yuhu.dashboard).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.http import HttpRequest
from django.utils.functional import Promise


class Part(StrEnum):
    """The parts of the page, in its order."""

    DECIDE = "decide"  # waits for my decision
    DO = "do"  # waits for my hands
    DUE = "due"  # due soon, and late, in my scope
    PEOPLE = "people"  # vacancies, absences, shifts nobody covers
    TODAY = "today"  # what the calendar holds: visits, meetings, who is on duty


@dataclass(frozen=True)
class Item:
    """One number with the list behind it. ``late`` of ``number`` are past their limit."""

    part: Part
    label: str | Promise
    number: int
    url: str
    late: int = 0
    # Shown even at nought: its absence would be a question ("is nobody on duty?").
    always: bool = False


Source = Callable[[HttpRequest], Iterable[Item]]
_sources: list[Source] = []


def add(source: Source) -> Source:
    """Let ``source`` tell of its items whenever the page is drawn; a decorator. Order: as apps get ready."""
    if source not in _sources:
        _sources.append(source)
    return source


def items(request: HttpRequest) -> list[Item]:
    """What is to be shown to this person now."""
    found = [item for source in _sources for item in source(request)]
    return [item for item in found if item.number or item.always]
