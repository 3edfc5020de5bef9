"""三升三降 on the board: the six measures of an area in words and signs. Pure but for the measures themselves.

What others publish for months or quarters is told for the latest days that there are. Leaves to others: the measures
(``cases.figures.indicators.rises``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.figures.indicators import Measure, Question, rises_and_falls
from cases.figures.indicators.measure import Amount, Direction, Outcome, Part
from cases.figures.outside import share_text
from yuhu.dashboard.board.readings import NO_DATA, percent, plain
from yuhu.dashboard.board.tables import list_url

_UNITS: Mapping[Amount, str | Promise] = {
    Amount.TEN_THOUSAND_YUAN: gettext_lazy("×10,000 yuan"),
    Amount.TEN_THOUSAND_YUAN_PER_CASE: gettext_lazy("×10,000 yuan a case"),
    Amount.PER_THOUSAND_HOUSEHOLDS: gettext_lazy("per 1,000 households"),
}
# An amount is compared as an amount, a share in points, all else by how many percent.
_BY_DIFFERENCE = (Amount.RATIO, Amount.TEN_THOUSAND_YUAN)
_ARROWS = {1: "▲", 0: "＝", -1: "▼"}


@dataclass(frozen=True)
class Rise:
    """One of the six, as the panel shows it."""

    measure: Measure

    @property
    def name(self) -> str | Promise:
        return self.measure.name

    @property
    def shall_rise(self) -> bool:
        return self.measure.direction is Direction.UP

    @property
    def judged(self) -> str:
        """ "good", "bad" or "none": a fall in disputes is good."""
        outcome = self.measure.outcome
        return outcome.value if self.change and outcome in (Outcome.GOOD, Outcome.BAD) else "none"

    @property
    def value(self) -> str:
        return amount(self.measure.value, self.measure.unit)

    @property
    def change(self) -> str:
        """Against the same days of the year before; nothing without a base."""
        one = self.measure
        if one.change is None:
            return ""
        if one.unit in _BY_DIFFERENCE:
            if one.unit is Amount.RATIO:
                points = one.change * 100
                return _("%(amount)s points") % {"amount": f"{'+' if points > 0 else ''}{plain(points)}"}
            return f"{'+' if one.change > 0 else ''}{amount(one.change, one.unit)}"
        return share_text(one.change_rate) if one.change_rate is not None else ""

    @property
    def arrow(self) -> str:
        change = self.measure.change or Decimal()
        return _ARROWS[(change > 0) - (change < 0)]

    @property
    def coverage(self) -> str:
        return percent(self.measure.coverage) if self.measure.coverage is not None else ""

    @property
    def parts(self) -> list[tuple[str | Promise, str]]:
        """What it is made of, or what stands beside it; the coverage has its own line."""
        return [(part.name, _of(part)) for part in self.measure.parts if part.key != "rating_coverage"]

    @property
    def sources(self) -> list[str]:
        sides = [self.measure.both.now, *(part.both.now for part in self.measure.parts)]
        return list(dict.fromkeys(source for side in sides for source in side.sources))

    @property
    def cases(self) -> str:
        return list_url(self.measure.cases) if self.measure.cases else ""


def rises_of(question: Question) -> list[Rise]:
    """The six measures of an area in a period, rises first."""
    return [Rise(one) for one in rises_and_falls(question, or_latest=True)]


def amount(value: Decimal | None, unit: Amount) -> str:
    """A value with its unit, or a dash."""
    if value is None:
        return NO_DATA
    if unit is Amount.RATIO:
        return percent(value)
    told = f"{int(value):,}" if value == value.to_integral_value() else f"{value:,.2f}"
    return f"{told} {_UNITS[unit]}" if unit in _UNITS else told


def _of(part: Part) -> str:
    """A part now, and by how much it changed."""
    told = amount(part.value, part.unit)
    rate = part.change_rate
    return f"{told} ({share_text(rate)})" if part.value is not None and rate is not None else told
