"""People, units and the seats they hold, all with dates.

Leaves to others: who may change this (policies) and how (actions).
"""

from staffing.models.accounts import FormerPassword, RecoveryCode, SecondFactor, User
from staffing.models.clients import PartnerClient
from staffing.models.roster import Assistant, RosterImport, Tenure
from staffing.models.units import Membership, PlatformLink, Unit
from staffing.models.visits import Finding, Visit

__all__ = [
    "Assistant",
    "Finding",
    "FormerPassword",
    "Membership",
    "PartnerClient",
    "PlatformLink",
    "RecoveryCode",
    "RosterImport",
    "SecondFactor",
    "Tenure",
    "Unit",
    "User",
    "Visit",
]
