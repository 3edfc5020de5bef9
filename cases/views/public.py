"""The reporter's private page: no account, only the link's secret. What was reported, how it stands, rate, reopen.

Shows the person's own words and the result, never who else has to do with it. Nothing of it may be kept by a cache,
found by a search engine or told to another site.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cases.actions import move
from cases.actions.base import By
from cases.exceptions import NotYourMove, WrongState
from cases.forms import MoveForm
from cases.models import Attachment, Case, Note
from cases.policies import Look, may_move
from cases.states import MOVES, RejectCode, Relation, State
from cases.views.photos import Picture, jpeg
from yuhu.journal.actions import Actor
from yuhu.kit import clock
from yuhu.kit.exceptions import Refusal

REPORTER = Actor(id=None, name="reporter", post="reporter")
OFFERED = ("rate", "reopen")
# The result is shown once somebody who did not do the work has found it effective.
SHOWN = (State.EVALUATED, State.CLOSED)

# How it stands, in the words of somebody who waits.
PLAIN: dict[State, str | Promise] = {
    State.REPORTED: gettext_lazy("We have received it. It is being passed to those who deal with it."),
    State.DISPATCHED: gettext_lazy("It was passed to those who deal with it. They will begin soon."),
    State.IN_PROGRESS: gettext_lazy("It is being worked on."),
    State.SUSPENDED: gettext_lazy("It cannot be done just now. It will be looked at again on the day below."),
    State.HANDLED: gettext_lazy("It was worked on. Somebody else is checking the result now."),
    State.EVALUATED: gettext_lazy("It was done and checked. Please tell us whether you are satisfied."),
    State.CLOSED: gettext_lazy("It is closed."),
    State.REJECTED: gettext_lazy("It could not be accepted here."),
    State.VOID: gettext_lazy("It was taken out, for example because it had been recorded by mistake."),
    State.MERGED: gettext_lazy("The same trouble had been reported already; both are dealt with together."),
}
HEADERS = {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow, noarchive"}


@never_cache
@require_safe
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """How the report stands."""
    case = _case_of(token)
    return unknown(request) if case is None else _page(request, token, case)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """Rate or reopen."""
    case = _case_of(token)
    if case is None or name not in OFFERED:
        return unknown(request)
    if request.method != "POST":
        return redirect("cases:follow", token)
    at = clock.now()
    form = MoveForm(MOVES[name], case=case, at=at, data=request.POST)
    if not form.is_valid():
        return _page(request, token, case, form=form, status=400)
    try:
        by = By(user=None, actor=REPORTER)
        move(case_id=case.pk, name=name, by=by, at=at, data=form.values(), relation=Relation.REPORTER)
    except WrongState:
        # Sent twice, or answered on another device: the page says how it stands now.
        messages.info(request, _("Your answer was taken already. This is how it stands."))
    except NotYourMove as refusal:
        messages.warning(request, str(refusal.message))
        return _page(request, token, case, status=refusal.status)
    except Refusal as refusal:
        form.add_refusal(refusal)
        return _page(request, token, case, form=form, status=refusal.status)
    else:
        messages.success(request, str(THANKS[name]))
    return redirect("cases:follow", token)


THANKS: dict[str, str | Promise] = {
    "rate": gettext_lazy("Thank you. Your answer has been recorded."),
    "reopen": gettext_lazy("Thank you. It is taken up again, and you will be asked once more."),
}


@never_cache
@require_safe
def photo(request: HttpRequest, token: str, pk: int, *, small: bool = False) -> HttpResponse:
    """A photo of the result."""
    rows = Attachment.objects.filter(
        case__reporter__token=token, case__state__in=SHOWN, stage=Attachment.Stage.AFTER
    )
    row = rows.filter(pk=pk).first()
    if row is None:
        return unknown(request)
    response = jpeg(request, row.thumbnail if small else row.file, etag=f"{row.sha256}-{small:d}")
    return closed(response)


def _case_of(token: str) -> Case | None:
    """The case alone: what hangs on it is asked for by whoever shows it."""
    return Case.objects.filter(reporter__token=token).first()


def _page(
    request: HttpRequest, token: str, case: Case, *, form: MoveForm | None = None, status: int = 200
) -> HttpResponse:
    at, case = clock.now(), Case.objects.for_pages().get(pk=case.pk)
    look = Look(case, None, at, Relation.REPORTER)
    rating = look.last_rating
    open_forms = [
        form if form and form.move.name == name else MoveForm(MOVES[name], case=case, at=at)
        for name in OFFERED
        if case.state in MOVES[name].sources and may_move(look, name)
    ]
    context: dict[str, Any] = {
        "case": case,
        "token": token,
        "plain": PLAIN[State(case.state)],
        "ground": dict(RejectCode.choices).get(case.end_code, ""),
        "result": _result(case),
        "photos": _pictures(case, token),
        "rating": rating,
        "rating_icon": f"face-{rating.satisfaction}" if rating else "",
        "forms": open_forms,
        "at": at,
    }
    return closed(render(request, "cases/follow.html", context, status=status))


def _result(case: Case) -> Note | None:
    """What was done."""
    if case.state not in SHOWN:
        return None
    notes = {note.pk: note for note in case.notes.all()}
    done = [notes[order.result_id] for order in case.orders.all() if order.result_id in notes]
    return done[-1] if done else None


def _pictures(case: Case, token: str) -> list[Picture]:
    if case.state not in SHOWN:
        return []
    rows = [row for row in case.attachments.all() if row.stage == Attachment.Stage.AFTER]
    return [
        Picture(
            url=reverse("cases:follow_photo", args=[token, row.pk]),
            thumbnail=reverse("cases:follow_thumbnail", args=[token, row.pk]),
            label=_("Result: photo %(number)d") % {"number": number},
        )
        for number, row in enumerate(rows, start=1)
    ]


def unknown(request: HttpRequest) -> HttpResponse:
    """A private link that leads nowhere."""
    return closed(render(request, "cases/unknown.html", status=404))


def closed(response: HttpResponse) -> HttpResponse:
    """Nothing of it is told onward."""
    for name, value in HEADERS.items():
        response[name] = value
    return response
