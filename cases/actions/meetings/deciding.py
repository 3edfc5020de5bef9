"""Deciding an item of the agenda: what the meeting decides, the case does at once, by the moves of the table.

One transaction an item: the table refuses a move → nothing is decided, and its reason is told. At once and not when
the minutes are closed, since those who could answer a refusal sit at the table then (decision 0031).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.base import By, digest_of, journal, locked, write_note
from cases.actions.meetings.base import LONGEST, Acting, begin, decided_there, moment, refuse
from cases.actions.move import move
from cases.exceptions import MeetingMovedOn, Missing, WrongState
from cases.models import AgendaItem, Case, CaseParty
from cases.policies.meetings import LEADING, authority, may_decide
from cases.states import MOVES, RANK, Path, Relation, State
from duties.models import DutyItem
from staffing.models import Unit, User
from yuhu.kit import clock
from yuhu.kit.exceptions import Conflict, Invalid
from yuhu.kit.text import clean_text

_BEFORE = (Relation.DUTY_OFFICER, Relation.STREET_LEADER, Relation.DISTRICT_LEADER)


@transaction.atomic
def settle(
    *,
    item: AgendaItem,
    unit: Unit | None,
    person: User | None,
    co_units: Sequence[Unit],
    duty_item: DutyItem | None,
    due_on: dt.date | None,
    measures: str,
    by: By,
    at: dt.datetime,
) -> AgendaItem:
    """Fix who does it, with whom, what and by when (``due_on`` included).

    The case is dispatched or reassigned. A limit that a leader sets (as chair or recorder) becomes supervision; without
    a leader it may not be shorter than the limit of handling, which only a leader shortens.

    Raises:
        NotYourMove, MeetingMovedOn: who may, and where meeting and item stand.
        Invalid: neither unit nor person, or both; no measures; a limit that is past or too short.
        Refusal: whatever the table refuses about the case.
    """
    text = clean_text(measures, field="measures", min_length=2, max_length=LONGEST)
    if (unit is None) == (person is None):
        raise Missing(_("Please name either the unit or the person in charge."), field="unit")
    acting, row, case = _begin("settle", item, by=by, at=at)
    case = _send(acting, case, unit=unit, person=person, co_units=co_units, duty_item=duty_item)
    if due_on is not None:
        case = _limit(acting, case, due_on, text)
    row.lead_unit, row.lead_person, row.duty_item, row.due_on = unit, person, duty_item, due_on
    told = {
        "unit": unit.code if unit else None,
        "assignee": person.pk if person else None,
        "co_units": [one.code for one in co_units],
        "due_on": due_on.isoformat() if due_on else None,
    }
    _keep(acting, row, case, AgendaItem.Decision.SETTLED, text, told)
    row.co_units.set(co_units)
    return row


@transaction.atomic
def whistle(*, item: AgendaItem, measures: str, by: By, at: dt.datetime) -> AgendaItem:
    """No agreement: the departments must come. The path is raised to ``whistle``, and the whistle can be blown.

    Raises: as ``settle``.
    """
    text = clean_text(measures, field="measures", min_length=2, max_length=LONGEST)
    acting, row, case = _begin("whistle", item, by=by, at=at)
    if RANK[Path(case.path)] < RANK[Path.WHISTLE]:
        case = _move(acting, case, "raise-path", {"path": Path.WHISTLE.value, "reason": text})
    _keep(acting, row, case, AgendaItem.Decision.WHISTLE, text, {})
    return row


@transaction.atomic
def adjourn(*, item: AgendaItem, measures: str, by: By, at: dt.datetime) -> AgendaItem:
    """Not ripe: the case needs another meeting. Nothing moves.

    Raises: as ``settle``.
    """
    text = clean_text(measures, field="measures", min_length=2, max_length=LONGEST)
    acting, row, case = _begin("adjourn", item, by=by, at=at)
    _keep(acting, row, case, AgendaItem.Decision.ADJOURNED, text, {})
    return row


def _begin(verb: str, item: AgendaItem, *, by: By, at: dt.datetime) -> tuple[Acting, AgendaItem, Case]:
    """Lock meeting, item and case, and ask again."""
    acting = begin("decide", item.meeting, by=by, at=at)
    row = acting.meeting.items.select_for_update().filter(pk=item.pk).first()
    if row is None:
        raise MeetingMovedOn(_("This item is not on the agenda any more."))
    row.meeting = acting.meeting
    refuse(may_decide(verb, by.user, row, at))
    return acting, row, locked(row.case_id)


def _send(
    acting: Acting,
    case: Case,
    *,
    unit: Unit | None,
    person: User | None,
    co_units: Sequence[Unit],
    duty_item: DutyItem | None,
) -> Case:
    """Dispatch or reassign, unless the same receiver has it with the same helpers already."""
    if _stays(case, unit, person, co_units):
        return case
    data: dict[str, Any] = {
        "unit": unit.code if unit else None,
        "assignee": person.pk if person else None,
        "duty_item": duty_item.code if duty_item else None,
        "co_units": [one.code for one in co_units],
        "reason": decided_there(acting.meeting),
    }
    name = "dispatch" if case.state == State.REPORTED else "reassign"
    return _move(acting, case, name, data)


def _stays(case: Case, unit: Unit | None, person: User | None, co_units: Sequence[Unit]) -> bool:
    if case.state not in (State.DISPATCHED, State.IN_PROGRESS):
        return False
    same = case.assignee_id == person.pk if person else case.lead_unit == unit and case.assignee_id is None
    helping = CaseParty.objects.filter(case=case, role=CaseParty.Role.CO).values_list("unit", flat=True)
    return same and {one.pk for one in co_units} <= set(helping)


def _limit(acting: Acting, case: Case, due_on: dt.date, text: str) -> Case:
    """A leader's limit supervises; without a leader the limit of handling must keep what was promised."""
    due_at = clock.day_start(due_on + dt.timedelta(days=1)) - dt.timedelta(seconds=1)
    if due_at <= acting.at:
        raise Invalid(_("This day has passed. Please choose today or later."), code="past", field="due_on")
    if authority(case, acting.meeting, acting.by.user, acting.at) & LEADING:
        return _move(acting, case, "supervise", {"comment": text, "due_at": due_at.isoformat()})
    if case.due_at is None or due_at < case.due_at:
        said = _(
            "Only a leader sets a shorter limit than the ordinary one (%(due)s). Let a leader chair the meeting "
            "or record this, or leave the limit out."
        )
        due = moment(case.due_at) if case.due_at else "—"
        raise Invalid(said % {"due": due}, code="needs_leader", field="due_on")
    return case


def _move(acting: Acting, case: Case, name: str, data: Mapping[str, Any]) -> Case:
    """The table's move, with the authority of the meeting. The table still says from where, and what must be given."""
    held = authority(case, acting.meeting, acting.by.user, acting.at) & MOVES[name].who
    relation = next((one for one in _BEFORE if one in held), None)
    given = {key: value for key, value in data.items() if value not in (None, [])}
    try:
        return move(case_id=case.pk, name=name, by=acting.by, at=acting.at, data=given, relation=relation)
    except WrongState:
        text = _(
            "“%(move)s” is not possible while the case is “%(state)s”. Bring it on with the moves on its own page "
            "first, or adjourn the item."
        )
        said = text % {"move": MOVES[name].label, "state": case.get_state_display()}
        raise Conflict(said, code="wrong_state") from None


def _keep(
    acting: Acting,
    row: AgendaItem,
    case: Case,
    decision: AgendaItem.Decision,
    text: str,
    told: dict[str, Any],
) -> None:
    """The decision itself: its words as a note of the case, an entry there, and one of the meeting."""
    note = write_note(case, move="meeting", field="measures", text=text, by=acting.by, at=acting.at)
    row.decision, row.measures = decision, note
    row.decided_at, row.decided_by = acting.at, acting.by.user
    row.save()
    facts = {"decision": decision.value, **told, "measures": digest_of(note)}
    journal(case, "case.meeting_decided", by=acting.by, at=acting.at, **acting.about, **facts)
    acting.tell("decided", no=row.no, case=case.pk, decision=decision.value)
