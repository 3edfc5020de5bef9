"""The wall screen (大屏): three pages of an area's board for a hall, refreshed by themselves; the session for it.

Numbers, codes and names of places only: whoever walks past reads it, so no person and no word that somebody wrote. Each
page asks for itself alone, so that none costs more than a tab of the board.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cases import figures
from cases.figures import hazards_removed
from cases.figures.categories import category_names
from cases.figures.indicators import By, Spread
from cases.figures.indicators.choice import ALL, OF_PARTS
from cases.figures.whistles import scorecard
from cases.models import Case
from staffing.actions import open_wall
from staffing.figures import Strength, rosters, strength_of, trainings_by_year
from staffing.middleware import WALL, StaffRequest, become_wall
from yuhu.dashboard.board import readings, tables
from yuhu.dashboard.board.area import Board, Shown, board_of
from yuhu.dashboard.board.kinds import categories_table
from yuhu.dashboard.board.now import parts_table
from yuhu.dashboard.board.people import DIGITS, together, trainings_table
from yuhu.dashboard.board.places import Classed, classed
from yuhu.dashboard.board.readings import Told
from yuhu.dashboard.board.tables import Chart, Column, Row, Table
from yuhu.dashboard.board.trends import BY_MONTH, USUAL, months_table, promises_table
from yuhu.dashboard.board.work import departments_table
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden
from yuhu.kit.scope import STREET

ROWS = 12
NOW, TRENDS, WORK = "now", "trends", "work"
PAGES: Mapping[str, str | Promise] = {
    NOW: pgettext_lazy("wall", "Overview"),
    TRENDS: pgettext_lazy("wall", "Trends"),
    WORK: pgettext_lazy("wall", "People and lists"),
}


@dataclass(frozen=True)
class Sign:
    """A large number at the top: its name, and what stands beside it."""

    name: str | Promise
    text: str
    base: str = ""
    told: Told | None = None
    tone: str = ""


@never_cache
@login_required
@require_safe
def wall(request: StaffRequest, area: str) -> HttpResponse:
    """One page of the wall; ``?page=`` says which, and stays there."""
    board = board_of(request, area)
    fixed = request.GET.get("page", "")
    page = fixed if fixed in PAGES else NOW
    shown = SHOWN[page](board)
    context = {
        "board": board,
        "tables": shown.tables,
        "at": board.viewer.at,
        "page": page,
        "is_fixed": fixed in PAGES,
        "pages": [(key, name, key == page) for key, name in PAGES.items()],
        "is_kept": WALL in request.session,
        "hours": settings.WALL_HOURS,
        **shown.more,
    }
    return render(request, "dashboard/board/wall.html", context)


@login_required
@require_POST
def keep(request: StaffRequest, area: str) -> HttpResponse:
    """Make this browser a wall screen: it shows this wall and nothing else, without an idle limit, for some hours."""
    board = board_of(request, area)
    if WALL in request.session:
        raise Forbidden
    until = board.viewer.at + dt.timedelta(hours=settings.WALL_HOURS)
    open_wall(user=request.user, area=board.area, until=until, at=board.viewer.at, actor=request.actor)
    address = reverse("board-wall", args=[board.area])
    become_wall(request, address, seconds=settings.WALL_HOURS * 3600)
    return redirect(address)


def _now(board: Board) -> Shown:
    # Of the area alone: what somebody sees as a party, a complaint about an official, is not for a hall.
    standing = figures.standing(board.narrowed, board.area)
    counts = board.spread(By.PART)
    whole = board.whole(counts)
    newest = figures.newest(board.narrowed, board.area, ROWS)
    return Shown(
        {"parts": parts_table(board, standing, counts), "ranking": _ranking(board, counts)},
        {
            "signs": [
                Sign(_("Open cases"), readings.grouped(standing.whole.count.number)),
                Sign(_("Overdue"), readings.grouped(standing.whole.late.number), tone="late"),
                *(_sign(board.told(ALL[key], whole)) for key in _AT_THE_TOP),
            ],
            "phases": list(standing.phases.items()),
            "newest": [_line(case) for case in newest],
            "map": _map(classed(board, OF_PARTS[USUAL])),
            "map_name": OF_PARTS[USUAL].name,
        },
    )


_AT_THE_TOP = ("closed", "on_time_completion_rate", "response_rate", "satisfaction_rate")


def _sign(told: Told) -> Sign:
    base = told.base
    if told.has_coverage and base:
        base = _("%(base)s, rated by %(coverage)s") % {"base": base, "coverage": told.coverage}
    return Sign(told.name, told.text, base, told, "small" if told.is_small else "")


def _line(case: Case) -> tuple[str, str, str, str]:
    """Number, category, block and state: nothing that somebody wrote, nobody's name."""
    block = case.block.name if case.block else _("Not placed yet")
    return case.number, case.category.label, block, str(case.get_state_display())


def _map(found: Classed) -> dict[str, object]:
    return {"fills": dict(found.tones), "legend": found.legend, "url": found.outlines}


def _ranking(board: Board, counts: Spread) -> Table:
    """The parts by how much is handled in time; few cases make no rank."""
    one = ALL["on_time_completion_rate"]
    rows = []
    for key in board.ground.parts:
        told = board.told(one, readings.of_key(counts, key), key)
        rows.append(
            Row(
                key,
                board.parts[key],
                (tables.told(told), tables.change(told.on_before)),
                is_small=told.is_small,
            )
        )
    columns = (Column(str(one.name), is_drawn=True, unit="%"), Column(_("Change on the period before")))
    title = _("Handled in time by %(part)s") % {"part": board.part_name}
    return Table(
        "ranking", title, str(board.part_name), columns, tables.ranked(rows, 0, best_first=True),
        Chart.NONE, is_ranked=True,
    )  # fmt: skip


def _trends(board: Board) -> Shown:
    counts = board.spread(By.CATEGORY)
    whole = board.whole(counts)
    return Shown(
        {
            "months": months_table(board, BY_MONTH[USUAL], 12),
            "categories": categories_table(board, category_names(), counts),
            "promises": promises_table(board).only(0, 1, 2, 3),
        },
        {"signs": [_sign(board.told(ALL[key], whole)) for key in _OF_TRENDS]},
    )


_OF_TRENDS = ("registered", "closed", "self_found_rate", "front_end_rate", "rework_rate", "solution_rate")


def _work(board: Board) -> Shown:
    today = clock.local_date(board.viewer.at)
    filled = rosters(board.viewer.scope, [board.area], today)
    held = strength_of(filled, board.area, today, digits=DIGITS[len(board.area)])
    whole = together(held)
    complete = filled.of(board.area).complete
    hazards = hazards_removed(board.question)
    answers = (
        scorecard(board.narrowed, board.chosen.days.period).departments if len(board.area) <= STREET else {}
    )
    by_year = trainings_by_year(board.viewer.scope, board.area, today)
    return Shown(
        {
            "seats": _seats(board, held),
            "departments": departments_table({unit.name: one for unit, one in answers.items()}, {}).only(
                0, 1, 2, 3, 4
            ),
            "trainings": trainings_table(by_year),
        },
        {
            "signs": [
                Sign(_("Governors"), readings.grouped(whole.governors), _of_blocks(whole.blocks)),
                Sign(_("Assistants"), readings.grouped(whole.assistants), _of_blocks(whole.blocks)),
                Sign(_("Supervisors"), readings.grouped(whole.supervisors), _of_blocks(whole.blocks)),
                Sign(
                    _("Blocks with everybody in post"),
                    tables.share(complete).text,
                    tables.share(complete).note,
                ),
                Sign(
                    _("Hazards removed since the start"),
                    readings.grouped(hazards.number),
                ),
                Sign(_("Trainings held"), readings.grouped(sum(by_year.values()))),
            ],
        },
    )


def _of_blocks(number: int) -> str:
    return _("%(number)s blocks") % {"number": number}


def _seats(board: Board, held: Mapping[str, Strength]) -> Table:
    """People in the parts, by seat."""
    rows = tuple(
        Row(
            code,
            board.parts.get(code, code),
            (tables.count(one.assistants), tables.count(one.vacant, tone="late")),
        )
        for code, one in held.items()
    )
    columns = (Column(_("Assistants"), is_drawn=True), Column(_("Vacant seats")))
    title = _("People in post by %(part)s") % {"part": board.part_name}
    return Table("seats", title, str(board.part_name), columns, rows, Chart.RANKING)


SHOWN: Mapping[str, Callable[[Board], Shown]] = {NOW: _now, TRENDS: _trends, WORK: _work}
