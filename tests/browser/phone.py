"""A phone of the cast on a bad line: what its person does in the report form, and what must have arrived in the end."""

import io
import time
from collections.abc import Callable
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload, Geolocation, Page, expect

from cases.models import Case
from cases.photos import prepare
from tests.browser.gate import Gate, turn
from tests.world import PASSWORD

# Inside block b1 (雨湖路社区第1区块).
PLACE = Geolocation(longitude=112.9105, latitude=27.8668)
# Everything that the queue keeps on the device, as plain values.
SHELF = """async () => {
  const base = await new Promise((resolve, reject) => {
    const asked = indexedDB.open("yuhu-reports");
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  if (!base.objectStoreNames.contains("reports")) { base.close(); return []; }
  const all = (name) => new Promise((resolve) => {
    const asked = base.transaction(name).objectStore(name).getAll();
    asked.onsuccess = () => resolve(asked.result);
  });
  const photos = await all("photos");
  const reports = await all("reports");
  base.close();
  return reports.map((one) => ({...one, photos: photos.filter(({ key }) => key === one.key).length}));
}"""


class Picture:
    """A photo that can be told from every other after the server has stored it."""

    def __init__(self, number: int) -> None:
        out = io.BytesIO()
        image = Image.new("RGB", (64, 48), (number * 37 % 256, number * 71 % 256, number * 113 % 256))
        image.save(out, "JPEG")
        self.bytes = out.getvalue()
        self.file: FilePayload = {"name": f"p{number}.jpg", "mimeType": "image/jpeg", "buffer": self.bytes}

    @property
    def stored(self) -> str:
        """The digest under which the server keeps it."""
        return prepare(io.BytesIO(self.bytes)).sha256


class Phone:
    """One device: it may have several tabs, and is carried by one person after the other."""

    def __init__(self, context: BrowserContext, gate: Gate) -> None:
        self.context, self.gate = context, gate
        self.faults: list[str] = []
        context.on("weberror", lambda problem: self.faults.append(str(problem.error)))
        self.page: Page = context.pages[0] if context.pages else context.new_page()

    def go(self, path: str, page: Page | None = None) -> Page:
        page = page or self.page
        page.goto(self.gate.url + path)
        return page

    def log_in(self, name: str = "governor") -> Page:
        page = self.go("/login/?next=/cases/new/")
        self.give_password(name)
        return page

    def give_password(self, name: str) -> None:
        self.page.fill("input[name=username]", name)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/login" not in url)

    def ready(self) -> None:
        """The service worker has what it needs to open the form without a signal."""
        kept = """async () => Boolean(navigator.serviceWorker.controller
            && await caches.match("/cases/new/") && await caches.match("/cases/unsent/"))"""
        until(lambda: self.page.evaluate(kept), bool)

    def write(self, text: str, *pictures: Picture, page: Page | None = None) -> Page:
        """Fill the form in."""
        page = page or self.page
        if pictures:
            page.set_input_files("input[name=photos]", [picture.file for picture in pictures])
            expect(page.locator("[data-photos]:has([name=photos]) [data-chosen]")).to_have_count(
                len(pictures)
            )
        page.fill("textarea[name=description]", text)
        box = page.get_by_role("combobox", name="类别")
        box.fill("0101")
        box.press("Enter")
        return page

    def press(self, page: Page | None = None) -> None:
        (page or self.page).get_by_role("button", name="提交上报").click()

    def report(self, text: str, *pictures: Picture, page: Page | None = None) -> None:
        self.write(text, *pictures, page=page)
        self.press(page)

    def shelf(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.page.evaluate(SHELF)
        return found

    def waits(self, count: int, state: str = "waiting") -> list[dict[str, Any]]:
        """So many reports are in this state on the device."""
        found: list[dict[str, Any]] = until(
            lambda: [one for one in self.shelf() if one["state"] == state], lambda got: len(got) == count
        )
        return found

    def report_from(self, path: str, text: str, *pictures: Picture) -> None:
        self.go(path)
        self.report(text, *pictures)

    def off(self) -> None:
        """No signal: the browser knows it, and nothing gets through all the same."""
        self.context.set_offline(True)
        self.gate.cut = True

    def on(self, *, mended: bool = True) -> None:
        """The signal is back; ``mended=False``: but reports do not get through yet."""
        self.gate.mend()
        if not mended:
            self.gate.answers(503)
        self.context.set_offline(False)

    def log_out(self) -> None:
        """As far as the press of the button."""
        self.page.locator("details.menu > summary").click()
        self.page.get_by_role("button", name="退出登录").click()

    def case(self, text: str) -> Case:
        return Case.objects.get(description=text)

    def kept(self) -> None:
        """The page says that the report is safe on the device."""
        expect(self.page.locator("[data-report-kept]")).to_be_visible()

    def list(self) -> Page:
        return self.go("/cases/unsent/")

    def try_again(self) -> None:
        """Whatever waits is tried when a page opens."""
        self.list()


def until(ask: Callable[[], Any], fits: Callable[[Any], bool], seconds: float = 10) -> Any:
    """What ``ask`` gives once it fits; its last answer is told when it never does."""
    end = time.monotonic() + seconds
    while True:
        got = ask()
        if fits(got):
            return got
        assert time.monotonic() < end, f"still {got!r} after {seconds} s"
        time.sleep(0.1)


def arrived() -> list[tuple[str, list[str]]]:
    """Every case with the digests of its photos."""
    with turn():
        return sorted(
            (case.description, sorted(case.attachments.values_list("sha256", flat=True)))
            for case in Case.objects.prefetch_related("attachments")
        )


def exactly(*reports: tuple[str, list[Picture]]) -> list[tuple[str, list[str]]]:
    """What ``arrived`` gives when each report came once with all its photos."""
    return sorted((text, sorted(picture.stored for picture in pictures)) for text, pictures in reports)


def once(*reports: tuple[str, list[Picture]], seconds: float = 15) -> None:
    """Each report arrives exactly once with all its photos, and stays the only one for a moment longer."""
    until(arrived, lambda got: got == exactly(*reports), seconds)
    time.sleep(0.5)
    assert arrived() == exactly(*reports)


def settings_of_a_phone() -> dict[str, Any]:
    """How its browser is opened."""
    return {
        "viewport": {"width": 360, "height": 740},
        "locale": "zh-CN",
        "has_touch": True,
        "geolocation": PLACE,
        "permissions": ["geolocation"],
    }
