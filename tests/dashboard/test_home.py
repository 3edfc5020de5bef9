"""The first page: everybody sees what the posts need, nobody sees what lies outside, and every number leads on."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.figures import Show
from cases.models import Case
from staffing.actions import appoint, join
from staffing.models import Membership, Tenure, Unit, User
from tests.cases.test_tallies import build
from tests.dashboard.lives import live
from tests.world import (
    AT,
    START,
    STREET,
    World,
    a_closed,
    a_dispatched,
    a_handled,
    a_report,
    a_signed,
    do,
)
from yuhu.journal.actions import SYSTEM

pytestmark = pytest.mark.django_db

LINK = re.compile(r'<a[^>]*href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")


@pytest.fixture(autouse=True)
def _moment(monkeypatch):
    monkeypatch.setattr("yuhu.kit.clock.now", lambda: AT)


def page(client: Client, user: User, path: str = "/") -> str:
    client.force_login(user)
    client.cookies["django_language"] = "en"
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def sections(client: Client, user: User) -> dict[str, int]:
    """The kinds of work that the page has, with their numbers."""
    page(client, user)
    context = client.get("/").context
    return {section.show.value: section.number for section in context["page"].sections}


# --- Who sees which parts --------------------------------------------------------------------------

IN_HANDS = ["to_sign", "to_handle", "my_requests"]
DESK = ["to_dispatch", "to_decide", *IN_HANDS]
SHOWN = {
    "governor": [*IN_HANDS, "my_reports"],
    "supervisor": ["to_evaluate", "my_reports"],
    "assistant": ["my_reports"],
    "liaison": [*IN_HANDS, "my_reports"],
    "handler": IN_HANDS,
    "office_head": IN_HANDS,
    "department": IN_HANDS,
    "dispatcher": DESK,
    "coordinator": DESK,
    "block_head": DESK,
    "streetleader": ["to_decide"],
    "leader": ["to_dispatch", "to_decide"],
    "auditor": [],
    "admin": [],
    "security": [],
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_first_page_has_the_kinds_of_work_of_its_post(client: Client, world: World, name: str):
    assert list(sections(client, world.people[name])) == SHOWN[name]


@pytest.mark.parametrize("name", SHOWN)
def test_reporting_is_offered_to_those_who_may_report(client: Client, world: World, name: str):
    offered = "home-report" in page(client, world.people[name])
    assert offered is (name not in ("auditor", "admin", "security"))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("governor", set()),
        ("dispatcher", {"desk"}),
        ("handler", set()),
        ("streetleader", {"overview"}),
        ("leader", {"overview"}),
        ("auditor", {"overview", "journal"}),
        ("admin", {"reference"}),
        ("security", {"reference"}),
    ],
)
def test_a_first_page_has_the_parts_of_its_post(client: Client, world: World, name: str, parts: set[str]):
    text = page(client, world.people[name])
    marks = {
        "desk": 'class="desk"',
        "overview": 'class="overview"',
        "journal": 'id="journal"',
        "reference": 'id="reference"',
    }
    assert {part for part, mark in marks.items() if mark in text} == parts


def test_somebody_with_two_posts_sees_the_parts_of_both(client: Client, world: World):
    street = Unit.objects.get(code=STREET)
    join(unit=street, user=world.governor, role=Membership.Role.LEADER, starts_on=START, at=AT, actor=SYSTEM)
    a_dispatched(world)
    assert sections(client, world.governor) == {
        "to_decide": 0,
        "to_sign": 1,
        "to_handle": 0,
        "my_requests": 0,
        "my_reports": 1,
    }
    assert 'class="overview"' in page(client, world.governor)


def test_a_kind_of_work_that_the_post_does_not_promise_is_shown_when_there_is_some(
    client: Client, world: World
):
    """Block b2 has no supervisor: the coordination platform evaluates."""
    case = a_dispatched(world, block=world.b2.code)
    do(world, case, "sign", "governor2")
    do(world, case, "hand-back", "governor2", result="已清运")
    assert sections(client, world.coordinator)["to_evaluate"] == 1
    assert "to_evaluate" not in sections(client, world.dispatcher)


def test_without_a_post_one_is_told_what_to_do(client: Client, world: World):
    a_report(world)
    text = page(client, world.stranger)
    assert "You hold no post today" in text
    assert "ask your head of unit" in text
    # What waits on a device is shown by the device, to whoever wrote it.
    assert "/cases/" not in text.replace("/cases/unsent/", "")
    assert "home-report" not in text


def test_a_post_that_begins_tomorrow_opens_nothing_today(client: Client, world: World):
    tomorrow = AT.date() + dt.timedelta(days=1)
    appoint(
        block=world.b9,
        post=Tenure.Seat.SUPERVISOR,
        holder=world.stranger,
        starts_on=tomorrow,
        at=AT,
        actor=SYSTEM,
    )
    assert "You hold no post today" in page(client, world.stranger)


# --- What they see there ---------------------------------------------------------------------------


def test_the_loop_moves_through_the_first_pages(client: Client, world: World):
    case = a_dispatched(world)
    assert sections(client, world.governor)["to_sign"] == 1
    assert case.number in page(client, world.governor)
    do(world, case, "sign", "governor")
    assert sections(client, world.governor) | {"my_reports": 0} == {
        "to_sign": 0,
        "to_handle": 1,
        "my_requests": 0,
        "my_reports": 0,
    }
    do(world, case, "return", "governor", reason="不属于本区块")
    assert sections(client, world.governor)["my_requests"] == 1
    assert sections(client, world.dispatcher)["to_decide"] == 1
    assert f"/cases/{case.number}/moves/decide-return/" in page(client, world.dispatcher)
    do(world, case, "decide-return", "dispatcher", approve=False, reason="属于")
    assert sections(client, world.dispatcher)["to_decide"] == 0
    do(world, case, "hand-back", "governor", result="已清运")
    assert sections(client, world.supervisor)["to_evaluate"] == 1
    assert sections(client, world.governor)["to_handle"] == 0
    do(world, case, "evaluate", "supervisor", effective=True)
    assert sections(client, world.supervisor)["to_evaluate"] == 0


def test_a_case_without_a_place_waits_for_the_district_until_a_street_has_it(client: Client, world: World):
    a_report(world, block=None, address="湖边", address_alone=True, channel="hotline")
    assert sections(client, world.leader)["to_dispatch"] == 1
    assert sections(client, world.dispatcher)["to_dispatch"] == 0
    assert "unplaced=1" in page(client, world.leader, "/board/430302/")


def test_late_work_is_counted_and_marked(client: Client, world: World):
    a_signed(world, at=AT - dt.timedelta(days=5))
    a_signed(world)
    text = page(client, world.governor)
    (section,) = [one for one in client.get("/").context["page"].sections if one.show is Show.HANDLE]
    assert (section.number, section.late) == (2, 1)
    assert "tile--late" in text
    assert "1 overdue" in text
    assert text.index("turn--overdue") < text.index("turn--open"), "late first"


def test_the_duty_officer_sees_vacancies_of_the_street_and_who_acts(client: Client, world: World):
    text = page(client, world.dispatcher)
    desk = client.get("/").context["page"].desks[0]
    assert desk.area == STREET
    # The cast seats two governors and one supervisor in this street of 43 blocks.
    assert [lacking.number for _label, _share, lacking in desk.roster.seats] == [41, 42, 42]
    assert f"missing=governor&amp;area={STREET}" in text


def test_all_done_is_said_when_nothing_waits(client: Client, world: World):
    assert "All done" in page(client, world.handler)
    a_dispatched(world)
    assert "All done" not in page(client, world.governor)


def test_nobody_sees_what_lies_outside(client: Client, world: World):
    other = a_dispatched(world, name="governor9", block=world.b9.code)
    mine = a_dispatched(world)
    for name in ("governor", "supervisor", "handler", "dispatcher", "streetleader", "department"):
        assert other.number not in page(client, world.people[name]), name
    assert mine.number not in page(client, world.dispatcher9)
    text = page(client, world.leader, "/cases/")
    assert other.number in text
    assert mine.number in text


def test_a_case_about_an_official_shows_in_no_figure_of_its_area(client: Client, world: World):
    page(client, world.leader)
    before = client.get("/").context["page"].overviews[0].standing.whole.count.number
    a_report(world, category="1204")
    assert client.get("/").context["page"].overviews[0].standing.whole.count.number == before


def test_figures_without_data_are_a_dash(client: Client, world: World):
    text = page(client, world.leader)
    assert "–" in text
    assert "0%" not in re.sub(r"\d00%", "", TAG.sub(" ", text))


def test_satisfaction_stands_with_its_coverage(client: Client, world: World):
    a_closed(world)
    a_closed(world, satisfied=False)
    page(client, world.leader)
    overview = client.get("/").context["page"].overviews[0]
    assert str(overview.satisfied.now.percent) == "50.00"
    assert (overview.coverage.now.numerator.number, overview.coverage.now.denominator.number) == (2, 2)
    text = TAG.sub("", client.get("/").content.decode())
    assert "50%" in text
    assert re.search(r"1\s*/\s*2", text)


def test_administrators_get_the_calendar_s_warning_and_links_but_no_case(client: Client, world: World):
    case = a_report(world)
    text = page(client, world.admin)
    assert "2027" in text
    assert 'class="reference__link"' in text
    assert case.number not in text
    assert 'href="/cases/' not in text.replace("/cases/unsent/", "")


def test_the_auditor_sees_the_journal_s_state_and_no_button_that_changes_anything(
    client: Client, world: World
):
    text = page(client, world.auditor)
    main = text[text.index("<main") : text.index("</main>")]
    assert "verify_journal" in main
    assert "<form" not in main
    assert "home-report" not in main


# --- Every number leads to what was counted --------------------------------------------------------


def numbers(text: str, prefix: str) -> list[tuple[str, int]]:
    """Links to a list whose text is a number, or begins with one in a tile."""
    found = []
    for href, inner in LINK.findall(text):
        words = TAG.sub(" ", inner).split()
        whole = [word for word in words if word.isdigit()]
        if href.startswith(prefix) and whole:
            found.append((href.replace("&amp;", "&"), int(whole[0])))
    return found


def listed(client: Client, path: str) -> int:
    """How many cases a list has in all, page by page."""
    total = 0
    while path:
        answer = client.get(path)
        assert answer.status_code == 200
        total += len(answer.context["cases"])
        path = "/cases/" + answer.context["next_url"] if answer.context["next_url"] else ""
    return total


@pytest.mark.parametrize(
    "name", ["leader", "streetleader", "dispatcher", "governor", "auditor", "department"]
)
def test_every_number_is_a_link_to_exactly_these_cases(client: Client, world: World, name: str):
    live(world)
    text = page(client, world.people[name])
    links = dict(numbers(text, "/cases/?"))
    wrong = {
        path: (count, there) for path, count in links.items() if (there := listed(client, path)) != count
    }
    assert wrong == {}
    assert len(links) >= (10 if name in ("leader", "auditor") else 2)


def test_numbers_of_blocks_are_links_to_exactly_these_blocks(client: Client, world: World):
    text = page(client, world.dispatcher)
    links = dict(numbers(text, "/roster/?"))
    wrong = {
        path: (count, there)
        for path, count in links.items()
        if (there := client.get(path).context["page"].paginator.count) != count
    }
    assert wrong == {}
    assert len(links) == 3


def test_leaders_are_led_to_the_board_of_their_area(client: Client, world: World):
    for name, area in (("leader", "430302"), ("streetleader", STREET), ("auditor", "430302")):
        assert f'href="/board/{area}/"' in page(client, world.people[name])
    assert "/board/" not in page(client, world.governor)


# --- What it costs ---------------------------------------------------------------------------------

MOST = {"leader": 15, "streetleader": 15, "auditor": 15}
OTHERS = 12


def queries(client: Client, path: str = "/") -> int:
    build()
    client.get(path)  # the session's stamp
    client.get(path)  # what a process keeps for a minute is not what is counted
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


@pytest.mark.parametrize("name", [*MOST, "dispatcher", "governor", "supervisor", "handler", "admin"])
def test_the_number_of_queries_is_small_and_does_not_grow(client: Client, world: World, name: str):
    def some(count: int) -> None:
        for index in range(count):
            at = AT - dt.timedelta(hours=index)
            make = (a_report, a_dispatched, a_signed, a_handled)[index % 4]
            case = make(world, at=at)
            if make is a_signed:
                do(world, case, "request-suspension", "governor", at=at, reason="等", until="2026-12-10")

    client.force_login(world.people[name])
    some(10)
    few = queries(client)
    assert Case.objects.count() == 10
    some(50)
    assert queries(client) == few, "the number grew"
    assert few <= MOST.get(name, OTHERS)


def test_somebody_without_a_post_costs_next_to_nothing(client: Client, world: World):
    client.force_login(world.stranger)
    assert queries(client) <= 5
