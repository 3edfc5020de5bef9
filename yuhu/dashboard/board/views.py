"""Doors of the board: who looks at which area, in which period; ask the figures, render. Nothing is written here."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.figures.indicators.choice import OF_PARTS
from cases.figures.points import Box, points_of
from cases.models import Case
from staffing.middleware import StaffRequest
from staffing.policies import may
from staffing.posts import Capability
from yuhu.dashboard.board import area as areas
from yuhu.dashboard.board.area import Board, Shown, asked_for, board_of
from yuhu.dashboard.board.every import every
from yuhu.dashboard.board.explain import explain
from yuhu.dashboard.board.kinds import BRANCH, kinds
from yuhu.dashboard.board.now import now
from yuhu.dashboard.board.people import people
from yuhu.dashboard.board.places import USUAL as USUAL_ON_MAP
from yuhu.dashboard.board.places import places
from yuhu.dashboard.board.tables import Table
from yuhu.dashboard.board.trends import BY_MONTH, MONTHS, trends
from yuhu.dashboard.board.work import work
from yuhu.kit import clock
from yuhu.kit.excel.writing import XLSX, workbook
from yuhu.kit.exceptions import Forbidden, Invalid, NotFound

PAGES: Mapping[str, Callable[[Board], Shown]] = {
    areas.NOW: now,
    areas.TRENDS: trends,
    areas.KINDS: kinds,
    areas.WORK: work,
    areas.PEOPLE: people,
    areas.MAP: places,
    areas.EVERY: every,
}


@never_cache
@login_required
@require_safe
def begin(request: StaffRequest) -> HttpResponse:
    """To the board of the widest area that is one's own."""
    verdict = may(request.user, Capability.SEE_FIGURES, on=clock.today())
    if not verdict:
        raise Forbidden(verdict.reason)
    widest = areas.widest(request)
    if not widest:
        raise NotFound
    return redirect("board-now", widest)


@never_cache
@login_required
@require_safe
def tab(request: StaffRequest, area: str, tab: str) -> HttpResponse:
    """One page of the board."""
    board = _board(request, area, tab)
    shown = PAGES[tab](board)
    found = board.with_exports(shown.tables)
    context = {"board": board, "tables": found, "at": board.viewer.at, **shown.more}
    return render(request, f"dashboard/board/{tab}.html", context)


@never_cache
@login_required
@require_safe
def indicator(request: StaffRequest, area: str, key: str) -> HttpResponse:
    """How one figure came about."""
    board = replace(board_of(request, area, areas.INDICATOR), key=key)
    shown = explain(board, key)
    found = board.with_exports({key: shown.tables["ranking"]} if shown.tables else {})
    return render(request, "dashboard/board/indicator.html", {"board": board, "tables": found, **shown.more})


@never_cache
@login_required
@require_safe
def export(request: StaffRequest, area: str, tab: str, table: str) -> HttpResponse:
    """One table as a workbook: numbers and names of places, of nobody a word."""
    found: Table | None = None
    board = _board(request, area, tab)
    if tab == areas.INDICATOR:
        found = explain(board, table).tables.get("ranking")
    elif tab in PAGES:
        found = PAGES[tab](board).tables.get(table)
    if found is None:
        raise NotFound
    answer = HttpResponse(workbook(found.page(board.about)), content_type=XLSX)
    name = slugify(f"{tab}-{table}-{board.area}-{board.chosen.days.first}-{board.chosen.days.last}")
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


@never_cache
@login_required
@require_safe
def points(request: StaffRequest, area: str) -> HttpResponse:
    """Open cases in the part of the map that one sees: ``west``, ``south``, ``east``, ``north``."""
    board = board_of(request, area)
    found = points_of(board.viewer, board.area, _box(request))
    return JsonResponse(
        {"points": [_point(case, board) for case in found.cases], "more": found.more},
        headers={"Cache-Control": "no-store"},
    )


def _board(request: StaffRequest, area: str, tab: str) -> Board:
    """With what the address chooses on this page, besides the period."""
    kept: dict[str, str] = {}
    if tab == areas.TRENDS:
        kept = {
            "indicator": asked_for(request, "indicator", BY_MONTH, ""),
            "months": asked_for(request, "months", MONTHS, ""),
        }
    elif tab == areas.KINDS:
        branch = request.GET.get("branch", "")
        kept = {"branch": branch if branch.isascii() and branch.isdigit() and len(branch) == BRANCH else ""}
    elif tab == areas.MAP:
        kept = {"indicator": asked_for(request, "indicator", OF_PARTS, USUAL_ON_MAP)}
    return board_of(request, area, tab, **kept)


def _box(request: StaffRequest) -> Box:
    try:
        sides = [float(request.GET[name]) for name in ("west", "south", "east", "north")]
    except (KeyError, ValueError):
        raise Invalid from None
    if not all(map(math.isfinite, sides)):
        raise Invalid
    return Box(*sides)


def _point(case: Case, board: Board) -> dict[str, object]:
    late = case.is_overdue(board.viewer.at)
    tone = "overdue" if late else "soon" if case.is_due_soon(board.viewer.at) else "open"
    return {
        "longitude": case.longitude,
        "latitude": case.latitude,
        "label": f"{case.category.label} · {case.get_state_display()} · {case.number}",
        "url": case.get_absolute_url(),
        "tone": tone,
    }
