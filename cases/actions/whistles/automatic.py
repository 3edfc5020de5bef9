"""What happens by itself: departments are warned, silence is told to the district, a missing approval too. Each step
locks, asks again whether it is still due, and commits: safe to run twice.
"""

import datetime as dt

from django.db import transaction

from cases.actions.base import By, locked
from cases.actions.whistles.base import Acting, deciding_units
from cases.exceptions import NoSuchCase
from cases.models import Whistle, WhistleCall
from yuhu.journal.actions import SYSTEM

BY_SYSTEM = By(user=None, actor=SYSTEM)


def warn_department(*, call_id: int, at: dt.datetime) -> bool:
    """Three quarters of the time to answer have passed: told once."""
    with transaction.atomic():
        acting = _of_call(call_id, at, "warn")
        if acting is None or not WhistleCall.objects.to_warn(at).filter(pk=call_id).exists():
            return False
        call = acting.called
        call.warned_at = at
        call.save(update_fields=["warned_at"])
        acting.tell("case.whistle_warned", units=[call.unit.code], due_at=call.answer_due_at)
    return True


def escalate_silence(*, call_id: int, at: dt.datetime) -> bool:
    """No answer in time: the district's leaders and the department's own head are told, once a call."""
    with transaction.atomic():
        acting = _of_call(call_id, at, "escalate")
        if acting is None or not WhistleCall.objects.to_escalate(at).filter(pk=call_id).exists():
            return False
        call = acting.called
        call.escalated_at = at
        call.save(update_fields=["escalated_at"])
        heads = [*deciding_units(acting.case, district=True), call.unit.code]
        acting.tell("case.whistle_escalated", heads=heads, due_at=call.answer_due_at)
    return True


def tell_late_approval(*, whistle_id: int, at: dt.datetime) -> bool:
    """The street's leader has not decided in time: the district's leaders are told, once, and may decide."""
    with transaction.atomic():
        whistle = _locked(whistle_id)
        if whistle is None or not Whistle.objects.to_remind(at).filter(pk=whistle_id).exists():
            return False
        whistle.approval_late_at = at
        whistle.save(update_fields=["approval_late_at"])
        heads = deciding_units(whistle.case, district=True)
        Acting("remind", whistle, BY_SYSTEM, at).tell(
            "case.whistle_approval_late", heads=heads, due_at=whistle.approve_due_at
        )
    return True


def _locked(whistle_id: int) -> Whistle | None:
    """Parent before child."""
    case_id = Whistle.objects.filter(pk=whistle_id).values_list("case", flat=True).first()
    if case_id is None:
        return None
    try:
        case = locked(case_id)
    except NoSuchCase:
        return None
    whistle = Whistle.objects.select_for_update().get(pk=whistle_id)
    whistle.case = case
    return whistle


def _of_call(call_id: int, at: dt.datetime, verb: str) -> Acting | None:
    whistle_id = WhistleCall.objects.filter(pk=call_id).values_list("whistle", flat=True).first()
    whistle = _locked(whistle_id) if whistle_id is not None else None
    if whistle is None:
        return None
    call = WhistleCall.objects.select_for_update(of=("self",)).select_related("unit").get(pk=call_id)
    call.whistle = whistle
    return Acting(verb, whistle, BY_SYSTEM, at, call)
