"""Looks up the facts that routing decides on: the roster of the block, the street's offices, the published item."""

import datetime as dt
from collections.abc import Collection
from dataclasses import replace

from cases.models import Case, Category
from cases.routing import Decision, Facts, Place, Seat, route, went_to_block
from duties.models import DutyItem, DutyList
from staffing.models import Assistant, Tenure, Unit, User
from staffing.posts import PostKind

BLOCK_PLATFORM = "block_service"
GOVERNS = (Tenure.Seat.GOVERNOR, Tenure.Seat.ACTING_GOVERNOR)


def item_of(category: Category, on: dt.date) -> DutyItem | None:
    """The published item that covers the category on the day; None when the lists do not carry it."""
    return DutyItem.objects.in_force(on).filter(code=category.duty_item_code).select_related("list").first()


def facts_of(case: Case, item: DutyItem | None, on: dt.date) -> Facts:
    """Everything ``routing.route`` wants to know about the case on the day."""
    category = case.category
    seats = _seats(case, on) if case.block_id else {}
    units = _units(case)
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
        office=units.get(category.office_code),
        department=_department(category),
        platform=units.get(BLOCK_PLATFORM),
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
    user = User.objects.get(pk=decision.assignee.user_id) if decision.assignee else None
    unit = Unit.objects.get(pk=decision.lead.unit_id) if decision.lead else None
    return user, unit


def _governed(seats: dict[str, Seat]) -> bool:
    return PostKind.GOVERNOR in seats or PostKind.ACTING_GOVERNOR in seats


def _seats(case: Case, on: dt.date) -> dict[str, Seat]:
    rows = (
        Tenure.objects.on(on)
        .held()
        .filter(block=case.block_id, holder__is_active=True)
        .select_related("holder")
    )
    return {row.post: Seat(row.holder.pk, row.holder.name) for row in rows if row.holder}


def _liaison(case: Case, on: dt.date) -> Seat | None:
    kind = Assistant.Kind.LIAISON_CADRE
    rows = Assistant.objects.on(on).filter(block=case.block_id, kind=kind, user__is_active=True)
    first = rows.select_related("user").order_by("starts_on", "pk").first()
    return Seat(first.user.pk, first.user.name) if first else None


def _units(case: Case) -> dict[str, Place]:
    codes = {case.category.office_code, BLOCK_PLATFORM} - {""}
    rows = (
        Unit.objects.filter(street=case.street_code or None, office_code__in=codes)
        if case.street_code
        else Unit.objects.none()
    )
    return {row.office_code: Place(row.pk, row.name) for row in rows}


def _department(category: Category) -> Place | None:
    unit = category.lead_unit
    return Place(unit.pk, unit.name) if unit else None
