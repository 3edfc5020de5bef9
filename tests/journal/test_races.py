"""Two relays and two writers at once. Each race has a control that shows it without the protection."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from tests.journal.makers import AT, GOVERNOR, drafted, recorded
from yuhu.journal import actions, verification
from yuhu.journal.exceptions import Forked
from yuhu.journal.models import Entry, FeedEntry, Outbox, RelayLease
from yuhu.kit import leases

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

Result = int | BaseException


@pytest.fixture(autouse=True)
def _no_hints(monkeypatch):
    """Only the relays of the test run."""
    monkeypatch.setattr(actions, "_hint", lambda: None)


def at_once(*acts: Callable[[], int]) -> list[Result]:
    """Run all at the same time, each with a connection of its own; what each returned or raised."""
    results: list[Result] = [0] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], int]) -> None:
        try:
            start.wait(10)
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    return results


def meeting(function: Callable[..., Any], parties: int = 2) -> Callable[..., Any]:
    """``function``, but whoever calls it waits up to a second for the other to arrive at the same place."""
    barrier = threading.Barrier(parties)

    def wrapped(*args, **kwargs):
        # Broken: the other was kept out, or is done.
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(1)
        return function(*args, **kwargs)

    return wrapped


def relay_once() -> int:
    return actions.relay(at=AT, limit=5)


def numbered() -> list[int]:
    return list(FeedEntry.objects.order_by("feed_no").values_list("feed_no", flat=True))


@pytest.fixture
def _ten_waiting(monkeypatch) -> None:
    """Ten entries wait, and the lease's row is there."""
    with transaction.atomic():
        actions.record_many([drafted(key) for key in range(10)])
    RelayLease.objects.create()


@pytest.mark.usefixtures("_ten_waiting")
def test_control_without_the_lease_two_relays_take_the_same_entries(monkeypatch):
    def everybody_may(at):
        return RelayLease.objects.get().lease_token

    taken = []
    extend = meeting(actions._extend)

    def noted(lease, batch):
        taken.append([entry_id for entry_id, _ in batch])
        return extend(lease, batch)

    monkeypatch.setattr(actions, "_claim", everybody_may)
    monkeypatch.setattr(actions, "_hold", lambda token: RelayLease.objects.get())
    monkeypatch.setattr(actions, "_extend", noted)
    results = at_once(relay_once, relay_once)
    assert taken[0] == taken[1], "both took the same entries"
    assert sorted(map(type, results), key=str) == sorted([int, IntegrityError], key=str)


@pytest.mark.usefixtures("_ten_waiting")
def test_two_relays_at_once_give_each_entry_one_number(monkeypatch):
    monkeypatch.setattr(actions, "_extend", meeting(actions._extend))
    results = at_once(relay_once, relay_once)
    assert all(isinstance(result, int) for result in results), results
    while relay_once():
        pass
    assert numbered() == list(range(1, 11))
    assert len(set(FeedEntry.objects.values_list("entry_id", flat=True))) == 10
    assert not Outbox.objects.exists()


@pytest.mark.usefixtures("_ten_waiting")
def test_two_relays_that_both_believe_that_they_hold_the_lease_give_each_entry_one_number(monkeypatch):
    """The clock of one machine is wrong: the lease is claimed twice; the token decides."""

    def claim_anyway(at):
        rows = RelayLease.objects.all()
        rows.update(lease_until=None)
        return leases.claim(rows, pk=RelayLease.ONLY, at=at, seconds=30)

    monkeypatch.setattr(actions, "_claim", claim_anyway)
    monkeypatch.setattr(actions, "_move", meeting(actions._move))
    results = at_once(relay_once, relay_once)
    assert sorted(results, key=str) in ([0, 5], [5, 5]), results
    while relay_once():
        pass
    assert numbered() == list(range(1, 11))


def test_many_relays_and_writers_leave_a_journal_that_verifies(tmp_path):
    def write(writer: int) -> Callable[[], int]:
        def run() -> int:
            for number in range(25):
                recorded(f"{writer}-{number % 3}", "case.noted")
            return 25

        return run

    def relay() -> int:
        return sum(actions.relay(at=AT, limit=7) for _ in range(40))

    results = at_once(write(1), write(2), relay, relay, relay)
    assert all(isinstance(result, int) for result in results), results
    while actions.relay(at=AT):
        pass
    assert numbered() == list(range(1, 51))
    assert verification.verify(head_file=tmp_path / "none").findings == []


def test_a_bulk_load_into_the_feed_and_a_relay_share_the_numbers():
    recorded("first")
    actions.relay(at=AT)

    def load(name: str) -> Callable[[], int]:
        def run() -> int:
            with transaction.atomic():
                drafts = [drafted(f"{name}-{key}") for key in range(200)]
                return len(actions.record_many(drafts, feed=True))

        return run

    def write_and_relay() -> int:
        for number in range(20):
            recorded(f"live-{number}")
            actions.relay(at=AT)
        return 20

    assert at_once(load("a"), write_and_relay, load("b")) == [200, 20, 200]
    while actions.relay(at=AT):
        pass
    assert numbered() == list(range(1, 422))


def test_two_writers_of_one_subject_cannot_fork_its_chain(monkeypatch):
    recorded(1)
    monkeypatch.setattr(actions, "_entry", meeting(actions._entry))

    def sign() -> int:
        with transaction.atomic():
            return actions.record(kind="case.signed", subject=("case", 1), at=AT, actor=GOVERNOR).seq

    results = at_once(sign, sign)
    assert sorted(map(type, results), key=str) == sorted([int, Forked], key=str)
    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2]


def test_a_lower_id_that_commits_after_a_higher_one_is_not_skipped():
    opened, may_commit = threading.Event(), threading.Event()

    def slow() -> int:
        with transaction.atomic():
            entry = actions.record(kind="case.reported", subject=("case", "slow"), at=AT, actor=GOVERNOR)
            opened.set()
            assert may_commit.wait(10)
        return entry.pk

    def fast() -> int:
        assert opened.wait(10)
        entry = recorded("fast")
        assert actions.relay(at=AT) == 1
        may_commit.set()
        return entry.pk

    slow_id, fast_id = at_once(slow, fast)
    assert isinstance(slow_id, int)
    assert isinstance(fast_id, int)
    assert slow_id < fast_id
    assert actions.relay(at=AT) == 1
    assert list(FeedEntry.objects.values_list("feed_no", "entry_id").order_by("feed_no")) == [
        (1, fast_id),
        (2, slow_id),
    ]
