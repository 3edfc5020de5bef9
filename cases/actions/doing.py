"""One move under way: what effects read and write before ``move.finish`` saves and journals it."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from cases.actions.base import By, digest_of, write_note
from cases.actions.clocks import Clocks
from cases.models import Case, Note, WorkOrder
from cases.policies import Look


@dataclass
class Doing:
    """One move under way."""

    case: Case
    by: By
    at: dt.datetime
    values: dict[str, Any]
    look: Look
    clocks: Clocks
    move: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def say(self, **facts: Any) -> None:
        """Add codes, keys and dates to the journal entry."""
        self.facts.update(facts)

    def keep(self, name: str) -> Note | None:
        """Keep a text field as a note; the journal gets its key and digest."""
        text = self.values.get(name)
        if not text:
            return None
        note = write_note(self.case, move=self.move, field=name, text=text, by=self.by, at=self.at)
        self.say(**{name: digest_of(note)})
        return note

    @property
    def order(self) -> WorkOrder:
        """The running order."""
        return next(order for order in reversed(self.look.orders) if order.ended_at is None)
