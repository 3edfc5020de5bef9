"""The phone pages in a real browser: at every width and in elder mode without a barrier; a visit, an evaluation."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from cases.actions import attach_all
from cases.models import Case
from cases.photos import prepare
from cases.states import State
from staffing.models import Visit
from tests.browser.barriers import barriers, elder, elder_faults
from tests.staffing.visit_makers import HAZARD, a_finding, a_visit
from tests.world import World, a_handled, a_signed
from yuhu.kit import clock

Open = Callable[..., Any]
LARGE = re.compile("large-print")


def picture(colour: tuple[int, int, int]) -> bytes:
    out = BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, "JPEG")
    return out.getvalue()


def handled_with_photos(cast: World) -> Case:
    now = clock.now()
    case = a_handled(cast, at=now, longitude=112.9105, latitude=27.8668)
    for stage, colour in (("before", (140, 60, 50)), ("after", (50, 130, 60))):
        attach_all(
            case_id=case.pk, photos=[prepare(picture(colour))], stage=stage, by=cast.by("governor"), at=now
        )
    return case


@pytest.fixture
def pages(cast: World) -> list[tuple[str, str]]:
    """Who opens which page, with something on each."""
    now, today = clock.now(), clock.today()
    a_signed(cast, at=now, longitude=112.9105, latitude=27.8668)
    case = handled_with_photos(cast)
    planned = a_visit(cast, "liaison", at=now, level="community", role="liaison", planned_for=today)
    finding = a_finding(cast, HAZARD, at=now, planned_for=today)
    return [
        ("governor", "/"),
        ("governor", "/my-block/"),
        ("governor", f"/posters/blocks/{cast.b1.code}/"),
        ("governor", "/off-list/"),
        ("governor", "/off-list/new/"),
        ("governor", "/inbox/"),
        ("governor", "/cases/"),
        ("supervisor", "/"),
        ("supervisor", f"/cases/{case.number}/"),
        ("liaison", "/visits/"),
        ("liaison", "/visits/new/"),
        ("liaison", f"/visits/{planned.pk}/"),
        ("handler", f"/visits/{finding.visit_id}/"),
        ("handler", f"/findings/{finding.pk}/case/"),
        ("streetleader", "/posters/streets/430302001/"),
    ]


@pytest.mark.parametrize("width", [360, 1280])
def test_no_phone_page_has_a_serious_barrier_or_sticks_out(
    visitor: Open, pages: list[tuple[str, str]], width: int
) -> None:
    found: list[str] = []
    for name in dict(pages):
        one = visitor(width)
        one.log_in(name)
        for path in [path for who, path in pages if who == name]:
            one.go(path)
            one.page.wait_for_load_state("networkidle")
            one.fits()
            found += [f"{name} {path}: {each}" for each in barriers(one)]
            one.fits(768)
    assert found == []


def test_elder_mode_holds_its_measures_on_every_phone_page(
    visitor: Open, pages: list[tuple[str, str]]
) -> None:
    found: list[str] = []
    for name in dict(pages):
        one = visitor(360)
        elder(one)
        one.log_in(name)
        for path in [path for who, path in pages if who == name]:
            one.go(path)
            one.page.wait_for_load_state("networkidle")
            one.fits()
            found += [f"{name} {path}: {each}" for each in [*barriers(one), *elder_faults(one)]]
    assert found == []


def test_the_measures_find_what_is_too_small(visitor: Open, cast: World) -> None:
    """The same page in usual print has text below 24 px and targets below 60 px."""
    one = visitor(360)
    one.go("/login/")
    faults = elder_faults(one)
    assert any(fault.startswith("small") for fault in faults)
    assert any(fault.startswith("low") for fault in faults)


def test_elder_mode_is_entered_where_one_arrives_and_remembered(visitor: Open, cast: World) -> None:
    one = visitor(360)
    page = one.go("/login/")
    page.locator("main").get_by_role("button", name="长辈版").click()
    expect(page.locator("html")).to_have_class(LARGE)
    page = one.log_in("governor")
    expect(page.locator("html")).to_have_class(LARGE)
    page.locator("main").get_by_role("button", name="标准版").click()
    page = one.go("/r/")
    expect(page.locator("html")).not_to_have_class(LARGE)
    expect(page.locator("header").get_by_role("button", name="长辈版")).to_be_visible()


def test_a_visit_on_the_phone_from_check_in_to_case(visitor: Open, cast: World, tmp_path: Path) -> None:
    photo = tmp_path / "hazard.jpg"
    photo.write_bytes(picture((90, 90, 120)))
    cadre = visitor(360)
    cadre.log_in("liaison")
    page = cadre.go("/visits/new/")
    expect(page.locator("[data-place-status]")).to_contain_text("雨湖路社区第1区块")
    page.get_by_text("联络员", exact=True).click()
    page.get_by_role("button", name="立即签到").dblclick()
    expect(page.locator("#messages")).to_contain_text("在区块内")
    visit = Visit.objects.get()
    assert visit.arrived_metres == 0
    page.fill("#id_households", "12")
    page.fill("#id_summary", "走访十二户，居民总体满意")
    page.locator("summary", has_text="发现情况 1").click()
    page.get_by_text("安全隐患", exact=True).first.click()
    page.fill("#id_finding_1-text", "三楼过道堆放纸箱，堵住消防门")
    cadre.fits()
    page.get_by_role("button", name="登记开展情况").click()
    page.get_by_role("link", name="转为案件").click()
    page.set_input_files("input[name=photos]", str(photo))
    box = page.get_by_role("combobox", name="类别")
    box.click()
    box.press_sequentially("0701", delay=20)
    box.press("ArrowDown")
    box.press("Enter")
    page.get_by_role("button", name="提交上报").click()
    page.wait_for_url("**/sent/")
    case = Case.objects.get()
    assert case.description == "三楼过道堆放纸箱，堵住消防门"
    assert case.attachments.count() == 1
    page = cadre.go(f"/cases/{case.number}/")
    page.locator(".facts a", has_text="雨湖路社区第1区块").click()
    expect(page.locator("#finding-1")).to_contain_text(case.number)


def test_an_evaluation_compares_photos_and_asks_for_words_and_once_more(visitor: Open, cast: World) -> None:
    case = handled_with_photos(cast)
    supervisor = visitor(360)
    supervisor.log_in("supervisor")
    page = supervisor.go("/")
    page.get_by_role("link", name="暴露垃圾").first.click()
    # In one look: the map above may still be coming.
    boxes = "photos => photos.map((photo) => photo.getBoundingClientRect().toJSON())"
    left, right = page.locator(".pairs .photo").evaluate_all(boxes)
    assert left["y"] == right["y"]
    assert left["right"] <= right["x"]
    page.locator(".pairs a").first.focus()
    page.keyboard.press("Enter")
    look = page.locator("dialog.look")
    expect(look).to_contain_text("处置前")
    page.keyboard.press("ArrowRight")
    expect(look).to_contain_text("处置后")
    assert barriers(supervisor) == []
    page.keyboard.press("Escape")
    expect(look).not_to_be_visible()
    page.get_by_role("button", name="无效，退回返工").click()
    assert page.locator("#confirm").is_hidden(), "first the words, then the question"
    assert page.evaluate("document.activeElement.name") == "comment"
    page.fill("textarea[name=comment]", "角落里还有垃圾")
    page.get_by_role("button", name="无效，退回返工").click()
    expect(page.locator("#confirm")).to_contain_text("退回原处置人")
    page.locator("#confirm [data-confirm-yes]").click()
    page.wait_for_load_state("networkidle")
    case.refresh_from_db()
    assert case.state == State.IN_PROGRESS


def test_a_good_result_passes_without_words(visitor: Open, cast: World) -> None:
    case = handled_with_photos(cast)
    supervisor = visitor(360)
    supervisor.log_in("supervisor")
    page = supervisor.go(f"/cases/{case.number}/")
    page.get_by_role("button", name="无效，退回返工").click()
    page.get_by_role("button", name="有效，通过").click()
    page.locator("#confirm [data-confirm-yes]").click()
    expect(page.locator("main")).to_contain_text("待反馈")


def test_the_map_of_the_block_draws_its_cases_and_leads_to_them(visitor: Open, cast: World) -> None:
    case = a_signed(cast, at=clock.now(), longitude=112.9105, latitude=27.8668)
    governor = visitor(360)
    page = governor.log_in("governor")
    page.locator(".main-nav").get_by_role("link", name="我的区块").click()
    point = page.locator(".map .map__point--open")
    expect(point).to_have_count(1)
    expect(page.locator(".map path.map__block").first).to_be_attached()
    point.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{case.number}/")


def test_the_posters_of_a_street_tell_how_far_they_are(visitor: Open, cast: World, monkeypatch: Any) -> None:
    def making(documents: list[str], style: str) -> Any:
        for number in range(1, len(documents) + 1):
            yield number, None
        yield len(documents), b"%PDF-1.4\n%%EOF"

    monkeypatch.setattr("yuhu.kit.pdf.making", making)
    leader = visitor(360)
    leader.log_in("streetleader")
    page = leader.go("/posters/streets/430302001/")
    with page.expect_request("**/430302001.pdf"):
        page.get_by_role("button", name="生成海报").click()
