"""Plans of whole lives: who reports what where and when, how fast it is handled, how it is rated. Seeded."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cases.actions import Person
from cases.actions.history import Plan, Surroundings
from cases.models import Case, Category
from yuhu.kit import clock, worktime
from yuhu.runtime.demo import texts
from yuhu.runtime.demo.names import Names

# How often residents bring what, roughly as hotlines tell: appearance, order, services before disputes.
_DEMANDS = {
    "0101": 14, "0102": 5, "0103": 5, "0104": 8, "0105": 4, "0201": 4, "0202": 7, "0203": 5, "0204": 4, "0301": 1,
    "0302": 4, "0303": 2, "0304": 3, "0402": 3, "0501": 3, "0502": 6, "0503": 2, "0601": 4, "0603": 3, "0801": 3,
    "1001": 3, "1002": 5, "1003": 3, "1004": 2, "1201": 4, "1202": 4, "1203": 3,
}  # fmt: skip
_HAZARDS = {"0701": 46, "0702": 42, "0705": 12}
_VISITS = {"0304": 2, "0601": 3, "0603": 3, "0904": 4, "1001": 3, "1003": 3, "0302": 2, "0402": 1}


@dataclass(frozen=True)
class Programme:
    """How many cases of which kind a plan holds."""

    programme: str
    count: int
    weights: dict[str, int]
    channels: Sequence[str]
    with_person: bool
    rated: int = 0
    satisfied: int = 0


# The facts of the published report on the reform (2022): 3,378 requests closed, 99.5% satisfied; 4,363 hazards
# removed; more than 330 urgent problems solved through visits.
HISTORY = (
    Programme(
        Case.Programme.INSTANT_RESPONSE,
        3378,
        _DEMANDS,
        ("resident", "wecom", "governor", "hotline"),
        True,
        2702,
        2688,
    ),
    Programme(Case.Programme.HAZARD, 4363, _HAZARDS, ("governor", "assistant"), False),
    Programme(Case.Programme.VISIT, 330, _VISITS, ("visit",), False),
)


class Planner:
    """Makes plans for programmes over a period."""

    def __init__(self, around: Surroundings, *, seed: int, first: dt.date, last: dt.date) -> None:
        self.around, self.rng = around, random.Random(seed)
        self.names = Names(seed)
        self.first, self.days = first, (last - first).days + 1
        self.calendar = around.rules.calendar

    def plans(self, programme: Programme) -> Iterator[Plan]:
        """Plans in order of time; ratings are spread by chance, their numbers exact."""
        moments = sorted(self._moment() for _ in range(programme.count))
        codes = self.rng.choices(
            list(programme.weights), weights=list(programme.weights.values()), k=programme.count
        )
        rated = set(self.rng.sample(range(programme.count), programme.rated))
        satisfied = set(self.rng.sample(sorted(rated), programme.satisfied)) if rated else set()
        for index, (at, code) in enumerate(zip(moments, codes, strict=True)):
            rating = self._rating(satisfied=index in satisfied) if index in rated else None
            yield self._plan(programme, at, self.around.categories[code], rating)

    def _moment(self) -> dt.datetime:
        """Daytime, more in the morning and after work."""
        day = self.first + dt.timedelta(days=self.rng.randrange(self.days))
        hour = self.rng.choices(range(7, 22), weights=(3, 6, 9, 9, 7, 4, 4, 6, 7, 7, 6, 7, 6, 4, 2))[0]
        moment = dt.time(hour, self.rng.randrange(60), self.rng.randrange(60))
        return dt.datetime.combine(day, moment, tzinfo=clock.LOCAL).astimezone(dt.UTC)

    def _rating(self, *, satisfied: bool) -> tuple[str, str]:
        if satisfied:
            return ("solved", "satisfied" if self.rng.random() < 0.85 else "basically_satisfied")
        return ("partly" if self.rng.random() < 0.5 else "unsolved", "dissatisfied")

    def _plan(
        self, programme: Programme, at: dt.datetime, category: Category, rating: tuple[str, str] | None
    ) -> Plan:
        rng, block = self.rng, self.rng.choice(self.around.blocks)
        dispatched = at + dt.timedelta(seconds=rng.uniform(0.2, 2))
        due = worktime.deadline(dispatched, category.limit_amount or 5, category.limit_unit, self.calendar)
        signed = self._later(dispatched, category, minutes=rng.uniform(2, 60))
        share = rng.betavariate(2, 4) * 0.95 if rng.random() > 0.03 else rng.uniform(1.02, 1.6)
        handled = max(self._share(dispatched, due, share, category), signed + dt.timedelta(minutes=6))
        evaluated = self._working(handled, minutes=rng.uniform(10, 300))
        plan = Plan(
            category=category.code,
            block=block,
            channel=rng.choice(programme.channels),
            programme=programme.programme,
            description=texts.describe(category.code, category.name, rng),
            result=texts.answer(category.code, rng),
            reported_at=at,
            dispatched_at=dispatched,
            signed_at=signed,
            handled_at=handled,
            evaluated_at=evaluated,
            rating=rating,
            longitude=round(block.centroid_longitude, 6),
            latitude=round(block.centroid_latitude, 6),
            address=f"{block.name}{rng.randrange(1, 60)}号",
        )
        if programme.with_person:
            plan.person = Person(name=self.names.next(), phone=self.names.phone())
            soon = dispatched + dt.timedelta(hours=float(category.contact_hours or 24)) * rng.uniform(
                0.05, 0.7
            )
            plan.contacted_at = min(soon, handled)
            plan.rated_at = evaluated + dt.timedelta(hours=rng.uniform(0.1, 40))
        if rng.random() < 0.03:
            self._send_back(plan)
        return plan

    def _send_back(self, plan: Plan) -> None:
        """The first evaluation fails; the second passes, and the rating comes as long after it."""
        plan.rework = self.rng.choice(texts.REWORK)
        plan.reworked_at = self._working(plan.evaluated_at, minutes=self.rng.uniform(30, 240))
        plan.passed_at = self._working(plan.reworked_at, minutes=self.rng.uniform(10, 200))
        if plan.rated_at is not None:
            plan.rated_at = plan.passed_at + (plan.rated_at - plan.evaluated_at)

    def _later(self, at: dt.datetime, category: Category, *, minutes: float) -> dt.datetime:
        if category.limit_unit.startswith("natural"):
            return at + dt.timedelta(minutes=min(minutes, 20))
        return self._working(at, minutes=minutes)

    def _working(self, at: dt.datetime, *, minutes: float) -> dt.datetime:
        return worktime.advance(at, dt.timedelta(minutes=minutes), self.calendar)

    def _share(self, start: dt.datetime, due: dt.datetime, share: float, category: Category) -> dt.datetime:
        """The moment at which ``share`` of the limit has passed; above 1 it is late."""
        if category.limit_unit.startswith("natural"):
            return start + (due - start) * share
        return worktime.advance(start, worktime.elapsed(start, due, self.calendar) * share, self.calendar)
