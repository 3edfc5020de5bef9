"""Leaves somebody alone who does not answer: a broker, a mail server, a store of files.

Whoever waits for a partner that hangs does nothing else meanwhile. After some failures in a row the partner rests, and
whoever would have asked goes on at once; then one try shows whether it is back, and each try in vain doubles the rest.
The memory of one process: another learns for itself, at the price of as many failures.
"""

import time
from dataclasses import dataclass, field


@dataclass
class Breaker:
    """``failures`` in a row begin a rest of ``rest`` seconds, which doubles up to ``longest``."""

    failures: int
    rest: float
    longest: float
    _failed: int = field(default=0, init=False)
    _until: float = field(default=0.0, init=False)

    @property
    def rests(self) -> bool:
        """Whether it is better not to ask now."""
        return time.monotonic() < self._until

    def worked(self) -> None:
        """It answered."""
        self._failed, self._until = 0, 0.0

    def failed(self) -> None:
        """It did not."""
        self._failed += 1
        if (beyond := self._failed - self.failures) >= 0:
            # Bounded before it is raised: a partner that is away for days must not make a number of a thousand digits.
            self._until = time.monotonic() + min(self.rest * 2 ** min(beyond, 16), self.longest)


# Broker and cache are one server (``REDIS_URL``), and what they carry may be left out for a moment: whoever finds that
# it is away tells the others.
REDIS = Breaker(failures=1, rest=5.0, longest=5.0)
