"""Which posts a person holds, what they open, and who is answerable for a block.

Leaves to others: what the state of a case allows (cases.states, cases.policies).
"""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import BigIntegerField, CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from staffing.models import (
    Assistant,
    Membership,
    PartnerClient,
    Tenure,
    Unit,
    User,
)
from staffing.posts import AREA_UNITS, CAPABILITIES, SEES_AREA_OF_UNIT, Capability, Post, PostKind
from yuhu.kit.compiled import Compiled
from yuhu.kit.scope import Scope
from yuhu.kit.verdicts import Allowed, Denied, Verdict

if TYPE_CHECKING:
    Rows = QuerySet[Any, tuple[object, ...]]

_COLUMNS = ("kind_", "unit_", "unit_kind_", "unit_name_", "block_", "block_code_", "area_", "extra_")


def posts_of(user: User | AnonymousUser, on: dt.date) -> tuple[Post, ...]:
    """All seats that ``user`` holds on the local day ``on``, most local first. One query, kept on the user."""
    if not isinstance(user, User) or user.pk is None or not user.is_active:
        return ()
    kept: dict[dt.date, tuple[Post, ...]] = user.__dict__.setdefault("_posts", {})
    if on not in kept:
        kept[on] = _post_of_system(user, on) if user.is_technical else _seats_of(user, on)
    return kept[on]


def _seats_of(user: User, on: dt.date) -> tuple[Post, ...]:
    rows = _SEATS.rows(user=user.pk, on=on)
    return tuple(sorted((_post(row) for row in rows), key=lambda post: (-len(post.area), post.kind)))


def _post_of_system(user: User, on: dt.date) -> tuple[Post, ...]:
    """What a partner's system is bound to. No query where the token's own brought it along."""
    client: PartnerClient | None = getattr(user, "client", None)
    if client is None or not client.in_force(on):
        return ()
    kinds = frozenset(client.categories) or None
    return (Post(PostKind.PARTNER_CLIENT, client.area, channel=client.channel, categories=kinds),)


def forget_posts(user: User) -> None:
    """Drop what ``posts_of`` kept on this object, after its seats changed."""
    user.__dict__.pop("_posts", None)


def scope_of(user: User | AnonymousUser, on: dt.date) -> Scope:
    """What the person sees on the day ``on``; a person without posts sees only what concerns himself."""
    if not isinstance(user, User) or user.pk is None or not user.is_active:
        return Scope.nothing()
    posts = posts_of(user, on)
    areas = frozenset(post.area for post in posts if opens_area(post))
    units = frozenset(post.unit_id for post in posts if post.unit_id and post.kind not in _CLOSED)
    kept = frozenset(post.unit_id for post in posts if post.unit_id and post.kind is PostKind.MEDIATOR)
    kinds = next((post.categories for post in posts if post.categories is not None), None)
    inspects = frozenset(post.area for post in posts if post.kind in CAPABILITIES[Capability.READ_INSPECTION])
    seats = frozenset(post.unit_id for post in posts if post.unit_id)
    return Scope(
        areas, units, user.pk,
        has_post=bool(posts), kinds=kinds, confidential=kept, inspects=inspects, seats=seats,
    )  # fmt: skip


_ADMINISTRATORS = frozenset({PostKind.SYSTEM_ADMIN, PostKind.SECURITY_ADMIN})
# Seats that open neither their unit's cases nor its area: a mediator sees the cases that he or she mediates.
_CLOSED = _ADMINISTRATORS | {PostKind.MEDIATOR}


def opens_area(post: Post) -> bool:
    """Whether the post's area opens the cases in it."""
    if post.kind in _CLOSED:
        return False
    return bool(post.block_id) or post.kind in SEES_AREA_OF_UNIT or post.unit_kind in AREA_UNITS


def may(user: User | AnonymousUser, capability: Capability, *, on: dt.date) -> Verdict:
    """Whether one of the person's posts carries ``capability``."""
    if any(post.kind in CAPABILITIES[capability] for post in posts_of(user, on)):
        return Allowed()
    return Denied(
        _("Your post does not include this. Ask your street's duty officer who is in charge of it.")
    )


def may_in(user: User | AnonymousUser, capability: Capability, *, area: str, on: dt.date) -> Verdict:
    """Like ``may``, but the post's area must contain ``area`` (a national code)."""
    for post in posts_of(user, on):
        if post.kind in CAPABILITIES[capability] and post.area and area.startswith(post.area):
            return Allowed()
    return Denied(_("This lies outside the area of your post."), code="outside_area")


def appoints(user: User | AnonymousUser, *, on: dt.date) -> Verdict:
    """Whether the person appoints anywhere at all: what a list offers before it knows the place."""
    return Allowed() if areas_to_appoint_in(user, on) else Denied(_NOT_HERE, code="outside_area")


def may_appoint(user: User | AnonymousUser, *, area: str, on: dt.date) -> Verdict:
    """Whether the person appoints in ``area`` (a national code)."""
    if any(area.startswith(own) for own in areas_to_appoint_in(user, on)):
        return Allowed()
    return Denied(_NOT_HERE, code="outside_area")


def areas_to_appoint_in(user: User | AnonymousUser, on: dt.date) -> list[str]:
    """The post must open its area: a department works for the whole district, but appoints nobody in it."""
    posts = (post for post in posts_of(user, on) if post.kind in CAPABILITIES[Capability.APPOINT])
    return [post.area for post in posts if post.area and opens_area(post)]


def areas_of_personnel(user: User | AnonymousUser, on: dt.date) -> frozenset[str]:
    """Where the person reads what is kept of people as such, why they are away and who is in the reserve: where he or
    she appoints; the auditor wherever his or her posts open the area."""
    if may(user, Capability.READ_JOURNAL, on=on):
        return scope_of(user, on).areas
    return frozenset(areas_to_appoint_in(user, on))


_NOT_HERE = _("You do not appoint people here. Ask the leaders of the street.")


def may_seat(user: User | AnonymousUser, *, unit: Unit, role: str, on: dt.date) -> Verdict:
    """Whether the person gives and ends seats of this role in ``unit``.

    Administrators of accounts seat everybody; whoever appoints in the area seats its workers, not its leaders.
    """
    if may(user, Capability.MANAGE_ACCOUNTS, on=on):
        return Allowed()
    if role not in _SEATED_BY_APPOINTERS:
        return Denied(_("This seat is given by the security administrator."), code="administrators_only")
    return may_appoint(user, area=unit.area, on=on)


_SEATED_BY_APPOINTERS = frozenset(
    {
        Membership.Role.MEMBER,
        Membership.Role.HEAD,
        Membership.Role.DUTY_OFFICER,
        Membership.Role.MEDIATOR,
    }
)


def must_choose_password(user: User, *, at: dt.datetime) -> bool:
    """Whether the password is one that somebody else gave, or older than ``PASSWORD_MAX_DAYS`` (0: for ever good)."""
    if user.must_change_password:
        return True
    days = settings.PASSWORD_MAX_DAYS
    changed = user.password_changed_at or user.opened_at
    return bool(days and changed is not None and at - changed > dt.timedelta(days=days))


def needs_second_factor(user: User, *, on: dt.date) -> bool:
    """Whether nothing opens for the person without the second factor: the three administrators (``SECOND_FACTOR``)."""
    required = settings.SECOND_FACTOR == "required"
    return required and any(post.kind in _THREE_HANDS for post in posts_of(user, on))


_THREE_HANDS = _ADMINISTRATORS | {PostKind.AUDITOR}


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())


def _number(value: int) -> Value:
    return Value(value, output_field=BigIntegerField())


def _tenures(user: int, on: dt.date) -> "QuerySet[Tenure, tuple[object, ...]]":
    return (
        Tenure.objects.on(on)
        .filter(holder=user)
        .annotate(
            kind_=F("post"),
            unit_=_number(0),
            unit_kind_=_text(""),
            unit_name_=F("block__name"),
            block_=F("block_id"),
            block_code_=F("block__code"),
            area_=F("block__code"),
            extra_=_text(""),
        )
        .order_by()
        .values_list(*_COLUMNS)
    )


def _assistances(user: int, on: dt.date) -> "QuerySet[Assistant, tuple[object, ...]]":
    return (
        Assistant.objects.on(on)
        .filter(user=user)
        .annotate(
            kind_=_text(PostKind.ASSISTANT),
            unit_=_number(0),
            unit_kind_=_text(""),
            unit_name_=F("block__name"),
            block_=F("block_id"),
            block_code_=F("block__code"),
            area_=F("block__code"),
            extra_=F("kind"),
        )
        .order_by()
        .values_list(*_COLUMNS)
    )


def _memberships(user: int, on: dt.date) -> "QuerySet[Membership, tuple[object, ...]]":
    return (
        Membership.objects.on(on)
        .filter(user=user)
        .annotate(
            kind_=F("role"),
            unit_=F("unit_id"),
            unit_kind_=F("unit__kind"),
            unit_name_=F("unit__name"),
            block_=_number(0),
            block_code_=_text(""),
            area_=Coalesce("unit__community_id", "unit__street_id", "unit__district_id", _text("")),
            extra_=_text(""),
        )
        .order_by()
        .values_list(*_COLUMNS)
    )


def _seats(user: int, on: dt.date) -> "Rows":
    return _tenures(user, on).union(_assistances(user, on), _memberships(user, on), all=True)


# Asked by every request.
_SEATS = Compiled(_seats, user=int, on=dt.date)


def _post(row: tuple[object, ...]) -> Post:
    kind, unit, unit_kind, unit_name, block, block_code, area, extra = row
    if kind == Membership.Role.LEADER:
        kind = PostKind.DISTRICT_LEADER if unit_kind == "district" else PostKind.STREET_LEADER
    return Post(
        kind=PostKind(str(kind)),
        area=str(area),
        unit_id=int(str(unit)) or None,
        unit_kind=str(unit_kind),
        unit_name=str(unit_name),
        block_id=int(str(block)) or None,
        block_code=str(block_code),
        assistant_kind=str(extra),
    )
