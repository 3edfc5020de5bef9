"""How one figure came about: formula, numerator and denominator, changes, and the ranking of the parts."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from cases.figures.indicators import By, Indicator, Numbers, Question, Spread, Unit, around, closing
from cases.figures.indicators.choice import ALL, OF_PARTS
from yuhu.dashboard.board import formulas, readings, tables
from yuhu.dashboard.board.area import EVERY, PEOPLE, WORK, Board, Shown
from yuhu.dashboard.board.tables import Chart, Column, Row, Table
from yuhu.kit.exceptions import NotFound

Source = Callable[[Question], Numbers]
# Who counts what stands beside the loop, and on which page its parts are told, if on any.
AROUND: Mapping[str, tuple[Source, str]] = {
    **dict.fromkeys(
        (
            *("whistle_response_rate", "whistle_attendance_rate", "whistle_clear_rate", "whistle_rate"),
            *("whistle_street_score", "whistle_department_score"),
        ),
        (around.whistles, WORK),
    ),
    "avg_handling_hours": (closing.handling, ""),
    "follow_up_rate": (closing.follow_ups, ""),
    **dict.fromkeys(("off_list_tasks", "admission_rate"), (around.lists, WORK)),
    **dict.fromkeys(("mediation_success_rate", "performance_rate"), (around.mediations, WORK)),
    **dict.fromkeys(("visit_rate", "hazard_fix_rate"), (around.visits, PEOPLE)),
    "block_coverage": (around.ground, ""),
    **dict.fromkeys(("block_size_rate", "post_match_rate", "training_rate"), (around.people, PEOPLE)),
}


def explain(board: Board, key: str) -> Shown:
    """One indicator of the loop in three periods; one beside it in two, since each costs some queries more."""
    one = ALL.get(key)
    if one is None:
        raise NotFound
    if key in OF_PARTS:
        counts = board.spread(By.PART)
        if formulas.BASIS[key] is formulas.NOW:  # which has no past
            counts = {"now": counts["now"]}
        told = board.told(one, board.whole(counts))
        found = {} if board.ground.is_block else {"ranking": ranking(board, one, counts)}
    else:
        told, found = board.told(one, _beside(board, key)), {}
    return Shown(
        found,
        {
            "one": one,
            "told": told,
            "formula": formulas.formula(one),
            "numerator": formulas.counted(one.numerator),
            "denominator": formulas.counted(one.denominator),
            "basis": formulas.BASIS[key],
            "counts_cases": formulas.counts_cases(key),
            "source": formulas.SOURCES.get(key, ""),
            "list_url": tables.list_url(told.now.cases),
            "behind": tables.list_url(told.behind),
            "compared": _compared(board, told),
            "coverage_url": board.explained("rating_coverage"),
            "every": board.url(EVERY),
            "elsewhere": board.url(AROUND[key][1]) if AROUND.get(key, ("", ""))[1] else "",
        },
    )


def _beside(board: Board, key: str) -> dict[str, Numbers]:
    source, _tab = AROUND[key]
    periods = list(board.asked().items())[:2]
    counts: dict[str, Numbers] = {name: source(question) for name, question in periods}
    if key == "hazard_fix_rate":
        loop = board.whole(board.spread(By.WHOLE))
        counts = {name: {**loop[name], **numbers} for name, numbers in counts.items()}
    return counts


def _compared(board: Board, told: readings.Told) -> list[tuple[str, str, str, str, readings.Change | None]]:
    """Each period by name, with its days, its value, its parts, and the change against it."""
    days = {"now": board.chosen.days, "before": board.chosen.before, "year": board.chosen.year}
    lines = (
        ("now", _("This period"), told.now, None),
        ("before", _("The period before"), told.before, told.on_before),
        ("year", _("A year before"), told.year, told.on_year),
    )
    found = []
    for name, words, figure, change in lines:
        span = days[name]
        if figure is not None and span is not None:
            one = readings.Told(figure)
            found.append((words, span.words, one.text, one.base, change))
    return found


def ranking(board: Board, one: Indicator, counts: Spread) -> Table:
    """The parts by their value; which end is the better one says the indicator itself."""
    rows = []
    for key in readings.keys_of(counts, board.ground.parts):
        told = board.told(one, readings.of_key(counts, key), key)
        where = tables.list_url(told.behind) if key else ""
        cells = (
            tables.told(told),
            tables.count(told.now.numerator, where if not one.denominator else ""),
            tables.count(told.now.denominator, where),
            tables.change(told.on_before),
            tables.change(told.on_year),
        )
        rows.append(
            Row(key, board.parts.get(key, key), cells, _explained(board, one, key), is_small=told.is_small)
        )
    columns = (
        Column(str(one.name), is_drawn=True, unit="%" if one.unit is Unit.RATIO else ""),
        Column(_("Numerator")),
        Column(_("Denominator")),
        Column(_("Change on the period before")),
        Column(_("Change on the year")),
    )
    return Table(
        key="ranking",
        title=_("Ranking by %(part)s") % {"part": board.part_name},
        head=str(board.part_name),
        columns=columns,
        rows=tables.ranked(rows, 0, best_first=formulas.wanted(one.key) != "down"),
        chart=Chart.RANKING,
        is_ranked=True,
    )


def _explained(board: Board, one: Indicator, key: str) -> str:
    return board.explained(one.key, key) if key else ""
