"""Which indicators can be told of any part of an area, one at a time: those of the loop, and plain counts. Read-only.

What stands beside the loop (whistles, visits, people) is told of areas as a whole by its own figures.
"""

from collections.abc import Mapping

from django.utils.translation import pgettext_lazy

from cases.actions.tallies.counting import derived
from cases.figures.indicators.question import Numbers
from cases.figures.indicators.table import (
    TABLE,
    Indicator,
    Unit,
    closed_list,
    open_list,
    registered_list,
)
from cases.figures.sets import Show

COUNTS: tuple[Indicator, ...] = (
    Indicator("registered", pgettext_lazy("indicator", "Cases registered"),
              ("registered",), (), registered_list, Unit.COUNT),
    Indicator("closed", pgettext_lazy("indicator", "Cases closed"),
              ("closed",), (), closed_list(Show.CLOSED), Unit.COUNT),
    Indicator("open_now", pgettext_lazy("indicator", "Cases open now"),
              ("open_now",), (), open_list, Unit.COUNT),
)  # fmt: skip
ALL: Mapping[str, Indicator] = {one.key: one for one in (*COUNTS, *TABLE)}
_TOLD = frozenset(derived({}))
# In the order of a select box.
OF_PARTS: Mapping[str, Indicator] = {
    key: one for key, one in ALL.items() if _TOLD.issuperset((*one.numerator, *one.denominator))
}


def added(parts: "list[Numbers]") -> dict[str, int]:
    """The counts of several parts together: what is nowhere counted is nought."""
    whole = derived({})
    for numbers in parts:
        for name, number in numbers.items():
            whole[name] = whole.get(name, 0) + number
    return derived(whole)
