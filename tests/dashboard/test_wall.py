"""The wall screen: numbers for a hall, nobody's name; a session that outlives the idle limit and opens nothing else."""

import re

import pytest
from django.test import Client

from cases.models import CaseParty
from staffing.models import Membership
from tests.dashboard.boards import DISTRICT
from tests.world import AT, OTHER_STREET, PASSWORD, STREET, World, a_closed, a_dispatched, a_report
from yuhu.dashboard.board.wall import PAGES
from yuhu.journal.models import Entry
from yuhu.kit import clock

pytestmark = pytest.mark.django_db

MINUTE, HOUR = 60, 3600
WALL = f"/board/{STREET}/wall/"
BY_ITSELF = {"X-By-Itself": "1"}


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What ``time.time`` says in the middleware; a test moves it on."""
    now = [1_800_000_000.0]
    monkeypatch.setattr("staffing.middleware.time.time", lambda: now[0])
    return now


def log_in(client: Client, name: str = "streetleader") -> None:
    client.cookies["django_language"] = "en"
    assert client.post("/login/", {"username": name, "password": PASSWORD}).status_code == 302


# --- What it shows --------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_nothing_on_it_names_a_person_or_says_what_somebody_wrote(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch, page: str
):
    monkeypatch.setattr(clock, "now", lambda: AT)
    case = a_dispatched(world)
    a_closed(world)
    log_in(client)
    text = client.get(f"{WALL}?page={page}").content.decode()
    assert "垃圾堆" not in text
    assert not [user.name for user in world.people.values() if user.name in text]
    assert "13800" not in text
    assert (case.number in text) is (page == "now")
    assert not re.findall(r'<a [^>]*href="/cases/', text)


def test_every_page_has_its_own_numbers_and_the_first_one_is_usual(client: Client, world: World):
    log_in(client)
    for page in PAGES:
        assert client.get(f"{WALL}?page={page}").context["page"] == page
    assert client.get(WALL).context["page"] == "now"
    assert client.get(f"{WALL}?page=nonsense").context["page"] == "now"
    assert b"data-fixed" not in client.get(WALL).content
    assert b"data-fixed" in client.get(f"{WALL}?page=work").content


# --- The session ----------------------------------------------------------------------------------


def test_refreshing_by_itself_keeps_no_desk_alive(client: Client, world: World, seconds: list[float]):
    log_in(client)
    assert client.get(WALL).status_code == 200
    for _minute in range(29):
        seconds[0] += MINUTE
        assert client.get(WALL, headers=BY_ITSELF).status_code == 200
    seconds[0] += 2 * MINUTE
    answer = client.get(WALL, headers=BY_ITSELF)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


def test_a_hand_on_the_wall_is_activity(client: Client, world: World, seconds: list[float]):
    log_in(client)
    for _visit in range(4):
        seconds[0] += 20 * MINUTE
        assert client.get(WALL).status_code == 200


def test_a_browser_that_became_a_wall_stays_one_for_its_hours(
    client: Client, world: World, seconds: list[float], settings
):
    settings.WALL_HOURS = 24
    log_in(client)
    key = client.session.session_key
    assert client.post(f"{WALL}keep/")["Location"] == WALL
    assert client.session.session_key != key, "the old key opens nothing any more"
    for _hour in range(23):
        seconds[0] += HOUR
        assert client.get(WALL, headers=BY_ITSELF).status_code == 200
    seconds[0] += HOUR + MINUTE
    assert client.get(WALL, headers=BY_ITSELF).status_code == 302


@pytest.mark.parametrize(
    "path",
    ["/", "/cases/", "/inbox/", f"/board/{STREET}/", "/admin/", "/password/", f"/board/{OTHER_STREET}/wall/"],
)
def test_a_wall_opens_no_other_page(client: Client, world: World, path: str):
    log_in(client)
    client.post(f"{WALL}keep/")
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith(WALL)


def test_a_wall_opens_no_door_of_the_api_but_the_outlines(client: Client, world: World):
    log_in(client)
    client.post(f"{WALL}keep/")
    assert client.get("/api/v1/cases/").status_code == 403
    assert client.get("/api/v1/cases/").json()["errors"][0]["code"] == "wall_screen"
    assert client.get(f"/api/v1/blocks.geojson?street={STREET}").status_code == 200


def test_a_wall_cannot_make_its_time_longer(client: Client, world: World):
    log_in(client)
    client.post(f"{WALL}keep/")
    assert client.post(f"{WALL}keep/").status_code == 403


def test_a_log_in_makes_a_desk_of_a_wall_again(client: Client, world: World):
    log_in(client)
    client.post(f"{WALL}keep/")
    log_in(client)
    assert client.get("/cases/").status_code == 200


def test_a_wall_ends_with_the_post_and_with_the_account(client: Client, world: World):
    log_in(client)
    client.post(f"{WALL}keep/")
    world.streetleader.memberships.all().update(ends_on="2020-01-02", starts_on="2020-01-01")
    assert client.get(WALL).status_code == 403
    type(world.streetleader).objects.filter(pk=world.streetleader.pk).update(is_active=False)
    assert client.get(WALL).status_code == 302


def test_a_wall_whose_password_must_be_changed_ends_instead_of_going_in_circles(
    client: Client, world: World, settings
):
    log_in(client)
    client.post(f"{WALL}keep/")
    settings.SECOND_FACTOR = "required"
    settings.PASSWORD_MAX_DAYS = 1
    type(world.streetleader).objects.filter(pk=world.streetleader.pk).update(
        password_changed_at="2020-01-01T00:00Z"
    )
    answer = client.get(WALL)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


def test_it_is_written_down_who_made_a_browser_a_wall(client: Client, world: World):
    log_in(client)
    client.post(f"{WALL}keep/")
    entry = Entry.objects.get(kind="user.opened_wall")
    assert (entry.actor_id, entry.data["area"]) == (world.streetleader.pk, STREET)
    assert client.post(f"/board/{DISTRICT}/wall/keep/").status_code in (302, 404)
    assert Entry.objects.filter(kind="user.opened_wall").count() == 1


def test_nobody_makes_a_wall_by_a_link(client: Client, world: World):
    log_in(client)
    assert client.get(f"{WALL}keep/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.streetleader)
    assert strict.post(f"{WALL}keep/").status_code == 403


def test_a_complaint_about_an_official_is_not_for_a_hall(client: Client, world: World):
    """Not even where the street is a party of it and whoever opens the wall may read it."""
    case = a_report(world, category="1204")
    unit = Membership.objects.get(user=world.streetleader).unit
    CaseParty.objects.create(case=case, unit=unit, role=CaseParty.Role.OVERSIGHT)
    client.force_login(world.streetleader)
    assert client.get(f"/cases/{case.number}/").status_code == 200
    page = client.get(f"/board/{STREET}/wall/")
    assert case.number not in page.content.decode()
    assert page.context["signs"][0].text == "0"
