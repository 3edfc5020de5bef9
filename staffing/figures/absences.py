"""Leave in numbers, and who acts when in the posts of whoever is away. Leaves to others: naming somebody (actions)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from blocks.models import Block
from staffing.models import Absence, Spell, Tenure, User
from yuhu.kit.scope import Scope


@dataclass(frozen=True)
class Turn:
    """Some days of a leave in one post of a block, and who acts then. ``also_away``: he or she is on leave too."""

    block: Block
    post: Tenure.Seat
    starts_on: dt.date
    ends_on: dt.date
    person: User | None
    also_away: bool = False

    @property
    def is_gap(self) -> bool:
        """Nobody acts who is there."""
        return self.person is None or self.also_away or not self.person.is_active

    @property
    def last_day(self) -> dt.date:
        return self.ends_on - dt.timedelta(days=1)


def away(scope: Scope, today: dt.date) -> tuple[int, int]:
    """How many people whom the scope shows are on leave today, and for how many of them nobody acts. One query."""
    rows = Absence.objects.within(scope).on(today).with_gap(today)
    found = rows.aggregate(away=Count("pk"), gaps=Count("pk", filter=Q(has_gap=True)))
    return found["away"], found["gaps"]


def turns_of(absence: Absence) -> list[Turn]:
    """Who acts in each post of a block that the person has during the leave, day for day. Five queries at most."""
    spells = absence.open_spells(absence.starts_on)
    if not spells or absence.cancelled_at is not None:
        return []
    blocks = Block.objects.defer("boundary").in_bulk({spell.block_id for spell in spells})
    acting: dict[tuple[int, str], list[Tenure]] = defaultdict(list)
    rows = Tenure.objects.during(absence.starts_on, absence.ends_on).filter(block__in=blocks)
    for row in rows.select_related("holder").order_by("starts_on"):
        acting[row.block_id, row.post].append(row)
    people = {row.holder_id for found in acting.values() for row in found} - {None}
    others = Absence.objects.during(absence.starts_on, absence.ends_on).filter(person__in=people)
    gone: dict[int, list[Absence]] = defaultdict(list)
    for other in others:
        gone[other.person_id].append(other)
    return [
        Turn(
            blocks[spell.block_id],
            Tenure.Seat(spell.post),
            start,
            end,
            person,
            person is not None and _overlaps(gone[person.pk], start, end),
        )
        for spell in spells
        for start, end, person in _turns(spell, acting[spell.block_id, spell.acting])
    ]


def _overlaps(rows: Sequence[Absence], start: dt.date, end: dt.date) -> bool:
    return any(row.starts_on < end and row.ends_on > start for row in rows)


def _turns(spell: Spell, rows: Sequence[Tenure]) -> Iterator[tuple[dt.date, dt.date, User | None]]:
    """The spell cut where somebody else begins to act, or nobody."""
    start, person = spell.starts_on, None
    for row in rows:
        if row.starts_on >= spell.ends_on:
            break
        day = max(row.starts_on, spell.starts_on)
        if day > start and row.holder != person:
            yield start, day, person
            start = day
        if row.holder != person or day == spell.starts_on:
            person = row.holder
    yield start, spell.ends_on, person
