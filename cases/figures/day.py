"""What the desk's first page counts: requests to decide, work in hand, what is late. Read-only.

Every number has the list of the desk that shows exactly its rows (``query``). Leaves to others: the first rows of each
kind (``work``), the page (cases.admin.day).
"""

from dataclasses import dataclass

from django.db.models import Case as Choose
from django.db.models import CharField, Count, Q, Value, When

from cases.actions.tallies.counting import IN_HANDS
from cases.figures.sets import Show, decisions, mine
from cases.figures.viewer import Viewer
from cases.models import Case, CaseRequest
from cases.states import State


@dataclass(frozen=True)
class Pile:
    """How many wait, and how many of them are past their limit."""

    number: int = 0
    late: int = 0


_KINDS = (
    (State.REPORTED, Show.DISPATCH),
    (State.DISPATCHED, Show.SIGN),
    (State.IN_PROGRESS, Show.HANDLE),
    (State.SUSPENDED, Show.HANDLE),
    (State.HANDLED, Show.EVALUATE),
)


def in_hand(viewer: Viewer) -> dict[str, Pile]:
    """By kind of work (``Show``): what waits for this person. One query."""
    kind = Choose(
        *(When(state=state, then=Value(show.value)) for state, show in _KINDS), output_field=CharField()
    )
    late = Count("pk", filter=Q(state__in=IN_HANDS, due_at__lt=viewer.at))
    rows = mine(viewer).within(viewer.scope).order_by().values(kind=kind)
    return {
        row["kind"]: Pile(row["number"], row["late"]) for row in rows.annotate(number=Count("pk"), late=late)
    }


def to_decide(viewer: Viewer) -> dict[str, Pile]:
    """By kind of request: the cases with one that waits for this person's decision. One query."""
    rows = CaseRequest.objects.filter(decisions(viewer), case__in=Case.objects.within(viewer.scope))
    counted = rows.order_by().values("kind").annotate(number=Count("case", distinct=True))
    return {row["kind"]: Pile(row["number"]) for row in counted}


def in_time(viewer: Viewer) -> dict[str, int]:
    """``overdue`` and ``soon`` among what the person sees. One query over what is in somebody's hands."""
    late, soon = Q(due_at__lt=viewer.at), Q(warn_at__lte=viewer.at, due_at__gte=viewer.at)
    rows = Case.objects.within(viewer.scope).filter(late | soon, state__in=IN_HANDS)
    found: dict[str, int] = rows.aggregate(overdue=Count("pk", filter=late), soon=Count("pk", filter=soon))
    return found
