"""What the web server says when it refuses a request unread: made once, in both forms and languages, then copied.

Also who is refused first. Works on the first bytes of a request as they came, since reading it properly is the work
that shall be saved. Leaves to others: when to refuse (server.py).
"""

import re
import sys
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.http import JsonResponse
from django.template.loader import render_to_string
from django.utils import translation

from yuhu.api.errors import BUSY, problem
from yuhu.api.handlers import PREFIX
from yuhu.api.middleware import HEADER, SANE

# Whoever is told that the process is dead would start it anew in the middle of the spike.
ALIVE = "/healthz"
# Where partner systems get tokens; their errors have OAuth's own shape.
OAUTH = "/oauth/"
# What people and machines must reach to find out how things stand, and to get in at all.
VITAL = ("/readyz", "/login/", "/logout/")
_LANGUAGE = re.compile(rb"\r\naccept-language:[ \t]*([a-z]+)", re.IGNORECASE)
_NAME = re.compile(
    rb"\r\n" + HEADER.encode() + rb":[ \t]*(" + SANE.pattern.encode() + rb")[ \t]*\r\n", re.IGNORECASE
)


@dataclass(frozen=True)
class Rank:
    """How many may wait before such a request, and for how many seconds it may wait itself (None: as it likes)."""

    name: str
    room: int
    wait: float | None


class Refusals:
    """Ready-made answers for this process."""

    def __init__(self) -> None:
        queue, wait = settings.WEB_QUEUE, settings.WEB_WAIT_SECONDS
        self.machine = Rank("machine", queue, wait)
        # A person cannot know when to come back, so pages find room when machines are refused already.
        self.page = Rank("page", queue * 3 // 2, wait * 2)
        self.vital = Rank("vital", queue * 2, None)
        self.alive = Rank("alive", sys.maxsize, None)
        self._bodies = {
            (kind, code): _body(kind, code)
            for kind in (PREFIX, OAUTH, "")
            for code, _name in settings.LANGUAGES
        }
        self._cookie = re.compile(
            rb"[ ;]" + settings.LANGUAGE_COOKIE_NAME.encode() + rb"=([a-z]+)", re.IGNORECASE
        )
        self._machines = {PREFIX: PREFIX.encode(), OAUTH: OAUTH.encode()}
        self._vital = tuple(path.encode() for path in VITAL)

    def rank(self, head: bytes) -> Rank:
        """Who it is, by the address alone."""
        path = _path(head)
        if path == ALIVE.encode():
            return self.alive
        if path.startswith(self._vital):
            return self.vital
        return self.machine if self._kind(path) else self.page

    def answer(self, head: bytes, *, retry: int) -> bytes:
        """The whole answer: 503, in the language asked for, JSON for machines and a page elsewhere."""
        body = self._bodies[self._kind(_path(head)), self._language(head)]
        given = _NAME.search(head)
        name = given.group(1) if given else str(uuid.uuid4()).encode()
        top = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: %d\r\n%s: %s\r\n" % (
            retry,
            HEADER.encode(),
            name,
        )
        return top + (body.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if head.startswith(b"HEAD ") else body)

    def _kind(self, path: bytes) -> str:
        """Below which of the machines' addresses it is; empty for a page."""
        return next((kind for kind, start in self._machines.items() if path.startswith(start)), "")

    def _language(self, head: bytes) -> str:
        """As Django would choose: the cookie of the language switch, then what the browser asks for, then ours."""
        for asked in (self._cookie.search(head), _LANGUAGE.search(head)):
            if asked:
                short = asked.group(1).decode().lower()
                for code, _name in settings.LANGUAGES:
                    if code.startswith(short):
                        return str(code)
        return str(settings.LANGUAGE_CODE)


def _path(head: bytes) -> bytes:
    parts = head[:300].split(b" ", 2)
    return parts[1] if len(parts) > 1 else b""


def _body(kind: str, language: str) -> bytes:
    """Headers that are always the same, and the body."""
    with translation.override(language):
        if kind:
            oauth = {"error": "temporarily_unavailable", "error_description": "Please try again."}
            shape = oauth if kind == OAUTH else problem(503, "overloaded", BUSY)
            content = JsonResponse(shape, json_dumps_params={"ensure_ascii": False}).content
        else:
            content = render_to_string("503.html").encode()
    headers = {
        "Content-Type": "application/json" if kind else "text/html; charset=utf-8",
        "Content-Length": str(len(content)),
        "Content-Language": language,
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'self'; object-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Connection": "close",
    }
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode() + b"\r\n" + content
