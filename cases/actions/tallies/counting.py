"""What the indicators of the loop count, as conditions by name: of cases, of clocks, of requests, of evaluations. Pure.

Words of domain.md 2.8: registered is reported, accepted is dispatched for the first time, checked is evaluated. Void
and merged cases and praise are left out (6.1), and cases about officials, which no area opens. Nobody is blamed before
the time is over: a clock counts once it is met or past its limit.

Some counts are settled: they change only when something happens to a case, so the tallies keep them by day. Others run:
they change as time passes, and are asked of the open cases, which are few. ``derived`` puts both together.
"""

from collections.abc import Mapping

from django.db.models import F, OuterRef, Q, Subquery

from cases.actions.reference import NOT_RATED
from cases.models import Case, CaseRequest, Rating
from cases.states import Satisfaction, Solved, State, Step

# --- What is counted at all -----------------------------------------------------------------------

# What figures leave out (domain.md 6.1): praise, mistakes, the doubles of other cases; and cases about officials, which
# no area opens: so a figure of an area is the same for everybody who may ask for it.
COUNTED = ~Q(category__in=sorted(NOT_RATED)) & Q(restricted=False)
REGISTERED = ~Q(state__in=[State.VOID, State.MERGED]) & COUNTED
# As opposed to ended without handling.
CLOSED = Q(state=State.CLOSED) & COUNTED
IN_HANDS = (State.DISPATCHED, State.IN_PROGRESS)
IN_TIME = Q(handled_at__lte=F("due_at"))
ASKED = Q(must_rate=True)
# By the reporter, or by a follow-up call to whoever had not answered (decision 0037).
RATED = Q(must_rate=True, end_code__in=["rated", "rated_by_call"])
DISPUTES = Q(category__kind="dispute")
# What was found at a visit is counted there.
HAZARD_CASES = Q(programme=Case.Programme.HAZARD, finding__isnull=True) & ~Q(state=State.REJECTED)
CONTENT = (Satisfaction.SATISFIED, Satisfaction.BASICALLY)


def last_answer(column: str = "satisfaction") -> Subquery:
    """What the reporter said last: a case that was reopened may have two ratings."""
    newest = Rating.objects.filter(case=OuterRef("pk")).order_by("-round")
    return Subquery(newest.values(column)[:1])


# A complaint is repeated when the same comes again within so many days after the closing (domain.md 6.2, repeat_rate).
REPEAT_DAYS = 30
_ACCEPTED = Q(dispatched_at__isnull=False) & ~Q(state=State.REJECTED)
_LATE_RESULT = Q(handled_at__gt=F("due_at"))

# --- Settled, of cases ----------------------------------------------------------------------------

BY_REPORT: Mapping[str, Q] = {
    "registered": Q(),
    "accepted": _ACCEPTED,
    "accepted_or_rejected": _ACCEPTED | Q(state=State.REJECTED),
    "self_found": ~Q(programme=Case.Programme.INSTANT_RESPONSE),
    "handled": Q(handled_at__isnull=False),
    "checked": Q(handled_at__isnull=False, evaluated_at__isnull=False),
    "hazards": HAZARD_CASES,
    "hazards_removed": HAZARD_CASES & Q(state=State.CLOSED),
    "disputes": DISPUTES,
}
# Of closed cases; ``repeated``, ``answer`` and ``solved`` are made by ``told``.
BY_CLOSING: Mapping[str, Q] = {
    "closed": Q(),
    "closed_in_time": IN_TIME,
    "closed_late": _LATE_RESULT,
    "closed_front_end": Q(on_the_spot=True),
    "closed_repeated": Q(repeated=True),
    "to_be_rated": ASKED,
    "rated": RATED,
    "solved": RATED & Q(solved=Solved.SOLVED),
    "content": RATED & Q(answer__in=CONTENT),
    "satisfied": RATED & Q(answer=Satisfaction.SATISFIED),
    "hazards_ended": HAZARD_CASES,
}

# --- Settled, of what hangs on cases --------------------------------------------------------------

_MET = Q(met_at__isnull=False)
_STOPPED_LATE = Q(met_at__isnull=True, due_at__lt=F("ended_at"))
# The first wait for a person's dispatch; what was returned waits once more, and that is no acceptance.
_ACCEPT = Q(step=Step.DISPATCH, round=1) & (
    Q(case__dispatched_at__isnull=True) | Q(started_at__lte=F("case__dispatched_at"))
)
_CLOCKS = {"sign": Step.SIGN, "contact": Step.CONTACT, "supervise": Step.SUPERVISE}
# Every dispatch starts a clock for its signature, so those clocks are the dispatches.
CLOCKS: Mapping[str, Q] = {
    "dispatches": Q(step=Step.SIGN),
    "accepts_late": _ACCEPT & (Q(met_at__gt=F("due_at")) | _STOPPED_LATE),
    **{f"{name}_over": Q(step=step) & (_MET | _STOPPED_LATE) for name, step in _CLOCKS.items()},
    **{f"{name}_in_time": Q(step=step, met_at__lte=F("due_at")) for name, step in _CLOCKS.items()},
}
REQUESTS: Mapping[str, Q] = {
    "returns": Q(kind=CaseRequest.Kind.RETURN),
    "returns_approved": Q(kind=CaseRequest.Kind.RETURN, approved=True),
}
# Counted once a case.
EXTENDED = Q(kind=CaseRequest.Kind.EXTENSION, approved=True)
REWORKED = Q(effective=False)
OF_REQUESTS, OF_EVALUATIONS, URGES = "extended", ("evaluated", "reworked"), "urges"

SETTLED_BY_REPORT: tuple[str, ...] = (
    *BY_REPORT,
    *CLOCKS,
    *REQUESTS,
    OF_REQUESTS,
    *OF_EVALUATIONS,
    URGES,
)
SETTLED_BY_CLOSING: tuple[str, ...] = tuple(BY_CLOSING)
SETTLED = (*SETTLED_BY_REPORT, *SETTLED_BY_CLOSING)

# --- Running --------------------------------------------------------------------------------------

# Of open cases whose limit lay in the period and has passed.
LEFT: Mapping[str, Q] = {
    "left": Q(),
    "left_late": Q(state__in=IN_HANDS) | Q(state__in=[State.HANDLED, State.EVALUATED]) & _LATE_RESULT,
}
# Of open cases, whenever they were reported.
NOW: Mapping[str, Q] = {"open_now": Q(), "suspended_now": Q(state=State.SUSPENDED)}
# Of clocks that run and are past their limit.
RUNNING = Q(is_running=True)
RUNNING_LATE: Mapping[str, Q] = {
    "accepts_waiting_late": _ACCEPT,
    **{f"{name}_running_late": Q(step=step) for name, step in _CLOCKS.items()},
}


def derived(numbers: Mapping[str, int]) -> dict[str, int]:
    """All the names of the table, from settled and running counts; what is missing is nought."""
    found = {name: numbers.get(name, 0) for name in (*SETTLED, *LEFT, *NOW, *RUNNING_LATE)}
    decided, waiting = found["accepted_or_rejected"], found["accepts_waiting_late"]
    return found | {
        "should_be_closed": found["closed"] + found["left"],
        "late": found["closed_late"] + found["left_late"],
        "accept_due": decided + waiting,
        "accepted_in_time": decided - found["accepts_late"],
        # What a governor solved on the spot is no dispatch, and may be returned all the same after a failed check.
        "dispatches_kept": max(found["dispatches"] - found["returns_approved"], 0),
        **{f"{name}_due": found[f"{name}_over"] + found[f"{name}_running_late"] for name in _CLOCKS},
    }
