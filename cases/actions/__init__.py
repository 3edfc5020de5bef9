"""Verbs of the loop: the only place that writes cases. Each locks, checks, writes and journals in one transaction."""

from cases.actions.attach import attach, attach_all
from cases.actions.automatic import close_unrated, dispatch_by_rule, escalate, resume_when_due, warn
from cases.actions.drafts import forget_drafts, forget_old_drafts, keep_drafts
from cases.actions.erase import Erasure, erase, on_erased
from cases.actions.findings import report_finding
from cases.actions.move import move
from cases.actions.people import reseal_reporters, unmask
from cases.actions.report import NewCase, Person, report
from cases.actions.submit import Solution, join, move_with_photos, submit

__all__ = [
    "Erasure",
    "NewCase",
    "Person",
    "Solution",
    "attach",
    "attach_all",
    "close_unrated",
    "dispatch_by_rule",
    "erase",
    "escalate",
    "forget_drafts",
    "forget_old_drafts",
    "join",
    "keep_drafts",
    "move",
    "move_with_photos",
    "on_erased",
    "report",
    "report_finding",
    "reseal_reporters",
    "resume_when_due",
    "submit",
    "unmask",
    "warn",
]
