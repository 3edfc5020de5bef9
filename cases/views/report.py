"""Reporting: the form, the hint that the same is already known, and the page that says who deals with it now."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cases import routing
from cases.actions import join, submit
from cases.exceptions import NoSuchCase, PhotosLost, SentBefore
from cases.forms import PhotoTray, ReportForm
from cases.forms.report import STAGES
from cases.geometry import Surroundings
from cases.models import Attachment, Case
from cases.policies import governs
from cases.states import State
from cases.views.photos import pictures
from cases.views.visible import by_of
from staffing.middleware import StaffRequest
from staffing.policies import may
from staffing.posts import Capability
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden, Refusal
from yuhu.kit.text import has_control

# So many known cases are shown; who has seen three of them knows enough.
SIMILAR_SHOWN = 3
# The confirmation asks so often whether there is a receiver by now, with growing pauses (seconds).
PAUSES = (1, 1, 2, 3, 5, 8, 15)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """The report form."""
    verdict = may(request.user, Capability.REPORT_CASE, on=clock.today())
    if not verdict:
        raise Forbidden(verdict.reason)
    if request.method != "POST":
        return _page(request, _form(request))
    tray = PhotoTray(request.user, request.POST, request.FILES, STAGES)
    form = _form(request, request.POST, tray)
    form.is_valid()
    form.add_photo_errors(tray)
    if "join" in request.POST:
        return _join(request, form, tray)
    if form.errors:
        return _again(request, form, tray, status=400)
    at = clock.now()
    known = _similar(request, form)
    if any(case.number not in request.POST.getlist("seen") for case in known):
        return _again(request, form, tray, status=200, unseen=known)
    try:
        case = submit(
            new=form.new_case(request.user),
            photos=tray.photos("photos"),
            solution=form.solution(tray),
            by=by_of(request),
            at=at,
        )
    except Refusal as refusal:
        if isinstance(refusal, SentBefore):
            form.renew_key()
        form.add_refusal(refusal)
        return _again(request, form, tray, status=refusal.status)
    tray.forget()
    return redirect("cases:sent", case.number)


@login_required
@require_safe
def similar(request: StaffRequest) -> HttpResponse:
    """A fragment of the form: open cases of the same kind near the place."""
    form = _form(request, request.GET)
    form.is_valid()
    rows = _similar(request, form)
    return render(request, "cases/similar.html", {"similar": _shown(rows), "at": clock.now()})


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


def _form(request: StaffRequest, data: QueryDict | None = None, tray: PhotoTray | None = None) -> ReportForm:
    offered = tray.place() if tray else None
    return ReportForm(data, scope=request.scope, posts=request.posts, on=clock.today(), offered=offered)


def _similar(request: StaffRequest, form: ReportForm) -> list[Case]:
    """Open cases of the same category near by that this person may see, newest first; not the one sent from here."""
    place = form.place()
    if not place["category"]:
        return []
    around = None
    if place["longitude"] is not None and place["latitude"] is not None:
        around = Surroundings(place["longitude"], place["latitude"], settings.DUPLICATE_METRES)
    since = clock.now() - dt.timedelta(days=settings.DUPLICATE_DAYS)
    found = Case.objects.within(request.scope).similar(
        category=place["category"], block=place["block"], around=around, since=since
    )
    others = found.exclude(submission_key=form.submission_key(request.user)).for_lists()
    return list(others.prefetch_related("attachments").order_by("-reported_at", "-pk")[:SIMILAR_SHOWN])


def _shown(rows: list[Case]) -> list[dict[str, Any]]:
    return [
        {"case": case, "photos": pictures(case, case.attachments.all(), Attachment.Stage.BEFORE)[:1]}
        for case in rows
    ]


def _join(request: StaffRequest, form: ReportForm, tray: PhotoTray) -> HttpResponse:
    """Text and photos go to a case that is known already, instead of a new one."""
    number = request.POST["join"]
    known = None if has_control(number) else Case.objects.within(request.scope).filter(number=number).first()
    if known is None:
        raise NoSuchCase
    if form.has_person:
        sentence = _(
            "Somebody waits for an answer: please report it. The duty officer can merge the two cases."
        )
        form.add_error(None, sentence)
    if form.errors.keys() & {"description", "photos", "__all__"}:
        return _again(request, form, tray, status=400)
    try:
        text = form.cleaned_data["description"]
        case = join(
            case_id=known.pk, text=text, photos=tray.photos("photos"), by=by_of(request), at=clock.now()
        )
    except Refusal as refusal:
        form.add_refusal(refusal)
        return _again(request, form, tray, status=refusal.status)
    tray.forget()
    messages.success(request, _("Your report was added to this case. You will see how it goes on here."))
    return redirect(case)


def _again(
    request: StaffRequest,
    form: ReportForm,
    tray: PhotoTray,
    *,
    status: int,
    unseen: list[Case] | None = None,
) -> HttpResponse:
    """The form comes back with everything that was typed, taken and seen; ``unseen`` is why it was not sent."""
    if not tray.keep(clock.now()):
        form.add_refusal(PhotosLost())
    known = unseen or (_similar(request, form) if "seen" in request.POST else [])
    return _page(request, form, tray, status=status, similar=known, asks_again=bool(unseen))


def _page(
    request: StaffRequest,
    form: ReportForm,
    tray: PhotoTray | None = None,
    *,
    status: int = 200,
    similar: list[Case] | None = None,
    asks_again: bool = False,
) -> HttpResponse:
    form.offer_choices()
    context = {
        "form": form,
        "kept": tray.kept("photos") if tray else [],
        "kept_after": tray.kept("after_photos") if tray else [],
        "governs": governs(request.posts),
        "similar": _shown(similar or []),
        "asks_again": asks_again,
        "asks_place": not form["block"].value(),
        "at": clock.now(),
    }
    return render(request, "cases/new.html", context, status=status)
