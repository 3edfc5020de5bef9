"""Who the people of an audience are, for one event of one case. Reads only.

What the journal's entry names (receiver, evaluator, told level) is taken from the entry; whose turn it is, is asked
of the case as it is now, since a notice that comes late should reach whoever can act. Seats count on the day of the
event, shifts at its moment: what comes to a platform goes to its officer on duty, where its rota covers the moment. Who
may decide does not depend on that. Leaves to others: which audiences an event has (``notices.py``).
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from cases.models import Case, CaseParty, CaseRequest, WorkOrder
from cases.policies import handled
from cases.states import State, Step
from staffing.models import Membership, Shift, Unit, User
from staffing.policies import posts_of
from staffing.posts import Function
from yuhu.delivery.notices import Audience
from yuhu.journal.models import Entry
from yuhu.kit import clock

_ROLE = Membership.Role
_PEOPLE = (_ROLE.MEMBER, _ROLE.HEAD, _ROLE.DUTY_OFFICER, _ROLE.LEADER)
_DECIDERS = (_ROLE.HEAD, _ROLE.DUTY_OFFICER, _ROLE.LEADER)


@dataclass(frozen=True)
class Event:
    """One entry of the journal and what it is about; ``case`` is for the audiences of cases."""

    entry: Entry
    about: Any

    @property
    def case(self) -> Case:
        if not isinstance(self.about, Case):
            raise TypeError(f"{self.entry.kind} is not about a case")
        return self.about

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.entry.data
        return data

    @property
    def on(self) -> dt.date:
        return clock.local_date(self.entry.at)


class Recipients:
    """Looks people up for one batch of events; who sits in a unit is asked once."""

    def __init__(self) -> None:
        self._seats: dict[object, list[int]] = {}
        self._shifts: dict[tuple[str, dt.date], list[tuple[int, int, dt.datetime, dt.datetime]]] = {}
        self._of: dict[Audience, Callable[[Event], Iterable[int | None]]] = {
            Audience.RECEIVER: self._receiver,
            Audience.HELPERS: self._helpers,
            Audience.PREVIOUS: self._previous,
            Audience.HOLDER: self._holder,
            Audience.IN_CHARGE: self._in_charge,
            Audience.EVALUATOR: self._evaluator,
            Audience.DECIDERS: self._deciders,
            Audience.LEADING: self._leading,
            Audience.ASKER: self._asker,
            Audience.TOLD: self._told,
            Audience.FILER: self._filer,
            Audience.ON_DUTY: self._responding,
            Audience.NAMED: lambda event: event.data.get("tell") or [],
            Audience.UNITS: lambda event: self._of_units(event, "units", _PEOPLE),
            Audience.HEADS: lambda event: self._of_units(event, "heads", _DECIDERS),
        }

    def people(self, audience: Audience, event: Event) -> list[int]:
        """Keys of the people, each once, without the one who acted: nobody is told about his or her own act."""
        found = dict.fromkeys(self._of[audience](event))
        return [one for one in found if one is not None and one != event.entry.actor_id]

    def _seated(self, on: dt.date, roles: Iterable[str], **where: Any) -> list[int]:
        key = (on, tuple(roles), *sorted(where.items()))
        if key not in self._seats:
            rows = Membership.objects.on(on).filter(role__in=list(roles), user__is_active=True, **where)
            self._seats[key] = list(rows.order_by("pk").values_list("user_id", flat=True))
        return self._seats[key]

    def _receiver(self, event: Event) -> list[int]:
        person, unit = event.data.get("assignee"), event.data.get("unit")
        if person:
            return [int(person)]
        return self._seated(event.on, _PEOPLE, unit__code=unit) if unit else []

    def _helpers(self, event: Event) -> list[int]:
        return self._of_units(event, "co_units", _PEOPLE)

    def _of_units(self, event: Event, key: str, roles: Iterable[str]) -> list[int]:
        codes = event.data.get(key) or []
        return [one for code in codes for one in self._seated(event.on, roles, unit__code=code)]

    def _previous(self, event: Event) -> list[int]:
        """Whoever held the order before this one, and does not hold this one."""
        before = WorkOrder.objects.filter(case=event.case, no=int(event.data["order"]) - 1).first()
        if before is None:
            return []
        now = set(self._receiver(event))
        return [one for one in self._with(before.user_id, before.unit_id, event) if one not in now]

    def _holder(self, event: Event) -> list[int]:
        return self._with(event.case.assignee_id, event.case.lead_unit_id, event)

    def _with(self, person: int | None, unit: int | None, event: Event) -> list[int]:
        if person:
            return [person]
        return self._seated(event.on, _PEOPLE, unit=unit) if unit else []

    def _in_charge(self, event: Event) -> list[int]:
        """By the step whose clock it is; without one (urged, supervised) by where the case stands."""
        case, step = event.case, event.data.get("step")
        if step == Step.EVALUATE or (step is None and case.state == State.HANDLED):
            return self._evaluating(event, case.evaluator_id, case.evaluator_unit_id)
        return ([] if step == Step.DISPATCH else self._holder(event)) or self._deciders(event)

    def _evaluator(self, event: Event) -> list[int]:
        return self._evaluating(event, event.data.get("evaluator"), event.data.get("evaluator_unit"))

    def _evaluating(self, event: Event, person: int | None, unit: int | None) -> list[int]:
        """The person, or those who decide in the unit and did not do the work."""
        if person or not unit:
            return [person] if person else []
        seated = self._seated(event.on, _DECIDERS, unit=unit)
        orders = list(event.case.orders.all())
        users = User.objects.in_bulk(seated)
        others = [one for one in seated if not handled(orders, one, posts_of(users[one], event.on))]
        officer = self._on_shift(event).get(int(unit))
        return [officer] if officer in others else others

    def _asker(self, event: Event) -> list[int]:
        asked = CaseRequest.objects.filter(case=event.case, pk=int(event.data["request"]))
        return list(asked.values_list("asked_by_id", flat=True))

    def _told(self, event: Event) -> list[int]:
        unit, role = event.data.get("unit"), event.data.get("role")
        return self._seated(event.on, [role], unit__code=unit) if unit and role else []

    def _filer(self, event: Event) -> list[int | None]:
        """People who reported it or joined; a partner's system reads the feed and has no inbox."""
        first = event.case.reported_by_id
        parties = CaseParty.objects.filter(case=event.case, role=CaseParty.Role.REPORTER, user__isnull=False)
        found = User.objects.people().filter(Q(pk=first) | Q(pk__in=parties.values("user")))
        return sorted(found.values_list("pk", flat=True), key=lambda pk: (pk != first, pk))

    def _leading(self, event: Event) -> list[int]:
        """A second extension is decided by a leader (``cases.policies.second_needs_leader``)."""
        kind = CaseRequest.Kind.EXTENSION
        granted = CaseRequest.objects.filter(case=event.case, kind=kind, approved=True).exists()
        return (
            self._first(event, self._ladder(event.case, leaders_only=True))
            if granted
            else self._deciders(event)
        )

    def _deciders(self, event: Event) -> list[int]:
        return self._but_the_actor(event, self._on_duty(event)) or self._first(
            event, self._ladder(event.case)
        )

    def _on_duty(self, event: Event) -> list[int]:
        """Of each platform of the street whoever is on duty; of one whose rota does not cover the moment all duty
        officers."""
        case = event.case
        if not case.street_code or case.restricted or not (officers := self._on_shift(event)):
            return []
        where = {"unit__street": case.street_code, "unit__kind": Unit.Kind.PLATFORM}
        rows = Membership.objects.on(event.on).filter(role=_ROLE.DUTY_OFFICER, user__is_active=True, **where)
        others = rows.exclude(unit__in=officers).order_by("pk").values_list("user_id", flat=True)
        return [*officers.values(), *others]

    def _responding(self, event: Event) -> list[int]:
        """The officer on duty of the platform that responds to emergencies, else all its duty officers."""
        case = event.case
        if not case.street_code or case.restricted:
            return []
        platforms = Unit.objects.performing(Function.RESPONDS, street=case.street_code, day=event.on)
        platform = platforms.values_list("pk", flat=True).first()
        officer = self._on_shift(event).get(platform or 0)
        return [officer] if officer else self._seated(event.on, [_ROLE.DUTY_OFFICER], unit=platform)

    def _on_shift(self, event: Event) -> dict[int, int]:
        """Platforms of the case's street whose rota covers the moment of the event, with the officer."""
        key = (event.case.street_code, event.on)
        if key not in self._shifts:
            rows = Shift.objects.on(event.on).covered().filter(platform__street=event.case.street_code)
            columns = rows.order_by("platform").values_list("platform", "officer", "starts_at", "ends_at")
            self._shifts[key] = [(unit, officer or 0, start, end) for unit, officer, start, end in columns]
        return {
            unit: officer for unit, officer, start, end in self._shifts[key] if start <= event.entry.at < end
        }

    def _first(self, event: Event, ladder: Iterable[tuple[str, dict[str, Any]]]) -> list[int]:
        """The lowest rung with somebody else than the one who acted: a vacant post must not swallow a request."""
        for role, where in ladder:
            if others := self._but_the_actor(event, self._seated(event.on, [role], **where)):
                return others
        return []

    def _but_the_actor(self, event: Event, people: Iterable[int]) -> list[int]:
        return [one for one in people if one != event.entry.actor_id]

    def _ladder(self, case: Case, *, leaders_only: bool = False) -> list[tuple[str, dict[str, Any]]]:
        """Who may decide (``cases.policies``): street first; about an official only the leaders that it names."""
        kind = Unit.Kind
        street = {"unit__street": case.street_code, "unit__kind": kind.STREET}
        district = {"unit__district": case.district_code, "unit__kind": kind.DISTRICT}
        office = {**street, "unit__kind": kind.PLATFORM} if case.street_code else district
        ladder: list[tuple[str, dict[str, Any]]] = []
        if not case.restricted and not leaders_only:
            ladder += [(_ROLE.DUTY_OFFICER, office), (_ROLE.HEAD, office)]
        if case.street_code:
            ladder.append((_ROLE.LEADER, street))
        if not case.street_code or not case.restricted:
            ladder.append((_ROLE.LEADER, district))
        return ladder
