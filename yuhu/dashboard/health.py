"""Two addresses for machines: is the process alive, and can it do its work? No log-in, no names, no figures of cases.

``/healthz`` asks nothing but the process. ``/readyz`` asks the database and, where one is configured, the broker, and
tells how long the oldest automatic step has been waiting. 503 means: not now. Steps that wait long do not make it
503, since pages are served all the same: watch ``oldest_pending_seconds`` and ``state`` for a sweeper that stands.
"""

import datetime as dt
import logging
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.figures import oldest_undispatched, oldest_untold
from yuhu.delivery.figures import oldest_due
from yuhu.journal.figures import oldest_unfed
from yuhu.kit import clock

logger = logging.getLogger(__name__)

BROKER_SECONDS = 1.0
RETRY_SECONDS = "5"
# The sweep asks every few seconds; after so long nobody is sweeping.
BEHIND_SECONDS = 120

_PENDING: dict[str, Callable[[dt.datetime], dt.datetime | None]] = {
    "journal": lambda at: oldest_unfed(),
    "dispatch": lambda at: oldest_undispatched(),
    "escalation": oldest_untold,
    "delivery": oldest_due,
}


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"state": "alive"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """What the process needs answers too."""
    ages = pending_ages(clock.now())
    broker = _broker() if settings.REDIS_URL else None
    down = ages is None or broker is False
    oldest = max((age for age in (ages or {}).values() if age is not None), default=None)
    behind = oldest is not None and oldest > BEHIND_SECONDS
    body = {
        "state": "down" if down else "behind" if behind else "ready",
        "database": ages is not None,
        "broker": broker,
        "oldest_pending_seconds": oldest,
        "pending_seconds": ages,
    }
    return JsonResponse(
        body, status=503 if down else 200, headers={"Retry-After": RETRY_SECONDS} if down else {}
    )


def pending_ages(at: dt.datetime) -> dict[str, int | None] | None:
    """Since how many seconds the oldest step of each kind waits; None when the database does not answer."""
    try:
        connection.ensure_connection()
        moments = {name: oldest(at) for name, oldest in _PENDING.items()}
    except DatabaseError:
        logger.exception("ready.database_down")
        return None
    return {
        name: max(0, int((at - since).total_seconds())) if since else None for name, since in moments.items()
    }


def _broker() -> bool:
    """Whether the broker answers within a second."""
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=BROKER_SECONDS, socket_connect_timeout=BROKER_SECONDS
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        logger.warning("ready.broker_down", exc_info=True)
        return False
    finally:
        client.close()
