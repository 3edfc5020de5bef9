"""Meetings on complex cases (会议处置): how many were held, and what they decided. Read-only; two queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q

from cases.figures.viewer import Period, Viewer
from cases.models import AgendaItem, Meeting

_DECISION = AgendaItem.Decision
_DECIDED: Mapping[str, Q] = {
    "items": Q(),
    "settled": Q(decision=_DECISION.SETTLED),
    "whistles": Q(decision=_DECISION.WHISTLE),
    "adjourned": Q(decision=_DECISION.ADJOURNED),
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
    facts: dict[str, dict[str, int]] = {}
    for street, number in held.order_by().values_list("street").annotate(number=Count("pk")):
        facts[street] = {"meetings": number}
    items = AgendaItem.objects.within(viewer.scope).filter(meeting__in=held.values("pk"))
    counts = {name: Count("pk", filter=which) for name, which in _DECIDED.items()}
    rows: Iterable[dict[str, Any]] = items.order_by().values(street=F("meeting__street")).annotate(**counts)
    for row in rows:
        facts.setdefault(row.pop("street"), {}).update(row)
    return {street: Held(numbers) for street, numbers in sorted(facts.items())}
