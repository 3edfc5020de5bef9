"""How much one caller may ask for in a minute: beyond, the answer is 429 and says when to go on.

A count per caller and minute in the cache: several web processes share it where the cache is shared (Redis).
"""

import logging
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:  # the framework's views import this module
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)

WINDOW_SECONDS = 60


class PerCaller(BaseThrottle):
    """``API_REQUESTS_PER_MINUTE`` for each person; for each address when nobody is logged in."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        person = request.user.pk if request.user.is_authenticated else None
        who = f"person:{person}" if person else f"address:{request.META.get('REMOTE_ADDR')}"
        key = f"api:rate:{who}:{int(time.time()) // WINDOW_SECONDS}"
        try:
            if cache.add(key, 1, timeout=2 * WINDOW_SECONDS):
                return True
            return bool(cache.incr(key) <= settings.API_REQUESTS_PER_MINUTE)
        except ValueError:
            return True  # the count was evicted between the two: start anew
        except Exception:
            # The cache is away (each back end has its own exceptions): better uncounted than refused.
            logger.warning("throttle.uncounted", exc_info=True)
            return True

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return WINDOW_SECONDS - time.time() % WINDOW_SECONDS + 1
