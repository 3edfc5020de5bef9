"""Shows a case in lists of any app: ``{% load case_tags %}{% case_card case at %}`` for ``Case.objects.for_lists()``.

Only turns a case and a moment into what the parts in templates/parts/ ask for; no query of its own.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import gettext as _

from cases.models import Case
from cases.states import Phase
from yuhu.kit import clock

register = template.Library()


@dataclass(frozen=True)
class Named:
    """Something with a name in the reader's language."""

    name: str


@dataclass(frozen=True)
class Card:
    """A case as parts/case_card.html reads it."""

    number: str
    state: str
    get_state_display: str
    category: Named
    severity: str
    get_severity_display: str
    description: str
    address: str
    block_name: str
    due_at: dt.datetime | None
    is_overdue: bool
    is_due_soon: bool
    reported_at: dt.datetime
    get_absolute_url: str


def card_of(case: Case, at: dt.datetime) -> Card:
    """The card of a case at a moment."""
    return Card(
        number=case.number,
        state=case.state,
        get_state_display=case.get_state_display(),
        category=Named(case.category.label),
        severity=case.severity,
        get_severity_display=case.get_severity_display(),
        description=case.description,
        address=case.address,
        block_name=case.block.name if case.block else "",
        due_at=None if case.is_final else case.due_at,
        is_overdue=case.is_overdue(at) and not case.is_final,
        is_due_soon=case.is_due_soon(at),
        reported_at=case.reported_at,
        get_absolute_url=case.get_absolute_url(),
    )


@register.inclusion_tag("parts/case_card.html")
def case_card(case: Case, at: dt.datetime, level: int = 2) -> dict[str, Any]:
    """A card; ``level`` 3 for lists that stand under a heading of their own."""
    return {"case": card_of(case, at), "level": level}


@register.inclusion_tag("parts/clock.html")
def case_clock(case: Case, at: dt.datetime) -> dict[str, Any]:
    """How much time is left, or by how much it is late; nothing once the case has ended."""
    card = card_of(case, at)
    return {"due_at": card.due_at, "is_overdue": card.is_overdue, "is_due_soon": card.is_due_soon}


@register.filter
def is_late(case: Case, at: dt.datetime) -> bool:
    """Overdue at the moment."""
    return card_of(case, at).is_overdue


@register.filter
def is_soon(case: Case, at: dt.datetime) -> bool:
    """Three quarters of the time have passed."""
    return case.is_due_soon(at)


@register.filter
def by_when(due: dt.datetime, at: dt.datetime) -> str:
    """A time limit as one says it: by 17:00 today, by 9:00 tomorrow, or the day."""
    local = clock.local(due)
    days = (local.date() - clock.local(at).date()).days
    words = {0: _("by %(time)s today"), 1: _("by %(time)s tomorrow")}.get(days, _("by %(day)s %(time)s"))
    return words % {"time": f"{local:%H:%M}", "day": f"{local:%m-%d}"}


@register.filter
def phase(case: Case) -> str:
    """The phase's code for parts/stepper.html; empty for a case that ended without handling."""
    if case.phase == Phase.END and case.state != "closed":
        return ""
    return case.phase.value
