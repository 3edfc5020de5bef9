"""Tabs, restarts and people: what waits on a device outlives its tabs, and belongs to whoever wrote it."""

from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from cases.models import Case
from tests.browser.gate import Gate
from tests.browser.phone import Phone, Picture, arrived, exactly, once
from tests.world import World

ONE, TWO, THREE = Picture(1), Picture(2), Picture(3)
TEXT, OTHER = "楼下垃圾堆了三天", "桥头也有垃圾"


def test_a_tab_that_is_killed_before_anything_was_sent(phone: Phone) -> None:
    # The first thing that is asked after the report is on the device never comes back.
    phone.gate.holds("/cases/unsent/who/")
    phone.report(TEXT, ONE, TWO)
    phone.waits(1)
    phone.page.close()
    phone.gate.mend()
    assert arrived() == []
    phone.page = phone.context.new_page()
    phone.go("/")
    once((TEXT, [ONE, TWO]))


def test_a_tab_that_is_killed_while_the_answer_is_under_way(phone: Phone) -> None:
    phone.gate.holds("/cases/unsent/send/", reaches=True)
    phone.report(TEXT, ONE, TWO)
    once((TEXT, [ONE, TWO]))
    phone.page.close()
    phone.gate.mend()
    phone.page = phone.context.new_page()
    phone.go("/")
    phone.waits(1, "sent")
    once((TEXT, [ONE, TWO]))
    assert phone.gate.sent() == 2


def test_a_draft_with_photos_outlives_its_tab(phone: Phone) -> None:
    phone.write(TEXT, ONE, TWO)
    phone.waits(1, "draft")
    phone.page.close()
    phone.page = phone.context.new_page()
    page = phone.go("/cases/new/")
    expect(page.locator("textarea[name=description]")).to_have_value(TEXT)
    expect(page.locator("[data-chosen]")).to_have_count(2)
    expect(page.get_by_role("combobox", name="类别")).to_have_value("暴露垃圾")
    phone.press()
    once((TEXT, [ONE, TWO]))


def test_two_tabs_write_two_reports(phone: Phone) -> None:
    second = phone.context.new_page()
    phone.go("/cases/new/", second)
    phone.write(TEXT, ONE)
    phone.write(OTHER, TWO, page=second)
    phone.waits(2, "draft")
    phone.press()
    once((TEXT, [ONE]))
    phone.press(second)
    # Of the same kind in the same block: the second is asked about the first.
    second.get_by_role("button", name="不是同一问题，继续上报").click()
    once((TEXT, [ONE]), (OTHER, [TWO]))


def test_two_tabs_do_not_send_the_same_report_twice_at_once(phone: Phone) -> None:
    phone.off()
    for text, picture in ((TEXT, ONE), (OTHER, TWO)):
        phone.go("/cases/new/")
        phone.report(text, picture)
        phone.kept()
    second = phone.context.new_page()
    phone.go("/cases/unsent/", second)
    phone.list()
    phone.waits(2)
    phone.on()
    once((TEXT, [ONE]), (OTHER, [TWO]))
    assert phone.gate.sent() == 2


def test_another_person_on_the_device_neither_sees_nor_sends_what_waits(phone: Phone) -> None:
    phone.off()
    phone.report(TEXT, ONE)
    phone.kept()
    phone.on(mended=False)
    phone.log_out()
    dialog = phone.page.locator("#confirm")
    expect(dialog).to_contain_text("1")
    dialog.get_by_role("button", name="确认").click()
    phone.page.wait_for_url("**/logged-out/")
    phone.gate.mend()
    phone.log_in("governor2")
    phone.ready()
    page = phone.list()
    expect(page.locator("[data-empty]")).to_be_visible()
    expect(page.locator("[data-unsent]")).to_be_hidden()
    phone.report_from("/cases/new/", OTHER, TWO)
    phone.page.wait_for_url("**/sent/")
    assert arrived() == exactly((OTHER, [TWO]))
    phone.log_out()
    phone.page.wait_for_url("**/logged-out/")
    phone.log_in("governor")
    once((TEXT, [ONE]), (OTHER, [TWO]))
    reporters = dict(Case.objects.values_list("description", "reported_by__username"))
    assert reporters == {TEXT: "governor", OTHER: "governor2"}


def test_a_change_of_person_empties_what_is_kept_of_the_pages(phone: Phone, cast: World) -> None:
    phone.off()
    assert cast.governor.name in phone.go("/cases/new/").content()
    phone.on()
    phone.go("/")
    phone.log_out()
    phone.page.wait_for_url("**/logged-out/")
    phone.off()
    page = phone.go("/cases/new/")
    expect(page.locator("h1")).to_have_text("无网络")
    assert cast.governor.name not in page.content()
    phone.on()
    phone.log_in("governor2")
    phone.ready()
    phone.off()
    page = phone.go("/cases/new/")
    assert cast.governor2.name in page.content()
    assert cast.governor.name not in page.content()


def test_logging_out_forgets_a_draft_and_says_so_before(phone: Phone) -> None:
    phone.write(TEXT, ONE)
    phone.waits(1, "draft")
    phone.log_out()
    expect(phone.page.locator("#confirm")).to_contain_text("删除")
    phone.page.locator("#confirm").get_by_role("button", name="确认").click()
    phone.page.wait_for_url("**/logged-out/")
    assert phone.shelf() == []


def test_a_closed_browser_and_a_day_without_a_signal(browsers: Any, gate: Gate, tmp_path: Path) -> None:
    first: Phone = browsers(tmp_path / "profile")
    first.log_in()
    first.ready()
    first.off()
    first.report(TEXT, ONE, TWO)
    first.kept()
    first.context.close()
    second: Phone = browsers(tmp_path / "profile")
    second.off()
    page = second.go("/cases/new/")
    second.report(OTHER, THREE)
    second.kept()
    expect(page.locator("[data-unsent-count]")).to_have_text("2")
    second.context.close()
    third: Phone = browsers(tmp_path / "profile")
    gate.mend()
    third.go("/")
    once((TEXT, [ONE, TWO]), (OTHER, [THREE]))
