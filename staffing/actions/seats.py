"""Seats in units: join and leave. Three administrators' roles never lie in one hand."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from staffing.exceptions import AlreadyThere, OwnSeat, WrongDates, WrongUnit
from staffing.models import Membership, Unit, User
from yuhu.journal.actions import Actor, record

_ROLE_KINDS: dict[str, frozenset[str]] = {
    Membership.Role.LEADER: frozenset({Unit.Kind.DISTRICT, Unit.Kind.STREET}),
    Membership.Role.DUTY_OFFICER: frozenset({Unit.Kind.PLATFORM, Unit.Kind.DISTRICT, Unit.Kind.DEPARTMENT}),
    Membership.Role.MEDIATOR: frozenset(
        {Unit.Kind.COMMUNITY, Unit.Kind.OFFICE, Unit.Kind.STREET, Unit.Kind.DEPARTMENT, Unit.Kind.TEAM}
    ),
    Membership.Role.SYSTEM_ADMIN: frozenset({Unit.Kind.DISTRICT}),
    Membership.Role.SECURITY_ADMIN: frozenset({Unit.Kind.DISTRICT}),
    Membership.Role.AUDITOR: frozenset({Unit.Kind.DISTRICT}),
}
_ADMINISTRATORS = (Membership.Role.SYSTEM_ADMIN, Membership.Role.SECURITY_ADMIN, Membership.Role.AUDITOR)


@transaction.atomic
def join(
    *, unit: Unit, user: User, role: str, starts_on: dt.date, at: dt.datetime, actor: Actor
) -> Membership:
    """``user`` takes a seat in ``unit``.

    Raises:
        WrongUnit: the role does not exist in this kind of unit, the platform does not exist on that day, or two
            administrators' roles in one hand.
        AlreadyThere: a seat of the same role lasts till then, or is planned.
        OwnSeat: somebody would give himself rights.
    """
    if user.pk == actor.id:
        raise OwnSeat(field="user")
    if unit.kind not in _ROLE_KINDS.get(role, frozenset(Unit.Kind)):
        raise WrongUnit(field="role")
    if unit.kind == Unit.Kind.PLATFORM and not Unit.objects.platforms(starts_on).filter(pk=unit.pk).exists():
        message = _("The street does not have this platform on that day. Choose its successor.")
        raise WrongUnit(message, code="no_platform", field="unit")
    Unit.objects.select_for_update().get(pk=unit.pk)  # two who join at once are journaled one after the other
    User.objects.select_for_update().get(pk=user.pk)
    seats = Membership.objects.not_over(starts_on).filter(user=user)
    if role in _ADMINISTRATORS and seats.filter(role__in=_ADMINISTRATORS).exclude(role=role).exists():
        message = _(
            "The roles of the three administrators lie in three hands: this person already has another one."
        )
        raise WrongUnit(message, code="separate_administrators", field="role")
    if seats.filter(unit=unit, role=role).exists():
        raise AlreadyThere
    seat = Membership.objects.create(unit=unit, user=user, role=role, starts_on=starts_on)
    data = {"user": user.pk, "role": role, "starts_on": starts_on.isoformat()}
    record(kind="unit.joined", subject=("unit", unit.pk), at=at, actor=actor, area=unit.area, data=data)
    return seat


@transaction.atomic
def leave(*, seat: Membership, ends_on: dt.date, at: dt.datetime, actor: Actor) -> Membership:
    """The seat ends on ``ends_on`` (exclusive)."""
    seat = Membership.objects.select_for_update().select_related("unit").get(pk=seat.pk)
    if ends_on <= seat.starts_on:
        raise WrongDates(field="ends_on")
    seat.ends_on = ends_on
    seat.save(update_fields=["ends_on"])
    data = {"user": seat.user_id, "role": seat.role, "ends_on": ends_on.isoformat()}
    record(
        kind="unit.left", subject=("unit", seat.unit_id), at=at, actor=actor, area=seat.unit.area, data=data
    )
    return seat
