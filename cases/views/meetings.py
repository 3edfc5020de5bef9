"""The page of a meeting: the invitation before it, the minutes after it; for the screen, for paper and as a PDF.

Everybody invited may open it; a case on the agenda is told to whoever may see the case. The desk has the verbs.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.models import AgendaItem, Case, Meeting, Participant
from cases.policies.meetings import may_lead
from staffing.middleware import StaffRequest
from staffing.policies import may
from staffing.posts import Capability
from yuhu.kit import clock, pdf
from yuhu.kit.exceptions import NotFound


@dataclass(frozen=True)
class Shown:
    """An item of the agenda; without ``item`` it is a case that this person may not see."""

    no: int
    item: AgendaItem | None


@login_required
@require_safe
def meeting(request: StaffRequest, pk: int) -> HttpResponse:
    """The page."""
    found = visible_meeting(request, pk)
    return _page(request, found)


@login_required
@require_safe
def minutes(request: StaffRequest, pk: int) -> HttpResponse:
    """The same as a PDF; where none can be made, the page says what is missing."""
    found = visible_meeting(request, pk)
    context = document(request, found)
    try:
        made = pdf.make(
            render_to_string("cases/meetings/pdf.html", context, request),
            render_to_string("cases/meetings/pdf.css", context),
        )
    except pdf.NoPdf as refusal:
        return _page(request, found, notice=str(refusal), status=refusal.status)
    answer = HttpResponse(made, content_type="application/pdf")
    name = f"{found.year}-{found.number}" if found.is_closed else f"{found.pk}"
    answer["Content-Disposition"] = f'attachment; filename="meeting-{name}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def visible_meeting(request: StaffRequest, pk: int) -> Meeting:
    """The meeting with everything that its page shows.

    Raises:
        NotFound: it does not exist, or the person has nothing to do with it.
    """
    items = AgendaItem.objects.select_related(
        *("case__category", "case__block", "lead_unit", "lead_person", "measures", "duty_item")
    )
    items = items.defer("case__block__boundary", "case__description").prefetch_related("co_units")
    people = Participant.objects.select_related("unit", "user")
    rows = Meeting.objects.within(request.scope).select_related("street", "chair", "convener", "closed_by")
    rows = rows.defer("street__boundary").prefetch_related(
        Prefetch("items", items.order_by("no")), Prefetch("participants", people)
    )
    found = rows.filter(pk=pk).first() if pk < 2**62 else None
    if found is None:
        raise NotFound(_("There is no such meeting, or you are not invited to it."))
    return found


def document(request: StaffRequest, found: Meeting) -> dict[str, Any]:
    """What invitation and minutes say to this person."""
    items = list(found.items.all())
    seen = set(
        Case.objects.within(request.scope)
        .filter(pk__in=[i.case_id for i in items])
        .values_list("pk", flat=True)
    )
    people = sorted(found.participants.all(), key=lambda one: one.rank)
    held = found.state == Meeting.State.HELD
    return {
        "meeting": found,
        "items": [Shown(item.no, item if item.case_id in seen else None) for item in items],
        "invited": [one for one in people if not held or one.attended],
        "absent": [one for one in people if held and not one.attended],
        "at": clock.now(),
    }


def _page(request: StaffRequest, found: Meeting, *, notice: str = "", status: int = 200) -> HttpResponse:
    at = clock.now()
    at_desk = may(request.user, Capability.USE_ADMIN, on=clock.local_date(at))
    context = {
        **document(request, found),
        "may_lead": bool(at_desk) and bool(may_lead(request.user, found, at)),
        "lacking": " ".join(pdf.missing_libraries()),
        "notice": notice,
    }
    return render(request, "cases/meetings/page.html", context, status=status)
