"""Adjectives of the loop: cases and their clocks, whistles, meetings, mediations."""

from cases.querysets.cases import (
    ROWS_FOR_API,
    CaseQuerySet,
    CategoryQuerySet,
    DeadlineQuerySet,
    ReporterQuerySet,
)
from cases.querysets.follow_ups import FollowUpCallQuerySet
from cases.querysets.mediation import MediationQuerySet
from cases.querysets.meetings import AgendaItemQuerySet, MeetingQuerySet
from cases.querysets.outside import OutsideFigureQuerySet
from cases.querysets.whistles import WhistleCallQuerySet, WhistleQuerySet

__all__ = [
    "ROWS_FOR_API",
    "AgendaItemQuerySet",
    "CaseQuerySet",
    "CategoryQuerySet",
    "DeadlineQuerySet",
    "FollowUpCallQuerySet",
    "MediationQuerySet",
    "MeetingQuerySet",
    "OutsideFigureQuerySet",
    "ReporterQuerySet",
    "WhistleCallQuerySet",
    "WhistleQuerySet",
]
