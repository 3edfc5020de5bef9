"""A meeting from the desk of the duty officer to its minutes, in a real browser."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from cases.models import Case, Meeting
from cases.states import Path
from tests.world import World, a_dispatched
from yuhu.kit import clock

Open = Callable[..., Any]


def pick(page: Page, field: str, typed: str, shown: str) -> None:
    """Type into a search box of the desk and take the suggestion."""
    box = page.locator(f"select[name={field}] + .select2")
    box.click()
    many = box.locator(".select2-search__field")
    asked = many if many.count() else page.locator(".select2-dropdown .select2-search__field")
    asked.fill(typed)
    page.locator(".select2-results__option", has_text=shown).first.click()


def unfold(page: Page, verb: str) -> Any:
    """The form of a verb."""
    fold = page.locator(f"#do-{verb}")
    if not fold.evaluate("one => one.open"):
        fold.locator("summary").click()
    return fold


def test_a_meeting_from_convening_to_the_minutes(visitor: Open, cast: World) -> None:
    now = clock.now()
    one = a_dispatched(cast, at=now)
    two = a_dispatched(cast, at=now, category="0102", description="渣土堆了一周")
    officer = visitor(1280)
    page = officer.log_in("dispatcher")
    page = officer.go("/admin/cases/meeting/add/")
    page.fill("input[name=title]", "楼道堆物专题会商")
    page.fill("input[name=starts_at]", clock.local(now).strftime("%Y-%m-%dT%H:%M"))
    page.fill("input[name=place]", "街道三楼会议室")
    pick(page, "units", "雨湖路街道城市管理办", "城市管理办")
    for case in (one, two):
        pick(page, "cases", case.number, case.number)
    officer.fits()
    page.locator("input[name=_save]").click()
    expect(page.locator("#agenda")).to_contain_text(one.number)
    expect(page.locator("#agenda")).to_contain_text(two.number)

    fold = unfold(page, "hold")
    fold.locator("input[type=submit]").click()
    page.get_by_role("link", name="议定牵头单位").first.click()
    fold = page.locator("#do-settle")
    expect(fold.locator("textarea")).to_be_visible()
    pick(page, "unit", "雨湖路街道城市管理办", "城市管理办")
    fold.locator("textarea").fill("三日内清理完毕")
    officer.fits()
    fold.locator("input[type=submit]").click()
    expect(page.locator("#agenda")).to_contain_text("已议定承办")
    page.get_by_role("link", name="未达成一致，转吹哨").click()
    fold = page.locator("#do-whistle")
    fold.locator("textarea").fill("需区市场监督管理局到场")
    fold.locator("input[type=submit]").click()
    fold = unfold(page, "close")
    fold.locator("textarea").fill("会议认为应当分工落实。")
    fold.locator("input[type=submit]").click()
    expect(page.locator("#content")).to_contain_text("会议纪要〔")

    meeting = Meeting.objects.get()
    page = officer.go(meeting.get_absolute_url())
    officer.fits()
    for words in ("会商会议纪要", "三日内清理完毕", "需区市场监督管理局到场", meeting.minutes_name):
        expect(page.locator("main")).to_contain_text(words)
    one, two = Case.objects.get(pk=one.pk), Case.objects.get(pk=two.pk)
    assert one.lead_unit == cast.unit("city_management_office")
    assert two.path == Path.WHISTLE

    handler = visitor(360)
    handler.log_in("handler")
    page = handler.go(one.get_absolute_url())
    handler.fits()
    expect(page.locator("main")).to_contain_text("楼道堆物专题会商")
    page.get_by_role("link", name="楼道堆物专题会商").click()
    expect(page.locator("main")).to_contain_text("该案件不在您的查看范围内")
    handler.fits()
