"""The report form: what is sent is stored once, and nothing that was typed or taken is ever lost."""

import datetime as dt
import errno
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from cases.models import Attachment, Case, Category, PhotoDraft, Reporter
from cases.states import Path, State
from cases.tasks import sweep_photo_drafts
from tests.pages.conftest import photo
from tests.pages.forms import TEXT, Page, blank, send
from tests.world import AT, World
from yuhu.kit import steps

pytestmark = pytest.mark.django_db


def test_a_governor_reports_with_two_photos_and_gets_number_receiver_due_time_and_reasons(
    world: World, as_, django_capture_on_commit_callbacks
) -> None:
    client = as_("governor")
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(client, photos=[photo(), photo(colour=(9, 9, 9))], address="雨湖路1号")
    case = Case.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/cases/{case.number}/sent/"
    assert (case.description, case.address, case.channel) == (TEXT, "雨湖路1号", "governor")
    assert case.block == world.b1, "the one block of the governor is filled in"
    assert case.attachments.filter(stage="before").count() == 2
    page = Page(client.get(answer["Location"]))
    for words in (case.number, world.governor.name, "2026-11-24 15:00", "R1101", "Why there?", world.b1.name):
        assert words in page.text
    assert case.get_absolute_url() in page.links
    assert not PhotoDraft.objects.exists()


def test_the_confirmation_asks_again_until_there_is_a_receiver_and_then_stops(world: World, as_) -> None:
    client = as_("governor")
    number = send(client)["Location"].split("/")[2]
    waiting = client.get(f"/cases/{number}/sent/")
    assert 'hx-get="/cases/' in waiting.content.decode()
    assert "http-equiv" in waiting.content.decode(), "without script the page reloads itself"
    steps.run_sweeps(AT, only=["cases.dispatch"])
    fragment = client.get(f"/cases/{number}/sent/?try=1", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "hx-get" not in fragment
    assert world.governor.name in fragment


def test_the_confirmation_does_not_ask_for_ever(world: World, as_) -> None:
    client = as_("governor")
    number = send(client)["Location"].split("/")[2]
    last = Page(client.get(f"/cases/{number}/sent/?try=7"))
    assert "hx-get" not in last.html
    assert "passed on by itself" in last.text


@pytest.mark.parametrize("count", ["-1", "x", "9" * 30, "٣"])
def test_a_forged_count_of_tries_does_no_harm(world: World, as_, count: str) -> None:
    client = as_("governor")
    number = send(client)["Location"].split("/")[2]
    assert client.get(f"/cases/{number}/sent/", {"try": count}).status_code == 200


@pytest.mark.parametrize(
    ("who", "channel"),
    [
        ("governor", "governor"),
        ("assistant", "assistant"),
        ("supervisor", "supervisor"),
        ("handler", "desk"),
        ("leader", "leader"),
    ],
)
def test_the_channel_is_the_post_in_which_one_reports(world: World, as_, who: str, channel: str) -> None:
    send(as_(who), block=world.b1.code)
    assert Case.objects.get().channel == channel


def test_name_and_phone_are_kept_sealed_and_ask_for_a_rating(world: World, as_) -> None:
    send(as_("governor"), reporter_name="张三", reporter_phone="138 0000 5678")
    person = Reporter.objects.get()
    assert (person.name_masked, person.phone_masked) == ("张*", "138****5678")
    assert person.case.must_rate


def test_a_second_press_of_the_button_gives_the_same_case(world: World, as_) -> None:
    client = as_("governor")
    form = blank(client)
    first = send(client, form, photos=[photo()])
    second = send(client, form, photos=[photo()])
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == Attachment.objects.count() == 1


def test_the_key_of_a_form_belongs_to_its_person(world: World, as_) -> None:
    form = blank(as_("governor"))
    send(as_("governor"), form)
    other = as_("governor2")
    answer = send(other, form, block=world.b2.code)
    assert Case.objects.count() == 2
    assert other.get(answer["Location"]).status_code == 200


def test_another_matter_in_a_form_that_was_sent_before_is_not_swallowed(world: World, as_) -> None:
    """Back in the browser, new text, send: the old key must not make it the old case."""
    client = as_("governor")
    form = blank(client)
    send(client, form)
    number = Case.objects.get().number
    again = send(client, form, description="另一件事：井盖不见了", category="0304")
    page = Page(again)
    assert again.status_code == 409
    assert number in page.text
    assert "井盖不见了" in page.html
    assert (
        send(
            client, page.form("/cases/new/"), description="另一件事：井盖不见了", category="0304"
        ).status_code
        == 302
    )
    assert Case.objects.count() == 2


def test_an_error_keeps_text_and_photos_and_the_next_try_sends_them(world: World, as_) -> None:
    client = as_("governor")
    answer = send(client, photos=[photo(), photo(colour=(1, 2, 3))], category=None, reporter_phone="123")
    page = Page(answer)
    assert answer.status_code == 400
    assert not Case.objects.exists()
    form = page.form("/cases/new/")
    assert form.values["description"] == [TEXT]
    assert len(form.values["kept_photos"]) == PhotoDraft.objects.count() == 2
    assert "This is not a phone number" in page.text
    for image in page.all("img"):
        if "/drafts/" in image["src"]:
            assert client.get(image["src"])["Content-Type"] == "image/jpeg"
    assert send(client, form, category="0101", reporter_phone="").status_code == 302
    assert Case.objects.get().attachments.count() == 2
    assert not PhotoDraft.objects.exists(), "kept photos go when the form was sent"


def test_when_the_disk_is_full_the_form_comes_back_with_its_text_and_says_what_to_do(
    world: World, as_, monkeypatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr("yuhu.kit.files.os.fsync", full)
    client = as_("governor")
    answer = send(client, photos=[photo()])
    page = Page(answer)
    assert answer.status_code == 503
    assert page.form("/cases/new/").values["description"] == [TEXT]
    assert "Photos cannot be stored" in page.text
    assert "please choose them again" in page.text
    assert not Case.objects.exists()
    assert not PhotoDraft.objects.exists()
    monkeypatch.undo()
    assert send(client, page.form("/cases/new/")).status_code == 302


def test_a_kept_photo_that_is_unticked_is_not_sent(world: World, as_) -> None:
    client = as_("governor")
    form = Page(send(client, photos=[photo(), photo(colour=(1, 2, 3))], category=None)).form("/cases/new/")
    send(client, form, category="0101", kept_photos=form.values["kept_photos"][:1])
    assert Case.objects.get().attachments.count() == 1


def test_a_photo_of_somebody_elses_form_cannot_be_sent(world: World, as_) -> None:
    send(as_("governor2"), photos=[photo()], category=None)
    key = PhotoDraft.objects.get().key
    client = as_("governor")
    client.post(
        "/cases/new/", {**blank(client).data(description=TEXT, category="0101"), "kept_photos": [key]}
    )
    assert not Case.objects.get().attachments.exists()
    assert PhotoDraft.objects.filter(key=key).exists()


def test_kept_photos_are_forgotten_after_a_day_with_their_files(
    world: World, as_, django_capture_on_commit_callbacks
) -> None:
    send(as_("governor"), photos=[photo()], category=None)
    row = PhotoDraft.objects.get()
    storage, name = row.file.storage, str(row.file.name)
    assert sweep_photo_drafts(AT + dt.timedelta(hours=23)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep_photo_drafts(AT + dt.timedelta(hours=25)) == 1
    assert not PhotoDraft.objects.exists()
    assert not storage.exists(name)


def test_one_person_keeps_a_bounded_number_of_photos(world: World, as_) -> None:
    client = as_("governor")
    for batch in range(6):
        photos = [photo(colour=(batch, number, 7)) for number in range(9)]
        send(client, photos=photos, category=None)
    assert PhotoDraft.objects.count() == 40


def test_solved_on_the_spot_goes_straight_to_evaluation_with_both_photos(
    world: World, as_, django_capture_on_commit_callbacks
) -> None:
    client = as_("governor")
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(client, photos=[photo()], result="已清走", after_photos=[photo(colour=(7, 7, 7))])
    case = Case.objects.get()
    assert case.state == State.HANDLED
    assert case.on_the_spot
    assert case.evaluator == world.supervisor
    assert {row.stage for row in case.attachments.all()} == {"before", "after"}
    assert world.supervisor.name in Page(client.get(answer["Location"])).text


def test_what_is_not_a_front_end_matter_is_refused_whole_and_keeps_both_photos(world: World, as_) -> None:
    hard = Category.objects.usable().filter(path=Path.WHISTLE).first()
    answer = send(
        as_("governor"),
        category=hard.pk,
        photos=[photo()],
        result="已清走",
        after_photos=[photo(colour=(7, 7, 7))],
    )
    page = Page(answer)
    assert answer.status_code == 403
    assert "Only ordinary matters" in page.text
    assert not Case.objects.exists(), "neither the report nor half of it is stored"
    assert page.form("/cases/new/").values["result"] == ["已清走"]
    assert {row.stage for row in PhotoDraft.objects.all()} == {"before", "after"}


def test_a_photo_of_a_result_wants_a_word_about_it(world: World, as_) -> None:
    answer = send(as_("governor"), after_photos=[photo()])
    assert answer.status_code == 400
    assert "Please say what was done." in Page(answer).text


def test_only_governors_are_offered_to_have_solved_it(world: World, as_) -> None:
    assert "result" in blank(as_("governor")).names
    assert "result" not in blank(as_("supervisor")).names
    client = as_("supervisor")
    client.post("/cases/new/", {**blank(client).data(description=TEXT, category="0101"), "result": "已清走"})
    assert Case.objects.get().state == State.REPORTED


def test_the_measured_place_decides_the_block(world: World, as_) -> None:
    place = world.b2
    send(as_("governor"), block="", longitude=place.centroid_longitude, latitude=place.centroid_latitude)
    assert Case.objects.get().block == place


def test_without_block_or_place_the_form_asks_for_one(world: World, as_) -> None:
    answer = send(as_("handler"))
    assert answer.status_code == 400
    assert "choose the block" in Page(answer).text


def test_the_place_of_a_photo_is_offered_not_taken(world: World, as_) -> None:
    client, place = as_("handler"), world.b1
    taken_there = photo(exif=exif_of(place.centroid_longitude, place.centroid_latitude))
    answer = send(client, photos=[taken_there])
    page = Page(answer)
    form = page.form("/cases/new/")
    assert answer.status_code == 400
    assert f"The photo was taken in {place.name}" in page.text
    assert form.values["block"] == [place.code]
    assert send(client, form).status_code == 302
    assert Case.objects.get().block == place


def test_a_photo_taken_in_the_chosen_block_tells_the_exact_place(world: World, as_) -> None:
    place = world.b1
    taken_there = photo(exif=exif_of(place.centroid_longitude, place.centroid_latitude))
    send(as_("governor"), photos=[taken_there])
    assert Case.objects.get().longitude == pytest.approx(place.centroid_longitude, abs=1e-5)


def exif_of(longitude: float, latitude: float) -> bytes:
    """What a phone writes into a photo that it takes there."""
    exif = Image.Exif()
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (latitude, 0.0, 0.0)
    gps[3], gps[4] = "E", (longitude, 0.0, 0.0)
    exif[0x8825] = gps
    return exif.tobytes()


# --- An ended session, and two at once ---------------------------------------------------------------------


def test_a_post_after_the_session_ended_leads_to_the_log_in_and_back(world: World, anybody: Client) -> None:
    answer = anybody.post("/cases/new/", {"description": TEXT})
    assert answer.status_code == 302
    assert answer["Location"] == "/login/?next=/cases/new/"
    assert not Case.objects.exists()


def test_the_form_says_under_which_name_the_device_keeps_what_was_typed(world: World, as_) -> None:
    page = Page(as_("governor").get("/cases/new/"))
    drafts = [form.get("data-draft") for form in page.all("form")]
    assert "report" in drafts
    assert "idempotency_key" in page.form("/cases/new/").names


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_time_give_one_case(world: World, as_) -> None:
    client = as_("governor")
    form = blank(client)
    answers = []

    def press() -> None:
        from django.db import connections

        other = as_("governor")
        answers.append(send(other, form, photos=[photo()]))
        connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Case.objects.count() == Attachment.objects.count() == 1
    assert {answer["Location"] for answer in answers} == {f"/cases/{Case.objects.get().number}/sent/"}


def test_a_file_is_no_photo_whatever_it_is_called_and_the_others_are_kept(world: World, as_) -> None:
    liar = SimpleUploadedFile("photo.jpg", b"MZ this is a program", content_type="image/jpeg")
    answer = send(as_("governor"), photos=[photo(), liar])
    page = Page(answer)
    assert answer.status_code == 400
    assert "photo.jpg: This file is not a photo" in page.text
    assert PhotoDraft.objects.count() == 1
    assert page.form("/cases/new/").values["description"] == [TEXT]
