"""Lives written in bulk equal lives lived through the actions: rows, clocks, parties and journal."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from cases.actions import NewCase, Person, dispatch_by_rule, escalate, move, report, warn
from cases.actions.base import By
from cases.actions.history import Plan, Surroundings, write_history
from cases.models import Case, Deadline, Rating
from cases.states import Relation, State, reachable
from tests.world import AT, RESIDENT, World, by
from yuhu.journal.actions import SYSTEM, relay
from yuhu.journal.models import Entry
from yuhu.journal.verification import verify
from yuhu.kit import clock
from yuhu.runtime.demo.lives import Planner, Programme

pytestmark = pytest.mark.django_db


def minutes(number: float) -> dt.timedelta:
    return dt.timedelta(minutes=number)


def a_plan(world: World, **changes: Any) -> Plan:
    values: dict[str, Any] = {
        "category": "0101",
        "block": world.b1,
        "channel": "resident",
        "programme": "instant_response",
        "description": "楼下垃圾堆了三天",
        "result": "已清运",
        "reported_at": AT,
        "dispatched_at": AT + minutes(0.01),
        "signed_at": AT + minutes(10),
        "contacted_at": AT + minutes(12),
        "handled_at": AT + minutes(60),
        "evaluated_at": AT + minutes(80),
        "rating": ("solved", "satisfied"),
        "rated_at": AT + minutes(300),
        "person": Person("张三", "13800005678"),
        "source": "",
    }
    return Plan(**(values | changes))


def written(plan: Plan) -> Case:
    """The plan, written in bulk."""
    assert sum(write_history([plan], surroundings=Surroundings.on(clock.local_date(plan.reported_at)))) == 1
    return Case.objects.order_by("-pk")[0]


def lived(world: World, plan: Plan) -> Case:
    """The same plan, through the doors' actions, with the sweeps asked at their moments."""
    new = NewCase(
        category=plan.category,
        description=plan.description,
        channel=plan.channel,
        block=plan.block.code,
        programme=plan.programme,
        reporter=plan.person,
    )
    case = report(new, by=By(None, SYSTEM), at=plan.reported_at)
    dispatch_by_rule(case_id=case.pk, at=plan.dispatched_at)
    case.refresh_from_db()
    holder = by(case.assignee) if case.assignee else world.by("department_head")

    def go(name: str, who: By, at: dt.datetime | None, relation: Relation | None = None, **data: Any) -> None:
        assert at is not None
        _sweep(case, at)
        move(case_id=case.pk, name=name, by=who, at=at, data=data, relation=relation)

    go("sign", holder, plan.signed_at)
    if plan.contacted_at:
        go("contact", holder, plan.contacted_at, channel="phone")
    go("hand-back", holder, plan.handled_at, result=plan.result)
    if plan.rework:
        go("evaluate", world.by("supervisor"), plan.evaluated_at, effective=False, comment=plan.rework)
        go("hand-back", holder, plan.reworked_at, result=plan.result)
        go("evaluate", world.by("supervisor"), plan.passed_at, effective=True)
    else:
        go("evaluate", world.by("supervisor"), plan.evaluated_at, effective=True)
    if plan.rating:
        solved, satisfaction = plan.rating
        go(
            "rate",
            By(None, RESIDENT),
            plan.rated_at,
            Relation.REPORTER,
            solved=solved,
            satisfaction=satisfaction,
        )
    elif plan.person:
        due = case.deadlines.get(step="rate").due_at
        go("close", By(None, SYSTEM), due + dt.timedelta(seconds=2), Relation.SYSTEM)
    case.refresh_from_db()
    return case


def _sweep(case: Case, until: dt.datetime) -> None:
    """Warnings and escalations that were due before ``until``, each at its own moment."""
    while True:
        rows = Deadline.objects.filter(case=case, is_running=True).exclude(step="rate").order_by("pk")
        due = [
            (row.warn_at, 0, row)
            for row in rows
            if row.warned_at is None and row.warn_at and row.warn_at <= until
        ]
        due += [
            (row.next_level_at, 1, row) for row in rows if row.next_level_at and row.next_level_at <= until
        ]
        if not due:
            return
        moment, what, row = min(due, key=lambda found: found[:2])
        assert (warn if what == 0 else escalate)(deadline_id=row.pk, at=moment)


SKIPPED = {
    "id",
    "case_id",
    "salt",
    "number",
    "words",  # with the number
    "order_id",
    "result_id",
    "comment_id",
    "token",
    "deadline_id",
    "explanation",
}


def picture(case: Case) -> dict[str, Any]:
    """Everything about a case but keys, salts and sealed bytes."""
    sets = {
        "case": Case.objects.filter(pk=case.pk),
        "deadlines": case.deadlines.order_by("step", "round"),
        "orders": case.orders.order_by("no"),
        "parties": case.parties.order_by("role", "unit", "user"),
        "evaluations": case.evaluations.order_by("at"),
        "ratings": case.ratings.all(),
        "notes": case.notes.order_by("written_at"),
    }
    rows = {
        name: [
            {key: value for key, value in row.items() if key not in SKIPPED and "sealed" not in key}
            for row in rows.values()
        ]
        for name, rows in sets.items()
    }
    entries = Entry.objects.filter(subject_type="case", subject_id=case.number).order_by("seq")
    rows["journal"] = [
        {"kind": entry.kind, "at": entry.at, "area": entry.area, "data": _plain(entry.data)}
        for entry in entries
    ]
    return rows


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    hidden = {"description", "result", "comment"}
    return {key: "…" if key in hidden else value for key, value in data.items()}


PLANS: dict[str, dict[str, Any]] = {
    "in time and rated": {},
    "nobody rates": {"rating": None, "rated_at": None},
    "a staff finding": {"person": Person(), "contacted_at": None, "rating": None, "programme": "patrol"},
    "rework": {"rework": "请再处理", "reworked_at": AT + minutes(100), "passed_at": AT + minutes(120)},
    "late by days": {
        "signed_at": AT + minutes(60 * 30),
        "contacted_at": AT + minutes(60 * 31),
        "handled_at": AT + minutes(60 * 24 * 3),
        "evaluated_at": AT + minutes(60 * 24 * 3 + 30),
        "rated_at": AT + minutes(60 * 24 * 4),
    },
    "a department leads": {"category": "1101"},
    "late rework": {
        "rework": "请再处理",
        "handled_at": AT + minutes(60 * 30),
        "evaluated_at": AT + minutes(60 * 31),
        "reworked_at": AT + minutes(60 * 32),
        "passed_at": AT + minutes(60 * 33),
        "rated_at": AT + minutes(60 * 50),
    },
}


@pytest.mark.parametrize("name", PLANS)
def test_a_life_written_in_bulk_equals_one_lived_through_the_actions(world: World, name: str) -> None:
    plan = a_plan(world, **PLANS[name])
    one, other = picture(written(plan)), picture(lived(world, plan))
    assert one.keys() == other.keys()
    for part in one:
        assert len(one[part]) == len(other[part]), part
        for row, twin in zip(one[part], other[part], strict=True):
            assert {key: (row[key], twin[key]) for key in row if row[key] != twin[key]} == {}, part


def test_a_bulk_history_verifies_and_every_step_is_an_arrow_of_the_table(
    world: World, tmp_path: Path
) -> None:
    around = Surroundings.on(AT.date())
    around.blocks = [world.b1]
    planner = Planner(around, seed=3, first=dt.date(2022, 3, 1), last=dt.date(2022, 9, 30))
    demands = Programme(
        "instant_response", 40, {"0101": 2, "0104": 1, "0701": 1}, ("resident",), True, 30, 29
    )
    assert sum(write_history(planner.plans(demands), surroundings=around)) == 40
    while relay(at=AT):
        pass
    assert Case.objects.filter(state=State.CLOSED).count() == 40
    assert not Deadline.objects.filter(is_running=True).exists()
    assert Rating.objects.count() == 30
    for entry in Entry.objects.filter(subject_type="case", data__has_key="from"):
        assert reachable(State(entry.data["from"]), State(entry.data["to"]))
    assert not verify(head_file=tmp_path / "heads.txt").findings


def test_moments_of_a_case_never_go_back(world: World) -> None:
    case = written(a_plan(world, **PLANS["late by days"]))
    moments = list(Entry.objects.filter(subject_id=case.number).order_by("seq").values_list("at", flat=True))
    assert moments == sorted(moments)
