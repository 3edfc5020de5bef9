"""Erasing what an ended case holds of a person, by a leader and for a reason."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.actions import Erasure, erase
from cases.forms import EraseForm
from cases.policies import Look, may_erase
from cases.views.visible import by_of, visible_case
from staffing.middleware import StaffRequest
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden, Refusal


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erasing(request: StaffRequest, number: str) -> HttpResponse:
    """Shows what is there and erases what was ticked."""
    case, at = visible_case(request, number), clock.now()
    verdict = may_erase(Look(case, request.user, at))
    if not verdict:
        raise Forbidden(verdict.reason)
    form = EraseForm(request.POST if request.method == "POST" else None, case=case)
    if form.is_valid():
        try:
            erase(
                case_id=case.pk,
                what=_chosen(form),
                reason=form.cleaned_data["reason"],
                by=by_of(request),
                at=at,
            )
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        else:
            messages.success(request, _("It was erased. The journal keeps that it was, and by whom."))
            return redirect(case.get_absolute_url())
    return render(
        request, "cases/erase.html", {"case": case, "form": form}, status=400 if form.errors else 200
    )


def _chosen(form: EraseForm) -> Erasure:
    data = form.cleaned_data
    return Erasure(
        person=data.get("person", False),
        report=data.get("report", False),
        notes=frozenset(data.get("notes", ())),
        photos=frozenset(data.get("photos", ())),
    )
