"""The door of a phone's queue: it answers in JSON, once for a report's key, and never for somebody else's report."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import Attachment, Case, PhotoDraft
from staffing.models import Membership
from tests.pages.conftest import photo
from tests.pages.forms import TEXT, Page
from tests.world import AT, World, a_report

pytestmark = pytest.mark.django_db
SEND, WHO, LIST = "/cases/unsent/send/", "/cases/unsent/who/", "/cases/unsent/"


def send(client: Client, world: World, *, who: str = "governor", **changes: Any) -> Any:
    """As the queue sends it."""
    values = {
        "person": world.people[who].pk,
        "idempotency_key": "11111111-2222",
        "description": TEXT,
        "category": "0101",
        "block": world.b1.code,
        **changes,
    }
    return client.post(SEND, {name: value for name, value in values.items() if value is not None})


def test_a_report_with_photos_is_stored_and_answered_with_its_number(world: World, as_) -> None:
    answer = send(as_("governor"), world, photos=[photo(), photo(colour=(1, 2, 3))])
    case = Case.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {"number": case.number, "url": f"/cases/{case.number}/sent/"}
    assert case.attachments.count() == 2
    assert "no-store" in answer["Cache-Control"]


def test_the_same_report_again_gives_the_same_case(world: World, as_) -> None:
    client = as_("governor")
    first = send(client, world, photos=[photo()])
    second = send(client, world, photos=[photo()])
    assert first.json() == second.json()
    assert second.status_code == 201
    assert Case.objects.count() == Attachment.objects.count() == 1


def test_another_matter_under_the_same_key_is_not_swallowed(world: World, as_) -> None:
    client = as_("governor")
    send(client, world)
    answer = send(client, world, description="另一件事")
    assert answer.status_code == 409
    assert answer.json()["code"] == "sent_before"
    assert Case.objects.count() == 1


def test_somebody_elses_report_is_not_taken(world: World, as_) -> None:
    answer = send(as_("governor2"), world)
    assert answer.status_code == 403
    assert answer.json()["code"] == "another_person"
    assert not Case.objects.exists()


def test_without_a_log_in_the_answer_is_no_page(world: World, anybody: Client) -> None:
    for answer in (anybody.get(WHO), send(anybody, world)):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/json"
    assert anybody.get(LIST).status_code == 302


def test_the_token_that_is_given_opens_the_door(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.governor)
    refused = send(client, world)
    assert refused.status_code == 403
    assert refused["Content-Type"].startswith("text/html"), "no answer of ours: the phone keeps the report"
    who = client.get(WHO).json()
    assert who["person"] == str(world.governor.pk)
    assert send(client, world, csrfmiddlewaretoken=who["token"]).status_code == 201


def test_what_is_to_be_mended_is_told_field_by_field(world: World, as_) -> None:
    answer = send(as_("governor"), world, reporter_phone="123", category=None, photos=[photo()])
    told = {error["field"]: error for error in answer.json()["errors"]}
    assert answer.status_code == 400
    assert told.keys() == {"reporter_phone", "category"}
    assert told["reporter_phone"]["label"] == "Phone"
    assert not PhotoDraft.objects.exists(), "the phone has the photos"


def test_a_file_that_is_no_photo_is_told_and_nothing_is_stored(world: World, as_) -> None:
    bad = photo("x.jpg")
    bad.file.write(b"no photo at all")
    bad.file.seek(0)
    bad.file.truncate(10)
    answer = send(as_("governor"), world, photos=[bad])
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["photos"]
    assert not Case.objects.exists()


def test_a_measured_place_finds_its_block(world: World, as_) -> None:
    place = world.b1
    send(
        as_("governor"),
        world,
        block="",
        longitude=place.centroid_longitude,
        latitude=place.centroid_latitude,
    )
    assert Case.objects.get().block == place


def test_somebody_who_is_there_is_asked_about_a_known_case(world: World, as_) -> None:
    known = a_report(world, "governor", at=AT)
    client = as_("governor")
    asked = send(client, world, asks="yes")
    assert asked.status_code == 409
    body = asked.json()
    assert (body["code"], body["seen"]) == ("similar", [known.number])
    assert known.number in body["html"]
    assert "<html" not in body["html"]
    assert send(client, world, asks="yes", seen=known.number).status_code == 201


def test_what_is_sent_when_nobody_is_there_is_not_held_up_by_a_question(world: World, as_) -> None:
    a_report(world, "governor", at=AT)
    assert send(as_("governor"), world).status_code == 201
    assert Case.objects.count() == 2


def test_a_report_may_be_added_to_a_known_case_twice_with_one_effect(world: World, as_) -> None:
    known = a_report(world, "governor", at=AT)
    client = as_("governor2")
    for _time in range(2):
        answer = send(client, world, who="governor2", join=known.number, photos=[photo()])
        assert answer.status_code in (201, 404)
    client = as_("governor")
    for _time in range(2):
        answer = send(client, world, join=known.number, photos=[photo()])
        assert answer.json() == {"number": known.number, "url": known.get_absolute_url()}
    assert Case.objects.count() == 1
    assert known.notes.filter(move="join").count() == known.attachments.count() == 1


def test_a_case_that_is_not_there_is_told_in_json(world: World, as_) -> None:
    answer = send(as_("governor"), world, join="430302-20991231-000001")
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["detail"]


def test_whoever_has_lost_the_post_is_told_so(world: World, as_) -> None:
    client = as_("handler")
    Membership.objects.filter(user=world.handler).delete()
    answer = send(client, world, who="handler")
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["detail"]


def test_photos_that_cannot_be_stored_now_are_to_be_sent_again(world: World, as_, monkeypatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "no room")

    monkeypatch.setattr("yuhu.kit.files.os.fsync", full)
    answer = send(as_("governor"), world, photos=[photo()])
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert not Case.objects.exists()


def test_the_page_holds_the_frame_of_its_person_and_nothing_else(world: World, as_) -> None:
    a_report(world, "governor", at=AT)
    answer = as_("governor").get(LIST)
    assert answer["X-Person"] == str(world.governor.pk)
    assert Case.objects.get().number not in answer.content.decode()


def test_the_form_says_whose_it_is_only_where_it_is_fresh(world: World, as_) -> None:
    client = as_("governor")
    assert client.get("/cases/new/")["X-Person"] == str(world.governor.pk)
    assert "X-Person" not in client.post("/cases/new/", {"description": TEXT})


def test_the_form_offers_pinyin_of_names_and_aliases_in_their_order(world: World, as_) -> None:
    page = Page(as_("governor").get("/cases/new/", headers={"accept-language": "zh-hans"}))
    (option,) = [one for one in page.all("option") if one.get("value") == "0101"]
    names = option["data-aliases"].split(";")
    pinyin = option["data-pinyin"].split(";")
    assert len(pinyin) == len(names) + 1
    assert pinyin[0].split()[2:] == ["la", "ji|jie"]
    assert pinyin[1 + names.index("路边垃圾")].startswith("lu|luo bian")


def test_who_and_where_cost_few_queries(world: World, as_) -> None:
    client = as_("governor")
    client.get(WHO)
    with CaptureQueriesContext(connection) as queries:
        client.get(WHO)
    assert len(queries) <= 3
