"""Questions to the indicators, as the people of the cast ask them."""

import datetime as dt

from cases.figures import Period
from cases.figures.indicators import Figure, Question, indicators
from staffing.policies import scope_of
from tests.world import AT, World
from yuhu.kit.scope import Scope

DISTRICT = "430302"
NOVEMBER = Period.of_days(dt.date(2026, 11, 1), dt.date(2026, 11, 30))


def asked(scope: Scope, area: str = DISTRICT, period: Period = NOVEMBER, at: dt.datetime = AT) -> Question:
    return Question(scope, area, period, at)


def scope(world: World, name: str = "leader") -> Scope:
    return scope_of(world.people[name], AT.date())


def figures(question: Question) -> dict[str, Figure]:
    return {figure.key: figure for figure in indicators(question)}


def parts(question: Question, key: str) -> tuple[int | None, int | None]:
    found = figures(question)[key]
    return found.numerator, found.denominator
