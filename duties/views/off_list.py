"""Tasks that a department pushed past the lists (清单外事项), told from the phone; own reports and how they stand.

Only inspection and the reporter ever see one. Leaves to others: who may (policies), what happens (actions).
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from duties.actions import Pushed, report_off_list
from duties.exceptions import AskedAlready
from duties.forms import OffListForm
from duties.models import OffListReport
from duties.policies.admissions import may_report
from staffing.middleware import StaffRequest
from staffing.models import Unit
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden, NotFound, Refusal

MOST = 100


@login_required
@require_safe
def reports(request: StaffRequest) -> HttpResponse:
    """What the person has reported, newest first."""
    verdict = may_report(request.user, clock.now())
    rows = list(_own(request)[:MOST])
    if not verdict and not rows:
        raise Forbidden(verdict.reason, code=verdict.code)
    return render(request, "duties/off_list.html", {"reports": rows, "may_report": bool(verdict)})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Tell of one."""
    at = clock.now()
    verdict = may_report(request.user, at)
    if not verdict:
        raise Forbidden(verdict.reason, code=verdict.code)
    departments = Unit.objects.filter(kind=Unit.Kind.DEPARTMENT).exclude(pk__in=request.scope.seats)
    form = OffListForm(
        request.POST or None, departments=departments.order_by("code"), initial={"received_on": clock.today()}
    )
    if request.method != "POST":
        return render(request, "duties/off_list_new.html", {"form": form})
    status = 400
    if form.is_valid():
        try:
            report = report_off_list(
                pushed=Pushed(**form.cleaned_data), by=request.user, at=at, actor=request.actor
            )
        except AskedAlready as refusal:
            return _pressed_twice(request, form, refusal)
        except Refusal as refusal:
            form.add_refusal(refusal)
            status = refusal.status
        else:
            text = _(
                "It went to inspection only. Your name is shown to nobody else; you will be told the outcome."
            )
            messages.success(request, text)
            return redirect("duties:off_list_report", report.pk)
    return render(request, "duties/off_list_new.html", {"form": form}, status=status)


@login_required
@require_safe
def report(request: StaffRequest, pk: int) -> HttpResponse:
    """One of the person's own reports."""
    found = _own(request).select_related("item__list", "admission").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return render(request, "duties/off_list_report.html", {"report": found})


def _pressed_twice(request: StaffRequest, form: OffListForm, refusal: Refusal) -> HttpResponse:
    """The same department and the same words: the report that is there."""
    given: dict[str, Any] = form.cleaned_data
    same = _own(request).open().filter(department=given["department"], what=given["what"].strip()).first()
    messages.info(request, str(refusal.message))
    return redirect("duties:off_list_report", same.pk) if same else redirect("duties:off_list")


def _own(request: StaffRequest) -> Any:
    rows = OffListReport.objects.within(request.scope).filter(reported_by=request.user)
    return rows.select_related("department").order_by("-reported_at", "-pk")
