"""Posters of blocks: who prints what, what they say, and a code that is replaced at the desk."""

import datetime as dt
import importlib
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from blocks.actions import import_division, issue_posters, renew_poster
from blocks.models import Block, Division, Poster
from staffing.admin.posters import RENEW
from staffing.policies import may_print_posters, may_renew_poster
from staffing.views import posters
from tests.pages.forms import Page
from tests.world import AT, OTHER_STREET, STREET, World
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit import clock, pdf

pytestmark = pytest.mark.django_db
needs_pango = pytest.mark.skipif(bool(pdf.missing_libraries()), reason="makes no PDFs: Pango is missing")

TODAY = clock.local_date(AT)
# Prints the poster of b1, all of its street; replaces the code of b1.
TABLE = """
governor     block  -       -
assistant    block  -       -
supervisor   block  -       -
governor2    -      -       -
dispatcher   block  street  -
block_head   block  street  -
coordinator  block  street  -
streetleader block  street  renews
leader       block  street  -
auditor      block  street  -
admin        block  street  renews
security     -      -       -
dispatcher9  -      -       -
handler      -      -       -
department   -      -       -
stranger     -      -       -
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]


def poster(block: Block) -> str:
    return reverse("block_poster", args=[block.code])


def street(code: str) -> str:
    return reverse("street_posters", args=[code])


@pytest.fixture
def laid_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is laid out, without the seconds that laying out takes."""
    pages: list[str] = []

    def note(documents: list[str], style: str) -> Iterator[tuple[int, bytes | None]]:
        for number, html in enumerate(documents, start=1):
            pages.append(html)
            yield number, None
        yield len(documents), b"%PDF-"

    monkeypatch.setattr(pdf, "making", note)
    return pages


def pages_of(made: bytes) -> int:
    """The pages of a PDF, whose objects may stand in compressed parts."""
    parts = [made]
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", made, re.DOTALL):
        try:
            parts.append(zlib.decompress(packed))
        except zlib.error:
            continue
    return sum(len(re.findall(rb"/Type\s*/Page\b", part)) for part in parts)


# --- who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, block, whole, renews", ROWS, ids=[row[0] for row in ROWS])
def test_who_prints_and_who_replaces_is_as_the_table_says(
    world: World, as_, laid_out: list[str], name: str, block: str, whole: str, renews: str
) -> None:
    user, client = world.people[name], as_(name)
    one = client.get(poster(world.b1)).status_code
    many = client.get(street(STREET)).status_code
    assert (one == 200, many == 200) == (block != "-", whole != "-")
    assert {one, many} <= {200, 403, 404}
    assert bool(may_print_posters(user, area=world.b1.code, on=TODAY)) is (block != "-")
    assert bool(may_renew_poster(user, area=world.b1.code, on=TODAY)) is (renews != "-")
    before = Poster.objects.get(code=world.b1.code).token
    address = reverse("admin:blocks_block_do", args=[world.b1.pk, RENEW.name])
    client.post(address)
    assert (Poster.objects.get(code=world.b1.code).token != before) is (renews != "-")


def test_nobody_without_a_log_in_prints_or_replaces(world: World, anybody: Client) -> None:
    for address in (poster(world.b1), street(STREET)):
        assert anybody.get(address)["Location"].startswith("/login/")
    before = Poster.objects.get(code=world.b1.code).token
    anybody.post(reverse("admin:blocks_block_do", args=[world.b1.pk, RENEW.name]))
    assert Poster.objects.get(code=world.b1.code).token == before


def test_a_leader_prints_and_replaces_nothing_of_another_street(world: World, as_) -> None:
    client = as_("streetleader")
    assert client.get(poster(world.b9)).status_code == 403
    assert client.get(street(OTHER_STREET)).status_code == 403
    before = Poster.objects.get(code=world.b9.code).token
    client.post(reverse("admin:blocks_block_do", args=[world.b9.pk, RENEW.name]))
    assert Poster.objects.get(code=world.b9.code).token == before


@pytest.mark.parametrize("code", ["43030200199901", "430302001", "430302", "x", "4303020010010A", "9" * 200])
def test_what_is_no_block_is_not_there(world: World, as_, code: str) -> None:
    assert as_("leader").get(reverse("block_poster", args=[code])).status_code == 404
    if code != STREET:
        assert as_("leader").get(reverse("street_posters", args=[code])).status_code == 404


# --- what ------------------------------------------------------------------------------------------------------------


@needs_pango
def test_one_block_is_one_page(world: World, as_) -> None:
    answer = as_("streetleader").get(poster(world.b1))
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert f"poster-{world.b1.code}.pdf" in answer["Content-Disposition"]
    assert answer.content.startswith(b"%PDF-")
    assert pages_of(answer.content) == 1


@needs_pango
def test_a_street_is_one_page_a_block(world: World, as_) -> None:
    blocks = Block.objects.in_force(TODAY).in_area(STREET).count()
    answer = as_("streetleader").get(street(STREET))
    assert answer.content.startswith(b"%PDF-")
    assert pages_of(answer.content) == blocks > 10


def test_it_names_block_street_and_governor_and_speaks_chinese_to_residents(
    world: World, as_, laid_out: list[str], settings: Any
) -> None:
    settings.RESIDENT_HOTLINE = "便民热线：0731-12345"
    as_("streetleader").get(poster(world.b1))
    html = laid_out[0]
    for word in (world.b1.name, "雨湖路街道", "高志远", "便民热线：0731-12345", "扫一扫", 'lang="zh-hans"'):
        assert word in html, word
    assert html.count("<li>") == 3


def test_without_a_hotline_or_a_governor_it_says_nothing_of_them(
    world: World, as_, laid_out: list[str]
) -> None:
    as_("leader").get(poster(Block.objects.in_force(TODAY).in_area(STREET).order_by("-code")[0]))
    assert "热线" not in laid_out[0]
    assert "治理员" not in laid_out[0]


def test_the_code_leads_to_the_form_of_its_block(
    world: World, as_, anybody: Client, laid_out: list[str], settings: Any
) -> None:
    settings.SITE_URL = "https://blocks.example"
    as_("streetleader").get(poster(world.b1))
    address = re.search(r"https://blocks\.example(/r/[\w-]+/)", laid_out[0])
    assert address is not None
    assert world.b1.name in Page(anybody.get(urlsplit(address[0]).path)).text
    assert "data:image/svg+xml" in laid_out[0]


def test_the_picture_is_large_and_bears_wear(world: World) -> None:
    address, picture = posters._to_report("a" * 24)
    assert picture.startswith("data:image/svg+xml")
    assert address.endswith(f"/r/{'a' * 24}/")
    style = Path("templates/staffing/posters.css").read_text(encoding="utf-8")
    size = re.search(r"\.code \{[^}]*width: (\d+)mm", style)
    assert size is not None
    assert int(size[1]) >= 100


def test_without_pango_the_page_says_what_is_missing(
    world: World, as_, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "missing_libraries", lambda: ["libpango-1.0-0"])
    assert as_("streetleader").get(poster(world.b1)).status_code == 503


# --- the code --------------------------------------------------------------------------------------------------------


def test_every_block_of_a_division_has_a_code_of_its_own(world: World) -> None:
    codes = set(Block.objects.in_force(TODAY).values_list("code", flat=True))
    tokens = dict(Poster.objects.values_list("code", "token"))
    assert set(tokens) == codes
    assert len(set(tokens.values())) == len(codes)
    assert all(len(token) == 24 for token in tokens.values()), "144 bits"


def test_posters_that_hang_stay_good_when_codes_are_issued_again(world: World) -> None:
    before = dict(Poster.objects.values_list("code", "token"))
    issue_posters([world.b1.code, "43030200199901"])
    after = dict(Poster.objects.values_list("code", "token"))
    assert after.pop("43030200199901")
    assert after == before


def test_upgrading_gives_every_block_that_there_is_a_code(world: World) -> None:
    blocks = Block.objects.values_list("code", flat=True).distinct().count()
    Poster.objects.all().delete()
    importlib.import_module("blocks.migrations.0002_posters").issue(apps, None)
    assert Poster.objects.count() == blocks


def test_a_poster_that_hangs_outlives_a_new_division(world: World, anybody: Client) -> None:
    before, token = TODAY + dt.timedelta(days=1), Poster.objects.get(code=world.b1.code).token
    old = Division.objects.get()
    outline, features = world.b1.boundary, json.loads(old.feature_collection())["features"]
    made = import_division(
        district_code=old.district_id,
        features=features,
        effective_from=before,
        source="demo",
        actor=SYSTEM,
        at=AT,
    )
    assert made.ok
    found = Block.objects.of_poster(token, before).get()
    assert (found.code, found.division, found.boundary) == (world.b1.code, made.division, outline)
    assert Block.objects.of_poster(token, TODAY).get() == world.b1


def test_a_block_without_a_code_gets_one_by_replacing(world: World, as_, laid_out: list[str]) -> None:
    Poster.objects.filter(code=world.b1.code).delete()
    assert as_("streetleader").get(poster(world.b1)).status_code == 404
    renew_poster(block=world.b1, at=AT, actor=world.by("streetleader").actor)
    assert as_("streetleader").get(poster(world.b1)).status_code == 200


def test_replacing_is_journaled_with_who_and_where_and_without_the_secret(world: World, as_) -> None:
    as_("streetleader").post(reverse("admin:blocks_block_do", args=[world.b1.pk, RENEW.name]))
    entry = Entry.objects.for_subject("block", world.b1.code).last()
    assert entry is not None
    assert (entry.kind, entry.actor_id, entry.area) == (
        "poster.renewed",
        world.streetleader.pk,
        world.b1.code,
    )
    assert entry.data == {}
    row = Poster.objects.get(code=world.b1.code)
    assert row.renewed_at == AT
    history = Page(as_("leader").get(reverse("admin:blocks_block_history", args=[world.b1.pk]))).text
    assert "Code of the poster replaced" in history


def test_the_page_of_the_block_asks_before_and_offers_the_poster(world: World, as_) -> None:
    page = Page(as_("streetleader").get(reverse("admin:blocks_block_change", args=[world.b1.pk])))
    assert page.has_form(RENEW.name)
    assert "stop working at once" in page.text
    assert poster(world.b1) in page.links
    assert reverse("make_street_posters", args=[STREET]) in page.links
    other = Page(as_("handler").get(reverse("admin:blocks_block_change", args=[world.b1.pk])))
    assert not other.has_form(RENEW.name)
    assert poster(world.b1) not in other.links


def test_the_database_refuses_short_and_double_codes(world: World) -> None:
    taken = Poster.objects.get(code=world.b1.code).token
    for token in (taken, "short"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Poster.objects.filter(code=world.b2.code).update(token=token)
