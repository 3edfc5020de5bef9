"""The frame of every page: the district's name, the places one can go, the way out, and pages that say what failed."""

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from blocks.models import District
from tests.world import AT, World, a_dispatched
from yuhu.dashboard import context, navigation
from yuhu.delivery.actions import fan_out
from yuhu.journal.actions import relay
from yuhu.kit import keeping

pytestmark = pytest.mark.django_db

PLACES = {
    "governor": ["/", "/cases/", "/cases/new/", "/inbox/", "/my-block/"],
    "leader": ["/", "/cases/", "/cases/new/", "/inbox/", "/board/"],
    "dispatcher": ["/", "/cases/", "/cases/new/", "/inbox/", "/board/"],
    "auditor": ["/", "/cases/", "/journal/", "/inbox/", "/board/"],
    "admin": ["/", "/inbox/", "/services/"],
    "stranger": ["/", "/inbox/", "/services/"],
}


def places(client: Client) -> list[navigation.Entry]:
    return list(client.get("/").context["navigation"])


@pytest.mark.parametrize("name", PLACES)
def test_the_places_one_can_go_are_those_of_the_post_and_all_open(client: Client, world: World, name: str):
    client.force_login(world.people[name])
    found = places(client)
    assert [place.url for place in found] == PLACES[name]
    assert len(found) <= 5
    for place in found:
        assert client.get(place.url, follow=True).status_code == 200, place.url


def test_the_place_where_one_is_is_marked(client: Client, world: World):
    client.force_login(world.governor)
    for path in ("/", "/cases/", "/cases/new/", "/inbox/", "/my-block/"):
        current = [place.url for place in client.get(path).context["navigation"] if place.current]
        assert current == [path]


def test_the_bell_counts_what_was_not_read(client: Client, world: World):
    a_dispatched(world)
    while relay(at=AT):
        pass
    while fan_out(at=AT):
        pass
    client.force_login(world.governor)
    (bell,) = [place for place in places(client) if place.url == "/inbox/"]
    assert bell.count == client.get("/inbox/?unread=1").context["page"].paginator.count > 0


def test_only_posts_of_the_desk_are_offered_the_desk(client: Client, world: World):
    client.force_login(world.governor)
    assert "/admin/" not in client.get("/").content.decode()
    client.force_login(world.dispatcher)
    assert 'href="/admin/"' in client.get("/").content.decode()


def test_a_stranger_s_page_has_the_brand_and_no_places(client: Client, world: World):
    page = client.get("/login/")
    assert District.objects.get().brand in page.content.decode()
    assert list(page.context["navigation"]) == []


def test_the_brand_is_asked_for_once(world: World):
    cache.delete(context._KEY)  # not clear(): other workers may share the server
    with CaptureQueriesContext(connection) as asked:
        first, second = context.brand_of_this_place(), context.brand_of_this_place()
    assert len(asked) == 1
    assert first == second
    assert first.name == "雨湖区"


def test_an_empty_database_has_a_page_all_the_same(client: Client):
    cache.delete(context._KEY)  # not clear(): other workers may share the server
    assert context.brand_of_this_place() == context.Brand()
    assert client.get("/login/").status_code == 200


class Away:
    """A cache whose server does not answer."""

    def get(self, *args: object) -> None:
        raise ConnectionError

    set = get


class Broken:
    """A table whose database does not answer."""

    @property
    def objects(self) -> None:
        raise DatabaseError


def test_the_brand_survives_a_cache_that_is_away(world: World, monkeypatch):
    monkeypatch.setattr(keeping, "cache", Away())
    assert context.brand_of_this_place().name == "雨湖区"


def test_a_page_goes_on_without_the_brand_when_the_database_is_away(world: World, monkeypatch):
    monkeypatch.setattr(keeping, "cache", Away())
    monkeypatch.setattr(context, "District", Broken())
    assert context.brand_of_this_place() == context.Brand()


def test_places_are_left_out_when_the_database_fails(world: World, monkeypatch):
    def broken(request: object) -> list[navigation.Entry]:
        raise DatabaseError

    monkeypatch.setattr(navigation, "entries", broken)
    monkeypatch.setattr(navigation, "person_links", broken)
    found = context.surroundings(RequestFactory().get("/"))
    assert list(found["navigation"]) == []  # type: ignore[call-overload]
    assert list(found["person_links"]) == []  # type: ignore[call-overload]


def test_an_unknown_address_says_what_to_do_and_keeps_the_frame(client: Client, world: World):
    client.force_login(world.governor)
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    text = answer.content.decode()
    assert "<h1" in text
    assert 'href="/cases/new/"' in text


def test_a_refusal_of_a_page_is_a_page_with_its_sentence(client: Client, world: World):
    client.force_login(world.assistant)
    client.cookies["django_language"] = "en"
    answer = client.get("/roster/")
    assert answer.status_code == 403
    assert "Your post does not include this" in answer.content.decode()


def test_a_form_that_is_too_old_says_what_to_do(world: World):
    client = Client(enforce_csrf_checks=True)
    client.cookies["django_language"] = "en"
    answer = client.post("/login/", {"username": "governor", "password": "x"})
    assert answer.status_code == 403
    assert "The page was open for too long" in answer.content.decode()
