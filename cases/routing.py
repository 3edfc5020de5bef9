"""Who receives a case and why: a pure decision over facts that the caller has looked up.

Source: the category's duty item, path and lead (cases.models.Category), and the rule "nobody in post → acting
person → liaison cadre → the street's block-service platform" (docs/architecture.md, "Who receives").
Every step of the decision is kept as a code with its values, so that a dispatch can explain itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


@dataclass(frozen=True)
class Seat:
    """A person who could receive."""

    user_id: int
    name: str


@dataclass(frozen=True)
class Place:
    """A unit that could receive."""

    unit_id: int
    name: str


@dataclass(frozen=True)
class Facts:
    """What is known about a case when it is routed. None means: there is none."""

    category: str
    category_name: str
    path: str
    lead: str  # governor, street_office or department
    item_code: str
    item_name: str | None
    item_is_cooperation: bool
    block_name: str | None
    governor: Seat | None = None
    acting_governor: Seat | None = None
    liaison_cadre: Seat | None = None
    office: Place | None = None
    department: Place | None = None
    platform: Place | None = None


@dataclass
class Decision:
    """Receiver and reasons. Neither person nor unit: a duty officer must decide."""

    assignee: Seat | None = None
    lead: Place | None = None
    co_units: list[Place] = field(default_factory=list)
    explanation: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_made(self) -> bool:
        return self.assignee is not None or self.lead is not None

    def because(self, code: str, **values: str) -> None:
        self.explanation.append({"code": code, **values})


SENTENCES: dict[str, str] = {
    "category": gettext_noop("The category is %(category)s %(name)s."),
    "item": gettext_noop("Item %(item)s of the published duty lists covers it: %(name)s."),
    "no_item": gettext_noop(
        "No published item %(item)s: it may not be dispatched by itself; the duty officer decides."
    ),
    "unsure": gettext_noop("Whoever reported it did not know the category: the duty officer decides."),
    "block": gettext_noop("The place lies in %(block)s."),
    "no_block": gettext_noop("The place is not known yet: the duty officer places it."),
    "governor": gettext_noop("An ordinary matter goes to the block's governor, %(name)s."),
    "acting": gettext_noop("%(name)s acts for the governor."),
    "liaison": gettext_noop(
        "The governor's post is vacant and nobody acts: the liaison cadre %(name)s receives it."
    ),
    "platform": gettext_noop("Nobody in the block can receive it: %(name)s takes it."),
    "office": gettext_noop("The street's office in charge is %(name)s."),
    "department": gettext_noop("The law gives this to %(name)s, which leads; the street helps."),
    "co_office": gettext_noop("%(name)s helps."),
    "no_department": gettext_noop("The department in charge is not known here: the duty officer decides."),
    "by_hand": gettext_noop("%(name)s dispatched it by hand."),
    "unit": gettext_noop("It was sent to %(name)s."),
    "person": gettext_noop("It was given to %(name)s."),
}


# The last step of a decision for whoever answers for the block.
TO_THE_BLOCK = frozenset({"acting", "governor", "liaison", "platform"})


def went_to_block(explanation: Sequence[Mapping[str, Any]]) -> bool:
    """Whether this decision gave the case to whoever answers for the block."""
    return bool(explanation) and explanation[-1].get("code") in TO_THE_BLOCK


def sentence(step: dict[str, Any]) -> str | Promise:
    """One step of an explanation in the reader's language."""
    template = SENTENCES.get(str(step.get("code")), "")
    return _(template) % step if template else ""


def route(facts: Facts) -> Decision:
    """Decide who receives. For an item of the cooperation list the street is never the lead."""
    decision = Decision()
    decision.because("category", category=facts.category, name=facts.category_name)
    if facts.block_name is None:
        decision.because("no_block")
        return decision
    decision.because("block", block=facts.block_name)
    if facts.item_name is None:
        decision.because("no_item", item=facts.item_code)
        return decision
    decision.because("item", item=facts.item_code, name=facts.item_name)
    if facts.lead == "department" or facts.item_is_cooperation:
        _to_department(facts, decision)
    elif facts.lead == "street_office" and facts.office is not None:
        decision.lead = facts.office
        decision.because("office", name=facts.office.name)
    else:
        _to_block(facts, decision)
    return decision


def _to_department(facts: Facts, decision: Decision) -> None:
    if facts.department is None:
        decision.because("no_department")
        return
    decision.lead = facts.department
    decision.because("department", name=facts.department.name)
    if facts.office is not None:
        decision.co_units.append(facts.office)
        decision.because("co_office", name=facts.office.name)


def _to_block(facts: Facts, decision: Decision) -> None:
    """An acting person is there because the governor is away or the post is vacant: he or she goes first."""
    for code, seat in (
        ("acting", facts.acting_governor),
        ("governor", facts.governor),
        ("liaison", facts.liaison_cadre),
    ):
        if seat is not None:
            decision.assignee = seat
            decision.because(code, name=seat.name)
            return
    if facts.platform is not None:
        decision.lead = facts.platform
        decision.because("platform", name=facts.platform.name)
