"""Who is in post in the blocks, who was trained, who was visited, and which hazards were found and removed."""

from collections import Counter
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.figures import hazards_removed
from cases.figures.visits import Days as Visited
from cases.figures.visits import VisitFigures, visits_of
from staffing.figures import (
    Rosters,
    Strength,
    Trained,
    rosters,
    strength_of,
    training_coverage,
    trainings_by_year,
)
from yuhu.dashboard.board import tables
from yuhu.dashboard.board.area import Board, Shown
from yuhu.dashboard.board.tables import Cell, Chart, Column, Row, Table
from yuhu.kit import clock
from yuhu.kit.scope import BLOCK, COMMUNITY, DISTRICT, STREET

# How many digits the code of a part has.
DIGITS = {DISTRICT: STREET, STREET: COMMUNITY, COMMUNITY: BLOCK, BLOCK: BLOCK}


def people(board: Board) -> Shown:
    """Twelve queries, whatever there is: rosters, seats, trainings, visits, hazards."""
    today = clock.local_date(board.viewer.at)
    scope, area = board.viewer.scope, board.area
    filled = rosters(scope, [area], today)
    held = strength_of(filled, area, today, digits=DIGITS[len(area)])
    days = board.chosen.days
    visits = visits_of(scope, area, Visited(days.first, days.last))
    trained = training_coverage(scope, [area], year=days.last.year, today=today).of(area)
    by_year = trainings_by_year(scope, area, today)
    whole = together(held)
    found = {"visits": visits_table(board, visits), "trainings": trainings_table(by_year)}
    if not board.ground.is_block:
        found["seats"] = seats_table(board, held, filled)
    return Shown(
        found,
        {
            "whole": whole,
            "governors": tables.count(whole.governors),
            "assistants": tables.count(whole.assistants),
            "supervisors": tables.count(whole.supervisors),
            "complete": filled.of(area).complete,
            "complete_url": board.explained("post_match_rate"),
            "cards": [*_found_and_removed(board, visits), *_trained(board, trained, by_year)],
        },
    )


# Name, number, explanation, a word beside it.
Card = tuple[str, Cell, str, str | Promise]


def _found_and_removed(board: Board, visits: VisitFigures) -> list[Card]:
    removed = hazards_removed(board.question)
    ever_removed = tables.count(removed.number, tables.list_url(removed.query))
    reached, safer = tables.share(visits.whole.rate), tables.share(visits.whole.hazards)
    return [
        (_("Households visited"), reached, board.explained("visit_rate"), _IN_PERIOD),
        (_("Hazards found at visits and removed"), safer, "", _IN_PERIOD),
        (_("Hazards removed since the start"), ever_removed, board.explained("hazard_fix_rate"), ""),
    ]


def _trained(board: Board, trained: Trained, by_year: dict[int, int]) -> list[Card]:
    share = tables.share(trained.share, "admin:staffing_training_coverage")
    held = tables.count(sum(by_year.values()))
    return [
        (_("Governors trained"), share, board.explained("training_rate"), str(trained.year)),
        (_("Trainings held"), held, "", _by_year(by_year)),
    ]


_IN_PERIOD = gettext_lazy("in the period")


def _by_year(by_year: dict[int, int]) -> str:
    return ", ".join(_("%(year)s: %(number)s") % {"year": year, "number": by_year[year]} for year in by_year)


def together(held: Mapping[str, Strength]) -> Strength:
    """All parts of an area."""
    seats: Counter[str] = Counter()
    for one in held.values():
        seats.update(one.people)
    return Strength(sum(one.blocks for one in held.values()), seats)


def seats_table(board: Board, held: dict[str, Strength], filled: Rosters) -> Table:
    """The parts, those with the most vacant seats first."""
    rows = []
    for part in filled.below(board.area):
        one = held.get(part.code, Strength())
        cells = (
            tables.count(one.vacant, tables.list_url(_lacking(part.code), "roster"), "late"),
            tables.count(one.blocks, tables.list_url(part.complete.denominator.query, "roster")),
            tables.count(one.governors),
            tables.count(one.assistants),
            tables.count(one.supervisors),
            tables.share(part.complete, "roster"),
        )
        rows.append(
            Row(part.code, part.name, cells, board.part_url(part.code), tone="late" if one.vacant else "")
        )
    columns = (
        Column(_("Vacant seats")),
        Column(_("Blocks")),
        Column(_("Governors"), is_drawn=True),
        Column(_("Assistants"), is_drawn=True),
        Column(_("Supervisors"), is_drawn=True),
        Column(_("Blocks with everybody in post")),
    )
    return Table(
        key="seats",
        title=_("People in post by %(part)s") % {"part": board.part_name},
        head=str(board.part_name),
        columns=columns,
        rows=tuple(sorted(rows, key=lambda row: -(row.cells[0].value or 0))),
        chart=Chart.LAYERS,
        empty=_("There is no block here."),
    )


def _lacking(area: str) -> str:
    return f"missing=all&area={area}"


def visits_table(board: Board, visits: VisitFigures) -> Table:
    """Visits, meetings with residents, and what was found there."""
    rows = tuple(
        Row(
            line.code,
            line.name,
            (
                tables.count(line.visits.number),
                tables.count(line.talks.number),
                tables.count(line.present),
                tables.share(line.rate),
                tables.count(line.findings.number),
                tables.share(line.hazards),
                tables.count(line.urgent.number, tables.list_url(line.urgent.query)),
            ),
            board.part_url(line.code),
        )
        for line in visits.parts
    )
    columns = (
        Column(_("Visits"), is_drawn=True),
        Column(_("Open-talk meetings"), is_drawn=True),
        Column(_("Residents present")),
        Column(_("Households visited")),
        Column(_("Findings")),
        Column(_("Hazards removed")),
        Column(_("Urgent problems solved")),
    )
    return Table(
        key="visits",
        title=_("Visits by %(part)s") % {"part": board.part_name},
        head=str(board.part_name),
        columns=columns,
        rows=rows,
        chart=Chart.BAR,
        empty=_("No visit in this period."),
    )


def trainings_table(by_year: dict[int, int]) -> Table:
    """Held so far, the newest year first."""
    rows = tuple(Row(str(year), str(year), (tables.count(number),)) for year, number in by_year.items())
    columns = (Column(_("Trainings held"), is_drawn=True),)
    empty = _("No training was held for this area.")
    return Table("trainings", _("Trainings by year"), _("Year"), columns, rows, Chart.RANKING, empty=empty)
