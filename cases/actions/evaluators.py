"""Who evaluates a result: the block's supervisor, else the acting one, else the duty officers of the platform that
coordinates, else the leaders; never somebody who signed or handed back an order, nor a member of a unit that did.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cases.models import Case, WorkOrder
from cases.policies import handled
from staffing.models import Membership, Tenure, Unit, User
from staffing.policies import posts_of
from staffing.posts import Function, PostKind
from yuhu.kit import clock

SEATS = (PostKind.ACTING_SUPERVISOR, PostKind.SUPERVISOR)
_DECIDERS = (Membership.Role.DUTY_OFFICER, Membership.Role.HEAD, Membership.Role.LEADER)


@dataclass(frozen=True)
class Evaluator:
    """One person, or the deciders of one unit."""

    user: User | None = None
    unit: Unit | None = None

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @property
    def unit_id(self) -> int | None:
        return self.unit.pk if self.unit else None


def designate(case: Case, orders: Sequence[WorkOrder], at: dt.datetime) -> Evaluator:
    """Choose the evaluator of the case as it is handed back at ``at``. There is always one."""
    on = clock.local_date(at)
    for person in _supervisors(case, on):
        if not handled(orders, person.pk, posts_of(person, on)):
            return Evaluator(user=person)
    units = list(_units(case, on))
    for unit in units:
        seats = (
            Membership.objects.on(on)
            .filter(unit=unit, role__in=_DECIDERS, user__is_active=True)
            .select_related("user")
        )
        if any(not handled(orders, seat.user.pk, posts_of(seat.user, on)) for seat in seats):
            return Evaluator(unit=unit)
    return Evaluator(unit=units[-1])


def _supervisors(case: Case, on: dt.date) -> Iterable[User]:
    """The acting supervisor is there because the other one is away or missing: he or she goes first."""
    if case.block_id is None:
        return []
    rows = Tenure.objects.on(on).held().filter(block=case.block_id, post__in=SEATS, holder__is_active=True)
    held = {row.post: row.holder for row in rows.select_related("holder")}
    return [person for post in SEATS if (person := held.get(post)) is not None]


def _units(case: Case, on: dt.date) -> Iterable[Unit]:
    """The platform that coordinates → the street's leaders → the district's."""
    platform = (
        Unit.objects.performing(Function.COORDINATES, street=case.street_code, day=on).first()
        if case.street_code
        else None
    )
    street = (
        Unit.objects.filter(street=case.street_code or None, kind=Unit.Kind.STREET).first()
        if case.street_code
        else None
    )
    district = Unit.objects.filter(district=case.district_code, kind=Unit.Kind.DISTRICT).first()
    return [unit for unit in (platform, street, district) if unit is not None]
