"""How mediations end and agreements are performed (domain 6.2): shares with numerator and denominator. Read-only."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from cases.figures.viewer import Period
from cases.mediating import Kind
from cases.models import Mediation
from yuhu.kit.figures import Count as Number
from yuhu.kit.figures import Share, query_of
from yuhu.kit.scope import Scope


@dataclass(frozen=True)
class Results:
    """Of one kind: agreements of the ended ones, performed of the agreements of which it is known."""

    kind: str
    label: str
    success: Share
    performance: Share


def results(scope: Scope, period: Period | None = None) -> list[Results]:
    """By kind, of what the scope opens, ended in the period. Referred ones go on elsewhere and do not count.

    One query.
    """
    rows = Mediation.objects.within(scope).ended()
    if period is not None:
        rows = rows.filter(ended_at__gte=period.start, ended_at__lt=period.end)
    counted = (
        rows.order_by()
        .values("kind")
        .annotate(
            ended=Count("pk"),
            agreed=Count("pk", filter=Q(state="agreed")),
            told=Count("pk", filter=~Q(performance="pending")),
            performed=Count("pk", filter=Q(performance="performed")),
        )
    )
    by_kind: dict[str, Any] = {row["kind"]: row for row in counted}
    return [_of_kind(kind, by_kind.get(kind.value, {})) for kind in Kind]


def _of_kind(kind: Kind, row: dict[str, int]) -> Results:
    def number(name: str, condition: tuple[str, str]) -> Number:
        return Number(row.get(name, 0), query_of(("kind__exact", kind.value), condition))

    return Results(
        kind.value,
        str(kind.label),
        Share(number("agreed", ("state__exact", "agreed")), number("ended", ("waits", "ended"))),
        Share(number("performed", ("performance__exact", "performed")), number("told", ("waits", "told"))),
    )
