"""A bad line loses no report: whatever goes wrong between phone and server, each arrives once with all its photos."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import gate as gates
from tests.browser.gate import Gate
from tests.browser.phone import Phone, Picture, arrived, once, settings_of_a_phone
from tests.world import World

ONE, TWO = Picture(1), Picture(2)
TEXT = "楼下垃圾堆了三天"


@pytest.fixture
def gate(live_server: Any, cast: World) -> Iterator[Gate]:
    with gates.opened(live_server.url) as gate:
        yield gate


@pytest.fixture
def phone(chromium: Browser, gate: Gate) -> Iterator[Phone]:
    """A phone with the governor logged in and the report form open; at the end no script has failed."""
    context = chromium.new_context(**settings_of_a_phone())
    phone = Phone(context, gate)
    phone.log_in()
    phone.ready()
    yield phone
    context.close()
    assert phone.faults == []


def test_with_a_good_line_the_report_is_sent_at_once(phone: Phone) -> None:
    phone.report(TEXT, ONE, TWO)
    phone.page.wait_for_url("**/sent/")
    once((TEXT, [ONE, TWO]))
    (receipt,) = phone.waits(1, "sent")
    assert receipt["photos"] == 0
    assert receipt["fields"] == []


def test_without_a_signal_the_report_waits_and_goes_when_it_is_back(phone: Phone) -> None:
    phone.context.set_offline(True)
    phone.gate.cut = True
    phone.report(TEXT, ONE, TWO)
    phone.kept()
    (waiting,) = phone.waits(1)
    assert waiting["photos"] == 2
    assert arrived() == []
    expect(phone.page.locator("[data-bar=offline]")).to_be_visible()
    expect(phone.page.locator("[data-unsent-count]")).to_have_text("1")
    phone.gate.mend()
    phone.context.set_offline(False)
    once((TEXT, [ONE, TWO]))
    expect(phone.page.locator("[data-unsent]")).to_be_hidden()
