"""Posters on paper and on the screen: the printed code is read as phones do, a street is made once an edition."""

import io
import json
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse
from PIL import Image

from blocks.actions import renew_poster
from blocks.models import Block, Poster
from tests.pages.forms import Page
from tests.world import AT, OTHER_STREET, STREET, World
from yuhu.kit import clock, keeping, pdf

pytestmark = pytest.mark.django_db
needs_pango = pytest.mark.skipif(bool(pdf.missing_libraries()), reason="makes no PDFs: Pango is missing")

LINES = "application/x-ndjson"
SMALL = 1.2  # pixels per point: a poster seen from the other side of a road


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = "https://blocks.example"


def read(image: Image.Image) -> list[str]:
    """The codes in a picture, as a phone reads them."""
    return [found.text for found in zxingcpp.read_barcodes(image)]


def printed(made: bytes) -> list[Image.Image]:
    """The pages of a PDF as pictures."""
    document = pypdfium2.PdfDocument(made)
    pages = [document[number].render(scale=SMALL).to_pil() for number in range(len(document))]
    document.close()
    return pages


def address(code: str) -> str:
    return f"https://blocks.example/r/{Poster.objects.get(code=code).token}/"


# --- What is printed ---


@needs_pango
def test_the_code_of_the_poster_leads_to_the_form_of_its_block(world: World, as_, anybody: Client) -> None:
    (page,) = printed(as_("governor").get(reverse("block_poster", args=[world.b1.code])).content)
    assert read(page) == [address(world.b1.code)]
    form = Page(anybody.get(urlsplit(read(page)[0]).path))
    assert world.b1.name in form.text


@needs_pango
def test_every_page_of_a_street_bears_the_code_of_its_own_block(world: World, as_) -> None:
    codes = list(
        Block.objects.in_force(clock.local_date(AT))
        .in_area(STREET)
        .order_by("code")
        .values_list("code", flat=True)
    )
    pages = printed(as_("streetleader").get(reverse("street_posters", args=[STREET])).content)
    assert [read(page) for page in pages] == [[address(code)] for code in codes]
    assert len(pages) > 10


@needs_pango
def test_a_code_with_a_torn_corner_is_still_read(world: World, as_) -> None:
    (page,) = printed(as_("governor").get(reverse("block_poster", args=[world.b1.code])).content)
    width, height = page.size
    # The lower right of the code, where no finder stands.
    page.paste(
        (255, 255, 255), (int(width * 0.66), int(height * 0.56), int(width * 0.76), int(height * 0.63))
    )
    assert read(page) == [address(world.b1.code)]


def test_a_picture_without_a_code_reads_nothing() -> None:
    assert read(Image.new("RGB", (300, 300), "white")) == []


# --- On the screen ---


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("governor", 200),
        ("assistant", 200),
        ("streetleader", 200),
        ("governor2", 403),
        ("handler", 403),
        ("stranger", 404),
    ],
)
def test_whoever_prints_the_poster_shows_its_code(world: World, as_, name: str, status: int) -> None:
    answer = as_(name).get(reverse("block_code", args=[world.b1.code]))
    assert answer.status_code == status
    assert (address(world.b1.code) in answer.content.decode()) is (status == 200)


# --- A street, made once ---


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pages each making laid out, without the seconds that it takes."""
    counts: list[int] = []

    def making(documents: list[str], style: str) -> Any:
        counts.append(len(documents))
        for number in range(1, len(documents) + 1):
            yield number, None
        yield len(documents), b"%PDF-made"

    monkeypatch.setattr(pdf, "making", making)
    return counts


def lines(client: Client, street: str = STREET) -> list[dict[str, Any]]:
    answer: Any = client.post(reverse("make_street_posters", args=[street]), headers={"accept": LINES})
    assert answer["Content-Type"] == LINES
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A cache of the test's own."""
    store: dict[str, Any] = {}
    monkeypatch.setattr(keeping, "look_up", store.get)
    monkeypatch.setattr(keeping, "keep", lambda key, value, seconds: store.update({key: value}))
    return store


def test_the_page_tells_how_far_it_is_and_where_the_posters_are(
    world: World, as_, made: list[int], kept: dict[str, Any]
) -> None:
    blocks = Block.objects.in_force(clock.local_date(AT)).in_area(STREET).count()
    client = as_("streetleader")
    assert (
        f"{blocks} posters, one page each"
        in Page(client.get(reverse("make_street_posters", args=[STREET]))).text
    )
    told = lines(client)
    assert [line["done"] for line in told[:blocks]] == list(range(1, blocks + 1))
    assert {line["total"] for line in told[:-1]} == {blocks}
    assert told[-1] == {"url": reverse("street_posters", args=[STREET])}
    assert client.get(told[-1]["url"]).content == b"%PDF-made"
    assert made == [blocks], "the file was kept, not made a second time"


def test_another_code_or_governor_is_another_edition(
    world: World, as_, made: list[int], kept: dict[str, Any]
) -> None:
    client, street = as_("streetleader"), reverse("street_posters", args=[STREET])
    for _look in range(2):
        client.get(street)
    assert len(made) == 1
    renew_poster(block=world.b1, at=AT, actor=world.by("streetleader").actor)
    client.get(street)
    assert len(made) == 2


def test_without_a_script_the_button_leads_to_the_posters(world: World, as_) -> None:
    answer = as_("streetleader").post(reverse("make_street_posters", args=[STREET]))
    assert answer["Location"] == reverse("street_posters", args=[STREET])


def test_without_pango_the_progress_says_what_is_missing(
    world: World, as_, kept: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "missing_libraries", lambda: ["libpango-1.0-0"])
    (told,) = lines(as_("streetleader"))
    assert "cannot be made" in told["error"]


@pytest.mark.parametrize(("name", "status"), [("streetleader", 403), ("governor9", 403), ("stranger", 404)])
def test_nobody_makes_those_of_another_street(world: World, as_, name: str, status: int) -> None:
    assert as_(name).post(reverse("make_street_posters", args=[OTHER_STREET])).status_code == status


def test_several_documents_become_one_file_page_by_page() -> None:
    if pdf.missing_libraries():
        pytest.skip("makes no PDFs: Pango is missing")
    html = "<html lang='en'><head><title>x</title></head><body><p>{}</p></body></html>"
    steps = list(pdf.making([html.format(number) for number in "abc"], "@page { size: A6 }"))
    assert [done for done, _whole in steps] == [1, 2, 3, 3]
    whole = steps[-1][1]
    assert whole is not None
    document = pypdfium2.PdfDocument(io.BytesIO(whole))
    assert [document[number].get_textpage().get_text_range().strip() for number in range(3)] == [
        "a",
        "b",
        "c",
    ]
    document.close()
