"""The duty rota of a street, week by week. Read-only."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from staffing.models import Shift, Unit
from yuhu.kit.scope import Scope


@dataclass(frozen=True)
class Week:
    """The rota of a street from Monday to Sunday: of each day the shifts of each platform that begin on it."""

    monday: dt.date
    platforms: list[Unit]
    days: list[tuple[dt.date, list[list[Shift]]]]

    @property
    def sunday(self) -> dt.date:
        return self.monday + dt.timedelta(days=6)

    @property
    def before(self) -> dt.date:
        return self.monday - dt.timedelta(days=7)

    @property
    def after(self) -> dt.date:
        return self.monday + dt.timedelta(days=7)

    @property
    def is_empty(self) -> bool:
        return not any(cell for _day, cells in self.days for cell in cells)


def week_of(street: str, on: dt.date, scope: Scope) -> Week:
    """The week of ``on`` in a street, as far as ``scope`` opens it; shifts with ``is_covered``. Two queries."""
    monday = on - dt.timedelta(days=on.weekday())
    days = [monday + dt.timedelta(days=number) for number in range(7)]
    rows = Shift.objects.within(scope).filter(platform__street=street, day__range=(days[0], days[-1]))
    cells: dict[tuple[dt.date, int], list[Shift]] = defaultdict(list)
    for shift in rows.with_cover().select_related("platform", "officer").order_by("starts_at"):
        cells[shift.day, shift.platform_id].append(shift)
    there = Unit.objects.platforms(days[0]) | Unit.objects.platforms(days[-1])
    named = Q(pk__in=there.values("pk")) | Q(pk__in={platform for _day, platform in cells})
    platforms = list(Unit.objects.filter(named, street=street).order_by("pk"))
    table = [(day, [cells[day, platform.pk] for platform in platforms]) for day in days]
    return Week(monday, platforms, table)
