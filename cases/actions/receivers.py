"""Looks up the facts that routing decides on: the roster of the block, the street's offices, the published item."""

import datetime as dt
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.db.models import CharField, QuerySet, Value

from cases.models import Case, Category
from cases.routing import Decision, Facts, Place, Seat, route, went_to_block
from duties.models import DutyItem, DutyList
from staffing.models import Assistant, Tenure, Unit, User
from staffing.posts import Function, PostKind
from yuhu.kit.compiled import Compiled

OFFICE, PLATFORM = "office", "platform"
GOVERNS = (Tenure.Seat.GOVERNOR, Tenure.Seat.ACTING_GOVERNOR)


def item_of(category: Category, on: dt.date) -> DutyItem | None:
    """The published item that covers the category on the day; None when the lists do not carry it."""
    return next(iter(_ITEM.objects(code=category.duty_item_code, on=on)), None)


def _item(code: str, on: dt.date) -> QuerySet[DutyItem]:
    return DutyItem.objects.in_force(on).filter(code=code).select_related("list").order_by("pk")[:1]


def facts_of(case: Case, item: DutyItem | None, on: dt.date) -> Facts:
    """Everything ``routing.route`` wants to know about the case on the day."""
    category = case.category
    seats = _seats(case, on) if case.block_id else {}
    units = _units(case, on)
    return Facts(
        category=category.code,
        category_name=category.name,
        path=case.path,
        lead=category.lead,
        item_code=category.duty_item_code,
        item_name=item.name if item else None,
        item_is_cooperation=bool(item and item.list.kind == DutyList.Kind.COOPERATION),
        block_name=case.block.name if case.block else None,
        governor=seats.get(PostKind.GOVERNOR),
        acting_governor=seats.get(PostKind.ACTING_GOVERNOR),
        liaison_cadre=_liaison(case, on) if case.block_id and not _governed(seats) else None,
        office=units.get(OFFICE),
        department=_department(category),
        platform=units.get(PLATFORM),
    )


def answerable(case: Case, on: dt.date) -> Decision:
    """Who answers for the case's block on the day, whatever the category: governor, acting, liaison or platform."""
    facts = facts_of(case, case.duty_item, on)
    return route(replace(facts, lead=Category.Lead.GOVERNOR.value, item_is_cooperation=False))


def is_the_blocks(case: Case, holder: int | None) -> bool:
    """Whether ``holder`` has the case for the block, by the rules or by a seat, and not as a duty officer's choice."""
    if case.block_id is None:
        return False
    return went_to_block(case.explanation) or (case.block_id, holder) in people_of([case.block_id])


def people_of(blocks: Collection[int]) -> set[tuple[int, int | None]]:
    """(block, person) of all who have, or had, a seat in which one receives the block's cases."""
    seats = Tenure.objects.filter(block__in=blocks, post__in=GOVERNS)
    cadres = Assistant.objects.filter(block__in=blocks, kind=Assistant.Kind.LIAISON_CADRE)
    return set(seats.values_list("block", "holder")) | set(cadres.values_list("block", "user"))


def successor(
    case: Case, user: User | None, unit: Unit | None, on: dt.date
) -> tuple[User | None, Unit | None]:
    """Who holds today what ``user`` or ``unit`` held: another one only where a person of the block is not
    answerable for it any more."""
    if user is None or not is_the_blocks(case, user.pk):
        return user, unit
    decision = answerable(case, on)
    if not decision.is_made or (decision.assignee and decision.assignee.user_id == user.pk):
        return user, unit
    return receivers(decision)


def receivers(decision: Decision) -> tuple[User | None, Unit | None]:
    """The rows of a decision."""
    user = _USER.objects(pk=decision.assignee.user_id)[0] if decision.assignee else None
    unit = _UNIT.objects(pk=decision.lead.unit_id)[0] if decision.lead else None
    return user, unit


def _governed(seats: dict[str, Seat]) -> bool:
    return PostKind.GOVERNOR in seats or PostKind.ACTING_GOVERNOR in seats


def _seats(case: Case, on: dt.date) -> dict[str, Seat]:
    assert case.block_id is not None
    return {post: Seat(user, name) for post, user, name in _SEATED.rows(block=case.block_id, on=on)}


def _seated(block: int, on: dt.date) -> QuerySet[Tenure, Any]:
    rows = Tenure.objects.on(on).held().filter(block=block, holder__is_active=True)
    return rows.values_list("post", "holder", "holder__name")


def _liaison(case: Case, on: dt.date) -> Seat | None:
    kind = Assistant.Kind.LIAISON_CADRE
    rows = Assistant.objects.on(on).filter(block=case.block_id, kind=kind, user__is_active=True)
    first = rows.select_related("user").order_by("starts_on", "pk").first()
    return Seat(first.user.pk, first.user.name) if first else None


def _units(case: Case, on: dt.date) -> dict[str, Place]:
    """The street's office for the category, and the platform that serves its blocks on the day."""
    if not case.street_code:
        return {}
    # A category without an office names no unit, not those without a code.
    rows = _OFFICES.rows(street=case.street_code, own=case.category.office_code or "—", on=on)
    return {what: Place(pk, name) for what, pk, name in rows}


def _offices(street: str, own: str, on: dt.date) -> QuerySet[Unit, Any]:
    def told(rows: QuerySet[Unit], what: str) -> QuerySet[Unit, Any]:
        marked = rows.order_by().annotate(what=Value(what, output_field=CharField()))
        return marked.values_list("what", "pk", "name")

    serving = Unit.objects.performing(Function.SERVES_BLOCKS, street=street, day=on)
    office = Unit.objects.filter(street=street, office_code=own)
    return told(office, OFFICE).union(told(serving, PLATFORM), all=True)


def _department(category: Category) -> Place | None:
    unit = category.lead_unit
    return Place(unit.pk, unit.name) if unit else None


# Asked by every dispatch.
_ITEM = Compiled(_item, code=str, on=dt.date)
_SEATED = Compiled(_seated, block=int, on=dt.date)
_OFFICES = Compiled(_offices, street=str, own=str, on=dt.date)
_USER = Compiled(lambda pk: User.objects.filter(pk=pk), pk=int)
_UNIT = Compiled(lambda pk: Unit.objects.filter(pk=pk), pk=int)
