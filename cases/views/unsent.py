"""What waits on a person's phone: its page, whom the phone speaks for, and the door through which reports are sent.

The queue itself lives in the browser (static/src/js/queue). It repeats a report until it gets a final answer, so every
answer here is JSON with a status that is meant; once for its key is the action's promise (``cases.actions.submit``).
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from cases.exceptions import AnotherPerson
from cases.forms import ReportForm
from cases.views.report import PERSON, shown
from cases.views.taking import Outcome, require_reporter, take
from staffing.middleware import StaffRequest
from yuhu.kit import clock
from yuhu.kit.exceptions import Refusal

Problem = dict[str, str]


@never_cache
@login_required
@require_safe
def unsent(request: StaffRequest) -> HttpResponse:
    """The page of what waits; the browser fills it."""
    response = render(request, "cases/unsent.html")
    response[PERSON] = str(request.user.pk)
    return response


@never_cache
@require_safe
def who(request: StaffRequest) -> JsonResponse:
    """Who is logged in here, and a token to send with: those of a page that a phone kept may have ended."""
    if not request.user.is_authenticated:
        return _nobody()
    return JsonResponse({"person": str(request.user.pk), "token": get_token(request)})


@sensitive_post_parameters("reporter_name", "reporter_phone")
@never_cache
@require_POST
def send(request: StaffRequest) -> JsonResponse:
    """Take one report. 201 with its number, also for the same report again; else what is to be mended."""
    if not request.user.is_authenticated:
        return _nobody()
    try:
        if request.POST.get("person") != str(request.user.pk):
            raise AnotherPerson
        require_reporter(request)
        outcome = take(request, asks="asks" in request.POST)
    except Refusal as refusal:
        problem = {"field": refusal.field or "", "label": "", "detail": str(refusal.message)}
        return _refused(refusal, [problem])
    if outcome.case is not None:
        page = outcome.case.get_absolute_url()
        url = page if outcome.joined else reverse("cases:sent", args=[outcome.case.number])
        return JsonResponse({"number": outcome.case.number, "url": url}, status=201)
    if outcome.unseen:
        return _known(request, outcome)
    if outcome.refusal is not None:
        return _refused(outcome.refusal, _problems(outcome.form))
    return _answer(outcome.status, "invalid", _problems(outcome.form))


def _known(request: StaffRequest, outcome: Outcome) -> JsonResponse:
    """The same may be known: the fragment of the form that asks, and a sentence for the list of what waits."""
    context = {"similar": shown(outcome.unseen), "at": clock.now(), "asks_again": True}
    sentence = _("A case of the same kind near by is open already. Look at it, or send yours all the same.")
    problem = {"field": "", "label": "", "detail": sentence}
    body = {
        "code": "similar",
        "errors": [problem],
        "html": render_to_string("cases/similar.html", context, request),
        "seen": [case.number for case in outcome.unseen],
    }
    return JsonResponse(body, status=409)


def _problems(form: ReportForm) -> list[Problem]:
    """Every sentence with the field that it means."""
    return [
        {
            "field": name if name in form.fields else "",
            "label": str(form[name].label) if name in form.fields else "",
            "detail": str(sentence),
        }
        for name, sentences in form.errors.items()
        for sentence in sentences
    ]


def _refused(refusal: Refusal, problems: list[Problem]) -> JsonResponse:
    response = _answer(refusal.status, refusal.code, problems)
    if refusal.wait is not None:
        response["Retry-After"] = str(refusal.wait)
    return response


def _nobody() -> JsonResponse:
    detail = _("Please log in to go on. What you typed on this device is kept.")
    return _answer(401, "not_authenticated", [{"field": "", "label": "", "detail": detail}])


def _answer(status: int, code: str, problems: list[Problem]) -> JsonResponse:
    return JsonResponse({"code": code, "errors": problems}, status=status)
