"""A bad line loses no report: whatever goes wrong between phone and server, each arrives once with all its photos."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tests.browser.gate import PORTAL, turn
from tests.browser.phone import Phone, Picture, arrived, once

ONE, TWO, THREE = Picture(1), Picture(2), Picture(3)
TEXT, OTHER = "楼下垃圾堆了三天", "桥头也有垃圾"


def test_with_a_good_line_the_report_is_sent_at_once(phone: Phone) -> None:
    phone.report(TEXT, ONE, TWO)
    phone.page.wait_for_url("**/sent/")
    once((TEXT, [ONE, TWO]))
    (receipt,) = phone.waits(1, "sent")
    assert receipt["photos"] == 0
    assert receipt["fields"] == []
    assert phone.gate.sent() == 1


def test_without_a_signal_the_report_waits_and_goes_when_it_is_back(phone: Phone) -> None:
    phone.off()
    phone.report(TEXT, ONE, TWO)
    phone.kept()
    (waiting,) = phone.waits(1)
    assert waiting["photos"] == 2
    expect(phone.page.locator("[data-bar=offline]")).to_be_visible()
    expect(phone.page.locator("[data-unsent-count]")).to_have_text("1")
    phone.on()
    once((TEXT, [ONE, TWO]))
    expect(phone.page.locator("[data-unsent]")).to_be_hidden()


def test_the_form_opens_without_a_signal_and_takes_several_reports(phone: Phone) -> None:
    phone.off()
    phone.go("/cases/new/")
    phone.report(TEXT, ONE)
    phone.kept()
    phone.page.get_by_role("button", name="再报一件").click()
    phone.report(OTHER, TWO, THREE)
    phone.kept()
    phone.waits(2)
    phone.list()
    expect(phone.page.locator("[data-reports] > li")).to_have_count(2)
    expect(phone.page.locator("[data-reports] img")).to_have_count(3)
    phone.on()
    once((TEXT, [ONE]), (OTHER, [TWO, THREE]))


def test_the_place_is_kept_and_its_block_found_when_it_is_sent(phone: Phone) -> None:
    phone.off()
    phone.write(TEXT, ONE)
    phone.page.get_by_role("button", name="获取当前位置").click()
    expect(phone.page.locator("[data-place-status]")).to_contain_text("27.866800")
    phone.press()
    phone.kept()
    phone.on()
    once((TEXT, [ONE]))
    case = phone.case(TEXT)
    assert case.block_code == "43030200100101"
    assert (case.longitude, case.latitude) == (112.9105, 27.8668)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (500, {}),
        (502, {}),
        (503, {"Retry_After": "1"}),
        (429, {"Retry_After": "1"}),
        (408, {}),
        (403, {}),
        (200, {}),
    ],
)
def test_what_says_nothing_about_the_report_ends_nothing(phone: Phone, status: int, headers: dict) -> None:
    phone.gate.answers(status, b"<html>something else</html>", **headers)
    phone.report(TEXT, ONE, TWO)
    phone.kept()
    (waiting,) = phone.waits(1)
    assert waiting["photos"] == 2
    assert phone.gate.sent() >= 1
    assert arrived() == []
    phone.gate.mend()
    phone.try_again()
    once((TEXT, [ONE, TWO]))


def test_a_server_that_asks_to_come_back_is_left_alone_so_long(phone: Phone) -> None:
    phone.gate.answers(429, b"{}", times=1, Retry_After="4")
    phone.report(TEXT, ONE)
    phone.kept()
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    phone.page.wait_for_timeout(2000)
    assert phone.gate.sent() == 1
    once((TEXT, [ONE]), seconds=20)
    assert phone.gate.sent() == 2


def test_an_answer_that_was_lost_makes_no_second_case(phone: Phone) -> None:
    phone.gate.loses_answers(times=2)
    phone.report(TEXT, ONE, TWO)
    phone.kept()
    (waiting,) = phone.waits(1)
    assert waiting["unsure"]
    once((TEXT, [ONE, TWO]))
    expect(phone.list().locator("[data-part=change]")).to_be_hidden()
    phone.try_again()
    phone.gate.mend()
    phone.try_again()
    phone.waits(1, "sent")
    once((TEXT, [ONE, TWO]))
    # The second loss may come too late: the line may be mended before it.
    assert phone.gate.sent() >= 2, "one whose answer was lost, one that was heard"


def test_the_page_of_a_captive_portal_is_no_answer(phone: Phone) -> None:
    phone.gate.everything(PORTAL)
    phone.report(TEXT, ONE)
    phone.kept()
    phone.waits(1)
    phone.gate.mend()
    phone.go("/cases/unsent/")
    once((TEXT, [ONE]))


def test_a_log_in_that_ended_loses_nothing(phone: Phone) -> None:
    with turn():
        Session.objects.all().delete()
    phone.report(TEXT, ONE, TWO)
    phone.kept()
    (waiting,) = phone.waits(1)
    assert waiting["error"]["why"] == "login"
    expect(phone.page.locator("[data-bar=login]")).to_be_visible()
    phone.page.locator("[data-bar=login] a").click()
    phone.give_password("governor")
    once((TEXT, [ONE, TWO]))


def test_a_log_in_that_ended_while_the_report_was_under_way(phone: Phone) -> None:
    phone.gate.answers(302, Location="/login/", times=1)
    phone.report(TEXT, ONE)
    phone.kept()
    assert phone.waits(1)[0]["error"]["why"] == "login"
    phone.try_again()
    once((TEXT, [ONE]))
