"""Verbs of the loop: the only place that writes cases. Each locks, checks, writes and journals in one transaction."""

from cases.actions.attach import attach
from cases.actions.automatic import close_unrated, dispatch_by_rule, escalate, resume_when_due, warn
from cases.actions.move import move
from cases.actions.people import unmask
from cases.actions.report import NewCase, Person, report

__all__ = [
    "NewCase",
    "Person",
    "attach",
    "close_unrated",
    "dispatch_by_rule",
    "escalate",
    "move",
    "report",
    "resume_when_due",
    "unmask",
    "warn",
]
