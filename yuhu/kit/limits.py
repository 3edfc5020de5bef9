"""How often somebody did something in a stretch of time, counted in the cache.

Of a caller of the API, or where nobody is logged in of an address, a poster's code, a number that is looked up. Where
the cache is shared (Redis), all web processes count together. Leaves to others: how much is too much (settings).
"""

import hashlib
import logging
import time

from django.core.cache import cache

from yuhu.kit import breaker

logger = logging.getLogger(__name__)

HOUR = 3600


def count(what: str, who: str, *, seconds: int = HOUR, more: int = 1) -> int | None:
    """How often ``who`` did ``what`` in this stretch, with ``more`` now; None when nobody can count.

    Whoever brings the name may choose it, so the cache gets a digest of it.
    """
    name = hashlib.sha256(who.encode("utf-8", "replace")).hexdigest()[:32]
    key = f"limit:{what}:{name}:{int(time.time()) // seconds}"
    if breaker.REDIS.rests:
        return None
    try:
        return _counted(key, more, 2 * seconds) if more else int(cache.get(key) or 0)
    except ValueError:
        return more  # the count was evicted after somebody else had begun it: start anew
    except Exception:
        # The cache is away (each back end has its own exceptions).
        breaker.REDIS.failed()
        logger.warning("limit.uncounted", exc_info=True)
        return None


def _counted(key: str, more: int, timeout: int) -> int:
    """Most requests are not the first of their stretch, so one question does for them."""
    try:
        return int(cache.incr(key, more))
    except ValueError:
        return more if cache.add(key, more, timeout=timeout) else int(cache.incr(key, more))


def wait(*, seconds: int = HOUR) -> int:
    """Seconds until the next stretch begins."""
    return int(seconds - time.time() % seconds) + 1
