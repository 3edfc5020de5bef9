"""Nouns of the loop: categories, the case, its people, orders and clocks, its whistles, meetings and mediations."""

from cases.models.case import Case, CaseNumber, CaseParty
from cases.models.clocks import Deadline, Escalation
from cases.models.drafts import PhotoDraft
from cases.models.follow_ups import CallDraw, FollowUpCall
from cases.models.handling import Attachment, CaseRequest, Evaluation, Note, Rating, WorkOrder
from cases.models.mediation import Mediation, MediationParty, MediationRecord
from cases.models.meetings import AgendaItem, Meeting, Participant
from cases.models.outside import OutsideFigure
from cases.models.people import Reporter
from cases.models.reference import Category
from cases.models.tallies import Tallied, Tally, TallyState
from cases.models.whistles import Whistle, WhistleCall

__all__ = [
    "AgendaItem",
    "Attachment",
    "CallDraw",
    "Case",
    "CaseNumber",
    "CaseParty",
    "CaseRequest",
    "Category",
    "Deadline",
    "Escalation",
    "Evaluation",
    "FollowUpCall",
    "Mediation",
    "MediationParty",
    "MediationRecord",
    "Meeting",
    "Note",
    "OutsideFigure",
    "Participant",
    "PhotoDraft",
    "Rating",
    "Reporter",
    "Tallied",
    "Tally",
    "TallyState",
    "Whistle",
    "WhistleCall",
    "WorkOrder",
]
