"""What a person may see: areas, units and the person; empty means nothing.

Leaves to others: who gets which scope (staffing.policies) and what it opens (each ``within(scope)``).
"""

from dataclasses import dataclass, field
from functools import cached_property

DISTRICT, STREET, COMMUNITY, BLOCK = 6, 9, 12, 14


@dataclass(frozen=True)
class Scope:
    """Areas by national code (6, 9, 12 or 14 digits), unit ids, the person's id, and whether a post is held."""

    areas: frozenset[str] = field(default_factory=frozenset)
    units: frozenset[int] = field(default_factory=frozenset)
    person: int | None = None
    has_post: bool = False
    # Kinds of matter to which everything is narrowed, by code; None narrows nothing.
    kinds: frozenset[str] | None = None
    # Units whose confidential records the person keeps; no area and no other seat opens those.
    confidential: frozenset[int] = field(default_factory=frozenset)
    # Areas in which the person reads what only inspection may read.
    inspects: frozenset[str] = field(default_factory=frozenset)
    # Units in which the person holds any post, also those whose cases it does not open.
    seats: frozenset[int] = field(default_factory=frozenset)

    @classmethod
    def nothing(cls) -> "Scope":
        """The scope of a stranger."""
        return cls()

    @property
    def is_empty(self) -> bool:
        """No area, no unit and no person: nothing is visible."""
        return not self.areas and not self.units and self.person is None

    @property
    def looks_after_cases(self) -> bool:
        """An area or a unit is open: the posts of administrators open neither."""
        return bool(self.areas or self.units)

    @cached_property
    def districts(self) -> frozenset[str]:
        return self._of(DISTRICT)

    @cached_property
    def streets(self) -> frozenset[str]:
        return self._of(STREET)

    @cached_property
    def communities(self) -> frozenset[str]:
        return self._of(COMMUNITY)

    @cached_property
    def blocks(self) -> frozenset[str]:
        return self._of(BLOCK)

    def covers(self, area: str) -> bool:
        """Whether ``area`` lies in one of the scope's areas: codes nest by prefix."""
        return any(area[:length] in self.areas for length in (DISTRICT, STREET, COMMUNITY, BLOCK))

    def _of(self, length: int) -> frozenset[str]:
        return frozenset(code for code in self.areas if len(code) == length)
