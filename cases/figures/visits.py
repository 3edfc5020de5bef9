"""What visits and open-talk meetings brought: how many households were reached, and what became of what was found.

``visits_of`` asks five queries for an area and its parts, whatever they hold. Everything is counted by the day on which
the visit was held; urgent problems solved by the day on which their case was closed. Leaves to others: the page
(cases.admin.visits), naming the lists' addresses (each count brings the query of its list).
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count as Counted
from django.db.models import F, Q, QuerySet, Sum

from blocks.models import Block, Community, Street, place_name
from cases.figures.sets import Show, closed_in
from cases.figures.viewer import Period
from cases.models import Case
from cases.states import FINAL, OPEN, State
from staffing.models import Finding, Visit
from yuhu.kit.figures import Count, Share, query_of
from yuhu.kit.scope import COMMUNITY, DISTRICT, STREET, Scope

# What can become of a finding, as conditions on findings; the list of findings filters by the same.
BECAME: Mapping[str, Q] = {
    "none": Q(solved=False, cases=None),
    "open": Q(cases__state__in=sorted(OPEN)),
    "closed": Q(cases__state=State.CLOSED),
    "ended": Q(cases__state__in=sorted(FINAL - {State.CLOSED})),
    "solved": Q(solved=True),
}
HAZARD = Q(kind=Finding.Kind.HAZARD)
REMOVED = HAZARD & (BECAME["solved"] | BECAME["closed"])
# The level below an area, by the length of its code: columns of visits (through the block), of cases, of blocks.
_BELOW = {
    DISTRICT: ("community__street", "street_code"),
    STREET: ("community", "community_code"),
    COMMUNITY: ("code", "block_code"),
}


@dataclass(frozen=True)
class Days:
    """From the first to the last local day, both included."""

    first: dt.date
    last: dt.date

    @property
    def query(self) -> str:
        return f"{self.first.isoformat()}..{self.last.isoformat()}"

    @property
    def period(self) -> Period:
        return Period.of_days(self.first, self.last)


@dataclass(frozen=True)
class Line:
    """One area in a period. ``rate`` is 走访率 (domain.md 6.2): households visited / households of its blocks; a
    household that was visited twice counts twice."""

    code: str
    name: str
    days: Days
    facts: Mapping[str, int] = field(default_factory=dict)

    def _count(self, fact: str, *more: tuple[str, str]) -> Count:
        return Count(self.facts.get(fact, 0), query_of(("on", self.days.query), ("area", self.code), *more))

    @property
    def visits(self) -> Count:
        return self._count("visits", ("kind__exact", Visit.Kind.VISIT), ("state", Visit.State.DONE))

    @property
    def talks(self) -> Count:
        return self._count("talks", ("kind__exact", Visit.Kind.TALK), ("state", Visit.State.DONE))

    @property
    def present(self) -> int:
        return self.facts.get("present", 0)

    @property
    def rate(self) -> Share:
        return Share.of(self.facts.get("reached", 0), self.facts.get("households", 0))

    @property
    def findings(self) -> Count:
        return self._count("findings")

    @property
    def became(self) -> Mapping[str, Count]:
        """By what became of them; together all findings."""
        return {name: self._count(f"became_{name}", ("became", name)) for name in BECAME}

    @property
    def became_in_order(self) -> list[tuple[str, Count]]:
        return list(self.became.items())

    @property
    def hazards(self) -> Share:
        """安全隐患: removed (on the spot, or by a case that was closed) of those found."""
        kind = ("kind__exact", Finding.Kind.HAZARD.value)
        return Share(self._count("removed", kind, ("became", "removed")), self._count("hazards", kind))

    @property
    def urgent(self) -> Count:
        """急难愁盼 solved: cases that came from visits and meetings and were closed in the period."""
        (_from, first), (_to, last) = self.days.period.query
        area = {STREET: "street", COMMUNITY: "community", 14: "block"}.get(len(self.code))
        where = (area, self.code) if area else ("", "")
        pairs = (("programme", Case.Programme.VISIT), ("show", Show.CLOSED), where)
        return Count(
            self.facts.get("urgent", 0), query_of(*pairs, ("closed_from", first), ("closed_to", last))
        )


@dataclass(frozen=True)
class VisitFigures:
    """An area as a whole, and its parts by code."""

    whole: Line
    parts: tuple[Line, ...]


def visits_of(scope: Scope, area: str, days: Days) -> VisitFigures:
    """Visits, meetings and findings in ``area`` that the scope opens. An area outside the scope holds nothing."""
    column, of_case = _BELOW.get(len(area), _BELOW[COMMUNITY])
    found: dict[str, dict[str, int]] = {}
    for rows in (
        _visits(scope, area, days, f"block__{column}"),
        _findings(scope, area, days, f"visit__block__{column}"),
        _urgent(scope, area, days, of_case),
        _households(scope, area, days, column),
    ):
        for row in rows:
            facts = found.setdefault(row.pop("part"), {})
            facts.update({name: number or 0 for name, number in row.items()})
    names = _names(area, found)
    parts = tuple(Line(code, names.get(code, code), days, found[code]) for code in sorted(found))
    total = {name: sum(facts.get(name, 0) for facts in found.values()) for name in _all(found)}
    return VisitFigures(Line(area, names.get(area, area), days, total), parts)


def _all(found: Mapping[str, Mapping[str, int]]) -> set[str]:
    return {name for facts in found.values() for name in facts}


def _by(rows: "QuerySet[Any]", part: str, **numbers: Any) -> Iterable[dict[str, Any]]:
    counted: QuerySet[Any] = rows.order_by().values(part=F(part)).annotate(**numbers)
    return counted


def _visits(scope: Scope, area: str, days: Days, part: str) -> Iterable[dict[str, Any]]:
    rows = Visit.objects.within(scope).in_area(area).held(days.first, days.last)
    visit, talk = Q(kind=Visit.Kind.VISIT), Q(kind=Visit.Kind.TALK)
    return _by(
        rows,
        part,
        visits=Counted("pk", filter=visit),
        talks=Counted("pk", filter=talk),
        reached=Sum("households"),
        present=Sum("attendance"),
    )


def _findings(scope: Scope, area: str, days: Days, part: str) -> Iterable[dict[str, Any]]:
    visits = Visit.objects.within(scope).in_area(area).held(days.first, days.last)
    # Not by their plain names: a count called like a column would be taken for it by the next condition.
    counts = {f"became_{name}": Counted("pk", filter=condition) for name, condition in BECAME.items()}
    rows = Finding.objects.filter(visit__in=visits)
    more = {"hazards": Counted("pk", filter=HAZARD), "removed": Counted("pk", filter=REMOVED)}
    return _by(rows, part, findings=Counted("pk"), **counts, **more)


def _urgent(scope: Scope, area: str, days: Days, part: str) -> Iterable[dict[str, Any]]:
    rows = Case.objects.within(scope).in_area(area)
    rows = rows.filter(closed_in(days.period), programme=Case.Programme.VISIT)
    return _by(rows, part, urgent=Counted("pk"))


def _households(scope: Scope, area: str, days: Days, part: str) -> Iterable[dict[str, Any]]:
    """Of the blocks in force on the last day."""
    rows = Block.objects.within(scope).in_force(days.last).in_area(area)
    return _by(rows if scope.covers(area) else rows.none(), part, households=Sum("households"))


def _names(area: str, found: Iterable[str]) -> dict[str, str]:
    """Of the parts. A block keeps its code in all divisions: the newest name counts."""
    codes = list(found)
    if len(area) == DISTRICT:
        return dict(Street.objects.filter(pk__in=codes).values_list("pk", "name"))
    if len(area) == STREET:
        names = Community.objects.filter(pk__in=codes).values_list("pk", "name")
        return {code: place_name(name) for code, name in names}
    return dict(Block.objects.filter(code__in=codes).order_by("division").values_list("code", "name"))
