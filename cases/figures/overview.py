"""How an area stands: the four phases with counts and ages, what is late and where.

Read-only numbers over ``within(scope)``; each carries the query string of the list that shows its cases. Whatever the
number of cases, ``standing`` asks one query. Leaves to others: what was done (``results``), people in posts
(staffing.figures), names of areas, the page.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Count, Exists, F, Min, OuterRef, Q, When

from cases.actions.tallies.counting import IN_HANDS
from cases.figures.sets import LATE_STATES, LATE_STEPS, Cases, Show
from cases.figures.viewer import Viewer
from cases.models import Case, Deadline
from cases.states import OPEN, PHASE, Phase, State
from yuhu.kit.figures import Count as Number
from yuhu.kit.figures import query_of

# The level below an area, by the length of its code: what its table lists.
_BELOW = {6: "street_code", 9: "community_code", 12: "block_code"}
_PARAMETER = {6: "district", 9: "street", 12: "community", 14: "block"}
OPEN_PHASES = (Phase.REPORT, Phase.DISPATCH, Phase.EVALUATE, Phase.FEEDBACK)
OPEN_STATES = tuple(state for state in State if state in OPEN)
# Since when a case is where it is.
_ENTERED = Choose(
    When(state__in=[State.DISPATCHED, State.IN_PROGRESS, State.SUSPENDED], then=F("dispatched_at")),
    When(state=State.HANDLED, then=F("handled_at")),
    When(state=State.EVALUATED, then=F("evaluated_at")),
    default=F("reported_at"),
)


@dataclass(frozen=True)
class Heap:
    """Open cases of one kind: how many, how many of them late or soon due, since when the oldest waits."""

    count: Number
    late: Number
    soon: Number
    since: dt.datetime | None = None
    late_since: dt.datetime | None = None


@dataclass(frozen=True)
class Standing:
    """The open cases of an area."""

    whole: Heap
    phases: Mapping[Phase, Heap]
    states: Mapping[State, Number]
    below: Mapping[str, Heap]  # by the code of the street, community or block; "" is not placed yet


def below(area: str) -> str:
    """The field of a case that names the part of ``area`` in which it lies."""
    return _BELOW.get(len(area), "block_code")


def in_area(area: str) -> tuple[str, str]:
    """How a list's address says the area; the scope itself says the district."""
    return _PARAMETER.get(len(area), ""), "" if len(area) == 6 else area


def standing(viewer: Viewer, area: str) -> Standing:
    """The open cases of ``area`` now. One query."""
    lines = [(line[below(area)], State(line["state"]), line) for line in _open_rows(viewer, area)]
    place = in_area(area)
    by_state = {state: sum(line["count"] for _, its, line in lines if its == state) for state in OPEN_STATES}
    return Standing(
        whole=_heap((line for _code, _state, line in lines), ("open", 1), place),
        phases={
            phase: _phase([line for _code, state, line in lines if PHASE[state] == phase], phase, place)
            for phase in OPEN_PHASES
        },
        states={
            state: Number(number, query_of(("state", state), place)) for state, number in by_state.items()
        },
        below={
            code: _heap(
                (line for its, _state, line in lines if its == code), ("open", 1), _place_below(area, code)
            )
            for code in sorted({code for code, _state, _line in lines})
        },
    )


def _open_rows(viewer: Viewer, area: str) -> Iterable[Mapping[str, Any]]:
    """Counts and ages of the open cases by part of the area and state."""
    now = viewer.at
    running = Deadline.objects.running().filter(case=OuterRef("pk"), step__in=LATE_STEPS, due_at__lt=now)
    late = Q(state__in=IN_HANDS, due_at__lt=now)
    soon = Q(state__in=IN_HANDS, warn_at__lte=now, due_at__gte=now)
    rows = _cases(viewer, area).open().annotate(entered=_ENTERED).values(below(area), "state")
    grouped: Iterable[Mapping[str, Any]] = rows.order_by().annotate(
        count=Count("pk"),
        late=Count("pk", filter=late),
        soon=Count("pk", filter=soon),
        waiting=Count("pk", filter=Q(Exists(running), state__in=LATE_STATES)),
        since=Min("entered"),
        late_since=Min("due_at", filter=late),
    )
    return grouped


def _cases(viewer: Viewer, area: str) -> Cases:
    return Case.objects.within(viewer.scope).in_area(area)


def _place_below(area: str, code: str) -> tuple[str, str]:
    """A street of a district, a community of a street; what has no street yet is a set of its own."""
    if code:
        return in_area(code)
    return ("unplaced", "1") if len(area) == 6 else in_area(area)


def _heap(lines: Iterable[Mapping[str, Any]], *query: tuple[str, str | int]) -> Heap:
    found = list(lines)
    place = query[1:]
    return Heap(
        count=Number(sum(line["count"] for line in found), query_of(*query)),
        late=Number(sum(line["late"] for line in found), query_of(("overdue", 1), *place)),
        soon=Number(sum(line["soon"] for line in found), query_of(("show", Show.SOON), *place)),
        since=_first(line["since"] for line in found),
        late_since=_first(line["late_since"] for line in found),
    )


def _phase(lines: list[Mapping[str, Any]], phase: Phase, place: tuple[str, str]) -> Heap:
    """Late means: past the limit of what the phase does. Only handling has a warning on the case itself."""
    heap = _heap(lines, ("phase", phase), place)
    if phase in (Phase.REPORT, Phase.EVALUATE):
        number = sum(line["waiting"] for line in lines)
        late = Number(number, query_of(("show", Show.LATE_STEP), ("phase", phase), place))
        return Heap(heap.count, late, heap.soon, heap.since)
    return heap


def _first(moments: Iterable[dt.datetime | None]) -> dt.datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def longest_late(viewer: Viewer, area: str, rows: int) -> tuple[Case, ...]:
    """Those whose limit passed longest ago. One query."""
    return tuple(_cases(viewer, area).overdue(viewer.at).for_lists().order_by("due_at", "pk")[:rows])


def newest(viewer: Viewer, area: str, rows: int) -> tuple[Case, ...]:
    """The last that were reported and are open. One query."""
    return tuple(_cases(viewer, area).open().for_lists().order_by("-reported_at", "-pk")[:rows])


def oldest_undispatched() -> dt.datetime | None:
    """Since when the oldest case waits that a rule can dispatch. One query."""
    since: dt.datetime | None = Case.objects.awaiting_dispatch().aggregate(since=Min("reported_at"))["since"]
    return since


def oldest_untold(at: dt.datetime) -> dt.datetime | None:
    """Since when the oldest breach waits to be escalated. One query."""
    since: dt.datetime | None = Deadline.objects.breached(at).aggregate(since=Min("next_level_at"))["since"]
    return since
