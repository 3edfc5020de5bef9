"""What waits for a person now: the first rows of each kind, and how many there are in all.

However many cases wait, ``work`` asks three queries and ``street_desk`` one: window functions number and count the
rows of each kind. Leaves to others: which kinds a post shows (yuhu.dashboard), the rest of each list (``sets.select``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case as Choose
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Coalesce, RowNumber

from cases.actions.tallies.counting import IN_HANDS
from cases.figures.sets import Cases, Show, decisions, mine, select
from cases.figures.viewer import Viewer
from cases.models import Case, CaseRequest
from cases.states import State
from yuhu.kit import figures

FIRST_ROWS = 6


@dataclass(frozen=True)
class Part:
    """The first cases of a set, how many there are, and how many of them are late."""

    count: figures.Count
    late: int = 0
    cases: tuple[Case, ...] = ()


@dataclass(frozen=True)
class Requests:
    """The oldest request of each case of a set, and how many cases there are."""

    count: figures.Count
    rows: tuple[CaseRequest, ...] = ()


@dataclass(frozen=True)
class Work:
    """Everything that waits for one person, by kind, and what the person asked for and reported."""

    parts: Mapping[str, Part]  # by ``Show``
    to_decide: Requests
    waiting: Requests
    reported: Part = field(default_factory=lambda: Part(figures.Count(0)))

    def part(self, show: Show) -> Part:
        return self.parts.get(show) or Part(figures.Count(0, _query(show)))


_KIND_OF_STATE = {
    State.REPORTED: Show.DISPATCH,
    State.DISPATCHED: Show.SIGN,
    State.IN_PROGRESS: Show.HANDLE,
    State.SUSPENDED: Show.HANDLE,
    State.HANDLED: Show.EVALUATE,
}


def work(viewer: Viewer, *, rows: int = FIRST_ROWS) -> Work:
    """What waits for the viewer: late first, then by due time; suspended ones last. Three queries."""
    whens = [When(state=state, then=Value(show.value)) for state, show in _KIND_OF_STATE.items()]
    kind = Choose(*whens, output_field=CharField())
    # What has no handle clock, or a standing one, waits by the moment from which it waits.
    since = Choose(
        When(state=State.HANDLED, then="handled_at"),
        When(state=State.REPORTED, then="reported_at"),
        default="due_at",
    )
    stands = Choose(When(state=State.SUSPENDED, then=Value(1)), default=Value(0))
    parts = _parts(mine(viewer).within(viewer.scope), viewer, kind, (stands, since, F("pk")), rows)
    to_decide, waiting = _requests(viewer, rows)
    return Work(parts, to_decide, waiting, newest(select(Show.REPORTED, viewer), Show.REPORTED, rows))


def newest(cases: Cases, show: Show, rows: int = FIRST_ROWS) -> Part:
    """The newest of a set, and how many there are. One query.

    All of them are counted, so they are read from where they are few. By the plain column PostgreSQL would walk down
    the newest cases of the whole district instead, in the hope of finding the first rows soon.
    """
    numbered: QuerySet[Any] = cases.for_lists().annotate(total=Window(Count("pk")))
    found = tuple(numbered.order_by(Coalesce("reported_at", "reported_at").desc(), "-pk")[:rows])
    return Part(figures.Count(found[0].total if found else 0, _query(show)), cases=found)


def street_desk(viewer: Viewer, area: str, *, rows: int = FIRST_ROWS) -> dict[str, Part]:
    """``late`` and ``soon`` in the area: the latest and the most urgent of those in somebody's hands. One query."""
    urgent = Q(due_at__lt=viewer.at) | Q(warn_at__lte=viewer.at)
    cases = Case.objects.within(viewer.scope).in_area(area).filter(urgent, state__in=IN_HANDS)
    kind = Choose(
        When(due_at__lt=viewer.at, then=Value("late")), default=Value("soon"), output_field=CharField()
    )
    street = ("street", area if len(area) == STREET_LENGTH else "")
    queries = {
        "late": figures.query_of(("overdue", 1), street),
        "soon": figures.query_of(("show", Show.SOON), street),
    }
    found = _parts(cases, viewer, kind, (F("due_at"), F("pk")), rows, queries)
    return {name: found.get(name) or Part(figures.Count(0, query)) for name, query in queries.items()}


STREET_LENGTH = 9


def _parts(
    cases: Cases,
    viewer: Viewer,
    kind: Choose,
    order: Sequence[BaseExpression | F],
    rows: int,
    queries: Mapping[str, str] | None = None,
) -> dict[str, Part]:
    """The first ``rows`` of each kind with the totals of each. One query."""
    late = Q(state__in=IN_HANDS, due_at__lt=viewer.at)
    numbered: QuerySet[Any] = cases.for_lists().annotate(kind=kind)
    numbered = numbered.annotate(
        place=Window(RowNumber(), partition_by="kind", order_by=list(order)),
        total=Window(Count("pk"), partition_by="kind"),
        late=Window(Count("pk", filter=late), partition_by="kind"),
    )
    by_kind: dict[str, list[Any]] = {}
    for case in numbered.filter(place__lte=rows).order_by("kind", "place"):
        by_kind.setdefault(case.kind, []).append(case)
    found = {}
    for name, first in by_kind.items():
        query = queries[name] if queries else _query(name)
        found[name] = Part(figures.Count(first[0].total, query), first[0].late, tuple(first))
    return found


def _requests(viewer: Viewer, rows: int) -> tuple[Requests, Requests]:
    """Those to decide and those of mine, oldest first, one per case: disjoint, so one query tells both."""
    own = Q(asked_by=viewer.person)
    asked = Choose(
        When(own, then=Value(Show.WAITING.value)), default=Value(Show.DECIDE.value), output_field=CharField()
    )
    pending: QuerySet[CaseRequest] = CaseRequest.objects.filter(
        Q(pk=_first_of_case(own)) | Q(pk=_first_of_case(decisions(viewer))),
        # Asked of each request, not of the district: few requests are pending, many cases are visible.
        Exists(Case.objects.within(viewer.scope).filter(pk=OuterRef("case"))),
        decided_at__isnull=True,
    )
    shown: QuerySet[Any] = pending.select_related("case__category", "case__block", "asked_by")
    shown = shown.defer("case__block__boundary", "case__explanation").annotate(show=asked)
    numbered = shown.annotate(
        place=Window(RowNumber(), partition_by="show", order_by=[F("asked_at"), F("pk")]),
        total=Window(Count("pk"), partition_by="show"),
    )
    found: dict[str, list[Any]] = {}
    for request in numbered.filter(place__lte=rows).order_by("show", "place"):
        found.setdefault(request.show, []).append(request)
    return _part_of_requests(found, Show.DECIDE), _part_of_requests(found, Show.WAITING)


def _first_of_case(which: Q) -> Subquery:
    """The oldest of these requests in the same case: the list behind shows cases, so a case counts once."""
    rows = CaseRequest.objects.filter(which, decided_at__isnull=True, case=OuterRef("case"))
    return Subquery(rows.order_by("asked_at", "pk").values("pk")[:1])


def _part_of_requests(found: Mapping[str, list[Any]], show: Show) -> Requests:
    rows = found.get(show, [])
    return Requests(figures.Count(rows[0].total if rows else 0, _query(show)), tuple(rows))


def _query(show: str) -> str:
    return figures.query_of(("show", str(show)))
