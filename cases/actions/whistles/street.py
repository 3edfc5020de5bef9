"""What the street does with a whistle: ask, approve (吹哨准), call departments with their tasks (分哨明), clear (销哨),
rate (评哨).
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.base import By, locked
from cases.actions.move import move
from cases.actions.whistles.base import (
    MOST_DEPARTMENTS,
    Acting,
    active_calls,
    begin,
    close_case,
    codes,
    deciding_units,
    end,
    open_case,
)
from cases.actions.whistles.limits import due, dues
from cases.actions.whistles.rating import finish_if_rated, score_of
from cases.exceptions import (
    CalledBefore,
    Missing,
    NotADepartment,
    NotYourMove,
    TooManyDepartments,
    UnknownCode,
    WhistleMovedOn,
    WhistleRuns,
)
from cases.models import Case, Whistle, WhistleCall
from cases.policies import Look
from cases.policies.whistles import calls_at_once, may_ask
from cases.states import Path
from duties.models import work_calendar
from staffing.models import Unit
from yuhu.kit.exceptions import Invalid

State = WhistleCall.State


@transaction.atomic
def ask(
    *,
    case: Case,
    kind: str,
    reason: str,
    units: Sequence[Unit],
    task: str,
    by: By,
    at: dt.datetime,
    gather_at: dt.datetime | None = None,
    place: str = "",
) -> Whistle:
    """Whistle for ``case``: the leader approves first; an emergency of a duty officer calls the departments at once.

    The path of the case is raised to whistle with it. ``task`` is what each of ``units`` shall do; ``gather_at`` and
    ``place`` say when and where they meet (joint enforcement: required).

    Raises:
        NotYourMove, WhistleMovedOn: the person, or the state of the case, does not allow it.
        WhistleRuns: a whistle for this case runs already.
        Missing, Invalid: what is needed, named by its field.
    """
    row = locked(case.pk)
    look = Look(row, by.user, at)
    _refuse(look, kind)
    _refuse_bad_meeting(kind, gather_at, place, at)
    if row.path != Path.WHISTLE:
        raised = {"path": Path.WHISTLE.value, "reason": reason}
        row = move(case_id=row.pk, name="raise-path", by=by, at=at, data=raised)
    assert by.user is not None
    whistle = Whistle(
        case=row, no=row.whistles.count() + 1, kind=kind, street_code=row.street_code, gather_at=gather_at,
        asked_by=by.user, asked_at=at, approve_due_at=due(kind, "approve", at, work_calendar()),
    )  # fmt: skip
    acting = Acting("ask", whistle, by, at)
    whistle.reason, whistle.place = acting.keep("reason", reason), acting.keep("place", place, required=False)
    whistle.save()
    at_once = calls_at_once(look, kind)
    heads = deciding_units(row)
    acting.tell(
        "case.whistle_asked", type=kind, afterwards=at_once, due_at=whistle.approve_due_at, heads=heads
    )
    _name(Acting("call", whistle, by, at), units, task)
    if at_once:
        _start(whistle, by, at)
    return whistle


def _refuse(look: Look, kind: str) -> None:
    verdict = may_ask(look)
    if not verdict:
        raise (WhistleMovedOn if verdict.code == "state" else NotYourMove)(verdict.reason, code=verdict.code)
    if Whistle.objects.running().filter(case=look.case).exists():
        raise WhistleRuns(field="case")
    if kind not in Whistle.Kind.values:
        raise UnknownCode(field="kind")


def _refuse_bad_meeting(kind: str, gather_at: dt.datetime | None, place: str, at: dt.datetime) -> None:
    joint = kind == Whistle.Kind.JOINT_ENFORCEMENT
    if joint and gather_at is None:
        raise Missing(_("Joint enforcement needs the time at which they meet."), field="gather_at")
    if joint and not place.strip():
        raise Missing(_("Joint enforcement needs the place at which they meet."), field="place")
    if gather_at is not None and gather_at <= at:
        raise Invalid(_("Please give a time in the future."), code="past", field="gather_at")
    if gather_at is not None and gather_at > at + dt.timedelta(days=90):
        raise Invalid(_("They meet within the next 90 days."), code="date_range", field="gather_at")


def _name(acting: Acting, units: Sequence[Unit], task: str) -> list[WhistleCall]:
    """Add departments with their task; they are called when the whistle is."""
    whistle = acting.whistle
    chosen = list(dict.fromkeys(units))
    if not chosen:
        raise Missing(_("Please name at least one department."), field="units")
    if any(
        unit.kind != Unit.Kind.DEPARTMENT or unit.district_id != acting.case.district_code for unit in chosen
    ):
        raise NotADepartment(field="units")
    rows = whistle.calls.exclude(state=State.WITHDRAWN)
    known = set(rows.values_list("unit", flat=True))
    twice = [unit.name for unit in chosen if unit.pk in known]
    if twice:
        message = _("%(units)s: called by this whistle already.") % {"units": "、".join(twice)}
        raise CalledBefore(message, field="units")
    if len(known) + len(chosen) > MOST_DEPARTMENTS:
        message = _("At most %(most)d departments are called by one whistle.") % {"most": MOST_DEPARTMENTS}
        raise TooManyDepartments(message, field="units")
    note = acting.keep("task", task)
    calls = [WhistleCall.objects.create(whistle=whistle, unit=unit, task=note) for unit in chosen]
    acting.tell("case.whistle_named", departments=codes(calls))
    return calls


def _start(whistle: Whistle, by: By, at: dt.datetime) -> None:
    """Call every department that is named and not called yet: their times begin, and they see the case."""
    calendar = work_calendar()
    rows = whistle.calls.select_for_update(of=("self",)).filter(state=State.PLANNED)
    calls = list(rows.select_related("unit").order_by("pk"))
    for call in calls:
        call.whistle = whistle
        times = dues(whistle, at, calendar)
        call.state, call.called_at = State.CALLED, at
        call.answer_due_at, call.warn_at = times.answer, times.warn
        call.site_due_at, call.result_due_at = times.site, times.result
        open_case(call)
        call.save()
    latest = max(call.result_due_at for call in active_calls(whistle) if call.result_due_at is not None)
    whistle.state, whistle.called_at = Whistle.State.CALLED, whistle.called_at or at
    whistle.due_at = due(whistle.kind, "clear", latest, calendar)
    whistle.save()
    soonest = min(call.answer_due_at for call in calls if call.answer_due_at is not None)
    Acting("call", whistle, by, at).tell(
        "case.whistle_called", departments=codes(calls), units=codes(calls), due_at=soonest
    )


@transaction.atomic
def approve(*, whistle: Whistle, reason: str, by: By, at: dt.datetime) -> Whistle:
    """The leader approves: the departments are called, or, in an emergency, the call stands."""
    acting = begin("approve", whistle, by=by, at=at)
    row = acting.whistle
    acting.keep("reason", reason, required=False)
    row.decided_by, row.decided_at, row.approved = by.user, at, True
    row.save()
    acting.tell("case.whistle_approved", tell=[row.asked_by_id])
    if row.state == Whistle.State.ASKED:
        _start(row, by, at)
    return row


@transaction.atomic
def decline(*, whistle: Whistle, reason: str, by: By, at: dt.datetime) -> Whistle:
    """The leader does not approve, with the reason; departments that were called in an emergency are called off."""
    acting = begin("decline", whistle, by=by, at=at)
    row = acting.whistle
    acting.keep("reason", reason)
    row.decided_by, row.decided_at, row.approved = by.user, at, False
    end(acting, state=Whistle.State.DECLINED, event="case.whistle_declined")
    return row


@transaction.atomic
def call(*, whistle: Whistle, units: Sequence[Unit], task: str, by: By, at: dt.datetime) -> Whistle:
    """Further departments, with a task of their own; called at once where the whistle is."""
    acting = begin("call", whistle, by=by, at=at)
    _name(acting, units, task)
    if acting.whistle.state == Whistle.State.CALLED:
        _start(acting.whistle, by, at)
    return acting.whistle


@transaction.atomic
def withdraw(*, call: WhistleCall, reason: str, by: By, at: dt.datetime) -> WhistleCall:
    """The wrong department: as long as it has not answered it is not called any more, and counts nowhere."""
    acting = begin("withdraw", call.whistle, by=by, at=at, call=call)
    row = acting.called
    acting.keep("reason", reason)
    told = [row.unit.code] if row.state == State.CALLED else []
    row.state = State.WITHDRAWN
    row.save()
    close_case(acting.case, [row])
    acting.tell("case.whistle_withdrawn", units=told)
    return row


@transaction.atomic
def take_back(*, whistle: Whistle, reason: str, by: By, at: dt.datetime) -> Whistle:
    """Whoever asked needs it no more: nobody was called."""
    acting = begin("take-back", whistle, by=by, at=at)
    acting.keep("reason", reason)
    end(acting, state=Whistle.State.ENDED, event="case.whistle_ended")
    return acting.whistle


@transaction.atomic
def call_off(*, whistle: Whistle, reason: str, by: By, at: dt.datetime) -> Whistle:
    """The leader calls the departments off."""
    acting = begin("call-off", whistle, by=by, at=at)
    acting.keep("reason", reason)
    end(acting, state=Whistle.State.ENDED, event="case.whistle_ended")
    return acting.whistle


@transaction.atomic
def decide_explanation(
    *, call: WhistleCall, accept: bool, reason: str, by: By, at: dt.datetime
) -> WhistleCall:
    """Whether the department may stay away. Refused: it must answer anew, and its time runs on as if it had not."""
    acting = begin("decide-explanation", call.whistle, by=by, at=at, call=call)
    row = acting.called
    acting.keep("reason", reason, required=not accept)
    row.state = State.EXCUSED if accept else State.CALLED
    if not accept:
        row.answered_at = row.answered_by = None
    row.save()
    acting.tell(
        "case.whistle_explanation_decided", approved=accept, units=[row.unit.code], due_at=row.answer_due_at
    )
    return row


@transaction.atomic
def clear(*, whistle: Whistle, reason: str, by: By, at: dt.datetime) -> Whistle:
    """Every department has given its result, or stays away with the street's consent: the whistle is cleared (销哨).

    The case goes on: its own moves hand back, evaluate and close it. Both sides rate next.
    """
    acting = begin("clear", whistle, by=by, at=at)
    row, calls = acting.whistle, active_calls(acting.whistle)
    acting.keep("reason", reason, required=False)
    row.state, row.cleared_by, row.cleared_at = Whistle.State.CLEARED, by.user, at
    row.save()
    acting.tell("case.whistle_cleared", departments=codes(calls), units=codes(calls))
    return row


@transaction.atomic
def rate_department(
    *, call: WhistleCall, score: object, comment: str, by: By, at: dt.datetime
) -> WhistleCall:
    """The street rates what the department did, one to five; a low one says why."""
    acting = begin("rate-department", call.whistle, by=by, at=at, call=call)
    row = acting.called
    row.score, row.scored_at = score_of(score, field="score"), at
    row.comment = acting.keep("comment", comment, required=row.score <= 2)
    row.save()
    acting.tell("case.whistle_department_rated", score=row.score, units=[row.unit.code])
    finish_if_rated(acting)
    return row
