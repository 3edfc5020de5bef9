"""Cases that lived at random, as far as the table of moves and the policies let them: figures are compared on these."""

import datetime as dt
import pickle
import random
from typing import Any

from django.db.models import Model

from cases.actions import Person, dispatch_by_rule, move
from cases.models import (
    Case,
    CaseNumber,
    CaseParty,
    CaseRequest,
    Deadline,
    Escalation,
    Evaluation,
    Note,
    Rating,
    Reporter,
    WorkOrder,
)
from cases.policies import Look, open_moves
from cases.states import State, Step
from tests.world import AT, World, a_report, as_reporter, as_system, by
from yuhu.kit.exceptions import Refusal

# What is reported, and by whom; 1204 is about an official.
_CATEGORIES = ("0101", "0202", "0402", "0601", "0701", "1002", "1102", "1204")
_REPORTERS = ("governor", "governor2", "governor9", "assistant", "handler", "supervisor")
# Some need a target, some end too much.
_NEVER = frozenset({"merge", "reassign", "dispatch", "void", "reject", "urge", "supervise", "contact"})
_ONWARD = frozenset({"sign", "hand-back", "evaluate", "decide-extension", "decide-suspension"})
_DECIDERS = (
    "dispatcher",
    "dispatcher9",
    "coordinator",
    "streetleader",
    "leader",
    "office_head",
    "department",
)
# Parents before children.
_MODELS: tuple[type[Model], ...] = (
    *(
        CaseNumber,
        Case,
        CaseParty,
        Reporter,
        Note,
        WorkOrder,
        CaseRequest,
        Evaluation,
        Rating,
        Deadline,
        Escalation,
    ),
)
_END = AT + dt.timedelta(minutes=1)
_snapshot: bytes | None = None


def live(world: World) -> dt.datetime:
    """Seventy cases over three weeks; returns a moment after everything.

    Living takes seconds: the first test of a process does it, the others copy its rows.
    """
    global _snapshot  # noqa: PLW0603
    if _snapshot is None:
        _live(world, random.Random(20261124), 70)
        _snapshot = pickle.dumps([(model, list(model._base_manager.all())) for model in _MODELS])
    else:
        for model, rows in pickle.loads(_snapshot):
            model._base_manager.bulk_create(rows, batch_size=500)
    return _END


def _live(world: World, rng: random.Random, count: int) -> None:
    for _case in range(count):
        at = AT - dt.timedelta(hours=rng.uniform(2, 21 * 24))
        case = _reported(world, rng, at)
        for _move in range(rng.choice((1, 2, 3, 4, 6, 9, 12, 16))):
            at = min(at + dt.timedelta(minutes=rng.choice((3, 40, 200, 1500))), AT)
            _step(world, rng, case, at)
            case.refresh_from_db()


def _reported(world: World, rng: random.Random, at: dt.datetime) -> Case:
    block = rng.choice(list(world.blocks.values()))
    changes: dict[str, Any] = {"block": block.code, "reporter": Person(), "channel": "governor"}
    if rng.random() < 0.1:
        changes |= {"block": None, "address": "湖边", "address_alone": True}
    if rng.random() < 0.6:
        changes |= {"reporter": Person(name="张三", phone="13800005678"), "channel": "hotline"}
    case = a_report(world, rng.choice(_REPORTERS), at=at, category=rng.choice(_CATEGORIES), **changes)
    if rng.random() < 0.95:
        dispatch_by_rule(case_id=case.pk, at=at)
    case.refresh_from_db()
    return case


def _step(world: World, rng: random.Random, case: Case, at: dt.datetime) -> None:
    """One move that the policies allow somebody now, or the reporter's answer, or nobody's."""
    answers = (
        ("solved", "satisfied"),
        ("partly", "basically_satisfied"),
        *[("unsolved", "dissatisfied")] * 2,
    )
    try:
        if case.state == State.EVALUATED and rng.random() < 0.5:
            solved, satisfaction = rng.choice(answers)
            as_reporter(case, "rate", at=at, solved=solved, satisfaction=satisfaction)
        elif case.state == State.CLOSED and case.must_rate:
            as_reporter(case, "reopen", at=at, reason="还没好")
        elif case.state == State.EVALUATED:
            _let_time_to_rate_pass(case, at)
        elif not case.is_final:
            _somebodys_move(world, rng, case, at)
    except Refusal:
        pass  # a guard said no: the case stays where it is


def _let_time_to_rate_pass(case: Case, at: dt.datetime) -> None:
    over = Deadline.objects.get(case=case, step=Step.RATE, is_running=True).due_at
    if over <= AT:
        as_system(case, "close", at=max(over, at))


def _somebodys_move(world: World, rng: random.Random, case: Case, at: dt.datetime) -> None:
    """Mostly somebody works on it; else whoever may do anything does something."""
    people = [case.assignee, case.evaluator, world.handler]
    people += [world.people[name] for name in rng.sample(_DECIDERS, len(_DECIDERS))]
    offered = [
        (user, one.name)
        for user in people
        if user is not None
        for one in open_moves(Look(case, user, at))
        if one.name not in _NEVER
    ]
    onward = [pair for pair in offered if pair[1] in _ONWARD]
    if offered:
        user, name = rng.choice(onward if onward and rng.random() < 0.6 else offered)
        move(case_id=case.pk, name=name, by=by(user), at=at, data=_data(rng, name, at))


def _data(rng: random.Random, name: str, at: dt.datetime) -> dict[str, Any]:
    data: dict[str, Any] = {"reason": "理由", "comment": "说明"}
    if name.startswith("decide-"):
        data["approve"] = rng.random() < 0.5
    elif name == "request-extension":
        data["until"] = at + dt.timedelta(days=1)
    elif name == "request-suspension":
        data["until"] = (at + dt.timedelta(days=10)).date().isoformat()
    elif name == "raise-path":
        data["path"] = rng.choice(("meeting", "whistle"))
    elif name == "contact":
        data["channel"] = "phone"
    elif name in ("hand-back", "solve-on-spot"):
        data["result"] = "已处置"
    elif name == "evaluate":
        data["effective"] = rng.random() < 0.8
    return {key: value for key, value in data.items() if key in _TAKES.get(name, data)}


_TAKES = {
    "sign": set(),
    "evaluate": {"effective", "comment"},
    "contact": {"channel", "comment"},
    "resume": {"comment"},
    "urge": {"comment"},
    "supervise": {"comment"},
    "hand-back": {"result"},
    "solve-on-spot": {"result"},
    "return": {"reason"},
    "raise-path": {"path", "reason"},
    "request-extension": {"until", "reason"},
    "request-suspension": {"until", "reason"},
    "decide-return": {"approve", "reason"},
    "decide-extension": {"approve", "reason"},
    "decide-suspension": {"approve", "reason"},
}


def pending_of(case: Case) -> list[CaseRequest]:
    """Requests of the case that nobody decided."""
    return [row for row in case.requests.all() if row.decided_at is None]
