"""A site for tests of the web server: below ``/api/slow`` and ``/slow`` a request holds its thread until it may go."""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuhu.settings")
django.setup()

GO = Path(os.environ["SLOW_SITE_GO"])


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answers its own address; the slow ones when the file ``SLOW_SITE_GO`` is there."""
    path = environ["PATH_INFO"]
    if path.endswith("/slow"):
        until = time.monotonic() + 20
        while not GO.exists() and time.monotonic() < until:
            time.sleep(0.01)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(path)))])
    return [path.encode()]
