"""The web server's worker: gunicorn's threads, with a queue that is bounded in length and in time.

gunicorn's own threaded worker takes in every connection and lets it wait for a thread, however long: under a spike all
answers come late, most of them to callers who have gone. This one decides when a request arrives. Too many wait before
it: it is refused at once, by the loop that accepts connections and without a thread, with 503 and ``Retry-After``. It
has waited too long: it is refused too, instead of being worked on for nobody. So whoever is let in is served in bounded
time, and after a spike there is no backlog. Machines are refused first, since they come back by themselves; log-in and
health checks last (docs/decisions/0017).

Not for TLS, which a proxy ends before. Leaves to others: what a refusal says (refusals.py).
"""

import logging
import random
import selectors
import socket
import time
from collections import Counter, deque
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker
from prometheus_client import Counter as Metric

if TYPE_CHECKING:  # needs Django, which the worker starts in its own process
    from yuhu.runtime.refusals import Refusals

logger = logging.getLogger(__name__)

SHED = Metric("yuhu_web_shed_total", "Requests refused because too many waited.", ["rank"])

# Connections taken in before the loop looks after others.
ACCEPTS = 64
HEAD_BYTES = 8 * 1024
# A connection without a request holds no thread; it may be a browser's, opened ahead.
FIRST_BYTE_SECONDS = 5.0
# After the last answer the other side may still be sending: closing at once would cost it the answer (RFC 9112, 9.6).
LINGER_SECONDS = 2.0
DISCARD_BYTES = 64 * 1024
TICK_SECONDS = 0.1
# Clients that were refused together must not come back together.
RETRY_SECONDS = (3, 15)


class Connection(TConn):  # type: ignore[misc] # gunicorn ships no types
    """A client's connection; its last word is waited for by the loop, not inside of it."""

    def __init__(self, worker: "Worker", sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(worker.cfg, sock, client, server)
        self.worker = worker

    def close(self, graceful: bool = False) -> None:
        """gunicorn waits here for up to 2 s for the other side, and nobody else is accepted meanwhile."""
        if graceful:
            self.worker.linger(self)
        else:
            super().close()


@dataclass(frozen=True)
class Waiting:
    """A request that no thread has taken up yet."""

    conn: Connection
    work: "Future[Any]"
    since: float
    head: bytes


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn ships no types
    """``--worker-class yuhu.runtime.server.Worker``; ``WEB_QUEUE`` and ``WEB_WAIT_SECONDS`` are its bounds."""

    refusals: "Refusals"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: deque[Waiting] = deque()
        self.lingering: deque[Connection] = deque()
        self.shed: Counter[str] = Counter()
        self.told_at = 0.0

    def load_wsgi(self) -> None:
        """The application, and with it the refusals: their sentences come from its catalogue."""
        super().load_wsgi()
        from yuhu.runtime.refusals import Refusals  # noqa: PLC0415 - Django is there only now

        self.refusals = Refusals()

    # --- Coming in ---------------------------------------------------------------------------------

    def accept(self, listener: Any) -> None:
        """Take in what waits in the kernel, where nobody sees how long it waits.

        One at a time while nobody waits here, so that the other workers get their share: connections stay where they
        were taken in.
        """
        for _one in range(ACCEPTS if self._queue() else 1):
            if self.nr_conns >= self.worker_connections or not self._accept_one(listener):
                return

    def _accept_one(self, listener: Any) -> bool:
        try:
            sock, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return False
        self.nr_conns += 1
        self._arrived(Connection(self, sock, client, listener.getsockname()))
        return True

    def on_pending_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """The first request of a connection."""
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        self._arrived(conn)

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """The next request of a connection."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._arrived(conn)

    def _arrived(self, conn: Connection) -> None:
        """Let the request in or refuse it; without one, wait for it here and not in a thread."""
        try:
            head = conn.sock.recv(HEAD_BYTES, socket.MSG_PEEK)
        except BlockingIOError:
            conn.timeout = time.monotonic() + FIRST_BYTE_SECONDS
            self.pending_conns.append(conn)
            readable = partial(self.on_pending_socket_readable, conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, readable)
            return
        except OSError:
            head = b""
        if not head:
            self._gone(conn)
        elif len(self._queue()) < self.refusals.rank(head).room:
            conn.data_ready = True
            self.enqueue_req(conn, head)
        else:
            self._refuse(conn, head)

    def enqueue_req(self, conn: Connection, head: bytes = b"") -> None:
        """Hand the request to the threads, and remember that it waits for one."""
        work = self.tpool.submit(self.handle, conn)
        self.waiting.append(Waiting(conn, work, time.monotonic(), head))
        work.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def _queue(self) -> deque[Waiting]:
        """Those who still wait: threads take them up in their order."""
        while self.waiting and (self.waiting[0].work.running() or self.waiting[0].work.done()):
            self.waiting.popleft()
        return self.waiting

    # --- Being refused -----------------------------------------------------------------------------

    def _refuse(self, conn: Connection, head: bytes) -> None:
        self._say_no(conn, head)
        self.nr_conns -= 1
        self.linger(conn)

    def _say_no(self, conn: Connection, head: bytes) -> None:
        rank = self.refusals.rank(head).name
        self.shed[rank] += 1
        SHED.labels(rank).inc()
        with suppress(OSError):  # whoever has gone need not be told
            conn.sock.send(self.refusals.answer(head, retry=random.randint(*RETRY_SECONDS)))

    def _refuse_the_late(self) -> None:
        """Whoever waited too long is refused, also when no thread comes free at all (a database that hangs)."""
        now = time.monotonic()
        refused = False
        for one in self._queue():
            longest = self.refusals.rank(one.head).wait
            # Cancelled, its connection is closed by finish_request like every other.
            if longest is not None and now - one.since > longest and one.work.cancel():
                self._say_no(one.conn, one.head)
                refused = True
        if refused:
            self.waiting = deque(one for one in self.waiting if not one.work.done())

    def linger(self, conn: Connection) -> None:
        """Say that nothing more comes, and throw away what the other side still sends, for a moment."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            conn.timeout = time.monotonic() + LINGER_SECONDS
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._discard, conn))
        except (OSError, ValueError, KeyError):
            conn.close()
            return
        self.nr_conns += 1
        self.lingering.append(conn)

    def _discard(self, conn: Connection, client: socket.socket) -> None:
        try:
            more = bool(client.recv(DISCARD_BYTES))
        except BlockingIOError:
            return
        except OSError:
            more = False
        if not more:
            self.lingering.remove(conn)
            self._let_go(conn)

    def _let_go(self, conn: Connection) -> None:
        with suppress(OSError, ValueError, KeyError):
            self.poller.unregister(conn.sock)
        self._gone(conn)

    def _gone(self, conn: Connection) -> None:
        self.nr_conns -= 1
        conn.close()

    # --- The loop's turn ---------------------------------------------------------------------------

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Look up often enough to refuse the late in time."""
        super().wait_for_and_dispatch_events(min(timeout, TICK_SECONDS) if self._queue() else timeout)

    def murder_pending(self) -> None:
        """gunicorn calls this in every turn."""
        super().murder_pending()
        self._refuse_the_late()
        now = time.monotonic()
        while self.lingering and self.lingering[0].timeout <= now:
            self._let_go(self.lingering.popleft())
        if self.shed and now - self.told_at >= 1:
            # One line a second, however many were refused: a log that grows with the spike would be a second fault.
            logger.warning("web.shed", extra={"refused": dict(self.shed), "waiting": len(self.waiting)})
            self.shed.clear()
            self.told_at = now

    # --- Going -------------------------------------------------------------------------------------

    def set_accept_enabled(self, enabled: bool) -> None:
        """A worker that stops answers what the kernel has taken in for it, and then lets go of the address.

        gunicorn keeps the address until the last request has ended: whoever comes meanwhile would wait for nothing.
        """
        stopping = not enabled and not self.alive
        if stopping and self._accepting:
            for listener in self.sockets:
                for _one in range(self.cfg.backlog):
                    if not self._accept_one(listener):
                        break
            limit = time.monotonic() + STOP_KEEPALIVE_LINGER
            for conn in self.pending_conns:
                conn.timeout = min(conn.timeout, limit)
        super().set_accept_enabled(enabled)
        if stopping:
            for listener in self.sockets:
                listener.close()
