"""How a person stands to a case, and which moves that allows: the table's ``who`` and its named guards.

Every verdict carries the sentence that a button's tooltip and the answer 403 show. Leaves to others: what a move
does (actions), who sees the case at all (``Case.objects.within``).
"""

from cases.policies.guards import GUARDS, handled
from cases.policies.moves import REPEAT, Offer, just_made, may_ever, may_move, offers, open_moves
from cases.policies.people import (
    channel_of,
    governs,
    is_system,
    may_attach,
    may_erase,
    may_report,
    may_report_finding,
    may_unmask,
    may_use_channel,
)
from cases.policies.standing import MACHINES, Look, evaluating_units, holding_units, relations_of

__all__ = [
    "GUARDS",
    "MACHINES",
    "REPEAT",
    "Look",
    "Offer",
    "channel_of",
    "evaluating_units",
    "governs",
    "handled",
    "holding_units",
    "is_system",
    "just_made",
    "may_attach",
    "may_erase",
    "may_ever",
    "may_move",
    "may_report",
    "may_report_finding",
    "may_unmask",
    "may_use_channel",
    "offers",
    "open_moves",
    "relations_of",
]
