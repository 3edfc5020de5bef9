"""Outside figures as figures read them: what is in force of an area for some days, with who published it. Read-only."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from cases.models import OutsideFigure
from cases.outside import Days, Outside, added_up
from yuhu.kit.scope import Scope

_HUNDREDTH, _TEN_THOUSANDTH = Decimal("0.01"), Decimal("0.0001")


@dataclass(frozen=True)
class Told:
    """A figure of some days, added up from the rows that cover them, and what they say of their source."""

    value: Decimal
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """The figures of an area."""

    rows: Mapping[Outside, Mapping[Days, OutsideFigure]] = field(default_factory=dict)

    def of(self, kind: Outside, days: Days) -> Told | None:
        """None where nothing covers exactly these days: nothing is guessed."""
        rows = self.rows.get(kind, {})
        found = added_up({one: row.value for one, row in rows.items()}, days)
        if found is None:
            return None
        value, parts = found
        return Told(value, tuple(dict.fromkeys(rows[one].published for one in parts)))

    def latest(self, kinds: Iterable[Outside], upto: dt.date) -> Days | None:
        """The days last published by ``upto`` of all these kinds; of several that end then the longest."""
        found = [set(self.rows.get(kind, {})) for kind in kinds]
        days = [one for one in set.intersection(*found) if one[1] <= upto]
        return max(days, key=lambda one: (one[1], -one[0].toordinal()), default=None)


def known(scope: Scope, area: str, periods: Iterable[Days], *, whole: bool = False) -> Known:
    """What the scope opens of these days; ``whole``: and of all days before them. One query."""
    wanted = list(periods)
    first, last = min(one[0] for one in wanted), max(one[1] for one in wanted)
    rows = OutsideFigure.objects.within(scope).in_force().filter(area=area, last__lte=last)
    rows = rows if whole else rows.filter(first__gte=first)
    found: dict[Outside, dict[Days, OutsideFigure]] = {}
    for row in rows.order_by("pk"):
        found.setdefault(Outside(row.kind), {})[row.first, row.last] = row
    return Known(found)


def change_of(now: Decimal, base: Decimal) -> Decimal | None:
    """The change as a part of the base, four decimals, half up; None without a base above nought (domain.md 6.3)."""
    if base <= 0:
        return None
    return ((now - base) / base).quantize(_TEN_THOUSANDTH, rounding=ROUND_HALF_UP)


def share_text(change: Decimal | None) -> str:
    """For people: +3.20%, −11.95%, or a dash."""
    if change is None:
        return "—"
    percent = (change * 100).quantize(_HUNDREDTH)
    return f"{'−' if percent < 0 else '+'}{abs(percent)}%"
