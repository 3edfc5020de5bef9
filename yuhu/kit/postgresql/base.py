"""The back end that settings name: a connection that answered a moment ago is not asked again whether it lives.

Django asks once per request (``CONN_HEALTH_CHECKS``), which is a question more for each. A connection that breaks
within the moment costs a request a 503 with ``Retry-After``, as one that breaks while it is served does.
"""

import time

from django.db.backends.postgresql import base

# As pools of connections have it (HikariCP: aliveBypassWindow).
FRESH_SECONDS = 0.5


class DatabaseWrapper(base.DatabaseWrapper):
    """``django.db.backends.postgresql`` with fewer questions."""

    health_check_done: bool
    _answered_at = float("-inf")

    def close_if_health_check_failed(self) -> None:
        """As Django's, unless the connection answered within ``FRESH_SECONDS``."""
        if self.health_check_done:
            return
        now = time.monotonic()
        if now - self._answered_at < FRESH_SECONDS:
            self.health_check_done = True
        else:
            super().close_if_health_check_failed()
            self._answered_at = now
