"""Cases made of chance for the indicators: any state, any clock, dates on both sides of a period's borders.

The rows keep the database's constraints and nothing else: figures must be right for whatever may be stored.
"""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from blocks.models import Block
from cases.figures import Period
from cases.models import (
    Case,
    CaseParty,
    CaseRequest,
    Deadline,
    Evaluation,
    Note,
    Rating,
    Reporter,
    WorkOrder,
)
from cases.states import FINAL, Path, Satisfaction, Solved, State, Step
from duties.models import Severity
from tests.world import World
from yuhu.journal.actions import SYSTEM, record

# 1204 is about an official, 1205 praise.
CATEGORIES = ("0101", "0101", "0101", "0402", "0701", "1204", "1205")
STATES = (*State, *[State.CLOSED] * 6, State.IN_PROGRESS, State.HANDLED, State.EVALUATED)
_MICROSECOND = dt.timedelta(microseconds=1)


@dataclass
class Chance:
    """Makes rows; ``period`` says where the borders are."""

    world: World
    period: Period
    rng: random.Random
    rows: list[Any] = field(default_factory=list)  # saved together, by model

    def moment(self) -> dt.datetime:
        """Often exactly on a border, or the last moment before it."""
        start, end = self.period.start, self.period.end
        if self.rng.random() < 0.3:
            return self.rng.choice([start, start - _MICROSECOND, end, end - _MICROSECOND])
        return start + (end - start) * self.rng.uniform(-0.5, 1.5)

    def near(self, at: dt.datetime) -> dt.datetime:
        """The same moment, or one some days off."""
        return at + dt.timedelta(hours=self.rng.choice([0, 0, -1, 1, 5, -30, 30, 100, 719, 720, 721]))

    def maybe(self, likely: float = 0.5) -> bool:
        return self.rng.random() < likely


def many(world: World, period: Period, *, seed: int, count: int) -> None:
    """``count`` cases with all that hangs on them, in a few statements."""
    chance = Chance(world, period, random.Random(seed))
    places = [world.b1, world.b2, world.b9, _neighbour(world), None]
    made = [_case(chance, chance.rng.choice(places), 10_000 * seed + number) for number in range(count)]
    Case.objects.bulk_create(made)
    for case in made:
        chance.rows += _clocks(chance, case)
        chance.rows += _parties(chance, case)
        if chance.maybe(0.6):
            phone = chance.rng.choice(["", "p1", "p2", "p3"])
            chance.rows.append(Reporter(case=case, phone_index=phone))
        _told(chance, case)
    models: tuple[type[Model], ...] = (CaseParty, Deadline, Reporter)
    for model in models:
        model._default_manager.bulk_create([row for row in chance.rows if isinstance(row, model)])


def _neighbour(world: World) -> Block:
    """Another community of the first block's street."""
    others = Block.objects.filter(community__street=world.b1.community.street_id)
    return others.exclude(community=world.b1.community_id).order_by("code")[0]


def _case(chance: Chance, block: Block | None, number: int) -> Case:
    rng, state = chance.rng, chance.rng.choice(STATES)
    category, reported = rng.choice(CATEGORIES), chance.moment()
    begun = state != State.REPORTED and (state not in FINAL or state == State.CLOSED or chance.maybe())
    handled = state in (State.HANDLED, State.EVALUATED, State.CLOSED) or (begun and chance.maybe(0.2))
    due = chance.moment()
    ended = chance.moment() if state in FINAL else None
    code = block.code if block else ""
    return Case(
        number=f"430302-20261101-{number:06d}", state=state, category_id=category, reported_at=reported,
        path=Path.FRONT_END, severity=Severity.NORMAL, description="楼下垃圾堆了三天", salt="s",
        channel=Case.Channel.GOVERNOR, programme=rng.choice(Case.Programme.values), restricted=category == "1204",
        district_code="430302", street_code=code[:9], community_code=code[:12], block_code=code, block=block,
        address=rng.choice(["", "", "雨湖路1号", "雨湖路2号"]),
        handling_seconds=rng.choice([None, 0, 59, 3_600, rng.randrange(400_000)]),
        assignee=chance.world.governor if begun or state == State.CLOSED else None,
        evaluator=chance.world.supervisor if state == State.HANDLED else None,
        dispatched_at=chance.near(reported) if begun else None,
        handled_at=chance.near(due) if handled else None,
        evaluated_at=chance.near(due) if handled and chance.maybe(0.7) else None,
        due_at=due if begun or state == State.CLOSED else None,
        closed_at=ended, must_rate=chance.maybe(0.7), reopened=chance.maybe(0.1), on_the_spot=chance.maybe(0.2),
        end_code=rng.choice(["rated", "rated", "rated_by_call", "not_rated"]) if state == State.CLOSED else "",
    )  # fmt: skip


def _clocks(chance: Chance, case: Case) -> Iterator[Deadline]:
    for step in Step:
        for round_ in range(1, chance.rng.choice([1, 1, 2, 2, 3])):
            start = case.dispatched_at or case.reported_at
            row = Deadline(case=case, step=step, round=round_, started_at=start, due_at=chance.moment())
            if chance.maybe(0.3):
                row.started_at = chance.near(start)
            kind = chance.rng.choice(["running", "met", "met", "ended", "stands"])
            row.is_running = kind == "running"
            if kind == "met":
                row.met_at = chance.near(row.due_at)
            elif kind == "ended":
                row.ended_at = chance.near(row.due_at)
            elif kind == "stands":
                row.stopped_at, row.remaining = chance.near(row.due_at), dt.timedelta(hours=1)
            yield row


def _parties(chance: Chance, case: Case) -> Iterator[CaseParty]:
    if chance.maybe(0.2):
        person = chance.rng.choice([chance.world.leader, chance.world.governor, chance.world.streetleader])
        yield CaseParty(case=case, role=CaseParty.Role.REPORTER, user=person)
    if chance.maybe(0.1):
        yield CaseParty(case=case, role=CaseParty.Role.LEAD, unit=chance.world.unit("rapid_response"))


def _told(chance: Chance, case: Case) -> None:
    """Orders with evaluations, requests, ratings and urges."""
    world, rng = chance.world, chance.rng
    for no in range(1, rng.choice([1, 2, 2, 3])):
        at = chance.moment()
        order = WorkOrder.objects.create(case=case, no=no, user=world.governor, sent_at=at, ended_at=at)
        if chance.maybe(0.6):
            Evaluation.objects.create(
                case=case, order=order, evaluator=world.supervisor, handled_by=world.governor, at=at,
                effective=chance.maybe(),
            )  # fmt: skip
    for kind in rng.choices(CaseRequest.Kind.values, k=rng.choice([0, 0, 1, 2])):
        _request(chance, case, kind)
    for round_ in range(1, rng.choice([1, 2, 2, 3])):
        solved, content = rng.choice(Solved.values), rng.choice(Satisfaction.values)
        Rating.objects.create(
            case=case, round=round_, solved=solved, satisfaction=content, at=chance.moment()
        )
    for _urge in range(rng.choice([0, 0, 0, 1, 2])):
        subject = ("case", case.number)
        record(kind="case.urged", subject=subject, at=chance.moment(), actor=SYSTEM, area="430302", data={})


def _request(chance: Chance, case: Case, kind: str) -> None:
    at = chance.moment()
    note = Note.objects.create(case=case, move=kind, field="reason", text="理由", written_at=at)
    answer = chance.rng.choice(["lapsed", "yes", "no"])
    CaseRequest.objects.create(
        case=case, kind=kind, asked_by=chance.world.governor, asked_at=at, reason=note, decided_at=at,
        approved=None if answer == "lapsed" else answer == "yes", lapsed=answer == "lapsed",
    )  # fmt: skip
