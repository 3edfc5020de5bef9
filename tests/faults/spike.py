"""A cheap load generator: raw HTTP/1.1 over asyncio, one connection for each request, bounded in rate, time and number.

Cheap, since it runs beside the server on the same cores: what it burns, the server lacks. Leaves to others: what is
asked, and what may be answered.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import cast

# Beyond so many at once the machine of the test is measured, not the server.
MOST_OPEN = 2_000


@dataclass(frozen=True)
class Ask:
    """One request: what it is called in the counts, and its bytes."""

    name: str
    text: bytes
    key: str = ""


@dataclass
class Answer:
    """What came back: status (0: none), how long it took, and what the caller needs of it."""

    ask: Ask
    status: int
    seconds: float
    retry_after: str = ""
    body: bytes = b""


@dataclass
class Course:
    """All answers of a spell of load."""

    answers: list[Answer] = field(default_factory=list)
    seconds: float = 0.0
    asked: int = 0

    def statuses(self) -> Counter[int]:
        return Counter(answer.status for answer in self.answers)

    @property
    def accepted(self) -> list[Answer]:
        return [answer for answer in self.answers if 200 <= answer.status < 400]

    @property
    def per_second(self) -> float:
        """Accepted requests."""
        return len(self.accepted) / self.seconds

    def percentile(self, share: float) -> float:
        """Of the accepted requests' seconds."""
        times = sorted(answer.seconds for answer in self.accepted)
        return times[min(len(times) - 1, int(len(times) * share))] if times else float("inf")

    def __str__(self) -> str:
        counts = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses().items()))
        return (
            f"{self.asked} asked in {self.seconds:.1f} s ({self.asked / self.seconds:.0f}/s); {counts}; "
            f"accepted {self.per_second:.0f}/s, p50 {self.percentile(0.5):.3f} s, p99 {self.percentile(0.99):.3f} s"
        )


def request(path: str, *, cookie: str = "", body: bytes | None = None, more: Iterable[str] = ()) -> bytes:
    """The bytes of a request; with a body it is a POST of JSON."""
    lines = [
        f"{'GET' if body is None else 'POST'} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: close",
        *more,
    ]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")


class _Talk(asyncio.Protocol):
    """Sends one request and collects its answer until the other side closes."""

    def __init__(self, text: bytes) -> None:
        self.text, self.parts = text, bytearray()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.Transport, transport).write(self.text)

    def data_received(self, data: bytes) -> None:
        self.parts += data

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def talk(port: int, ask: Ask, *, timeout: float) -> Answer:
    """One request, from connecting to the last byte."""
    began = time.monotonic()
    protocol, transport = _Talk(ask.text), None
    try:
        async with asyncio.timeout(timeout):
            loop = asyncio.get_running_loop()
            transport, _made = await loop.create_connection(lambda: protocol, "127.0.0.1", port)
            await protocol.done
    except (OSError, TimeoutError):
        pass
    finally:
        if transport is not None:
            transport.close()
    return _answer(ask, bytes(protocol.parts), time.monotonic() - began)


def _answer(ask: Ask, raw: bytes, seconds: float) -> Answer:
    head, _blank, body = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    status = int(lines[0].split(" ")[1]) if lines[0].startswith("HTTP/1.1 ") else 0
    headers = {
        name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines[1:])
    }
    whole = not headers.get("content-length") or len(body) >= int(headers["content-length"])
    return Answer(ask, status if whole else 0, seconds, headers.get("retry-after", ""), body)


async def closed_loop(port: int, make: Callable[[], Ask], *, clients: int, seconds: float) -> Course:
    """``clients`` ask one after the other, each as soon as it has its answer: what the server can do at ease."""
    course, began = Course(), time.monotonic()

    async def client() -> None:
        while time.monotonic() - began < seconds:
            course.asked += 1
            course.answers.append(await talk(port, make(), timeout=30))

    await asyncio.gather(*(client() for _one in range(clients)))
    course.seconds = time.monotonic() - began
    return course


async def open_loop(
    port: int, make: Callable[[], Ask], *, per_second: float, seconds: float, timeout: float = 30
) -> Course:
    """Requests come at their rate, whatever becomes of those before: how a crowd behaves."""
    course, began, open_now = Course(), time.monotonic(), set[asyncio.Task[None]]()

    async def one(ask: Ask) -> None:
        course.answers.append(await talk(port, ask, timeout=timeout))

    while (passed := time.monotonic() - began) < seconds:
        for _due in range(int(passed * per_second) - course.asked):
            if len(open_now) >= MOST_OPEN:
                break
            task = asyncio.ensure_future(one(make()))
            course.asked += 1
            open_now.add(task)
            task.add_done_callback(open_now.discard)
        await asyncio.sleep(0.005 * random.uniform(0.5, 1.5))
    course.seconds = time.monotonic() - began
    await asyncio.gather(*open_now)
    return course
