"""The board: who sees which area, where its links lead, and that every number is the number of its list."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from blocks.models import Division
from tests.cases.whistle_makers import a_checked_in
from tests.dashboard.boards import DISTRICT, board
from tests.dashboard.lives import live
from tests.world import AT, OTHER_STREET, STREET, World, a_closed, a_dispatched, a_report
from yuhu.dashboard.board.now import now
from yuhu.dashboard.board.places import places
from yuhu.dashboard.board.trends import trends
from yuhu.dashboard.board.work import work

pytestmark = pytest.mark.django_db

TABS = ("", "trends/", "kinds/", "work/", "people/", "map/", "indicators/")
LINK = re.compile(r'<a[^>]*href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yuhu.kit.clock.now", lambda: AT)


def page(client: Client, path: str) -> str:
    client.cookies["django_language"] = "en"
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


# --- Who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, area",
    [("leader", DISTRICT), ("auditor", DISTRICT), ("streetleader", STREET), ("dispatcher", STREET)],
)
def test_one_begins_with_the_widest_area_of_one_s_own(client: Client, world: World, name: str, area: str):
    client.force_login(world.people[name])
    assert client.get("/board/").headers["Location"] == f"/board/{area}/"
    assert client.get(f"/board/{area}/").status_code == 200


@pytest.mark.parametrize("tab", TABS)
def test_an_area_outside_the_scope_is_not_there(client: Client, world: World, tab: str):
    client.force_login(world.streetleader)
    for area in (DISTRICT, OTHER_STREET, world.b9.code, "430302999", "43030200100199", "abc", "0"):
        assert client.get(f"/board/{area}/{tab}").status_code == 404, area
    for area in (STREET, world.b1.code[:12], world.b1.code):
        assert client.get(f"/board/{area}/{tab}").status_code == 200, area


@pytest.mark.parametrize("name", ["governor", "handler", "department", "admin"])
def test_posts_that_see_no_figures_are_told_so(client: Client, world: World, name: str):
    client.force_login(world.people[name])
    assert client.get("/board/").status_code == 403
    assert client.get(f"/board/{STREET}/").status_code == 403


def test_a_street_s_numbers_hold_nothing_of_another_street(client: Client, world: World):
    other = a_dispatched(world, name="governor9", block=world.b9.code)
    client.force_login(world.streetleader)
    for tab in TABS:
        text = page(client, f"/board/{STREET}/{tab}")
        assert other.number not in text
        assert world.b9.name not in text
    assert client.get(f"/board/{STREET}/").context["standing"].whole.count.number == 0


def test_a_case_about_an_official_is_in_no_number(client: Client, world: World):
    client.force_login(world.leader)
    a_report(world, category="1204")
    assert client.get(f"/board/{DISTRICT}/").context["standing"].whole.count.number == 0


# --- Where links lead -----------------------------------------------------------------------------


def test_one_drills_down_to_the_block_and_the_period_stays(client: Client, world: World):
    a_dispatched(world)
    client.force_login(world.leader)
    path, steps = f"/board/{DISTRICT}/?period=month", [STREET, world.b1.code[:12], world.b1.code]
    for area in steps:
        text = page(client, path)
        path = f"/board/{area}/?period=month"
        assert f'href="{path}"' in text
    text = page(client, path)
    for area in (DISTRICT, *steps[:-1]):
        assert f'href="/board/{area}/?period=month"' in text, "the way back"
    assert 'href="/board/43030200100101/trends/?period=month"' in text


def test_own_days_stay_in_every_link(client: Client, world: World):
    client.force_login(world.leader)
    text = page(client, f"/board/{DISTRICT}/?from=2026-11-01&to=2026-11-20")
    assert f'href="/board/{STREET}/?from=2026-11-01&amp;to=2026-11-20"' in text
    assert f'href="/board/{DISTRICT}/map/?from=2026-11-01&amp;to=2026-11-20"' in text


@pytest.mark.parametrize(
    "query, says",
    [
        ("from=x&to=2026-11-20", "could not be read"),
        ("from=2026-11-20", "first and the last day"),
        ("from=2026-11-20&to=2026-11-01", "must not lie after"),
        ("from=2020-01-01&to=2026-11-20", "a year at most"),
        ("period=nonsense", "could not be read"),
    ],
)
def test_days_that_cannot_be_are_told_and_the_usual_ones_shown(
    client: Client, world: World, query: str, says: str
):
    client.force_login(world.leader)
    text = page(client, f"/board/{DISTRICT}/?{query}")
    assert says in text
    assert "2026-10-26 to 2026-11-24" in text


@pytest.mark.parametrize(
    "path", ["trends/?indicator=nonsense&months=7", "kinds/?branch=x", "map/?indicator=open'--"]
)
def test_a_choice_that_there_is_not_is_the_usual_one(client: Client, world: World, path: str):
    client.force_login(world.leader)
    assert "Cases registered" in page(client, f"/board/{DISTRICT}/{path}")


# --- Every number leads to what was counted -------------------------------------------------------


def numbers(text: str, prefix: str) -> list[tuple[str, int]]:
    """Links to a list whose text is a number, or numerator / denominator: the latter is what the list holds."""
    found = []
    for href, inner in LINK.findall(text):
        words = TAG.sub(" ", inner).replace(",", "").split()
        whole = [word for word in words if word.isdigit()]
        if href.startswith(prefix) and whole:
            found.append((href.replace("&amp;", "&"), int(whole[-1 if "/" in words else 0])))
    return found


def listed(client: Client, path: str) -> int:
    total = 0
    while path:
        answer = client.get(path)
        assert answer.status_code == 200
        total += len(answer.context["cases"])
        path = "/cases/" + answer.context["next_url"] if answer.context["next_url"] else ""
    return total


@pytest.mark.parametrize(
    "name, area", [("leader", DISTRICT), ("auditor", DISTRICT), ("streetleader", STREET)]
)
@pytest.mark.parametrize("tab", ["", "kinds/?branch=01", "map/?indicator=on_time_completion_rate"])
def test_every_number_is_a_link_to_exactly_these_cases(
    client: Client, world: World, name: str, area: str, tab: str
):
    live(world)
    client.force_login(world.people[name])
    links = dict(numbers(page(client, f"/board/{area}/{tab}"), "/cases/?"))
    wrong = {
        path: (count, there) for path, count in links.items() if (there := listed(client, path)) != count
    }
    assert wrong == {}
    assert len(links) >= (2 if "map" in tab else 8)


def test_numbers_of_blocks_are_links_to_exactly_these_blocks(client: Client, world: World):
    client.force_login(world.leader)
    links = dict(numbers(page(client, f"/board/{DISTRICT}/people/"), "/roster/?"))
    wrong = {
        path: (count, there)
        for path, count in links.items()
        if "missing" not in path and (there := client.get(path).context["page"].paginator.count) != count
    }
    assert wrong == {}
    assert len(links) > 16


# --- What the numbers say -------------------------------------------------------------------------


def test_without_a_case_there_is_a_dash_and_never_a_percentage(client: Client, world: World):
    client.force_login(world.leader)
    text = TAG.sub(" ", page(client, f"/board/{world.b9.code}/"))
    assert "–" in text
    # The block itself is there: that nobody leads a Party group in it is known.
    text = re.sub(r"Blocks with a Party group leader\s+0%", "", text)
    assert not re.search(r"\d%", text)


def test_satisfaction_never_stands_without_who_rated(client: Client, world: World):
    a_closed(world)
    a_closed(world, satisfied=False)
    shown = now(board(world))
    rates: Any = shown.more["rates"]
    told = {rate.key: rate for rate, _explained, _list in rates}
    assert (told["satisfaction_rate"].text, told["satisfaction_rate"].coverage) == ("50%", "100%")
    client.force_login(world.leader)
    text = page(client, f"/board/{DISTRICT}/")
    card = text[text.index("Reporters satisfied or basically") :][:900]
    assert re.search(r"rated by\s+100%", TAG.sub("", card))


def test_changes_are_told_against_the_period_before_and_the_year_before(world: World):
    a_closed(world, at=AT - dt.timedelta(days=365), satisfied=False)
    a_closed(world, at=AT - dt.timedelta(days=40))
    a_closed(world)
    told = {rate.key: rate for rate, _explained, _list in now(board(world)).more["rates"]}  # type: ignore[attr-defined]
    rate = told["satisfaction_rate"]
    assert (str(rate.on_before.amount), rate.on_before.tone) == ("0.00", "")
    assert (str(rate.on_year.amount), rate.on_year.tone, rate.on_year.arrow) == ("100.00", "good", "▲")


def test_what_rests_on_few_cases_is_marked(world: World, settings: Any):
    a_closed(world)
    told = {rate.key: rate for rate, _explained, _list in now(board(world)).more["rates"]}  # type: ignore[attr-defined]
    assert told["satisfaction_rate"].is_small
    settings.BOARD_SMALL_NUMBER = 1
    assert not told["satisfaction_rate"].is_small


def test_what_has_no_place_yet_is_a_line_of_its_own_without_a_way_down(client: Client, world: World):
    a_report(world, block=None, address="湖边", address_alone=True, channel="hotline")
    client.force_login(world.leader)
    (row,) = [row for row in client.get(f"/board/{DISTRICT}/").context["tables"]["parts"].rows if not row.key]
    assert (row.cells[3].value, row.url) == (1, "")
    assert "unplaced=1" in row.cells[3].url


def closed_since_the_start(client: Client, area: str = DISTRICT) -> int:
    (row,) = client.get(f"/board/{area}/trends/").context["tables"]["promises"].rows
    return int(row.cells[0].value)


def test_the_six_measures_are_shown_with_what_nobody_knows_as_a_dash(client: Client, world: World):
    client.force_login(world.leader)
    a_closed(world)
    text = " ".join(TAG.sub(" ", page(client, f"/board/{DISTRICT}/")).split())
    assert "Three rises and three falls" in text
    for words in (
        "Party leadership shall rise –",
        "Residents&#x27; satisfaction shall rise 100% rated by 100%",
        "Disputes per 1,000 households shall fall 0 per 1,000 households",
        "Administrative cost: general public budget spending shall fall – no base to compare with",
    ):
        assert words in text, words


def test_a_month_that_is_the_base_of_the_running_one_is_told_whole(world: World):
    """The moment of the cast is in the middle of a month."""
    for day in (2, 28):
        a_report(world, at=AT.replace(year=AT.year - 1, day=day))
    whole = board(world, tab="trends", kept={"months": "24"})
    rows = {row.name: row for row in trends(whole).tables["months"].rows}
    running, base = rows[f"{AT:%Y-%m}"], rows[f"{AT.year - 1}-{AT:%m}"]
    assert 2 < AT.day < 28
    assert running.cells[1].value == 1, "as many days as have passed"
    assert base.cells[0].value == 2


def test_departments_answers_in_a_community_are_those_of_its_cases(world: World):
    a_checked_in(world)
    for area in (STREET, world.b1.code[:12], world.b1.code):
        cards = work(board(world, tab="work", area=area)).more["cards"]
        assert cards[0][1].note, area  # type: ignore[index]


def test_an_area_without_blocks_is_told_as_a_whole_on_the_map(world: World):
    a_report(world)
    Division.objects.update(effective_from=dt.date(2030, 1, 1))
    (row,) = places(board(world, area=STREET, tab="map")).tables["blocks"].rows
    assert row.cells[0].value == 1
