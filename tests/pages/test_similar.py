"""The same trouble reported twice: known cases near by are shown once, and one may join instead of reporting again."""

import datetime as dt

import pytest

from cases.actions import Person
from cases.models import Case
from tests.pages.conftest import photo
from tests.pages.forms import TEXT, Page, blank, send
from tests.world import AT, World, a_closed, a_report

pytestmark = pytest.mark.django_db


def test_a_known_case_near_by_is_shown_once_and_the_report_goes_through_then(world: World, as_) -> None:
    known = a_report(world)
    client = as_("governor")
    answer = send(client, photos=[photo()])
    page = Page(answer)
    assert answer.status_code == 200
    assert known.number in page.text
    assert Case.objects.count() == 1
    assert "It is another trouble: report it" in page.text
    form = page.form("/cases/new/")
    assert form.values["seen"] == [known.number]
    assert form.values["kept_photos"]
    assert send(client, form).status_code == 302
    assert Case.objects.count() == 2


def test_the_hint_comes_while_one_fills_in_and_then_nobody_is_asked_again(world: World, as_) -> None:
    known = a_report(world)
    client = as_("governor")
    fragment = client.get(
        "/cases/new/similar/", {"category": "0101", "block": world.b1.code}
    ).content.decode()
    assert "<html" not in fragment
    assert f'name="seen" value="{known.number}"' in fragment
    values = {**blank(client).data(description=TEXT, category="0101"), "seen": [known.number]}
    assert client.post("/cases/new/", values).status_code == 302


def test_after_an_error_nobody_is_asked_again_about_what_was_seen(world: World, as_) -> None:
    known = a_report(world)
    client = as_("governor")
    values = blank(client).data(description=TEXT, category="0101", reporter_phone="12")
    page = Page(client.post("/cases/new/", {**values, "seen": [known.number]}))
    form = page.form("/cases/new/")
    assert form.values["seen"] == [known.number]
    assert send(client, form, reporter_phone="").status_code == 302


def test_a_case_that_came_up_after_the_hint_is_still_shown(world: World, as_) -> None:
    seen, fresh = a_report(world), a_report(world, description="刚刚又报了")
    client = as_("governor")
    answer = client.post(
        "/cases/new/", {**blank(client).data(description=TEXT, category="0101"), "seen": [seen.number]}
    )
    assert answer.status_code == 200
    assert fresh.number in Page(answer).text


def near(world: World, metres: float) -> dict[str, float]:
    """A place so many metres east of the middle of block b1."""
    return {
        "longitude": world.b1.centroid_longitude + metres / (111_195 * 0.8846),
        "latitude": world.b1.centroid_latitude,
    }


@pytest.mark.parametrize(
    ("what", "shown"),
    [
        ({}, True),
        ({"metres": 95}, True),
        ({"metres": 105}, False),
        ({"category": "0102"}, False),
        ({"days": 13}, True),
        ({"days": 15}, False),
        ({"ended": True}, False),
        ({"no_point": True}, True),
    ],
    ids=str,
)
def test_similar_means_same_category_open_within_100_metres_and_14_days(
    world: World, as_, what, shown: bool
) -> None:
    at = AT - dt.timedelta(days=what.get("days", 0))
    place = {} if what.get("no_point") else near(world, what.get("metres", 0))
    made = {"at": at, "category": what.get("category", "0101"), "block": world.b1.code, **place}
    known = a_closed(world, **made) if what.get("ended") else a_report(world, **made)
    asked = {"category": "0101", "block": world.b1.code, **near(world, 0)}
    fragment = as_("governor").get("/cases/new/similar/", asked).content.decode()
    assert (known.number in fragment) is shown


def test_what_one_may_not_see_is_no_hint(world: World, as_) -> None:
    known = a_report(world)
    asked = {"category": "0101", "block": world.b1.code}
    assert known.number not in as_("governor9").get("/cases/new/similar/", asked).content.decode()


def test_joining_adds_text_and_photos_to_the_known_case_and_no_new_one(world: World, as_) -> None:
    known = a_report(world)
    client = as_("assistant")
    page = Page(send(client, photos=[photo()]))
    form = page.form("/cases/new/")
    assert ("join", known.number) in form.buttons
    answer = client.post("/cases/new/", form.data(join=known.number))
    assert answer["Location"] == known.get_absolute_url()
    assert Case.objects.count() == 1
    assert known.attachments.get().stage == "before"
    assert TEXT in Page(client.get(answer["Location"])).text
    client.post("/cases/new/", form.data(join=known.number))
    assert known.notes.filter(move="join").count() == 1, "pressed twice"


def test_a_case_that_ended_in_the_meantime_is_not_joined_and_nothing_is_lost(world: World, as_) -> None:
    ended = a_closed(world)
    client = as_("governor")
    values = blank(client).data(description=TEXT, category="0101", photos=[photo()])
    answer = client.post("/cases/new/", {**values, "join": ended.number})
    form = Page(answer).form("/cases/new/")
    assert answer.status_code == 409
    assert form.values["description"] == [TEXT]
    assert form.values["kept_photos"]


def test_who_joined_finds_the_case_among_the_own_reports(world: World, as_) -> None:
    known = a_report(world)
    client = as_("supervisor")
    client.post(
        "/cases/new/", {**blank(client).data(description=TEXT, category="0101"), "join": known.number}
    )
    assert known.number in client.get("/cases/?show=my_reports").content.decode()


def test_a_report_with_somebody_to_answer_to_is_not_joined(world: World, as_) -> None:
    known = a_report(world, reporter=Person())
    client = as_("governor")
    form = blank(client)
    answer = client.post(
        "/cases/new/",
        {**form.data(description=TEXT, category="0101", reporter_name="李四"), "join": known.number},
    )
    assert answer.status_code == 400
    assert "Somebody waits for an answer" in Page(answer).text
    assert not known.notes.exists()


def test_one_cannot_join_what_one_may_not_see(world: World, as_) -> None:
    known = a_report(world)
    client = as_("governor9")
    values = {**blank(client).data(description=TEXT, category="0101"), "join": known.number}
    assert client.post("/cases/new/", values).status_code == 404
    assert not known.notes.exists()
