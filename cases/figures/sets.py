"""Named sets of cases: what a number counts and what the list behind it shows come from one function.

``select`` answers the parameter ``show`` of a list; whatever it answers lies within the viewer's scope. The sets that
are "mine" follow ``cases.policies`` exactly: what a first page calls mine is what the buttons allow. Leaves to others:
counting (``work``, ``overview``), the other filters of a list (area, state, words).
"""

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q, TextChoices, lookups
from django.utils.translation import gettext_lazy as _

from cases.actions.tallies.counting import (
    ASKED,
    CLOSED,
    CONTENT,
    COUNTED,
    DISPUTES,
    HAZARD_CASES,
    IN_TIME,
    RATED,
    REGISTERED,
    last_answer,
)
from cases.figures.viewer import Period, Viewer
from cases.models import Case, CaseRequest, Deadline, WorkOrder
from cases.policies import evaluating_units, holding_units
from cases.querysets import CaseQuerySet
from cases.states import MOVES, OPEN, State, Step
from staffing.posts import Post, PostKind

Cases = CaseQuerySet[Case]


class Show(TextChoices):
    """The values of ``show``, with the words that a list says about itself."""

    MINE = "mine", _("Waiting for me")
    DISPATCH = "to_dispatch", _("To be dispatched by hand")
    SIGN = "to_sign", _("To be signed by me")
    HANDLE = "to_handle", _("To be handled by me")
    EVALUATE = "to_evaluate", _("To be evaluated by me")
    DECIDE = "to_decide", _("Requests that await my decision")
    WAITING = "my_requests", _("My requests that await a decision")
    REPORTED = "my_reports", _("Reported by me")
    SOON = "due_soon", _("Due soon")
    UNIT = "my_unit", _("With my unit")
    AREA = "my_area", _("In my area")
    LATE_STEP = "late_step", _("Dispatch or evaluation overdue")
    REGISTERED = "registered", _("Registered, as figures count them")
    CLOSED = "closed", _("Closed")
    SHOULD_BE_CLOSED = "should_be_closed", _("Closed, or due and not closed")
    IN_TIME = "closed_in_time", _("Closed, handled in time")
    ASKED = "to_be_rated", _("Closed, reporter asked for a rating")
    RATED = "rated", _("Closed and rated")
    SATISFIED = "satisfied", _("Closed, reporter satisfied")
    DISPUTES = "disputes", _("Disputes, as figures count them")
    HAZARDS = "hazards", _("Hazards, as figures count them")


def select(show: Show, viewer: Viewer, period: Period | None = None) -> Cases:
    """The cases of this set that the viewer's scope opens; ``period`` narrows those that were closed."""
    if show in _OF_PERIOD:
        return _OF_PERIOD[show](viewer, period).within(viewer.scope)
    return _OF_MOMENT[show](viewer).within(viewer.scope)


# --- What waits for somebody ---------------------------------------------------------------------


def _held(viewer: Viewer) -> Cases:
    return Case.objects.held_by(viewer.person, holding_units(viewer.posts))


def to_sign(viewer: Viewer) -> Cases:
    """Orders in my hands, or in those of my units, that nobody has signed."""
    return _held(viewer).filter(state=State.DISPATCHED)


def to_handle(viewer: Viewer) -> Cases:
    """Signed orders in my hands, or in those of my units; suspended ones are among them."""
    return _held(viewer).filter(state__in=[State.IN_PROGRESS, State.SUSPENDED])


def to_evaluate(viewer: Viewer) -> Cases:
    """Results that wait for my evaluation; never of work in which I, or a unit of mine, had a hand."""
    seats = [post.unit_id for post in viewer.posts if post.unit_id]
    by_me = Q(signed_by=viewer.person) | Q(handed_back_by=viewer.person) | Q(unit__in=seats)
    worked = Q(signed_at__isnull=False) | Q(handed_back_at__isnull=False)
    had_a_hand = WorkOrder.objects.filter(by_me, worked, case=OuterRef("pk"))
    rows = Case.objects.to_evaluate_by(viewer.person, evaluating_units(viewer.posts))
    return rows.exclude(Exists(had_a_hand))


def to_dispatch(viewer: Viewer) -> Cases:
    """Waiting for a duty officer to place or dispatch them, where I am one."""
    return Case.objects.awaiting_person().filter(on_duty(viewer.posts))


def mine(viewer: Viewer) -> Cases:
    """Everything that waits for me: to dispatch, to sign, to handle, to evaluate. The state says which."""
    return to_dispatch(viewer) | to_sign(viewer) | to_handle(viewer) | to_evaluate(viewer)


def decisions(viewer: Viewer) -> Q:
    """``CaseRequest`` rows that await my decision; never where I ask for something myself."""
    duty, lead = on_duty(viewer.posts, "case__"), _leading(viewer.posts, "case__")
    kind = CaseRequest.Kind
    of_case = CaseRequest.objects.filter(case=OuterRef("case"))
    own = of_case.filter(asked_by=viewer.person, decided_at__isnull=True)
    # A second extension is decided by a leader.
    extended = of_case.filter(kind=kind.EXTENSION, approved=True)
    return ~Q(Exists(own)) & (
        _decidable(kind.RETURN) & duty
        | _decidable(kind.SUSPENSION) & (duty | lead)
        | _decidable(kind.EXTENSION) & (lead | duty & ~Q(Exists(extended)))
    )


def on_duty(posts: tuple[Post, ...], prefix: str = "") -> Q:
    """Cases whose duty officer these posts are: their street's, or the district's for what no street has."""
    deciders = [post for post in posts if post.kind in _DECIDERS]
    streets = [post.area for post in deciders if post.unit_kind == "platform"]
    districts = [post.area for post in deciders if post.unit_kind == "district"]
    leaders = _areas(posts, PostKind.DISTRICT_LEADER)
    # A case about an official is decided by leaders only.
    return (
        _q(prefix, street_code__in=streets, restricted=False)
        | _q(prefix, district_code__in=districts, restricted=False)
        | _q(prefix, district_code__in=leaders, street_code="")
        | _q(prefix, street_code__in=_areas(posts, PostKind.STREET_LEADER), restricted=True)
    )


def _leading(posts: tuple[Post, ...], prefix: str) -> Q:
    """Cases that these posts lead."""
    streets, districts = _areas(posts, PostKind.STREET_LEADER), _areas(posts, PostKind.DISTRICT_LEADER)
    return _q(prefix, street_code__in=streets) | _q(prefix, district_code__in=districts, restricted=False)


def _decidable(kind: str) -> Q:
    """Requests of this kind in a state in which the table of moves lets them be decided."""
    return Q(kind=kind, decided_at__isnull=True, case__state__in=sorted(MOVES[f"decide-{kind}"].sources))


def _areas(posts: tuple[Post, ...], kind: PostKind) -> list[str]:
    return [post.area for post in posts if post.kind is kind]


def _q(prefix: str, **conditions: object) -> Q:
    return Q(**{f"{prefix}{name}": value for name, value in conditions.items()})


_DECIDERS = frozenset({PostKind.DUTY_OFFICER, PostKind.HEAD})


def _of_requests(which: Callable[[Viewer], Q]) -> Callable[[Viewer], Cases]:
    def cases(viewer: Viewer) -> Cases:
        rows = CaseRequest.objects.filter(which(viewer), decided_at__isnull=True)
        return Case.objects.filter(pk__in=rows.values("case"))

    return cases


# --- What is late, what was done -----------------------------------------------------------------

LATE_STEPS = (Step.DISPATCH, Step.EVALUATE)
LATE_STATES = (State.REPORTED, State.HANDLED)


def late_step(viewer: Viewer) -> Cases:
    """Waiting for a dispatch by hand or for an evaluation longer than the limit of that step."""
    late = Deadline.objects.running().filter(step__in=LATE_STEPS, due_at__lt=viewer.at)
    return Case.objects.filter(state__in=LATE_STATES, pk__in=late.values("case"))


def closed_in(period: Period | None) -> Q:
    """Closed, as opposed to ended without handling, in the period."""
    return CLOSED if period is None else CLOSED & Q(closed_at__gte=period.start, closed_at__lt=period.end)


def still_due_in(period: Period | None, viewer: Viewer) -> Q:
    """Not closed although the limit lies in the period and has passed."""
    late = Q(state__in=sorted(OPEN), due_at__lt=viewer.at) & COUNTED
    return late & Q(due_at__gte=period.start, due_at__lt=period.end) if period else late


def _closed(condition: Q) -> Callable[[Viewer, Period | None], Cases]:
    return lambda viewer, period: Case.objects.filter(closed_in(period), condition)


def _should_be_closed(viewer: Viewer, period: Period | None) -> Cases:
    return Case.objects.filter(closed_in(period) | still_due_in(period, viewer))


def _satisfied(viewer: Viewer, period: Period | None) -> Cases:
    rows: Cases = Case.objects.filter(closed_in(period), RATED)
    # The sub-query, not its name: an alias would change the type of the rows.
    return rows.filter(lookups.In(last_answer(), CONTENT))


_OF_MOMENT: dict[Show, Callable[[Viewer], Cases]] = {
    Show.MINE: mine,
    Show.DISPATCH: to_dispatch,
    Show.SIGN: to_sign,
    Show.HANDLE: to_handle,
    Show.EVALUATE: to_evaluate,
    Show.DECIDE: _of_requests(decisions),
    Show.WAITING: _of_requests(lambda viewer: Q(asked_by=viewer.person)),
    Show.REPORTED: lambda viewer: Case.objects.reported_by(viewer.person),
    Show.SOON: lambda viewer: Case.objects.due_soon(viewer.at),
    Show.UNIT: lambda viewer: Case.objects.of_units(viewer.scope.units),
    Show.AREA: lambda viewer: Case.objects.in_areas(viewer.scope.areas),
    Show.LATE_STEP: late_step,
    Show.REGISTERED: lambda viewer: Case.objects.filter(REGISTERED),
    Show.DISPUTES: lambda viewer: Case.objects.filter(REGISTERED, DISPUTES),
    Show.HAZARDS: lambda viewer: Case.objects.filter(REGISTERED, HAZARD_CASES),
}
_OF_PERIOD: dict[Show, Callable[[Viewer, Period | None], Cases]] = {
    Show.CLOSED: _closed(Q()),
    Show.SHOULD_BE_CLOSED: _should_be_closed,
    Show.IN_TIME: _closed(IN_TIME),
    Show.ASKED: _closed(ASKED),
    Show.RATED: _closed(RATED),
    Show.SATISFIED: _satisfied,
}
