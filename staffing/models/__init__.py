"""People, units and the seats they hold, all with dates.

Leaves to others: who may change this (policies) and how (actions).
"""

from staffing.models.absences import Absence, AbsenceState, Spell, StandIn
from staffing.models.accounts import FormerPassword, RecoveryCode, SecondFactor, User
from staffing.models.clients import PartnerClient
from staffing.models.registers import Attendance, CounselAppointment, Reserve, Training
from staffing.models.roster import Assistant, RosterImport, Tenure
from staffing.models.rota import RotaGap, Shift, ShiftSwap
from staffing.models.units import Membership, PlatformFunction, PlatformLink, Unit
from staffing.models.visits import Finding, Visit

__all__ = [
    "Absence",
    "AbsenceState",
    "Assistant",
    "Attendance",
    "CounselAppointment",
    "Finding",
    "FormerPassword",
    "Membership",
    "PartnerClient",
    "PlatformFunction",
    "PlatformLink",
    "RecoveryCode",
    "Reserve",
    "RosterImport",
    "RotaGap",
    "SecondFactor",
    "Shift",
    "ShiftSwap",
    "Spell",
    "StandIn",
    "Tenure",
    "Training",
    "Unit",
    "User",
    "Visit",
]
