"""The demo's people: the full roster 1+N+1 of 326 blocks, everybody in the offices, and one log-in per role."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from blocks.models import Block
from staffing.actions import RosterRow, SeatRow, add_client, add_people, load_roster, load_seats
from staffing.models import Assistant, Membership, Tenure, Unit, User
from staffing.posts import ApiScope
from yuhu.journal.actions import SYSTEM
from yuhu.runtime.demo import CLIENTS, PASSWORD
from yuhu.runtime.demo.names import Names

ASSISTANTS = 2373
HOME_BLOCK, HOME_STREET, OTHER_STREET = "43030200100101", "430302001", "430302008"
DEPARTMENT = "区市场监督管理局"
_KINDS = (
    Assistant.Kind.LIAISON_CADRE,
    Assistant.Kind.PARTY_GROUP_LEADER,
    Assistant.Kind.OWNERS_COMMITTEE_MEMBER,
    Assistant.Kind.RESIDENT_REPRESENTATIVE,
    Assistant.Kind.RESIDENT_REPRESENTATIVE,
    Assistant.Kind.PARTY_GROUP_LEADER,
    Assistant.Kind.RESIDENT_REPRESENTATIVE,
    Assistant.Kind.OWNERS_COMMITTEE_MEMBER,
)


@dataclass
class Crowd:
    """Makes accounts with running employee numbers; log-ins of the demo take the seat that they are meant for."""

    names: Names
    count: int = 0

    def person(self, login: str = "") -> User:
        """A new person; without a log-in name the account has no usable password."""
        self.count += 1
        user = User(
            username=login or f"yh{self.count:05d}",
            employee_number=f"YH{self.count:05d}",
            name=self.names.next(),
            phone=self.names.phone(),
            source="demo",
        )
        user.set_unusable_password()
        return user


def load_people(*, blocks: list[Block], starts_on: dt.date, at: dt.datetime, seed: int) -> dict[str, int]:
    """Seat everybody from ``starts_on`` on. Returns the numbers of governors, assistants, supervisors and others."""
    crowd = Crowd(Names(seed))
    roster = list(_roster(crowd, blocks))
    seats = list(_seats(crowd))
    people = [row.user for row in roster] + [row.user for row in seats]
    _give_passwords(people)
    add_people(people, at=at, actor=SYSTEM)
    load_roster(roster, starts_on=starts_on, at=at, actor=SYSTEM)
    load_seats(seats, starts_on=starts_on, at=at, actor=SYSTEM)
    return {
        "governors": sum(row.post == Tenure.Seat.GOVERNOR for row in roster),
        "assistants": sum(row.post == "assistant" for row in roster),
        "supervisors": sum(row.post == Tenure.Seat.SUPERVISOR for row in roster),
        "others": len(seats),
    }


def load_clients(*, at: dt.datetime) -> int:
    """Two partner systems with the demo's password as their secret: of the whole district, and of one street."""
    scopes = [scope.value for scope in ApiScope]
    for client_id, (name, area) in CLIENTS.items():
        facts = {"name": name, "area": area, "scopes": scopes}
        add_client(client_id=client_id, facts=facts, secret=PASSWORD, at=at, actor=SYSTEM, source="demo")
    return len(CLIENTS)


def _give_passwords(users: list[User]) -> None:
    """One hash for all log-ins: hashing takes a second each by design."""
    password = make_password(PASSWORD)
    for user in users:
        if not user.username.startswith("yh"):
            user.password = password
            user.is_staff = user.username not in ("governor", "assistant", "supervisor", "governor2")


def _roster(crowd: Crowd, blocks: list[Block]) -> Iterator[RosterRow]:
    more = ASSISTANTS % len(blocks)
    other = next(block.code for block in blocks if block.code.startswith(OTHER_STREET))
    for index, block in enumerate(blocks):
        home = block.code == HOME_BLOCK
        governor = "governor" if home else "governor2" if block.code == other else ""
        yield RosterRow(block, crowd.person(governor), Tenure.Seat.GOVERNOR)
        yield RosterRow(block, crowd.person("supervisor" if home else ""), Tenure.Seat.SUPERVISOR)
        for number in range(ASSISTANTS // len(blocks) + (index < more)):
            login = (
                "assistant"
                if home and _KINDS[number] == Assistant.Kind.RESIDENT_REPRESENTATIVE and number < 4
                else ""
            )
            yield RosterRow(block, crowd.person(login), "assistant", _KINDS[number])


# Who of the home street's platforms has a login of the demo.
_OFFICERS = {"rapid_response": "dispatcher", "coordination": "coordinator"}


def _seats(crowd: Crowd) -> Iterator[SeatRow]:
    role = Membership.Role
    for unit in Unit.objects.select_related("street").order_by("code"):
        home = unit.street_id == HOME_STREET
        if unit.kind == Unit.Kind.DISTRICT:
            for login, what in (
                ("leader", role.LEADER),
                ("auditor", role.AUDITOR),
                ("admin", role.SYSTEM_ADMIN),
            ):
                yield SeatRow(unit, crowd.person(login), what)
            yield SeatRow(unit, crowd.person(), role.SECURITY_ADMIN)
            yield SeatRow(unit, crowd.person(), role.DUTY_OFFICER)
        elif unit.kind == Unit.Kind.STREET:
            yield SeatRow(unit, crowd.person("streetleader" if home else ""), role.LEADER)
        elif unit.kind == Unit.Kind.PLATFORM:
            yield SeatRow(unit, crowd.person(), role.HEAD)
            login = _OFFICERS.get(unit.office_code, "") if home else ""
            yield SeatRow(unit, crowd.person(login), role.DUTY_OFFICER)
        elif unit.kind != Unit.Kind.PARTNER:
            head = "mediator" if unit.community_id == HOME_BLOCK[:12] else ""
            yield SeatRow(unit, crowd.person(head), role.HEAD)
            yield SeatRow(unit, crowd.person(_member_login(unit, home=home)), role.MEMBER)


def _member_login(unit: Unit, *, home: bool) -> str:
    if home and unit.office_code == "city_management_office":
        return "handler"
    return "department" if unit.name == DEPARTMENT else ""
