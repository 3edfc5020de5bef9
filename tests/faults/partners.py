"""Partners of a drill on loopback: a mail server and a store of files that work, hang, answer slowly or refuse.

``mode`` may be changed while they run. Leaves to others: who talks to them.
"""

import contextlib
import re
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Mode = Literal["works", "hangs", "slow", "refuses"]
SLOW_SECONDS = 4.0
# Longer than anything that talks to it is allowed to wait.
FOR_EVER = 120.0
_CASE = re.compile(rb"\d{6}-\d{8}-\d{6}")


class Partner:
    """What both have: a mode, the number of talks begun, and an end that lets hanging talks go."""

    def __init__(self) -> None:
        self.mode: Mode = "works"
        self.talks = 0
        self.over = threading.Event()
        self.lock = threading.Lock()

    def begin(self) -> None:
        with self.lock:
            self.talks += 1

    def pause(self) -> None:
        """Before each answer: nothing, some seconds, or for ever."""
        if self.mode == "hangs":
            self.over.wait(FOR_EVER)
        elif self.mode == "slow":
            self.over.wait(SLOW_SECONDS)


class MailServer(Partner):
    """As much of SMTP as a client needs to hand over a mail; ``mails`` counts what was taken by recipient and case."""

    def __init__(self) -> None:
        super().__init__()
        self.port = 0
        self.mails: Counter[tuple[str, str]] = Counter()

    def talk(self, handler: socketserver.StreamRequestHandler) -> None:
        """One connection."""
        self.begin()
        to = ""
        self.say(handler, "220 ready")
        while line := handler.rfile.readline():
            word = line[:4].upper().strip()
            if word in (b"EHLO", b"HELO"):
                self.say(handler, "250 here")
            elif self.mode == "refuses":
                self.say(handler, "451 not now")
            elif word == b"RCPT":
                to = line.decode().partition("<")[2].partition(">")[0]
                self.say(handler, "250 yes")
            elif word == b"DATA":
                self.say(handler, "354 go on")
                text = b""
                while (part := handler.rfile.readline()) not in (b".\r\n", b""):
                    text += part
                found = _CASE.search(text)
                with self.lock:
                    self.mails[to, found.group().decode() if found else ""] += 1
                self.say(handler, "250 taken")
            elif word == b"QUIT":
                self.say(handler, "221 bye")
                return
            else:
                self.say(handler, "250 yes")

    def say(self, handler: socketserver.StreamRequestHandler, text: str) -> None:
        self.pause()
        handler.wfile.write(f"{text}\r\n".encode())


class FileStore(Partner):
    """As much of S3 as the system uses: objects by path."""

    def __init__(self) -> None:
        super().__init__()
        self.port = 0
        self.objects: dict[str, bytes] = {}

    @property
    def url(self) -> str:
        return f"s3://key:se%2Fcret@127.0.0.1:{self.port}/photos?region=local&tls=false"

    def talk(self, handler: BaseHTTPRequestHandler) -> None:
        """One request."""
        self.begin()
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        self.pause()
        path = handler.path.partition("?")[0]
        status, content = 200, b""
        if self.mode == "refuses":
            status = 503
        elif handler.command == "PUT":
            self.objects[path] = body
        elif handler.command == "DELETE":
            self.objects.pop(path, None)
            status = 204
        elif path in self.objects:
            content = self.objects[path]
        else:
            status = 404
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content)))
        handler.send_header("ETag", '"0"')
        handler.send_header("Last-Modified", "Wed, 25 Nov 2026 00:00:00 GMT")
        handler.end_headers()
        if handler.command == "GET":
            handler.wfile.write(content)


class _Threads(socketserver.ThreadingTCPServer):
    daemon_threads, block_on_close = True, False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up: it may."""


class _Https(ThreadingHTTPServer):
    daemon_threads, block_on_close = True, False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up: it may."""


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server until the end of the block."""
    partner = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            partner.talk(self)

    with _running(_Threads(("127.0.0.1", 0), Handler), partner):
        yield partner


@contextmanager
def file_store() -> Iterator[FileStore]:
    """A store of files until the end of the block."""
    partner = FileStore()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: its talks are counted."""

        def do_GET(self) -> None:
            partner.talk(self)

        do_PUT = do_HEAD = do_DELETE = do_POST = do_GET

    with _running(_Https(("127.0.0.1", 0), Handler), partner):
        yield partner


@contextmanager
def _running(server: socketserver.TCPServer, partner: MailServer | FileStore) -> Iterator[None]:
    partner.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        partner.over.set()
        server.shutdown()
        thread.join(timeout=5)
        with contextlib.suppress(OSError):
            server.server_close()
        time.sleep(0.05)  # talks that were let go end before the next test counts threads
