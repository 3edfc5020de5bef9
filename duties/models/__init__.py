"""Nouns of the duties: lists, certificates, streets' rights to be heard, the working calendar and time limits."""

from duties.models.calendar import (
    CalendarDay,
    CalendarVersion,
    CalendarYear,
    LimitUnit,
    Severity,
    StepLimit,
    TimeRules,
    WorkWindow,
    step_limit,
    time_rules,
    work_calendar,
)
from duties.models.certificates import CertificateRule
from duties.models.consultations import Consultation, StreetAnswer
from duties.models.lists import DEMO, DutyItem, DutyList

__all__ = [
    "DEMO",
    "CalendarDay",
    "CalendarVersion",
    "CalendarYear",
    "CertificateRule",
    "Consultation",
    "DutyItem",
    "DutyList",
    "LimitUnit",
    "Severity",
    "StepLimit",
    "StreetAnswer",
    "TimeRules",
    "WorkWindow",
    "step_limit",
    "time_rules",
    "work_calendar",
]
