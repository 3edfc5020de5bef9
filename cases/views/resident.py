"""Residents without an account: report from the code on the poster of a block, and find a report that was sent.

What is asked too often, or weighs too much, is refused before its body is read. Nothing of a person stands in an
address, and nothing may be kept by a cache, found by a search engine or told to another site.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from blocks.models import Block
from cases.actions import submit
from cases.actions.base import By
from cases.exceptions import PhotosLost, SentBefore
from cases.forms import LookUpForm, PhotoTray, ResidentForm
from cases.forms.resident import STAGES
from cases.models import Case, Reporter
from cases.views.public import REPORTER, closed, unknown
from staffing.middleware import address_of
from yuhu.kit import clock, limits
from yuhu.kit.exceptions import Refusal, TooLarge


class TooMany(Refusal):
    """More than a person sends: 429."""

    status, code = 429, "too_many"

    def __init__(self) -> None:
        self.wait = limits.wait()
        minutes = self.wait // 60 + 1
        sentence = _(
            "Too much was sent from here in a short time. Please try again in %(minutes)d minutes, "
            "or tell the governor of your block."
        )
        super().__init__(sentence % {"minutes": minutes})


@never_cache
# The token of the form is asked for by ``_report``: what is refused before costs no reading of photos.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, token: str) -> HttpResponse:
    """The form behind the code of a block."""
    block = _block_of(token)
    if block is None:
        return closed(render(request, "cases/resident_unknown.html", status=404))
    if request.method == "POST" and (refusal := _refusal(request, block)):
        return _refused(request, refusal)
    return closed(_report(request, token, block))


@csrf_protect
@sensitive_post_parameters("description", "address", "reporter_name", "reporter_phone")
def _report(request: HttpRequest, token: str, block: Block) -> HttpResponse:
    at = clock.now()
    if request.method != "POST":
        return _page(request, token, ResidentForm(block=block, at=at))
    tray = PhotoTray(None, request.POST, request.FILES, STAGES, most=settings.RESIDENT_PHOTOS)
    form = ResidentForm(request.POST, block=block, at=at)
    form.is_valid()
    form.add_photo_errors(tray)
    if form.errors:
        return _again(request, token, form, tray, status=400)
    try:
        by = By(user=None, actor=REPORTER)
        case = submit(new=form.new_case(), photos=tray.photos("photos"), by=by, at=at)
    except Refusal as refusal:
        if isinstance(refusal, SentBefore):
            form.renew()
        form.add_refusal(refusal)
        return _again(request, token, form, tray, status=refusal.status)
    link = Reporter.objects.filter(case=case).values_list("token", flat=True).first()
    # Erased between two presses of the button.
    return redirect("cases:resident_sent", link) if link else unknown(request)


@never_cache
@require_safe
def sent(request: HttpRequest, token: str) -> HttpResponse:
    """It has arrived: the number, and the private link to keep."""
    case = Case.objects.filter(reporter__token=token).only("number").first()
    if case is None:
        return unknown(request)
    link = request.build_absolute_uri(reverse("cases:follow", args=[token]))
    return closed(render(request, "cases/resident_sent.html", {"number": case.number, "link": link}))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("phone")
def look_up(request: HttpRequest) -> HttpResponse:
    """Number and phone lead to the private link; one alone, or a wrong one, tells nothing."""
    if request.method != "POST":
        return _look_up_page(request, LookUpForm())
    form = LookUpForm(request.POST)
    if not _may_look_up(request):
        return _refused(request, TooMany())
    if not form.is_valid():
        return _look_up_page(request, form, status=400)
    number, phone = form.cleaned_data["number"], form.cleaned_data["phone"]
    found = Reporter.objects.same_phone(phone).filter(case__number=number)
    token = found.values_list("token", flat=True).first()
    if token is None:
        form.add_error(None, _("No report has this number and this phone. Please check both."))
        return _look_up_page(request, form, status=404)
    return closed(redirect("cases:follow", token))


def _block_of(token: str) -> Block | None:
    rows = Block.objects.of_poster(token, clock.today()).with_parents()
    return rows.defer("boundary", "community__boundary", "community__street__boundary").first()


def _refusal(request: HttpRequest, block: Block) -> Refusal | None:
    """What is refused unread. Where nobody can count, reports are taken: a trouble is worth more than a flood."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > settings.RESIDENT_MAX_BYTES:
        most = settings.RESIDENT_MAX_BYTES // 1024 // 1024
        sentence = _("Everything together may weigh up to %(most)d MB. Please send fewer or smaller photos.")
        return TooLarge(sentence % {"most": most})
    here = limits.count("resident", address_of(request)) or 0
    of_block = limits.count("poster", block.code) or 0
    if here > settings.RESIDENT_REPORTS_PER_HOUR or of_block > settings.RESIDENT_REPORTS_OF_BLOCK_PER_HOUR:
        return TooMany()
    return None


def _may_look_up(request: HttpRequest) -> bool:
    """Of this address, and for this number from anywhere; not at all where nobody can count."""
    counts = (
        limits.count("look-up", address_of(request)),
        limits.count("looked-up", request.POST.get("number", "").strip()),
    )
    return all(count is not None and count <= settings.RESIDENT_LOOKUPS_PER_HOUR for count in counts)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    answer = render(request, f"{refusal.status}.html", {"refusal": refusal}, status=refusal.status)
    if refusal.wait is not None:
        answer["Retry-After"] = str(refusal.wait)
    return closed(answer)


def _again(
    request: HttpRequest, token: str, form: ResidentForm, tray: PhotoTray, *, status: int
) -> HttpResponse:
    """The form comes back with everything that was typed."""
    if not tray.keep(clock.now()):
        form.add_refusal(PhotosLost(field="photos"))
    return _page(request, token, form, status=status)


def _page(request: HttpRequest, token: str, form: ResidentForm, *, status: int = 200) -> HttpResponse:
    form.offer_choices()
    context: dict[str, Any] = {"form": form, "here": form.block, "token": token}
    context["most_photos"] = settings.RESIDENT_PHOTOS
    return render(request, "cases/resident.html", context, status=status)


def _look_up_page(request: HttpRequest, form: LookUpForm, *, status: int = 200) -> HttpResponse:
    return closed(render(request, "cases/resident_look_up.html", {"form": form}, status=status))
