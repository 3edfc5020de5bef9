"""Automatic steps: each locks its case, asks again whether it is still due, and commits its effect in one go.

So a step may be hinted twice, swept by two workers at once, or killed half-way: it happens once or not yet.
"""

import datetime as dt
from typing import Any

from django.db import transaction

from cases.actions import sending
from cases.actions.base import By, add_party, journal, locked
from cases.actions.clocks import Clocks
from cases.actions.doing import Doing
from cases.actions.move import finish, move
from cases.exceptions import NoSuchCase, NotYourMove, WrongState
from cases.ladder import LADDERS, Rung, receiver_kind
from cases.models import Case, CaseParty, Deadline, Escalation
from cases.policies import Look
from cases.states import MOVES, Relation, State, Step
from staffing.models import Membership, PlatformLink, Unit
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock, worktime

BY_SYSTEM = By(user=None, actor=SYSTEM)


def dispatch_by_rule(*, case_id: int, at: dt.datetime) -> bool:
    """Give a reported case its receiver, or leave it to the duty officer when no rule fits.

    Returns whether something was done.
    """
    with transaction.atomic():
        try:
            case = locked(case_id)
        except NoSuchCase:
            return False
        if case.state != State.REPORTED or case.waits_for_person:
            return False
        look = Look(case, None, at, Relation.SYSTEM)
        doing = Doing(
            case=case, by=BY_SYSTEM, at=at, values={}, look=look, clocks=Clocks(case, at), move="dispatch"
        )
        sent = sending.by_rule(doing)
        finish(doing, MOVES["dispatch"].event if sent else "case.left_to_person", State.REPORTED)
    return True


def close_unrated(*, case_id: int, at: dt.datetime) -> bool:
    """The time to rate has passed without an answer: the case closes, unrated."""
    case = Case.objects.filter(pk=case_id, state=State.EVALUATED).first()
    over = (
        case is not None and case.deadlines.filter(step=Step.RATE, is_running=True, due_at__lte=at).exists()
    )
    return over and _move(case_id, "close", at)


def resume_when_due(*, case_id: int, at: dt.datetime) -> bool:
    """The review date of a suspended case has come: it goes on."""
    due = Case.objects.filter(pk=case_id, state=State.SUSPENDED, review_at__lte=at).exists()
    return due and _move(case_id, "resume", at)


def _move(case_id: int, name: str, at: dt.datetime) -> bool:
    try:
        move(case_id=case_id, name=name, by=BY_SYSTEM, at=at, relation=Relation.SYSTEM)
    except (WrongState, NotYourMove, NoSuchCase):
        return False  # somebody else was faster: the table said no under the lock
    return True


def warn(*, deadline_id: int, at: dt.datetime) -> bool:
    """Three quarters of the limit have passed: told once."""
    with transaction.atomic():
        found = _locked_deadline(deadline_id)
        if found is None:
            return False
        case, row = found
        if not row.is_running or row.warned_at is not None or row.warn_at is None or row.warn_at > at:
            return False
        row.warned_at = at
        row.save(update_fields=["warned_at"])
        journal(case, "case.warned", by=BY_SYSTEM, at=at, step=row.step, due_at=row.due_at)
    return True


def escalate(*, deadline_id: int, at: dt.datetime) -> bool:
    """At the limit tell the superior; each working day later one level more, up to the district leader."""
    with transaction.atomic():
        found = _locked_deadline(deadline_id)
        if found is None:
            return False
        case, row = found
        if not row.is_running or row.next_level_at is None or row.next_level_at > at:
            return False
        if row.step == Step.RATE:
            return False
        _tell_next_level(case, row, at)
    return True


def _locked_deadline(deadline_id: int) -> tuple[Case, Deadline] | None:
    """Parent before child: the case, then its clock."""
    case_id = Deadline.objects.filter(pk=deadline_id).values_list("case", flat=True).first()
    if case_id is None:
        return None
    case = locked(case_id)
    row = Deadline.objects.select_for_update().get(pk=deadline_id)
    return case, row


def _tell_next_level(case: Case, row: Deadline, at: dt.datetime) -> None:
    """Climb to the next rung on which somebody stands; an empty one is skipped."""
    kind = receiver_kind(
        step=Step(row.step),
        has_assignee=case.assignee_id is not None,
        lead_kind=case.lead_unit.kind if case.lead_unit else "",
        restricted=case.restricted,
    )
    ladder = LADDERS[kind]
    level, told = row.level, None
    while told is None and level < len(ladder):
        told = _someone(case, ladder[level], clock.local_date(at))
        level += 1
    row.breached_at = row.breached_at or at
    row.level = level
    calendar = Clocks(case, at).rules.calendar
    row.next_level_at = None if level >= len(ladder) else worktime.deadline(at, 1, "working_day", calendar)
    row.save(update_fields=["breached_at", "level", "next_level_at"])
    facts: dict[str, Any] = {"step": row.step, "level": level, "unit": None, "role": "", "due_at": row.due_at}
    if told is not None:
        unit, role = told
        Escalation.objects.create(deadline=row, level=level, unit=unit, role=role, at=at)
        add_party(case, CaseParty.Role.OVERSIGHT, unit=unit)
        facts |= {"unit": unit.code, "role": role}
    journal(case, "case.escalated", by=BY_SYSTEM, at=at, **facts)


def _someone(case: Case, rung: Rung, on: dt.date) -> tuple[Unit, str] | None:
    """The rung's unit, if somebody holds the role there today; an empty rung is skipped."""
    unit = _unit_of(case, rung, on)
    if unit is None:
        return None
    held = Membership.objects.on(on).filter(unit=unit, role=rung.role, user__is_active=True).exists()
    return (unit, rung.role) if held else None


def _unit_of(case: Case, rung: Rung, on: dt.date) -> Unit | None:
    street = case.street_code or None
    if rung.unit == "lead_unit":
        return case.lead_unit
    if rung.unit == "own_platform":
        link = PlatformLink.objects.on(on).filter(office=case.lead_unit).select_related("platform").first()
        return link.platform if link else (case.lead_unit.parent if case.lead_unit else None)
    if rung.unit == "street":
        return Unit.objects.filter(kind=Unit.Kind.STREET, street=street).first() if street else None
    if rung.unit == "district":
        return Unit.objects.filter(kind=Unit.Kind.DISTRICT, district=case.district_code).first()
    function = rung.unit.partition(":")[2]
    return Unit.objects.performing(function, street=street, day=on).first() if street else None
