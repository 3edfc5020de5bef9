"""Adjectives for people, units, posts with dates, and what is planned and recorded about them."""

from staffing.querysets.absences import AbsenceQuerySet
from staffing.querysets.dated import DatedQuerySet
from staffing.querysets.people import PartnerClientQuerySet, UserQuerySet
from staffing.querysets.registers import (
    AttendanceQuerySet,
    CounselQuerySet,
    ReserveQuerySet,
    TrainingQuerySet,
)
from staffing.querysets.roster import RosterImportQuerySet, TenureQuerySet
from staffing.querysets.rota import RotaGapQuerySet, ShiftQuerySet, ShiftSwapQuerySet
from staffing.querysets.units import PlatformFunctionQuerySet, PlatformLinkQuerySet, UnitQuerySet
from staffing.querysets.visits import FindingQuerySet, VisitQuerySet

__all__ = [
    "AbsenceQuerySet",
    "AttendanceQuerySet",
    "CounselQuerySet",
    "DatedQuerySet",
    "FindingQuerySet",
    "PartnerClientQuerySet",
    "PlatformFunctionQuerySet",
    "PlatformLinkQuerySet",
    "ReserveQuerySet",
    "RosterImportQuerySet",
    "RotaGapQuerySet",
    "ShiftQuerySet",
    "ShiftSwapQuerySet",
    "TenureQuerySet",
    "TrainingQuerySet",
    "UnitQuerySet",
    "UserQuerySet",
    "VisitQuerySet",
]
