"""The list of cases: what one sees, filters as links from figures use them, and pages without a count."""

import datetime as dt

import pytest

from cases.models import Case
from cases.states import State
from cases.views import listing
from tests.pages.conftest import Clock
from tests.pages.forms import Page
from tests.world import (
    AT,
    OTHER_STREET,
    STREET,
    World,
    a_closed,
    a_dispatched,
    a_handled,
    a_report,
    a_signed,
    held_by_office,
)
from yuhu.kit.search import pages as search_pages

pytestmark = pytest.mark.django_db


def numbers(client, query: str = "") -> list[str]:
    """Case numbers in the order of the page."""
    page = Page(client.get(f"/cases/{query}"))
    links = [link for link in page.links if link.startswith("/cases/4303")]
    return [link.split("/")[2] for link in links]


def test_newest_first(world: World, as_) -> None:
    made = [a_report(world, at=AT - dt.timedelta(hours=hours)) for hours in (3, 1, 2)]
    assert numbers(as_("governor")) == [made[1].number, made[2].number, made[0].number]


def test_the_list_shows_exactly_what_opens(world: World, as_) -> None:
    a_report(world)
    a_report(world, "governor2", block=world.b2.code)
    a_report(world, "governor9", block=world.b9.code)
    a_report(world, category="1204")
    held_by_office(world)
    for name in world.people:
        client = as_(name)
        opens = {
            case.number
            for case in Case.objects.all()
            if client.get(case.get_absolute_url()).status_code == 200
        }
        assert set(numbers(client)) == opens, name


FILTERS = [
    ("?state=handled", {"handled"}),
    ("?state=in_progress", {"signed"}),
    ("?open=1", {"reported", "signed", "handled", "other street", "office"}),
    ("?open=true&state=closed", set()),
    ("?phase=dispatch", {"signed", "office"}),
    (f"?street={STREET}", {"reported", "signed", "handled", "closed", "office"}),
    (f"?street={OTHER_STREET}", {"other street"}),
    (f"?area={OTHER_STREET}", {"other street"}),
    ("?community=430302001001", {"reported", "signed", "handled", "closed", "office"}),
    ("?block=43030200100101", {"reported", "signed", "handled", "closed", "office"}),
    ("?unit=430302001-city_management_office", {"office"}),
    ("?category=0102", {"signed"}),
    ("?q=井盖", {"reported"}),
    ("?q=井盖 不见", {"reported"}),
    ("?q=井盖 没有这个词", set()),
    ("?q=！？", set()),
    ("?q=20261124", {"reported", "signed", "handled", "closed", "other street", "office"}),
    ("?severity=critical", set()),
    ("?programme=instant_response&state=closed", {"closed"}),
    ("?channel=hotline", {"other street"}),
    ("?closed_from=2026-11-24&closed_to=2026-11-24", {"closed"}),
    ("?closed_from=2026-11-25", set()),
    ("?reported_before=2026-11-23", set()),
    ("?show=closed", {"closed"}),
]  # fmt: skip


@pytest.fixture
def six(world: World) -> dict[str, Case]:
    return {
        "reported": a_report(world, description="井盖不见了"),
        "signed": a_signed(world, category="0102"),
        "handled": a_handled(world),
        "closed": a_closed(world),
        "other street": a_report(world, "governor9", block=world.b9.code, channel="hotline"),
        "office": held_by_office(world),
    }


@pytest.mark.parametrize(("query", "expected"), FILTERS, ids=[query for query, _expected in FILTERS])
def test_each_filter_finds_what_its_name_says(world: World, as_, six, query: str, expected: set[str]) -> None:
    found = numbers(as_("leader"), query)
    assert {name for name, case in six.items() if case.number in found} == expected
    assert len(found) == len(expected)


def test_overdue_is_asked_of_the_clock(world: World, as_, time: Clock) -> None:
    case = a_signed(world)
    client = as_("governor")
    assert numbers(client, "?overdue=1") == []
    time.go(days=2)
    page = Page(client.get("/cases/?overdue=1"))
    assert case.number in page.text
    assert "Overdue by" in page.text
    assert any(row.get("class") == "is-overdue" for row in page.all("tr"))


def test_the_tabs_show_what_is_mine(world: World, as_) -> None:
    mine, evaluated = a_signed(world), a_handled(world)
    a_report(world, "supervisor")
    assert numbers(as_("governor"), "?show=mine") == [mine.number]
    assert numbers(as_("supervisor"), "?show=to_evaluate") == [evaluated.number]
    assert len(numbers(as_("supervisor"), "?show=my_reports")) == 1


def test_a_filter_never_widens_what_one_sees(world: World, as_) -> None:
    a_report(world, "governor9", block=world.b9.code)
    assert numbers(as_("governor"), f"?street={OTHER_STREET}") == []
    assert numbers(as_("governor"), f"?block={world.b9.code}") == []
    assert numbers(as_("governor"), "?show=closed") == []


def test_an_unknown_value_is_told_and_left_out(world: World, as_) -> None:
    case = a_report(world)
    page = Page(as_("governor").get("/cases/?state=nonsense"))
    assert case.number in page.text
    assert "nonsense" in page.text


def test_what_a_link_asked_for_is_said_in_words_and_can_be_taken_out(world: World, as_) -> None:
    a_report(world)
    page = Page(as_("leader").get(f"/cases/?phase=report&street={STREET}&q=垃圾"))
    assert "Phase Report" in page.text
    chips = [
        link for link in page.links if link.startswith("?") and "street=" in link and "phase=" not in link
    ]
    assert chips, "a link without the phase keeps the rest"
    form = next(form for form in page.forms if "q" in form.names)
    assert form.values["street"] == [STREET], "a new search keeps what the link asked for"


def test_own_areas_and_those_below_are_offered(world: World, as_) -> None:
    text = Page(as_("governor").get("/cases/")).html
    assert f'value="{world.b1.code}"' in text
    assert f'value="{world.b2.code}"' not in text
    assert f'value="{OTHER_STREET}"' in as_("leader").get("/cases/").content.decode()
    assert 'value="430302001001"' in as_("streetleader").get("/cases/").content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "There is no case here yet"),
        ("?show=mine", "Nothing waits for you"),
        ("?show=to_evaluate", "Nothing waits for your evaluation"),
        ("?q=没有", "No case fits"),
    ],
)
def test_an_empty_list_says_what_to_do_next(world: World, as_, query: str, words: str) -> None:
    assert words in Page(as_("supervisor").get(f"/cases/{query}")).text


def test_pages_go_forth_and_back_without_losing_or_doubling_a_case(
    world: World, as_, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 3)
    # Four of them at the very same moment: the key decides between those.
    moments = [AT - dt.timedelta(hours=max(0, number - 3)) for number in range(8)]
    made = [a_report(world, at=at).number for at in moments]
    wanted = [case.number for case in Case.objects.order_by("-reported_at", "-pk")]
    client, query, seen, addresses = as_("governor"), "", [], []
    while True:
        addresses.append(query)
        page = Page(client.get(f"/cases/{query}"))
        seen.append(numbers(client, query))
        following = [link["href"] for link in page.all("a") if link.get("rel") == "next"]
        if not following:
            break
        query = following[0]
    assert [number for shown in seen for number in shown] == wanted
    assert sorted(wanted) == sorted(made)
    for earlier in reversed(seen[:-1]):
        page = Page(client.get(f"/cases/{query}"))
        query = next(link["href"] for link in page.all("a") if link.get("rel") == "prev")
        assert numbers(client, query) == earlier


def test_the_next_page_keeps_the_filters(world: World, as_, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 1)
    for _case in range(2):
        a_dispatched(world)
    a_handled(world)
    client = as_("governor")
    page = Page(client.get("/cases/?state=dispatched"))
    following = next(link["href"] for link in page.all("a") if link.get("rel") == "next")
    assert "state=dispatched" in following
    assert len(numbers(client, following)) == 1


def test_each_row_says_state_place_receiver_and_time(world: World, as_) -> None:
    case = a_signed(world, address="雨湖路1号")
    text = Page(as_("governor").get("/cases/")).text
    for words in (str(State.IN_PROGRESS.label), world.b1.name, "雨湖路1号", world.governor.name, case.number):
        assert words in text


@pytest.mark.parametrize("fence", [2, 1000])
def test_a_search_is_paged_both_ways(world: World, as_, monkeypatch, fence) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    monkeypatch.setattr(search_pages, "FENCE", fence)
    made = [
        a_report(world, at=AT - dt.timedelta(hours=hours), description="窨井盖" if hours % 2 else "路灯")
        for hours in range(1, 10)
    ]
    expected = [case.number for case in made[::2]]
    client, pages = as_("governor"), ["?q=窨井"]
    while following := client.get(f"/cases/{pages[-1]}").context["next_url"]:
        pages.append(following)
    assert [numbers(client, page) for page in pages] == [expected[:2], expected[2:4], expected[4:]]
    back = client.get(f"/cases/{pages[-1]}").context["previous_url"]
    assert numbers(client, back) == expected[2:4]
