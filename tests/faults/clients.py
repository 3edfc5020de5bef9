"""Callers of a drill: people with a session and a key for every write, who insist until they get a final answer.

The watch judges every answer: a 500 is a fault, and so is a 503 or 429 that does not say when to come back, and an
answer that took too long. Leaves to others: what is called in which order (``lives``).
"""

import http.client
import json
import random
import string
import threading
import time
import urllib.parse
from collections import Counter
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from tests.faults.cast import PASSWORD

TIMEOUT = 20.0
LETTERS = string.ascii_letters + string.digits
BREAK = (OSError, http.client.HTTPException)


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass
class Watch:
    """Everything that was answered in a drill, by whom and when; ``faults`` are sentences about what must not be."""

    slowest_allowed: float = 30.0
    counts: Counter[tuple[str, int]] = field(default_factory=Counter)
    broken: int = 0
    faults: list[str] = field(default_factory=list)
    seconds: list[tuple[float, float]] = field(default_factory=list)
    # Set when the drill was interrupted or one life failed: nobody insists any longer.
    over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, method: str, path: str, answer: Answer) -> None:
        """Keep and judge one answer."""
        fault = self._fault(answer)
        with self._lock:
            self.counts[method, answer.status] += 1
            self.seconds.append((time.monotonic(), answer.seconds))
            if fault:
                self.faults.append(f"{method} {path}: {fault}: {answer.body[:300]!r}")

    @property
    def final(self) -> int:
        """How many answers there were that nobody has to ask for again."""
        with self._lock:
            return sum(n for (_method, status), n in self.counts.items() if status not in (429, 500, 503))

    def note_broken(self) -> None:
        """A connection was refused, cut or silent: allowed while processes die, never an answer."""
        with self._lock:
            self.broken += 1

    def slowest(self, since: float, until: float) -> float:
        """The longest answer that came between two moments (``time.monotonic``)."""
        with self._lock:
            return max((took for at, took in self.seconds if since <= at <= until), default=0.0)

    def _fault(self, answer: Answer) -> str:
        if answer.status in (429, 503):
            said = answer.headers.get("retry-after", "")
            return "" if said.isdigit() else f"{answer.status} without Retry-After"
        if answer.status >= 500:
            return f"answered {answer.status}"
        if answer.seconds > self.slowest_allowed:
            return f"took {answer.seconds:.1f} s"
        return ""


def once(
    port: int,
    method: str,
    path: str,
    *,
    connection: http.client.HTTPConnection | None = None,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    timeout: float = TIMEOUT,
) -> Answer:
    """One request on ``connection``, or on a new one. Raises what the network raises."""
    own = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    began = time.monotonic()
    try:
        own.request(method, path, body=body, headers=headers or {})
        response = own.getresponse()
        content = response.read()
        found: dict[str, str] = {}
        for name, value in response.getheaders():
            name = name.lower()
            found[name] = f"{found[name]}\n{value}" if name in found else value
        return Answer(response.status, found, content, time.monotonic() - began)
    finally:
        if connection is None:
            own.close()


class Gone(AssertionError):
    """No final answer came in time."""


class Caller:
    """One person (or, without a name, a resident with a link) on one connection that is kept open."""

    def __init__(
        self, port: int, username: str, watch: Watch, rng: random.Random, *, timeout: float = TIMEOUT
    ) -> None:
        self.port, self.username, self.watch, self.rng, self.timeout = port, username, watch, rng, timeout
        self.cookies: dict[str, str] = {}
        self._connection: http.client.HTTPConnection | None = None

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """One try. Raises one of ``BREAK`` when no answer came."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        given = {"Referer": f"http://127.0.0.1:{self.port}/", "Accept-Language": "en"} | (headers or {})
        if self.cookies:
            given["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            answer = once(self.port, method, path, connection=self._connection, body=body, headers=given)
        except BREAK:
            self.close()
            self.watch.note_broken()
            raise
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        for line in answer.headers.get("set-cookie", "").splitlines():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        self.watch.note(method, path, answer)
        return answer

    def insist(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        *,
        seconds: float = 120,
    ) -> Answer:
        """Ask the same thing again until there is a final answer: neither silence nor 429, 502, 503."""
        until, pause = time.monotonic() + seconds, 0.05
        while True:
            try:
                answer = self.ask(method, path, body, headers)
            except BREAK as problem:
                said = repr(problem)
            else:
                if answer.status not in (429, 500, 503):
                    return answer
                said = f"{answer.status} {answer.body[:200]!r}"
                pause = max(pause, min(float(answer.headers.get("retry-after") or 0), 0.5))
            if time.monotonic() > until or self.watch.over.wait(pause * self.rng.uniform(0.5, 1.5)):
                raise Gone(f"{method} {path}: no final answer within {seconds} s; the last: {said}")
            pause = min(pause * 2, 1.0)

    def log_in(self) -> None:
        """As the page does it: the form's token, name and password."""
        self.insist("GET", "/login/")
        answer = self.send_form("/login/", {"username": self.username, "password": PASSWORD})
        assert answer.status == 302, (self.username, answer.status, answer.body[:500])

    def try_log_in(self) -> Answer:
        """The same, once. Raises one of ``BREAK`` when no answer came."""
        self.ask("GET", "/login/")
        return self.ask("POST", "/login/", *self._form({"username": self.username, "password": PASSWORD}))

    def take_session(self, file: Path) -> None:
        """Come in by a session that was made beforehand (``cast.load``): hashing takes a second for each person."""
        keys = json.loads(file.read_text(encoding="utf-8"))
        # Django compares cookie and header; it need not have made the token itself.
        self.cookies = {
            "sessionid": keys[self.username],
            "csrftoken": "".join(self.rng.choices(LETTERS, k=32)),
        }

    def send_form(self, path: str, form: dict[str, str]) -> Answer:
        """A page's form, with its token."""
        return self.insist("POST", path, *self._form(form))

    def _form(self, fields: dict[str, str]) -> tuple[bytes, dict[str, str]]:
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")} | fields)
        return body.encode(), {"Content-Type": "application/x-www-form-urlencoded"}

    def get(self, path: str) -> Answer:
        """Read, and come in again if the session is over."""
        answer = self.insist("GET", path)
        if answer.status == 401:
            self.log_in()
            answer = self.insist("GET", path)
        return answer

    def post(self, path: str, data: dict[str, Any], *, key: str) -> Answer:
        """Write under a key: the same key however often it is tried."""
        body = json.dumps(data).encode()
        answer = self.insist("POST", path, body, self._headers(key))
        if answer.status == 401:
            self.log_in()
            answer = self.insist("POST", path, body, self._headers(key))
        return answer

    def _headers(self, key: str) -> dict[str, str]:
        token = self.cookies.get("csrftoken", "")
        return {"Content-Type": "application/json", "Idempotency-Key": key, "X-CSRFToken": token}


# Long: a photo of noise holds a short one now and then.
BOUNDARY = "the-photo-ends-here-and-nowhere-else"


def photo_form(picture: bytes) -> tuple[bytes, str]:
    """The body that uploads a photo of before, and its content type."""
    lines = [
        f"--{BOUNDARY}",
        'Content-Disposition: form-data; name="stage"',
        "",
        "before",
        f"--{BOUNDARY}",
        'Content-Disposition: form-data; name="file"; filename="a.jpg"',
        "Content-Type: image/jpeg",
        "",
        "",
    ]
    body = "\r\n".join(lines).encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode()
    return body, f"multipart/form-data; boundary={BOUNDARY}"
