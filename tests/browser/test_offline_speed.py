"""The report form on a slow line: how much it weighs at the first visit, and how soon one may write at the next ones.

Served as in production: compressed, under names with a digest, by WhiteNoise behind the whole chain of middleware.
"""

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import gate as gates
from tests.browser.gate import Gate, turn
from tests.browser.phone import Phone, settings_of_a_phone
from tests.world import World

pytestmark = pytest.mark.timing
# `pytest -rP` shows the figures.
logger = logging.getLogger(__name__)
FIRST_BYTES = 120_000
SECONDS = 2.0
# 400 kbit/s with 400 ms to and fro.
SLOW_3G = {"delay": 0.4, "rate": 50_000}
NOT_PAGES = ("admin/*", "drf_spectacular_sidecar/*", "rest_framework/*", "django_extensions/*")


@pytest.fixture
def line(cast: World, settings: Any) -> Iterator[Gate]:
    """A line to a server that serves its static files as production does."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "yuhu.kit.statics.StaticFiles"},
    }
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=list(NOT_PAGES))
    shared = {one.alias: one for one in connections.all() if one.vendor == "sqlite"}
    for one in shared.values():
        one.inc_thread_sharing()
    thread = LiveServerThread("127.0.0.1", static_handler=_AsItIs, connections_override=shared)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None
    with gates.opened(f"http://127.0.0.1:{thread.port}") as gate:
        yield gate
    thread.terminate()
    for one in shared.values():
        one.dec_thread_sharing()


class _AsItIs(WSGIHandler):
    """No handler of the tests' own before WhiteNoise."""

    def __init__(self, handler: Any) -> None:
        super().__init__()


def logged_in(chromium: Browser, gate: Gate, cast: World, **options: Any) -> BrowserContext:
    """A browser that has never been here, with the session of a log-in elsewhere."""
    context = chromium.new_context(**settings_of_a_phone(), **options)
    with turn():
        client = Client()
        client.force_login(cast.governor)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": gate.url}])
    return context


def usable(page: Page) -> None:
    """One can write, and script has made the search box of categories."""
    expect(page.locator(".typeahead__input")).to_be_visible(timeout=30_000)
    expect(page.locator("textarea[name=description]")).to_be_editable()


def test_the_first_visit_weighs_less_than_120_kb(chromium: Browser, line: Gate, cast: World) -> None:
    context = logged_in(chromium, line, cast, service_workers="block")
    page = context.new_page()
    page.goto(line.url + "/cases/new/", wait_until="networkidle")
    usable(page)
    logger.warning("first visit, bytes: %s", line.weight)
    assert {path.rpartition(".")[2] for _method, path, _status in line.seen} >= {"css", "js", "svg"}
    assert line.weight < FIRST_BYTES
    context.close()


def test_later_visits_take_everything_but_the_page_from_the_device(
    chromium: Browser, line: Gate, cast: World
) -> None:
    context = logged_in(chromium, line, cast)
    phone = Phone(context, line)
    phone.go("/cases/new/")
    phone.ready()
    phone.page.wait_for_load_state("networkidle")
    first = line.weight
    phone.page.close()
    line.seen.clear()
    phone.page = context.new_page()
    phone.page.goto(line.url + "/cases/new/", wait_until="networkidle")
    usable(phone.page)
    logger.warning("first visit with all that is kept, bytes: %s", first)
    logger.warning("second visit, bytes: %s", line.weight - first)
    assert [path for _method, path, _status in line.seen if path.startswith("/static/")] == []
    assert line.weight - first < 20_000
    assert first < 1.5 * FIRST_BYTES
    context.close()


def test_on_slow_3g_one_can_write_within_two_seconds_after_the_first_visit(
    chromium: Browser, line: Gate, cast: World
) -> None:
    context = logged_in(chromium, line, cast)
    phone = Phone(context, line)
    phone.go("/cases/new/")
    phone.ready()
    line.delay, line.rate = SLOW_3G["delay"], int(SLOW_3G["rate"])
    took = []
    for _visit in range(3):
        page = context.new_page()
        begun = time.monotonic()
        page.goto(line.url + "/cases/new/", wait_until="commit")
        usable(page)
        took.append(time.monotonic() - begun)
        page.close()
    logger.warning("usable after, seconds: %s", [round(one, 2) for one in took])
    assert sorted(took)[1] < SECONDS
    context.close()


def test_the_line_is_as_slow_as_it_says(chromium: Browser, line: Gate, cast: World) -> None:
    """The control: without what the device keeps, the same line takes longer."""
    context = logged_in(chromium, line, cast, service_workers="block")
    line.delay, line.rate = SLOW_3G["delay"], int(SLOW_3G["rate"])
    page = context.new_page()
    begun = time.monotonic()
    page.goto(line.url + "/cases/new/", wait_until="commit")
    usable(page)
    took = time.monotonic() - begun
    logger.warning("usable after without what is kept, seconds: %s", round(took, 2))
    assert took > SECONDS
    context.close()
