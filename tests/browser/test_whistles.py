"""A whistle in a real browser: the street asks, its leader approves, the department comes, both sides rate."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cases.models import Whistle, WhistleCall
from tests.world import World, a_signed
from yuhu.kit import clock

Open = Callable[..., Any]
MARKET = "区市场监督管理局"


def act(page: Page, verb: str, *, choose: dict[str, str] | None = None, **typed: str) -> None:
    """Unfold a verb of the desk's page, fill it in and press its button."""
    fold = page.locator(f"#do-{verb}")
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    for name, text in typed.items():
        fold.locator(f"[name={name}]").fill(text)
    for name, value in (choose or {}).items():
        fold.locator(f"input[name={name}][value='{value}']").check()
    fold.locator("input[type=submit]").click()
    page.wait_for_load_state()
    expect(page.locator(".messagelist")).to_contain_text("已办理")


def look(page: Page, name: str) -> None:
    """Keep a picture where somebody asks for pictures (``PICTURES=folder``)."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("width", [1280])
def test_a_whistle_from_asking_to_both_ratings(visitor: Open, cast: World, width: int) -> None:
    case = a_signed(cast, at=clock.now())
    officer = visitor(width)
    officer.log_in("dispatcher")
    page = officer.go(f"/cases/{case.number}/")
    officer.fits()
    look(page, "1-case")
    page.get_by_role("link", name="吹哨呼叫部门").click()
    page.select_option("select[name=kind]", "hard_demand")
    page.fill("textarea[name=reason]", "油烟扰民多次，街道无执法权")
    box = page.locator(".field-units .select2-search__field")
    box.click()
    box.press_sequentially("市场", delay=20)
    expect(page.locator(".select2-results__option")).to_have_count(1)
    page.locator(".select2-results__option", has_text=MARKET).click()
    page.fill("textarea[name=task]", "查处无照经营")
    officer.fits()
    look(page, "2-ask")
    page.get_by_role("button", name="提交吹哨").click()
    page.wait_for_load_state()
    whistle = Whistle.objects.get()
    assert whistle.state == Whistle.State.ASKED

    leader = visitor(width)
    leader.log_in("streetleader")
    page = leader.go("/admin/")
    page.get_by_role("link", name="待审批的吹哨").click()
    page.locator("#result_list tbody th a").click()
    act(page, "approve", reason="同意吹哨")
    look(page, "3-approved")

    clerk = visitor(360)
    clerk.log_in("department")
    page = clerk.go("/admin/")
    page.get_by_role("link", name="待应哨").click()
    page.locator("#result_list tbody th a").click()
    clerk.fits()
    act(page, "check-in", coming="杜局员等2人")
    act(page, "attend", choose={"attended": "yes"}, proof="签到表")
    act(page, "result", result="责令停业整改")
    clerk.fits()
    look(page, "4-result")

    page = officer.go(whistle.get_absolute_url())
    act(page, "clear", reason="已整改到位")
    page.get_by_role("link", name=MARKET).click()
    act(page, "rate-department", choose={"score": "5"})
    look(page, "5-rated")

    page = clerk.go(WhistleCall.objects.get().get_absolute_url())
    act(page, "rate-street", choose={"justified": "4", "prepared": "5"})
    look(page, "6-both")
    page = officer.go(f"/cases/{case.number}/")
    officer.fits()
    expect(page.locator("main")).to_contain_text("已评结")
    look(page, "7-case")
    page = officer.go("/admin/cases/whistlecall/scorecard/")
    officer.fits()
    expect(page.locator("#content")).to_contain_text("100.00%")
    whistle.refresh_from_db()
    assert whistle.state == Whistle.State.DONE
