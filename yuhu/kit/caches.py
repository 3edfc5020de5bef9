"""Redis as Django's cache, asked with less work: a client is made once, and counting is one question instead of two.

Django makes a client anew for each call, which costs more than the call; ``incr`` asks whether the key is there and
then counts, so that a key may vanish in between. Leaves to others: what is kept (throttles, the home page).
"""

from typing import Any

from django.core.cache.backends import redis

_COUNT = "return redis.call('EXISTS', KEYS[1]) == 1 and redis.call('INCRBY', KEYS[1], ARGV[1]) or false"


class Client(redis.RedisCacheClient):
    """Clients of redis-py may be shared by threads; connections come from the pool."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._kept: dict[Any, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined] # not in the stubs
        if pool not in self._kept:
            self._kept[pool] = super().get_client(key, write=write)
        return self._kept[pool]

    def incr(self, key: Any, delta: int) -> int:
        counted = self.get_client(key, write=True).eval(_COUNT, 1, key, delta)
        if counted is None:
            raise ValueError(f"Key '{key}' not found.")
        return int(counted)


class RedisCache(redis.RedisCache):
    """The back end that settings name."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = Client
