"""The line between a phone and the server: it can be cut, lose answers, or answer in the server's place.

A small proxy on this machine, so that pages, service worker and closed tabs all meet the same bad line. It holds one
request a connection; what it did is in ``seen``.
"""

import contextlib
import http.client
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from django.db import connection

# An answer in the server's place: status, headers, body.
Answer = tuple[int, dict[str, str], bytes]
SEND = "/cases/unsent/send/"
# Server and test share one connection to SQLite's database in memory, which knows nothing of two at a time.
TURN = threading.RLock()
CHUNK = 4096
# Without these the server answers with the whole body as it is.
PLAIN = {"accept-encoding", "if-none-match", "if-modified-since"}
HOP = {"connection", "keep-alive", "transfer-encoding"}
PORTAL: Answer = (
    200,
    {"Content-Type": "text/html"},
    b"<html><title>Free Wi-Fi</title>Accept our terms</html>",
)


@dataclass
class Fault:
    """What happens to the next requests (all while ``times`` is None) that ``concerns`` says yes to."""

    concerns: Callable[[str, str], bool]
    answer: Answer | None = None
    reaches: bool = False  # the server gets the request, and only its answer is lost
    holds: bool = False  # nothing comes back until the line is mended
    late: bool = False  # what the server has answered then comes after all
    times: int | None = None


@dataclass
class Gate:
    """``cut`` ends every connection; ``faults`` are tried in their order."""

    target: str
    cut: bool = False
    faults: list[Fault] = field(default_factory=list)
    seen: list[tuple[str, str, int]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    # Of a slow line: seconds to and fro, and bytes a second for everybody together.
    delay: float = 0
    rate: int = 0
    weight: int = 0
    # What is made of the body of these addresses.
    rewrites: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict)
    mended: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answers(self, status: int, body: bytes = b"", times: int | None = None, **headers: str) -> None:
        """Reports are answered like this instead of by the server."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.faults.append(Fault(_sends, (status, {"Content-Type": "text/html", **named}, body), times=times))

    def loses_answers(self, times: int | None = None) -> None:
        """Reports reach the server, and nobody hears of it."""
        self.faults.append(Fault(_sends, reaches=True, times=times))

    def holds(self, path: str, *, reaches: bool = False, late: bool = False) -> None:
        """Whoever asks this hangs on the line; ``reaches``: the server has got it; ``late``: and its answer comes
        when the line is mended."""
        hangs = Fault(lambda method, asked: asked == path, reaches=reaches or late, holds=True, late=late)
        self.faults.append(hangs)

    def everything(self, answer: Answer) -> None:
        """Whatever is asked is answered like this, as by a captive portal."""
        self.faults.append(Fault(lambda method, path: True, answer))

    def mend(self) -> None:
        """The line is good again."""
        self.cut = False
        self.faults.clear()
        self.mended.set()
        self.mended = threading.Event()

    def sent(self) -> int:
        """How many reports went over the line, whatever became of them."""
        return sum(path == SEND for _method, path, _status in self.seen)

    def carry(self, chunk: bytes) -> bytes:
        """One after the other over the slow line."""
        with self.lock:
            self.weight += len(chunk)
            if self.rate:
                time.sleep(len(chunk) / self.rate)
        return chunk

    def fault(self, method: str, path: str) -> Fault | None:
        """What happens to this request, counted."""
        with self.lock:
            for fault in self.faults:
                if fault.times != 0 and fault.concerns(method, path):
                    if fault.times is not None:
                        fault.times -= 1
                    return fault
        return None


def _sends(method: str, path: str) -> bool:
    return path == SEND


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    gate: Gate

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that went away, or a line that was cut, is what is tested."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def _pass(self) -> None:
        gate, path = self.server.gate, urlsplit(self.path).path
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        self.close_connection = True
        if gate.cut:
            return
        time.sleep(gate.delay)
        fault = gate.fault(self.command, path)
        if fault and fault.answer:
            self._say(path, *fault.answer)
            return
        mended = gate.mended
        answer = self._ask(body) if fault is None or fault.reaches else None
        if fault and fault.holds:
            mended.wait(60)
        if answer and path in gate.rewrites:
            answer = (answer[0], answer[1], gate.rewrites[path](answer[2]))
        if answer is None or (fault and not fault.late) or gate.cut:
            gate.seen.append((self.command, path, 0))
            return
        self._say(path, *answer)

    do_GET = do_POST = do_HEAD = _pass

    def _ask(self, body: bytes) -> Answer:
        target = urlsplit(self.server.gate.target)
        line = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
        with turn(), contextlib.closing(line):
            plain = PLAIN if urlsplit(self.path).path in self.server.gate.rewrites else set()
            sent = {name: value for name, value in self.headers.items() if name.lower() not in {*HOP, *plain}}
            line.request(self.command, self.path, body or None, {**sent, "Connection": "close"})
            got = line.getresponse()
            content = got.read()
            self.cookies = got.headers.get_all("Set-Cookie") or []
            kept = {
                name: value for name, value in got.getheaders() if name.lower() not in {*HOP, "set-cookie"}
            }
            return got.status, kept, content

    def _say(self, path: str, status: int, headers: dict[str, str], body: bytes) -> None:
        self.server.gate.seen.append((self.command, path, status))
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(body)), "Connection": "close"}.items():
            self.send_header(name, value)
        for cookie in getattr(self, "cookies", []):
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        carry = self.server.gate.carry
        carry(sum(len(name) + len(value) + 4 for name, value in headers.items()) * b"x")
        for start in range(0, len(body) if self.command != "HEAD" else 0, CHUNK):
            self.wfile.write(carry(body[start : start + CHUNK]))


def turn() -> contextlib.AbstractContextManager[object]:
    """Who asks the database, where only one may."""
    return TURN if connection.vendor == "sqlite" else contextlib.nullcontext()


@contextlib.contextmanager
def opened(target: str) -> Iterator[Gate]:
    """A gate before ``target`` for as long as the block runs."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.gate = Gate(target, port=server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.gate
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
