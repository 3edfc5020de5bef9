"""The board in a real browser: no serious barrier on any page, nothing sticks out, charts, map and wall work."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_desk import barriers
from tests.world import STREET, World, a_closed, a_dispatched, a_signed
from yuhu.kit import clock

Open = Callable[..., Any]
PAGES = ("", "trends/", "kinds/", "work/", "people/", "map/", "indicators/", "indicators/satisfaction_rate/")


def some(cast: World) -> None:
    x, y = cast.b1.centroid
    a_closed(cast, at=clock.now())
    a_signed(cast, at=clock.now(), longitude=x, latitude=y)
    a_dispatched(cast, at=clock.now(), name="governor2", block=cast.b2.code)


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_has_a_serious_barrier_or_sticks_out(visitor: Open, cast: World, width: int) -> None:
    some(cast)
    one = visitor(width)
    one.log_in("streetleader")
    found: dict[str, list[str]] = {}
    for page in PAGES:
        one.go(f"/board/{STREET}/{page}")
        one.page.wait_for_load_state("networkidle")
        one.fits()
        if wrong := barriers(one):
            found[page] = wrong
    assert found == {}


@pytest.mark.parametrize("page", ["now", "trends", "work"])
def test_the_wall_has_no_serious_barrier_and_no_scroll_bar(visitor: Open, cast: World, page: str) -> None:
    some(cast)
    one = visitor(1280)
    one.log_in("streetleader")
    for width, height in ((1280, 720), (1920, 1080)):
        one.page.set_viewport_size({"width": width, "height": height})
        one.go(f"/board/{STREET}/wall/?page={page}")
        one.page.wait_for_load_state("networkidle")
        assert barriers(one) == []
        room = one.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        assert room == [width, height]


def test_charts_are_drawn_beside_their_tables_and_a_period_stays_while_one_goes_down(
    visitor: Open, cast: World
) -> None:
    some(cast)
    one = visitor(1280)
    one.log_in("streetleader")
    page = one.go(f"/board/{STREET}/")
    expect(page.locator("figure[data-chart] canvas")).to_have_count(1)
    expect(page.locator("figure[data-chart] table")).to_be_visible()
    page.get_by_role("link", name="本月").click()
    page.get_by_role("link", name=cast.b1.community.place_name).first.click()
    assert page.url.endswith(f"/board/{cast.b1.code[:12]}/?period=month")
    page.go_back()
    assert page.url.endswith(f"/board/{STREET}/?period=month")


def test_the_map_leads_down_and_shows_cases_when_one_is_near(visitor: Open, cast: World) -> None:
    some(cast)
    one = visitor(1280)
    one.log_in("streetleader")
    page = one.go(f"/board/{cast.b1.code}/map/")
    expect(page.locator(".map path.map__block")).to_have_count(1)
    expect(page.locator(".map .map__point").first).to_be_visible()
    page = one.go(f"/board/{STREET}/map/")
    expect(page.locator(".map path.map__block")).to_have_count(43)
    page.locator(".map path.map__block").first.click()
    page.wait_for_url("**/map/?indicator=registered")
    assert f"/board/{STREET}/" not in page.url


def test_a_keyboard_reaches_everything_that_the_map_leads_to(visitor: Open, cast: World) -> None:
    some(cast)
    one = visitor(1280)
    one.log_in("streetleader")
    page = one.go(f"/board/{STREET}/map/")
    page.get_by_role("link", name=cast.b1.name).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/board/{cast.b1.code}/map/**")


def test_the_wall_turns_its_pages_stops_and_says_when_the_network_is_gone(visitor: Open, cast: World) -> None:
    some(cast)
    one = visitor(1280)
    one.log_in("streetleader")
    page = one.page
    page.clock.install()
    one.go(f"/board/{STREET}/wall/")
    stage = page.locator("[data-wall-page]")
    expect(stage).to_have_attribute("data-wall-page", "now")
    page.clock.run_for(21_000)
    expect(stage).to_have_attribute("data-wall-page", "trends")
    page.keyboard.press("Space")
    expect(page.locator("[data-wall-pause]")).to_have_attribute("aria-pressed", "true")
    page.clock.run_for(45_000)
    expect(stage).to_have_attribute("data-wall-page", "trends")
    one.context.set_offline(True)
    page.clock.run_for(70_000)
    expect(page.locator("[data-wall-notice]")).to_contain_text("网络已中断")
    expect(page.locator(".sign").first).to_be_visible()
    one.context.set_offline(False)
    page.clock.run_for(10_000)
    expect(page.locator("[data-wall-notice]")).to_be_hidden()


def test_a_wall_says_when_its_session_has_ended(visitor: Open, cast: World) -> None:
    one = visitor(1280)
    one.log_in("streetleader")
    page = one.page
    page.clock.install()
    one.go(f"/board/{STREET}/wall/?page=now")
    one.context.clear_cookies()
    page.clock.run_for(70_000)
    expect(page.locator("[data-wall-notice]")).to_contain_text("登录已失效")
