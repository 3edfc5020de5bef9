"""Who gets which page: one table, every person of the cast on every page, and everybody without a log-in."""

import pytest
from django.test import Client
from django.urls import URLPattern

from cases import urls
from cases.actions import attach
from cases.models import Case, PhotoDraft
from cases.photos import prepare
from tests.pages.conftest import jpeg
from tests.world import AT, World, a_handled, a_report

pytestmark = pytest.mark.django_db

# Who sees a case of block b1 that 高 (its governor) handled and 简 (its supervisor) evaluates.
SEES = frozenset(
    {"governor", "supervisor", "assistant", "liaison", "dispatcher", "coordinator", "block_head"}
    | {"streetleader", "leader", "auditor"}
)
SEES_NOT = frozenset(
    {
        "governor2",
        "governor9",
        "dispatcher9",
        "handler",
        "handler2",
        "office_head",
        "department",
        "department_head",
    }
    | {"admin", "security", "stranger", "stand_in"}
)
MAY_REPORT = (SEES | SEES_NOT) - {"auditor", "admin", "security", "stranger", "stand_in"}
MAY_UNMASK = {"governor", "dispatcher", "coordinator"}
HAS_POST = (SEES | SEES_NOT) - {"stranger", "stand_in"}
# The page, and who gets it; the others get the number.
PAGES = {
    "/cases/": (SEES | SEES_NOT, 200),
    "/cases/new/": (MAY_REPORT, 403),
    "/cases/unsent/": (SEES | SEES_NOT, 200),
    "/cases/{number}/": (SEES, 404),
    "/cases/{number}/sent/": (SEES, 404),
    "/cases/{number}/print/": (SEES, 404),
    "/cases/{number}/moves/evaluate/": (SEES, 404),
    "/cases/{number}/photos/{photo}/": (SEES, 404),
    "/cases/{number}/photos/{photo}/small/": (SEES, 404),
    "/here/?longitude={longitude}&latitude={latitude}": (HAS_POST, 404),
    "/visits/": (HAS_POST - {"admin", "security"}, 403),
}


def address(page: str, case: Case, world: World) -> str:
    place = world.b1
    return page.format(
        number=case.number,
        photo=case.attachments.get().pk,
        longitude=place.centroid_longitude,
        latitude=place.centroid_latitude,
    )


@pytest.fixture
def case(world: World) -> Case:
    handled = a_handled(world)
    attach(case_id=handled.pk, photo=prepare(jpeg()), stage="after", by=world.by("governor"), at=AT)
    return handled


def test_the_table_names_everybody(world: World) -> None:
    assert frozenset(world.people) == SEES | SEES_NOT


@pytest.mark.parametrize("page", PAGES)
def test_everybody_gets_the_pages_of_the_table(world: World, case: Case, as_, page: str) -> None:
    allowed, otherwise = PAGES[page]
    url = address(page, case, world)
    got = {name: as_(name).get(url).status_code for name in world.people}
    assert got == {name: 200 if name in allowed else otherwise for name in world.people}


def test_the_persons_page_opens_for_those_who_see_the_case_and_may_unmask(
    world: World, case: Case, as_
) -> None:
    got = {name: as_(name).get(f"/cases/{case.number}/person/").status_code for name in world.people}
    assert got == {name: 200 if name in MAY_UNMASK else 403 if name in SEES else 404 for name in world.people}


def test_every_page_asks_for_a_log_in_except_those_of_residents(
    world: World, case: Case, anybody: Client
) -> None:
    values = {
        "number": case.number,
        "key": "k" * 8,
        "name": "evaluate",
        "pk": 1,
        "token": case.reporter.token,
    }
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        path = "/" + "".join(
            str(values[part.split(":")[-1].rstrip(">")]) if part.startswith("<") else part
            for part in str(pattern.pattern).replace("<", "\0<").replace(">", ">\0").split("\0")
        )
        answer = anybody.get(path)
        if path.startswith(("/f/", "/r/")):
            assert answer.status_code in (200, 302, 404), path
            assert "/login/" not in answer.headers.get("Location", ""), path
        elif path in ("/cases/unsent/who/", "/cases/unsent/send/"):
            # A phone's queue asks these: the log-in page would be no answer to it (tests/pages/test_unsent.py).
            assert answer.status_code in (401, 405), path
        else:
            assert answer.status_code == 302, path
            assert answer["Location"].startswith(f"/login/?next={path[:8]}"), path


def test_a_restricted_case_opens_for_its_parties_only(world: World, as_) -> None:
    about_an_official = a_report(world, "governor", category="1204")
    got = {name: as_(name).get(f"/cases/{about_an_official.number}/").status_code for name in world.people}
    assert {name for name, status in got.items() if status == 200} == {"governor"}


def test_a_restricted_case_is_in_no_list_of_its_area(world: World, as_) -> None:
    about_an_official = a_report(world, "governor", category="1204")
    for name in ("dispatcher", "leader", "auditor"):
        assert about_an_official.number not in as_(name).get("/cases/").content.decode()


def test_somebody_without_a_post_sees_an_empty_list_and_no_block(world: World, case: Case, as_) -> None:
    page = as_("stranger").get("/cases/").content.decode()
    assert case.number not in page
    assert world.b1.name not in page


def test_a_kept_photo_of_a_form_is_for_its_person_alone(world: World, as_) -> None:
    as_("governor").post("/cases/new/", {"photos": [_upload()]})
    key = PhotoDraft.objects.get().key
    assert as_("governor").get(f"/cases/drafts/{key}/").status_code == 200
    assert as_("governor2").get(f"/cases/drafts/{key}/").status_code == 404


def test_an_unknown_number_and_one_out_of_sight_look_the_same(world: World, case: Case, as_) -> None:
    client = as_("governor9")
    one, other = client.get(f"/cases/{case.number}/"), client.get("/cases/430302-20991231-999999/")
    assert one.status_code == other.status_code == 404
    assert one.content.count(b"<p>") == other.content.count(b"<p>")


@pytest.mark.parametrize("move", ["rate", "reopen", "nonsense"])
def test_moves_of_the_reporter_have_no_page_for_staff(world: World, case: Case, as_, move: str) -> None:
    client = as_("governor")
    assert client.get(f"/cases/{case.number}/moves/{move}/").status_code == 404
    assert client.post(f"/cases/{case.number}/moves/{move}/").status_code == 404


def _upload():
    from tests.pages.conftest import photo

    return photo()
