"""Sending a locked case to a receiver: by rule, by hand, again, or back to the duty officer.

No street, community or person of one receives a case without an item of the published lists. Also the end of an
order, since whatever was asked about it lapses with it.
"""

import datetime as dt

from django.utils.translation import gettext as _

from blocks.models import Block
from cases.actions.base import add_party, set_parties
from cases.actions.doing import Doing
from cases.actions.receivers import facts_of, item_of, receivers, successor
from cases.actions.whistles.base import keep_open
from cases.exceptions import Missing, OffList, UnknownCode
from cases.models import Case, CaseParty, CaseRequest, WorkOrder
from cases.routing import route
from cases.states import Path, State, Step
from duties.models import DutyItem, DutyList
from staffing.models import Unit, User
from staffing.policies import may, posts_of
from staffing.posts import CAPABILITIES, Capability
from yuhu.kit import bulk, clock
from yuhu.kit.exceptions import Invalid

_STREET_KINDS = frozenset(
    {Unit.Kind.STREET, Unit.Kind.OFFICE, Unit.Kind.PLATFORM, Unit.Kind.TEAM, Unit.Kind.COMMUNITY}
)


def by_rule(doing: Doing) -> bool:
    """Route by the tables. False: no rule fits, a duty officer must decide (and the case now says so)."""
    case = doing.case
    item = item_of(case.category, clock.local_date(doing.at))
    decision = route(facts_of(case, item, clock.local_date(doing.at)))
    case.explanation = decision.explanation
    if not decision.is_made:
        case.waits_for_person = True
        doing.clocks.start(Step.DISPATCH)
        return False
    user, unit = receivers(decision)
    keys = [place.unit_id for place in decision.co_units]
    co_units = list(Unit.objects.filter(pk__in=keys)) if keys else []
    _send(doing, user=user, unit=unit, co_units=co_units, item=item)
    return True


def by_hand(doing: Doing) -> None:
    """The duty officer names the receiver; without one the rules decide, after placing the case if needed."""
    if (block := doing.values.get("block")) is not None:
        place(doing, block)
    if doing.values.get("unit") is None and doing.values.get("assignee") is None:
        if not doing.case.block_id:
            raise Missing(_("Please give the block, so that the receiver can be found."), field="block")
        if not by_rule(doing):
            raise Missing(_("No rule knows the receiver. Please name a unit or a person."), field="unit")
        return
    _to_named(doing)


def again(doing: Doing, end: WorkOrder.End, *, fresh: bool = False) -> None:
    """To another receiver. ``fresh`` (after an approved return) gives a new handle limit, else the old one runs on."""
    if doing.values.get("unit") is None and doing.values.get("assignee") is None:
        raise Missing(_("Please name a unit or a person."), field="unit")
    end_order(doing, end)
    _to_named(doing, fresh=fresh)


def same_again(doing: Doing, last: WorkOrder) -> None:
    """Another round for the receiver of ``last``, signed for already; one who has left the block's post is
    followed by whoever is answerable today."""
    case = doing.case
    user, unit = successor(case, last.user, last.unit, clock.local_date(doing.at))
    order = new_order(doing, user=user, unit=unit)
    order.signed_by, order.signed_at = last.signed_by, doing.at
    order.save(update_fields=["signed_by", "signed_at"])
    if (case.assignee, case.lead_unit) != (user, unit):
        case.assignee, case.lead_unit = user, unit
        set_parties(case, {CaseParty.Role.ASSIGNEE: [user], CaseParty.Role.LEAD: [unit]})
        doing.say(assignee=user.pk if user else None, unit=unit.code if unit else None)
    case.state = State.IN_PROGRESS


def back(doing: Doing) -> None:
    """Nobody holds it now: the duty officer of the street must dispatch it. What was promised to the person who
    reported it, and to a leader, is due as before."""
    case = doing.case
    end_order(doing, WorkOrder.End.RETURNED)
    doing.clocks.end(Step.SIGN, Step.HANDLE)
    doing.clocks.start(Step.DISPATCH)
    case.state, case.waits_for_person = State.REPORTED, True
    case.assignee = case.lead_unit = None
    case.due_at = case.warn_at = None
    role = CaseParty.Role
    set_parties(case, {role.ASSIGNEE: [], role.LEAD: [], role.CO: _helpers(case, [])})


def place(doing: Doing, block: Block) -> None:
    """A person says where it is."""
    case = doing.case
    case.block, case.block_code = block, block.code
    case.community_code, case.street_code = block.community_id, block.community.street_id
    doing.say(block=block.code)


def new_order(doing: Doing, *, user: User | None, unit: Unit | None) -> WorkOrder:
    """The next order of the case."""
    orders = doing.look.orders
    order = WorkOrder(
        case=doing.case, no=(orders[-1].no + 1 if orders else 1), user=user, unit=unit, sent_at=doing.at
    )
    bulk.add(order)
    orders.append(order)
    return order


def _to_named(doing: Doing, *, fresh: bool = True) -> None:
    case, values = doing.case, doing.values
    unit, user = values.get("unit"), values.get("assignee")
    on = clock.local_date(doing.at)
    item = values.get("duty_item") or case.duty_item or item_of(case.category, on)
    if user is not None and not may(user, Capability.REPORT_CASE, on=on):
        raise UnknownCode(_("This person holds no post that handles cases."), field="assignee")
    co_units = values.get("co_units") or []
    _refuse_off_list(unit, user, co_units, item)
    if not case.street_code and unit is not None and unit.street_id:
        case.street_code = unit.street_id
    _refuse_other_street(case, unit, user, co_units, on)
    if not case.street_code and (unit is None or unit.kind != Unit.Kind.DEPARTMENT):
        raise Missing(_("Please give the block, so that the receiver can be found."), field="block")
    name = doing.by.actor.name
    steps = [{"code": "category", "category": case.category_id, "name": case.category.name}]
    if item is not None:
        steps.append({"code": "item", "item": item.code, "name": item.name})
    steps.append({"code": "by_hand", "name": name})
    steps.append({"code": "unit", "name": unit.name} if unit else {"code": "person", "name": str(user)})
    case.explanation = steps
    _send(doing, user=user, unit=unit, co_units=co_units, item=item, fresh=fresh)


def _refuse_other_street(
    case: Case, unit: Unit | None, user: User | None, co_units: list[Unit], on: dt.date
) -> None:
    """A case stays in its street: another street's units and people have no part in it, the district's may."""
    street = case.street_code
    if not street:
        return
    for field, one in (("unit", unit), *(("co_units", one) for one in co_units)):
        if one is not None and one.street_id not in (None, street):
            message = _("%(unit)s belongs to another street. Please choose a unit of this street.")
            raise Invalid(message % {"unit": one.name}, code="other_street", field=field)
    # A post in the street, or one of the whole district (a department's member).
    handles = CAPABILITIES[Capability.REPORT_CASE]
    areas = () if user is None else [post.area for post in posts_of(user, on) if post.kind in handles]
    if user is not None and not any(a == case.district_code or a.startswith(street) for a in areas):
        message = _("%(person)s holds no post in this street. Please choose somebody of this street.")
        raise Invalid(message % {"person": user.name}, code="other_street", field="assignee")


def _refuse_off_list(
    unit: Unit | None, user: User | None, co_units: list[Unit], item: DutyItem | None
) -> None:
    """Streets and communities only get what a published item names; for a cooperation item they never lead."""
    leads = user is not None or (unit is not None and unit.kind in _STREET_KINDS)
    helps = any(one.kind in _STREET_KINDS for one in co_units)
    if item is None and (leads or helps):
        raise OffList(field="duty_item")
    if item is not None and leads and item.list.kind == DutyList.Kind.COOPERATION:
        message = _(
            "This is an item of the cooperation list: the department leads, the street can only help."
        )
        raise Invalid(message, code="street_cannot_lead", field="unit")


def _send(
    doing: Doing,
    *,
    user: User | None,
    unit: Unit | None,
    co_units: list[Unit],
    item: DutyItem | None,
    fresh: bool = True,
) -> None:
    case = doing.case
    case.assignee, case.lead_unit, case.duty_item = user, unit, item
    case.state, case.waits_for_person = State.DISPATCHED, False
    case.dispatched_at = case.dispatched_at or doing.at
    order = new_order(doing, user=user, unit=unit)
    doing.clocks.meet(Step.DISPATCH)
    doing.clocks.start(Step.SIGN)
    if fresh or doing.clocks.current(Step.HANDLE) is None:
        doing.clocks.start(Step.HANDLE)
    role = CaseParty.Role
    set_parties(case, {role.ASSIGNEE: [user], role.LEAD: [unit], role.CO: _helpers(case, co_units)})
    if case.restricted and case.street_code:
        leaders = Unit.objects.filter(kind=Unit.Kind.STREET, street=case.street_code).first()
        add_party(case, CaseParty.Role.OVERSIGHT, unit=leaders)
    handle = doing.clocks.current(Step.HANDLE)
    doing.say(
        order=order.no,
        assignee=user.pk if user else None,
        unit=unit.code if unit else None,
        co_units=[one.code for one in co_units],
        item=item.code if item else None,
        due_at=handle.due_at if handle else None,
        why=[str(step["code"]) for step in case.explanation],
    )


def _helpers(case: Case, co_units: list[Unit]) -> list[Unit]:
    """Who helps whoever gets the case next, and the departments of its whistle."""
    return [*co_units, *keep_open(case, co_units)] if case.path == Path.WHISTLE else co_units


def end_order(doing: Doing, end: WorkOrder.End) -> None:
    """The running order ends, if there is one, and with it whatever was asked about it."""
    lapse(doing, *CaseRequest.Kind)
    for order in doing.look.orders:
        if order.ended_at is None:
            order.ended_at, order.end = doing.at, end
            order.save(update_fields=["ended_at", "end"])


def lapse(doing: Doing, *kinds: CaseRequest.Kind) -> None:
    """Requests of these kinds that nobody decided lapse: their question is gone."""
    waiting = CaseRequest.objects.filter(case=doing.case, kind__in=kinds, decided_at__isnull=True)
    waiting.update(decided_at=doing.at, lapsed=True)
