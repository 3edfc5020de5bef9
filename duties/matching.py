"""Does a task look like an item of a list? Compared by pairs of characters, as the search folds them. Pure.

Words decide nothing by themselves: what is certain is said, what is likely is shown to the person, who chooses.
Leaves to others: which items count (``DutyItem.objects.in_force``), what follows (actions).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from yuhu.kit.text import folded

# Shared pairs, as a part of the shorter text's. Tried on the 122 items of the demo's lists with real task titles: below
# it most of what is found is an accident of common words, above it items that people call the same are lost.
LIKELY = 0.4
# Two pairs are three characters: less is one common word.
LEAST_SHARED = 2
MOST_SHOWN = 5
# How items begin, whatever they are about.
_BOILERPLATE = ("协助", "配合", "不得")


class Item(Protocol):
    """What has a name to compare with: an item of a list, or an admission."""

    @property
    def name(self) -> Any: ...


@dataclass(frozen=True)
class Match:
    """An item that a text looks like. ``share`` (0 to 1) is the part of the shorter text that stands in the other;
    ``certain``: the same words, or all of the item's words."""

    item: Any
    share: float
    certain: bool


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of the text's words, without what begins every item."""
    words = [_bare(word) for word in folded(text).split()]
    return frozenset(word[place : place + 2] for word in words for place in range(len(word) - 1))


def matches(text: str, items: Iterable[Item]) -> list[Match]:
    """The items that ``text`` looks like, the most alike first, at most ``MOST_SHOWN``."""
    asked = pairs(text)
    found = [match for item in items if (match := _compared(asked, item)) is not None]
    return sorted(found, key=lambda one: (not one.certain, -one.share))[:MOST_SHOWN]


def certain(found: Collection[Match]) -> Match | None:
    """The match that leaves no doubt, if there is one."""
    return next((match for match in found if match.certain), None)


def _compared(asked: frozenset[str], item: Item) -> Match | None:
    own = pairs(str(item.name))
    shared = len(asked & own)
    shorter = min(len(asked), len(own))
    if not shorter or shared < min(LEAST_SHARED, shorter):
        return None
    share = shared / shorter
    return Match(item, share, certain=own <= asked) if share >= LIKELY else None


def _bare(word: str) -> str:
    for beginning in _BOILERPLATE:
        word = word.removeprefix(beginning)
    return word
