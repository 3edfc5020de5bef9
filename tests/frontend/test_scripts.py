"""The small modules of every page, each in a real browser under the site's own Content-Security-Policy.

No server and no database: the browser's requests are answered from here, with the parts that real pages use.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.utils import translation
from PIL import Image

pytestmark = pytest.mark.browser

POLICY = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; form-action 'self'"
SITE = "http://localhost:9"
GPS, ORIENTATION = 0x8825, 0x0112

FRAME = """<!DOCTYPE html><html lang="en" data-icons="/static/img/icons.svg"><head><meta charset="utf-8">
<meta name="htmx-config" content='{"includeIndicatorStyles": false, "allowEval": false}'><title>x</title>
<link rel="stylesheet" href="/static/dist/app.css"><script src="/static/dist/app.js" defer></script></head>
<body data-person="7"><main>%s</main>
<dialog class="dialog" id="confirm"><form method="dialog"><p data-confirm-text></p>
<button value="no">Cancel</button><button value="yes" data-confirm-yes>Confirm</button></form></dialog></body></html>"""

FORM = Template(
    """<form method="post" enctype="multipart/form-data" action="/sent/"
    {% include "parts/form_start.html" with draft="report" %}>
    <input type="hidden" name="idempotency_key" value="key-1">
    {% include "parts/photo_field.html" with field=form.photos %}
    {% include "parts/place_field.html" %}
    {% include "parts/field.html" with field=form.category %}
    {% include "parts/field.html" with field=form.description %}
    <button class="btn btn-primary" name="go" value="1">Send</button>
    <button class="btn" name="void" value="1" data-confirm="Really void it?" formnovalidate>Void</button></form>"""
)


class Categories(forms.Select):
    """A select whose options carry other names, as the page's own does."""

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["data-aliases"] = {"0301": "窨井盖;sewer lid"}.get(value, "")
        return option


class Report(forms.Form):
    """As much of the report form as the modules need."""

    photos = forms.FileField(widget=forms.FileInput(attrs={"accept": "image/*"}), required=False)
    longitude = forms.FloatField(widget=forms.HiddenInput(attrs={"data-longitude": True}), required=False)
    latitude = forms.FloatField(widget=forms.HiddenInput(attrs={"data-latitude": True}), required=False)
    block = forms.ChoiceField(
        choices=[("", "-"), ("43030200100101", "Block 1"), ("43030200100102", "Block 2")],
        widget=forms.Select(attrs={"data-block": True}),
        required=False,
    )
    address = forms.CharField(required=False)
    category = forms.ChoiceField(
        label="Category",
        choices=[("", "-"), ("0101", "暴露垃圾"), ("0301", "井盖缺失"), ("0304", "排水堵塞")],
        widget=Categories(attrs={"data-typeahead": True, "data-text-none": "Nothing fits"}),
    )
    description = forms.CharField(label="Description", widget=forms.Textarea, required=False)


@dataclass
class Site:
    """What the browser asks and what it gets."""

    body: str
    answer: str = FRAME % '<div data-message="success">Stored</div>'
    posts: list[bytes] = field(default_factory=list)
    here: tuple[int, dict[str, str]] = (200, {"code": "43030200100102", "name": "Block 2"})

    def serve(self, route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            folder, name = path.removeprefix("/static/").split("/", 1)
            route.fulfill(path=settings.BASE_DIR / "static" / folder / name)
        elif path == "/here/":
            status, data = self.here
            route.fulfill(status=status, content_type="application/json", body=json.dumps(data))
        elif route.request.method == "POST":
            self.posts.append(route.request.post_data_buffer or b"")
            self._page(route, self.answer)
        elif path == "/":
            self._page(route, self.body)
        else:
            self._page(route, FRAME % "elsewhere")

    def _page(self, route, body: str) -> None:
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}
        route.fulfill(headers=headers, body=body)


@pytest.fixture
def browser(chromium: object) -> object:
    """The one Chromium of this process."""
    return chromium


@pytest.fixture
def site() -> Site:
    with translation.override("en"):
        return Site(FRAME % FORM.render(Context({"form": Report()})))


@pytest.fixture
def page(browser, site: Site) -> Iterator[object]:
    """The form, open on a phone; a script error or a breach of the policy fails the test."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, geolocation={"longitude": 112.9105, "latitude": 27.868}
    )
    context.route("**/*", site.serve)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
    opened.goto(f"{SITE}/")
    yield opened
    context.close()
    assert faults == []


def category(page):
    """The search box that stands for the select."""
    return page.get_by_role("combobox", name="Category")


def chosen(page) -> str:
    return str(page.eval_on_selector("select[name=category]", "select => select.value"))


@pytest.mark.parametrize("typed", ["井盖", "窨井", "SEWER", "0301"])
def test_a_category_is_found_by_name_alias_and_code(page, typed: str):
    category(page).fill(typed)
    assert page.locator(".typeahead [role=option]").count() == 1
    category(page).press("ArrowDown")
    active = category(page).get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").inner_text().startswith("井盖缺失")
    category(page).press("Enter")
    assert chosen(page) == "0301"
    assert category(page).input_value() == "井盖缺失"
    assert category(page).get_attribute("aria-expanded") == "false"


def test_what_names_no_category_is_never_taken_for_one(page):
    category(page).fill("0101")
    category(page).press("Tab")
    assert chosen(page) == "0101"
    category(page).fill("no such thing")
    assert page.locator(".typeahead [role=status]").inner_text() == "Nothing fits"
    category(page).press("Tab")
    assert (chosen(page), category(page).input_value()) == ("0101", "暴露垃圾")


def test_escape_takes_back_first_the_typing_and_then_the_choice(page):
    category(page).fill("0101")
    category(page).press("Enter")
    category(page).fill("no such thing")
    category(page).press("Escape")
    assert (chosen(page), category(page).input_value()) == ("0101", "暴露垃圾")
    category(page).press("Escape")
    assert (chosen(page), category(page).input_value()) == ("", "")


def test_the_device_gives_the_place_and_the_server_names_the_block(page):
    page.context.grant_permissions(["geolocation"])
    page.click("[data-locate]")
    page.wait_for_selector("[data-place-status][data-kind=found]")
    assert "Block 2" in page.inner_text("[data-place-status]")
    assert page.input_value("[data-longitude]") == "112.910500"
    assert page.input_value("[data-block]") == "43030200100102"


def test_a_block_chosen_by_hand_drops_the_measured_place(page):
    page.context.grant_permissions(["geolocation"])
    page.click("[data-locate]")
    page.wait_for_selector("[data-place-status][data-kind=found]")
    page.select_option("[data-block]", "43030200100101")
    assert page.input_value("[data-longitude]") == ""
    assert "Block 1" in page.inner_text("[data-place-status]")


def test_a_place_outside_every_block_is_not_sent_and_says_what_to_do(page, site: Site):
    site.here = (404, {})
    page.context.grant_permissions(["geolocation"])
    page.click("[data-locate]")
    page.wait_for_selector("[data-place-status][data-kind=warning]")
    assert "choose the block by hand" in page.inner_text("[data-place-status]")
    assert page.input_value("[data-latitude]") == ""


def test_a_device_that_refuses_its_place_leaves_the_choice_by_hand(page):
    page.click("[data-locate]")
    page.wait_for_selector("[data-place-status][data-kind=warning]")
    assert "allow the place" in page.inner_text("[data-place-status]")


def test_big_photos_are_reduced_upright_and_keep_where_they_were_taken(page, site: Site):
    picture = Image.effect_noise((3600, 2400), 80).convert("RGB")
    exif = picture.getexif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS).update({1: "N", 2: (27.0, 52.0, 0.0), 3: "E", 4: (112.0, 54.0, 0.0)})
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=92, exif=exif)
    send = {"name": "site.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}
    page.set_input_files("input[type=file]", [send])
    # Pressed while the photo is still being prepared: it is waited for.
    page.evaluate("document.querySelector('form[data-once]').noValidate = true")
    page.get_by_role("button", name="Send").click()
    taken(page)
    (post,) = site.posts
    start = post.index(b"\xff\xd8")
    sent = Image.open(io.BytesIO(post[start:]))
    assert sent.size == (1707, 2560)
    assert sent.getexif()[ORIENTATION] == 1
    assert sent.getexif().get_ifd(GPS)[4] == (112.0, 54.0, 0.0)
    assert len(post) < len(file.getvalue())


def test_photos_add_up_and_one_can_be_taken_out(page):
    for name in ("one.png", "two.png"):
        file = io.BytesIO()
        Image.new("RGB", (40, 40), "navy").save(file, "PNG")
        page.set_input_files(
            "input[type=file]", [{"name": name, "mimeType": "image/png", "buffer": file.getvalue()}]
        )
        page.wait_for_selector(f"[data-chosen] [aria-label*='{name}']")
    names = "[...document.querySelector('input[type=file]').files].map(file => file.name)"
    assert page.evaluate(names) == ["one.png", "two.png"]
    page.get_by_role("button", name="Take out one.png").click()
    assert page.evaluate(names) == ["two.png"]


def ready(page, text: str) -> None:
    """A form that may be sent."""
    category(page).fill("0101")
    category(page).press("Enter")
    page.get_by_label("Description").fill(text)


def test_two_presses_send_one_form_with_its_key(page, site: Site):
    ready(page, "lid gone")
    page.evaluate("""() => {
        const button = document.querySelector("button[name=go]");
        button.click();
        setTimeout(() => button.click(), 1);
    }""")
    taken(page)
    assert len(site.posts) == 1
    assert b'name="idempotency_key"\r\n\r\nkey-1' in site.posts[0]
    assert b'name="go"' in site.posts[0]


def test_a_step_that_cannot_be_taken_back_is_asked_first(page, site: Site):
    page.get_by_role("button", name="Void").click()
    assert page.inner_text("[data-confirm-text]") == "Really void it?"
    page.keyboard.press("Escape")
    assert site.posts == []
    page.get_by_role("button", name="Void").click()
    page.get_by_role("button", name="Confirm").click()
    taken(page)
    assert b'name="void"' in site.posts[0]


def test_without_a_connection_nothing_is_sent_and_the_page_says_so(page, site: Site):
    ready(page, "lid gone")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send").click()
    assert "no connection" in page.inner_text("[data-notice=offline]")
    page.context.set_offline(False)
    assert site.posts == []
    page.get_by_role("button", name="Send").click()
    taken(page)
    assert len(site.posts) == 1


def taken(page) -> None:
    """The answer has come, and its scripts have run."""
    page.wait_for_selector("[data-message=success]")
    page.wait_for_load_state("load")


def leave(page, path: str) -> None:
    """Goes elsewhere, saying yes to the question about unsent text."""
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(f"{SITE}{path}")


def test_typed_text_comes_back_on_the_same_device_until_it_was_sent(page):
    ready(page, "half a sentence")
    leave(page, "/elsewhere/")
    page.goto(f"{SITE}/")
    assert page.get_by_label("Description").input_value() == "half a sentence"
    assert category(page).input_value() == "暴露垃圾"
    assert page.locator("[data-notice=restored]").is_visible()
    page.get_by_role("button", name="Send").click()
    taken(page)
    page.goto(f"{SITE}/")
    assert page.get_by_label("Description").input_value() == ""


def test_a_refused_form_keeps_its_draft(page, site: Site):
    site.answer = (FRAME % "refused").replace("<body", "<body data-keep-drafts")
    ready(page, "precious")
    page.get_by_role("button", name="Send").click()
    page.wait_for_selector("text=refused")
    page.goto(f"{SITE}/")
    assert page.get_by_label("Description").input_value() == "precious"


def test_a_draft_is_not_shown_to_the_next_person_on_the_device(page, site: Site):
    ready(page, "mine alone")
    leave(page, "/elsewhere/")
    site.body = site.body.replace('data-person="7"', 'data-person="8"')
    page.goto(f"{SITE}/")
    assert page.get_by_label("Description").input_value() == ""


def test_a_discarded_draft_is_gone(page):
    ready(page, "not so important")
    leave(page, "/elsewhere/")
    page.goto(f"{SITE}/")
    page.get_by_role("button", name="Discard").click()
    assert page.get_by_label("Description").input_value() == ""
    page.goto(f"{SITE}/")
    assert page.get_by_label("Description").input_value() == ""
