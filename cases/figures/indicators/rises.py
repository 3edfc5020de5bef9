"""三升三降 (domain.md 6.3): three things that shall rise and three that shall fall, each beside the same days of the
year before. Read-only; seven queries, whatever there is.

What others publish is taken from the checked outside figures and never computed from cases. A measure of which a part
is missing has no value, and shows the parts that there are. Leaves to others: arrows, colours, the page.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from cases.figures.indicators.facts import Facts, facts_of
from cases.figures.indicators.measure import (
    Amount,
    Both,
    Direction,
    Measure,
    Part,
    Side,
    less,
    told_by,
    weighted,
)
from cases.figures.indicators.question import Question
from cases.figures.outside import Known, known
from cases.figures.overview import in_area
from cases.figures.sets import Show
from cases.figures.viewer import Period
from cases.outside import Days, Outside, year_before
from yuhu.kit.figures import query_of

# What 党建引领力 is made of (a proposal of domain.md).
WEIGHTS = {
    "party_groups": Decimal("0.4"),
    "alliance_tasks": Decimal("0.3"),
    "member_check_in": Decimal("0.3"),
}
DOWN = Direction.DOWN


def rises_and_falls(question: Question, *, or_latest: bool = False) -> list[Measure]:
    """The six measures, rises first. The base is the same days of the year before; of a period that has not ended, up
    to today's. ``or_latest``: what nobody has published for these days is told for the latest days that there are,
    which its source then names."""
    look = _Look.of(question, or_latest=or_latest)
    makers = (_party, _satisfaction, _economy, _disputes, _hazards, _cost)
    return [make(look) for make in makers]


@dataclass(frozen=True)
class _Look:
    """Everything that was asked for, once."""

    question: Question
    days: tuple[Days, Days]
    facts: tuple[Facts, Facts]
    known: Known
    or_latest: bool

    @classmethod
    def of(cls, question: Question, *, or_latest: bool) -> "_Look":
        now = question.first, question.last
        days = now, year_before(now)
        before = replace(question, period=Period.of_days(*days[1]))
        found = known(question.scope, question.area, days, whole=or_latest)
        return cls(question, days, facts_of(question, before), found, or_latest)

    def published(self, *kinds: Outside) -> list[Both]:
        """Outside figures as they were published, all of them for the same days."""
        days = self.days
        if self.or_latest and any(self.known.of(kind, days[0]) is None for kind in kinds):
            latest = self.known.latest(kinds, self.days[0][1])
            days = (latest, year_before(latest)) if latest else days
        return [Both(*(self._side(kind, one, is_other=days != self.days) for one in days)) for kind in kinds]

    def _side(self, kind: Outside, days: Days, *, is_other: bool) -> Side:
        found = self.known.of(kind, days)
        if found is None:
            return Side(None)
        spans = tuple(f"{source} ({days[0]:%Y-%m-%d} – {days[1]:%Y-%m-%d})" for source in found.sources)
        return Side(found.value, sources=spans if is_other else found.sources)

    def outside(self, key: str, kind: Outside, both: Both | None = None) -> Part:
        return Part(key, kind.label, Amount.COUNT, both or self.published(kind)[0])

    def share(self, key: str, name: str | Promise, part: Outside, whole: Outside) -> Part:
        """Two outside figures as a share."""
        pairs = zip(*self.published(part, whole), strict=True)
        sides = [
            Side(top.numerator, bottom.numerator, told_by((top, bottom)), per=1) for top, bottom in pairs
        ]
        return Part(key, name, Amount.RATIO, Both(*sides), WEIGHTS.get(key))

    def counted(self, fact: str) -> Both:
        return Both(*(Side(_decimal(facts.get(fact))) for facts in self.facts))

    def ratio(self, part: str, whole: str, per: int = 1) -> Both:
        sides = [(_decimal(facts.get(part)), _decimal(facts.get(whole))) for facts in self.facts]
        return Both(*(Side(top, bottom, per=per) for top, bottom in sides))

    def list_of(self, show: Show, *more: tuple[str, str | int]) -> str:
        return query_of(("show", show), in_area(self.question.area), *more)


def _party(look: _Look) -> Measure:
    """党建引领力. Alliance tasks and check-ins are entered until the programmes have rows of their own."""
    led = pgettext_lazy("measure", "Blocks with a Party group leader")
    done = pgettext_lazy("measure", "Tasks of the alliances done on time")
    came = pgettext_lazy("measure", "Party members who checked in")
    groups = look.ratio("party_blocks", "blocks")
    parts = (
        Part("party_groups", led, Amount.RATIO, groups, WEIGHTS["party_groups"]),
        look.share("alliance_tasks", done, Outside.ALLIANCE_DONE, Outside.ALLIANCE_DUE),
        look.share("member_check_in", came, Outside.MEMBERS_CAME, Outside.MEMBERS_DUE),
    )
    name = pgettext_lazy("measure", "Party leadership")
    return Measure("party_leadership", name, Amount.RATIO, weighted(parts), parts=parts)


def _satisfaction(look: _Look) -> Measure:
    """群众满意度, never without the coverage."""
    name = pgettext_lazy("measure", "Residents' satisfaction")
    rated = pgettext_lazy("measure", "Reporters who rated")
    coverage = Part("rating_coverage", rated, Amount.RATIO, look.ratio("rated", "asked"))
    return Measure(
        "public_satisfaction",
        name,
        Amount.RATIO,
        look.ratio("content", "rated"),
        parts=(coverage,),
        coverage=coverage.value,
        cases=look.list_of(Show.RATED, *look.question.period.query),
    )


def _economy(look: _Look) -> Measure:
    """经济活跃度: net new market entities; the enterprises' requests stand beside them, being another thing."""
    came, went = look.published(Outside.ENTITIES_NEW, Outside.ENTITIES_CANCELLED)
    new = look.outside("entities_new", Outside.ENTITIES_NEW, came)
    gone = look.outside("entities_cancelled", Outside.ENTITIES_CANCELLED, went)
    requests = look.outside("enterprise_requests", Outside.ENTERPRISE_REQUESTS)
    name = pgettext_lazy("measure", "Economic vitality: net new market entities")
    return Measure("economic_vitality", name, Amount.COUNT, less(new, gone), parts=(new, gone, requests))


def _disputes(look: _Look) -> Measure:
    """矛盾纠纷: new disputes per 1,000 households; criminal cases, which others publish, stand beside them."""
    unit, (first, last) = Amount.PER_THOUSAND_HOUSEHOLDS, look.days[0]
    name = pgettext_lazy("measure", "Disputes per 1,000 households")
    new = Part(
        "new_disputes", pgettext_lazy("measure", "New disputes"), Amount.COUNT, look.counted("disputes")
    )
    parts = (new, look.outside("criminal_cases", Outside.CRIMINAL_CASES))
    days = ("reported_after", first.isoformat()), ("reported_before", last.isoformat())
    cases, both = look.list_of(Show.DISPUTES, *days), look.ratio("disputes", "households", per=1000)
    return Measure("disputes", name, unit, both, direction=DOWN, parts=parts, cases=cases)


def _hazards(look: _Look) -> Measure:
    """风险隐患: open at the end of the period, with the share removed of those found in it."""
    name = pgettext_lazy("measure", "Hazards that are open")
    removed = pgettext_lazy("measure", "Hazards removed")
    parts = (Part("hazards_removed", removed, Amount.RATIO, look.ratio("hazards_removed", "hazards_found")),)
    both, cases = look.counted("hazards_open"), look.list_of(Show.HAZARDS)
    return Measure("hazards", name, Amount.COUNT, both, direction=DOWN, parts=parts, cases=cases)


def _cost(look: _Look) -> Measure:
    """行政成本: general spending, an amount; and what a closed case costs of it, where both are of the same days."""
    spent, unit = look.published(Outside.SPENDING)[0], Amount.TEN_THOUSAND_YUAN_PER_CASE
    costs = [
        Side(side.numerator, _decimal(facts.get("closed")), side.sources, per=1)
        if look.known.of(Outside.SPENDING, days)
        else Side(None)
        for side, facts, days in zip(spent, look.facts, look.days, strict=True)
    ]
    each = Part("cost_per_case", pgettext_lazy("measure", "Spending per closed case"), unit, Both(*costs))
    name = pgettext_lazy("measure", "Administrative cost: general public budget spending")
    yuan = Amount.TEN_THOUSAND_YUAN
    return Measure("administrative_cost", name, yuan, spent, direction=DOWN, parts=(each,))


def _decimal(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)
