"""Nouns of the loop: categories, the case, its people, its orders, its clocks, its meetings."""

from cases.models.case import Case, CaseNumber, CaseParty
from cases.models.clocks import Deadline, Escalation
from cases.models.drafts import PhotoDraft
from cases.models.handling import Attachment, CaseRequest, Evaluation, Note, Rating, WorkOrder
from cases.models.meetings import AgendaItem, Meeting, Participant
from cases.models.people import Reporter
from cases.models.reference import Category

__all__ = [
    "AgendaItem",
    "Attachment",
    "Case",
    "CaseNumber",
    "CaseParty",
    "CaseRequest",
    "Category",
    "Deadline",
    "Escalation",
    "Evaluation",
    "Meeting",
    "Note",
    "Participant",
    "PhotoDraft",
    "Rating",
    "Reporter",
    "WorkOrder",
]
