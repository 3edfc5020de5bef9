"""How much one caller may ask for in a minute: beyond, the answer is 429 and says when to go on.

A count per caller and minute in the cache: several web processes share it where the cache is shared (Redis).
"""

import threading
import time
from typing import TYPE_CHECKING, cast

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from yuhu.kit import limits

if TYPE_CHECKING:  # the framework's views import this module
    from rest_framework.views import APIView

    from staffing.models import PartnerClient

WINDOW_SECONDS = 60
SHARE = 20
# Wrong secrets in a minute: of one client from one address, and from one address for whatever clients.
FAILURES_OF_CLIENT, FAILURES_OF_ADDRESS = 10, 50


def count(what: str, who: str, *, more: int = 1) -> int:
    """How often ``who`` did ``what`` in this minute, with ``more`` now. 0 when nobody can count: better uncounted than
    refused."""
    return limits.count(f"api:{what}", who, seconds=WINDOW_SECONDS, more=more) or 0


def wait() -> int:
    """Seconds until the next minute begins."""
    return limits.wait(seconds=WINDOW_SECONDS)


class PerCaller(BaseThrottle):
    """``API_REQUESTS_PER_MINUTE`` for each person, and for each address when nobody is logged in.

    A partner's system has its own number, or ``API_CLIENT_REQUESTS_PER_MINUTE``.
    """

    def allow_request(self, request: Request, view: "APIView") -> bool:
        client = cast("PartnerClient | None", request.auth)
        if client is not None:
            limit: int = client.requests_per_minute or settings.API_CLIENT_REQUESTS_PER_MINUTE
            return _shares.take(f"client:{client.pk}", limit)
        person = request.user.pk if request.user.is_authenticated else None
        who = f"person:{person}" if person else f"address:{request.META.get('REMOTE_ADDR')}"
        return _shares.take(who, settings.API_REQUESTS_PER_MINUTE)

    def wait(self) -> float:
        return wait()


class _Shares:
    """What this process may still let through of a caller's limit without asking the cache.

    A process takes a hundredth of the limit at a time, ``SHARE`` at most: asking for each request costs as much as a
    tenth of a short one. Nobody gets more than the limit; what one process has taken and not used, others lack.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # By caller and limit: another limit counts at once.
        self._left: dict[tuple[str, int], int] = {}
        self._minute = 0

    def take(self, who: str, limit: int) -> bool:
        """Whether one more request of ``who`` keeps to ``limit`` a minute."""
        kept = who, limit
        with self._lock:
            minute = int(time.time()) // WINDOW_SECONDS
            if minute != self._minute:
                self._minute, self._left = minute, {}
            if self._left.get(kept, 0) > 0:
                self._left[kept] -= 1
                return True
        share = max(1, min(SHARE, limit // 100))
        spare = share - max(0, count("rate", who, more=share) - limit)
        if spare > 1:
            with self._lock:
                if self._minute == minute:  # else it was the share of a minute that is over
                    self._left[kept] = self._left.get(kept, 0) + spare - 1
        return spare > 0


_shares = _Shares()


def may_try(client: str, address: str) -> bool:
    """Whether somebody at ``address`` may ask for a token of ``client``: not after too many wrong secrets."""
    return (
        count("token", address) <= settings.API_CLIENT_REQUESTS_PER_MINUTE
        and count("failed", f"{address} {client}", more=0) < FAILURES_OF_CLIENT
        and count("failed", address, more=0) < FAILURES_OF_ADDRESS
    )


def has_failed(client: str, address: str) -> None:
    """A wrong secret was given."""
    count("failed", f"{address} {client}")
    count("failed", address)
