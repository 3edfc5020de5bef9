"""A cadre has arrived in the block (走访签到): planned before, or begun on the spot.

Leaves to others: planning and recording (``visits``). Of the place only the distance to the block is kept.
"""

import datetime as dt

from django.db import transaction

from blocks.models import Block
from staffing.actions.visits import entitled, locked, plan_visit, told
from staffing.exceptions import AlreadyThere
from staffing.models import User, Visit
from staffing.policies import may_check_in
from yuhu.journal.actions import Actor
from yuhu.kit import clock

Point = tuple[float, float]


@transaction.atomic
def check_in(*, visit: Visit, place: Point | None, by: User, at: dt.datetime, actor: Actor) -> Visit:
    """Note that ``by`` is there now; ``place`` (longitude, latitude) tells how far from the block. The first time
    counts: whoever presses twice, or comes after a colleague, changes nothing.

    Raises:
        NotEntitled: not one of its cadres, its day has not come, or recorded or cancelled already.
    """
    visit = locked(visit)
    entitled(may_check_in(by, visit, on=clock.local_date(at)))
    if visit.arrived_at is None:
        visit.arrived_at = at
        visit.arrived_metres = visit.block.metres_to(*place) if place else None
        visit.save(update_fields=["arrived_at", "arrived_metres"])
        told("visit.arrived", visit, at, actor, what=visit.kind, metres=visit.arrived_metres)
    return visit


@transaction.atomic
def begin_visit(
    *, block: Block, level: str, role: str, place: Point | None, by: User, at: dt.datetime, actor: Actor
) -> Visit:
    """Visit ``block`` now, alone: planned for today and checked in, in one step. The same once more is the same visit.

    Raises: refusals of ``plan_visit`` and ``check_in``.
    """
    on = clock.local_date(at)
    try:
        visit = plan_visit(
            kind=Visit.Kind.VISIT, block=block, cadres=[by], level=level, role=role, planned_for=on, by=by, at=at,
            actor=actor,
        )  # fmt: skip
    except AlreadyThere:
        same = Visit.objects.planned().of(by.pk).filter(kind=Visit.Kind.VISIT, block=block, role=role)
        visit = same.filter(planned_for=on).earliest("pk")
    return check_in(visit=visit, place=place, by=by, at=at, actor=actor)
