"""Keeps something for a while in the cache, without which every page must work all the same.

The cache is a convenience: when its server is away, what is kept is asked for anew and nobody notices.
"""

import logging
from typing import Any

from django.core.cache import cache

from yuhu.kit import breaker

logger = logging.getLogger(__name__)


def look_up(key: str) -> Any:
    """What is kept under ``key``, or None."""
    if breaker.REDIS.rests:
        return None
    try:
        return cache.get(key)
    except Exception:  # whatever the server's client raises
        breaker.REDIS.failed()
        logger.warning("cache.away", exc_info=True)
        return None


def keep(key: str, value: object, *, seconds: int) -> None:
    """Keep ``value`` for some seconds, if the cache is there."""
    if breaker.REDIS.rests:
        return
    try:
        cache.set(key, value, seconds)
    except Exception:  # see above
        breaker.REDIS.failed()
        logger.warning("cache.away", exc_info=True)
