"""One leave, for those who are told of it and have no desk."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from staffing.figures import turns_of
from staffing.middleware import StaffRequest
from staffing.models import Absence
from staffing.policies import may
from staffing.posts import Capability
from yuhu.kit import clock


@require_safe
@login_required
def leave(request: StaffRequest, pk: int) -> HttpResponse:
    """Who is away and who acts when: for whoever sees the area, the person, and those who stand in."""
    absence = Absence.objects.within(request.scope).select_related("person").filter(pk=pk).first()
    if absence is None:
        raise Http404
    today = clock.today()
    context = {
        "absence": absence,
        "state": absence.state(today),
        "turns": turns_of(absence),
        "has_desk": bool(may(request.user, Capability.USE_ADMIN, on=today)),
    }
    return render(request, "staffing/leave.html", context)
