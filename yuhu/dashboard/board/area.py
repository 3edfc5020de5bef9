"""One area in one period, as one person sees it: what every page of the board begins with, and its addresses."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from blocks.figures import Ground, ground_of
from cases.figures import Viewer
from cases.figures.indicators import By, Indicator, Numbers, Question, Spread, spread
from cases.figures.indicators import as_of as told_up_to
from cases.figures.indicators.choice import added
from staffing.middleware import StaffRequest
from staffing.policies import may
from staffing.posts import Capability
from yuhu.dashboard.board import readings
from yuhu.dashboard.board.periods import Chosen, Span, chosen
from yuhu.dashboard.board.tables import Table
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden, NotFound
from yuhu.kit.scope import BLOCK, COMMUNITY, DISTRICT, STREET, Scope

NOW, TRENDS, KINDS, WORK, PEOPLE, MAP, EVERY = "now", "trends", "kinds", "work", "people", "map", "indicators"
# No tab, but a page too: how one figure came about.
INDICATOR = "indicator"
TABS: Mapping[str, str | Promise] = {
    NOW: pgettext_lazy("board", "Overview"),
    TRENDS: pgettext_lazy("board", "Trends"),
    KINDS: pgettext_lazy("board", "Kinds of cases"),
    WORK: pgettext_lazy("board", "Departments and lists"),
    PEOPLE: pgettext_lazy("board", "People and visits"),
    MAP: pgettext_lazy("board", "Map"),
    EVERY: pgettext_lazy("board", "All indicators"),
}
PART_NAMES: Mapping[int, str | Promise] = {
    DISTRICT: pgettext_lazy("board", "Street"),
    STREET: pgettext_lazy("board", "Community"),
    COMMUNITY: pgettext_lazy("board", "Block"),
    BLOCK: pgettext_lazy("board", "Block"),
}


@dataclass(frozen=True)
class Shown:
    """What a page shows: its tables by their keys, and what else its template needs."""

    tables: Mapping[str, Table]
    more: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """A way to somewhere else on the board."""

    label: str | Promise
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class Board:
    """An area, a period, a tab, and who looks. ``kept``: what else the address says and links keep; ``key``: which
    indicator is explained."""

    viewer: Viewer
    ground: Ground
    chosen: Chosen
    tab: str = NOW
    kept: Mapping[str, str] = field(default_factory=dict)
    key: str = ""

    @property
    def area(self) -> str:
        return self.ground.code

    @cached_property
    def question(self) -> Question:
        return Question(self.viewer.scope, self.area, self.chosen.days.period, self.viewer.at)

    @cached_property
    def as_of(self) -> dt.datetime:
        """数据截至: the moment up to which the figures know everything. What stands beside the loop is counted now."""
        return self.viewer.at if self.tab in (WORK, PEOPLE) else as_of(self.question)

    @property
    def part_name(self) -> str | Promise:
        """What the parts of the area are called."""
        return PART_NAMES[len(self.area)]

    @cached_property
    def parts(self) -> Mapping[str, str]:
        """The names of the parts; what is not placed yet has one too."""
        return {**self.ground.parts, "": _("Not placed yet")}

    @cached_property
    def narrowed(self) -> Viewer:
        """The viewer with a scope of this area alone, for figures that tell of a whole scope."""
        scope = self.viewer.scope
        inspects = frozenset(code for code in (self.area,) if Scope(areas=scope.inspects).covers(code))
        narrow = Scope(
            areas=frozenset({self.area}), has_post=scope.has_post, kinds=scope.kinds, inspects=inspects
        )
        return replace(self.viewer, scope=narrow)

    # --- What is asked -------------------------------------------------------------------------

    def spread(self, by: By) -> Spread:
        """Counts by key in the chosen period and those that it is compared with."""
        return spread(self.question, by, self.chosen.periods)

    def asked(self, area: str = "") -> dict[str, Question]:
        """The question for each of these periods, of this area or a part of it."""
        question = replace(self.question, area=area or self.area)
        return {name: replace(question, period=period) for name, period in self.chosen.periods.items()}

    def told(self, one: Indicator, counts: Mapping[str, Numbers], area: str = "") -> readings.Told:
        """What was counted of the periods in ``counts``; with others it is not compared."""
        asked = {name: question for name, question in self.asked(area).items() if name in counts}
        return readings.told(one, counts, asked)

    @staticmethod
    def whole(counts: Spread) -> dict[str, Numbers]:
        """All parts together, by the name of the period."""
        return {name: added(list(by_key.values())) for name, by_key in counts.items()}

    # --- Addresses -----------------------------------------------------------------------------

    def url(self, tab: str = "", area: str = "", **changed: str) -> str:
        """A page of the board, in the same period; what the tab keeps goes along on the same tab."""
        wanted = tab or self.tab
        more = [self.key] if wanted == INDICATOR else []
        path = reverse(f"board-{wanted}", args=[area or self.area, *more])
        kept = {**self.kept, **changed} if wanted == self.tab else changed
        query = "&".join(
            part for part in (self.chosen.query, urlencode({k: v for k, v in kept.items() if v})) if part
        )
        return f"{path}?{query}" if query else path

    def part_url(self, code: str) -> str:
        """The same page of a part; what is not placed has none."""
        return self.url(area=code) if code else ""

    def explained(self, key: str, area: str = "") -> str:
        """How the indicator is made, and what it is made of, there."""
        path = reverse("board-indicator", args=[area or self.area, key])
        return f"{path}?{self.chosen.query}" if self.chosen.query else path

    def with_exports(self, found: Mapping[str, Table]) -> dict[str, Table]:
        """Each table with the address of its sheet, in the same period and with the same choices."""
        query = "&".join(part for part in (self.chosen.query, urlencode(self.kept)) if part)
        tail = f"?{query}" if query else ""
        return {
            key: replace(table, export=reverse("board-export", args=[self.area, self.tab, key]) + tail)
            for key, table in found.items()
        }

    @property
    def wall_url(self) -> str:
        return reverse("board-wall", args=[self.area])

    @property
    def tabs(self) -> list[Link]:
        return [Link(label, self.url(tab), tab == self.tab) for tab, label in TABS.items()]

    @property
    def way(self) -> list[Link]:
        """The areas above that the viewer may look at, down to this one."""
        steps = [step for step in self.ground.way if self.viewer.scope.covers(step.code)]
        return [Link(step.name, self.url(area=step.code), step.code == self.area) for step in steps]

    @property
    def spans(self) -> list[Link]:
        """The chooser's periods."""
        found = []
        for span in Span:
            if span is not Span.OWN:
                one = replace(self, chosen=replace(self.chosen, span=span))
                found.append(Link(span.label, one.url(), span is self.chosen.span))
        return found

    @property
    def about(self) -> str:
        """Area, period and as of when: stands above every sheet."""
        told = {"area": self.ground.name, "period": self.chosen.label, "at": clock.local(self.as_of)}
        return _("%(area)s, %(period)s, as of %(at)s") % {**told, "at": f"{told['at']:%Y-%m-%d %H:%M}"}


def as_of(question: Question) -> dt.datetime:
    """What the tallies do not tell is counted from the rows, which know everything up to now."""
    return told_up_to(question) or question.at


def board_of(request: StaffRequest, area: str, tab: str = NOW, **kept: str) -> Board:
    """The board of an area for whoever asks.

    Raises:
        Forbidden: no post of the day sees figures.
        NotFound: there is no such area, or the scope does not cover it.
    """
    at = clock.now()
    today = clock.local_date(at)
    verdict = may(request.user, Capability.SEE_FIGURES, on=today)
    if not verdict:
        raise Forbidden(verdict.reason)
    ground = ground_of(request.scope, area, today)
    if ground is None:
        raise NotFound
    asked = {name: request.GET.get(name, "") for name in ("period", "from", "to")}
    return Board(
        Viewer.of(request, at), ground, chosen(asked, today), tab, {k: v for k, v in kept.items() if v}
    )


def widest(request: StaffRequest) -> str:
    """The largest area that the viewer's posts open; "" for none."""
    return min(request.scope.areas, key=lambda code: (len(code), code), default="")


def asked_for(request: HttpRequest, name: str, known: Mapping[str, object], usual: str) -> str:
    """A choice of the address, if there is such a one."""
    wanted = request.GET.get(name, "")
    return wanted if wanted in known else usual
