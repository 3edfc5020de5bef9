"""What waits, as a line of a list: which step is next, by when, how late, and a photo to know it by.

The clock is the one that somebody must beat now: to sign, to handle, to evaluate; not the handle clock of a case whose
result is being evaluated. However many cases, ``turns`` asks two queries. Leaves to others: which cases (``work``).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from cases.figures.sets import Show
from cases.models import Attachment, Case, Deadline
from cases.states import State, Step

# A leader's order with a date runs beside the limit of the category.
_IN_HANDS = (Step.HANDLE, Step.SUPERVISE)
# What a state waits for, and the clocks of it; the first to end counts.
NEXT: dict[State, tuple[Show, tuple[Step, ...]]] = {
    State.REPORTED: (Show.DISPATCH, (Step.DISPATCH,)),
    State.DISPATCHED: (Show.SIGN, (Step.SIGN, *_IN_HANDS)),
    State.IN_PROGRESS: (Show.HANDLE, _IN_HANDS),
    State.SUSPENDED: (Show.HANDLE, ()),
    State.HANDLED: (Show.EVALUATE, (Step.EVALUATE,)),
}


@dataclass(frozen=True)
class Turn:
    """One case. ``due_at`` is nothing where no clock runs; ``photo`` is the key of its first photo, or nothing."""

    case: Case
    show: Show | None
    due_at: dt.datetime | None
    is_late: bool
    is_soon: bool
    photo: int | None

    @property
    def tone(self) -> str:
        """As maps and cards draw it."""
        return "overdue" if self.is_late else "soon" if self.is_soon else "open"

    @property
    def stands(self) -> bool:
        """Nothing can be done before the day of its review."""
        return self.case.state == State.SUSPENDED


def turns(cases: Iterable[Case], at: dt.datetime) -> list[Turn]:
    """Late first, the latest on top; then what is due soon, then the rest by due time; what stands comes last."""
    rows = list(cases)
    if not rows:
        return []
    keys = [row.pk for row in rows]
    clocks: dict[int, list[tuple[str, dt.datetime, dt.datetime | None]]] = {}
    running = Deadline.objects.running().filter(case__in=keys).order_by("due_at")
    for case, step, due_at, warn_at in running.values_list("case", "step", "due_at", "warn_at"):
        clocks.setdefault(case, []).append((step, due_at, warn_at))
    # Of each case the dictionary keeps what comes last: its first photo.
    before = Attachment.objects.filter(case__in=keys, stage=Attachment.Stage.BEFORE).order_by("-pk")
    photos = dict(before.values_list("case", "pk"))
    found = [_turn(row, clocks.get(row.pk, []), photos.get(row.pk), at) for row in rows]
    return sorted(found, key=_order)


def _turn(
    case: Case, clocks: list[tuple[str, dt.datetime, dt.datetime | None]], photo: int | None, at: dt.datetime
) -> Turn:
    show, steps = NEXT.get(State(case.state), (None, ()))
    due_at, warn_at = next(((due, warn) for step, due, warn in clocks if step in steps), (None, None))
    late = due_at is not None and due_at < at
    return Turn(case, show, due_at, late, not late and warn_at is not None and warn_at <= at, photo)


def _order(turn: Turn) -> tuple[bool, int, dt.datetime, int]:
    since = turn.due_at or turn.case.review_at or turn.case.reported_at
    return turn.stands, 0 if turn.is_late else 1 if turn.is_soon else 2, since, turn.case.pk
