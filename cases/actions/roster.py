"""When a block's roster changes, its open cases follow: staffing tells us inside its own transaction."""

import datetime as dt

from django.db.models import Q

from blocks.models import Block
from cases.actions.base import By, journal, locked, set_party
from cases.actions.evaluators import designate
from cases.actions.receivers import facts_of
from cases.models import Case, CaseParty
from cases.routing import route
from cases.states import State
from staffing.models import Tenure, Unit, User
from yuhu.journal.actions import Actor
from yuhu.kit import clock

_GOVERNS = (Tenure.Seat.GOVERNOR, Tenure.Seat.ACTING_GOVERNOR)
_IN_HANDS = (State.DISPATCHED, State.IN_PROGRESS, State.SUSPENDED)


def follow(block: Block, post: str, at: dt.datetime, actor: Actor) -> None:
    """Open orders go to the answerable receiver of today, waiting evaluations to the evaluator of today."""
    by = By(user=None, actor=actor)
    if post in _GOVERNS:
        rows = Case.objects.filter(block=block, state__in=_IN_HANDS).filter(_held_by_the_block())
        for pk in rows.order_by("pk").values_list("pk", flat=True):
            _pass_on(pk, by, at)
    else:
        waiting = Case.objects.filter(block=block, state=State.HANDLED)
        for pk in waiting.order_by("pk").values_list("pk", flat=True):
            _evaluate_by_another(pk, by, at)


def _held_by_the_block() -> Q:
    """A person of the block holds it, or the platform that stepped in because nobody did."""
    return Q(assignee__isnull=False) | Q(lead_unit__office_code="block_service", category__lead="governor")


def _pass_on(pk: int, by: By, at: dt.datetime) -> None:
    case = locked(pk)
    decision = route(facts_of(case, case.duty_item, clock.local_date(at)))
    to = User.objects.get(pk=decision.assignee.user_id) if decision.assignee else None
    unit = Unit.objects.get(pk=decision.lead.unit_id) if decision.lead else None
    if (to is None and unit is None) or (case.assignee_id == (to.pk if to else None) and case.lead_unit_id == (unit.pk if unit else None)):
        return
    before = case.assignee_id
    case.assignee, case.lead_unit = to, unit
    case.version += 1
    case.save(update_fields=["assignee", "lead_unit", "version"])
    case.orders.filter(ended_at__isnull=True).update(user=to, unit=unit)
    set_party(case, CaseParty.Role.ASSIGNEE, user=to)
    set_party(case, CaseParty.Role.LEAD, unit=unit)
    journal(case, "case.handed_over", by=by, at=at, before=before, assignee=to.pk if to else None, unit=unit.code if unit else None)


def _evaluate_by_another(pk: int, by: By, at: dt.datetime) -> None:
    case = locked(pk)
    chosen = designate(case, list(case.orders.all()), at)
    if (case.evaluator_id, case.evaluator_unit_id) == (chosen.user_id, chosen.unit_id):
        return
    case.evaluator, case.evaluator_unit = chosen.user, chosen.unit
    case.version += 1
    case.save(update_fields=["evaluator", "evaluator_unit", "version"])
    set_party(case, CaseParty.Role.EVALUATOR, user=chosen.user, unit=chosen.unit)
    journal(case, "case.evaluator_changed", by=by, at=at, evaluator=chosen.user_id, evaluator_unit=chosen.unit_id)
