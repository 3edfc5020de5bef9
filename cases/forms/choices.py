"""What the selects of the forms offer: categories, blocks, and the receivers that a duty officer may name."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from blocks.models import Block
from cases.forms.fields import Group, Option
from cases.models import Case, Category
from cases.states import Kind
from duties.models import DutyItem, DutyList
from staffing.models import Membership, Tenure, Unit
from staffing.posts import LABELS, Post, PostKind
from yuhu.kit.pinyin import readings
from yuhu.kit.scope import Scope

_IN_STREET = (Unit.Kind.PLATFORM, Unit.Kind.OFFICE, Unit.Kind.TEAM, Unit.Kind.COMMUNITY, Unit.Kind.STREET)
_WORKERS = (Membership.Role.MEMBER, Membership.Role.HEAD, Membership.Role.DUTY_OFFICER)
_DISPATCH_LISTS = (DutyList.Kind.RESPONSIBILITY, DutyList.Kind.COOPERATION)


def _grouped(rows: Iterable[tuple[str | Promise, Option]]) -> list[Group]:
    """Groups in the order in which they first appear."""
    groups: dict[str, tuple[str | Promise, list[Option]]] = {}
    for label, option in rows:
        groups.setdefault(str(label), (label, []))[1].append(option)
    return list(groups.values())


def category_groups() -> list[Group]:
    """All usable categories under their branch, found by name, code, the names that people use
    and the pinyin of all of them. One query."""
    rows = Category.objects.usable().filter(parent__active=True).select_related("parent").order_by("code")
    return _grouped((row.parent.label if row.parent else "", _category(row)) for row in rows)


def _category(row: Category) -> Option:
    others = sorted({row.name, row.name_en.replace("_", " "), *row.aliases.split(";")} - {row.label, ""})
    typed = {said: readings(said) for said in (row.label, *others)}
    # In the order of the names, so that the search box can show which one was meant.
    pinyin = ";".join(typed.values()) if any(typed.values()) else ""
    return row.pk, row.label, {"aliases": ";".join(others), "pinyin": pinyin, "hint": row.pk}


def block_groups(scope: Scope, posts: Iterable[Post], on: dt.date, *, street: str = "") -> list[Group]:
    """One's own blocks first, then all others by street. One query; outlines stay where they are."""
    rows = Block.objects.within(scope).in_force(on).select_related("community__street")
    rows = rows.defer("boundary", "community__boundary", "community__street__boundary").order_by("code")
    if street:
        rows = rows.in_area(street)
    own = {post.block_code for post in posts if post.block_code}
    found = [(row.code, row.name, row.community.street.name) for row in rows]
    mine: list[Option] = [(code, name, {}) for code, name, _street in found if code in own]
    groups = _grouped((label, (code, name, {})) for code, name, label in found if code not in own)
    return [(_("My block"), mine), *groups] if mine else groups


def rows_for(kind: Kind, case: Case, scope: Scope, on: dt.date) -> list[Group]:
    """The rows that a field of this kind may name for the case."""
    if kind in (Kind.UNIT, Kind.UNITS):
        return _units(case)
    if kind is Kind.PERSON:
        return _people(case, on)
    if kind is Kind.ITEM:
        return _items(on)
    if kind is Kind.BLOCK:
        return block_groups(scope, (), on, street=case.street_code)
    return []


def _units(case: Case) -> list[Group]:
    """Those of the case's street, and the district's departments."""
    near = Q(street=case.street_code, kind__in=_IN_STREET) if case.street_code else Q(pk__in=[])
    rows = Unit.objects.filter(near | Q(district=case.district_code, kind=Unit.Kind.DEPARTMENT))
    order = {kind: place for place, kind in enumerate((*_IN_STREET, Unit.Kind.DEPARTMENT))}
    known = sorted(rows, key=lambda row: (order[Unit.Kind(row.kind)], row.code))
    return _grouped((row.get_kind_display(), (str(row.pk), row.name, {})) for row in known)


def _people(case: Case, on: dt.date) -> list[Group]:
    """Who governs a block of the case's street, and who works in one of its units."""
    if not case.street_code:
        return []
    seats = (
        Tenure.objects.on(on).held().filter(block__community__street=case.street_code, holder__is_active=True)
    )
    seats = seats.filter(post__in=(Tenure.Seat.GOVERNOR, Tenure.Seat.ACTING_GOVERNOR))
    governors = seats.select_related("holder", "block").defer("block__boundary").order_by("block__code")
    found: list[tuple[str | Promise, Option]] = [
        (_("Governors of blocks"), _person(row.holder, row.block.name, row.post)) for row in governors
    ]
    members = Membership.objects.on(on).filter(
        unit__street=case.street_code, role__in=_WORKERS, user__is_active=True
    )
    rows = members.select_related("user", "unit").order_by("unit__code", "pk")
    return _grouped([*found, *((row.unit.name, _person(row.user, row.unit.name, row.role)) for row in rows)])


def _person(user: Any, where: str, post: str) -> Option:
    """By log-in name, which is what the move's reader takes; the seat says which of two namesakes is meant."""
    return user.username, f"{user.name}（{where}）", {"hint": str(LABELS[PostKind(post)])}


def _items(on: dt.date) -> list[Group]:
    rows = DutyItem.objects.in_force(on).filter(list__kind__in=_DISPATCH_LISTS).select_related("list")
    known = rows.order_by("list__kind", "code")
    return _grouped((row.list.get_kind_display(), (row.code, f"{row.code} {row.name}", {})) for row in known)
