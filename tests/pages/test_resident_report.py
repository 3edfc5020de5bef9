"""A resident reports from the code on a block's poster: no account, once, within limits, and nothing leaks."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from blocks.actions import renew_poster
from blocks.models import Block, Poster
from cases.actions import Person, dispatch_by_rule, erase
from cases.actions.erase import Erasure
from cases.forms.resident import MOST_WORDS
from cases.models import Attachment, Case, Category, Deadline, Reporter
from cases.states import State, Step
from tests.pages.conftest import Clock, jpeg, photo
from tests.pages.forms import Form, Page
from tests.world import AT, World, a_report, do, kinds_of
from yuhu.journal.models import Entry
from yuhu.kit import limits

pytestmark = pytest.mark.django_db

TEXT = "三栋楼下垃圾堆了三天 😀 & <b>臭</b>"
PERSON = {"reporter_name": "欧阳静", "reporter_phone": "139 7321 0042"}
PHONE = "13973210042"


def code_of(block: Block) -> str:
    return Poster.objects.get(code=block.code).token


@pytest.fixture
def door(world: World) -> str:
    return f"/r/{code_of(world.b1)}/"


def drawn(client: Client, door: str) -> Form:
    return Page(client.get(door)).form("/r/")


def send(client: Client, door: str, time: Clock, *, form: Form | None = None, **values: Any) -> Any:
    """As a person does: look at the form, type for a while, send."""
    form = form or drawn(client, door)
    time.go(seconds=20)
    return client.post(door, form.data(**{"description": TEXT, **values}))


def only() -> Case:
    return Case.objects.get()


# --- a report --------------------------------------------------------------------------------------------------------


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


def point(block: Block) -> dict[str, str]:
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
    world: World, anybody: Client, door: str, time: Clock, given: dict[str, str]
) -> None:
    assert send(anybody, door, time, **given).status_code == 302
    assert (only().longitude, only().latitude) == (None, None)


def test_a_place_in_another_street_is_left_out(world: World, anybody: Client, door: str, time: Clock) -> None:
    send(anybody, door, time, **point(world.b9))
    assert only().longitude is None


# --- once ------------------------------------------------------------------------------------------------------------


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


# --- scripts ---------------------------------------------------------------------------------------------------------


def test_who_sends_faster_than_one_can_type_is_asked_again_and_then_heard(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    form = drawn(anybody, door)
    answer = anybody.post(door, form.data(description=TEXT))
    assert answer.status_code == 400
    assert "very quick" in Page(answer).text
    assert not Case.objects.exists()
    assert send(anybody, door, time, form=Page(answer).form("/r/")).status_code == 302


def test_who_fills_in_what_nobody_sees_is_asked_again(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    answer = send(anybody, door, time, website="http://spam.example/")
    assert answer.status_code == 400
    assert not Case.objects.exists()
    back = Page(answer).form("/r/")
    assert back.values["website"] == [""], "a browser that filled it in does not do it twice"
    assert send(anybody, door, time, form=back).status_code == 302


def test_the_trap_is_skipped_by_keyboard_and_screen_reader(world: World, anybody: Client, door: str) -> None:
    html = anybody.get(door).content.decode()
    trap = next(tag for tag in re.findall(r"<input[^>]+>", html) if 'name="website"' in tag)
    assert 'tabindex="-1"' in trap
    assert 'autocomplete="off"' in trap
    assert re.search(
        r'aria-hidden="true"[^>]*>\s*<label[^>]*>[^<]*</label>\s*<input[^>]*name="website"', html
    )


@pytest.mark.parametrize("stamp", ["", "x", "eyJrZXkiOiJ4In0:1abc:def", "\0", "a" * 5000])
def test_a_forged_stamp_is_none(world: World, anybody: Client, door: str, time: Clock, stamp: str) -> None:
    answer = send(anybody, door, time, stamp=stamp)
    assert answer.status_code == 400
    assert not Case.objects.exists()
    assert send(anybody, door, time, form=Page(answer).form("/r/")).status_code == 302


def test_a_stamp_of_another_block_or_another_purpose_is_none(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    other = drawn(anybody, f"/r/{code_of(world.b2)}/").values["stamp"]
    assert send(anybody, door, time, stamp=other).status_code == 400
    foreign = signing.dumps({"key": "k", "code": world.b1.code, "at": int(AT.timestamp())}, salt="other")
    assert send(anybody, door, time, stamp=foreign).status_code == 400
    assert not Case.objects.exists()


def test_a_form_of_yesterday_loses_no_word(world: World, anybody: Client, door: str, time: Clock) -> None:
    form = drawn(anybody, door)
    time.go(hours=13)
    answer = send(anybody, door, time, form=form)
    assert answer.status_code == 400
    assert "open for a long time" in Page(answer).text
    assert Page(answer).form("/r/").values["description"] == [TEXT]


def test_a_form_of_another_site_does_nothing(world: World, door: str, time: Clock) -> None:
    client = Client(enforce_csrf_checks=True)
    values = drawn(client, door).data(description=TEXT)
    time.go(seconds=20)
    assert client.post(door, {**values, "csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert not Case.objects.exists()
    assert client.post(door, values).status_code == 302


# --- limits ----------------------------------------------------------------------------------------------------------


def test_one_address_sends_so_many_in_an_hour_and_is_told_when_to_go_on(
    world: World, anybody: Client, door: str, time: Clock, settings: Any
) -> None:
    settings.RESIDENT_REPORTS_PER_HOUR = 2
    for _ in range(2):
        assert send(anybody, door, time).status_code == 302
    answer = send(anybody, door, time)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3601
    assert "minutes" in Page(answer).text
    assert "noindex" in answer["X-Robots-Tag"]
    assert Case.objects.count() == 2
    elsewhere = Client(REMOTE_ADDR="10.9.8.7", headers={"accept-language": "en"})
    assert send(elsewhere, door, time).status_code == 302, "others go on"
    assert anybody.get(door).status_code == 200, "reading is not counted"


def test_one_code_takes_so_many_in_an_hour_from_whatever_addresses(
    world: World, door: str, time: Clock, settings: Any
) -> None:
    settings.RESIDENT_REPORTS_OF_BLOCK_PER_HOUR = 2
    answers = [send(Client(REMOTE_ADDR=f"10.0.0.{n}"), door, time).status_code for n in range(3)]
    assert answers == [302, 302, 429]
    other = f"/r/{code_of(world.b2)}/"
    assert send(Client(REMOTE_ADDR="10.0.1.1"), other, time).status_code == 302


def test_tries_that_fail_are_counted_too(
    world: World, anybody: Client, door: str, time: Clock, settings: Any
) -> None:
    settings.RESIDENT_REPORTS_PER_HOUR = 3
    answers = [send(anybody, door, time, website="x").status_code for _ in range(4)]
    assert answers == [400, 400, 400, 429]


def test_where_nobody_can_count_a_report_is_taken(
    world: World, anybody: Client, door: str, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "count", lambda *_: None)
    assert send(anybody, door, time).status_code == 302


def test_a_body_that_is_too_big_is_refused_before_it_is_read(
    world: World, anybody: Client, door: str, settings: Any
) -> None:
    settings.RESIDENT_MAX_BYTES = 10_000
    data = {"photos": SimpleUploadedFile("x.jpg", b"x" * 20_000)}
    answer = anybody.post(door, data)
    assert answer.status_code == 413
    assert "fewer or smaller photos" in Page(answer).text
    endless = anybody.generic("POST", door, b"", CONTENT_LENGTH="99999999999")
    assert endless.status_code == 413


def test_a_big_photo_is_named_with_its_limit(world: World, anybody: Client, door: str, time: Clock) -> None:
    big = SimpleUploadedFile("big.jpg", jpeg() + b"\0" * (20 * 1024 * 1024), content_type="image/jpeg")
    answer = send(anybody, door, time, photos=[big])
    assert answer.status_code == 400
    assert "big.jpg" in Page(answer).text
    assert "20 MB" in Page(answer).text


# --- hostile words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["description", "address", "reporter_name", "reporter_phone", "category"])
@pytest.mark.parametrize("evil", ["\0", "\x1b[2J"], ids=["NUL", "escape"])
def test_what_cannot_be_stored_is_told_beside_its_field(
    world: World, anybody: Client, door: str, time: Clock, field: str, evil: str
) -> None:
    answer = send(anybody, door, time, **{field: f"楼下{evil}垃圾"})
    assert answer.status_code == 400
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Case.objects.exists()


def test_a_flood_of_words_is_refused_and_kept(world: World, anybody: Client, door: str, time: Clock) -> None:
    answer = send(anybody, door, time, description="臭" * (MOST_WORDS + 1))
    assert answer.status_code == 400
    assert f"{MOST_WORDS + 1} characters" in Page(answer).text
    assert send(anybody, door, time, description="臭" * MOST_WORDS).status_code == 302


@pytest.mark.parametrize("words", ["", "  \n "])
def test_words_are_needed(world: World, anybody: Client, door: str, time: Clock, words: str) -> None:
    assert send(anybody, door, time, description=words).status_code == 400
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "given", [{"reporter_phone": "12"}, {"reporter_name": "欧" * 51}, {"category": "01"}]
)
def test_what_does_not_fit_is_told(
    world: World, anybody: Client, door: str, time: Clock, given: dict[str, str]
) -> None:
    answer = send(anybody, door, time, **given)
    assert answer.status_code == 400
    assert Page(answer).form("/r/").values["description"] == [TEXT]


def test_what_only_the_system_decides_cannot_be_sent(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    form = drawn(anybody, door)
    time.go(seconds=20)
    forged = {"block": world.b9.code, "channel": "hotline", "severity": "critical", "reported_by": "1"}
    anybody.post(door, {**form.data(description=TEXT, category="0101"), **forged})
    assert (only().block_code, only().channel, only().reported_by) == (world.b1.code, "resident", None)


def test_mark_up_is_shown_as_text(world: World, anybody: Client, door: str, time: Clock) -> None:
    answer = send(anybody, door, time, reporter_phone="12")
    assert "<b>臭</b>" not in answer.content.decode()


# --- codes -----------------------------------------------------------------------------------------------------------


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


# --- looking up ------------------------------------------------------------------------------------------------------


def look_up(client: Client, number: str, phone: str) -> Any:
    form = Page(client.get("/r/")).form("/r/")
    return client.post("/r/", form.data(number=number, phone=phone))


def test_number_and_phone_lead_to_the_private_page(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    send(anybody, door, time, **PERSON)
    answer = look_up(anybody, f" {only().number} ", "139-7321-0042")
    assert answer["Location"] == f"/f/{only().reporter.token}/"
    assert PHONE not in answer["Location"]


def test_wrong_pairs_look_the_same_whatever_is_wrong(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    send(anybody, door, time, **PERSON)
    known = only().number
    a_report(world)
    nobody_named = a_report(world, channel="resident", reporter=Person())
    pairs = [
        (known, "13973210043"),
        ("430302-20260101-999999", PHONE),
        ("430302-20260101-999999", "13973210043"),
        (nobody_named.number, PHONE),
        (known, "13800005678"),
    ]
    bodies = set()
    for number, phone in pairs:
        answer = look_up(anybody, number, phone)
        assert answer.status_code == 404
        text = Page(answer).text
        bodies.add(text)
        assert "No report has this number and this phone" in text
    assert len(bodies) == 1


@pytest.mark.parametrize(
    "number, phone",
    [("x", PHONE), ("430302-20260101-00000%", PHONE), ("\0", "1"), ("", ""), ("1" * 5000, PHONE)],
)
def test_what_is_no_number_is_told(world: World, anybody: Client, number: str, phone: str) -> None:
    assert look_up(anybody, number, phone).status_code == 400


def test_who_tries_too_often_has_to_wait_the_right_pair_too(
    world: World, anybody: Client, door: str, time: Clock, settings: Any
) -> None:
    settings.RESIDENT_LOOKUPS_PER_HOUR = 3
    send(anybody, door, time, **PERSON)
    number = only().number
    tries = [look_up(anybody, number, f"1390000000{n}").status_code for n in range(3)]
    assert tries == [404, 404, 404]
    answer = look_up(anybody, number, PHONE)
    assert answer.status_code == 429
    assert answer["Retry-After"]
    elsewhere = Client(REMOTE_ADDR="10.9.8.7", headers={"accept-language": "en"})
    assert look_up(elsewhere, number, PHONE).status_code == 429, "one number is not tried from many addresses"
    assert look_up(elsewhere, "430302-20260101-999999", PHONE).status_code == 404


def test_where_nobody_can_count_nothing_is_looked_up(
    world: World, anybody: Client, door: str, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(anybody, door, time, **PERSON)
    monkeypatch.setattr(limits, "count", lambda *_: None)
    assert look_up(anybody, only().number, PHONE).status_code == 429


def test_who_was_erased_is_not_found(world: World, anybody: Client, door: str, time: Clock) -> None:
    send(anybody, door, time, **PERSON)
    case = only()
    do(world, case, "reject", "dispatcher", reason="不属于受理范围")
    what = Erasure(person=True)
    at = AT + dt.timedelta(hours=1)
    erase(case_id=case.pk, what=what, reason="本人申请", by=world.by("streetleader"), at=at)
    assert look_up(anybody, case.number, PHONE).status_code == 404
