"""What holds back scripts, floods and hostile input at the form for residents, without holding back a person."""

import re
from typing import Any

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.forms.resident import MOST_WORDS
from cases.models import Case
from tests.pages.conftest import Clock, jpeg
from tests.pages.forms import Page
from tests.pages.residents import TEXT, code_of, drawn, only, send
from tests.world import AT, World
from yuhu.kit import limits

pytestmark = pytest.mark.django_db


@pytest.fixture
def door(world: World) -> str:
    return f"/r/{code_of(world.b1)}/"


# --- scripts ---


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


# --- limits ---


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


# --- hostile words ---


@pytest.mark.parametrize("field", ["description", "address", "reporter_name", "reporter_phone", "category"])
@pytest.mark.parametrize("evil", ["\0", "\x1b[2J"], ids=["NUL", "escape"])
def test_what_cannot_be_stored_is_told_beside_its_field(
    world: World, anybody: Client, door: str, time: Clock, field: str, evil: str
) -> None:
    given: dict[str, Any] = {field: f"楼下{evil}垃圾"}
    answer = send(anybody, door, time, **given)
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
    world: World, anybody: Client, door: str, time: Clock, given: dict[str, Any]
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
