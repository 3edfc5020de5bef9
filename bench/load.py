"""Clients that cost little: one process, raw keep-alive connections, one generator per client.

A client is a generator that yields a ``Call`` (or a ``Pause``) and gets the ``Answer``.
Leaves to others: what is asked.
"""

import json
import selectors
import socket
import time
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST_WAIT = 60.0


@dataclass(frozen=True)
class Call:
    """One request; ``kind`` groups samples."""

    kind: str
    raw: bytes


@dataclass(frozen=True)
class Pause:
    """Do nothing for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Answer:
    """Status, headers in lower case, body."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Sample:
    """One request as a client saw it."""

    kind: str
    ended: float
    seconds: float
    status: int


Client = Generator[Call | Pause, Answer | None, None]


def call(
    kind: str,
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    *,
    body: object = None,
    form: bytes = b"",
) -> Call:
    """A request as bytes, with a JSON body or a form or neither."""
    content = json.dumps(body, ensure_ascii=False).encode() if body is not None else form
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body is not None:
        lines.append("Content-Type: application/json")
    elif form:
        lines.append("Content-Type: application/x-www-form-urlencoded")
    if content or method != "GET":
        lines.append(f"Content-Length: {len(content)}")
    return Call(kind, "\r\n".join(lines).encode() + b"\r\n\r\n" + content)


@dataclass
class _Line:
    """A client's connection and what it waits for."""

    script: Client
    port: int
    sock: socket.socket | None = None
    waiting: Call | None = None
    since: float = 0.0
    wake: float = 0.0
    got: bytearray = field(default_factory=bytearray)
    done: bool = False


def drive(scripts: Iterable[Client], port: int, seconds: float) -> list[Sample]:
    """Run the clients for so long, then wait for what they have asked. Samples of all, in order of their end."""
    lines = [_Line(script, port) for script in scripts]
    samples: list[Sample] = []
    with selectors.DefaultSelector() as selector:
        until = time.perf_counter() + seconds
        while (now := time.perf_counter()) < until or _is_waiting(lines, now - until):
            for line in lines:
                if line.waiting is None and not line.done and line.wake <= now < until:
                    _advance(line, None, selector)
            for key, _events in selector.select(0.01):
                _take(key.data, samples, until, selector)
        for line in lines:
            line.script.close()
            if line.sock is not None:
                line.sock.close()
    return samples


def _is_waiting(lines: list[_Line], late: float) -> bool:
    return late < LONGEST_WAIT and any(line.waiting for line in lines)


def _take(line: _Line, samples: list[Sample], until: float, selector: selectors.BaseSelector) -> None:
    answer = _read(line, selector)
    if answer is None or line.waiting is None:
        return
    ended = time.perf_counter()
    samples.append(Sample(line.waiting.kind, ended, ended - line.since, answer.status))
    line.waiting = None
    if ended < until:
        _advance(line, answer, selector)


def _advance(line: _Line, answer: Answer | None, selector: selectors.BaseSelector) -> None:
    try:
        # A generator that was not begun takes None; one that paused gets None as well.
        step = line.script.send(answer)
    except StopIteration:
        line.done = True
        return
    if isinstance(step, Pause):
        line.wake = time.perf_counter() + step.seconds
        return
    line.waiting, line.since = step, time.perf_counter()
    _send(line, selector)


def _send(line: _Line, selector: selectors.BaseSelector) -> None:
    assert line.waiting is not None
    if line.sock is None:
        line.sock = socket.create_connection(("127.0.0.1", line.port), timeout=LONGEST_WAIT)
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(line.sock, selectors.EVENT_READ, line)
    try:
        line.sock.sendall(line.waiting.raw)
    except OSError:
        _reconnect(line, selector)


def _reconnect(line: _Line, selector: selectors.BaseSelector) -> None:
    """The server closed an idle connection (or recycled its process): the same request once more on a new one."""
    if line.sock is not None:
        selector.unregister(line.sock)
        line.sock.close()
    line.sock = None
    line.got.clear()
    _send(line, selector)


def _read(line: _Line, selector: selectors.BaseSelector) -> Answer | None:
    assert line.sock is not None
    try:
        data = line.sock.recv(262_144)
    except OSError:
        data = b""
    if not data:
        if line.waiting is not None:
            _reconnect(line, selector)
        else:
            selector.unregister(line.sock)
            line.sock.close()
            line.sock = None
        return None
    line.got += data
    answer = _whole(line.got)
    if answer is not None:
        line.got.clear()
    return answer


def _whole(got: bytearray) -> Answer | None:
    """The answer, once all of it has come."""
    head, found, rest = bytes(got).partition(b"\r\n\r\n")
    if not found:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    status = int(first.split(" ", 2)[1])
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    length = 0 if status in (204, 304) else int(headers.get("content-length", "-1"))
    if length < 0:
        raise ValueError(f"an answer without a length: {first}")
    return Answer(status, headers, rest[:length]) if len(rest) >= length else None


class Caller:
    """One client that waits for each answer, on one connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sock: socket.socket | None = None

    def ask(self, wanted: Call) -> tuple[Answer, float]:
        """The answer and the seconds that it took. A connection that the server has closed is made anew."""
        for _attempt in range(2):
            started = time.perf_counter()
            try:
                if self.sock is None:
                    self.sock = socket.create_connection(("127.0.0.1", self.port), timeout=LONGEST_WAIT)
                    self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.sock.sendall(wanted.raw)
                answer = _receive(self.sock)
            except OSError:
                answer = None
            if answer is not None:
                return answer, time.perf_counter() - started
            self.close()
        raise ConnectionError(f"no answer from port {self.port}")

    def close(self) -> None:
        """End the connection."""
        if self.sock is not None:
            self.sock.close()
            self.sock = None


def _receive(sock: socket.socket) -> Answer | None:
    got = bytearray()
    while data := sock.recv(262_144):
        got += data
        if (answer := _whole(got)) is not None:
            return answer
    return None
