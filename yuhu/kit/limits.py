"""How often somebody did something in a stretch of time, counted in the cache.

For doors without log-in, where nobody's name can be counted: an address, a code of a poster, a number that is
looked up. Where the cache is shared (Redis), all web processes count together. Leaves to others: how much is too much
(settings).
"""

import hashlib
import logging
import time

from django.core.cache import cache

from yuhu.kit import breaker

logger = logging.getLogger(__name__)

HOUR = 3600


def count(what: str, who: str, *, seconds: int = HOUR) -> int | None:
    """How often ``who`` did ``what`` in this stretch, this time included; None when nobody can count.

    Whoever brings the name may choose it, so the cache gets a digest of it.
    """
    name = hashlib.sha256(who.encode("utf-8", "replace")).hexdigest()[:32]
    key = f"limit:{what}:{name}:{int(time.time()) // seconds}"
    if breaker.REDIS.rests:
        return None
    try:
        cache.add(key, 0, timeout=2 * seconds)
        return int(cache.incr(key))
    except ValueError:
        return 1  # evicted between the two: start anew
    except Exception:
        breaker.REDIS.failed()
        logger.warning("limit.uncounted", exc_info=True)
        return None


def wait(*, seconds: int = HOUR) -> int:
    """Seconds until the next stretch begins."""
    return int(seconds - time.time() % seconds) + 1
