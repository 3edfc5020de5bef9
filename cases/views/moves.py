"""Moves: one address for each move of a case. GET shows the case with that form unfolded, POST carries it out.

Whatever is refused, the page comes back with what was typed and with the photos, on the case as it is now.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.actions import move_with_photos
from cases.exceptions import NotYourMove, PhotosLost, WrongState
from cases.forms import MoveForm, PhotoTray
from cases.forms.moves import STAGES
from cases.models import Case
from cases.policies import MACHINES, just_made
from cases.states import MOVES, Move
from cases.views.detail import Notice, Opened, case_page
from cases.views.visible import by_of, visible_case
from staffing.middleware import StaffRequest
from yuhu.kit import clock
from yuhu.kit.exceptions import Refusal, Stale


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: StaffRequest, number: str, name: str) -> HttpResponse:
    """One move of one case."""
    if name not in MOVES or MOVES[name].who <= MACHINES:
        raise Http404
    if request.method != "POST":
        return case_page(request, number, opened=Opened(name))
    case, at, declared = visible_case(request, number), clock.now(), MOVES[name]
    form = MoveForm(declared, case=case, at=at, scope=request.scope, data=request.POST)
    tray = PhotoTray(request.user, request.POST, request.FILES, STAGES if form.takes_photos else {})
    if not _is_whole(form, tray):
        return _again(request, form, tray, status=400)
    try:
        moved = move_with_photos(
            case_id=case.pk,
            name=name,
            data=form.values(),
            photos=tray.photos("attachments") if form.takes_photos else (),
            by=by_of(request),
            at=at,
            if_match=form.if_match,
        )
    except Refusal as refusal:
        return _refused(request, form, tray, refusal)
    tray.forget()
    return _done(request, moved, declared)


def _is_whole(form: MoveForm, tray: PhotoTray) -> bool:
    """Every mistake that can be seen before the action is asked, told at once."""
    whole = form.is_valid()
    for field, sentences in tray.errors.items():
        for sentence in sentences:
            form.add_error(field, sentence)
    return whole and not tray.errors


def _done(request: StaffRequest, case: Case, declared: Move) -> HttpResponse:
    words = {"move": declared.label, "state": case.get_state_display()}
    messages.success(request, _("Done: %(move)s. The case is now: %(state)s.") % words)
    if not Case.objects.within(request.scope).filter(pk=case.pk).exists():
        # It went to others, and this person has no part in it any more.
        return redirect("cases:list")
    return redirect(case)


def _refused(request: StaffRequest, form: MoveForm, tray: PhotoTray, refusal: Refusal) -> HttpResponse:
    """Somebody was faster, it is not this person's to do, or an answer does not fit."""
    overtaken = isinstance(refusal, Stale | WrongState)
    if overtaken and just_made(form.case, form.move.name, request.user, clock.now()):
        return _done(request, visible_case(request, form.case.number), form.move)
    if overtaken or isinstance(refusal, NotYourMove):
        text = _("Somebody was faster: the case has changed. Look at it and decide anew.")
        text = text if overtaken else str(refusal.message)
        return _again(
            request, form, tray, status=refusal.status, notice=Notice("warning", text, _typed(form))
        )
    form.add_refusal(refusal)
    return _again(request, form, tray, status=refusal.status)


def _typed(form: MoveForm) -> list[tuple[str, str]]:
    """What would be lost if the move is no longer offered."""
    shown = [
        (str(field.label), str(field.value() or "")) for field in form.shown() if field.name != "confirmed"
    ]
    return [(label, text) for label, text in shown if text and text != "[]"]


def _again(
    request: StaffRequest, form: MoveForm, tray: PhotoTray, *, status: int, notice: Notice | None = None
) -> HttpResponse:
    kept = tray.keep(clock.now())
    case = visible_case(request, form.case.number)
    if notice is not None:
        # The same answers on the case of now, so that one press sends them once more.
        data = request.POST.copy()
        data["version"] = case.etag
        form = MoveForm(form.move, case=case, at=clock.now(), scope=request.scope, data=data)
    if not kept:
        form.add_refusal(PhotosLost())
    opened = Opened(form.move.name, form, tray)
    return case_page(request, case.number, opened=opened, notice=notice, status=status)
