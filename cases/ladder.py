"""Who is told of a breach, level by level: the post's superior at the limit, one level more each working day.

governor → head of the platform that serves the blocks → street leader → district leader; office or team → head of its
platform → street leader → district leader; department → its head → district leader (docs/architecture.md). Pure.
"""

from dataclasses import dataclass
from enum import StrEnum

from cases.states import Step
from staffing.posts import Function


class Receiver(StrEnum):
    """Whose clock it is."""

    PERSON = "person"
    STREET_UNIT = "street_unit"
    PLATFORM = "platform"
    DEPARTMENT = "department"
    EVALUATOR = "evaluator"
    NOBODY = "nobody"
    RESTRICTED = "restricted"


@dataclass(frozen=True)
class Rung:
    """A level: whose heads or leaders are told. ``unit`` names the unit relative to the case (``platform:`` and the
    function that it has in the case's street)."""

    unit: str
    role: str


_BLOCK = Rung(f"platform:{Function.SERVES_BLOCKS}", "head")
_OWN_PLATFORM = Rung("own_platform", "head")
_COORDINATION = Rung(f"platform:{Function.COORDINATES}", "head")
_OWN_HEAD = Rung("lead_unit", "head")
_STREET = Rung("street", "leader")
_DISTRICT = Rung("district", "leader")

LADDERS: dict[Receiver, tuple[Rung, ...]] = {
    Receiver.PERSON: (_BLOCK, _STREET, _DISTRICT),
    Receiver.STREET_UNIT: (_OWN_PLATFORM, _STREET, _DISTRICT),
    Receiver.PLATFORM: (_OWN_HEAD, _STREET, _DISTRICT),
    Receiver.DEPARTMENT: (_OWN_HEAD, _DISTRICT),
    Receiver.EVALUATOR: (_COORDINATION, _STREET, _DISTRICT),
    Receiver.NOBODY: (_COORDINATION, _STREET, _DISTRICT),
    # A case about an official is not shown to a whole platform because it is late.
    Receiver.RESTRICTED: (_STREET, _DISTRICT),
}


def receiver_kind(*, step: Step, has_assignee: bool, lead_kind: str, restricted: bool = False) -> Receiver:
    """Which ladder a breached ``step`` climbs."""
    if restricted:
        return Receiver.RESTRICTED
    if step == Step.EVALUATE:
        return Receiver.EVALUATOR
    if step == Step.DISPATCH:
        return Receiver.NOBODY
    if has_assignee:
        return Receiver.PERSON
    return {
        "department": Receiver.DEPARTMENT,
        "platform": Receiver.PLATFORM,
        "": Receiver.NOBODY,
    }.get(lead_kind, Receiver.STREET_UNIT)
