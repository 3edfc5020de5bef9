"""Lists of cases through the API: each filter finds what it says."""

import datetime as dt
from typing import Any

import pytest

from cases.actions import Person
from cases.models import Case
from tests.world import (
    AT,
    OTHER_STREET,
    World,
    a_closed,
    a_dispatched,
    a_report,
    a_signed,
)

pytestmark = pytest.mark.django_db


def numbers(rows: list[dict[str, Any]]) -> set[str]:
    return {row["number"] for row in rows}


@pytest.fixture
def several(world: World) -> dict[str, Case]:
    """One case of every kind that filters tell apart, all visible for the district's leader."""
    return {
        "reported": a_report(world, description="蓝色垃圾桶"),
        "late": a_dispatched(world, at=AT - dt.timedelta(days=3)),
        "signed": a_signed(world),
        "closed": a_closed(world, at=AT - dt.timedelta(days=9)),
        "elsewhere": a_dispatched(world, name="governor9", block=world.b9.code, reporter=Person()),
        "department": a_dispatched(
            world, name="handler", category="0401", channel="desk", address="板塘铺夜市"
        ),
    }


FILTERS: list[tuple[dict[str, str], set[str]]] = [
    ({}, {"reported", "late", "signed", "closed", "elsewhere", "department"}),
    ({"state": "closed"}, {"closed"}),
    ({"open": "true"}, {"reported", "late", "signed", "elsewhere", "department"}),
    ({"open": "false"}, {"closed"}),
    ({"overdue": "true"}, {"late"}),
    ({"overdue": "false"}, {"reported", "signed", "closed", "elsewhere", "department"}),
    ({"street": OTHER_STREET}, {"elsewhere"}),
    ({"street": "430399999"}, set()),
    ({"community": "430302001001", "state": "reported"}, {"reported"}),
    ({"block": "43030200100101", "overdue": "true"}, {"late"}),
    ({"category": "0401"}, {"department"}),
    ({"category": "04"}, {"department"}),
    ({"path": "whistle"}, {"department"}),
    ({"severity": "low", "state": "in_progress"}, {"signed"}),
    ({"channel": "desk"}, {"department"}),
    ({"unit": "430302-D01"}, {"department"}),
    ({"programme": "patrol"}, {"elsewhere"}),
    ({"reported_after": "2026-11-24T02:00:00Z"}, {"reported", "signed", "elsewhere", "department"}),
    ({"reported_after": "2026-11-24T10:00:00+08:00"}, {"reported", "signed", "elsewhere", "department"}),
    ({"reported_after": "2026-11-24"}, {"reported", "signed", "elsewhere", "department"}),
    ({"reported_before": "2026-11-24T02:00:00Z"}, {"late", "closed"}),
    ({"reported_after": "2026-11-16", "reported_before": "2026-11-24"}, {"late"}),
    ({"q": "蓝色垃圾桶"}, {"reported"}),
    ({"q": "板塘铺"}, {"department"}),
    ({"q": "没有的词"}, set()),
]


def test_each_filter_finds_what_it_says(as_, several):
    me, names = as_("leader"), {case.number: name for name, case in several.items()}
    for asked, found in FILTERS:
        assert {names[row["number"]] for row in me.results("cases/", **asked)} == found, asked


def test_a_case_is_found_by_its_number_and_by_the_end_of_it(as_, several):
    number = several["late"].number
    for asked in (number, number[-6:]):
        assert number in numbers(as_("leader").results("cases/", q=asked))


def test_a_plus_in_an_offset_may_be_sent_unescaped(as_, several):
    answer = as_("leader").get("/api/v1/cases/?reported_before=2026-11-24T10:00:00+08:00")
    assert numbers(answer.json()["results"]) == {several["late"].number, several["closed"].number}


def test_the_filter_and_the_field_mean_the_same_by_overdue(as_, several):
    rows = as_("leader").results("cases/")
    late = numbers(as_("leader").results("cases/", overdue="true"))
    assert {row["number"] for row in rows if row["overdue"]} == late == {several["late"].number}


def test_a_row_of_the_list_is_the_case_itself(as_, several):
    me = as_("leader")
    for row in me.results("cases/"):
        assert row == me.get(f"cases/{row['number']}/").json()
