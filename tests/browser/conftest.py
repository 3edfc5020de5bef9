"""A real Chromium against a real server: people of the cast with a phone or a desk, no outside request."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import gate as gates
from tests.browser.gate import Gate
from tests.browser.phone import PLACE, Phone, settings_of_a_phone
from tests.world import PASSWORD, World, build

# Playwright's event loop lives in this thread; the tests' own look-ups in the database are plain calls.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser; a file's tests share one worker with its server."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group(f"browser-{item.path.stem}"))


@pytest.fixture
def cast(transactional_db: None) -> World:
    """The named cast, committed, so that the server's threads see it."""
    return build()


class Visitor:
    """One person with one device."""

    def __init__(self, browser: Browser, base: str, width: int) -> None:
        self.base = base
        self.outside: list[str] = []
        self.faults: list[str] = []
        phone = width < 500
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": 740 if phone else 900},
            locale="zh-CN",
            has_touch=phone,
            geolocation=PLACE,
            permissions=["geolocation"],
            # What it serves, nobody here sees; test_offline*.py are about it.
            service_workers="block",
        )
        # Listened to, not intercepted: that would take the browser's cache away, and time.
        self.context.on("request", self._note)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", self._fail)
        self.page.on("console", self._listen)

    def _note(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.outside.append(request.url)

    def _fail(self, error: Any) -> None:
        self.faults.append(str(error))

    def _listen(self, said: Any) -> None:
        if "Content Security" in said.text:
            self.faults.append(said.text)

    def go(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def log_in(self, name: str) -> Page:
        page = self.go("/login/")
        page.fill("input[name=username]", name)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    def fits(self, width: int = 0) -> None:
        """Nothing sticks out sideways; nor of the same page when it is made as wide as this."""
        usual = self.page.viewport_size
        if width and usual:
            self.page.set_viewport_size({**usual, "width": width})
            self.fits()
            self.page.set_viewport_size(usual)
            return
        wide, room = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= room, f"{self.page.url} is {wide} px wide on {room} px"


@pytest.fixture
def visitor(chromium: Browser, live_server: Any, cast: World) -> Iterator[Any]:
    """Opens devices; at the end none has seen a script error, a breach of the policy or an outside request."""
    opened: list[Visitor] = []

    def open_one(width: int = 360) -> Visitor:
        opened.append(Visitor(chromium, live_server.url, width))
        return opened[-1]

    yield open_one
    for one in opened:
        one.context.close()
    assert [fault for one in opened for fault in one.faults] == []
    assert [url for one in opened for url in one.outside] == []


@pytest.fixture
def gate(live_server: Any, cast: World) -> Iterator[Gate]:
    """The line between phones and the server."""
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


@pytest.fixture
def browsers(chromium: Browser, gate: Gate) -> Iterator[Callable[[Path], Phone]]:
    """Opens a browser whose profile lies in a folder, and so outlives it."""
    opened: list[BrowserContext] = []

    def open_one(folder: Path) -> Phone:
        path = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
        context = chromium.browser_type.launch_persistent_context(
            folder, executable_path=path, args=["--no-sandbox", "--disable-gpu"], **settings_of_a_phone()
        )
        opened.append(context)
        return Phone(context, gate)

    yield open_one
    for context in opened:
        context.close()
