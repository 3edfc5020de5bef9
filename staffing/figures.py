"""Whether every block has its people: governor, supervisor and at least one assistant (1+N+1), and what is vacant.

Read-only. ``rosters`` asks one query for all blocks of the areas; the dataclasses count in memory, since a district
has some hundred blocks. Somebody who acts for a vacant post is shown, but the post stays vacant (人岗匹配率 counts
active governors and supervisors). Leaves to others: filling a vacancy (actions), the page.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from blocks.models import Block, place_name
from staffing.models import Assistant, Shift, Tenure, Unit, User
from staffing.posts import LABELS, PostKind
from staffing.sheets import row_of
from yuhu.kit.figures import Count, Share, query_of
from yuhu.kit.scope import Scope

_SEATS = (PostKind.GOVERNOR, PostKind.SUPERVISOR, PostKind.ACTING_GOVERNOR, PostKind.ACTING_SUPERVISOR)
_NAMES = (
    "code",
    "name",
    "community_id",
    "community__name",
    "community__street_id",
    "community__street__name",
)
_ACTING = {PostKind.GOVERNOR: PostKind.ACTING_GOVERNOR, PostKind.SUPERVISOR: PostKind.ACTING_SUPERVISOR}


@dataclass(frozen=True)
class BlockRoster:
    """One block, and which of its seats are filled."""

    code: str
    name: str
    community: str
    street: str
    filled: frozenset[PostKind]

    def has(self, what: str) -> bool:
        """Whether the post is filled; ``all`` asks for every needed post."""
        return not self.missing if what == ALL else what in self.filled

    @property
    def missing(self) -> tuple[PostKind, ...]:
        """What is vacant, the governor first."""
        return tuple(kind for kind in NEEDED if kind not in self.filled)

    @property
    def marks(self) -> list[tuple[Promise, str]]:
        """Of each needed post its label and ``filled``, ``acting`` (vacant, but somebody stands in) or ``vacant``."""
        return [(LABELS[kind], self._mark(kind)) for kind in NEEDED]

    @property
    def vacancies(self) -> list[tuple[Promise, bool]]:
        """The vacant posts' labels, each with whether somebody acts meanwhile."""
        return [(label, mark == "acting") for label, mark in self.marks if mark != "filled"]

    def _mark(self, kind: PostKind) -> str:
        if kind in self.filled:
            return "filled"
        return "acting" if _ACTING.get(kind) in self.filled else "vacant"


NEEDED = (PostKind.GOVERNOR, PostKind.SUPERVISOR, PostKind.ASSISTANT)
ALL = "all"


@dataclass(frozen=True)
class Completeness:
    """Of an area's blocks: how many have a governor, a supervisor, an assistant, all three."""

    code: str
    name: str
    blocks: tuple[BlockRoster, ...]

    @cached_property
    def complete(self) -> Share:
        """人岗匹配率: one active governor, one active supervisor and at least one assistant."""
        return self._share(ALL)

    @cached_property
    def seats(self) -> list[tuple[Promise, Share, Count]]:
        """Of each needed post: its label, how many blocks have it, and how many lack it."""
        return [(LABELS[kind], self._share(kind), self._lacking(kind)) for kind in NEEDED]

    @cached_property
    def vacant(self) -> tuple[BlockRoster, ...]:
        """Blocks that lack somebody, those without governor or supervisor first."""
        lacking = [block for block in self.blocks if block.missing]
        return tuple(sorted(lacking, key=lambda block: (block.missing == (PostKind.ASSISTANT,), block.code)))

    @cached_property
    def leaderless(self) -> tuple[BlockRoster, ...]:
        """Blocks without governor or without supervisor."""
        return tuple(block for block in self.vacant if block.missing != (PostKind.ASSISTANT,))

    def only(self, *, filled: str = "", missing: str = "") -> tuple[BlockRoster, ...]:
        """The blocks in which that post is filled, or that lack it; ``all`` means every needed post, or any of them."""
        rows = self.blocks
        if filled:
            rows = tuple(block for block in rows if block.has(filled))
        if missing:
            rows = tuple(block for block in rows if not block.has(missing))
        return rows

    def _share(self, what: str) -> Share:
        area = ("area", self.code)
        number = len(self.only(filled=what))
        return Share(Count(number, query_of(("filled", what), area)), Count(len(self.blocks), query_of(area)))

    def _lacking(self, what: str) -> Count:
        return Count(len(self.only(missing=what)), query_of(("missing", what), ("area", self.code)))


@dataclass(frozen=True)
class Rosters:
    """All blocks of some areas on a day, with the names of the areas that they lie in."""

    blocks: tuple[BlockRoster, ...]
    names: dict[str, str]

    def of(self, area: str) -> Completeness:
        """Of a district, street, community or block."""
        within = tuple(block for block in self.blocks if block.code.startswith(area))
        return Completeness(area, self.names.get(area, area), within)

    def below(self, area: str) -> list[Completeness]:
        """Of the streets of a district, the communities of a street, the blocks of a community."""
        length = {6: 9, 9: 12}.get(len(area), 14)
        inside = (block.code[:length] for block in self.blocks if block.code.startswith(area))
        return [self.of(code) for code in sorted(set(inside))]


def rosters(scope: Scope, areas: Iterable[str], on: dt.date) -> Rosters:
    """The blocks of ``areas`` that the scope's own areas cover, on the local day ``on``. One query."""
    blocks = Block.objects.within(scope).in_force(on)
    rows = Block.objects.none()
    for area in areas:
        if scope.covers(area):
            rows = rows | blocks.in_area(area)
    names: dict[str, str] = {}
    found = []
    for row in _with_seats(rows, on).order_by("code").values(*_NAMES, *_SEATS, "assistant"):
        street, community = row["community__street__name"], place_name(row["community__name"])
        names |= {
            row["community__street_id"]: street,
            row["community_id"]: community,
            row["code"]: row["name"],
        }
        filled = frozenset(kind for kind in (*_SEATS, PostKind.ASSISTANT) if row[kind])
        found.append(BlockRoster(row["code"], row["name"], community, street, filled))
    return Rosters(tuple(found), names)


def _with_seats(rows: QuerySet[Block], on: dt.date) -> QuerySet[Block]:
    """Whether somebody active sits on each seat."""
    held = Tenure.objects.on(on).held().filter(block=OuterRef("pk"), holder__is_active=True)
    helped = Assistant.objects.on(on).filter(block=OuterRef("pk"), user__is_active=True)
    seats = {kind.value: Exists(held.filter(post=kind)) for kind in _SEATS}
    return rows.annotate(**seats, assistant=Exists(helped))


def roster_rows(
    on: dt.date, areas: Iterable[str] | None = None
) -> Iterator[tuple[str | dt.date | None, ...]]:
    """The roster of the day as the rows of a sheet (``sheets.COLUMNS``), block by block; ``areas`` None: everywhere.

    A post without a holder has a row that says so; who acts for somebody is no row. Three queries.
    """
    blocks = Block.objects.in_force(on).select_related("community__street").order_by("code")
    if areas is not None:
        blocks = blocks.in_areas(areas)
    tenures = Tenure.objects.on(on).filter(post__in=_ACTING).held().select_related("holder")
    held = {(row.block_id, row.post): row for row in tenures}
    helpers: dict[int, list[Assistant]] = defaultdict(list)
    for helper in Assistant.objects.on(on).select_related("user").order_by("kind", "user__name", "pk"):
        helpers[helper.block_id].append(helper)
    outlines = ("boundary", "community__boundary", "community__street__boundary")
    for block in blocks.defer(*outlines):
        place = {
            "street": block.community.street.name,
            "community": block.community.place_name,
            "block_name": block.name,
            "block": block.code,
        }
        for post in _ACTING:
            row = held.get((block.pk, post.value))
            yield _row(place, post, "", row.holder if row else None, row.starts_on if row else None)
        for helper in helpers[block.pk]:
            yield _row(place, PostKind.ASSISTANT, helper.kind, helper.user, helper.starts_on)


def _row(
    place: dict[str, str], post: PostKind, kind: str, person: User | None, starts_on: dt.date | None
) -> tuple[str | dt.date | None, ...]:
    name, number, phone = (person.name, person.employee_number, person.phone) if person else ("", "", "")
    return row_of(
        **place, post=post.value, kind=kind, name=name, number=number, phone=phone, starts_on=starts_on
    )


@dataclass(frozen=True)
class Week:
    """The rota of a street from Monday to Sunday: of each day the shifts of each platform that begin on it."""

    monday: dt.date
    platforms: list[Unit]
    days: list[tuple[dt.date, list[list[Shift]]]]

    @property
    def sunday(self) -> dt.date:
        return self.monday + dt.timedelta(days=6)

    @property
    def before(self) -> dt.date:
        return self.monday - dt.timedelta(days=7)

    @property
    def after(self) -> dt.date:
        return self.monday + dt.timedelta(days=7)

    @property
    def is_empty(self) -> bool:
        return not any(cell for _day, cells in self.days for cell in cells)


def week_of(street: str, on: dt.date, scope: Scope) -> Week:
    """The week of ``on`` in a street, as far as ``scope`` opens it; shifts with ``is_covered``. Two queries."""
    monday = on - dt.timedelta(days=on.weekday())
    days = [monday + dt.timedelta(days=number) for number in range(7)]
    rows = Shift.objects.within(scope).filter(platform__street=street, day__range=(days[0], days[-1]))
    cells: dict[tuple[dt.date, int], list[Shift]] = defaultdict(list)
    for shift in rows.with_cover().select_related("platform", "officer").order_by("starts_at"):
        cells[shift.day, shift.platform_id].append(shift)
    there = Unit.objects.platforms(days[0]) | Unit.objects.platforms(days[-1])
    named = Q(pk__in=there.values("pk")) | Q(pk__in={platform for _day, platform in cells})
    platforms = list(Unit.objects.filter(named, street=street).order_by("pk"))
    table = [(day, [cells[day, platform.pk] for platform in platforms]) for day in days]
    return Week(monday, platforms, table)
