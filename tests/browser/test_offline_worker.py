"""The service worker: sends when no page is open, takes over when the person says so, keeps nobody else's page."""

from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser.phone import Phone, Picture, once, until
from tests.world import World

ONE, TWO = Picture(1), Picture(2)
TEXT = "楼下垃圾堆了三天"
KEPT = "async () => (await caches.keys()).sort()"
HAS_FORM = "async () => Boolean(await caches.match('/cases/new/'))"


def registration(phone: Phone) -> tuple[Any, str]:
    """The debugger's line to the worker, and the worker's number there."""
    found: list[dict[str, Any]] = []
    debugger = phone.context.new_cdp_session(phone.page)
    debugger.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    debugger.send("ServiceWorker.enable")
    until(lambda: phone.page.wait_for_timeout(50) or found, bool)
    return debugger, next(
        one["registrationId"] for one in found if one["scopeURL"].startswith(phone.gate.url)
    )


def test_background_sync_sends_when_every_tab_is_closed(phone: Phone) -> None:
    debugger, number = registration(phone)
    phone.off()
    phone.report(TEXT, ONE, TWO)
    phone.kept()
    phone.waits(1)
    phone.page.goto("about:blank")
    phone.on()
    debugger.send(
        "ServiceWorker.dispatchSyncEvent",
        {"origin": phone.gate.url, "registrationId": number, "tag": "reports", "lastChance": False},
    )
    once((TEXT, [ONE, TWO]))
    asked = [path for method, path, status in phone.gate.seen[-2:]]
    assert asked == ["/cases/unsent/who/", "/cases/unsent/send/"]


def test_a_new_version_waits_until_the_person_takes_it(phone: Phone) -> None:
    page = phone.page
    phone.write(TEXT, ONE)
    phone.waits(1, "draft")
    before = page.evaluate(KEPT)
    phone.gate.rewrites["/sw.js"] = lambda script: script.replace(b'"version": "', b'"version": "next')
    page.evaluate("async () => { window.mark = 1; await (await navigator.serviceWorker.ready).update(); }")
    bar = page.locator("[data-bar=version]")
    expect(bar).to_be_visible()
    assert page.evaluate("window.mark") == 1, "nobody is thrown out of a form"
    with page.expect_navigation():
        bar.get_by_role("button", name="刷新").click()
    assert page.evaluate("window.mark") is None
    expect(page.locator("textarea[name=description]")).to_have_value(TEXT)
    expect(page.locator("[data-chosen]")).to_have_count(1)
    after = until(lambda: page.evaluate(KEPT), lambda got: len(got) == 2)
    assert all("next" in name for name in after)
    assert not set(before) & set(after)
    phone.off()
    phone.go("/cases/new/")
    expect(page.locator("textarea[name=description]")).to_have_value(TEXT)


def test_a_page_that_comes_after_the_log_out_is_not_kept(phone: Phone, cast: World) -> None:
    late = phone.context.new_page()
    phone.gate.holds("/cases/new/", late=True)
    late.goto(f"{phone.gate.url}/cases/new/")
    phone.go("/")
    phone.log_out()
    phone.page.wait_for_url("**/logged-out/")
    assert phone.page.evaluate(HAS_FORM) is False
    phone.gate.mend()
    until(lambda: [one for one in phone.gate.seen if one[1] == "/cases/new/" and one[2] == 200][1:], bool)
    phone.page.wait_for_timeout(500)
    assert phone.page.evaluate(HAS_FORM) is False


def test_only_the_frame_of_two_pages_is_kept_of_a_person(phone: Phone) -> None:
    for path in ("/", "/cases/", "/inbox/", "/cases/new/", "/cases/unsent/"):
        phone.go(path)
    kept = """async () => {
      const found = [];
      for (const name of await caches.keys()) {
        for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);
      }
      return found.filter((path) => !path.startsWith("/static/")).sort();
    }"""
    assert phone.page.evaluate(kept) == ["/cases/new/", "/cases/unsent/", "/offline/"]


def test_the_pages_of_the_queue_have_no_barrier_and_do_not_stick_out(phone: Phone) -> None:
    axe = (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    found = []
    phone.off()
    phone.report(TEXT, ONE)
    phone.kept()
    for path in ("", "/cases/unsent/", "/nowhere-without-a-signal/"):
        page = phone.go(path) if path else phone.page
        page.wait_for_timeout(300)
        wide, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= room, path
        page.evaluate(axe)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found += [
            f"{path}: {each['id']} {each['nodes'][0]['target']}"
            for each in result["violations"]
            if each["impact"] in ("serious", "critical")
        ]
    assert found == []
