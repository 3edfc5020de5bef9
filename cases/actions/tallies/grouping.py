"""What ``counting`` says, asked of the rows: cases and what hangs on them, by any column of the case.

Read-only. The tallies ask by the key of the case; figures (``cases.figures.indicators.loop``) by areas and categories.
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

from cases.actions.tallies.counting import (
    BY_CLOSING,
    BY_REPORT,
    CLOCKS,
    CLOSED,
    EXTENDED,
    OF_EVALUATIONS,
    OF_REQUESTS,
    RATED,
    REGISTERED,
    REPEAT_DAYS,
    REQUESTS,
    REWORKED,
    URGES,
    last_answer,
)
from cases.models import Case, CaseRequest, Deadline, Evaluation
from yuhu.journal.models import Entry

# Counts by name, by the value of a column of the case ("" of all together, and of those without a value).
Groups = dict[str, dict[str, int]]
Rows = QuerySet[Any]


def settled_of(keys: Rows) -> Groups:
    """What each of these cases adds to the tallies, by its key; a case that no figure counts is missing. Five queries.

    ``keys``: a query of keys of cases.
    """
    rows = Case.objects.filter(REGISTERED, pk__in=keys)
    sets = {**BY_REPORT, **within(CLOSED, BY_CLOSING)}
    found = group(told(rows, CLOSED), sets, "pk")
    merge(found, hanging(rows, "pk"))
    return found


def hanging(cases: Rows, column: str, clocks: Mapping[str, Q] | None = None) -> Groups:
    """Clocks, requests, evaluations and urges of these cases; ``clocks``: what else to count of the clocks. Four
    queries."""
    through = through_case(column)
    found = group(of(Deadline.objects.all(), cases), {**CLOCKS, **(clocks or {})}, through)
    extended = {OF_REQUESTS: Count("case", distinct=True, filter=EXTENDED)}
    merge(found, group(of(CaseRequest.objects.all(), cases), REQUESTS, through, extended))
    # Cases that were looked at, and those found wanting at least once (返工).
    seen, reworked = OF_EVALUATIONS
    judged = {seen: Count("case", distinct=True), reworked: Count("case", distinct=True, filter=REWORKED)}
    merge(found, group(of(Evaluation.objects.all(), cases), {}, through, judged))
    merge(found, _urges(cases, column))
    return found


def of(rows: Rows, cases: Rows) -> Rows:
    """Of these rows those that hang on the cases."""
    hung: Rows = rows.filter(case__in=cases.order_by().values("pk"))
    return hung


def through_case(column: str) -> str:
    """The column of the case, as what hangs on it says it."""
    return f"case__{column}" if column else ""


def _urges(cases: Rows, column: str) -> Groups:
    """How often the cases were urged, as the journal tells, which knows them by their numbers."""
    rows: Rows = Entry.objects.filter(kind="case.urged", subject_type="case")
    rows = rows.filter(subject_id__in=cases.order_by().values("number"))
    if column:
        of_case = Case.objects.filter(number=OuterRef("subject_id")).values(column)
        rows = rows.annotate(of_case=Subquery(of_case))
    return group(rows, {URGES: Q()}, "of_case" if column else "")


def group(rows: Rows, sets: Mapping[str, Q], column: str, more: Mapping[str, Count] | None = None) -> Groups:
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


def within(which: Q, sets: Mapping[str, Q]) -> dict[str, Q]:
    """The same counts of fewer rows."""
    return {name: which & condition for name, condition in sets.items()}


def told(rows: Rows, done: Q) -> Rows:
    """With what the conditions of closed cases ask: ``answer`` and ``solved`` as the reporter said last, of the rated
    ones only; ``repeated``, when the same came again, wherever that was. ``done``: the closed ones."""
    answers = {"answer": last_answer(), "solved": last_answer("solved")}
    answered: Rows = rows.annotate(
        **{
            name: Choose(When(done & RATED, then=said), default=Value(""), output_field=CharField())
            for name, said in answers.items()
        }
    )
    repeated = Choose(
        When(done & _came_again(), then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    marked: Rows = answered.annotate(repeated=repeated)
    return marked


def _came_again() -> Q:
    """The same person, or somebody at the same address of the block, reports the same category soon after the
    closing."""
    soon = OuterRef("closed_at") + dt.timedelta(days=REPEAT_DAYS)
    again = Case.objects.filter(
        REGISTERED,
        category=OuterRef("category"),
        reported_at__gt=OuterRef("closed_at"),
        reported_at__lte=soon,
    )
    person = again.filter(reporter__phone_index=OuterRef("reporter__phone_index")).exclude(
        reporter__phone_index=""
    )
    place = again.filter(block_code=OuterRef("block_code"), address=OuterRef("address")).exclude(address="")
    return Q(Exists(person)) | Q(Exists(place))
