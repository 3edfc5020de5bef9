"""Seats in units: which role exists where, from when to when, and three administrators who are three people."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from blocks.models import District
from staffing.actions import join, leave, load_units
from staffing.exceptions import AlreadyThere, WrongDates, WrongUnit
from staffing.models import Membership, PlatformLink, Unit
from tests.world import AT, START, STREET, World
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry

pytestmark = pytest.mark.django_db

TODAY = AT.date()
DAY = dt.timedelta(days=1)
Role, Kind = Membership.Role, Unit.Kind
ADMINISTRATORS = [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR]


def sit(world: World, unit: Unit, role: str, who: str = "stranger", on: dt.date = TODAY) -> Membership:
    return join(unit=unit, user=world.people[who], role=role, starts_on=on, at=AT, actor=SYSTEM)


def some(kind: str) -> Unit:
    found = Unit.objects.filter(kind=kind).order_by("code").first()
    if found is None:
        return Unit.objects.create(code=f"x-{kind}", name="某单位", kind=kind)
    return found


# role → the kinds of units in which it exists
EVERYWHERE = set(Kind.values)
ROLES: dict[str, set[str]] = {
    "member": EVERYWHERE,
    "head": EVERYWHERE,
    "duty_officer": {"platform", "district", "department"},
    "mediator": {"community", "office", "street", "department", "team"},
    "leader": {"district", "street"},
    "system_admin": {"district"},
    "security_admin": {"district"},
    "auditor": {"district"},
}


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("kind", Kind.values)
def test_a_role_exists_where_the_table_says(world: World, role: str, kind: str) -> None:
    if kind in ROLES[role]:
        assert sit(world, some(kind), role).role == role
        return
    with pytest.raises(WrongUnit) as refusal:
        sit(world, some(kind), role)
    assert refusal.value.field == "role"


@pytest.mark.parametrize("first", ADMINISTRATORS)
@pytest.mark.parametrize("second", ADMINISTRATORS)
@pytest.mark.parametrize("planned", [False, True])
def test_the_three_administrators_are_three_people(
    world: World, first: str, second: str, planned: bool
) -> None:
    """Neither at the same time nor planned to overlap."""
    top = Unit.objects.get(code="430302")
    sit(world, top, first, on=TODAY + 9 * DAY if planned else TODAY)
    with pytest.raises((WrongUnit, AlreadyThere)) as refusal:
        sit(world, top, second)
    assert refusal.value.code == ("already_there" if first == second else "separate_administrators")


def test_an_administrator_who_left_may_take_another_role(world: World) -> None:
    top = Unit.objects.get(code="430302")
    seat = sit(world, top, Role.AUDITOR)
    leave(seat=seat, ends_on=TODAY + DAY, at=AT, actor=SYSTEM)
    with pytest.raises(WrongUnit):
        sit(world, top, Role.SYSTEM_ADMIN, on=TODAY)
    assert sit(world, top, Role.SYSTEM_ADMIN, on=TODAY + DAY).pk


def test_an_administrator_may_still_be_a_member(world: World) -> None:
    top = Unit.objects.get(code="430302")
    sit(world, top, Role.AUDITOR)
    assert sit(world, top, Role.MEMBER).pk


def test_the_same_seat_is_taken_once(world: World) -> None:
    office = world.unit("city_management_office")
    sit(world, office, Role.MEMBER)
    with pytest.raises(AlreadyThere):
        sit(world, office, Role.MEMBER)
    assert sit(world, office, Role.HEAD).pk
    assert sit(world, world.unit("economic_office"), Role.MEMBER).pk


def test_a_seat_lasts_until_the_day_before_its_end(world: World) -> None:
    seat = leave(
        seat=sit(world, world.unit("rapid_response"), Role.HEAD), ends_on=TODAY + 2 * DAY, at=AT, actor=SYSTEM
    )
    days = [offset for offset in range(-1, 4) if seat in Membership.objects.on(TODAY + offset * DAY)]
    assert days == [0, 1]
    kinds = Entry.objects.filter(subject_type="unit", subject_id=str(seat.unit_id)).order_by("seq")
    assert list(kinds.values_list("kind", flat=True))[-2:] == ["unit.joined", "unit.left"]


@pytest.mark.parametrize("days", [0, -1])
def test_a_seat_ends_after_it_begins(world: World, days: int) -> None:
    seat = sit(world, world.unit("rapid_response"), Role.HEAD)
    with pytest.raises(WrongDates):
        leave(seat=seat, ends_on=TODAY + days * DAY, at=AT, actor=SYSTEM)
    with pytest.raises(IntegrityError, match="membership_ends_after_start"), transaction.atomic():
        Membership.objects.filter(pk=seat.pk).update(ends_on=TODAY + days * DAY)


# --- the tree of units --------------------------------------------------------------------------------------------


def test_every_street_has_its_offices_platforms_and_teams(world: World) -> None:
    for street in Unit.objects.filter(kind=Kind.STREET):
        own = Unit.objects.filter(street=street.street_id)
        counts = {kind: own.filter(kind=kind).count() for kind in (Kind.OFFICE, Kind.PLATFORM, Kind.TEAM)}
        assert counts == {Kind.OFFICE: 12, Kind.PLATFORM: 3, Kind.TEAM: 3}, street
    assert Unit.objects.filter(kind=Kind.STREET).count() > 5


def test_loading_the_units_again_makes_no_more(world: World) -> None:
    before = Unit.objects.count()
    district = District.objects.get()
    assert load_units(district=district, starts_on=START, at=AT, actor=SYSTEM) == 0
    assert Unit.objects.count() == before


def test_an_office_is_in_one_platform_at_a_time(world: World) -> None:
    office = world.unit("city_management_office")
    assert PlatformLink.objects.on(TODAY).get(office=office).platform == world.unit("rapid_response")
    PlatformLink.objects.create(office=office, platform=world.unit("block_service"), starts_on=TODAY)
    assert PlatformLink.objects.on(TODAY).get(office=office).platform == world.unit("block_service")
    assert PlatformLink.objects.on(TODAY - DAY).get(office=office).platform == world.unit("rapid_response")
    with pytest.raises(IntegrityError), transaction.atomic():
        PlatformLink.objects.create(office=office, platform=world.unit("coordination"), starts_on=TODAY)


def test_a_unit_is_not_its_own_parent(world: World) -> None:
    with pytest.raises(IntegrityError, match="unit_not_its_own_parent"), transaction.atomic():
        Unit.objects.filter(code=STREET).update(parent=Unit.objects.get(code=STREET))
