"""``GET figures/``: every indicator of an area in a period, for whoever's scope covers it."""

import datetime as dt
from typing import Any

import pytest

from cases.figures.indicators import TABLE
from cases.models import Case
from cases.outside import Outside
from tests.api.callers import As, Caller, errors
from tests.api.partners import partner
from tests.api.test_query_counts import at_most
from tests.cases.indicator_makers import many
from tests.cases.indicator_questions import NOVEMBER
from tests.cases.outside_makers import checked
from tests.cases.test_tallies import build
from tests.world import OTHER_STREET, STREET, World, a_closed, a_dispatched, a_handled
from yuhu.kit import clock

pytestmark = pytest.mark.django_db

DISTRICT, BLOCK = "430302", "43030200100101"


def told(me: Caller, **params: Any) -> dict[str, Any]:
    answer = me.get("figures/", headers={"Accept-Language": "en"}, **params)
    assert answer.status_code == 200, answer.content
    return {row["key"]: row for row in answer.json()["results"]}


def test_every_indicator_is_told_with_its_parts(as_: As, world: World):
    a_closed(world)
    a_handled(world)
    answer = as_("leader").get("figures/", area=STREET).json()
    assert [row["key"] for row in answer["results"]] == [one.key for one in TABLE]
    assert (answer["area"], answer["from"], answer["to"]) == (STREET, "2026-11-01", "2026-11-24")
    fields = {"key", "name", "unit", "numerator", "denominator", "value", "coverage", "median", "cases"}
    assert {frozenset(row) for row in answer["results"]} == {frozenset(fields)}
    rows = {row["key"]: row for row in answer["results"]}
    assert rows["extension_rate"] | {"cases": ""} == {
        "key": "extension_rate",
        "name": "延期率",
        "unit": "ratio",
        "numerator": 0,
        "denominator": 2,
        "value": 0.0,
        "coverage": None,
        "median": None,
        "cases": "",
    }
    assert (rows["urge_count"]["value"], rows["urge_count"]["denominator"]) == (0, None)
    assert rows["overdue_rate"]["value"] == 0
    assert rows["whistle_clear_rate"]["value"] is None
    assert (rows["satisfaction_rate"]["value"], rows["satisfaction_rate"]["coverage"]) == (1.0, 1.0)


def test_names_are_words_in_the_readers_language(as_: As):
    me = as_("leader")
    assert told(me)["response_rate"]["name"] == "Person contacted in time"
    chinese = {row["name"] for row in me.get("figures/").json()["results"]}
    assert {"按期办结率", "响应率", "解决率", "满意率", "参评率", "派单准确率", "清单外事项数"} <= chinese
    assert len(chinese) == len(TABLE)


def test_the_list_behind_a_figure_opens_for_a_person(as_: As, world: World):
    a_closed(world)
    me = as_("leader")
    row = told(me, area=BLOCK)["satisfaction_rate"]
    page = me.client.get(row["cases"])
    assert page.status_code == 200
    assert len(page.context["cases"]) == row["denominator"] == 1
    links = {row["cases"] for row in told(me).values() if row["cases"]}
    assert {me.client.get(link).status_code for link in links} == {200}


def test_a_registered_list_leaves_out_what_figures_leave_out(as_: As, world: World):
    void, praise, kept = (a_dispatched(world) for _ in range(3))
    Case.objects.filter(pk=void.pk).update(state="void", closed_at=clock.now())
    Case.objects.filter(pk=praise.pk).update(category="1205")
    me = as_("leader")
    row = told(me)["extension_rate"]
    assert row["denominator"] == 1
    assert [case.pk for case in me.client.get(row["cases"]).context["cases"]] == [kept.pk]


# Where


@pytest.mark.parametrize(
    "who, own",
    [
        ("leader", DISTRICT), ("auditor", DISTRICT), ("streetleader", STREET), ("dispatcher", STREET),
        ("dispatcher9", OTHER_STREET), ("governor", BLOCK), ("supervisor", BLOCK),
    ],
)  # fmt: skip
def test_without_an_area_it_is_ones_own(as_: As, who: str, own: str):
    assert as_(who).get("figures/").json()["area"] == own


@pytest.mark.parametrize("area", [DISTRICT, STREET, "430302001001", BLOCK])
def test_a_leader_asks_for_any_level(as_: As, world: World, area: str):
    a_dispatched(world)
    assert told(as_("leader"), area=area)["extension_rate"]["denominator"] == 1


@pytest.mark.parametrize(
    "who, area",
    [
        ("leader", "430399"), ("leader", "430302999"), ("leader", "430302001999"), ("leader", "43030200100199"),
        ("streetleader", OTHER_STREET), ("streetleader", DISTRICT), ("governor", STREET),
        ("governor", "43030200100102"), ("handler", STREET), ("department", DISTRICT), ("admin", DISTRICT),
    ],
)  # fmt: skip
def test_an_unknown_area_and_one_of_others_do_not_exist(as_: As, who: str, area: str):
    answer = as_(who).get("figures/", area=area)
    assert (answer.status_code, errors(answer)) == (404, [("area_unknown", "area")])


@pytest.mark.parametrize("who", ["handler", "department", "admin", "security"])
def test_who_has_no_area_has_no_figures(as_: As, who: str):
    answer = as_(who).get("figures/")
    assert (answer.status_code, errors(answer)) == (404, [("area_unknown", "area")])


def test_a_figure_of_an_area_is_the_same_for_everybody_who_may_ask(as_: As, world: World):
    a_dispatched(world)
    a_dispatched(world, name="governor2", block=world.b2.code, category="1204")
    for who in ("streetleader", "leader"):
        assert told(as_(who), area=STREET)["extension_rate"]["denominator"] == 1, (
            "the other is about an official"
        )


# When


@pytest.mark.parametrize(
    "params, days",
    [
        ({}, ("2026-11-01", "2026-11-24")),
        ({"from": "2026-11-20"}, ("2026-11-20", "2026-11-24")),
        ({"to": "2026-10-15"}, ("2026-10-01", "2026-10-15")),
        ({"from": "2026-11-24", "to": "2026-11-24"}, ("2026-11-24", "2026-11-24")),
        ({"from": "2025-01-01", "to": "2026-12-31"}, ("2025-01-01", "2026-12-31")),
    ],
)
def test_the_period_is_this_month_until_today_unless_said(as_: As, params: dict[str, Any], days: Any):
    answer = as_("leader").get("figures/", **params).json()
    assert (answer["from"], answer["to"]) == days


@pytest.mark.parametrize("params", [{"from": "2026-11-25"}, {"from": "2026-11-02", "to": "2026-11-01"}])
def test_a_period_that_ends_before_it_begins_is_refused(as_: As, params: dict[str, Any]):
    answer = as_("leader").get("figures/", headers={"Accept-Language": "en"}, **params)
    assert (answer.status_code, errors(answer)) == (400, [("from_after_to", "from")])
    assert "Please give a first day that is not later." in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    "query, expected",
    [
        ("street=430302001", ("unknown_filter", "street")),
        ("page_size=5", ("unknown_filter", "page_size")),
        ("area=1", ("invalid", "area")),
        ("area=43030200x", ("invalid", "area")),
        ("area=４３０３０２", ("invalid", "area")),
        ("from=yesterday", ("not_a_date", "from")),
        ("to=2026-02-30", ("not_a_date", "to")),
        ("from=20261101", ("not_a_date", "from")),
        ("to=0001-01-01", ("date_range", "to")),
        ("to=2026-11-01&to=2026-11-02", ("given_twice", "to")),
    ],
)
def test_whatever_is_not_understood_is_named(as_: As, query: str, expected: tuple[str, str]):
    answer = as_("leader").get(f"figures/?{query}")
    assert (answer.status_code, errors(answer)) == (400, [expected])


def test_days_are_the_districts(as_: As, world: World):
    case = a_dispatched(world)
    Case.objects.filter(pk=case.pk).update(reported_at=dt.datetime(2026, 11, 9, 16, 30, tzinfo=dt.UTC))
    me = as_("leader")
    for day, number in (("2026-11-09", 0), ("2026-11-10", 1)):
        row = told(me, **{"from": day, "to": day})["extension_rate"]
        assert row["denominator"] == number, day


# Systems


def test_a_partner_needs_the_scope_and_sees_its_own_area(world: World):
    a_dispatched(world)
    assert errors(partner("no-figures", scopes=["cases:read"]).get("figures/")) == [
        ("insufficient_scope", None)
    ]
    me = partner("figures", scopes=["figures:read"], area=STREET)
    assert told(me)["extension_rate"]["denominator"] == 1
    assert told(partner("other", area=OTHER_STREET))["extension_rate"]["denominator"] == 0
    assert me.get("figures/", area=OTHER_STREET).status_code == 404


def test_a_partner_for_some_categories_is_told_of_those_only(world: World):
    a_dispatched(world)
    a_dispatched(world, category="0402")
    rows = told(partner(categories=["04"]))
    assert rows["extension_rate"]["denominator"] == 1
    assert [rows["visit_rate"][name] for name in ("numerator", "denominator", "value")] == [None] * 3


def test_nothing_is_written_here(as_: As):
    assert as_("leader").post("figures/", {}).status_code == 405


def test_it_costs_the_same_for_many_cases(as_: As, world: World):
    me = as_("leader")
    told(me)
    with at_most(36) as few:
        told(me)
    many(world, NOVEMBER, seed=5, count=40)
    with at_most(36) as more:
        told(me)
    assert len(few) == len(more)


# Three rises and three falls

OCTOBER: Any = {"from": "2026-10-01", "to": "2026-10-31"}


def test_three_rises_and_three_falls_are_told_beside_the_year_before(as_: As, world: World):
    for year, value in ((2025, 284_600), (2026, 233_600)):
        checked(world, Outside.SPENDING, DISTRICT, value, year=year)
    answer = as_("leader").get("figures/", **OCTOBER).json()
    found = {row["key"]: row for row in answer["rises_and_falls"]}
    assert list(found) == [
        *("party_leadership", "public_satisfaction", "economic_vitality"),
        *("disputes", "hazards", "administrative_cost"),
    ]
    cost = found["administrative_cost"]
    assert cost | {"parts": []} == {
        "key": "administrative_cost",
        "name": "行政成本（一般公共预算支出）",
        "unit": "ten_thousand_yuan",
        "value": 233_600.0,
        "base": 284_600.0,
        "change": -51_000.0,
        "change_rate": -0.1792,
        "numerator": 233_600.0,
        "denominator": None,
        "sources": ["区统计局，雨统〔2026〕10号"],
        "direction": "down",
        "outcome": "good",
        "parts": [],
        "coverage": None,
        "cases": None,
    }
    assert [part["key"] for part in cost["parts"]] == ["cost_per_case"]
    assert found["party_leadership"]["value"] is None
    assert found["party_leadership"]["outcome"] == "unclear"


def test_the_lists_behind_the_measures_open_for_a_person(as_: As, world: World):
    a_closed(world)
    me = as_("leader")
    links = [row["cases"] for row in me.get("figures/").json()["rises_and_falls"] if row["cases"]]
    assert len(links) == 3
    assert {me.client.get(link).status_code for link in links} == {200}


def test_a_client_for_some_categories_is_told_no_outside_figure(world: World):
    checked(world, Outside.CRIMINAL_CASES, DISTRICT, 1761)
    caller = partner("narrow", scopes=["figures:read"], categories=["01"])
    answer = caller.get("figures/", **OCTOBER).json()
    found = {row["key"]: row for row in answer["rises_and_falls"]}
    assert {part["value"] for part in found["disputes"]["parts"] if part["key"] == "criminal_cases"} == {None}


def test_coming_days_have_nothing_to_tell_and_break_nothing(world: World):
    a_closed(world)
    build()
    coming: dict[str, Any] = {"from": "2027-01-01", "to": "2027-01-31"}
    answer = Caller(world.leader).get("figures/", **coming)
    assert answer.status_code == 200, answer.content


def test_the_number_of_calls_does_not_tell_a_governor_who_will_be_called(as_: As, world: World):
    a_closed(world)
    assert told(as_("governor"))["follow_up_rate"]["denominator"] is None
    assert told(as_("streetleader"), area=BLOCK)["follow_up_rate"]["denominator"] == 0
