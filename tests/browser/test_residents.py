"""Residents in a real browser: the code on the poster, a report with photo and place, the private link, the look-up."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from blocks.actions import renew_poster
from blocks.models import Poster
from cases.actions import dispatch_by_rule
from cases.models import Case
from cases.states import State
from tests.browser.barriers import barriers, elder, elder_faults
from tests.browser.test_phone import picture
from tests.world import World, an_evaluated, do
from yuhu.kit import clock

Open = Callable[..., Any]


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    """A machine types faster than a person, whom the form waits for."""
    settings.RESIDENT_FORM_SECONDS = (0, settings.RESIDENT_FORM_SECONDS[1])


def door(cast: World) -> str:
    return f"/r/{Poster.objects.get(code=cast.b1.code).token}/"


def report(page: Page, text: str, photo: str = "") -> None:
    page.fill("textarea[name=description]", text)
    if photo:
        page.set_input_files("input[name=photos]", photo)
    page.fill("input[name=reporter_phone]", "13800005678")
    page.get_by_role("button", name="提交", exact=True).click()


def test_from_the_poster_to_the_rating(visitor: Open, cast: World, tmp_path: Path) -> None:
    photo = tmp_path / "trouble.jpg"
    photo.write_bytes(picture((140, 90, 60)))
    resident = visitor(360)
    page = resident.go(door(cast))
    expect(page.locator("h1")).to_be_visible()
    page.locator("[data-locate]").click()
    expect(page.locator("[data-place-status]")).not_to_be_empty()
    report(page, "楼道灯坏了三天，老人上下楼不便", str(photo))
    page.wait_for_url("**/sent/")
    resident.fits()
    case = Case.objects.get()
    expect(page.locator("main")).to_contain_text(case.number)
    assert case.longitude is not None
    assert case.attachments.count() == 1
    page.get_by_role("link", name="查看办理进度").click()
    expect(page.locator("main")).to_contain_text("楼道灯坏了三天")
    private = page.url
    _lived(cast, case)
    page.goto(private)
    page.get_by_text("已解决", exact=True).click()
    page.get_by_text("满意", exact=True).click()
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator("#messages")).not_to_be_empty()
    case.refresh_from_db()
    assert case.state == State.CLOSED


def _lived(cast: World, case: Case) -> None:
    """The street places it, its governor deals with it, the supervisor checks it."""
    now = clock.now()
    if case.waits_for_person or not dispatch_by_rule(case_id=case.pk, at=now):
        case.refresh_from_db()
    if case.state == State.REPORTED:
        do(cast, case, "dispatch", "dispatcher", at=now, assignee="governor")
    case.refresh_from_db()
    do(cast, case, "sign", "governor", at=now)
    do(cast, case, "hand-back", "governor", at=now, result="已更换")
    do(cast, case, "evaluate", "supervisor", at=now, effective=True)


def test_number_and_phone_find_it_again_and_a_wrong_phone_finds_nothing(visitor: Open, cast: World) -> None:
    resident = visitor(360)
    page = resident.go(door(cast))
    report(page, "垃圾桶满了没人收")
    page.wait_for_url("**/sent/")
    number = Case.objects.get().number
    page = resident.go("/r/")
    page.fill("input[name=number]", number)
    page.fill("input[name=phone]", "13900009999")
    page.get_by_role("button").filter(has_text="查").last.click()
    expect(page.locator("[role=alert]")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("垃圾桶满了")
    assert page.input_value("input[name=number]") == number
    page.fill("input[name=phone]", "13800005678")
    page.get_by_role("button").filter(has_text="查").last.click()
    page.wait_for_url("**/f/**")
    expect(page.locator("main")).to_contain_text("垃圾桶满了没人收")


def test_a_double_tap_is_one_report(visitor: Open, cast: World) -> None:
    resident = visitor(360)
    page = resident.go(door(cast))
    page.fill("textarea[name=description]", "双击提交")
    page.get_by_role("button", name="提交", exact=True).dblclick()
    page.wait_for_url("**/sent/")
    page.wait_for_load_state("networkidle")
    assert Case.objects.count() == 1


def test_too_many_reports_are_told_when_to_come_back(visitor: Open, cast: World, settings: Any) -> None:
    settings.RESIDENT_REPORTS_PER_HOUR = -1
    resident = visitor(360)
    page = resident.go(door(cast))
    report(page, "又一件事")
    expect(page.locator("main")).to_contain_text("分钟")
    resident.fits()
    assert barriers(resident) == []
    assert not Case.objects.exists()


def test_a_replaced_code_says_where_to_turn(visitor: Open, cast: World) -> None:
    old = door(cast)
    renew_poster(block=cast.b1, at=clock.now(), actor=cast.by("streetleader").actor)
    resident = visitor(360)
    page = resident.go(old)
    expect(page.locator("main")).to_contain_text("12345")
    resident.fits()
    assert barriers(resident) == []
    assert resident.page.goto(resident.base + door(cast)).status == 200


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("large", [False, True], ids=["usual", "elder"])
def test_no_page_of_residents_has_a_serious_barrier_or_sticks_out(
    visitor: Open, cast: World, width: int, large: bool
) -> None:
    case = an_evaluated(cast, at=clock.now())
    found: list[str] = []
    one = visitor(width)
    if large:
        elder(one)
    for path in (
        "/r/",
        door(cast),
        f"/f/{case.reporter.token}/",
        f"/f/{case.reporter.token}/sent/",
        "/login/",
    ):
        one.go(path)
        one.page.wait_for_load_state("networkidle")
        one.fits()
        found += [f"{path}: {each}" for each in barriers(one)]
        if large and width == 360:
            found += [f"{path}: {each}" for each in elder_faults(one)]
    assert found == []


def test_a_page_is_read_aloud_and_stops(visitor: Open, cast: World) -> None:
    case = an_evaluated(cast, at=clock.now())
    resident = visitor(360)
    resident.context.add_init_script(
        """window.spoken = []; window.SpeechSynthesisUtterance = class extends EventTarget {
          constructor(text) { super(); this.text = text; } };
        Object.defineProperty(window, "speechSynthesis", { value: {
          cancel: () => { window.spoken.length = 0; }, speak: (one) => window.spoken.push(one.text) } });"""
    )
    page = resident.go(f"/f/{case.reporter.token}/")
    button = page.get_by_role("button", name="朗读本页")
    button.click()
    spoken = page.evaluate("window.spoken")
    assert any("楼下垃圾堆了三天" in text for text in spoken)
    assert not any("朗读" in text for text in spoken)
    page.get_by_role("button", name="停止朗读").click()
    assert page.evaluate("window.spoken") == []
    expect(button).to_be_visible()


def test_without_a_voice_nothing_is_offered(visitor: Open, cast: World) -> None:
    resident = visitor(360)
    resident.context.add_init_script("delete window.SpeechSynthesisUtterance;")
    page = resident.go("/r/")
    expect(page.locator("[data-read-aloud]")).to_be_hidden()
