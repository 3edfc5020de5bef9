"""Which indicators can be told of any part of an area, one at a time: those of the loop, and plain counts. Read-only.

What stands beside the loop (whistles, visits, people) is told of areas as a whole by its own figures.
"""

from collections.abc import Mapping

from django.utils.translation import pgettext_lazy

from cases.actions.tallies.counting import derived
from cases.figures.indicators.question import Numbers, Question
from cases.figures.indicators.reading import Figure, _decimal, _sum, _value
from cases.figures.indicators.table import TABLE, Indicator, Unit, _closed, _open, _registered
from cases.figures.sets import Show

COUNTS: tuple[Indicator, ...] = (
    Indicator(
        "registered", pgettext_lazy("indicator", "Cases registered"), ("registered",), (), _registered, Unit.COUNT
    ),
    Indicator("closed", pgettext_lazy("indicator", "Cases closed"), ("closed",), (), _closed(Show.CLOSED), Unit.COUNT),
    Indicator("open_now", pgettext_lazy("indicator", "Cases open now"), ("open_now",), (), _open, Unit.COUNT),
)  # fmt: skip
ALL: Mapping[str, Indicator] = {one.key: one for one in (*COUNTS, *TABLE)}
_TOLD = frozenset(derived({}))
# In the order of a select box.
OF_PARTS: Mapping[str, Indicator] = {
    key: one for key, one in ALL.items() if _TOLD.issuperset((*one.numerator, *one.denominator))
}


def figure_of(one: Indicator, numbers: Numbers, question: Question) -> Figure:
    """One indicator out of these counts. No query."""
    coverage = ALL.get(one.coverage)
    return Figure(
        key=one.key,
        name=one.name,
        unit=one.unit,
        numerator=_sum(one.numerator, numbers),
        denominator=_sum(one.denominator, numbers) if one.denominator else None,
        value=_value(one, numbers),
        cases=one.cases(question) if one.cases else "",
        coverage=_decimal(_value(coverage, numbers)) if coverage else None,
    )


def added(parts: "list[Numbers]") -> dict[str, int]:
    """The counts of several parts together: what is nowhere counted is nought."""
    whole = derived({})
    for numbers in parts:
        for name, number in numbers.items():
            whole[name] = whole.get(name, 0) + number
    return whole
