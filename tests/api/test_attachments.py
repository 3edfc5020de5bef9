"""Photos through the API: add, list, look at; what is no photo, too large or not visible is refused."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cases.models import Attachment, Case
from tests.api.callers import V1, Caller, errors
from tests.world import World, a_closed, a_dispatched

pytestmark = pytest.mark.django_db


def photo(kind: str = "JPEG", size: tuple[int, int] = (64, 48), name: str = "IMG_1.jpg", colour: str = "red"):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def picture(answer: Any) -> Image.Image:
    """What was sent, read to its end, so that the file is closed."""
    return Image.open(io.BytesIO(b"".join(answer.streaming_content)))


@pytest.fixture
def case(world: World) -> Case:
    return a_dispatched(world)


@pytest.fixture
def path(case: Case) -> str:
    return f"cases/{case.number}/attachments/"


def test_a_photo_is_stored_listed_and_shown(me, path, case):
    answer = me.upload(path, file=photo(size=(3000, 1500)), stage="before")
    assert answer.status_code == 201
    row = answer.json()
    assert (row["stage"], row["width"], row["height"]) == ("before", 2560, 1280)
    assert row["uploaded_by"] == "高志远"
    assert me.results(path) == [row]
    shown = me.get(row["file"])
    assert shown["Content-Type"] == "image/jpeg"
    assert picture(shown).size == (2560, 1280)
    small = me.get(row["thumbnail"])
    assert picture(small).size == (320, 160)


def test_a_file_is_served_for_nothing_else_than_a_picture_and_kept_by_this_browser_only(me, path):
    row = me.upload(path, file=photo(), stage="after").json()
    shown = me.get(row["file"])
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "private" in shown["Cache-Control"]
    assert "sandbox" in shown["Content-Security-Policy"]
    assert picture(shown).size == (64, 48)
    again = me.get(row["file"], headers={"If-None-Match": shown["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for address, headers in (
        (row["thumbnail"], {"If-None-Match": shown["ETag"]}),
        (row["file"], {"Accept": "image/avif,image/jpeg"}),
    ):
        other = me.get(address, headers=headers)
        assert other.status_code == 200
        assert picture(other).format == "JPEG"


def test_nobody_and_a_stranger_to_the_case_see_no_photo(me, as_, path):
    row = me.upload(path, file=photo(), stage="before").json()
    assert Caller().get(row["file"]).status_code == 401
    assert as_("governor9").get(row["file"]).status_code == 404
    assert as_("governor9").get(row["thumbnail"]).status_code == 404
    assert as_("governor9").get(path).status_code == 404
    assert as_("governor9").upload(path, file=photo(), stage="before").status_code == 404
    assert as_("stranger").get(row["file"]).status_code == 404


def test_a_photo_of_one_case_is_not_shown_under_the_number_of_another(me, path, world: World):
    row = me.upload(path, file=photo(), stage="before").json()
    other = a_dispatched(world)
    assert me.get(f"cases/{other.number}/attachments/{row['id']}/file/").status_code == 404


def test_whoever_only_reads_adds_nothing(as_, path):
    answer = as_("auditor").upload(path, file=photo(), stage="before")
    assert answer.status_code == 403
    assert Attachment.objects.count() == 0


def test_the_same_photo_twice_is_one_photo(me, path):
    first = me.upload(path, file=photo(), stage="before").json()
    assert me.upload(path, file=photo(), stage="before").json()["id"] == first["id"]
    assert Attachment.objects.count() == 1


def test_a_photo_changes_the_version_of_the_case(me, path, case):
    tag = me.get(f"cases/{case.number}/")["ETag"]
    me.upload(path, file=photo(), stage="before")
    assert me.get(f"cases/{case.number}/")["ETag"] != tag


def test_photos_that_were_uploaded_are_handed_back_with_the_result(me, path, case):
    me.post(f"cases/{case.number}/moves/sign/")
    row = me.upload(path, file=photo(), stage="after").json()
    body = {"result": "已清运", "attachments": [row["id"]]}
    assert me.post(f"cases/{case.number}/moves/hand-back/", body).status_code == 200
    last = me.results(f"cases/{case.number}/events/")[-1]
    assert (last["kind"], last["data"]["photos"]) == ("case.handed_back", [row["id"]])


def test_an_ended_case_takes_no_photo(me, world: World):
    answer = me.upload(f"cases/{a_closed(world).number}/attachments/", file=photo(), stage="after")
    assert (answer.status_code, errors(answer)) == (409, [("wrong_state", None)])


def test_what_is_no_photo_is_refused_in_words_and_leaves_nothing(me, path):
    def named(name: str, content: bytes) -> SimpleUploadedFile:
        return SimpleUploadedFile(name, content, content_type="image/jpeg")

    attempts: list[tuple[dict[str, Any], str, str]] = [
        (
            {"file": named("a.jpg", b"<html><script>alert(1)</script>"), "stage": "before"},
            "not_an_image",
            "file",
        ),
        ({"file": named("a.jpg", b"%PDF-1.7"), "stage": "before"}, "not_an_image", "file"),
        (
            {"file": named("a.jpg", b"\xff\xd8\xff\xe0nothing behind it"), "stage": "before"},
            "damaged_image",
            "file",
        ),
        ({"file": named("a.jpg", b""), "stage": "before"}, "empty_file", "file"),
        ({"file": "no file", "stage": "before"}, "invalid", "file"),
        ({"stage": "before"}, "required", "file"),
        ({"file": photo()}, "required", "stage"),
        ({"file": photo(), "stage": "during"}, "invalid_choice", "stage"),
        ({"file": photo(), "stage": "before", "case": "1"}, "unknown_field", "case"),
    ]
    for fields, code, field in attempts:
        answer = me.upload(path, **fields)
        assert (answer.status_code, errors(answer)) == (400, [(code, field)]), (code, field)
    assert Attachment.objects.count() == 0


def test_more_than_20_megabytes_is_413_and_names_the_limit(me, path):
    for size in (20 * 1024 * 1024 + 1, 30 * 1024 * 1024):
        answer = me.upload(
            path, file=SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + b"0" * size), stage="before"
        )
        assert (answer.status_code, errors(answer)) == (413, [("too_many_bytes", "file")])
        assert "20" in answer.json()["errors"][0]["detail"]


def test_a_form_that_says_that_it_is_endless_is_413_before_it_is_read(me, path):
    answer = me.client.post(
        V1 + path, b"x", content_type="multipart/form-data; boundary=b", CONTENT_LENGTH=str(10**15)
    )
    assert answer.status_code == 413


def test_a_picture_of_60_megapixels_is_413(me, path):
    answer = me.upload(path, file=photo("PNG", (10_000, 6_000)), stage="before")
    assert (answer.status_code, errors(answer)) == (413, [("too_many_pixels", "file")])


def test_a_form_that_is_broken_is_400(me, path):
    for body in (b"", b"no form", b"--b\r\nContent-Disposition: form-data; name="):
        answer = me.client.post(V1 + path, body, content_type="multipart/form-data; boundary=b")
        assert answer.status_code == 400, body
        assert errors(answer)
    assert me.client.post(V1 + path, b"x", content_type="multipart/form-data").status_code == 400


def test_a_broken_form_is_400_also_when_the_token_is_looked_for_in_it(world: World, path):
    me = Caller(world.governor, check_csrf=True)
    me.client.cookies["csrftoken"] = "a" * 32
    answer = me.client.post(
        V1 + path, b"x", content_type="multipart/form-data", headers={"X-CSRFToken": "a" * 32}
    )
    assert answer.status_code == 400
    assert errors(answer)


def test_json_is_no_photo(me, path):
    answer = me.post(path, {"file": "…", "stage": "before"})
    assert (answer.status_code, errors(answer)) == (415, [("unsupported_media_type", None)])


def test_another_size_than_small_is_refused(me, path):
    row = me.upload(path, file=photo(), stage="before").json()
    assert errors(me.get(row["file"] + "?size=huge")) == [("unknown", "size")]


def test_a_file_that_is_gone_from_the_disk_is_404(me, path, settings):
    row = me.upload(path, file=photo(), stage="before").json()
    for stored in settings.MEDIA_ROOT.rglob("*.jpg"):
        stored.unlink()
    assert me.get(row["file"]).status_code == 404
