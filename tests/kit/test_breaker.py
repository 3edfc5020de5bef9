"""The breaker: who fails again and again rests, longer each time but never for ever, and one answer ends it.

Who found that Redis is away tells the others of the process; after a while it is asked again.
"""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache

from yuhu.api.throttles import PerCaller
from yuhu.kit import keeping
from yuhu.kit.breaker import Breaker
from yuhu.runtime import transport


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The one entry is the time."""
    found = [100.0]
    monkeypatch.setattr("yuhu.kit.breaker.time.monotonic", lambda: found[0])
    return found


def test_failures_in_a_row_begin_a_rest_and_single_ones_do_not(clock: list[float]) -> None:
    breaker = Breaker(failures=2, rest=10, longest=60)
    breaker.failed()
    breaker.worked()
    breaker.failed()
    assert not breaker.rests
    breaker.failed()
    assert breaker.rests
    clock[0] += 10
    assert not breaker.rests


def test_each_try_in_vain_doubles_the_rest_up_to_the_longest(clock: list[float]) -> None:
    breaker, rests = Breaker(failures=1, rest=10, longest=60), []
    for _try in range(5):
        breaker.failed()
        began = clock[0]
        while breaker.rests:
            clock[0] += 1
        rests.append(clock[0] - began)
    assert rests == [10, 20, 40, 60, 60]


def test_a_partner_that_was_away_for_days_can_still_be_counted(clock: list[float]) -> None:
    breaker = Breaker(failures=1, rest=10, longest=60)
    for _try in range(5_000):
        breaker.failed()
    assert breaker.rests
    breaker.worked()
    assert not breaker.rests


NOBODY = SimpleNamespace(is_authenticated=False, pk=None)
REQUEST: Any = SimpleNamespace(auth=None, user=NOBODY, META={"REMOTE_ADDR": "192.0.2.77"})
VIEW: Any = None


class Away:
    """A cache whose server does not answer; counts who asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __getattr__(self, name):
        def fail(*args, **kwargs):
            self.asked += 1
            raise ConnectionError("away")

        return fail


def test_a_request_is_let_in_uncounted_and_asks_a_dead_cache_once(monkeypatch):
    away = Away()
    monkeypatch.setattr("yuhu.kit.limits.cache", away)
    for _request in range(50):  # more than a process takes of the limit at once
        assert PerCaller().allow_request(REQUEST, VIEW)
    assert away.asked == 1


def test_who_finds_the_server_away_spares_the_others_the_wait(monkeypatch):
    away, sent = Away(), []
    monkeypatch.setattr(keeping, "cache", away)
    monkeypatch.setattr(transport, "publish", lambda *args: sent.append(args))
    assert keeping.look_up("any") is None
    keeping.keep("any", 1, seconds=5)
    transport.send("any", 1)
    transport.sender().flush()
    assert away.asked == 1
    assert sent == []


def test_what_is_kept_comes_back_while_all_is_well():
    keeping.keep("kept", "value", seconds=5)
    assert (keeping.look_up("kept"), cache.get("kept")) == ("value", "value")
