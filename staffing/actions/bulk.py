"""Many people and seats at once, for first loads and imports: same rules and same journal as one by one.

All or nothing, inside the caller's transaction. Leaves to others: where the rows come from (imports, the demo).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from blocks.models import Block
from staffing.exceptions import SamePersonTwice
from staffing.models import Assistant, Membership, Tenure, Unit, User
from yuhu.journal.actions import Actor, Draft, record_many


@dataclass(frozen=True)
class RosterRow:
    """One seat in a block: ``post`` of Tenure.Seat, or "assistant" with its kind."""

    block: Block
    user: User
    post: str
    kind: str = ""


@dataclass(frozen=True)
class SeatRow:
    """One seat in a unit."""

    unit: Unit
    user: User
    role: str


def add_people(users: Sequence[User], *, at: dt.datetime, actor: Actor) -> list[User]:
    """Store new accounts; passwords must be set (or made unusable) before."""
    made: list[User] = User.objects.bulk_create(users, batch_size=500)
    record_many([Draft(kind="user.created", subject=("user", user.pk), at=at, actor=actor) for user in made])
    return made


def load_roster(rows: Sequence[RosterRow], *, starts_on: dt.date, at: dt.datetime, actor: Actor) -> int:
    """Seat people in blocks that have no roster yet.

    Raises:
        SamePersonTwice: somebody would govern and supervise the same block.
        IntegrityError: two holders of one post of a block.
    """
    _refuse_both_sides(rows)
    tenures = [row for row in rows if row.post != "assistant"]
    helpers = [row for row in rows if row.post == "assistant"]
    Tenure.objects.bulk_create(
        [Tenure(block=row.block, post=row.post, holder=row.user, starts_on=starts_on) for row in tenures],
        batch_size=500,
    )
    Assistant.objects.bulk_create(
        [Assistant(block=row.block, user=row.user, kind=row.kind, starts_on=starts_on) for row in helpers],
        batch_size=500,
    )
    record_many([_draft(row, starts_on, at, actor) for row in rows])
    return len(rows)


def load_seats(rows: Iterable[SeatRow], *, starts_on: dt.date, at: dt.datetime, actor: Actor) -> int:
    """Seat people in units."""
    seats = list(rows)
    Membership.objects.bulk_create(
        [Membership(unit=row.unit, user=row.user, role=row.role, starts_on=starts_on) for row in seats],
        batch_size=500,
    )
    record_many(
        [
            Draft(
                kind="unit.joined",
                subject=("unit", row.unit.pk),
                at=at,
                actor=actor,
                area=row.unit.area,
                data={"user": row.user.pk, "role": row.role, "starts_on": starts_on.isoformat()},
            )
            for row in seats
        ]
    )
    return len(seats)


def _refuse_both_sides(rows: Iterable[RosterRow]) -> None:
    held: dict[tuple[int, int], set[str]] = {}
    for row in rows:
        if row.post != "assistant":
            held.setdefault((row.block.pk, row.user.pk), set()).add(row.post.removeprefix("acting_"))
    if any(len(posts) > 1 for posts in held.values()):
        raise SamePersonTwice


def _draft(row: RosterRow, starts_on: dt.date, at: dt.datetime, actor: Actor) -> Draft:
    if row.post == "assistant":
        kind, data = "roster.assistant_added", {"assistant": row.user.pk, "kind": row.kind}
    else:
        kind, data = "roster.appointed", {"post": row.post, "holder": row.user.pk}
    data["starts_on"] = starts_on.isoformat()
    return Draft(
        kind=kind, subject=("block", row.block.code), at=at, actor=actor, area=row.block.code, data=data
    )
