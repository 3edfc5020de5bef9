"""Processes share a caller's limit without asking for each request: nobody gets more, and little less."""

import uuid

import pytest

from yuhu.api import throttles
from yuhu.api.throttles import SHARE, WINDOW_SECONDS, _Shares

LIMIT = 2_000


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    at = [1_000_000.0 * WINDOW_SECONDS]
    monkeypatch.setattr("yuhu.api.throttles.time.time", lambda: at[0])
    return at


@pytest.fixture
def caller() -> str:
    """Somebody whom nobody has counted yet: the cache is shared by tests that run at the same time."""
    return uuid.uuid4().hex


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many requests each question to the cache was for."""
    found: list[int] = []
    count = throttles.count

    def counted(what: str, who: str, *, more: int = 1) -> int:
        found.append(more)
        return count(what, who, more=more)

    monkeypatch.setattr("yuhu.api.throttles.count", counted)
    return found


def let_through(who: str, *processes: _Shares, limit: int = LIMIT, requests: int = 3 * LIMIT) -> int:
    """How many of these requests pass, one process after the other."""
    return sum(processes[number % len(processes)].take(who, limit) for number in range(requests))


def test_one_process_lets_through_exactly_the_limit(seconds, caller) -> None:
    assert let_through(caller, _Shares()) == LIMIT


@pytest.mark.parametrize("limit", [1, 3, 99, 150, 2_000])
def test_several_processes_never_let_through_more(seconds, caller, limit: int) -> None:
    processes = [_Shares() for _ in range(4)]
    assert let_through(caller, *processes, limit=limit) == limit


def test_what_one_process_has_taken_and_not_used_the_others_lack(seconds, caller) -> None:
    busy, idle = _Shares(), _Shares()
    assert idle.take(caller, LIMIT)
    assert let_through(caller, busy) == LIMIT - SHARE


def test_most_requests_do_not_ask(seconds, asked, caller) -> None:
    let_through(caller, _Shares(), requests=SHARE * 10)
    assert asked == [SHARE] * 10


def test_small_limits_are_counted_one_by_one(seconds, asked, caller) -> None:
    let_through(caller, _Shares(), limit=150, requests=5)
    assert asked == [1] * 5


def test_callers_do_not_share_with_each_other(seconds, caller) -> None:
    process = _Shares()
    assert let_through(caller, process) == LIMIT
    assert let_through(f"not {caller}", process) == LIMIT


def test_a_new_minute_begins_anew_for_everybody(seconds, caller) -> None:
    process = _Shares()
    let_through(caller, process, requests=5)
    seconds[0] += WINDOW_SECONDS
    assert let_through(caller, process) == LIMIT


def test_another_limit_counts_at_once(seconds, caller) -> None:
    process = _Shares()
    assert process.take(caller, LIMIT)
    assert let_through(caller, process, limit=SHARE + 3) == 3
