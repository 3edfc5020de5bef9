"""Reporting: the form, the hint that the same is already known, and the page that says who deals with it now."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cases import routing
from cases.exceptions import NoSuchCase, PhotosLost, SentBefore
from cases.forms import PhotoTray, ReportForm
from cases.models import Attachment, Case
from cases.policies import governs
from cases.states import State
from cases.views.photos import pictures
from cases.views.taking import Outcome, form_of, require_reporter, similar_cases, take
from staffing.middleware import StaffRequest
from yuhu.kit import clock

# The confirmation asks so often whether there is a receiver by now, with growing pauses (seconds).
PAUSES = (1, 1, 2, 3, 5, 8, 15)
# Whose page it is: a phone keeps the form for when there is no signal, for this person alone.
PERSON = "X-Person"


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """The report form."""
    require_reporter(request)
    if request.method != "POST":
        response = _page(request, form_of(request))
        response[PERSON] = str(request.user.pk)
        return response
    outcome = take(request)
    if outcome.case is None:
        return _again(request, outcome)
    if outcome.joined:
        messages.success(request, _("Your report was added to this case. You will see how it goes on here."))
        return redirect(outcome.case)
    return redirect("cases:sent", outcome.case.number)


@login_required
@require_safe
def similar(request: StaffRequest) -> HttpResponse:
    """A fragment of the form: open cases of the same kind near the place."""
    form = form_of(request, request.GET)
    form.is_valid()
    rows = similar_cases(request, form)
    return render(request, "cases/similar.html", {"similar": shown(rows), "at": clock.now()})


@never_cache
@login_required
@require_safe
def sent(request: StaffRequest, number: str) -> HttpResponse:
    """It is stored: number, receiver, due time and why; asks again by itself until there is a receiver."""
    rows = (
        Case.objects.within(request.scope)
        .for_lists()
        .select_related("duty_item", "evaluator", "evaluator_unit")
    )
    case = rows.defer(None).defer("block__boundary").filter(number=number).first()
    if case is None:
        raise NoSuchCase
    tried = request.GET.get("try", "")
    count = min(int(tried), len(PAUSES)) if tried.isascii() and tried.isdigit() and len(tried) < 4 else 0
    waits = case.state == State.REPORTED and not case.waits_for_person and count < len(PAUSES)
    context = {
        "case": case,
        "explanation": [sentence for step in case.explanation if (sentence := routing.sentence(step))],
        "waits": waits,
        "pause": PAUSES[min(count, len(PAUSES) - 1)],
        "next_try": count + 1,
    }
    template = "cases/sent_status.html" if request.headers.get("HX-Request") else "cases/sent.html"
    return render(request, template, context)


def shown(rows: Sequence[Case]) -> list[dict[str, Any]]:
    """Known cases as the fragment shows them."""
    return [
        {"case": case, "photos": pictures(case, case.attachments.all(), Attachment.Stage.BEFORE)[:1]}
        for case in rows
    ]


def _again(request: StaffRequest, outcome: Outcome) -> HttpResponse:
    """The form comes back with everything that was typed, taken and seen."""
    form, tray = outcome.form, outcome.tray
    if isinstance(outcome.refusal, SentBefore):
        form.renew_key()
    if not tray.keep(clock.now()):
        form.add_refusal(PhotosLost())
    known = outcome.unseen or (similar_cases(request, form) if "seen" in request.POST else [])
    return _page(request, form, tray, status=outcome.status, similar=known, asks_again=bool(outcome.unseen))


def _page(
    request: StaffRequest,
    form: ReportForm,
    tray: PhotoTray | None = None,
    *,
    status: int = 200,
    similar: Sequence[Case] = (),
    asks_again: bool = False,
) -> HttpResponse:
    form.offer_choices()
    context = {
        "form": form,
        "kept": tray.kept("photos") if tray else [],
        "kept_after": tray.kept("after_photos") if tray else [],
        "governs": governs(request.posts),
        "similar": shown(similar),
        "asks_again": asks_again,
        "asks_place": not form["block"].value(),
        "at": clock.now(),
    }
    return render(request, "cases/new.html", context, status=status)
