"""Meetings on complex cases (会议处置): how many were held, and what they decided. Read-only; one query."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import Count, F, Q

from cases.figures.viewer import Period, Viewer
from cases.models import AgendaItem, Meeting

_DECISION = AgendaItem.Decision
_DECIDED: Mapping[str, Q] = {
    "cases": Q(),
    "settled": Q(items__decision=_DECISION.SETTLED),
    "whistles": Q(items__decision=_DECISION.WHISTLE),
    "adjourned": Q(items__decision=_DECISION.ADJOURNED),
}


@dataclass(frozen=True)
class Held:
    """The meetings of a street in a period, by the day on which they began: cases on the agenda, and decisions."""

    facts: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.facts.get(name, 0)


def meetings_of(viewer: Viewer, area: str, period: Period) -> dict[str, Held]:
    """By the code of the street. An agenda shows the cases that the scope opens."""
    held = (
        Meeting.objects.within(viewer.scope)
        .between(period.start, period.end)
        .filter(state=Meeting.State.HELD)
    )
    held = held.filter(street__code__startswith=area[:9])
    items = AgendaItem.objects.within(viewer.scope).values("pk")
    counts = {name: Count("items", filter=Q(items__in=items) & which) for name, which in _DECIDED.items()}
    grouped = held.order_by().values(code=F("street"))
    rows = cast("Iterable[dict[str, Any]]", grouped.annotate(meetings=Count("pk", distinct=True), **counts))
    return {row.pop("code"): Held(row) for row in sorted(rows, key=lambda row: row["code"])}
