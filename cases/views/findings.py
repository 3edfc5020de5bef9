"""A finding of a visit becomes a case: on the phone, with photos. One that is a case already leads to that case."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.actions import report_finding
from cases.exceptions import PhotosLost
from cases.forms import PhotoTray
from cases.forms.visits import STAGES, CaseForm
from cases.models import Case
from cases.policies import may_report_finding
from cases.views.visible import by_of
from staffing.middleware import StaffRequest
from staffing.models import Finding
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden, NotFound, Refusal


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def make_case(request: StaffRequest, pk: int) -> HttpResponse:
    """The form that makes a case of a finding."""
    finding = _seen(request, pk)
    if (case := finding.cases.first()) is not None:
        return _there(request, finding, case)
    verdict = may_report_finding(request.user, finding, on=clock.today())
    if not verdict:
        raise Forbidden(verdict.reason, code=verdict.code)
    if request.method != "POST":
        return render(
            request, "cases/visits/case.html", {"form": CaseForm(finding=finding), "finding": finding}
        )
    tray = PhotoTray(request.user, request.POST, request.FILES, STAGES)
    form = CaseForm(request.POST, finding=finding)
    form.is_valid()
    for sentence in tray.errors.get("photos", []):
        form.add_error("photos", sentence)
    if form.errors:
        return _again(request, finding, form, tray, status=400)
    given = {name: form.cleaned_data[name] for name in ("category", "description")}
    try:
        case = report_finding(
            finding=finding, photos=tray.photos("photos"), by=by_of(request), at=clock.now(), **given
        )
    except Refusal as refusal:
        form.add_refusal(refusal)
        return _again(request, finding, form, tray, status=refusal.status)
    tray.forget()
    return redirect("cases:sent", case.number)


def _there(request: StaffRequest, finding: Finding, case: Case) -> HttpResponse:
    """Pressed twice, or by two people: the one case, where it may be seen."""
    if Case.objects.within(request.scope).filter(pk=case.pk).exists():
        messages.info(request, _("This became case %(number)s already.") % {"number": case.number})
        return redirect(case)
    messages.info(request, _("This finding became a case already."))
    return redirect("cases:visit", finding.visit_id)


def _again(
    request: StaffRequest, finding: Finding, form: CaseForm, tray: PhotoTray, *, status: int
) -> HttpResponse:
    if not tray.keep(clock.now()):
        form.add_refusal(PhotosLost(field="photos"))
    context = {"form": form, "finding": finding, "kept": tray.kept("photos")}
    return render(request, "cases/visits/case.html", context, status=status)


def _seen(request: StaffRequest, pk: int) -> Finding:
    rows = Finding.objects.within(request.scope).select_related("visit__block").filter(pk=pk)
    row = rows.defer("visit__block__boundary").prefetch_related("visit__cadres").first()
    if row is None:
        raise NotFound
    return row
