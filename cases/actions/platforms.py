"""What a platform of the street holds goes to its successor when the street has other platforms from a day on.

A sweep, since the change is known before its day comes. Leaves to others: the change itself
(staffing.actions.platforms).
"""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from cases.actions.base import By, journal, locked, set_parties
from cases.actions.roster import IN_HANDS, evaluate_by_another
from cases.models import Case, CaseParty
from cases.states import State
from staffing.models import PlatformFunction, Unit
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock

BATCH = 200


def follow_platforms(*, at: dt.datetime) -> int:
    """Orders and evaluations that lie with a platform that the street no longer has. Returns how many cases moved."""
    on = clock.local_date(at)
    heirs = PlatformFunction.objects.heirs(on)
    if not heirs:
        return 0
    by, moved = By(user=None, actor=SYSTEM), 0
    held = Q(lead_unit__in=heirs, assignee__isnull=True, state__in=IN_HANDS)
    judged = Q(evaluator_unit__in=heirs, state=State.HANDLED)
    for pk in Case.objects.filter(held).order_by("pk").values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            moved += _pass_on(pk, heirs, by, at)
    for pk in Case.objects.filter(judged).order_by("pk").values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            moved += evaluate_by_another(pk, by, at)
    return moved


def _pass_on(pk: int, heirs: dict[int, int], by: By, at: dt.datetime) -> bool:
    case = locked(pk)
    if case.state not in IN_HANDS or case.assignee_id is not None or case.lead_unit_id not in heirs:
        return False  # it moved on before we had the lock
    unit = Unit.objects.get(pk=heirs[case.lead_unit_id])
    case.lead_unit = unit
    case.version += 1
    case.save(update_fields=["lead_unit", "version"])
    case.orders.filter(ended_at__isnull=True).update(unit=unit)
    set_parties(case, {CaseParty.Role.LEAD: [unit]})
    journal(case, "case.handed_over", by=by, at=at, before=None, assignee=None, unit=unit.code)
    return True
