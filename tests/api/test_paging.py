"""Pages by cursor: complete, in order, both ways, unmoved by what is added meanwhile; damaged cursors are refused."""

import base64
import datetime as dt
import json
from typing import Any

import pytest

from cases.models import Case
from tests.api.callers import As, Caller, errors
from tests.world import AT, World, a_report

pytestmark = pytest.mark.django_db


def cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.fixture
def me(as_: As, settings) -> Caller:
    settings.STEP_TRANSPORT = "yuhu.kit.steps.run_nowhere"
    return as_("governor")


@pytest.fixture
def seven(world: World) -> list[str]:
    """Seven cases; the middle three at the same moment. Newest first."""
    minutes = [0, 1, 2, 2, 2, 3, 4]
    cases = [a_report(world, at=AT - dt.timedelta(hours=1) + dt.timedelta(minutes=one)) for one in minutes]
    return [case.number for case in sorted(cases, key=lambda case: (case.reported_at, case.pk), reverse=True)]


def numbers(answer: Any) -> list[str]:
    return [row["number"] for row in answer.json()["results"]]


def test_pages_of_any_size_show_each_case_once_newest_first(me, seven):
    for size in range(1, 9):
        assert [row["number"] for row in me.results("cases/", page_size=size)] == seven, size


def test_previous_leads_back_to_where_one_came_from(me, seven):
    first = me.get("cases/", page_size=3)
    second = me.client.get(first.json()["next"])
    third = me.client.get(second.json()["next"])
    assert first.json()["previous"] is None
    assert third.json()["next"] is None
    assert numbers(third) == seven[6:]
    back = me.client.get(third.json()["previous"])
    assert numbers(back) == numbers(second) == seven[3:6]
    start = me.client.get(back.json()["previous"])
    assert numbers(start) == seven[:3]
    assert start.json()["previous"] is None
    assert numbers(me.client.get(start.json()["next"])) == seven[3:6]


def test_a_case_that_comes_in_meanwhile_shifts_nothing(me, seven, world: World):
    first = me.get("cases/", page_size=3)
    a_report(world)
    assert numbers(me.client.get(first.json()["next"])) == seven[3:6]


def test_a_case_that_vanishes_meanwhile_leaves_the_link_good(me, seven):
    first = me.get("cases/", page_size=3)
    Case.objects.filter(number=seven[2]).update(block_code="", street_code="", community_code="")
    from cases.models import CaseParty

    CaseParty.objects.filter(case__number=seven[2]).delete()
    assert numbers(me.client.get(first.json()["next"])) == seven[3:6]


def test_links_keep_the_filters(me, seven):
    link = me.get("cases/", page_size=2, state="reported").json()["next"]
    assert "state=reported" in link
    assert "page_size=2" in link


def test_an_empty_list_has_no_links(me):
    assert me.get("cases/").json() == {"next": None, "previous": None, "results": []}


def test_sizes_that_are_none_are_refused(me):
    for size in ("0", "201", "-1", "ten", "1.5", "", "٣", "99999999999999999999"):
        answer = me.get("cases/", page_size=size)
        assert (answer.status_code, errors(answer)) == (400, [("page_size", "page_size")]), size


def test_200_is_the_largest_page(me):
    assert me.get("cases/", page_size=200).status_code == 200


DAMAGED = {
    "nothing": "",
    "no base64": "§§§",
    "no json": base64.urlsafe_b64encode(b"{{").decode(),
    "no list": base64.urlsafe_b64encode(b"7").decode(),
    "an object": base64.urlsafe_b64encode(b'{"a":1}').decode(),
    "too few": cursor(0, AT.isoformat()),
    "too many": cursor(0, AT.isoformat(), 1, 2),
    "no direction": cursor(2, AT.isoformat(), 1),
    "a bool": cursor(True, AT.isoformat(), 1),
    "no time": cursor(0, "yesterday", 1),
    "no zone": cursor(0, "2026-11-24T00:00:00", 1),
    "another type": cursor(0, [AT.isoformat()], {"a": 1}),
    "endless number": cursor(0, AT.isoformat(), 10**30),
    "a word": cursor(0, AT.isoformat(), "x"),
    "null": cursor(0, None, None),
    "a year that is none": cursor(0, "99999-01-01T00:00:00Z", 1),
    "endless": "A" * 5_000,
    "deep": base64.urlsafe_b64encode(b"[" * 300).decode(),
}


def test_a_damaged_cursor_is_refused(me):
    for name, text in DAMAGED.items():
        answer = me.get("cases/", cursor=text)
        assert (answer.status_code, errors(answer)) == (400, [("damaged_cursor", "cursor")]), name


def test_a_forged_cursor_opens_nothing_that_is_not_visible(as_, seven):
    assert numbers(as_("governor9").get("cases/", cursor=cursor(0, "2200-01-01T00:00:00+00:00", 1))) == []
    assert len(numbers(as_("governor").get("cases/", cursor=cursor(0, "2199-01-01T00:00:00+00:00", 1)))) == 7


def test_nul_in_a_cursor_of_codes_is_refused(me):
    assert errors(me.get("streets/", cursor=cursor(0, "4303\x00"))) == [("damaged_cursor", "cursor")]
