"""What a measure beside the same days of the year before is: two sides, their change, and whether it is good. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

from django.utils.functional import Promise

from cases.figures.outside import change_of

_STEPS = {"count": Decimal(1), "ratio": Decimal("0.0001"), "ten_thousand_yuan_per_case": Decimal("0.0001")}
_HUNDREDTH = Decimal("0.01")


class Direction(StrEnum):
    """Where it shall go."""

    UP = "up"
    DOWN = "down"


class Outcome(StrEnum):
    """How the change is to be judged: a fall in disputes is good."""

    GOOD = "good"
    BAD = "bad"
    UNCHANGED = "unchanged"
    UNCLEAR = "unclear"  # nothing to compare


class Amount(StrEnum):
    """What a value is."""

    RATIO = "ratio"
    COUNT = "count"
    PER_THOUSAND_HOUSEHOLDS = "per_thousand_households"
    TEN_THOUSAND_YUAN = "ten_thousand_yuan"
    TEN_THOUSAND_YUAN_PER_CASE = "ten_thousand_yuan_per_case"


@dataclass(frozen=True)
class Side:
    """One of the two periods: what was counted, of what where it is a share (``per`` how many of them), and who says
    so. None: not known, or not told."""

    numerator: Decimal | None
    denominator: Decimal | None = None
    sources: tuple[str, ...] = ()
    per: int = 0

    @property
    def value(self) -> Decimal | None:
        if self.numerator is None or not self.per:
            return self.numerator
        return self.numerator * self.per / self.denominator if self.denominator else None


class Both(NamedTuple):
    """The period that was asked for, and the same days of the year before."""

    now: Side
    base: Side


@dataclass(frozen=True)
class Part:
    """A number, now and a year before. ``weight`` in the sum of which it is a part."""

    key: str
    name: str | Promise
    unit: Amount
    both: Both
    weight: Decimal | None = None

    @property
    def value(self) -> Decimal | None:
        return rounded(self.both.now.value, self.unit)

    @property
    def base(self) -> Decimal | None:
        return rounded(self.both.base.value, self.unit)

    @property
    def change(self) -> Decimal | None:
        """The difference; of ratios as one (0.02: two points of a percentage)."""
        now, base = self.both.now.value, self.both.base.value
        return None if now is None or base is None else rounded(now - base, self.unit)

    @property
    def change_rate(self) -> Decimal | None:
        """As a part of the base; None without a base above nought."""
        now, base = self.both.now.value, self.both.base.value
        return None if now is None or base is None else change_of(now, base)


@dataclass(frozen=True)
class Measure(Part):
    """One of the six. ``coverage``: rated of those who were asked, where the value says little without it. ``cases``:
    the query of the list behind it."""

    direction: Direction = Direction.UP
    parts: tuple[Part, ...] = ()
    coverage: Decimal | None = None
    cases: str = ""

    @property
    def outcome(self) -> Outcome:
        now, base = self.both.now.value, self.both.base.value
        if now is None or base is None:
            return Outcome.UNCLEAR
        if now == base:
            return Outcome.UNCHANGED
        return Outcome.GOOD if (now > base) == (self.direction is Direction.UP) else Outcome.BAD


def weighted(parts: Iterable[Part]) -> Both:
    """The weighted sum of the parts; without a value where one of them has none."""
    found = list(parts)
    return Both(*(_sum([(part.weight, part.both[side]) for part in found]) for side in (0, 1)))


def less(one: Part, other: Part) -> Both:
    """What is left of ``one``; without a value where one of them has none."""
    return Both(*(_sum([(Decimal(1), one.both[side]), (Decimal(-1), other.both[side])]) for side in (0, 1)))


def told_by(sides: Iterable[Side]) -> tuple[str, ...]:
    """Who says so, each once."""
    return tuple(dict.fromkeys(source for side in sides for source in side.sources))


def rounded(value: Decimal | None, unit: Amount) -> Decimal | None:
    """Ratios with four decimals, which is two of a percentage; amounts with two; counts are whole. Half up."""
    if value is None:
        return None
    return value.quantize(_STEPS.get(unit, _HUNDREDTH), rounding=ROUND_HALF_UP)


def _sum(parts: list[tuple[Decimal | None, Side]]) -> Side:
    sources, total = told_by(side for _weight, side in parts), Decimal()
    for weight, side in parts:
        value = side.value
        if value is None or weight is None:
            return Side(None, sources=sources)
        total += weight * value
    return Side(total, sources=sources)
