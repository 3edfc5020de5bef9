"""Two fan-outs and two senders at once, on PostgreSQL. Each race has a control that shows it without the protection."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connections

from tests.delivery.makers import SMS, RecordingSms, feed
from tests.world import AT, World, a_report, an_evaluated
from yuhu.delivery import actions
from yuhu.delivery.actions import feed as feeding
from yuhu.delivery.actions import sending
from yuhu.delivery.models import Cursor, Delivery
from yuhu.delivery.states import State
from yuhu.journal.actions import relay
from yuhu.journal.models import FeedEntry
from yuhu.kit import leases

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _no_hints(settings) -> None:
    """Only the workers of the test run."""
    settings.STEP_TRANSPORT = "yuhu.kit.steps.run_nowhere"
    settings.SMS_BACKEND = SMS
    RecordingSms.sent.clear()


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run all at the same time, each with a connection of its own; what each returned or raised."""
    results: list[object] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], object]) -> None:
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

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        # Broken: the other was kept out, or is done.
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(1)
        return function(*args, **kwargs)

    return wrapped


@pytest.fixture
def _fed(world: World) -> None:
    """A case's whole life stands in the feed and was not announced."""
    an_evaluated(world)
    while relay(at=AT):
        pass
    Cursor.objects.create(name=Cursor.NOTICES)


def announce() -> int:
    return actions.fan_out(at=AT, limit=1_000)


@pytest.mark.usefixtures("_fed")
def test_control_without_the_lock_two_fan_outs_write_the_same_notices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feeding, "_locked_cursor", lambda: Cursor.objects.get(name=Cursor.NOTICES))
    monkeypatch.setattr(feeding, "_rows", meeting(feeding._rows))
    results = at_once(announce, announce)
    assert sorted(map(type, results), key=str) == sorted([int, IntegrityError], key=str)


@pytest.mark.usefixtures("_fed")
def test_two_fan_outs_at_once_give_each_notice_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "_rows", meeting(feeding._rows))
    results = at_once(announce, announce)
    assert sorted(results, key=str) == [0, FeedEntry.objects.last_no()]
    keys = list(Delivery.objects.values_list("entry", "user", "reporter", "channel"))
    assert len(keys) == len(set(keys)) > 3


@pytest.mark.usefixtures("_fed")
def test_the_first_fan_outs_of_all_make_one_cursor() -> None:
    Cursor.objects.all().delete()
    results = at_once(announce, announce, announce)
    assert sorted(results, key=str) == [0, 0, FeedEntry.objects.last_no()]


def test_fan_outs_relays_and_reports_at_once_announce_every_report_once(world: World) -> None:
    feed()

    def write() -> int:
        for _number in range(5):
            a_report(world)
        return 5

    def work() -> int:
        return sum(relay(at=AT, limit=3) + actions.fan_out(at=AT, limit=2) for _round in range(25))

    results = at_once(write, write, work, work)
    assert all(isinstance(result, int) for result in results), results
    feed()
    assert Delivery.objects.filter(kind="received").count() == 10
    assert Delivery.objects.values("subject").distinct().count() == 10


@pytest.fixture
def sms(world: World) -> Delivery:
    a_report(world)
    feed()
    return Delivery.objects.get(channel="sms")


def test_control_without_the_claim_two_senders_send_the_same_row(
    sms: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "claim", lambda rows, **keys: 0)
    monkeypatch.setattr(sending, "_attempt", meeting(sending._attempt))
    at_once(*[lambda: actions.send_one(delivery_id=sms.pk, at=AT)] * 2)
    assert len(RecordingSms.sent) == 2


def test_two_senders_at_once_send_a_row_once(sms: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_attempt", meeting(sending._attempt))
    results = at_once(*[lambda: actions.send_one(delivery_id=sms.pk, at=AT)] * 2)
    assert sorted(results, key=str) == sorted([None, State.SENT], key=str)
    assert len(RecordingSms.sent) == 1
    sms.refresh_from_db()
    assert sms.attempts == 1


def test_two_who_send_again_at_once_put_it_back_once(world: World, sms: Delivery) -> None:
    Delivery.objects.filter(pk=sms.pk).update(state=State.DEAD, next_at=None)

    def again() -> Delivery:
        return actions.resend(
            delivery_id=sms.pk, user=world.dispatcher, actor=world.by("dispatcher").actor, at=AT
        )

    results = at_once(again, again)
    assert sum(isinstance(result, Delivery) for result in results) == 1
