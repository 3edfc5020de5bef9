"""How long departments and leaders have on a whistle: settings by kind and step, computed with the working calendar.

``WHISTLE_LIMITS`` maps ``<kind>.<step>`` to ``<amount> <unit>``, where a district differs from ``DEFAULTS``. Steps:
``approve`` (by the leader), ``answer``, ``site`` (the meeting; joint enforcement: the time that the street sets),
``result``, ``clear`` (by the street, after the last result is due).
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.conf import settings

from cases.models import Whistle
from yuhu.kit import worktime
from yuhu.kit.worktime import Calendar, TimeUnit

# Proposals (domain 2.5): no rule of an authority says how long. Joint enforcement meets when the street says.
DEFAULTS: dict[str, str] = {
    "hard_demand.approve": "1 working_day",
    "hard_demand.answer": "1 working_day",
    "hard_demand.site": "3 working_day",
    "hard_demand.result": "5 working_day",
    "hard_demand.clear": "1 working_day",
    "joint_enforcement.approve": "1 working_day",
    "joint_enforcement.answer": "1 working_day",
    "joint_enforcement.result": "3 working_day",
    "joint_enforcement.clear": "1 working_day",
    "emergency.approve": "24 natural_hour",
    "emergency.answer": "30 natural_minute",
    "emergency.site": "2 natural_hour",
    "emergency.result": "24 natural_hour",
    "emergency.clear": "1 working_day",
}


@dataclass(frozen=True)
class Dues:
    """When one call is due."""

    answer: dt.datetime
    warn: dt.datetime
    site: dt.datetime
    result: dt.datetime


def faults() -> list[str]:
    """What of the setting cannot be read, each with its key."""
    known: dict[str, str] = settings.WHISTLE_LIMITS
    wrong = [f"{key}: unknown" for key in sorted(set(known) - set(DEFAULTS))]
    for key in sorted(set(known) & set(DEFAULTS)):
        try:
            _read(key)
        except (ValueError, InvalidOperation):
            wrong.append(f"{key}: {known[key]}")
    return wrong


def _read(key: str) -> tuple[Decimal, TimeUnit]:
    amount, unit = settings.WHISTLE_LIMITS.get(key, DEFAULTS[key]).split()
    number = Decimal(amount)
    if not 0 < number <= 1000:
        raise ValueError(key)
    return number, TimeUnit(unit)


def due(kind: str, step: str, since: dt.datetime, calendar: Calendar) -> dt.datetime:
    """When ``step`` of a whistle of this kind is due, counted from ``since``."""
    amount, unit = _read(f"{kind}.{step}")
    return worktime.deadline(since, amount, unit, calendar)


def dues(whistle: Whistle, at: dt.datetime, calendar: Calendar) -> Dues:
    """The times of a department that is called at ``at``: what it does on the spot counts from the set time."""
    kind = whistle.kind
    answer = due(kind, "answer", at, calendar)
    unit = _read(f"{kind}.answer")[1]
    warn = worktime.limit_fraction(at, answer, settings.WARN_FRACTION, calendar, unit)
    meets = whistle.gather_at if whistle.gather_at is not None and whistle.gather_at > at else None
    site = meets or (at if kind == Whistle.Kind.JOINT_ENFORCEMENT else due(kind, "site", at, calendar))
    from_site = kind == Whistle.Kind.JOINT_ENFORCEMENT
    return Dues(answer, warn, site, due(kind, "result", site if from_site else at, calendar))
