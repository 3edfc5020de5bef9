"""Nouns of the duties: lists, admission of tasks to them, certificates, streets' rights to be heard, the working
calendar and time limits."""

from duties.models.admissions import Admission, AdmissionNumber, Level, OffListReport
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
    "Admission",
    "AdmissionNumber",
    "CalendarDay",
    "CalendarVersion",
    "CalendarYear",
    "CertificateRule",
    "Consultation",
    "DutyItem",
    "DutyList",
    "Level",
    "LimitUnit",
    "OffListReport",
    "Severity",
    "StepLimit",
    "StreetAnswer",
    "TimeRules",
    "WorkWindow",
    "step_limit",
    "time_rules",
    "work_calendar",
]
