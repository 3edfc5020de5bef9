"""The pages as an app: the manifest, the service worker at the root, the page without a signal."""

import json
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from blocks.models import District
from tests.world import World
from yuhu.dashboard import phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def shell() -> dict:
    script = Client().get("/sw.js").content.decode()
    found = re.match(r"self\.SHELL = (.*);\n", script)
    assert found is not None
    return dict(json.loads(found[1]))


def test_the_manifest_bears_the_districts_own_name(world: World) -> None:
    District.objects.update(brand="测试治理")
    answer = Client(headers={"accept-language": "zh-hans"}).get("/manifest.webmanifest")
    manifest = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert manifest["name"] == "测试治理"
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "standalone")
    assert manifest["shortcuts"][0]["url"] == "/cases/new/"


def test_the_manifest_names_icons_that_exist() -> None:
    manifest = json.loads(Client().get("/manifest.webmanifest").content)
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix(settings.STATIC_URL))


def test_the_worker_stands_at_the_root_and_is_asked_for_each_time(shell: dict) -> None:
    answer = Client().get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in answer.headers
    assert Client().get("/sw.js", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert shell["pages"] == ["/cases/new/", "/cases/unsent/"]
    for address in shell["files"]:
        assert finders.find(address.removeprefix(settings.STATIC_URL))


def test_another_build_is_another_version(shell: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    content = phone._content
    monkeypatch.setattr(
        phone, "_content", lambda name: content(name) + (b" " if name == "dist/app.css" else b"")
    )
    phone._worker.cache_clear()
    script = Client().get("/sw.js").content.decode()
    phone._worker.cache_clear()
    assert shell["version"] not in script


def test_every_page_of_a_person_names_the_manifest_and_none_of_a_residents(world: World) -> None:
    client = Client()
    assert 'rel="manifest"' in client.get("/login/").content.decode()
    assert 'rel="manifest"' not in client.get("/r/").content.decode()
    client.force_login(world.governor)
    page = client.get("/").content.decode()
    assert 'rel="manifest"' in page
    assert "data-device" in page


def test_the_page_without_a_signal_bears_nobodys_name(world: World) -> None:
    page = Client().get("/offline/").content.decode()
    assert "/cases/new/" in page
    assert "/cases/unsent/" in page
    assert "data-person" not in page
