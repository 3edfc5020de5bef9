"""The desk's lists of people, units and rosters, and what the lists of the apps above stand on (``PostsAdmin``)."""

from staffing.admin.absences import AbsenceAdmin
from staffing.admin.base import DayFilter, PostsAdmin, actor_of, entitled, who_and_when
from staffing.admin.clients import ClientAdmin
from staffing.admin.counsel import CounselAdmin
from staffing.admin.imports import RosterImportAdmin
from staffing.admin.people import UserAdmin
from staffing.admin.reserve import ReserveAdmin
from staffing.admin.roster import AssistantAdmin, BlockRosterAdmin, TenureAdmin
from staffing.admin.rota import ShiftAdmin, ShiftSwapAdmin
from staffing.admin.trainings import TrainingAdmin
from staffing.admin.units import MembershipAdmin, PlatformLinkAdmin, UnitAdmin
from staffing.admin.visits import VisitAdmin

__all__ = [
    "AbsenceAdmin",
    "AssistantAdmin",
    "BlockRosterAdmin",
    "ClientAdmin",
    "CounselAdmin",
    "DayFilter",
    "MembershipAdmin",
    "PlatformLinkAdmin",
    "PostsAdmin",
    "ReserveAdmin",
    "RosterImportAdmin",
    "ShiftAdmin",
    "ShiftSwapAdmin",
    "TenureAdmin",
    "TrainingAdmin",
    "UnitAdmin",
    "UserAdmin",
    "VisitAdmin",
    "actor_of",
    "entitled",
    "who_and_when",
]
