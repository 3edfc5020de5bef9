"""How it goes on: an indicator month by month against the year before, and what was closed by promise."""

import datetime as dt
import itertools
from collections.abc import Collection, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cases.figures import by_programme
from cases.figures.indicators import By, Figure, Indicator, Numbers, Unit, spread
from cases.figures.indicators.choice import OF_PARTS, added
from cases.figures.indicators.reading import figure_of
from cases.models import Case
from yuhu.dashboard.board import tables
from yuhu.dashboard.board.area import Board, Shown
from yuhu.dashboard.board.periods import Days, months
from yuhu.dashboard.board.readings import NO_DATA, Told
from yuhu.dashboard.board.tables import Cell, Chart, Column, Row, Table, list_url
from yuhu.kit.spans import year_before

USUAL, MONTHS = "registered", {"12": 12, "24": 24}
BRANCH = 2  # digits of a branch of categories
_OF_GROUPS = ("on_time_completion_rate", "satisfaction_rate", "rating_coverage")
# What may be drawn by month: what is counted now has no past.
BY_MONTH: Mapping[str, Indicator] = {
    key: one for key, one in OF_PARTS.items() if key not in ("open_now", "suspension_rate")
}


def trends(board: Board) -> Shown:
    """The counts of the months, and two queries of promises."""
    one = BY_MONTH[board.kept.get("indicator", USUAL)]
    months_asked = board.kept.get("months", "12")
    found = {"months": months_table(board, one, MONTHS[months_asked]), "promises": promises_table(board)}
    return Shown(
        found,
        {
            "one": one,
            "explained": board.explained(one.key),
            "indicators": [(key, other.name, key == one.key) for key, other in BY_MONTH.items()],
            "months": months_asked,
        },
    )


def months_table(board: Board, one: Indicator, count: int) -> Table:
    """``count`` months up to the end of the period, and the same months of the year before; of a month that is not over
    as many days as have passed."""
    last_day = board.chosen.days.last
    asked = months(count, last_day)
    all_months = {days.first: days for days in months(count + 12, last_day)}
    before = {days.first: _year_before(days) for days in asked}
    counts = _counts(board, {*all_months.values(), *before.values()})

    def figure(days: Days) -> Figure:
        return figure_of(one, counts[days], replace(board.question, period=days.period))

    rows = []
    for days in asked:
        last = all_months.get((days.first - dt.timedelta(days=1)).replace(day=1))
        # A running month is not compared with a whole one.
        is_whole = (days.last + dt.timedelta(days=1)).day == 1
        told = Told(figure(days), figure(last) if last and is_whole else None, figure(before[days.first]))
        rows.append(_month(days, told))
    name = str(one.name)
    return Table(
        key="months",
        title=_("%(indicator)s by month") % {"indicator": name},
        head=pgettext("board", "Month"),
        columns=(
            Column(_("This year's months"), is_drawn=True, unit="%" if one.unit is Unit.RATIO else ""),
            Column(_("A year before"), is_drawn=True),
            Column(_("Change on the year")),
            Column(_("Change on the month before")),
        ),
        rows=tuple(rows),
        chart=Chart.LINE,
        note=_(
            "The running month is counted until today, and compared with as many days of the year before."
        ),
    )


def _counts(board: Board, asked: Collection[Days]) -> dict[Days, Numbers]:
    """What was counted in each of these spans, of which one may be the beginning of another: then the other is asked in
    two parts, since all are asked at once and none may overlap."""
    parts = {days: [days] for days in asked}
    for part, whole in itertools.product(asked, asked):
        if part.first == whole.first and part.last < whole.last:
            parts[whole] = [part, Days(part.last + dt.timedelta(days=1), whole.last)]
    periods = {f"{days.first}": days.period for found in parts.values() for days in found}
    counts = spread(board.question, By.WHOLE, periods)
    return {days: added([counts[f"{one.first}"].get("") or {} for one in parts[days]]) for days in asked}


def _year_before(days: Days) -> Days:
    """Of a whole month the whole month, also in a leap year."""
    first = year_before(days.first)
    is_whole = (days.last + dt.timedelta(days=1)).day == 1
    if is_whole:
        following = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
        return Days(first, following - dt.timedelta(days=1))
    return Days(first, year_before(days.last))


def _month(days: Days, told: Told) -> Row:
    cells = (
        tables.told(told, list_url(told.behind)),
        tables.told(Told(told.year), list_url(Told(told.year).behind)) if told.year else Cell(NO_DATA),
        tables.change(told.on_year),
        tables.change(told.on_before),
    )
    return Row(days.first.isoformat(), f"{days.first:%Y-%m}", cells, is_small=told.is_small)


def promises_table(board: Board) -> Table:
    """What was closed by promise: since the start, and in the period."""
    found = by_programme(board.question)
    rows = []
    for programme in Case.Programme:
        if programme.value not in found:
            continue
        since, now = found[programme.value]
        cells = (
            tables.count(since.closed.number, list_url(since.closed.query)),
            tables.share(since.in_time),
            tables.share(since.satisfied),
            tables.share(since.coverage),
            tables.count(now.closed.number, list_url(now.closed.query)),
            tables.share(now.in_time),
        )
        rows.append(Row(programme.value, str(programme.label), cells))
    columns = (
        Column(_("Closed since the start"), is_drawn=True),
        Column(_("In time")),
        Column(_("Satisfaction")),
        Column(_("Coverage")),
        Column(_("Closed in the period")),
        Column(_("In time")),
    )
    return Table(
        key="promises",
        title=_("By promise"),
        head=_("Promise"),
        columns=columns,
        rows=tuple(rows),
        empty=_("Nothing has been closed yet."),
    )
