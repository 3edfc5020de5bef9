"""When a block's roster changes, its open cases follow: staffing tells us inside its own transaction.

A change of a later day is followed when the day comes: a sweep asks for cases whose receiver or evaluator is not the
one of today.
"""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from blocks.models import Block
from cases.actions.base import By, journal, locked, set_parties
from cases.actions.evaluators import SEATS as EVALUATES
from cases.actions.evaluators import designate
from cases.actions.receivers import GOVERNS, answerable, is_the_blocks, people_of, receivers
from cases.models import Case, CaseParty, WorkOrder
from cases.routing import went_to_block
from cases.states import State
from staffing.models import Assistant, Membership, Tenure
from yuhu.journal.actions import SYSTEM, Actor
from yuhu.kit import clock

IN_HANDS = (State.DISPATCHED, State.IN_PROGRESS, State.SUSPENDED)
# How long after its day a planned change is still looked for: longer than any standstill of the sweeper.
RECENT = dt.timedelta(days=31)
# A case, its block, and who holds or evaluates it.
Row = tuple[int, int | None, int | None]
_LIAISON = Assistant.Kind.LIAISON_CADRE


def follow(block: Block, post: str, at: dt.datetime, actor: Actor) -> None:
    """Open orders go to the answerable receiver of today, waiting evaluations to the evaluator of today."""
    by = By(user=None, actor=actor)
    if post in GOVERNS:
        for pk, _block, _holder in _orders([block.pk]):
            _pass_on(pk, by, at)
    else:
        for pk, _block, _evaluator in _evaluations([block.pk]):
            evaluate_by_another(pk, by, at)


def follow_planned(*, at: dt.datetime) -> int:
    """Changes that were planned for a day that has come, and evaluators who have joined a unit that did the work.

    Returns how many cases moved.
    """
    on = clock.local_date(at)
    blocks = _changed_lately(on)
    by, moved = By(user=None, actor=SYSTEM), 0
    for pk in _misplaced(blocks, on) if blocks else ():
        with transaction.atomic():
            moved += _pass_on(pk, by, at)
    for pk in {*(_misjudged(blocks, on) if blocks else ()), *_judged_by_handlers(on)}:
        with transaction.atomic():
            moved += evaluate_by_another(pk, by, at)
    return moved


def _changed_lately(on: dt.date) -> set[int]:
    """Blocks in which a tenure began, or a liaison cadre came or went, not long ago."""
    after, until = on - RECENT, on
    tenures = Tenure.objects.filter(starts_on__gt=after, starts_on__lte=until)
    came, went = Q(starts_on__gt=after, starts_on__lte=until), Q(ends_on__gt=after, ends_on__lte=until)
    cadres = Assistant.objects.filter(came | went, kind=_LIAISON)
    return set(tenures.values_list("block", flat=True)) | set(cadres.values_list("block", flat=True))


def _orders(blocks: Collection[int]) -> list[Row]:
    """Orders that the rules gave to whoever answers for the block, or that a person of the block holds.

    What a duty officer gave to somebody else stays there.
    """
    cases = Case.objects.filter(block__in=blocks, state__in=IN_HANDS).order_by("pk")
    rows = list(cases.values_list("pk", "block", "assignee", "explanation"))
    known = people_of(blocks) if rows else set()
    return [
        (pk, block, holder)
        for pk, block, holder, explanation in rows
        if went_to_block(explanation) or (block, holder) in known
    ]


def _evaluations(blocks: Collection[int]) -> list[Row]:
    waiting = Case.objects.filter(block__in=blocks, state=State.HANDLED).order_by("pk")
    return list(waiting.values_list("pk", "block", "evaluator"))


def _misplaced(blocks: set[int], on: dt.date) -> list[int]:
    """Orders whose holder is not the answerable person of today, found without locking anything."""
    rows = _orders(blocks)
    if not rows:
        return []
    seats = _holders(blocks, on, *reversed(GOVERNS))
    cadres = Assistant.objects.on(on).filter(block__in=blocks, kind=_LIAISON, user__is_active=True)
    liaison: dict[int | None, int] = dict(cadres.order_by("-starts_on", "-pk").values_list("block", "user"))
    return [pk for pk, block, holder in rows if holder != (seats.get(block) or liaison.get(block))]


def _misjudged(blocks: set[int], on: dt.date) -> list[int]:
    """Evaluations that wait for somebody else than the block's supervisor of today."""
    rows = _evaluations(blocks)
    seats = _holders(blocks, on, *EVALUATES) if rows else {}
    return [pk for pk, block, evaluator in rows if evaluator != seats.get(block)]


def _judged_by_handlers(on: dt.date) -> list[int]:
    """Evaluations that wait for somebody who has a seat today in a unit that did the work: he or she may not."""
    joined = Membership.objects.on(on).filter(user=OuterRef(OuterRef("evaluator")), unit=OuterRef("unit"))
    worked = Q(signed_at__isnull=False) | Q(handed_back_at__isnull=False)
    orders = WorkOrder.objects.filter(worked, Exists(joined), case=OuterRef("pk"))
    waiting = Case.objects.filter(state=State.HANDLED, evaluator__isnull=False)
    # These first, by their index, and then the question: in one query PostgreSQL may begin at the orders of all times.
    keys = list(waiting.values_list("pk", flat=True))
    if not keys:
        return []
    return list(waiting.filter(Exists(orders), pk__in=keys).order_by("pk").values_list("pk", flat=True))


def _holders(blocks: set[int], on: dt.date, acting: str, regular: str) -> dict[int | None, int | None]:
    """Who holds the post in each block: an acting person goes before the one who is away."""
    held = Tenure.objects.on(on).held().filter(block__in=blocks, holder__is_active=True)
    seats: dict[int | None, int | None] = {}
    for post in (regular, acting):
        seats.update(held.filter(post=post).values_list("block", "holder"))
    return seats


def _pass_on(pk: int, by: By, at: dt.datetime) -> bool:
    """Give the case to whoever is answerable today; whether it was somebody else's."""
    case = locked(pk)
    if case.state not in IN_HANDS or not is_the_blocks(case, case.assignee_id):
        return False  # it moved on before we had the lock
    decision = answerable(case, clock.local_date(at))
    to, unit = receivers(decision)
    if not decision.is_made or (case.assignee, case.lead_unit) == (to, unit):
        return False
    before = case.assignee_id
    case.assignee, case.lead_unit, case.explanation = to, unit, decision.explanation
    case.version += 1
    case.save(update_fields=["assignee", "lead_unit", "explanation", "version"])
    case.orders.filter(ended_at__isnull=True).update(user=to, unit=unit)
    set_parties(case, {CaseParty.Role.ASSIGNEE: [to], CaseParty.Role.LEAD: [unit]})
    assignee, code = (to.pk if to else None), (unit.code if unit else None)
    journal(case, "case.handed_over", by=by, at=at, before=before, assignee=assignee, unit=code)
    return True


def evaluate_by_another(pk: int, by: By, at: dt.datetime) -> bool:
    """Designate anew; whether it is somebody else now."""
    case = locked(pk)
    if case.state != State.HANDLED:
        return False
    chosen = designate(case, list(case.orders.all()), at)
    if (case.evaluator_id, case.evaluator_unit_id) == (chosen.user_id, chosen.unit_id):
        return False
    case.evaluator, case.evaluator_unit = chosen.user, chosen.unit
    case.version += 1
    case.save(update_fields=["evaluator", "evaluator_unit", "version"])
    set_parties(case, {CaseParty.Role.EVALUATOR: [chosen.user, chosen.unit]})
    journal(
        case, "case.evaluator_changed", by=by, at=at, evaluator=chosen.user_id, evaluator_unit=chosen.unit_id
    )
    return True
