"""三升三降 equals counting by hand over all rows, now and a year before; what is missing is said, not guessed."""

import datetime as dt
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from blocks.models import Block
from cases.figures import Period
from cases.figures.indicators import Question, rises_and_falls
from cases.figures.indicators.facts import facts_of
from cases.models import Case, Category
from cases.outside import Outside
from staffing.actions import add_assistant
from staffing.models import Assistant, Finding
from tests.cases.indicator_makers import many
from tests.cases.indicator_questions import DISTRICT, NOVEMBER, asked, scope
from tests.cases.outside_makers import checked, entered
from tests.cases.test_findings import to_case
from tests.cases.test_indicators import Count
from tests.cases.test_tallies import build
from tests.staffing.visit_makers import HAZARD, a_finding, a_visit, record
from tests.world import AT, START, STREET, World, a_closed, a_dispatched
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db

OCTOBER = Period.of_days(dt.date(2026, 10, 1), dt.date(2026, 10, 31))
BEFORE = Period.of_days(dt.date(2025, 10, 1), dt.date(2025, 10, 31))
KEYS = [
    "party_leadership",
    "public_satisfaction",
    "economic_vitality",
    "disputes",
    "hazards",
    "administrative_cost",
]


def measures(question: Question) -> dict[str, Any]:
    return {one.key: one for one in rises_and_falls(question)}


def october(world: World, key: str, area: str = DISTRICT, who: str = "leader") -> Any:
    return measures(asked(scope(world, who), area, OCTOBER))[key]


def part(measure: Any, key: str) -> Any:
    return next(one for one in measure.parts if one.key == key)


def year(value: int, kind: Outside, number: int) -> dict[str, Any]:
    return {"kind": kind, "value": value, "area": DISTRICT, "year": number}


# --- By hand ---------------------------------------------------------------------------------------


class ByHand(Count):
    """What ``facts_of`` counts, row by row."""

    def cases_of(self) -> dict[str, int]:
        disputes = set(Category.objects.filter(kind="dispute").values_list("pk", flat=True))
        end = min(self.end, self.at)
        rated = [c for c in self.done if c.must_rate and c.end_code in ("rated", "rated_by_call")]
        hazards = [
            c for c in self.cases if c.programme == "hazard" and c.state != "rejected" and not c.finding_id
        ]
        new = [c for c in hazards if self.inside(c.reported_at)]
        return {
            "closed": len(self.done),
            "asked": sum(c.must_rate for c in self.done),
            "rated": len(rated),
            "content": self.of_rated("satisfaction", ["satisfied", "basically_satisfied"])[0],
            "disputes": sum(c.category_id in disputes for c in self.new),
            "hazards_found": len(new),
            "hazards_removed": sum(c.state == "closed" for c in new),
            "hazards_open": sum(
                c.reported_at < end and (c.closed_at is None or c.closed_at >= end) for c in hazards
            ),
        }


def shift(cases: list[Case], days: int) -> None:
    for case in cases:
        for name in ("reported_at", "closed_at"):
            at = getattr(case, name)
            if at is not None:
                setattr(case, name, at - dt.timedelta(days=days))
    Case.objects.bulk_update(cases, ["reported_at", "closed_at"], batch_size=50)


@pytest.mark.parametrize(
    "who, area",
    [("leader", DISTRICT), ("leader", STREET), ("streetleader", STREET), ("governor", "43030200100101")],
)
def test_the_facts_of_both_years_equal_counting_by_hand(world: World, who: str, area: str) -> None:
    many(world, NOVEMBER, seed=7, count=160)
    keys = list(Case.objects.order_by("pk").values_list("pk", flat=True))
    Case.objects.filter(pk__in=keys[::3]).update(category="0803")
    Case.objects.filter(pk__in=keys[70::2]).update(programme="hazard")
    shift(list(Case.objects.order_by("pk")[::2]), 365)
    # Chance ends some before they begin; a stock that is added up from days could not know them.
    Case.objects.filter(closed_at__lt=F("reported_at")).update(closed_at=F("reported_at"))
    numbers = dict.fromkeys(ByHand(asked(scope(world))).cases_of(), 0)
    before = Period.of_days(dt.date(2025, 11, 1), dt.date(2025, 11, 24))
    for at in (AT, clock.day_start(dt.date(2027, 1, 1))):
        asked_now, asked_base = (asked(scope(world, who), area, period, at) for period in (NOVEMBER, before))
        ways = [facts_of(asked_now, asked_base)]
        if at != AT:
            # Tallies know whole days, and nothing that is still to come.
            build()
            ways.append(facts_of(replace(asked_now, kept={}), asked_base))
        for found in ways:
            for question, facts in zip((asked_now, asked_base), found, strict=True):
                hand = ByHand(question).cases_of()
                assert {name: facts[name] for name in hand} == hand
                for name, number in hand.items():
                    numbers[name] += number
    assert all(numbers.values()), "every number was more than nought somewhere"


def test_both_sides_of_a_measure_are_the_facts_of_their_year(world: World) -> None:
    many(world, OCTOBER, seed=8, count=40)
    many(world, BEFORE, seed=9, count=40)
    question = asked(scope(world), DISTRICT, OCTOBER)
    now, base = facts_of(question, asked(scope(world), DISTRICT, BEFORE))
    assert now != base
    found = measures(question)
    hazards, satisfied = found["hazards"], found["public_satisfaction"]
    assert (hazards.value, hazards.base) == (now["hazards_open"], base["hazards_open"])
    for side, facts in ((satisfied.value, now), (satisfied.base, base)):
        exact = Decimal(facts["content"]) / facts["rated"]
        assert side == exact.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
    points = Decimal(now["content"]) / now["rated"] - Decimal(base["content"]) / base["rated"]
    assert satisfied.change == points.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
    coverage = Decimal(now["rated"]) / now["asked"]
    assert satisfied.coverage == coverage.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


# --- Each of the six -------------------------------------------------------------------------------


def test_there_are_three_rises_and_three_falls_and_without_data_no_value(world: World) -> None:
    found = rises_and_falls(asked(scope(world), period=OCTOBER))
    assert [(one.key, str(one.direction)) for one in found] == list(
        zip(KEYS, ["up"] * 3 + ["down"] * 3, strict=True)
    )
    values = {one.key: one.value for one in found}
    nothing = {"party_leadership", "public_satisfaction", "economic_vitality", "administrative_cost"}
    assert {key for key, value in values.items() if value is None} == nothing
    assert {one.outcome for one in found if one.value is None} == {"unclear"}
    assert values["disputes"] == values["hazards"] == 0


def test_spending_is_told_as_an_amount_and_for_each_closed_case(world: World) -> None:
    checked(world, **year(284_600, Outside.SPENDING, 2025))
    checked(world, **year(233_600, Outside.SPENDING, 2026))
    case = a_closed(world)
    Case.objects.filter(pk=case.pk).update(closed_at=OCTOBER.start)
    cost = october(world, "administrative_cost")
    assert (cost.value, cost.base, cost.change) == (233_600, 284_600, -51_000), "5.1 亿元"
    assert cost.change_rate == Decimal("-0.1792")
    assert (cost.outcome, cost.both.now.sources) == ("good", ("区统计局，雨统〔2026〕10号",))
    each = part(cost, "cost_per_case")
    assert (each.value, each.base) == (233_600, None), "nothing was closed a year before"


def test_criminal_cases_stand_beside_the_disputes_and_are_never_counted_from_cases(world: World) -> None:
    checked(world, **year(2000, Outside.CRIMINAL_CASES, 2025))
    checked(world, **year(1761, Outside.CRIMINAL_CASES, 2026))
    crimes = part(october(world, "disputes"), "criminal_cases")
    assert crimes.change_rate == Decimal("-0.1195"), "11.95 %"
    assert part(october(world, "disputes", STREET), "criminal_cases").value is None, "the street has none"


def test_disputes_are_told_per_thousand_households(world: World) -> None:
    for at in (OCTOBER.start, OCTOBER.start, BEFORE.start):
        case = a_dispatched(world, category="0803", description="物业费谈不拢")
        Case.objects.filter(pk=case.pk).update(reported_at=at)
    households = sum(
        one.households for one in Block.objects.in_force(dt.date(2026, 10, 31)) if one.code.startswith(STREET)
    )
    found = october(world, "disputes", STREET)
    assert found.value == (Decimal(2000) / households).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    assert (found.change_rate, found.outcome) == (1, "bad")
    assert part(found, "new_disputes").value == 2


def test_a_hazard_is_open_at_the_end_of_the_period_whatever_became_of_it_later(world: World) -> None:
    case = a_closed(world)
    Case.objects.filter(pk=case.pk).update(
        programme="hazard", reported_at=OCTOBER.start, closed_at=OCTOBER.end
    )
    found = october(world, "hazards")
    assert (found.value, found.base, found.change_rate, found.outcome) == (1, 0, None, "bad"), "no base"
    assert part(found, "hazards_removed").value == 1
    Case.objects.filter(pk=case.pk).update(closed_at=OCTOBER.end - dt.timedelta(microseconds=1))
    assert october(world, "hazards").value == 0


def test_a_hazard_of_a_visit_is_counted_there_and_once(world: World) -> None:
    finding = a_finding(world, HAZARD)
    question = asked(scope(world), DISTRICT, NOVEMBER)
    assert measures(question)["hazards"].value == 1
    to_case(world, finding)
    assert measures(question)["hazards"].value == 1
    Finding.objects.update(solved=True)
    Case.objects.update(finding=None, programme="patrol")
    assert measures(question)["hazards"].value == 0
    record(world, a_visit(world))  # without findings
    assert part(measures(question)["hazards"], "hazards_removed").value == 1


def lead(world: World, block: Block) -> None:
    add_assistant(
        block=block,
        user=world.stranger,
        kind=Assistant.Kind.PARTY_GROUP_LEADER,
        starts_on=START,
        at=AT,
        actor=SYSTEM,
    )


def test_party_leadership_needs_all_its_parts(world: World) -> None:
    lead(world, world.b1)
    blocks = sum(one.code.startswith(STREET) for one in Block.objects.in_force(dt.date(2026, 10, 31)))
    found = october(world, "party_leadership", STREET)
    groups = part(found, "party_groups")
    assert (groups.both.now.numerator, groups.both.now.denominator) == (1, blocks)
    assert found.value is None, "alliance tasks and check-ins are not known"
    for kind, value in (
        (Outside.ALLIANCE_DUE, 40),
        (Outside.ALLIANCE_DONE, 38),
        (Outside.MEMBERS_DUE, 200),
        (Outside.MEMBERS_CAME, 190),
    ):
        assert october(world, "party_leadership", STREET).value is None
        checked(world, kind, STREET, value)
    exact = Decimal("0.4") / blocks + Decimal("0.3") * Decimal(38) / 40 + Decimal("0.3") * Decimal(190) / 200
    found = october(world, "party_leadership", STREET)
    assert found.value == exact.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
    assert [one.weight for one in found.parts] == [Decimal("0.4"), Decimal("0.3"), Decimal("0.3")]
    assert (found.base, found.outcome) == (None, "unclear"), "nothing is known of the year before"


def test_economic_vitality_is_what_is_left_of_the_new_entities(world: World) -> None:
    for number, new, gone in ((2025, 580, 211), (2026, 694, 198)):
        checked(world, **year(new, Outside.ENTITIES_NEW, number))
        assert october(world, "economic_vitality").change is None
        checked(world, **year(gone, Outside.ENTITIES_CANCELLED, number))
    found = october(world, "economic_vitality")
    assert (found.value, found.base, found.change, found.outcome) == (496, 369, 127, "good")
    assert part(found, "enterprise_requests").value is None


def test_months_add_up_to_the_period_and_a_gap_leaves_it_unknown(world: World) -> None:
    for number in (7, 8, 9):
        checked(world, **year(number, Outside.SPENDING, 2026), month=number)
    whole = asked(scope(world), DISTRICT, Period.of_days(dt.date(2026, 7, 1), dt.date(2026, 9, 30)))
    longer = asked(scope(world), DISTRICT, Period.of_days(dt.date(2026, 6, 1), dt.date(2026, 9, 30)))
    assert measures(whole)["administrative_cost"].value == 24
    assert measures(longer)["administrative_cost"].value is None


def test_what_nobody_has_checked_counts_for_nothing(world: World) -> None:
    entered(world, **year(233_600, Outside.SPENDING, 2026))
    assert october(world, "administrative_cost").value is None


def test_before_the_area_had_its_blocks_nothing_is_known(world: World) -> None:
    first = asked(scope(world), DISTRICT, Period.of_days(dt.date(2022, 10, 1), dt.date(2022, 10, 31)))
    found = measures(first)
    assert (found["hazards"].value, found["hazards"].base, found["hazards"].outcome) == (0, None, "unclear")
    assert part(found["disputes"], "new_disputes").base is None


# --- Who, and how many queries ---------------------------------------------------------------------


def test_a_period_that_has_not_ended_is_compared_up_to_todays_day(world: World) -> None:
    day = clock.day_start(dt.date(2025, 11, 25))
    case = a_dispatched(world, category="0803", description="物业费谈不拢")
    Case.objects.filter(pk=case.pk).update(reported_at=day)
    found = part(measures(asked(scope(world), DISTRICT, NOVEMBER, AT))["disputes"], "new_disputes")
    assert found.base == 0
    Case.objects.filter(pk=case.pk).update(reported_at=day - dt.timedelta(microseconds=1))
    found = part(measures(asked(scope(world), DISTRICT, NOVEMBER, AT))["disputes"], "new_disputes")
    assert found.base == 1


def test_whoever_is_narrowed_to_some_kinds_is_told_what_belongs_to_them(world: World) -> None:
    checked(world, **year(1761, Outside.CRIMINAL_CASES, 2026))
    case = a_closed(world)
    Case.objects.filter(pk=case.pk).update(closed_at=OCTOBER.start)
    narrowed = Scope(areas=frozenset({DISTRICT}), has_post=True, kinds=frozenset({"01"}))
    found = measures(asked(narrowed, DISTRICT, OCTOBER))
    told = {key for key, one in found.items() if one.value is not None}
    assert told == {"public_satisfaction"}
    assert part(found["disputes"], "criminal_cases").value is None


def test_they_cost_five_queries_whatever_there_is(world: World) -> None:
    question = asked(scope(world), DISTRICT, OCTOBER)

    def counting() -> int:
        build()
        with CaptureQueriesContext(connection) as captured:
            rises_and_falls(replace(question, kept={}))
        return len(captured)

    few = counting()
    many(world, OCTOBER, seed=11, count=30)
    for kind in Outside:
        checked(world, **year(5, kind, 2026))
    a_finding(world, HAZARD)
    assert counting() == few == 5


def test_where_it_may_the_latest_published_is_told_and_its_days_are_named(world: World) -> None:
    checked(world, area=DISTRICT, kind=Outside.SPENDING, value=90, month=9)
    checked(world, area=DISTRICT, kind=Outside.SPENDING, value=100, month=9, year=2025)
    a_closed(world)
    question = asked(scope(world), DISTRICT, NOVEMBER)
    exact = measures(question)["administrative_cost"]
    assert (exact.value, exact.base) == (None, None)
    latest = {one.key: one for one in rises_and_falls(question, or_latest=True)}["administrative_cost"]
    assert (latest.value, latest.base) == (Decimal(90), Decimal(100))
    assert "2026-09-01 – 2026-09-30" in latest.both.now.sources[0]
    assert part(latest, "cost_per_case").value is None, "cases of November cost nothing of September's money"


def test_of_two_figures_the_latest_days_are_those_of_both(world: World) -> None:
    for month in (8, 9):
        checked(world, area=DISTRICT, kind=Outside.ENTITIES_NEW, value=month * 10, month=month)
    checked(world, area=DISTRICT, kind=Outside.ENTITIES_CANCELLED, value=30, month=8)
    question = asked(scope(world), DISTRICT, NOVEMBER)
    vitality = {one.key: one for one in rises_and_falls(question, or_latest=True)}["economic_vitality"]
    assert vitality.value == 50, "August's, since nobody knows who went in September"
