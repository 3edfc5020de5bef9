"""Counts of cases and of what hangs on them, asked of the rows themselves: for an area in a period, as a whole or by a
column. Read-only; five queries, whatever there is.

What is counted say ``cases.actions.tallies.counting`` and ``grouping``; the same counts, added up by day, are read by
``tallied``.
"""

from typing import Any

from django.db.models import Q

from cases.actions.tallies.counting import (
    BY_CLOSING,
    BY_REPORT,
    LEFT,
    NOW,
    REGISTERED,
    RUNNING,
    RUNNING_LATE,
    derived,
)
from cases.actions.tallies.grouping import group, hanging, merge, told, within
from cases.figures.indicators.question import Numbers, Question
from cases.figures.sets import Cases, closed_in, still_due_in
from cases.models import Case
from cases.states import OPEN

_NOW = Q(state__in=sorted(OPEN))


def loop(question: Question) -> Numbers:
    """Everything about cases, by name."""
    return loop_by(question, "")[""]


def loop_by(question: Question, column: str) -> dict[str, Numbers]:
    """The same for each value of a column of the case that anything has, such as a street's code."""
    new, done = reported_in(question), closed_in(question.period)
    left = still_due_in(question.period, question.viewer)
    rows: Any = counted(question).filter(new | done | left | _NOW)
    sets = within(new, BY_REPORT) | within(done, BY_CLOSING) | within(left, LEFT) | within(_NOW, NOW)
    groups = group(told(rows, done), sets, column)
    late = within(Q(due_at__lt=question.at) & RUNNING, RUNNING_LATE)
    merge(groups, hanging(counted(question).filter(new), column, late))
    return {key: derived(numbers) for key, numbers in groups.items()}


def counted(question: Question) -> Cases:
    """The cases of the area that the scope opens and figures count."""
    return Case.objects.within(question.scope).in_area(question.area).filter(REGISTERED)


def reported_in(question: Question) -> Q:
    """Reported in the period."""
    return Q(reported_at__gte=question.period.start, reported_at__lt=question.period.end)
