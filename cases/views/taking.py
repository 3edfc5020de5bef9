"""What becomes of a report that a page or a phone's queue sends: stored, added to a known case, or why not.

Leaves to others: how it is answered (``report`` with pages, ``unsent`` with JSON).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from cases.actions import join, submit
from cases.exceptions import NoSuchCase
from cases.forms import PhotoTray, ReportForm
from cases.forms.report import STAGES
from cases.geometry import Surroundings
from cases.models import Case
from cases.views.visible import by_of
from staffing.middleware import StaffRequest
from staffing.policies import may
from staffing.posts import Capability
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden, Refusal
from yuhu.kit.text import has_control

# So many known cases are shown; who has seen three of them knows enough.
SIMILAR_SHOWN = 3


@dataclass(frozen=True)
class Outcome:
    """``case`` is where the report is now; without one, the form says why, or ``unseen`` are cases to look at first."""

    form: ReportForm
    tray: PhotoTray
    case: Case | None = None
    status: int = 200
    joined: bool = False
    unseen: Sequence[Case] = field(default_factory=tuple)
    refusal: Refusal | None = None


def require_reporter(request: StaffRequest) -> None:
    """Raises ``Forbidden`` for whoever holds no post that reports."""
    verdict = may(request.user, Capability.REPORT_CASE, on=clock.today())
    if not verdict:
        raise Forbidden(verdict.reason)


def take(request: StaffRequest, *, asks: bool = True) -> Outcome:
    """Store what was posted, once for its key. ``asks``: somebody is there who can look at similar cases first."""
    tray = PhotoTray(request.user, request.POST, request.FILES, STAGES)
    form = form_of(request, request.POST, tray)
    form.is_valid()
    form.add_photo_errors(tray)
    if "join" in request.POST:
        return _join(request, form, tray)
    if form.errors:
        return Outcome(form, tray, status=400)
    known = similar_cases(request, form) if asks else []
    if any(case.number not in request.POST.getlist("seen") for case in known):
        return Outcome(form, tray, unseen=known)
    try:
        case = submit(
            new=form.new_case(request.user),
            photos=tray.photos("photos"),
            solution=form.solution(tray),
            by=by_of(request),
            at=clock.now(),
        )
    except Refusal as refusal:
        return _refused(form, tray, refusal)
    tray.forget()
    return Outcome(form, tray, case=case)


def form_of(
    request: StaffRequest, data: QueryDict | None = None, tray: PhotoTray | None = None
) -> ReportForm:
    """The report form of this person today."""
    offered = tray.place() if tray else None
    return ReportForm(data, scope=request.scope, posts=request.posts, on=clock.today(), offered=offered)


def similar_cases(request: StaffRequest, form: ReportForm) -> list[Case]:
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


def _join(request: StaffRequest, form: ReportForm, tray: PhotoTray) -> Outcome:
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
        return Outcome(form, tray, status=400)
    try:
        text = form.cleaned_data["description"]
        case = join(
            case_id=known.pk, text=text, photos=tray.photos("photos"), by=by_of(request), at=clock.now()
        )
    except Refusal as refusal:
        return _refused(form, tray, refusal)
    tray.forget()
    return Outcome(form, tray, case=case, joined=True)


def _refused(form: ReportForm, tray: PhotoTray, refusal: Refusal) -> Outcome:
    form.add_refusal(refusal)
    return Outcome(form, tray, status=refusal.status, refusal=refusal)
