"""Arithmetic of spans of time: what several cover together, what is left of them, and the same day of the year before.
Pure; ends are exclusive."""

import datetime as dt
from collections.abc import Iterable

Span = tuple[dt.datetime, dt.datetime]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time in as few spans as possible, in order; empty ones are dropped."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What of ``spans`` none of ``taken`` covers."""
    left: list[Span] = []
    holes = merged(taken)
    for start, end in merged(spans):
        for first, last in holes:
            if last <= start or first >= end:
                continue
            if first > start:
                left.append((start, first))
            start = last
        if start < end:
            left.append((start, end))
    return left


def year_before(day: dt.date) -> dt.date:
    """The same day of the year before; 29 February has none, and the 28th stands for it."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
