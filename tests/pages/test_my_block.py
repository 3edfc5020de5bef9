"""One's block: who opens it, what is open there by lateness, the same on the map and in words, code and poster."""

import datetime as dt
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case, Deadline
from staffing.actions import appoint
from staffing.models import Tenure
from tests.pages.conftest import Clock
from tests.pages.forms import Page
from tests.world import AT, START, World, a_closed, a_dispatched, a_handled, a_report, a_signed
from yuhu.journal.actions import SYSTEM

pytestmark = pytest.mark.django_db

ADDRESS = "/my-block/"


def points(html: str) -> list[dict[str, object]]:
    script = re.search(r'<script id="block-points" type="application/json">(.*?)</script>', html)
    assert script is not None
    found: list[dict[str, object]] = json.loads(script[1])
    return found


@pytest.mark.parametrize(
    ("name", "own", "asked"),
    [
        *[(name, 200, 200) for name in ("governor", "supervisor", "assistant", "liaison")],
        ("governor2", 200, 404),
        *[(name, 404, 200) for name in ("dispatcher", "streetleader", "leader", "auditor")],
        *[
            (name, 404, 404)
            for name in ("dispatcher9", "handler", "department", "admin", "security", "stranger")
        ],
    ],
)
def test_it_opens_for_its_people_and_for_those_whose_area_holds_it(
    world: World, as_, name: str, own: int, asked: int
) -> None:
    client = as_(name)
    assert client.get(ADDRESS).status_code == own
    assert client.get(ADDRESS, {"block": world.b1.code}).status_code == asked


@pytest.mark.parametrize("code", ["x", "430302", "43030200199901", "4303020010010１", "9" * 200])
def test_what_is_no_block_is_not_there(world: World, as_, code: str) -> None:
    assert as_("leader").get(ADDRESS, {"block": code}).status_code == 404


def test_who_holds_two_blocks_chooses(world: World, as_) -> None:
    seat = Tenure.Seat.ACTING_GOVERNOR
    appoint(block=world.b2, post=seat, holder=world.governor, starts_on=START, at=AT, actor=SYSTEM)
    page = Page(as_("governor").get(ADDRESS))
    assert page.has_form(ADDRESS)
    other = as_("governor").get(ADDRESS, {"block": world.b2.code})
    assert other.context["here"].code == world.b2.code
    assert not Page(as_("supervisor").get(ADDRESS)).has_form(ADDRESS)


def test_what_is_open_stands_by_lateness_on_the_map_and_in_words(world: World, as_, time: Clock) -> None:
    late = a_signed(world, at=AT - dt.timedelta(days=5), longitude=112.9105, latitude=27.8668)
    fresh = a_dispatched(world)
    ended = a_closed(world)
    answer = as_("governor").get(ADDRESS)
    found = [(label, [turn.case.number for turn in turns]) for label, turns in answer.context["groups"]]
    assert found == [("Overdue", [late.number]), ("Not due yet", [fresh.number])]
    page = Page(answer)
    assert "Overdue by" in page.text
    assert ended.number not in page.html
    drawn = {point["url"]: (point["tone"], point["longitude"]) for point in points(page.html)}
    assert drawn == {
        late.get_absolute_url(): ("overdue", 112.9105),
        fresh.get_absolute_url(): ("open", world.b1.centroid_longitude),
    }


def test_the_clock_is_the_one_that_must_be_beaten_now(world: World, as_) -> None:
    """A result that waits for its evaluation is not late by the clock of handling, which stands."""
    a_dispatched(world)
    a_handled(world)
    groups = as_("governor").get(ADDRESS).context["groups"]
    turns = {turn.case.state: turn for _label, found in groups for turn in found}
    for state, step in (("dispatched", "sign"), ("handled", "evaluate")):
        assert turns[state].due_at == Deadline.objects.get(case=turns[state].case, step=step).due_at
    assert turns["handled"].due_at != turns["handled"].case.due_at


def test_a_case_about_an_official_is_seen_by_its_parties_only(world: World, as_) -> None:
    secret = a_report(world, "assistant", category="1204")
    assert secret.number in as_("assistant").get(ADDRESS).content.decode()
    assert secret.number not in as_("governor").get(ADDRESS).content.decode()


def test_an_empty_block_says_so(world: World, as_) -> None:
    assert "Nothing is open in this block" in Page(as_("governor").get(ADDRESS)).text


def test_the_code_and_the_poster_are_one_touch_away(world: World, as_) -> None:
    links = Page(as_("governor").get(ADDRESS)).links
    assert f"/posters/blocks/{world.b1.code}/" in links
    assert f"/posters/blocks/{world.b1.code}.pdf" in links


def test_it_asks_as_much_for_many_cases_as_for_one(world: World, as_) -> None:
    client = as_("governor")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(ADDRESS).status_code == 200
        return len(asked)

    a_dispatched(world)
    queries()
    few = queries()
    for _case in range(6):
        a_dispatched(world)
    assert Case.objects.count() == 7
    assert queries() == few
