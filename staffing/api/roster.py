"""The people in the posts of one block on a day, as the API shows them. Two queries."""

import datetime as dt
from dataclasses import dataclass, field

from blocks.models import Block
from staffing.models import Assistant, Tenure, User


@dataclass
class Roster:
    """1 + N + 1: None means that the post is vacant."""

    governor: User | None = None
    acting_governor: User | None = None
    supervisor: User | None = None
    acting_supervisor: User | None = None
    assistants: list[Assistant] = field(default_factory=list)


def roster_of(block: Block, on: dt.date) -> Roster:
    """Who holds which post of ``block`` on the local day ``on``."""
    roster = Roster()
    for seat in Tenure.objects.on(on).held().filter(block=block).select_related("holder"):
        setattr(roster, seat.post, seat.holder)
    helpers = Assistant.objects.on(on).filter(block=block).select_related("user")
    roster.assistants = list(helpers.order_by("kind", "user__name", "pk"))
    return roster
