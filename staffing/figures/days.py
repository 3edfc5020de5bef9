"""Who sat where on any day, past or planned: a block's 1+N+1 with the street offices behind it, and a unit's people."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from blocks.models import Block
from staffing.models import Absence, Assistant, Membership, Tenure, Unit, User
from staffing.posts import ACTING_OF, LABELS, PostKind

_DECIDES = (Membership.Role.LEADER, Membership.Role.HEAD, Membership.Role.DUTY_OFFICER)


@dataclass(frozen=True)
class Sitting:
    """A person in a seat on the day."""

    person: User
    seat: str | Promise
    starts_on: dt.date
    away: bool = False


@dataclass(frozen=True)
class PostDay:
    """A post of the block on the day: who has it, and who acts."""

    label: str | Promise
    holder: Sitting | None
    acting: Sitting | None


@dataclass(frozen=True)
class OfficeDay:
    """A unit of the street and who decides in it on the day."""

    unit: Unit
    people: tuple[Sitting, ...]


@dataclass(frozen=True)
class BlockDay:
    """A block on a day."""

    on: dt.date
    posts: tuple[PostDay, ...]
    helpers: tuple[Sitting, ...]
    offices: tuple[OfficeDay, ...]


def block_on(block: Block, on: dt.date) -> BlockDay:
    """The roster of the block, its community's and its street's units in charge. Five queries."""
    tenures = Tenure.objects.on(on).held().filter(block=block).select_related("holder")
    held = {row.post: row for row in tenures}
    helps = Assistant.objects.on(on).filter(block=block).select_related("user").order_by("kind", "user__name")
    helpers = [(row.user, row.get_kind_display(), row.starts_on) for row in helps]
    away = _away(
        [row.holder_id for row in held.values()] + [person.pk for person, _kind, _from in helpers], on
    )

    def seated(post: PostKind) -> Sitting | None:
        row = held.get(post.value)
        if row is None or row.holder is None:
            return None
        return Sitting(row.holder, LABELS[post], row.starts_on, row.holder_id in away)

    posts = tuple(
        PostDay(LABELS[PostKind(post)], seated(PostKind(post)), seated(acting))
        for post, acting in ACTING_OF.items()
    )
    return BlockDay(
        on,
        posts,
        tuple(Sitting(person, kind, start, person.pk in away) for person, kind, start in helpers),
        tuple(_offices(block, on)),
    )


def sittings_on(unit: Unit, on: dt.date) -> list[Sitting]:
    """The people of the unit on the day. Two queries."""
    rows = list(_sitting(on).filter(unit=unit))
    away = _away([row.user_id for row in rows], on)
    return [Sitting(row.user, row.get_role_display(), row.starts_on, row.user_id in away) for row in rows]


def _sitting(on: dt.date) -> "QuerySet[Membership]":
    rows = Membership.objects.on(on).select_related("user", "unit")
    return rows.order_by("unit__code", "role", "user__name", "pk")


def _offices(block: Block, on: dt.date) -> Iterable[OfficeDay]:
    """Leaders and platforms of the street, and the block's community, each with those in charge."""
    kind = Unit.Kind
    units = Unit.objects.filter(
        Q(street=block.community.street_id, kind__in=(kind.STREET, kind.PLATFORM))
        | Q(community=block.community_id, kind=kind.COMMUNITY)
    ).order_by("code")
    people: dict[int, list[Sitting]] = {}
    for row in _sitting(on).filter(unit__in=units, role__in=_DECIDES):
        people.setdefault(row.unit_id, []).append(Sitting(row.user, row.get_role_display(), row.starts_on))
    return [OfficeDay(unit, tuple(people.get(unit.pk, ()))) for unit in units]


def _away(people: Iterable[int | None], on: dt.date) -> set[int]:
    keys = {key for key in people if key is not None}
    return (
        set(Absence.objects.on(on).filter(person__in=keys).values_list("person", flat=True))
        if keys
        else set()
    )
