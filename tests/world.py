"""The named cast of the tests: one small street with two blocks, whose people's relations every test knows.

Block ``b1`` (雨湖路街道): governor 高, supervisor 简, assistant 谢, and a liaison cadre 连. Block ``b2`` in the same
street has another governor. ``b9`` lies in another street. 城市管理办's handler is 韩, its platform's duty officer 戴.
"""

import datetime as dt
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

from blocks.actions import import_division, load_areas
from blocks.actions.areas import DATA
from blocks.models import Block, District
from cases.actions import NewCase, Person, dispatch_by_rule, move, report
from cases.actions.base import By
from cases.actions.reference import load_categories
from cases.models import Case
from cases.states import Relation, State
from duties.actions import load_calendar, load_lists, load_step_limits
from staffing.actions import add_assistant, appoint, join, load_units
from staffing.models import Assistant, Membership, Tenure, Unit, User
from yuhu.journal.actions import SYSTEM, Actor
from yuhu.journal.models import Entry

# A Tuesday morning in office hours: 10:00 in Xiangtan.
AT = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)
START = dt.date(2022, 1, 1)
STREET, OTHER_STREET = "430302001", "430302008"
PASSWORD = "correct-horse-battery"
RESIDENT = Actor(id=None, name="resident", post="reporter")


@dataclass
class World:
    """Everybody and everything of the cast."""

    people: dict[str, User] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            for room in (self.__dict__.get("people", {}), self.__dict__.get("blocks", {})):
                if name in room:
                    return room[name]
        raise AttributeError(name)

    def unit(self, code: str, street: str = STREET) -> Unit:
        return Unit.objects.get(code=f"{street}-{code}")

    def by(self, name: str) -> By:
        return by(self.people[name])


def by(user: User) -> By:
    return By(user=user, actor=Actor(id=user.pk, name=user.name, post=""))


_snapshot: bytes | None = None
_rows: list[tuple[type[Model], list[Model]]] = []
# What copies the rows: statement and parameters, as the first copying sent them.
_statements: list[tuple[str, Any]] = []


def build() -> World:
    """The cast on the district's reference data; everybody can log in with ``PASSWORD``.

    Loading through the actions takes a second: the first test of a process does it, the others copy its rows, from
    the third on without asking the ORM.
    """
    global _snapshot  # noqa: PLW0603 - one snapshot per test process
    if _snapshot is None:
        world = _build()
        _rows[:] = [(model, list(model._base_manager.all())) for model in _models()]
        _snapshot = pickle.dumps(world)
        return world
    if not _statements:
        with connection.execute_wrapper(_remember):
            for model, instances in _rows:
                model._base_manager.bulk_create(instances, batch_size=500)
            for statement in connection.ops.sequence_reset_sql(no_style(), [model for model, _kept in _rows]):
                _execute(statement, None)
    else:
        for sql, params in _statements:
            _execute(sql, params)
    world = pickle.loads(_snapshot)
    assert isinstance(world, World)
    return world


def _execute(sql: str, params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def _remember(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if not sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")):
        _statements.append(_bound(sql, params))
    return execute(sql, params, many, context)


def _bound(sql: str, params: Any) -> tuple[Any, Any]:
    """psycopg2 writes thousands of parameters into the text at every call: once is enough."""
    if connection.vendor != "postgresql" or params is None:
        return sql, params
    with connection.cursor() as cursor:
        return cursor.cursor.mogrify(sql, params), None


def _models() -> list[type[Model]]:
    """Every model of the project, parents before children as far as rows need it."""
    labels = ("journal", "blocks", "staffing", "duties", "cases", "services", "delivery")
    return [model for label in labels for model in apps.get_app_config(label).get_models()]


def _build() -> World:
    """Load the district's reference data and seat the cast."""
    reference()
    world = World()
    district = District.objects.get()
    blocks = Block.objects.in_force(AT.date())
    world.blocks = {
        "b1": blocks.get(code="43030200100101"),
        "b2": blocks.get(code="43030200100102"),
        "b9": blocks.filter(community__street=OTHER_STREET).order_by("code")[0],
    }
    for name, chinese in _CAST.items():
        user = User(username=name, name=chinese, employee_number=f"E-{name}", is_staff=True)
        user.password = MD5PasswordHasher().encode(PASSWORD, "pepper")
        user.save()
        world.people[name] = user
    _seat_blocks(world)
    _seat_units(world, district)
    return world


def reference() -> None:
    """Areas, blocks, units, lists, calendar and categories as the project ships them."""
    load_areas(actor=SYSTEM, at=AT)
    import_division_of_the_demo()
    load_units(district=District.objects.get(), starts_on=START, at=AT, actor=SYSTEM)
    load_lists(at=AT, actor=SYSTEM)
    load_calendar(at=AT, actor=SYSTEM)
    load_step_limits(at=AT, actor=SYSTEM)
    load_categories()


def import_division_of_the_demo() -> None:
    features = json.loads((DATA / "blocks.geojson").read_text(encoding="utf-8"))["features"]
    result = import_division(
        district_code="430302", features=features, effective_from=START, source="demo", actor=SYSTEM, at=AT
    )
    assert not result.errors, result.errors


_CAST = {
    "governor": "高志远",
    "governor2": "龚明",
    "governor9": "顾新",
    "supervisor": "简德",
    "assistant": "谢芳",
    "liaison": "连城",
    "stand_in": "戴班",
    "handler": "韩立",
    "handler2": "何勇",
    "office_head": "贺建国",
    "dispatcher": "邓值",
    "dispatcher9": "丁远",
    "coordinator": "柯协",
    "block_head": "卜台",
    "streetleader": "史街长",
    "leader": "李区长",
    "department": "杜局员",
    "department_head": "董局长",
    "auditor": "申纪",
    "admin": "安管",
    "security": "全安",
    "stranger": "莫人",
}


def _seat_blocks(world: World) -> None:
    seat = Tenure.Seat
    for block, post, name in (
        ("b1", seat.GOVERNOR, "governor"),
        ("b1", seat.SUPERVISOR, "supervisor"),
        ("b2", seat.GOVERNOR, "governor2"),
        ("b9", seat.GOVERNOR, "governor9"),
    ):
        appoint(
            block=world.blocks[block],
            post=post,
            holder=world.people[name],
            starts_on=START,
            at=AT,
            actor=SYSTEM,
        )
    for name, kind in (
        ("assistant", Assistant.Kind.RESIDENT_REPRESENTATIVE),
        ("liaison", Assistant.Kind.LIAISON_CADRE),
    ):
        add_assistant(
            block=world.b1, user=world.people[name], kind=kind, starts_on=START, at=AT, actor=SYSTEM
        )


def _seat_units(world: World, district: District) -> None:
    role = Membership.Role
    top = Unit.objects.get(code=district.code)
    street = Unit.objects.get(code=STREET)
    department = Unit.objects.get(name="区市场监督管理局")
    for unit, name, what in (
        (world.unit("city_management_office"), "handler", role.MEMBER),
        (world.unit("city_management_office"), "handler2", role.MEMBER),
        (world.unit("city_management_office"), "office_head", role.HEAD),
        (world.unit("rapid_response"), "dispatcher", role.DUTY_OFFICER),
        (world.unit("rapid_response", OTHER_STREET), "dispatcher9", role.DUTY_OFFICER),
        (world.unit("coordination"), "coordinator", role.DUTY_OFFICER),
        (world.unit("block_service"), "block_head", role.HEAD),
        (street, "streetleader", role.LEADER),
        (top, "leader", role.LEADER),
        (top, "auditor", role.AUDITOR),
        (top, "admin", role.SYSTEM_ADMIN),
        (top, "security", role.SECURITY_ADMIN),
        (department, "department", role.MEMBER),
        (department, "department_head", role.HEAD),
    ):
        join(unit=unit, user=world.people[name], role=what, starts_on=START, at=AT, actor=SYSTEM)


def a_report(world: World, name: str = "governor", *, at: dt.datetime = AT, **changes: Any) -> Case:
    """A case as 高 reports it from block b1: exposed garbage, with a resident to answer to."""
    values: dict[str, Any] = {
        "category": "0101",
        "description": "楼下垃圾堆了三天",
        "channel": "governor",
        "block": world.b1.code,
        "reporter": Person(name="张三", phone="13800005678"),
    }
    values |= changes
    return report(NewCase(**values), by=world.by(name), at=at)


def a_dispatched(world: World, *, at: dt.datetime = AT, **changes: Any) -> Case:
    """Reported and dispatched by the rules, whether or not the nudge ran."""
    case = a_report(world, at=at, **changes)
    dispatch_by_rule(case_id=case.pk, at=at)
    case.refresh_from_db()
    return case


def do(world: World, case: Case, name: str, who: str, *, at: dt.datetime = AT, **data: Any) -> Case:
    """``who`` makes a move."""
    return move(case_id=case.pk, name=name, by=world.by(who), at=at, data=data)


def as_reporter(case: Case, name: str, *, at: dt.datetime = AT, **data: Any) -> Case:
    """The reporter makes a move through the private link."""
    return move(
        case_id=case.pk, name=name, by=By(None, RESIDENT), at=at, data=data, relation=Relation.REPORTER
    )


def a_signed(world: World, *, at: dt.datetime = AT, **changes: Any) -> Case:
    return do(world, a_dispatched(world, at=at, **changes), "sign", "governor", at=at)


def a_handled(world: World, *, at: dt.datetime = AT, **changes: Any) -> Case:
    return do(world, a_signed(world, at=at, **changes), "hand-back", "governor", at=at, result="已清运")


def an_evaluated(world: World, *, at: dt.datetime = AT, **changes: Any) -> Case:
    return do(world, a_handled(world, at=at, **changes), "evaluate", "supervisor", at=at, effective=True)


def a_closed(world: World, *, at: dt.datetime = AT, satisfied: bool = True, **changes: Any) -> Case:
    case = an_evaluated(world, at=at, **changes)
    answer = ("solved", "satisfied") if satisfied else ("unsolved", "dissatisfied")
    return as_reporter(case, "rate", at=at, solved=answer[0], satisfaction=answer[1])


def as_system(case: Case, name: str, *, at: dt.datetime = AT, **data: Any) -> Case:
    """An automatic step makes a move."""
    return move(case_id=case.pk, name=name, by=By(None, SYSTEM), at=at, data=data, relation=Relation.SYSTEM)


def a_suspended(world: World, *, at: dt.datetime = AT, until: str = "2026-12-10", **changes: Any) -> Case:
    case = a_signed(world, at=at, **changes)
    case = do(world, case, "request-suspension", "governor", at=at, reason="等配件", until=until)
    return do(world, case, "decide-suspension", "dispatcher", at=at, approve=True, reason="同意")


def a_rejected(world: World, **changes: Any) -> Case:
    return do(world, a_report(world, **changes), "reject", "dispatcher", reason="不属于受理范围")


def a_void(world: World, **changes: Any) -> Case:
    return do(world, a_dispatched(world, **changes), "void", "dispatcher", reason="误报")


def a_merged(world: World, **changes: Any) -> Case:
    other = a_report(world, **changes)
    return do(world, a_dispatched(world, **changes), "merge", "dispatcher", into=other.number)


def a_dissatisfied(world: World, **changes: Any) -> Case:
    """Closed, and the reporter says that nothing was solved."""
    return a_closed(world, satisfied=False, **changes)


IN_STATE: dict[State, Callable[..., Case]] = {
    State.REPORTED: a_report,
    State.DISPATCHED: a_dispatched,
    State.IN_PROGRESS: a_signed,
    State.SUSPENDED: a_suspended,
    State.HANDLED: a_handled,
    State.EVALUATED: an_evaluated,
    State.CLOSED: a_dissatisfied,
    State.REJECTED: a_rejected,
    State.VOID: a_void,
    State.MERGED: a_merged,
}


def held_by_office(world: World, **changes: Any) -> Case:
    """Given to 城市管理办 by hand: 韩 and 何 are its people, 贺 its head."""
    unit = world.unit("city_management_office").code
    return do(world, a_report(world, **changes), "dispatch", "dispatcher", unit=unit)


def rows_of(case: Case) -> dict[str, Any]:
    """Everything that is stored about a case, to see that nothing changed."""
    kept: dict[str, Any] = {"case": Case.objects.filter(pk=case.pk).values().get()}
    for name in (
        "parties",
        "deadlines",
        "notes",
        "orders",
        "requests",
        "evaluations",
        "ratings",
        "attachments",
    ):
        kept[name] = list(getattr(case, name).order_by("pk").values())
    kept["journal"] = kinds_of(case)
    return kept


def kinds_of(case: Case) -> list[str]:
    """What the journal tells of a case, in order."""
    entries = Entry.objects.filter(subject_type="case", subject_id=case.number)
    return list(entries.order_by("seq").values_list("kind", flat=True))
