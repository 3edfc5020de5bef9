"""The counts of the loop out of the tallies: what is settled is summed by day, what runs is asked of the open cases.

The same numbers as ``loop`` counts from the rows, in three queries, however many cases, periods and parts there are.
What happened in the last seconds may not be in the tallies yet; ``as_of`` says up to when they tell. Leaves to others:
when the tallies may serve (``spread``), adding up (``cases.actions.tallies.folding``).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Case as Choose
from django.db.models import CharField, Count, Exists, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Length

from cases.actions.tallies.counting import (
    LEFT,
    NOW,
    RUNNING,
    RUNNING_LATE,
    SETTLED,
    derived,
)
from cases.figures.indicators.loop import counted
from cases.figures.indicators.question import Numbers, Question
from cases.figures.viewer import Period
from cases.models import Deadline, Tally, TallyState
from yuhu.journal.models import FeedEntry, Outbox
from yuhu.kit import clock
from yuhu.kit.scope import BLOCK, COMMUNITY, DISTRICT, STREET, Scope
from yuhu.kit.spans import merged

Periods = Mapping[str, Period]
# Counts by name, by period and key.
Counts = dict[tuple[str, str], dict[str, int]]
_BELOW = {DISTRICT: STREET, STREET: COMMUNITY, COMMUNITY: BLOCK, BLOCK: BLOCK}
_NO_PERIOD = "-"


def as_of(question: Question) -> dt.datetime | None:
    """Up to when the tallies tell what happened: now when nothing waits to be folded; None while they are made anew.
    One query for all questions of a page."""
    if "as_of" not in question.kept:
        question.kept["as_of"] = _as_of(question.at)
    return question.kept["as_of"]


def _as_of(at: dt.datetime) -> dt.datetime | None:
    newest = FeedEntry.objects.order_by("-feed_no").values("feed_no")[:1]
    state = TallyState.objects.annotate(newest=newest, unfed=Exists(Outbox.objects.all())).first()
    if state is None or not state.is_whole:
        return None
    return state.as_of if state.unfed or (state.newest or 0) > state.feed_no else at


def by_area(question: Question, level: int, column: str, periods: Periods) -> dict[str, dict[str, Numbers]]:
    """Of the areas of that level in the question's, by code; "" is what lies in none of them."""
    rows = Tally.objects.annotate(level=Length("area")).filter(
        by=Tally.By.WHOLE, level__in={level, len(question.area)}, area__startswith=question.area
    )
    found = _settled(rows, "area", periods)
    whole = {name: found.pop((name, question.area), {}) for name in periods}
    if level == len(question.area):
        found = {(name, question.area if column else ""): numbers for name, numbers in whole.items()}
    else:
        for name, numbers in whole.items():
            found[name, ""] = _rest(
                numbers, (its for (its_name, _), its in found.items() if its_name == name)
            )
    return _together(found, _running(question, column, periods), periods)


def by_kind(question: Question, by: str, column: str, periods: Periods) -> dict[str, dict[str, Numbers]]:
    """Of categories, paths or promises in the question's area, by their code."""
    rows = Tally.objects.filter(area=question.area, by=by)
    return _together(_settled(rows, "key", periods), _running(question, column, periods), periods)


def sums(question: Question, periods: Periods) -> dict[str, dict[str, int]]:
    """What is settled of the whole area, by the name of the period. One query."""
    rows = Tally.objects.filter(area=question.area, by=Tally.By.WHOLE)
    found = _settled(rows, "area", periods)
    return {name: found.get((name, question.area), dict.fromkeys(SETTLED, 0)) for name in periods}


def sums_by(question: Question, by: str, periods: Periods) -> dict[str, dict[str, Numbers]]:
    """What is settled of each category, path or promise, by the name of the period. One query."""
    found: dict[str, dict[str, Numbers]] = {name: {} for name in periods}
    rows = Tally.objects.filter(area=question.area, by=by)
    for (name, key), numbers in _settled(rows, "key", periods).items():
        found[name][key] = numbers
    return found


def level_below(area: str) -> int:
    """The length of the codes of an area's parts."""
    return _BELOW[len(area)]


# --- Settled --------------------------------------------------------------------------------------


def _settled(rows: "QuerySet[Any]", key: str, periods: Periods) -> Counts:
    """One query."""
    days = {name: (clock.local_date(one.start), clock.local_date(one.end)) for name, one in periods.items()}
    which = Choose(
        *(When(day__gte=first, day__lt=end, then=Value(name)) for name, (first, end) in days.items()),
        default=Value(_NO_PERIOD),
        output_field=CharField(),
    )
    asked = Q()
    for start, end in merged((one.start, one.end) for one in periods.values()):
        asked |= Q(day__gte=clock.local_date(start), day__lt=clock.local_date(end))
    sums = {f"n_{name}": Sum(name) for name in SETTLED}
    lines = (
        rows.filter(asked)
        .order_by()
        .annotate(n_period=which)
        .values("n_period", n_key=F(key))
        .annotate(**sums)
    )
    return {
        (line["n_period"], line["n_key"]): {name: line[f"n_{name}"] for name in SETTLED} for line in lines
    }


def _rest(whole: Mapping[str, int], parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """What lies in the whole and in none of its parts."""
    rest = dict(whole)
    for part in parts:
        for name, number in part.items():
            rest[name] -= number
    return rest


# --- Running --------------------------------------------------------------------------------------


def _running(question: Question, column: str, periods: Periods) -> Counts:
    """Of the open cases and the running clocks. Two queries."""
    late = Q(due_at__lt=question.at)
    rows = counted(_of_area(question))
    cases: QuerySet[Any] = rows.open()
    sets = {name: late & which for name, which in LEFT.items()} | dict(NOW)
    found: Counts = defaultdict(lambda: defaultdict(int))
    for (name, key), numbers in _grouped(cases, "due_at", column, sets, periods).items():
        for moment in NOW:
            # Now is the same in every period.
            for each in periods:
                found[each, key][moment] += numbers[moment]
        if name in periods:
            found[name, key].update({left: numbers[left] for left in LEFT})
    clocks: QuerySet[Any] = Deadline.objects.filter(RUNNING, late)
    clocks = clocks.filter(case__in=rows.order_by().values("pk"))
    through = f"case__{column}" if column else ""
    for (name, key), numbers in _grouped(clocks, "case__reported_at", through, RUNNING_LATE, periods).items():
        if name in periods:
            found[name, key].update(numbers)
    return found


def _of_area(question: Question) -> Question:
    """The question by whoever sees this area and nothing else: whoever is answered from the tallies sees all of it, and
    what somebody sees as a party makes PostgreSQL walk through every case."""
    return replace(question, scope=Scope(areas=frozenset({question.area}), has_post=True))


def _grouped(
    rows: "QuerySet[Any]", moment: str, column: str, sets: Mapping[str, Q], periods: Periods
) -> Counts:
    """Counts by the period in which the moment lies, and by the column. One query."""
    which = Choose(
        *(
            When(**{f"{moment}__gte": one.start, f"{moment}__lt": one.end}, then=Value(name))
            for name, one in periods.items()
        ),
        default=Value(_NO_PERIOD),
        output_field=CharField(),
    )
    key = F(column) if column else Value("", output_field=CharField())
    counts = {f"n_{name}": Count("pk", filter=condition) for name, condition in sets.items()}
    lines = rows.order_by().annotate(n_period=which, n_key=key).values("n_period", "n_key").annotate(**counts)
    return {(line["n_period"], line["n_key"]): {name: line[f"n_{name}"] for name in sets} for line in lines}


def _together(settled: Counts, running: Counts, periods: Periods) -> dict[str, dict[str, Numbers]]:
    """By period and key; a key of which nothing is counted in a period is missing."""
    found: dict[str, dict[str, Numbers]] = {name: {} for name in periods}
    for name, key in sorted({*settled, *running}):
        numbers = {**settled.get((name, key), {}), **running.get((name, key), {})}
        if any(numbers.values()):
            found[name][key] = derived(numbers)
    return found
