"""Warns a day before of hours that nobody covers: asked again and again, told once for each platform and beginning.

A platform has a rota when one of its shifts ended in the last 14 days. What hours it is to cover is read from the rota
itself: those for which shifts stand in it, and the same hours of the week as in these 14 days; while it is younger than
a week all hours. So a rota of nights and week-ends is not asked for its office hours. Leaves to others: who is told
(yuhu.delivery.notices).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from staffing.actions.rota import locked_platform, told_of
from staffing.models import RotaGap, Shift, Unit
from yuhu.journal.actions import SYSTEM, record
from yuhu.kit import clock, steps
from yuhu.kit.spans import Span, without

AHEAD = dt.timedelta(hours=48)
WEEK = dt.timedelta(days=7)
LOOK_BACK = 2 * WEEK


def warn_of_gaps(*, at: dt.datetime) -> int:
    """Journal the gaps that begin within the next 48 hours, or have begun, and were not told. Returns how many."""
    found = _found(at)
    if not found:
        return 0
    known = set(
        RotaGap.objects.filter(starts_at__gte=min(start for _unit, (start, _end) in found)).values_list(
            "platform", "starts_at"
        )
    )
    new = [(unit, span) for unit, span in found if (unit, span[0]) not in known]
    return steps.each("staffing.rota", range(len(new)), lambda number: warn(*new[number], at=at))


def warn(platform: int, span: Span, *, at: dt.datetime) -> bool:
    """Tell of one gap, once, as it is now that nobody else plans. Returns whether it was there and new."""
    with transaction.atomic():
        unit = locked_platform(Unit.objects.get(pk=platform))
        starts_at = span[0]
        ends_at = {start: end for _unit, (start, end) in _found(at, platform)}.get(starts_at)
        if ends_at is None:  # somebody has filled it
            return False
        gap, created = RotaGap.objects.get_or_create(
            platform=unit, starts_at=starts_at, defaults={"ends_at": ends_at, "found_at": at}
        )
        if not created:
            return False
        data = {
            "platform": unit.code,
            "on": clock.local_date(starts_at).isoformat(),
            "starts_at": starts_at,
            "ends_at": ends_at,
            "heads": told_of(unit),
        }
        record(
            kind="rota.uncovered",
            subject=("rota_gap", gap.pk),
            at=at,
            actor=SYSTEM,
            area=unit.area,
            data=data,
        )
    return True


def gaps_of(rows: Iterable[tuple[dt.datetime, dt.datetime, bool]], *, at: dt.datetime) -> list[Span]:
    """The gaps of one platform around the next 48 hours; ``rows``: beginning, end, whether somebody covers it."""
    until = at + AHEAD
    shifts = list(rows)
    planned = [(start, end) for start, end, _covered in shifts]
    begun = min((start for start, _end in planned), default=until)
    if begun > at - WEEK:
        wanted = [(begun, until)]
    else:
        usual = [(start + week, end + week) for start, end in planned for week in (WEEK, LOOK_BACK)]
        wanted = [*planned, *usual]
    covered = [(start, end) for start, end, is_covered in shifts if is_covered]
    return [(start, end) for start, end in without(wanted, covered) if start < until and end > at]


def _found(at: dt.datetime, platform: int | None = None) -> list[tuple[int, Span]]:
    """Gaps of all platforms of the day, or of one."""
    there = Unit.objects.platforms(clock.local_date(at))
    if platform is not None:
        there = there.filter(pk=platform)
    rows: Any = (
        Shift.objects.during(at - LOOK_BACK, at + AHEAD + WEEK).filter(platform__in=there).with_cover()
    )
    by_platform: dict[int, list[tuple[dt.datetime, dt.datetime, bool]]] = defaultdict(list)
    for unit, start, end, covered in rows.order_by().values_list(
        "platform", "starts_at", "ends_at", "is_covered"
    ):
        by_platform[unit].append((start, end, covered))
    return [(unit, span) for unit, shifts in by_platform.items() for span in gaps_of(shifts, at=at)]
