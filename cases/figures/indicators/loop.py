"""Counts of cases and of what hangs on them, asked of the rows themselves: for an area in a period, as a whole or by
its parts. Read-only; five queries, whatever there is.

What is counted says ``counting``; the same counts, added up by day, are kept in the tallies (``tallied``).
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models import Case as Choose

from cases.figures.indicators.counting import (
    BY_CLOSING,
    BY_REPORT,
    CLOCKS,
    EXTENDED,
    LEFT,
    NOW,
    OF_EVALUATIONS,
    OF_REQUESTS,
    REPEAT_DAYS,
    REQUESTS,
    REWORKED,
    RUNNING,
    RUNNING_LATE,
    URGES,
    derived,
)
from cases.figures.indicators.question import Numbers, Question
from cases.figures.sets import RATED, REGISTERED, Cases, closed_in, last_answer, still_due_in
from cases.models import Case, CaseRequest, Deadline, Evaluation, Rating
from cases.states import OPEN
from yuhu.journal.models import Entry

# Counts by the value of a column of the case ("" of all together).
Groups = dict[str, dict[str, int]]


def loop(question: Question) -> Numbers:
    """Everything about cases, by name."""
    return loop_by(question, "").get("", {}) or derived({})


def loop_by(question: Question, column: str) -> dict[str, Numbers]:
    """The same for each value of a column of the case that anything has, such as a street's code."""
    new, done = reported_in(question), closed_in(question.period)
    left = still_due_in(question.period, question.viewer)
    rows = counted(question).filter(new | done | left | _NOW)
    sets = _within(new, BY_REPORT) | _within(done, BY_CLOSING) | _within(left, LEFT) | _within(_NOW, NOW)
    groups = group(_with_answers(_with_repeats(rows, counted(question), done), done), sets, column)
    reported = counted(question).filter(new)
    merge(groups, hanging(reported, column, _within(Q(due_at__lt=question.at) & RUNNING, RUNNING_LATE)))
    return {key: derived(numbers) for key, numbers in groups.items()}


def running_by(question: Question, column: str) -> Groups:
    """What changes as time passes, of the same: what is late and not closed, and clocks that run. Two queries."""
    left = still_due_in(question.period, question.viewer)
    rows = counted(question).open()
    groups = group(rows, _within(left, LEFT) | _within(_NOW, NOW), column)
    late = Deadline.objects.filter(RUNNING, due_at__lt=question.at)
    reported = counted(question).open().filter(reported_in(question))
    merge(groups, group(_of(late, reported), RUNNING_LATE, _through_case(column)))
    return groups


def settled_of(keys: "QuerySet[Any]") -> Groups:
    """What each of these cases adds to the tallies, by its key; cases that no figure counts are missing. Five queries.

    ``keys``: a query of keys of cases.
    """
    rows = Case.objects.filter(REGISTERED, pk__in=keys)
    done = closed_in(None)
    sets = {**BY_REPORT, **_within(done, BY_CLOSING)}
    found = group(_with_answers(_with_repeats(rows, _counted(Case.objects.all()), done), done), sets, "pk")
    merge(found, hanging(rows, "pk", {}))
    return found


# --- Rows -----------------------------------------------------------------------------------------

_NOW = Q(state__in=sorted(OPEN))


def counted(question: Question) -> Cases:
    """The cases of the area that the scope opens and figures count."""
    return _counted(Case.objects.within(question.scope).in_area(question.area))


def _counted(rows: Cases) -> Cases:
    return rows.filter(REGISTERED)


def reported_in(question: Question) -> Q:
    """Reported in the period."""
    return Q(reported_at__gte=question.period.start, reported_at__lt=question.period.end)


def hanging(cases: "QuerySet[Any]", column: str, running: Mapping[str, Q]) -> Groups:
    """Clocks, requests, evaluations and urges of these cases. Four queries."""
    through = _through_case(column)
    found = group(_of(Deadline.objects.all(), cases), {**CLOCKS, **running}, through)
    extended = {OF_REQUESTS: Count("case", distinct=True, filter=EXTENDED)}
    merge(found, group(_of(CaseRequest.objects.all(), cases), REQUESTS, through, extended))
    # Cases that were looked at, and those found wanting at least once (返工).
    seen, reworked = OF_EVALUATIONS
    judged = {
        seen: Count("case", distinct=True),
        reworked: Count("case", distinct=True, filter=REWORKED),
    }
    merge(found, group(_of(Evaluation.objects.all(), cases), {}, through, judged))
    merge(found, _urges(cases, column))
    return found


def _of(rows: "QuerySet[Any]", cases: "QuerySet[Any]") -> "QuerySet[Any]":
    hung: QuerySet[Any] = rows.filter(case__in=cases.order_by().values("pk"))
    return hung


def _through_case(column: str) -> str:
    return f"case__{column}" if column else ""


def _urges(cases: "QuerySet[Any]", column: str) -> Groups:
    """How often the cases were urged, as the journal tells, which knows them by their numbers."""
    rows: QuerySet[Any] = Entry.objects.filter(kind="case.urged", subject_type="case")
    rows = rows.filter(subject_id__in=cases.order_by().values("number"))
    if column:
        of_case = Case.objects.filter(number=OuterRef("subject_id")).values(column)
        rows = rows.annotate(of_case=Subquery(of_case))
    return group(rows, {URGES: Q()}, "of_case" if column else "")


# --- Counting -------------------------------------------------------------------------------------


def group(
    rows: "QuerySet[Any]", sets: Mapping[str, Q], column: str, more: Mapping[str, Count] | None = None
) -> Groups:
    """One query. A count may not be called like a column: the next condition would take it for that."""
    counts = {f"n_{name}": Count("pk", filter=which) for name, which in sets.items()}
    counts |= {f"n_{name}": count for name, count in (more or {}).items()}
    if not column:
        lines = [("", rows.order_by().aggregate(**counts))]
    else:
        grouped = rows.order_by().values(n_key=F(column)).annotate(**counts)
        lines = [(str(line.pop("n_key") or ""), line) for line in grouped]
    return {key: {name.removeprefix("n_"): number for name, number in line.items()} for key, line in lines}


def merge(groups: Groups, more: Groups) -> None:
    """Add what was counted elsewhere to the groups of the same key."""
    for key, numbers in more.items():
        groups.setdefault(key, {}).update(numbers)


def _within(which: Q, sets: Mapping[str, Q]) -> dict[str, Q]:
    return {name: which & condition for name, condition in sets.items()}


def _with_answers(rows: "QuerySet[Any]", done: Q) -> "QuerySet[Any]":
    """``answer`` and ``solved`` as the reporter said last, of the rated ones only."""
    solved = Rating.objects.filter(case=OuterRef("pk")).order_by("-round").values("solved")[:1]
    answers = {"answer": last_answer(), "solved": Subquery(solved)}
    told: QuerySet[Any] = rows.annotate(
        **{
            name: Choose(When(done & RATED, then=said), default=Value(""), output_field=CharField())
            for name, said in answers.items()
        }
    )
    return told


def _with_repeats(rows: "QuerySet[Any]", among: Cases, done: Q) -> "QuerySet[Any]":
    """``repeated``: closed, and the same person, or somebody at the same address of the block, reports the same
    category soon after the closing."""
    soon = OuterRef("closed_at") + dt.timedelta(days=REPEAT_DAYS)
    again = among.filter(
        category=OuterRef("category"), reported_at__gt=OuterRef("closed_at"), reported_at__lte=soon
    )
    person = again.filter(reporter__phone_index=OuterRef("reporter__phone_index")).exclude(
        reporter__phone_index=""
    )
    place = again.filter(block_code=OuterRef("block_code"), address=OuterRef("address")).exclude(address="")
    repeated = Choose(
        When(done & (Q(Exists(person)) | Q(Exists(place))), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    marked: QuerySet[Any] = rows.annotate(repeated=repeated)
    return marked
