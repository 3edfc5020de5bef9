"""A resident reports from the code on a block's poster: no account, once, whatever is left out."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from blocks.actions import renew_poster
from blocks.models import Block, Poster
from cases.actions import dispatch_by_rule
from cases.models import Attachment, Case, Category, Deadline, Reporter
from cases.states import State, Step
from tests.pages.conftest import Clock, photo
from tests.pages.forms import Page
from tests.pages.residents import PERSON, PHONE, TEXT, code_of, drawn, only, send
from tests.world import AT, World, do, kinds_of
from yuhu.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def door(world: World) -> str:
    return f"/r/{code_of(world.b1)}/"


# --- a report ---


def test_it_arrives_with_its_block_and_leads_to_the_number_and_the_private_link(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    answer = send(anybody, door, time, category="0101", **PERSON)
    case, token = only(), Reporter.objects.get().token
    assert answer.status_code == 302
    assert answer["Location"] == f"/f/{token}/sent/"
    page = Page(anybody.get(answer["Location"]))
    assert case.number in page.text
    assert f"http://testserver/f/{token}/" in page.links
    assert "Keep this link" in page.text
    assert (case.channel, case.block_code, case.category_id) == ("resident", world.b1.code, "0101")
    assert (case.description, case.reported_by, case.must_rate) == (TEXT, None, True)
    assert dispatch_by_rule(case_id=case.pk, at=AT)
    assert Case.objects.get().assignee == world.governor
    assert TEXT in Page(anybody.get(f"/f/{token}/")).text


def test_the_page_names_the_block_and_asks_for_no_account(world: World, door: str) -> None:
    page = Page(Client().get(door))
    assert world.b1.name in page.text
    assert '<html lang="zh-hans"' in page.html


def test_name_and_phone_are_sealed_and_nowhere_in_an_address_or_the_journal(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    answer = send(anybody, door, time, category="0101", **PERSON)
    row = Reporter.objects.get()
    assert (row.name_masked, row.phone_masked) == ("欧**", "139****0042")
    assert row.phone_sealed is not None
    assert PHONE.encode() not in bytes(row.phone_sealed)
    assert PHONE not in answer["Location"]
    entries = list(Entry.objects.for_subject("case", only().number))
    assert {entry.actor_address for entry in entries} == {""}, "no trace of the resident"
    assert all(word not in str(entry.data) for entry in entries for word in (PHONE, "欧阳", "垃圾"))


def test_without_name_phone_photo_place_and_category_it_arrives_and_can_be_followed(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    answer = send(anybody, door, time)
    case = only()
    assert anybody.get(f"/f/{case.reporter.token}/").status_code == 200
    assert answer["Location"].endswith("/sent/")
    assert (case.reporter.name_sealed, case.reporter.phone_index) == (None, "")


def test_who_is_not_sure_of_the_category_reaches_the_duty_officer(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    send(anybody, door, time)
    case = only()
    assert (case.state, case.waits_for_person, case.category_id) == (State.REPORTED, True, "1203")
    assert case.explanation == [{"code": "unsure"}]
    assert Deadline.objects.filter(case=case, step=Step.DISPATCH, is_running=True).exists()
    assert kinds_of(case) == ["case.reported", "case.left_to_person"]
    unit = world.unit("city_management_office").code
    do(world, case, "dispatch", "dispatcher", unit=unit, duty_item="R1101")
    case.refresh_from_db()
    assert (case.state, case.waits_for_person) == (State.DISPATCHED, False)


@pytest.mark.parametrize("code", ["", "9999"])
def test_a_district_without_such_a_category_asks_for_one(
    world: World, anybody: Client, door: str, time: Clock, settings: Any, code: str
) -> None:
    settings.RESIDENT_CATEGORY = code
    answer = send(anybody, door, time)
    assert answer.status_code == 400
    assert not Case.objects.exists()
    assert send(anybody, door, time, category="0101").status_code == 302


def test_praise_that_nobody_rates_has_a_link_too(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    assert not Category.objects.get(code="1205").rated
    send(anybody, door, time, category="1205")
    assert not only().must_rate
    assert anybody.get(f"/f/{only().reporter.token}/").status_code == 200
    assert not Deadline.objects.filter(case=only(), step=Step.CONTACT).exists(), "there is nobody to call"


def test_photos_are_stored_without_where_they_were_taken(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    send(anybody, door, time, photos=[photo("a.jpg"), photo("b.jpg", colour=(9, 9, 9))])
    rows = Attachment.objects.filter(case=only())
    assert [(row.stage, row.uploaded_by) for row in rows] == [("before", None)] * 2


def test_more_photos_than_four_are_refused_with_a_word_and_nothing_is_stored(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    many = [photo(f"{n}.jpg", colour=(n, n, n)) for n in range(5)]
    answer = send(anybody, door, time, photos=many)
    assert answer.status_code == 400
    assert "At most 4 photos" in Page(answer).text
    assert "choose them again" in Page(answer).text
    assert Page(answer).form("/r/").values["description"] == [TEXT]
    assert not Case.objects.exists()


def test_a_lying_file_is_named(world: World, anybody: Client, door: str, time: Clock) -> None:
    evil = SimpleUploadedFile("x.jpg", b"<svg onload=alert(1)>", content_type="image/jpeg")
    answer = send(anybody, door, time, photos=[evil])
    assert answer.status_code == 400
    assert "x.jpg" in Page(answer).text
    assert not Case.objects.exists()


def point(block: Block) -> dict[str, Any]:
    return {"longitude": str(block.centroid_longitude), "latitude": str(block.centroid_latitude)}


def test_the_place_of_the_phone_is_kept_where_it_lies_in_the_street(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    send(anybody, door, time, **point(world.b2))
    assert (only().block_code, only().longitude) == (world.b1.code, world.b2.centroid_longitude)


@pytest.mark.parametrize(
    "given",
    [{"longitude": "116.4", "latitude": "39.9"}, {"longitude": "nan", "latitude": "inf"}, {"longitude": "112.9"},
     {"longitude": "x' OR 1=1", "latitude": "27"}, {"longitude": "1e308", "latitude": "-1e308"}],
    ids=["Peking", "nowhere", "half", "words", "beyond the earth"],
)  # fmt: skip
def test_a_place_that_helps_nobody_costs_nobody_the_report(
    world: World, anybody: Client, door: str, time: Clock, given: dict[str, Any]
) -> None:
    assert send(anybody, door, time, **given).status_code == 302
    assert (only().longitude, only().latitude) == (None, None)


def test_a_place_in_another_street_is_left_out(world: World, anybody: Client, door: str, time: Clock) -> None:
    send(anybody, door, time, **point(world.b9))
    assert only().longitude is None


# --- once ---


def test_a_double_click_and_the_back_button_report_once(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    form = drawn(anybody, door)
    first = send(anybody, door, time, form=form, photos=[photo()])
    again = send(anybody, door, time, form=form, photos=[photo()])
    later = send(Client(headers={"accept-language": "en"}), door, time, form=form)
    assert first["Location"] == again["Location"] == later["Location"]
    assert Case.objects.count() == 1
    assert Attachment.objects.count() == 1


def test_another_matter_in_the_same_form_is_told_and_then_taken(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    form = drawn(anybody, door)
    send(anybody, door, time, form=form)
    answer = send(anybody, door, time, form=form, description="路灯不亮")
    assert answer.status_code == 409
    assert Case.objects.count() == 1
    back = Page(answer).form("/r/")
    assert back.values["description"] == ["路灯不亮"]
    assert send(anybody, door, time, form=back, description="路灯不亮").status_code == 302
    assert Case.objects.count() == 2


def test_each_form_has_a_key_of_its_own(world: World, anybody: Client, door: str) -> None:
    assert drawn(anybody, door).values["stamp"] != drawn(anybody, door).values["stamp"]


# --- codes ---


def test_an_old_code_stops_with_the_new_one(world: World, anybody: Client, door: str, time: Clock) -> None:
    form = drawn(anybody, door)
    renew_poster(block=world.b1, at=AT, actor=world.by("streetleader").actor)
    time.go(seconds=20)
    assert anybody.get(door).status_code == 404
    assert anybody.post(door, form.data(description=TEXT)).status_code == 404
    assert not Case.objects.exists()
    assert send(anybody, f"/r/{code_of(world.b1)}/", time).status_code == 302


def test_all_unknown_codes_look_the_same(world: World, anybody: Client, door: str) -> None:
    renew_poster(block=world.b1, at=AT, actor=world.by("streetleader").actor)
    gone = Poster.objects.create(code="43030200199901").token  # of a block that no division has
    bodies = {
        re.sub(r"\b[A-Za-z0-9]{64}\b", "", anybody.get(address).content.decode().replace(address, ""))
        for address in (door, "/r/x/", f"/r/{gone}/", f"/r/{'A' * 24}/", f"/r/{world.b1.code}/")
    }
    assert len(bodies) == 1
    assert anybody.get("/r/x/").status_code == 404


def test_nothing_of_it_is_kept_found_or_told_onward(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    sent = send(anybody, door, time)
    answers = [anybody.get(address) for address in (door, "/r/", "/r/x/", sent["Location"])]
    for answer in [*answers, sent]:
        assert answer["Referrer-Policy"] == "same-origin"
        assert "noindex" in answer["X-Robots-Tag"]
        assert "no-store" in answer["Cache-Control"]
    assert all(answer["X-Frame-Options"] == "DENY" for answer in answers)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(world: World, anybody: Client, door: str, method: str) -> None:
    assert getattr(anybody, method)(door).status_code == 405
