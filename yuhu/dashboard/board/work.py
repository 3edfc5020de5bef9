"""How departments answer, how the lists are kept, and what meetings decide."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from cases.figures.meetings import Held, meetings_of
from cases.figures.whistles import Answers, Mean, WhistleFigures, scorecard, whistle_figures
from duties.figures import DepartmentFigures, by_department
from yuhu.dashboard.board import tables
from yuhu.dashboard.board.area import Board, Shown
from yuhu.dashboard.board.readings import NO_DATA, plain
from yuhu.dashboard.board.tables import Cell, Chart, Column, Row, Table
from yuhu.kit.figures import Share
from yuhu.kit.scope import DISTRICT, STREET

CALLS, WHISTLES = "admin:cases_whistlecall_changelist", "admin:cases_whistle_changelist"


def work(board: Board) -> Shown:
    """Seven queries of whistles, two of lists, two of meetings; departments are the whole district's."""
    viewer, period = board.narrowed, board.chosen.days.period
    # Not of the narrowed scope: no call is seen by the code of a community or a block.
    whistles = whistle_figures(board.viewer, period, board.area)
    answers = scorecard(viewer, period).departments if len(board.area) <= STREET else {}
    question = board.question
    lists = (
        by_department(board.viewer.scope, question.first, question.until)
        if len(board.area) == DISTRICT and board.viewer.scope.kinds is None
        else []
    )
    found = {}
    if len(board.area) <= STREET:
        by_name = {unit.name: one for unit, one in answers.items()}
        found["departments"] = departments_table(by_name, {one.name: one for one in lists})
        found["meetings"] = meetings_table(board, meetings_of(viewer, board.area, period))
    return Shown(
        found,
        {
            "cards": _cards(board, whistles.answers, whistles.cleared),
            "rate": tables.share(whistles.rate, WHISTLES),
            "rate_url": board.explained("whistle_rate"),
            "band": _band(whistles.band),
            "scores": _scores(board, whistles),
            "admitted": tables.share(_sum([one.admitted for one in lists])) if lists else None,
            "admitted_url": board.explained("admission_rate"),
            "off_list": _off_list(board, lists),
            "off_list_url": board.explained("off_list_tasks"),
        },
    )


def _scores(board: Board, whistles: WhistleFigures) -> list[tuple[str, Cell, str]]:
    return [
        (
            _("Streets, as departments rate them"),
            mean(whistles.street_score),
            board.explained("whistle_street_score"),
        ),
        (
            _("Departments, as streets rate them"),
            mean(whistles.answers.score),
            board.explained("whistle_department_score"),
        ),
    ]


def _cards(board: Board, answers: Answers, cleared: Share) -> list[tuple[str, Cell, str]]:
    told = (
        (_("Departments checked in in time"), answers.in_time, "whistle_response_rate"),
        (_("Departments on site with proof"), answers.attended, "whistle_attendance_rate"),
        (_("Whistles cleared in time"), cleared, "whistle_clear_rate"),
    )
    return [(name, tables.share(one, CALLS), board.explained(key)) for name, one, key in told]


def _band(band: str) -> str:
    words = {
        "below": _("below what is usual: the tool is hardly used"),
        "inside": _("as usual"),
        "above": _("above what is usual: daily work fails too often"),
    }
    return words.get(band, "")


def _sum(shares: list[Share]) -> Share:
    return Share.of(
        sum(one.numerator.number for one in shares), sum(one.denominator.number for one in shares)
    )


def _off_list(board: Board, lists: list[DepartmentFigures]) -> Cell | None:
    """Told to inspection only; a nought that was not asked for would be a false one."""
    if board.area not in board.viewer.scope.inspects:
        return None
    return tables.count(sum(one.off_list.number for one in lists if one.off_list is not None), tone="late")


def departments_table(answers: "dict[str, Answers]", lists: dict[str, DepartmentFigures]) -> Table:
    """Every department that was called, or that asked for something or pushed something."""
    rows = [_department(name, answers.get(name), lists.get(name)) for name in sorted({*answers, *lists})]
    columns = (
        Column(_("Times called")),
        Column(_("Checked in in time"), is_drawn=True, unit="%"),
        Column(_("On site with proof")),
        Column(_("Result in time")),
        Column(_("Rating by the streets")),
        Column(_("Requests admitted")),
        Column(_("Tasks off the lists")),
    )
    return Table(
        key="departments",
        title=_("Departments' answers"),
        head=_("Department"),
        columns=columns,
        rows=tables.ranked(rows, 1, best_first=True),
        chart=Chart.RANKING,
        empty=_("No department was called in this period."),
        is_ranked=True,
    )


def _department(name: str, answers: Answers | None, lists: DepartmentFigures | None) -> Row:
    in_time, attended, result, score = Cell(NO_DATA), Cell(NO_DATA), Cell(NO_DATA), Cell(NO_DATA)
    if answers is not None:
        in_time, attended, result = (
            tables.share(one) for one in (answers.in_time, answers.attended, answers.result_in_time)
        )
        score = mean(answers.score)
    off_list = lists.off_list.number if lists and lists.off_list else None
    return Row(
        key=name,
        name=name,
        cells=(
            tables.count(answers.called.number if answers else 0),
            in_time,
            attended,
            result,
            score,
            tables.share(lists.admitted) if lists else Cell(NO_DATA),
            tables.count(off_list, tone="late"),
        ),
        is_small=in_time.tone == "small",
    )


def mean(one: Mean) -> Cell:
    """The mean of ratings from one to five, with their number."""
    if one.value is None:
        return Cell(NO_DATA)
    return Cell(plain(one.value), one.value, note=_("%(number)s ratings") % {"number": one.number})


def meetings_table(board: Board, held: Mapping[str, Held]) -> Table:
    """Street by street; of a street its own."""
    names = board.ground.parts if len(board.area) == DISTRICT else {board.area: board.ground.name}
    rows = tuple(
        Row(
            code,
            name,
            tuple(tables.count(held.get(code, Held())[fact]) for fact in _FACTS),
            board.url(area=code),
        )
        for code, name in names.items()
    )
    columns = (
        Column(_("Meetings held"), is_drawn=True),
        Column(_("Cases on the agenda"), is_drawn=True),
        Column(_("Settled there")),
        Column(_("Handed on to a whistle")),
        Column(_("Adjourned")),
    )
    return Table("meetings", _("Meetings on complex cases"), _("Street"), columns, rows, Chart.BAR)


_FACTS = ("meetings", "cases", "settled", "whistles", "adjourned")
