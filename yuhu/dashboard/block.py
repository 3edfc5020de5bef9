"""One's own block (我的区块): its outline, its open cases on the map and in words, its poster, its people's way in.

For whoever holds a post in a block, several blocks with a chooser, and for everybody whose area holds the block that is
asked for. Doors only: which cases one sees is ``within``, what waits is ``cases.figures``.
"""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from blocks.models import Block
from cases.figures import Turn, turns
from cases.models import Case
from staffing.middleware import StaffRequest
from staffing.policies import may_print_posters, plans_visits
from yuhu.kit import clock
from yuhu.kit.exceptions import NotFound
from yuhu.kit.scope import BLOCK

SHOWN = 60


@never_cache
@login_required
@require_safe
def my_block(request: StaffRequest) -> HttpResponse:
    """The block, with everything that is open in it."""
    at = clock.now()
    today = clock.local_date(at)
    own = list(dict.fromkeys(post.block_code for post in request.posts if post.block_code))
    asked = request.GET.get("block", "")
    code = asked if _opens(request, asked) else "" if asked else next(iter(own), "")
    known = list(_blocks(request, {code, *own}, today)) if code else []
    block = next((row for row in known if row.code == code), None)
    if block is None:
        raise NotFound(_("You hold no post in a block. Choose a block from the list of blocks."))
    rows = Case.objects.within(request.scope).in_area(code).open()
    found = turns(rows.for_lists().order_by("due_at", "pk")[:SHOWN], at)
    context = {
        "here": block,
        "own": [row for row in known if row.code in own],
        "groups": _groups(found),
        "count": len(found) if len(found) < SHOWN else rows.count(),
        "shown": len(found),
        "points": [_point(turn, block) for turn in found],
        "prints": bool(may_print_posters(request.user, area=code, on=today)),
        "visits": bool(plans_visits(request.user, on=today)),
        "at": at,
    }
    return render(request, "dashboard/block.html", context)


def _opens(request: StaffRequest, code: str) -> bool:
    return len(code) == BLOCK and code.isascii() and code.isdigit() and request.scope.covers(code)


def _blocks(request: StaffRequest, codes: set[str], on: Any) -> Any:
    rows = Block.objects.within(request.scope).in_force(on).filter(code__in=sorted(codes)).with_parents()
    return rows.defer("boundary", "community__boundary", "community__street__boundary").order_by("code")


def _groups(found: list[Turn]) -> list[tuple[str, list[Turn]]]:
    """By lateness, as the points of the map have it; empty groups are left out."""
    late = [turn for turn in found if turn.is_late]
    soon = [turn for turn in found if turn.is_soon]
    rest = [turn for turn in found if not turn.is_late and not turn.is_soon]
    groups = ((_("Overdue"), late), (_("Due soon"), soon), (_("Not due yet"), rest))
    return [(label, turned) for label, turned in groups if turned]


def _point(turn: Turn, block: Block) -> dict[str, Any]:
    """Where the case is, else the middle of the block; said by shape, colour and words."""
    case = turn.case
    longitude, latitude = (case.longitude, case.latitude) if case.longitude is not None else block.centroid
    label = f"{case.category.label} {case.address or block.name}"
    return {
        "longitude": longitude,
        "latitude": latitude,
        "label": label,
        "url": case.get_absolute_url(),
        "tone": turn.tone,
    }
