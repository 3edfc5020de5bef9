"""How an indicator is told: its value with numerator and denominator, its coverage, and its changes. Pure.

A change is in percentage points for a ratio, in percent of the base for a count, plain for a score; without a base
there is none. What rests on few cases is marked: it is greyed, and has no place in a ranking.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases.figures.indicators import Figure, Indicator, Numbers, Question, Unit
from cases.figures.indicators.choice import ALL, added
from cases.figures.indicators.reading import figure_of
from cases.figures.indicators.spread import Spread
from yuhu.dashboard.board.formulas import wanted

NO_DATA = "–"
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Change:
    """Against what, and by how much. ``tone``: "good", "bad", or "" where neither is better."""

    amount: Decimal
    unit: Unit
    tone: str
    against: str

    @property
    def text(self) -> str:
        sign = "+" if self.amount > 0 else ""
        amount = f"{sign}{plain(self.amount)}"
        if self.unit is Unit.RATIO:
            return _("%(amount)s points") % {"amount": amount}
        return f"{amount}%" if self.unit is Unit.COUNT else amount

    @property
    def arrow(self) -> str:
        return "▲" if self.amount > 0 else "▼" if self.amount < 0 else "＝"


@dataclass(frozen=True)
class Told:
    """One indicator of one area: now, in the period before, and in the year before."""

    now: Figure
    before: Figure | None = None
    year: Figure | None = None

    @property
    def key(self) -> str:
        return self.now.key

    @property
    def name(self) -> str | Promise:
        return self.now.name

    @property
    def text(self) -> str:
        return text_of(self.now)

    @property
    def drawn(self) -> Decimal | None:
        """The number that a chart draws: a ratio in percent."""
        return drawn_of(self.now)

    @property
    def is_small(self) -> bool:
        return is_small(self.now)

    @property
    def base(self) -> str:
        """Numerator and denominator, where there is something to count."""
        if not self.now.denominator or self.now.numerator is None:
            return ""
        return " / ".join(self.parts)

    @property
    def parts(self) -> tuple[str, str]:
        """Numerator and denominator; a dash for what there is not, or is not told."""
        numbers = self.now.numerator, self.now.denominator
        one, other = (NO_DATA if number is None else grouped(number) for number in numbers)
        return one, other

    @property
    def behind(self) -> str:
        """The query of the list that holds exactly what the denominator (or a count) counts, where there is one. Of
        clocks and requests there is none: the cases among which they were counted are more, or fewer."""
        one = ALL[self.now.key]
        return self.now.cases if (one.denominator or one.numerator)[-1:] in _LISTED else ""

    @property
    def coverage(self) -> str:
        return NO_DATA if self.now.coverage is None else percent(self.now.coverage)

    @property
    def has_coverage(self) -> bool:
        """Whether this may not be told without it (满意率 never without 参评率)."""
        return self.now.key in COVERED

    @property
    def median(self) -> str:
        """The one in the middle, which a mean may not be told without; "" for what is no mean of hours."""
        return "" if self.now.median is None else hours(self.now.median)

    @property
    def beside(self) -> str:
        """What this may not be told without, in words."""
        if self.has_coverage:
            return _("rated by %(share)s") % {"share": self.coverage}
        return _("median %(hours)s") % {"hours": self.median} if self.median else ""

    @property
    def on_before(self) -> Change | None:
        return _change(self.now, self.before, _("than in the period before"))

    @property
    def on_year(self) -> Change | None:
        return _change(self.now, self.year, _("than a year before"))


_LISTED = frozenset(
    (name,) for name in ("registered", "should_be_closed", "closed", "rated", "to_be_rated", "open_now")
)
COVERED = frozenset({"solution_rate", "satisfaction_rate", "satisfaction_strict_rate"})


def told(one: Indicator, counts: Mapping[str, Numbers], asked: Mapping[str, Question]) -> Told:
    """``counts``: the numbers by the name of the period; a period that was not asked for is not compared with."""
    found = {name: figure_of(one, counts.get(name) or {}, question) for name, question in asked.items()}
    return Told(found["now"], found.get("before"), found.get("year"))


def of_key(spread: Spread, key: str) -> dict[str, Numbers]:
    """The numbers of one part, by the name of the period; a part that is missing has noughts."""
    return {name: by_key.get(key) or added([]) for name, by_key in spread.items()}


def keys_of(spread: Spread, known: Iterable[str] = ()) -> list[str]:
    """The parts in the order of their codes, the known ones too where nothing was counted; last what is not placed."""
    found = {key for by_key in spread.values() for key in by_key} | set(known)
    return sorted(found, key=lambda key: (not key, key))


def is_small(figure: Figure) -> bool:
    """Whether so few cases are behind it that a percentage says more than it knows."""
    return figure.denominator is not None and figure.denominator < settings.BOARD_SMALL_NUMBER


def text_of(figure: Figure) -> str:
    if figure.value is None:
        return NO_DATA
    if figure.unit is Unit.RATIO:
        return percent(Decimal(figure.value))
    if figure.unit is Unit.HOURS:
        return hours(Decimal(figure.value))
    return grouped(figure.value) if figure.unit is Unit.COUNT else plain(Decimal(figure.value))


def hours(value: Decimal) -> str:
    return _("%(hours)s hours") % {"hours": plain(value)}


def drawn_of(figure: Figure) -> Decimal | None:
    if figure.value is None:
        return None
    return Decimal(figure.value) * (100 if figure.unit is Unit.RATIO else 1)


def percent(ratio: Decimal) -> str:
    return f"{plain(ratio * 100)}%"


def plain(value: Decimal) -> str:
    """At most two decimals, none where there are none."""
    rounded = value.quantize(_CENT, rounding=ROUND_HALF_UP)
    return f"{rounded.normalize():f}" if rounded == rounded.to_integral_value() else f"{rounded}"


def grouped(value: Decimal | int) -> str:
    """2373 → 2,373."""
    return f"{value:,}"


def _change(now: Figure, base: Figure | None, against: str) -> Change | None:
    if base is None or now.value is None or base.value is None:
        return None
    new, old = Decimal(now.value), Decimal(base.value)
    if now.unit is Unit.COUNT:
        if old <= 0:
            return None
        amount = (new - old) / old * 100
    else:
        amount = (new - old) * (100 if now.unit is Unit.RATIO else 1)
    amount = amount.quantize(_CENT, rounding=ROUND_HALF_UP)
    return Change(amount, now.unit, _tone(now.key, amount), against)


def _tone(key: str, amount: Decimal) -> str:
    """Whether the change is what one wants; the sign says which way it goes."""
    way = wanted(key)
    if not way or not amount:
        return ""
    return "good" if (amount > 0) == (way == "up") else "bad"
