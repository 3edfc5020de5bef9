"""The reporter's name and phone in clear, for somebody who must call back: once, for a reason, after a fresh log-in."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cases.actions import unmask
from cases.forms import UnmaskForm
from cases.policies import Look, may_unmask
from cases.views.visible import by_of, visible_case
from staffing.middleware import StaffRequest, has_proven, has_second, prove
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden, Refusal

# A log-in is fresh for ten minutes.
FRESH_SECONDS = 600


@sensitive_post_parameters("password")
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: StaffRequest, number: str) -> HttpResponse:
    """Asks for the reason, and for the password unless it was given just now; shows both on the answer only."""
    case, at = visible_case(request, number), clock.now()
    verdict = may_unmask(Look(case, request.user, at))
    if not verdict:
        raise Forbidden(verdict.reason)
    if settings.SECOND_FACTOR == "required" and not has_second(request):
        return redirect(f"{reverse('second_factor')}?{urlencode({'next': request.path})}")
    ask = not has_proven(request, within_seconds=FRESH_SECONDS)
    form = UnmaskForm(request.POST if request.method == "POST" else None, ask_password=ask)
    context = {"case": case, "form": form}
    if request.method != "POST":
        return render(request, "cases/person.html", context)
    if form.is_valid() and ask and not is_the_person(request, form.cleaned_data["password"]):
        form.add_error("password", _("This is not your password. Please try again."))
    if form.errors:
        return render(request, "cases/person.html", context, status=400)
    try:
        name, phone = unmask(case_id=case.pk, reason=form.cleaned_data["reason"], by=by_of(request), at=at)
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        return render(request, "cases/person.html", context, status=refusal.status)
    return render(request, "cases/person.html", {"case": case, "shown": True, "name": name, "phone": phone})


def is_the_person(request: StaffRequest, password: str) -> bool:
    """Whether the password is the person's. Through the same back ends as the log-in, so that guessing here is counted
    and locked out as there."""
    known = authenticate(request, username=request.user.get_username(), password=password)
    if known is None or known.pk != request.user.pk:
        return False
    # The check may have stored the password anew with a stronger hash, on which the session hangs.
    update_session_auth_hash(request, known)
    prove(request)
    return True
