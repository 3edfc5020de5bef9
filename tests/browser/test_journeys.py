"""From a phone in a block to a rated, closed case, through the real pages in a real browser."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from cases.models import Attachment, Case
from cases.states import State
from tests.world import World, a_signed, an_evaluated
from yuhu.kit import clock

Open = Callable[..., Any]


@pytest.fixture
def photo(tmp_path: Path) -> str:
    image = BytesIO()
    Image.effect_noise((900, 700), 60).convert("RGB").save(image, "JPEG")
    path = tmp_path / "photo.jpg"
    path.write_bytes(image.getvalue())
    return str(path)


def fill_report(page: Page, photo: str, text: str) -> None:
    page.set_input_files("input[name=photos]", photo)
    page.fill("textarea[name=description]", text)
    page.get_by_role("button", name="获取当前位置").click()
    expect(page.locator("[data-place-status]")).to_contain_text("雨湖路社区第1区块")


def choose_category(page: Page, typed: str, name: str) -> None:
    """Type a name or an alias and take the match, by keyboard."""
    box = page.get_by_role("combobox", name="类别")
    box.click()
    box.press_sequentially(typed, delay=20)
    expect(page.get_by_role("option").first).to_contain_text(name)
    box.press("ArrowDown")
    box.press("Enter")


def open_move(page: Page, label: str) -> Any:
    """The form of a move on the case's page, unfolded."""
    fold = (
        page.locator("details, section, form")
        .filter(has=page.get_by_role("button", name=label, exact=True))
        .last
    )
    summary = page.locator("summary", has_text=label)
    if summary.count() and not page.get_by_role("button", name=label, exact=True).is_visible():
        summary.first.click()
    return fold


@pytest.mark.parametrize("width", [360, 1280])
def test_a_case_from_the_governors_phone_to_the_residents_rating(
    visitor: Open, cast: World, photo: str, width: int
) -> None:
    governor = visitor(width)
    page = governor.log_in("governor")
    governor.fits()
    page = governor.go("/cases/new/")
    fill_report(page, photo, "楼下垃圾堆了三天,有异味")
    choose_category(page, "路边垃圾", "暴露垃圾")  # an alias
    page.locator("summary", has_text="等待答复").click()
    page.fill("input[name=reporter_name]", "张三")
    page.fill("input[name=reporter_phone]", "13800005678")
    governor.fits()
    page.get_by_role("button", name="提交上报").click()
    page.wait_for_url("**/sent/")
    case = Case.objects.get()
    expect(page.locator("main")).to_contain_text(case.number)
    expect(page.locator("main")).to_contain_text("高志远")
    expect(page.locator("main")).to_contain_text("R1101")
    governor.fits()
    assert case.state == State.DISPATCHED
    assert case.attachments.filter(stage="before").count() == 1

    page = governor.go(f"/cases/{case.number}/")
    governor.fits()
    open_move(page, "签收")
    page.get_by_role("button", name="签收", exact=True).click()
    expect(page.locator("main")).to_contain_text("处置中")
    open_move(page, "反馈处置结果")
    page.fill("textarea[name=result]", "已安排保洁清运")
    page.locator("form", has=page.locator("textarea[name=result]")).locator(
        "input[type=file]"
    ).set_input_files(photo)
    page.get_by_role("button", name="反馈处置结果", exact=True).click()
    expect(page.locator("main")).to_contain_text("待评估")
    expect(page.get_by_role("button", name="有效，通过")).to_have_count(0)
    assert Attachment.objects.filter(case=case, stage="after").count() == 1

    supervisor = visitor(width)
    page = supervisor.log_in("supervisor")
    expect(page.locator("main")).to_contain_text("暴露垃圾")
    page = supervisor.go(f"/cases/{case.number}/")
    supervisor.fits()
    page.get_by_role("button", name="有效，通过").click()
    page.locator("#confirm [data-confirm-yes]").click()
    expect(page.locator("main")).to_contain_text("待反馈")

    resident = visitor(360)
    page = resident.go(f"/f/{case.reporter.token}/")
    resident.fits()
    page.get_by_text("已解决", exact=True).click()
    page.get_by_text("满意", exact=True).click()
    page.get_by_role("button", name="提交评价").click()
    page.wait_for_load_state()
    case.refresh_from_db()
    assert case.state == State.CLOSED
    assert case.ratings.get().satisfaction == "satisfied"


def test_an_error_keeps_the_text_and_the_photo(visitor: Open, cast: World, photo: str) -> None:
    governor = visitor(360)
    governor.log_in("governor")
    page = governor.go("/cases/new/")
    fill_report(page, photo, "忘记选类别的一件事")
    page.locator("form#report").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="提交上报").click()
    expect(page.locator(".error-summary")).to_be_visible()
    assert page.input_value("textarea[name=description]") == "忘记选类别的一件事"
    assert Case.objects.count() == 0
    choose_category(page, "暴露", "暴露垃圾")
    page.get_by_role("button", name="提交上报").click()
    page.wait_for_url("**/sent/")
    assert Attachment.objects.count() == 1


def test_a_double_click_reports_once(visitor: Open, cast: World, photo: str) -> None:
    governor = visitor(360)
    governor.log_in("governor")
    page = governor.go("/cases/new/")
    fill_report(page, photo, "双击提交")
    choose_category(page, "0104", "乱堆杂物")
    page.get_by_role("button", name="提交上报").dblclick()
    page.wait_for_url("**/sent/")
    page.wait_for_load_state("networkidle")
    assert Case.objects.count() == 1


def test_a_returned_order_is_decided_and_sent_elsewhere_by_the_duty_officer(
    visitor: Open, cast: World
) -> None:
    case = a_signed(cast, at=clock.now())
    governor = visitor(360)
    governor.log_in("governor")
    page = governor.go(f"/cases/{case.number}/")
    open_move(page, "申请退单")
    form = page.locator("form", has=page.get_by_role("button", name="申请退单", exact=True))
    form.locator("textarea").fill("不属于本区块职责")
    form.get_by_role("button", name="申请退单", exact=True).click()
    expect(page.locator("main")).to_contain_text("不属于本区块职责")

    officer = visitor(1280)
    page = officer.log_in("dispatcher")
    expect(page.locator("main")).to_contain_text("暴露垃圾")
    page = officer.go(f"/cases/{case.number}/")
    officer.fits()
    page.get_by_role("link", name="审批退单").click()
    officer.fits()
    form = page.locator("form", has=page.locator("[name=approve]")).first
    form.locator("textarea[name=reason]").fill("同意,转城管办")
    form.get_by_role("button", name="同意", exact=True).click()
    page.wait_for_load_state()
    case.refresh_from_db()
    assert case.state == State.REPORTED
    assert case.waits_for_person


def test_a_dissatisfied_resident_reopens_once(visitor: Open, cast: World) -> None:
    case = an_evaluated(cast, at=clock.now())
    resident = visitor(360)
    page = resident.go(f"/f/{case.reporter.token}/")
    page.get_by_text("未解决", exact=True).click()
    page.get_by_text("不满意", exact=True).click()
    page.get_by_role("button", name="提交评价").click()
    page.wait_for_load_state()
    page.locator("textarea[name=reason]").fill("还是没有清理")
    resident.fits()
    page.locator("form", has=page.locator("textarea[name=reason]")).get_by_role("button").last.click()
    page.wait_for_load_state()
    case.refresh_from_db()
    assert case.state == State.IN_PROGRESS
    assert case.reopened


PAGES = [
    ("governor", "/"),
    ("governor", "/cases/"),
    ("governor", "/cases/new/"),
    ("dispatcher", "/"),
    ("streetleader", "/"),
    ("leader", "/"),
    ("leader", "/roster/"),
    ("auditor", "/journal/"),
    ("governor", "/inbox/"),
]


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_has_a_serious_barrier_or_sticks_out(visitor: Open, cast: World, width: int) -> None:
    """axe-core: nothing serious or critical on the pages that people see every day."""
    a_signed(cast, at=clock.now())
    axe = (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    found: list[str] = []
    for name in dict(PAGES):
        one = visitor(width)
        one.log_in(name)
        for path in [path for who, path in PAGES if who == name]:
            page = one.go(path)
            one.fits()
            # Through the debugger, since the page's own policy lets no strange script in.
            page.evaluate(axe)
            result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            found += [
                f"{name} {path}: {each['id']} {each['nodes'][0]['target']}"
                for each in result["violations"]
                if each["impact"] in ("serious", "critical")
            ]
    assert found == []
