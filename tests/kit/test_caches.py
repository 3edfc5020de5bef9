"""Counting in Redis: one question, and a key that is not there is not begun."""

import uuid

import pytest
from django.conf import settings

from yuhu.kit.caches import RedisCache

pytestmark = pytest.mark.skipif(not settings.REDIS_URL, reason="asks Redis")


def test_it_counts_what_is_there_and_keeps_its_end():
    cache, key = RedisCache(settings.REDIS_URL, {}), uuid.uuid4().hex
    with pytest.raises(ValueError, match="not found"):
        cache.incr(key)
    assert cache.get(key) is None
    cache.add(key, 1, timeout=50)
    assert (cache.incr(key, 2), cache.get(key)) == (3, 3)
    client = cache._cache.get_client()
    assert 0 < client.ttl(cache.make_key(key)) <= 50
    assert client is cache._cache.get_client()
