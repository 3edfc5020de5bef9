"""Counts of cases and of what hangs on them: clocks, requests, evaluations, urges. Read-only; five queries in all.

Words of domain.md 2.8: registered is reported, accepted is dispatched for the first time, checked is evaluated. By the
day of the report unless a name says otherwise; void and merged cases and praise are left out (6.1). Nobody is blamed
before the time is over: a clock counts once it is met or past its limit.
"""

import datetime as dt
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
from django.db.models.functions import Coalesce

from cases.figures.indicators.question import Numbers, Question
from cases.figures.sets import (
    ASKED,
    CONTENT,
    IN_HANDS,
    IN_TIME,
    RATED,
    REGISTERED,
    Cases,
    closed_in,
    last_answer,
    still_due_in,
)
from cases.models import Case, CaseRequest, Deadline, Evaluation, Rating
from cases.states import OPEN, Satisfaction, Solved, State, Step
from yuhu.journal.models import Entry

# A complaint is repeated when the same comes again within so many days after the closing (domain.md 6.2, repeat_rate).
REPEAT_DAYS = 30
_ACCEPTED = Q(dispatched_at__isnull=False) & ~Q(state=State.REJECTED)
_REJECTED = Q(state=State.REJECTED)
_LATE_RESULT = Q(handled_at__gt=F("due_at"))


def loop(question: Question) -> Numbers:
    """Everything about cases, by name. Five queries, whatever the number of cases."""
    found = {**_cases(question), **_clocks(question), **_requests(question), **_evaluations(question)}
    waiting, decided = found["accepts_waiting_late"], found["accepted_or_rejected"]
    return found | {
        "accept_due": decided + waiting,
        "accepted_in_time": decided - (found["accepts_late"] - waiting),
        # What a governor solved on the spot is no dispatch, and may be returned all the same after a failed check.
        "dispatches_kept": max(found["dispatches"] - found["returns_approved"], 0),
        "urges": _urges(question),
    }


def counted(question: Question) -> Cases:
    """The cases of the area that the scope opens and figures count."""
    rows: Cases = Case.objects.within(question.scope).in_area(question.area)
    return rows.filter(REGISTERED)


def reported_in(question: Question) -> Q:
    """Reported in the period."""
    return Q(reported_at__gte=question.period.start, reported_at__lt=question.period.end)


def _cases(question: Question) -> Numbers:
    """Cases by what became of them."""
    new, done = reported_in(question), closed_in(question.period)
    left = still_due_in(question.period, question.viewer)
    late = Q(state__in=IN_HANDS) | Q(state__in=[State.HANDLED, State.EVALUATED]) & _LATE_RESULT
    now = Q(state__in=sorted(OPEN))
    rated = done & RATED
    sets = {
        "registered": new,
        "accepted": new & _ACCEPTED,
        "accepted_or_rejected": new & (_ACCEPTED | _REJECTED),
        "self_found": new & ~Q(programme=Case.Programme.INSTANT_RESPONSE),
        "handled": new & Q(handled_at__isnull=False),
        "checked": new & Q(handled_at__isnull=False, evaluated_at__isnull=False),
        "closed": done,
        "should_be_closed": done | left,
        "closed_in_time": done & IN_TIME,
        "late": done & _LATE_RESULT | left & late,
        "closed_front_end": done & Q(on_the_spot=True),
        "closed_repeated": Q(repeated=True),
        "to_be_rated": done & ASKED,
        "rated": rated,
        "solved": rated & Q(solved=Solved.SOLVED),
        "content": rated & Q(answer__in=CONTENT),
        "satisfied": rated & Q(answer=Satisfaction.SATISFIED),
        "open_now": now,
        "suspended_now": Q(state=State.SUSPENDED),
        "hazards": new & _HAZARD,
        "hazards_removed": new & _HAZARD & Q(state=State.CLOSED),
    }
    rows: QuerySet[Any] = counted(question).filter(new | done | left | now)
    return _count(_with_answers(_with_repeats(rows, question), rated), sets)


# What was found at a visit is counted there.
_HAZARD = Q(programme=Case.Programme.HAZARD, finding__isnull=True) & ~_REJECTED


def _count(rows: QuerySet[Any], sets: dict[str, Q], **more: Count) -> Numbers:
    """One query. A count may not be called like a column: the next condition would take it for that."""
    counts = {f"n_{name}": Count("pk", filter=which) for name, which in sets.items()}
    counts |= {f"n_{name}": count for name, count in more.items()}
    found = rows.order_by().aggregate(**counts)
    return {name.removeprefix("n_"): number for name, number in found.items()}


def _with_answers(rows: QuerySet[Any], rated: Q) -> QuerySet[Any]:
    """``answer`` and ``solved`` as the reporter said last, of the rated ones only."""
    solved = Rating.objects.filter(case=OuterRef("pk")).order_by("-round").values("solved")[:1]
    answers = {"answer": last_answer(), "solved": Subquery(solved)}
    told: QuerySet[Any] = rows.annotate(
        **{
            name: Choose(When(rated, then=said), default=Value(""), output_field=CharField())
            for name, said in answers.items()
        }
    )
    return told


def _with_repeats(rows: QuerySet[Any], question: Question) -> QuerySet[Any]:
    """``repeated``: closed in the period, and the same person, or somebody at the same address of the block, reports
    the same category soon after the closing."""
    soon = OuterRef("closed_at") + dt.timedelta(days=REPEAT_DAYS)
    again = counted(question).filter(
        category=OuterRef("category"), reported_at__gt=OuterRef("closed_at"), reported_at__lte=soon
    )
    person = again.filter(reporter__phone_index=OuterRef("reporter__phone_index")).exclude(
        reporter__phone_index=""
    )
    place = again.filter(block_code=OuterRef("block_code"), address=OuterRef("address")).exclude(address="")
    done = closed_in(question.period)
    repeated = Choose(
        When(done & (Q(Exists(person)) | Q(Exists(place))), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    marked: QuerySet[Any] = rows.annotate(repeated=repeated)
    return marked


def _clocks(question: Question) -> Numbers:
    """Clocks by step. Every dispatch starts a clock for its signature, so those clocks are the dispatches."""
    # The moment up to which somebody was awaited.
    waited = Coalesce("met_at", "ended_at", Value(question.at))
    late, met = Q(due_at__lt=F("waited")), Q(met_at__isnull=False)
    in_time = Q(met_at__lte=F("due_at"))
    # The first wait for a person's dispatch; what was returned waits once more, and that is no acceptance.
    first = Q(case__dispatched_at__isnull=True) | Q(started_at__lte=F("case__dispatched_at"))
    accept = Q(step=Step.DISPATCH, round=1) & first
    sets = {
        "accepts_late": accept & late,
        "accepts_waiting_late": accept & late & Q(met_at__isnull=True, ended_at__isnull=True),
        "dispatches": Q(step=Step.SIGN),
    }
    for name, step in (("sign", Step.SIGN), ("contact", Step.CONTACT), ("supervise", Step.SUPERVISE)):
        sets[f"{name}_due"] = Q(step=step) & (met | late)
        sets[f"{name}_in_time"] = Q(step=step) & in_time
    return _count(_of_new(Deadline.objects.annotate(waited=waited), question), sets)


def _of_new(rows: QuerySet[Any], question: Question) -> QuerySet[Any]:
    """What hangs on the cases that were reported in the period."""
    return rows.filter(case__in=counted(question).filter(reported_in(question)).values("pk"))


def _requests(question: Question) -> Numbers:
    """Requests of the holders. An extension counts once a case."""
    kind = CaseRequest.Kind
    sets = {
        "returns": Q(kind=kind.RETURN),
        "returns_approved": Q(kind=kind.RETURN, approved=True),
    }
    extended = Count("case", distinct=True, filter=Q(kind=kind.EXTENSION, approved=True))
    return _count(_of_new(CaseRequest.objects.all(), question), sets, extended=extended)


def _evaluations(question: Question) -> Numbers:
    """Cases by their evaluations: looked at, and found wanting at least once (返工)."""
    failed = Count("case", distinct=True, filter=Q(effective=False))
    return _count(
        _of_new(Evaluation.objects.all(), question),
        {},
        evaluated=Count("case", distinct=True),
        reworked=failed,
    )


def _urges(question: Question) -> int:
    """How often the cases were urged, as the journal tells."""
    numbers = counted(question).filter(reported_in(question)).values("number")
    return Entry.objects.filter(kind="case.urged", subject_type="case", subject_id__in=numbers).count()
