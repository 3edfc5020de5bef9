"""The table read for one question: every indicator with its parts, its value and the query of its list. Read-only."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.functional import Promise

from cases.figures.indicators import around, closing
from cases.figures.indicators.question import Numbers, Question, Source
from cases.figures.indicators.spread import whole
from cases.figures.indicators.table import TABLE, Indicator, Unit
from cases.figures.whistles import Mean
from yuhu.kit.figures import Share

SOURCES: tuple[Source, ...] = (
    whole,
    closing.handling,
    closing.follow_ups,
    around.whistles,
    around.mediations,
    around.lists,
    around.visits,
    around.ground,
    around.people,
)


@dataclass(frozen=True)
class Figure:
    """An indicator of an area in a period.

    Without data ``value`` is None, never 0 or 1; ``numerator`` None says that it is not told to whoever asked.
    ``cases`` is the query of the list behind it, empty when there is none. ``coverage``: how many of those who were
    asked have answered, where a value says little without it; ``median`` the one in the middle, beside a mean of hours.
    """

    key: str
    name: str | Promise
    unit: Unit
    numerator: int | None
    denominator: int | None
    value: Decimal | int | None
    cases: str = ""
    coverage: Decimal | None = None
    median: Decimal | None = None


def indicators(question: Question) -> list[Figure]:
    """All of the table, in its order. The number of queries does not grow with the rows."""
    numbers: dict[str, int] = {}
    for source in SOURCES:
        numbers |= source(question)
    return figures_of(numbers, question)


def figures_of(numbers: Numbers, question: Question) -> list[Figure]:
    """Every indicator of the table out of these counts, which somebody else made for the question. No query."""
    return [figure_of(one, numbers, question) for one in TABLE]


def figure_of(one: Indicator, numbers: Numbers, question: Question) -> Figure:
    """One indicator out of these counts. No query."""
    coverage = _BY_KEY.get(one.coverage)
    return Figure(
        key=one.key,
        name=one.name,
        unit=one.unit,
        numerator=_sum(one.numerator, numbers),
        denominator=_sum(one.denominator, numbers) if one.denominator else None,
        value=_value(one, numbers),
        cases=one.cases(question) if one.cases else "",
        coverage=_decimal(_value(coverage, numbers)) if coverage else None,
        median=_hours(numbers.get(one.median), 1),
    )


_BY_KEY = {one.key: one for one in TABLE}


def _sum(names: Iterable[str], numbers: Numbers) -> int | None:
    """None where a part is not told."""
    parts = [numbers.get(name) for name in names]
    told = [part for part in parts if part is not None]
    return sum(told) if len(told) == len(parts) else None


def _value(one: Indicator, numbers: Numbers) -> Decimal | int | None:
    """A ratio of four decimals, which is a percentage of two; a mean of two."""
    part, whole = _sum(one.numerator, numbers), _sum(one.denominator, numbers)
    if one.unit is Unit.COUNT or part is None:
        return part
    if one.unit is Unit.SCORE:
        return Mean(part, whole or 0).value
    if one.unit is Unit.HOURS:
        return _hours(part, whole or 0)
    percent = Share.of(part, whole or 0).percent
    return None if percent is None else percent / 100


def _hours(minutes: int | None, of: int) -> Decimal | None:
    """The mean of so many, in hours with two decimals, half up."""
    if minutes is None or not of:
        return None
    return (Decimal(minutes) / (60 * of)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _decimal(value: Decimal | int | None) -> Decimal | None:
    return None if value is None else Decimal(value)
