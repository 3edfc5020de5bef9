"""What a notice is, and whom it may concern. Pure: no database, no clock.

Leaves to others: the notices themselves (the other modules), and who the people of an audience are
(``actions.recipients``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise


class Audience(StrEnum):
    """Whom an event may concern."""

    RECEIVER = "receiver"  # who was just given the order: the person, or the unit's people
    HELPERS = "helpers"  # the people of the units that help
    PREVIOUS = "previous"  # who held the order before
    HOLDER = "holder"  # who holds the order now
    IN_CHARGE = "in_charge"  # whose turn it is: evaluator, holder, or the duty officers
    EVALUATOR = "evaluator"  # who was just designated
    DECIDERS = "deciders"  # who is on duty in the street's platforms, else duty officers, heads, leaders
    LEADING = "leading"  # as DECIDERS, but a second extension is decided by a leader
    ASKER = "asker"  # who asked for what was decided
    TOLD = "told"  # the level that an escalation names
    FILER = "filer"  # the colleagues who recorded the case, or reported the same
    ON_DUTY = "on_duty"  # the officer on duty of the street's platform that responds to emergencies
    RESIDENT = "resident"  # the person to answer to, by text message only
    # What is no case says itself whom it concerns: the entry's data hold the keys.
    NAMED = "named"  # ``tell``: keys of people
    UNITS = "units"  # ``units``: codes of units, all their people
    HEADS = "heads"  # ``heads``: codes of units, those who decide in them


@dataclass(frozen=True)
class Notice:
    """One notice: when ``event`` is recorded with the facts ``when``, tell the ``audience``.

    ``email`` says whether it is urgent enough to be mailed too; everything for colleagues is in the inbox.
    ``icon`` and ``tone`` (soon, overdue, good) are hints for the page.
    """

    kind: str
    event: str
    audience: Audience
    title: str | Promise
    text: str | Promise
    when: tuple[tuple[str, Any], ...] = ()
    email: bool = False
    icon: str = "bell"
    tone: str = ""

    def fits(self, data: Mapping[str, Any]) -> bool:
        """Whether the entry's data say what this notice waits for."""
        return all(data.get(key) == value for key, value in self.when)
