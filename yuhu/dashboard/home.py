"""What the first page shows to whom: a table from posts to parts, and the parts filled with figures.

Somebody with several posts sees the parts of all of them. Leaves to others: the numbers (``cases.figures``,
``staffing.figures``, ``yuhu.journal.figures``), how they look (templates/dashboard).
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from blocks.figures import way_to
from cases import figures
from cases.figures import Part, Requests, Show, Turn, Viewer, turns
from duties.figures import calendar_warnings
from staffing.figures import BlockRoster, Completeness, Rosters, rosters
from staffing.models import Assistant, Visit
from staffing.posts import CAPABILITIES, Capability, Post, PostKind
from yuhu.dashboard.overview import Overview
from yuhu.journal import figures as journal_figures
from yuhu.kit import clock
from yuhu.kit.scope import DISTRICT

VACANCIES = 5
VISITS, VISITS_AHEAD = 3, dt.timedelta(days=7)
_IN_HANDS = (Show.SIGN, Show.HANDLE, Show.WAITING)
# What a post sees even when there is nothing in it; what there is something in is always seen.
WANTED: dict[PostKind, tuple[Show, ...]] = {
    PostKind.GOVERNOR: (*_IN_HANDS, Show.REPORTED),
    PostKind.ACTING_GOVERNOR: (*_IN_HANDS, Show.REPORTED),
    PostKind.SUPERVISOR: (Show.EVALUATE, Show.REPORTED),
    PostKind.ACTING_SUPERVISOR: (Show.EVALUATE, Show.REPORTED),
    PostKind.ASSISTANT: (Show.REPORTED,),
    PostKind.MEMBER: _IN_HANDS,
    PostKind.HEAD: _IN_HANDS,
    PostKind.DUTY_OFFICER: _IN_HANDS,
    PostKind.STREET_LEADER: (Show.DECIDE,),
    PostKind.DISTRICT_LEADER: (Show.DECIDE, Show.DISPATCH),
}
# Together they are the person's day: what waits for his or her hands, by the clock and not by the kind.
OF_THE_DAY = frozenset({Show.DISPATCH, Show.SIGN, Show.HANDLE, Show.EVALUATE})
_DECIDERS = frozenset({PostKind.DUTY_OFFICER, PostKind.HEAD})
_DISPATCHING_UNITS = frozenset({"platform", "district"})
_SEES_OVERVIEW = frozenset({PostKind.STREET_LEADER, PostKind.DISTRICT_LEADER, PostKind.AUDITOR})
_ADMINISTRATORS = frozenset({PostKind.SYSTEM_ADMIN, PostKind.SECURITY_ADMIN})


@dataclass(frozen=True)
class Words:
    """How a kind of work is called, drawn, and missed."""

    title: str | Promise
    icon: str
    nothing: str | Promise


# In the order of the page: what others wait for comes first.
WORDS: dict[Show, Words] = {
    Show.DISPATCH: Words(
        _("To dispatch"), "phase-dispatch", _("No case waits for you to place or dispatch it.")
    ),
    Show.DECIDE: Words(_("To decide"), "check", _("No request awaits your decision.")),
    Show.SIGN: Words(_("To sign"), "edit", _("No order waits for your signature.")),
    Show.HANDLE: Words(_("To handle"), "state-in_progress", _("Nothing is in your hands.")),
    Show.EVALUATE: Words(_("To evaluate"), "phase-evaluate", _("No result waits for your evaluation.")),
    Show.WAITING: Words(_("Awaiting others"), "clock", _("No request of yours awaits a decision.")),
    Show.REPORTED: Words(_("Reported by me"), "report", _("You have not reported anything yet.")),
}


@dataclass(frozen=True)
class Section:
    """One kind of what is mine: its number and its first rows."""

    show: Show
    part: Part | Requests

    @property
    def words(self) -> Words:
        return WORDS[self.show]

    @property
    def number(self) -> int:
        return self.part.count.number

    @property
    def late(self) -> int:
        return self.part.late if isinstance(self.part, Part) else 0

    @property
    def decides(self) -> bool:
        """Whether its rows are requests that this person decides."""
        return self.show is Show.DECIDE


@dataclass(frozen=True)
class Desk:
    """What a duty officer keeps an eye on in one area."""

    area: str
    name: str
    late: Part
    soon: Part
    roster: Completeness

    @property
    def vacancies(self) -> tuple[BlockRoster, ...]:
        """The first blocks without governor or supervisor; the numbers above them are links to all."""
        return self.roster.leaderless[:VACANCIES]


@dataclass(frozen=True)
class Home:
    """The first page of one person."""

    viewer: Viewer
    may_report: bool = False
    sections: list[Section] = field(default_factory=list)
    day: list[Turn] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    desks: list[Desk] = field(default_factory=list)
    overviews: list[Overview] = field(default_factory=list)
    journal: journal_figures.JournalState | None = None
    administers: bool = False
    warnings: list[str] = field(default_factory=list)

    @property
    def tiles(self) -> list[Section]:
        """Numbers at the top: everything but one's own reports, which wait for nobody here."""
        return [section for section in self.sections if section.show is not Show.REPORTED]

    @property
    def beside(self) -> list[Section]:
        """The sections that stand below the day, whose cases it does not hold."""
        return [section for section in self.sections if section.show not in OF_THE_DAY]

    @property
    def waiting(self) -> int:
        """How many cases the day holds in all."""
        return sum(section.number for section in self.sections if section.show in OF_THE_DAY)

    @property
    def is_calm(self) -> bool:
        """Nothing waits for this person."""
        return bool(self.tiles) and not any(section.number for section in self.tiles)


def home(viewer: Viewer, *, district: str, head_file: Path) -> Home:
    """The first page. ``district`` is the district's name, ``head_file`` where the journal's ends are kept."""
    kinds = {post.kind for post in viewer.posts}
    overviews = _areas(viewer, lambda post: post.kind in _SEES_OVERVIEW)
    desks = [area for area in _areas(viewer, _dispatches) if area not in overviews]
    today = clock.local_date(viewer.at)
    people = rosters(viewer.scope, desks, today) if desks else None
    sections = list(_sections(viewer)) if kinds & WANTED.keys() else []
    return Home(
        viewer=viewer,
        may_report=bool(kinds & CAPABILITIES[Capability.REPORT_CASE]),
        sections=sections,
        day=_day(sections, viewer.at),
        visits=_visits(viewer) if sections else [],
        desks=[_desk(viewer, area, people) for area in desks if people],
        overviews=[Overview.of(viewer, area, _name(viewer, area, district)) for area in overviews],
        journal=journal_figures.state(head_file) if kinds & CAPABILITIES[Capability.READ_JOURNAL] else None,
        administers=bool(kinds & _ADMINISTRATORS),
        warnings=calendar_warnings(today) if PostKind.SYSTEM_ADMIN in kinds else [],
    )


def _day(sections: list[Section], at: dt.datetime) -> list[Turn]:
    """What waits for the person's hands, whatever is to be done, in the order of its clocks. Two queries."""
    parts = [section.part for section in sections if section.show in OF_THE_DAY]
    return turns([case for part in parts if isinstance(part, Part) for case in part.cases], at)


def _visits(viewer: Viewer) -> list[Visit]:
    """The person's own visits that are to be recorded, or come within a week. Two queries."""
    until = clock.local_date(viewer.at) + VISITS_AHEAD
    rows = Visit.objects.planned().of(viewer.person).filter(planned_for__lte=until).select_related("block")
    shown = rows.defer("block__boundary").prefetch_related("cadres").order_by("planned_for", "pk")
    return list(shown[:VISITS])


def _areas(viewer: Viewer, wanted: Callable[[Post], bool]) -> list[str]:
    """The areas of these posts, each once, the larger first."""
    found = {post.area for post in viewer.posts if post.area and wanted(post)}
    return sorted(found, key=lambda area: (len(area), area))


def _dispatches(post: Post) -> bool:
    return post.kind in _DECIDERS and post.unit_kind in _DISPATCHING_UNITS


def _sections(viewer: Viewer) -> Iterator[Section]:
    """What the posts want to see, and besides whatever there is."""
    work = figures.work(viewer)
    wanted = {show for post in viewer.posts for show in _wanted(post)}
    found: dict[Show, Part | Requests] = {show: work.part(show) for show in WORDS}
    found |= {Show.DECIDE: work.to_decide, Show.WAITING: work.waiting, Show.REPORTED: work.reported}
    for show in WORDS:
        if show in wanted or found[show].count.number:
            yield Section(show, found[show])


def _wanted(post: Post) -> tuple[Show, ...]:
    shows = WANTED.get(post.kind, ())
    if _dispatches(post):
        return (Show.DISPATCH, Show.DECIDE, *shows)
    # Where block and street leave a post vacant, the liaison cadre receives the orders (docs/architecture.md).
    if post.assistant_kind == Assistant.Kind.LIAISON_CADRE:
        return (*_IN_HANDS, *shows)
    return shows


def _desk(viewer: Viewer, area: str, people: Rosters) -> Desk:
    parts = figures.street_desk(viewer, area)
    return Desk(area, people.names.get(area, area), parts["late"], parts["soon"], people.of(area))


def _name(viewer: Viewer, area: str, district: str) -> str:
    """The district's name is known; another area costs a query."""
    if len(area) == DISTRICT:
        return district
    way = way_to(viewer.scope, area, clock.local_date(viewer.at))
    return way[-1].name if way else area
