"""Matching people and posts (人岗匹配): which blocks lack whom, and who could fill each vacancy. Read-only.

A block matches with one active governor, one active supervisor and at least one assistant (``rosters.Completeness``).
Candidates are, in this order, the reserve of the same street by tier, then the assistants of the same block; who holds
the other side of the block is none, since governor and supervisor are two people. Leaves to others: appointing.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count as CountOf
from django.db.models import Q
from django.utils.functional import Promise

from blocks.models import Block
from staffing.figures.rosters import BlockRoster
from staffing.models import Assistant, Attendance, Membership, Reserve, Tenure, User
from staffing.posts import LABELS, PostKind
from yuhu.kit.figures import Share
from yuhu.kit.scope import Scope

# 350 households a block as a rule (the report of 2022), plus or minus a fifth.
HOUSEHOLDS = (280, 420)
SHOWN_CANDIDATES = 8
_OTHER_SIDE = {PostKind.GOVERNOR: PostKind.SUPERVISOR, PostKind.SUPERVISOR: PostKind.GOVERNOR}


@dataclass(frozen=True)
class Candidate:
    """Somebody who could take the post. ``tier`` None: an assistant of the block."""

    person: int
    name: str
    number: str
    tier: int | None
    why: str
    trainings: int
    seats: tuple[str, ...]


@dataclass(frozen=True)
class Opening:
    """A vacant post of a block and who could take it; ``left_out`` more are not shown."""

    block: int
    post: PostKind
    acting: bool
    candidates: tuple[Candidate, ...]
    left_out: int = 0

    @property
    def label(self) -> Promise:
        return LABELS[self.post]


@dataclass(frozen=True)
class Mismatch:
    """A block that lacks somebody."""

    roster: BlockRoster
    openings: tuple[Opening, ...]


@dataclass
class _Pool:
    """Everything that is known about the people who come into question."""

    reserve: dict[str, list[Reserve]] = field(default_factory=lambda: defaultdict(list))
    helpers: dict[int, list[Assistant]] = field(default_factory=lambda: defaultdict(list))
    held: dict[tuple[int, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    seats: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    trainings: dict[int, int] = field(default_factory=dict)


def mismatches(rows: Sequence[BlockRoster], on: dt.date) -> list[Mismatch]:
    """The openings of these blocks with their candidates. Eight queries, however many blocks there are."""
    codes = [row.code for row in rows]
    keys = dict(Block.objects.in_force(on).filter(code__in=codes).values_list("code", "pk"))
    pool = _pool(set(keys.values()), {code[:9] for code in codes}, on)
    return [
        Mismatch(row, tuple(_opening(row, keys[row.code], post, pool) for post in row.missing))
        for row in rows
        if row.code in keys
    ]


def block_sizes(scope: Scope, areas: Iterable[str], on: dt.date) -> tuple[Share, list[tuple[str, str, int]]]:
    """区块规模达标率: blocks of 280 to 420 households; and those that are not, as code, name, households. One query."""
    wanted = [area for area in areas if scope.covers(area)]
    blocks = Block.objects.within(scope).in_force(on).in_areas(wanted).order_by("code")
    rows = list(blocks.values_list("code", "name", "households"))
    least, most = HOUSEHOLDS
    others = [row for row in rows if not least <= row[2] <= most]
    return Share.of(len(rows) - len(others), len(rows)), others


def _opening(row: BlockRoster, block: int, post: PostKind, pool: _Pool) -> Opening:
    acting = any(mark == "acting" for label, mark in row.marks if label == LABELS[post])
    excluded = pool.held[block, _OTHER_SIDE[post]] if post in _OTHER_SIDE else set()
    found: dict[int, Candidate] = {}
    for entry in pool.reserve[row.code[:9]]:
        if entry.person_id not in excluded:
            found[entry.person_id] = _candidate(
                pool, entry.person, tier=entry.tier, why=entry.get_tier_display()
            )
    for helper in pool.helpers[block]:
        if helper.user_id not in excluded and helper.user_id not in found:
            found[helper.user_id] = _candidate(pool, helper.user, why=helper.get_kind_display())
    ranked = sorted(found.values(), key=lambda one: (one.tier or 9, -one.trainings, one.name, one.person))
    return Opening(
        block, post, acting, tuple(ranked[:SHOWN_CANDIDATES]), max(len(ranked) - SHOWN_CANDIDATES, 0)
    )


def _candidate(pool: _Pool, person: User, *, why: str, tier: int | None = None) -> Candidate:
    number = person.employee_number or person.username
    trainings = pool.trainings.get(person.pk, 0)
    return Candidate(person.pk, person.name, number, tier, why, trainings, tuple(pool.seats[person.pk]))


def _pool(blocks: Collection[int], streets: Collection[str], on: dt.date) -> _Pool:
    pool = _Pool()
    reserve = Reserve.objects.on(on).filter(street__in=streets, person__is_active=True)
    for entry in reserve.select_related("person").order_by("tier", "starts_on", "pk"):
        pool.reserve[entry.street_id].append(entry)
    helpers = Assistant.objects.on(on).filter(block__in=blocks, user__is_active=True)
    for helper in helpers.select_related("user").order_by("kind", "pk"):
        pool.helpers[helper.block_id].append(helper)
    for block, post, holder in _sides(blocks, on):
        pool.held[block, post.removeprefix("acting_")].add(holder)
    people = {entry.person_id for entries in pool.reserve.values() for entry in entries}
    people |= {helper.user_id for helpers_ in pool.helpers.values() for helper in helpers_}
    _learn(pool, people, on)
    return pool


def _sides(blocks: Collection[int], on: dt.date) -> Iterable[tuple[int, str, int]]:
    """Who holds or acts in which post today, or is appointed to it for later: the roster refuses the other side."""
    today = Q(pk__in=Tenure.objects.on(on).filter(block__in=blocks).values("pk"))
    rows = Tenure.objects.filter(today | Q(block__in=blocks, starts_on__gt=on)).held()
    return [
        (block, post, holder)
        for block, post, holder in rows.values_list("block", "post", "holder")
        if holder is not None
    ]


def _learn(pool: _Pool, people: Collection[int], on: dt.date) -> None:
    """The seats that these people have today, and how many trainings they attended this year."""
    tenures = Tenure.objects.on(on).filter(holder__in=people).select_related("block").defer("block__boundary")
    for tenure in tenures.order_by("block__code"):
        if tenure.holder_id is not None:
            pool.seats[tenure.holder_id].append(f"{tenure.block.name} {tenure.get_post_display()}")
    helps = Assistant.objects.on(on).filter(user__in=people).select_related("block").defer("block__boundary")
    for help_ in helps.order_by("block__code"):
        pool.seats[help_.user_id].append(f"{help_.block.name} {help_.get_kind_display()}")
    for seat in (
        Membership.objects.on(on).filter(user__in=people).select_related("unit").order_by("unit__code")
    ):
        pool.seats[seat.user_id].append(f"{seat.unit.name} {seat.get_role_display()}")
    attended = Attendance.objects.attended(on.year).filter(person__in=people, training__held_on__lte=on)
    counted = attended.values_list("person").annotate(number=CountOf("pk")).order_by()
    pool.trainings = dict(counted)
