"""What a number for people is: a count with the list behind it, a share with numerator and denominator.

``query`` is the query string of the list that shows exactly the rows that were counted; the page knows the list's
address. A share of nothing is no number: it is shown as a dash, never as 0 or 100.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlencode

_HUNDREDTH = Decimal("0.01")


def query_of(*pairs: tuple[str, str | int]) -> str:
    """A query string of those pairs that say something."""
    return urlencode([(name, value) for name, value in pairs if value != ""])


@dataclass(frozen=True)
class Count:
    """How many there are."""

    number: int
    query: str = ""


@dataclass(frozen=True)
class Share:
    """How many of how many. Both have their list."""

    numerator: Count
    denominator: Count

    @classmethod
    def of(cls, numerator: int, denominator: int) -> "Share":
        """A share whose lists are told elsewhere."""
        return cls(Count(numerator), Count(denominator))

    @property
    def percent(self) -> Decimal | None:
        """In percent with two decimals, half up; None without a denominator. 326 of 326 is 100, 325 never is."""
        if not self.denominator.number:
            return None
        exact = Decimal(self.numerator.number * 100) / self.denominator.number
        return exact.quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)

    @property
    def is_whole(self) -> bool:
        """Every one of them, and there are some."""
        return 0 < self.denominator.number == self.numerator.number
