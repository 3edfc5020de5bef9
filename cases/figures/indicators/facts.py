"""What the measures of 三升三降 count themselves, of one period: cases, blocks with their people, hazards. Read-only.

Three queries. A name that is missing is not told to whoever asks: a nought would be a false one.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Case as Choose
from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Sum, Value, When

from blocks.models import Block
from cases.actions.tallies.counting import ASKED, CONTENT, DISPUTES, HAZARD_CASES, RATED, last_answer
from cases.figures.indicators.loop import counted, reported_in
from cases.figures.indicators.question import Question
from cases.figures.sets import closed_in
from cases.figures.visits import HAZARD, REMOVED
from cases.states import State
from staffing.models import Assistant, Finding, Visit

Facts = Mapping[str, int]


def facts_of(question: Question) -> Facts:
    """By name: what was counted of the question's period. Before the area had its first block nothing was recorded."""
    found = _cases(question)
    if question.scope.kinds is not None:
        # Narrowed to kinds of matter: people, and what was found at visits, are of no kind.
        return {name: number for name, number in found.items() if not name.startswith("hazards")}
    for name, number in _findings(question).items():
        found[name] += number
    blocks = _blocks(question)
    return found | blocks if blocks["blocks"] else {}


def _cases(question: Question) -> dict[str, int]:
    """One query over what was reported, closed, or open in the period."""
    new, done = reported_in(question), closed_in(question.period)
    is_open = HAZARD_CASES & Q(reported_at__lt=_end(question)) & _not_ended_before(_end(question))
    rated = done & RATED
    rows: QuerySet[Any] = counted(question).filter(new | done | is_open)
    answer = Choose(When(rated, then=last_answer()), default=Value(""), output_field=CharField())
    found = (
        rows.annotate(answer=answer)
        .order_by()
        .aggregate(
            n_closed=Count("pk", filter=done),
            n_asked=Count("pk", filter=done & ASKED),
            n_rated=Count("pk", filter=rated),
            n_content=Count("pk", filter=rated & Q(answer__in=CONTENT)),
            n_disputes=Count("pk", filter=new & DISPUTES),
            n_hazards_found=Count("pk", filter=new & HAZARD_CASES),
            n_hazards_removed=Count("pk", filter=new & HAZARD_CASES & Q(state=State.CLOSED)),
            n_hazards_open=Count("pk", filter=is_open),
        )
    )
    return {name.removeprefix("n_"): int(number) for name, number in found.items()}


def _findings(question: Question) -> dict[str, int]:
    """Hazards found at visits and meetings, which count there and not as cases. One query."""
    first, last, end = question.first, question.last, _end(question)
    visits = Visit.objects.within(question.scope).in_area(question.area).filter(held_on__lte=last)
    rows = Finding.objects.filter(HAZARD, visit__in=visits.values("pk"))
    in_period = Q(visit__held_on__gte=first)
    is_open = Q(solved=False) & (Q(cases=None) | _not_ended_before(end, "cases__"))
    return rows.aggregate(
        hazards_found=Count("pk", filter=in_period),
        hazards_removed=Count("pk", filter=in_period & REMOVED),
        hazards_open=Count("pk", filter=is_open),
    )


def _blocks(question: Question) -> dict[str, int]:
    """Blocks on the last day, those with somebody who leads a Party group, and their households. One query."""
    on = question.last
    leaders = Assistant.objects.on(on).filter(block=OuterRef("pk"), kind=Assistant.Kind.PARTY_GROUP_LEADER)
    rows = Block.objects.within(question.scope).in_force(on).in_area(question.area)
    found = (
        rows.annotate(led=Exists(leaders))
        .order_by()
        .aggregate(
            blocks=Count("pk"), party_blocks=Count("pk", filter=Q(led=True)), households_=Sum("households")
        )
    )
    households = found.pop("households_")
    return {**found, "households": households or 0}


def _end(question: Question) -> dt.datetime:
    """The end of the period, or now when that is earlier."""
    return min(question.period.end, question.at)


def _not_ended_before(end: dt.datetime, prefix: str = "") -> Q:
    return Q(**{f"{prefix}closed_at__isnull": True}) | Q(**{f"{prefix}closed_at__gte": end})
