"""A real Chromium against a real server: people of the cast with a phone or a desk, no outside request."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Geolocation, Page

from tests.world import PASSWORD, World, build

# Playwright's event loop lives in this thread; the tests' own look-ups in the database are plain calls.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Inside block b1 (雨湖路社区第1区块).
PLACE = Geolocation(longitude=112.9105, latitude=27.8668)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser and one worker."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


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
            # What it serves, the routes below do not see; test_offline*.py are about it.
            service_workers="block",
        )
        self.context.route("**/*", self._only_us)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", self._fail)
        self.page.on("console", self._listen)

    def _only_us(self, route: Any) -> None:
        if route.request.url.startswith((self.base, "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

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

    def fits(self) -> None:
        """Nothing sticks out sideways."""
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
