"""What makes the pages an app on a phone: the manifest, the service worker at the root, the page without a signal.

Leaves to others: what the worker does (static/src/js/sw.js) and the queue of reports (static/src/js/queue).
"""

import functools
import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import etag, require_safe

from yuhu.dashboard.context import brand_of_this_place

WORKER = "dist/sw.js"
# What every page needs; the rest (maps, charts) is not kept.
SHELL = (
    "dist/app.css",
    "dist/app.js",
    "img/icons.svg",
    "img/logo.svg",
    "img/favicon.svg",
    "img/icon-192.png",
)
NAVY, GROUND = "#0b4a7d", "#f2f5f8"
MANIFEST_SECONDS = 3600


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """How the app is called and looks on the phone's first page: by the district's own brand."""
    brand = brand_of_this_place()
    name = brand.brand or _("Block governance")
    body = {
        "id": "/",
        "name": name,
        "short_name": name,
        "description": brand.name,
        "lang": get_language(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": NAVY,
        "background_color": GROUND,
        "icons": [
            _icon("img/icon-192.png", "192x192"),
            _icon("img/icon-512.png", "512x512"),
            _icon("img/icon-maskable-512.png", "512x512", purpose="maskable"),
        ],
        "shortcuts": [
            {
                "name": _("Report a trouble"),
                "url": reverse("cases:new"),
                "icons": [_icon("img/icon-192.png", "192x192")],
            },
        ],
    }
    response = JsonResponse(
        body, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )
    response["Cache-Control"] = f"max-age={MANIFEST_SECONDS}"
    return response


def _icon(file: str, sizes: str, purpose: str = "any") -> dict[str, str]:
    return {"src": static(file), "sizes": sizes, "type": "image/png", "purpose": purpose}


def _script(request: HttpRequest) -> str:
    if settings.DEBUG:
        _worker.cache_clear()
    return _worker(tuple(static(name) for name in SHELL))


@require_safe
@etag(lambda request: f'"{hashlib.sha256(_script(request).encode()).hexdigest()[:32]}"')
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It stands at the root, since it may only serve what lies below its own address."""
    response = HttpResponse(_script(request), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@functools.lru_cache(maxsize=4)
def _worker(files: tuple[str, ...]) -> str:
    """The built script behind what it keeps: the files' addresses, and a version that changes with any of them."""
    script = _content(WORKER)
    digest = hashlib.sha256(script)
    for name, address in zip(SHELL, files, strict=True):
        digest.update(address.encode() + _content(name))
    shell = {
        "version": digest.hexdigest()[:16],
        "files": files,
        "offline": reverse("offline"),
        "pages": [reverse("cases:new"), reverse("cases:unsent")],
    }
    return f"self.SHELL = {json.dumps(shell)};\n{script.decode()}"


def _content(name: str) -> bytes:
    path = finders.find(name)
    if not path:
        raise Http404(name)  # the front end was not built
    return Path(path).read_bytes()


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What a phone shows for a page that it could not get; kept on it, and so without anybody's name."""
    return render(request, "dashboard/offline.html")
