"""Who may do what on a whistle now: one table of verbs, states and sides, and the guards that states do not say.

The street's main leader approves (吹哨准, domain 2.5), or the district's; an emergency is called by the duty officer at
once and approved afterwards. Departments must come (Beijing regulation of 2021, art. 16) and both sides rate (art. 33).
Leaves to others: what a verb does (``cases.actions.whistles``), who sees a whistle (``within``).
"""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Whistle, WhistleCall
from cases.policies.guards import when
from cases.policies.standing import Look, holding_units
from cases.states import MOVES, Relation
from staffing.models import Unit, User
from staffing.posts import Post, PostKind
from yuhu.kit.verdicts import Allowed, Denied, Verdict


class Side(StrEnum):
    """As what a person acts on a whistle."""

    HOLDER = "holder"  # holds the case as a unit of the street
    OFFICER = "officer"  # duty officer or head of a platform of the street
    LEADER = "leader"  # leads the street
    DISTRICT = "district"  # leads the district: may decide as the street's leader does
    DEPARTMENT = "department"  # works in the department that is called


@dataclass
class WhistleLook:
    """One person looking at one whistle, and perhaps at one of its calls, at one moment."""

    whistle: Whistle
    user: User | None
    at: dt.datetime
    call: WhistleCall | None = None

    @cached_property
    def of_case(self) -> Look:
        return Look(self.whistle.case, self.user, self.at)

    @cached_property
    def sides(self) -> frozenset[Side]:
        found = sides_of(self.of_case)
        if self.call is not None and self.call.unit_id in holding_units(self.of_case.posts):
            found |= {Side.DEPARTMENT}
        return found

    @cached_property
    def calls(self) -> list[WhistleCall]:
        return [call for call in self.whistle.calls.all() if call.state != WhistleCall.State.WITHDRAWN]


_SIDES = {
    Relation.DUTY_OFFICER: Side.OFFICER,
    Relation.STREET_LEADER: Side.LEADER,
    Relation.DISTRICT_LEADER: Side.DISTRICT,
}
_STREET_UNITS = frozenset({Unit.Kind.OFFICE, Unit.Kind.PLATFORM, Unit.Kind.TEAM})


def sides_of(look: Look) -> frozenset[Side]:
    """The sides that a person's posts of today give for whistles of this case."""
    found = {side for relation, side in _SIDES.items() if relation in look.relations}
    lead = look.case.lead_unit
    if Relation.HOLDER in look.relations and lead is not None and lead.kind in _STREET_UNITS:
        found.add(Side.HOLDER)
    return frozenset(found)


Guard = Callable[[WhistleLook], Verdict]


@dataclass(frozen=True)
class Rule:
    """One verb: in which states of the whistle (and of the call), by whom, and what else must hold."""

    states: frozenset[Whistle.State]
    who: frozenset[Side]
    otherwise: str | Promise  # said when the state does not allow it
    calls: frozenset[WhistleCall.State] | None = None
    guards: tuple[Guard, ...] = ()


def _undecided(look: WhistleLook) -> Verdict:
    return when(look.whistle.decided_at is None, _("A leader has decided this whistle already."), "decided")


def _not_own(look: WhistleLook) -> Verdict:
    own = look.user is not None and look.whistle.asked_by_id == look.user.pk
    return when(not own, _("Nobody decides his or her own request."), "own_request")


def _somebody_called(look: WhistleLook) -> Verdict:
    reason = _("No department is named any more. Name one first, or take the whistle back.")
    return when(bool(look.calls), reason, "nobody_called")


def _approved(look: WhistleLook) -> Verdict:
    reason = _("The leader of the street has not approved this emergency yet. That must come first.")
    return when(look.whistle.approved is True, reason, "not_approved")


def _all_settled(look: WhistleLook) -> Verdict:
    reason = _(
        "Not every department has given its result or an explanation that you accepted. "
        "The table shows who is missing."
    )
    return when(all(call.is_settled for call in look.calls), reason, "not_settled")


def _not_attended(look: WhistleLook) -> Verdict:
    """The street may correct what the department said, the department not what the street said."""
    street = bool(look.sides & _STREET)
    open_still = look.call is not None and look.call.attended is None
    return when(street or open_still, _("It is recorded already. The street can correct it."), "recorded")


def _not_scored(look: WhistleLook) -> Verdict:
    unrated = look.call is not None and look.call.score is None
    return when(unrated, _("The street has rated this department already."), "rated")


def _not_rated(look: WhistleLook) -> Verdict:
    unrated = look.call is not None and look.call.justified is None
    return when(unrated, _("The department has rated this whistle already."), "rated")


W, C = Whistle.State, WhistleCall.State
_RUNNING = frozenset({W.ASKED, W.CALLED})
_CALLED, _CLEARED = frozenset({W.CALLED}), frozenset({W.CLEARED})
_STREET = frozenset({Side.OFFICER, Side.LEADER})
_DECIDE = frozenset({Side.LEADER, Side.DISTRICT})
_DEPARTMENT = frozenset({Side.DEPARTMENT})
_SETTLED = frozenset({C.REPORTED, C.EXCUSED})

_OVER = _("The whistle is over.")
_NOT_CALLED = _("The departments are not called: the whistle is over, or awaits its approval.")
_NOT_CLEARED = _("Both sides rate after the street has cleared the whistle, and only once.")

RULES: dict[str, Rule] = {
    "approve": Rule(_RUNNING, _DECIDE, _OVER, guards=(_undecided, _not_own, _somebody_called)),
    "decline": Rule(_RUNNING, _DECIDE, _OVER, guards=(_undecided, _not_own)),
    "call": Rule(_RUNNING, _STREET, _OVER),
    "take-back": Rule(
        frozenset({W.ASKED}), frozenset({Side.OFFICER, Side.HOLDER}), _("Only what awaits its approval is taken back.")
    ),
    "call-off": Rule(_CALLED, _DECIDE, _NOT_CALLED),
    "clear": Rule(_CALLED, _STREET, _NOT_CALLED, guards=(_approved, _somebody_called, _all_settled)),
    "withdraw": Rule(_RUNNING, _STREET, _OVER, frozenset({C.PLANNED, C.CALLED})),
    "check-in": Rule(_CALLED, _DEPARTMENT, _NOT_CALLED, frozenset({C.CALLED, C.EXPLAINED})),
    "explain": Rule(_CALLED, _DEPARTMENT, _NOT_CALLED, frozenset({C.CALLED})),
    "decide-explanation": Rule(_CALLED, _STREET, _NOT_CALLED, frozenset({C.EXPLAINED})),
    "attend": Rule(
        _CALLED, _STREET | _DEPARTMENT, _NOT_CALLED, frozenset({C.CHECKED_IN, C.REPORTED}), (_not_attended,)
    ),
    "result": Rule(_CALLED, _DEPARTMENT, _NOT_CALLED, frozenset({C.CHECKED_IN})),
    "rate-department": Rule(_CLEARED, _STREET, _NOT_CLEARED, _SETTLED, (_not_scored,)),
    "rate-street": Rule(_CLEARED, _DEPARTMENT, _NOT_CLEARED, _SETTLED, (_not_rated,)),
}  # fmt: skip

NOT_YOURS: dict[Side, str | Promise] = {
    Side.LEADER: _(
        "A whistle is approved by the leader of the street, or else by the leader of the district."
    ),
    Side.OFFICER: _("This is done by the duty officer or a head of the street's platforms."),
    Side.DEPARTMENT: _("This is done by the people of the department that is called."),
}
# What the state of one call says when a verb does not fit.
_CALL_SAYS: dict[WhistleCall.State, str | Promise] = {
    C.PLANNED: _("The department is called when the leader has approved."),
    C.CALLED: _("The department has not answered yet."),
    C.CHECKED_IN: _("The department has checked in already."),
    C.EXPLAINED: _("The department has explained why it does not come: the street decides on that first."),
    C.EXCUSED: _("The street has accepted the explanation: the department owes nothing."),
    C.REPORTED: _("The department has given its result already."),
    C.WITHDRAWN: _("The department is not called any more."),
}


def concerns(verb: str, look: WhistleLook) -> bool:
    """Whether the verb is in question for this person at all."""
    return bool(look.sides & RULES[verb].who)


def may_act(verb: str, look: WhistleLook) -> Verdict:
    """Whether the person may use ``verb`` of ``RULES`` on the whistle (and its call) as they stand.

    The code is ``state`` where somebody may have been faster.
    """
    rule = RULES[verb]
    if not concerns(verb, look):
        first = next(side for side in (Side.DEPARTMENT, Side.OFFICER, Side.LEADER) if side in rule.who)
        return Denied(NOT_YOURS[first], code="not_your_move")
    if look.whistle.state not in rule.states:
        return Denied(rule.otherwise, code="state")
    if rule.calls is not None and (look.call is None or look.call.state not in rule.calls):
        said = _OVER if look.call is None else _CALL_SAYS[WhistleCall.State(look.call.state)]
        return Denied(said, code="state")
    for guard in rule.guards:
        verdict = guard(look)
        if not verdict:
            return verdict
    return Allowed()


def may_ask(look: Look) -> Verdict:
    """Whether the person may whistle for this case: its street's platforms, or the street's unit that holds it.

    A governor raises the path of the case; the platform then asks.
    """
    case = look.case
    if case.restricted:
        return Denied(_("A case about an official is not shown to whole departments."), code="restricted")
    if not sides_of(look) & {Side.OFFICER, Side.HOLDER}:
        reason = _(
            "Whistles are asked for by the street's platforms, or by the street's office that holds the case. "
            "A governor raises the path of the case to whistle, and the platform asks."
        )
        return Denied(reason, code="not_your_move")
    if not case.street_code:
        return Denied(
            _("Please give the block of the case first, so that its street is known."), code="no_place"
        )
    return when(
        case.state in MOVES["raise-path"].sources,
        _("Only a case that is reported, dispatched or in progress can be whistled for."),
        "state",
    )  # fmt: skip


_ASKING_KINDS = frozenset({PostKind.DUTY_OFFICER, PostKind.HEAD, PostKind.MEMBER})
_UNIT_WORDS = frozenset(kind.value for kind in _STREET_UNITS)


def may_ever_ask(posts: Collection[Post]) -> Verdict:
    """Whether somebody with these posts may ask for whistles at all: what a list offers before it knows the case."""
    if any(post.kind in _ASKING_KINDS and post.unit_kind in _UNIT_WORDS for post in posts):
        return Allowed()
    return Denied(NOT_YOURS[Side.OFFICER], code="not_your_move")


def calls_at_once(look: Look, kind: str) -> bool:
    """An emergency is called by the duty officer at once; the leader approves afterwards, within a limit."""
    return kind == Whistle.Kind.EMERGENCY and Side.OFFICER in sides_of(look)
