"""The filter ``q`` of cases: scoped before anything is found, paged like every list, at a bounded cost."""

import datetime as dt
import logging

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.callers import As, Caller, errors
from tests.world import AT, World, a_report
from yuhu.kit.search import pages

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def nudges_are_lost(settings) -> None:
    settings.STEP_TRANSPORT = "yuhu.kit.steps.run_nowhere"


@pytest.fixture
def nine(world: World) -> list[str]:
    """Nine cases, oldest first; every third is about a manhole, the others about garbage."""
    texts = ["窨井盖松动" if place % 3 == 0 else "楼下垃圾" for place in range(9)]
    made = [
        a_report(world, description=text, at=AT - dt.timedelta(hours=1) + place * MINUTE)
        for place, text in enumerate(texts)
    ]
    return [case.number for case in made]


def numbers(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()["results"]]


@pytest.mark.parametrize("fence", [1, 2, 5, 100])
def test_pages_of_a_search_are_complete_and_lead_both_ways(as_: As, nine, monkeypatch, fence):
    monkeypatch.setattr(pages, "FENCE", fence)
    me = as_("governor")
    for query, expected in (
        ("垃圾", [nine[i] for i in (8, 7, 5, 4, 2, 1)]),
        ("窨井", [nine[i] for i in (6, 3, 0)]),
    ):
        assert [row["number"] for row in me.results("cases/", q=query, page_size=2)] == expected
        first = me.get("cases/", q=query, page_size=2)
        assert first.json()["previous"] is None
        second = me.client.get(first.json()["next"])
        assert numbers(second) == expected[2:4]
        back = me.client.get(second.json()["previous"])
        assert numbers(back) == expected[:2]
        assert back.json()["previous"] is None


def test_a_case_out_of_sight_is_neither_found_nor_linked_to(as_: As, nine, world: World):
    hidden = a_report(world, "governor9", block=world.b9.code, description="窨井盖松动", address="金塘路8号")
    for query in ("窨井", "金塘路", hidden.number, hidden.number[-6:], "8号"):
        assert hidden.number not in [row["number"] for row in as_("governor").results("cases/", q=query)]
    page = as_("governor").get("cases/", q="窨井", page_size=3).json()
    assert (len(page["results"]), page["next"]) == (3, None), "a fourth hit must not be hinted at"
    assert numbers(as_("governor9").get("cases/", q="窨井")) == [hidden.number]


def test_a_search_goes_with_the_other_filters(as_: As, nine, world: World):
    a_report(world, category="0102", description="窨井旁渣土")
    assert len(numbers(as_("governor").get("cases/", q="窨井"))) == 4
    assert numbers(as_("governor").get("cases/", q="窨井", category="0101")) == [nine[i] for i in (6, 3, 0)]
    assert numbers(as_("governor").get("cases/", q="窨井", state="closed")) == []


def test_a_word_that_is_missing_in_the_newest_cases_is_found_in_the_old_ones(as_: As, nine, monkeypatch):
    monkeypatch.setattr(pages, "FENCE", 2)
    assert numbers(as_("governor").get("cases/", q="窨井", page_size=50)) == [nine[i] for i in (6, 3, 0)]


@pytest.mark.parametrize("query", ["垃圾", "窨井", "没有的词", "1123"])
def test_a_search_costs_at_most_8_queries(as_: As, nine, monkeypatch, query):
    monkeypatch.setattr(pages, "FENCE", 4)
    me = as_("governor")
    me.get("cases/")
    with CaptureQueriesContext(connection) as captured:
        assert me.get("cases/", q=query).status_code == 200
    assert len(captured) <= 8, "\n".join(one["sql"][:150] for one in captured.captured_queries)


def test_what_cannot_be_searched_for_is_refused(as_: As):
    me: Caller = as_("governor")
    assert errors(me.get("cases/", q="a\x00b")) == [("control_characters", "q")]
    assert errors(me.get("cases/", q="堆" * 101)) == [("max_length", "q")]


def test_signs_alone_find_nothing(as_: As, nine):
    assert numbers(as_("governor").get("cases/", q="！？")) == []
    assert len(numbers(as_("governor").get("cases/", q=" "))) == 9


def test_what_was_searched_for_stands_in_no_log(as_: As, world: World, caplog):
    with caplog.at_level(logging.DEBUG):
        as_("governor").get("cases/", q="张三 13800005678")
    assert caplog.records
    from yuhu.kit.logs import redact

    for record in caplog.records:
        told = record.msg if isinstance(record.msg, dict) else {"event": record.getMessage()}
        lines = str(redact(None, "", dict(told)))
        assert "13800005678" not in lines
        assert "%E5%BC%A0" not in lines
