"""What the measures of 三升三降 count themselves, of one period: cases, blocks with their people, hazards. Read-only.

A name that is missing is not told to whoever asks: a nought would be a false one.
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
from cases.figures.indicators.spread import sums
from cases.figures.sets import closed_in
from cases.figures.viewer import Period
from cases.figures.visits import HAZARD, REMOVED
from cases.states import State
from staffing.models import Assistant, Finding, Visit

Facts = Mapping[str, int]
# The facts that are counts of the tallies.
_TALLIED = {
    "closed": "closed",
    "asked": "to_be_rated",
    "rated": "rated",
    "content": "content",
    "disputes": "disputes",
    "hazards_found": "hazards",
    "hazards_removed": "hazards_removed",
}


def facts_of(now: Question, base: Question) -> tuple[Facts, Facts]:
    """By name: what was counted of the period that is asked for, and of the one that it is compared with. Four queries
    out of the tallies. Before the area had its first block nothing was recorded."""
    cases = _out_of_tallies(now, base) or (_cases(now), _cases(base))
    if now.scope.kinds is not None:
        # Narrowed to kinds of matter: people, and what was found at visits, are of no kind.
        told, before = (
            {name: number for name, number in found.items() if not name.startswith("hazards")}
            for found in cases
        )
        return told, before
    found, blocks = _findings(now, base), _blocks(now, base)
    for side in (0, 1):
        for name, number in found[side].items():
            cases[side][name] += number
    return cases[0] | blocks[0] if blocks[0] else {}, cases[1] | blocks[1] if blocks[1] else {}


def _out_of_tallies(now: Question, base: Question) -> tuple[dict[str, int], dict[str, int]] | None:
    """The same as ``_cases``; None where the tallies may not serve. What is open at the end of a period is what was
    found until then, less what was ended."""
    # Of coming days nothing is known, so those of the year before are none.
    if base.period.end > now.period.start or base.period.start >= base.period.end:
        return None
    begin = Period.until(base.period.start)
    between = Period(base.period.end, now.period.start)
    periods = {"begin": begin, "base": base.period, "between": between, "now": now.period}
    found = sums(now, {name: one for name, one in periods.items() if one.start < one.end})
    if found is None:
        return None
    stock, told = 0, {}
    for name in periods:
        if name in found:
            stock += found[name]["hazards"] - found[name]["hazards_ended"]
            told[name] = {fact: found[name][count] for fact, count in _TALLIED.items()} | {
                "hazards_open": stock
            }
    return told["now"], told["base"]


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


def _findings(now: Question, base: Question) -> tuple[dict[str, int], dict[str, int]]:
    """Hazards found at visits and meetings, which count there and not as cases. One query."""
    visits = Visit.objects.within(now.scope).in_area(now.area).filter(held_on__lte=now.last)
    rows = Finding.objects.filter(HAZARD, visit__in=visits.values("pk"))
    counts = {}
    for side, question in (("now", now), ("base", base)):
        held = Q(visit__held_on__lte=question.last)
        in_period = held & Q(visit__held_on__gte=question.first)
        is_open = held & Q(solved=False) & (Q(cases=None) | _not_ended_before(_end(question), "cases__"))
        counts[f"{side}_hazards_found"] = Count("pk", filter=in_period)
        counts[f"{side}_hazards_removed"] = Count("pk", filter=in_period & REMOVED)
        counts[f"{side}_hazards_open"] = Count("pk", filter=is_open)
    return _sides(rows.aggregate(**counts))


def _blocks(now: Question, base: Question) -> tuple[dict[str, int], dict[str, int]]:
    """Blocks on the last day, those with somebody who leads a Party group, and their households; nothing where there
    was no block yet. One query."""
    rows: QuerySet[Any] = Block.objects.within(now.scope).in_area(now.area)
    counts: dict[str, Any] = {}
    for side, on in (("now", now.last), ("base", base.last)):
        leaders = Assistant.objects.on(on).filter(
            block=OuterRef("pk"), kind=Assistant.Kind.PARTY_GROUP_LEADER
        )
        there = Block.objects.in_force(on).filter(pk=OuterRef("pk"))
        rows = rows.annotate(**{f"{side}_there": Exists(there), f"{side}_led": Exists(leaders)})
        here = Q(**{f"{side}_there": True})
        counts[f"{side}_blocks"] = Count("pk", filter=here)
        counts[f"{side}_party_blocks"] = Count("pk", filter=here & Q(**{f"{side}_led": True}))
        counts[f"{side}_households"] = Sum("households", filter=here)
    sides = _sides(rows.order_by().aggregate(**counts))
    return tuple(found if found["blocks"] else {} for found in sides)  # type: ignore[return-value]


def _sides(found: Mapping[str, int | None]) -> tuple[dict[str, int], dict[str, int]]:
    now, base = (
        {name.removeprefix(side): number or 0 for name, number in found.items() if name.startswith(side)}
        for side in ("now_", "base_")
    )
    return now, base


def _end(question: Question) -> dt.datetime:
    """The end of the period, or now when that is earlier."""
    return min(question.period.end, question.at)


def _not_ended_before(end: dt.datetime, prefix: str = "") -> Q:
    return Q(**{f"{prefix}closed_at__isnull": True}) | Q(**{f"{prefix}closed_at__gte": end})
