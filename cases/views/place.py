"""Which block lies under a point: what a phone asks when it knows where it is."""

import math

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from blocks.models import Block
from cases.exceptions import NoBlockHere
from staffing.middleware import StaffRequest
from yuhu.kit import clock
from yuhu.kit.exceptions import Invalid, Refusal


@login_required
@require_safe
def here(request: StaffRequest) -> JsonResponse:
    """``code`` and ``name`` of the block at ``longitude`` and ``latitude``; 404 with a sentence outside every block."""
    try:
        longitude, latitude = _degrees(request, "longitude"), _degrees(request, "latitude")
        rows = Block.objects.within(request.scope)
        block = rows.locate(longitude=longitude, latitude=latitude, on=clock.today())
        if block is None:
            return _answer(NoBlockHere(), status=404)
    except Refusal as refusal:
        return _answer(refusal, status=refusal.status)
    return JsonResponse({"code": block.code, "name": block.name})


def _degrees(request: HttpRequest, name: str) -> float:
    try:
        value = float(request.GET.get(name, "")[:40])
    except ValueError:
        raise Invalid(field=name) from None
    if not math.isfinite(value):
        raise Invalid(field=name)
    return value


def _answer(refusal: Refusal, *, status: int) -> JsonResponse:
    return JsonResponse({"code": refusal.code, "detail": str(refusal.message)}, status=status)
