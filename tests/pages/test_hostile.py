"""What nobody sends by accident: each gets a clear answer, never an error of ours, and the text stays."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.models import Case
from tests.pages.conftest import jpeg, photo
from tests.pages.forms import Page
from tests.world import World, a_report, a_signed, an_evaluated

pytestmark = pytest.mark.django_db

LONG = "臭" * 10_000
TEXT = "楼下垃圾堆了三天"


def send(client: Client, **changes):
    form = Page(client.get("/cases/new/")).form("/cases/new/")
    return client.post("/cases/new/", form.data(**{"description": TEXT, "category": "0101", **changes}))


def test_ten_thousand_characters_and_emoji_are_stored_as_they_are(world: World, as_) -> None:
    text = "😀" * 100 + LONG[100:]
    assert send(as_("governor"), description=text).status_code == 302
    assert Case.objects.get().description == text


def test_one_character_more_is_refused_and_kept(world: World, as_) -> None:
    answer = send(as_("governor"), description=LONG + "臭")
    page = Page(answer)
    assert answer.status_code == 400
    assert "10001 characters" in page.text
    assert page.form("/cases/new/").values["description"] == [LONG + "臭"]


@pytest.mark.parametrize("field", ["description", "address", "reporter_name", "reporter_phone", "result"])
@pytest.mark.parametrize("evil", ["\0", "\x1b[2J"], ids=["NUL", "escape"])
def test_what_cannot_be_stored_is_told_beside_its_field(world: World, as_, field: str, evil: str) -> None:
    client = as_("governor")
    form = Page(client.get("/cases/new/")).form("/cases/new/")
    answer = client.post(
        "/cases/new/", form.data(**{"description": TEXT, "category": "0101", field: f"楼下{evil}垃圾"})
    )
    page = Page(answer)
    assert answer.status_code == 400
    assert page.has_form("/cases/new/")
    assert "楼下" in page.html
    assert not Case.objects.exists()


def test_bytes_that_are_no_text_arrive_as_marks_and_cost_nothing(world: World, as_) -> None:
    body = f"category=0101&block={world.b1.code}&description=".encode() + b"%ED%A0%80%FFx"
    answer = as_("governor").post("/cases/new/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302
    assert Case.objects.get().description == "\ufffd\ufffd\ufffd\ufffdx"


def test_mark_up_in_a_text_is_shown_as_text(world: World, as_) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    client = as_("governor")
    send(client, description=evil, address=evil, reporter_name=evil[:50])
    case = Case.objects.get()
    for path in (
        case.get_absolute_url(),
        f"{case.get_absolute_url()}print/",
        "/cases/",
        f"/f/{case.reporter.token}/",
    ):
        html = client.get(path).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "&lt;script&gt;alert" in html


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("photo.jpg", b"MZ\x90 program", "This file is not a photo"),
        ("page.jpg", b"<html><script>1</script></html>", "This file is not a photo"),
        ("drawing.jpg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "This file is not a photo"),
        ("nothing.jpg", b"", "The file is empty"),
        ("broken.jpg", jpeg(size=(400, 300))[:600], "The photo is damaged"),
        ("phone.heic", b"\0\0\0\x18ftypheic" + b"\0" * 50, "HEIC"),
    ],
)
def test_a_lying_file_is_named_and_the_text_stays(
    world: World, as_, name: str, content: bytes, sentence: str
) -> None:
    answer = send(as_("governor"), photos=[SimpleUploadedFile(name, content, content_type="image/jpeg")])
    page = Page(answer)
    assert answer.status_code == 400
    assert f"{name}: " in page.text
    assert sentence in page.text
    assert page.form("/cases/new/").values["description"] == [TEXT]
    assert not Case.objects.exists()


def test_thirty_megabytes_are_refused_with_a_sentence_and_the_text_stays(world: World, as_) -> None:
    big = SimpleUploadedFile("big.jpg", jpeg() + b"\0" * 30 * 1024 * 1024, content_type="image/jpeg")
    answer = send(as_("governor"), photos=[big, photo()])
    page = Page(answer)
    assert answer.status_code == 400
    assert "at most 20 MB" in page.text
    assert page.form("/cases/new/").values["description"] == [TEXT]
    assert len(page.form("/cases/new/").values["kept_photos"]) == 1, "the good one is kept"


def test_a_picture_that_unfolds_into_gigabytes_is_refused(world: World, as_) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(out, "PNG")
    answer = send(
        as_("governor"), photos=[SimpleUploadedFile("bomb.png", out.getvalue(), content_type="image/png")]
    )
    assert answer.status_code == 400
    assert "50 megapixels" in Page(answer).text


def test_ten_photos_are_nine_and_a_sentence(world: World, as_) -> None:
    answer = send(as_("governor"), photos=[photo(colour=(number, 0, 0)) for number in range(0, 250, 25)])
    page = Page(answer)
    assert "At most 9 photos" in page.text
    assert len(page.form("/cases/new/").values["kept_photos"]) == 9


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [("0", "0"), ("112.9", "91"), ("500", "27.8"), ("-180", "-90"), ("1e308", "27.8")],
)
def test_a_point_outside_is_told_and_the_text_stays(world: World, as_, longitude: str, latitude: str) -> None:
    answer = send(as_("governor"), block="", longitude=longitude, latitude=latitude)
    page = Page(answer)
    form = page.form("/cases/new/")
    assert answer.status_code == 400
    assert "outside every block" in page.text
    assert form.values["description"] == [TEXT]
    assert form.values["longitude"] == [""], "the next try is not spoilt by the same point"


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "12,5", "north"])
def test_what_is_no_number_is_no_place(world: World, as_, value: str) -> None:
    answer = send(as_("governor"), block="", longitude=value, latitude="27.8")
    assert answer.status_code == 400
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("category", "9999", "This category does not exist"),
        ("category", "01", "This category does not exist"),
        ("category", "0101\0", "This category does not exist"),
        ("block", "00000000000000", "This block does not exist"),
        ("block", "43030200100101 OR 1=1", "This block does not exist"),
        ("address", "路" * 257, "257 characters"),
        ("reporter_name", "名" * 51, "51 characters"),
        ("reporter_phone", "12345", "This is not a phone number"),
        ("description", "   ", "Please fill in this field"),
    ],
)
def test_each_mistake_is_told_beside_its_field(
    world: World, as_, field: str, value: str, sentence: str
) -> None:
    answer = send(as_("governor"), **{field: value})
    assert answer.status_code == 400
    assert sentence in Page(answer).text


def test_all_mistakes_are_told_at_once(world: World, as_) -> None:
    text = Page(send(as_("governor"), description="", category=None, reporter_phone="1")).text
    assert text.count("Please fill in this field") >= 1
    assert "This is not a phone number" in text
    assert "Category" in text


def test_forged_keys_and_marks_do_no_harm(world: World, as_) -> None:
    client = as_("governor")
    base = {"description": TEXT, "category": "0101", "block": world.b1.code}
    evil = {"idempotency_key": "\0" * 9, "kept_photos": ["\0", "x" * 500], "seen": ["\0"]}
    assert client.post("/cases/new/", {**base, **evil}).status_code == 302
    assert client.post("/cases/new/", {**base, "join": "\0"}).status_code == 404
    assert client.post("/cases/new/", {**base, "join": "x" * 5000}).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "q=%00", "q=%F0%9F%98%80", "q=" + "x" * 5000, "state=nonsense", "street=1", "street=%00", "area=../..",
        "older=x", "older=9999999999999999999999.1", "older=1.99999999999999999999999", "newer=%00.%00", "newer=-1.-1",
        "show=nonsense", "phase=x", "closed_from=0001-01-01", "closed_to=9999-12-31", "reported_after=1600-01-01",
        "reported_before=x", "unit=%00", "unit=' OR 1=1 --", "category=%00", "overdue=maybe", "open=%00",
    ],
)  # fmt: skip
def test_every_forged_filter_gives_a_page(world: World, as_, query: str) -> None:
    a_report(world)
    assert as_("leader").get(f"/cases/?{query}").status_code == 200


@pytest.mark.parametrize("value", ["", "x", "nan", "1e999", "112.9,27", "\0", "9" * 100])
def test_a_forged_point_gets_an_answer(world: World, as_, value: str) -> None:
    answer = as_("governor").get("/here/", {"longitude": value, "latitude": "27.8"})
    assert answer.status_code in (400, 404)
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "until", ["yesterday", "0001-01-01T00:00", "9999-12-31T23:59", "2026-13-45T99:99", "\0", "1" * 50]
)
def test_an_impossible_date_is_told_beside_its_field_and_the_reason_stays(
    world: World, as_, until: str
) -> None:
    case = a_signed(world)
    client = as_("governor")
    form = Page(client.get(case.get_absolute_url())).form("request-extension")
    answer = client.post(form.action, form.data(reason="等配件", until=until))
    page = Page(answer)
    assert answer.status_code == 400
    assert page.form("request-extension").values["reason"] == ["等配件"]
    assert case.requests.count() == 0


@pytest.mark.parametrize(
    "changes", [{"solved": "x"}, {"satisfaction": "\0"}, {"comment": "臭" * 10_001}, {"solved": None}]
)
def test_a_forged_rating_is_refused_and_the_words_stay(world: World, anybody: Client, changes) -> None:
    case = an_evaluated(world)
    address = f"/f/{case.reporter.token}/rate/"
    values = {"solved": "solved", "satisfaction": "satisfied", "comment": "谢谢", **changes}
    answer = anybody.post(address, {name: value for name, value in values.items() if value is not None})
    assert answer.status_code == 400
    assert Page(answer).form("/rate/").values["comment"] == [values["comment"]]
    assert not case.ratings.exists()


@pytest.mark.parametrize("token", ["x", "x" * 500, "-", "__"])
def test_a_guessed_link_leads_to_a_page_that_says_so(world: World, anybody: Client, token: str) -> None:
    for path in (f"/f/{token}/", f"/f/{token}/photos/1/", f"/f/{token}/rate/"):
        answer = anybody.get(path)
        assert answer.status_code == 404
        assert "This link leads nowhere" in Page(answer).text
