"""From the feed into the ledger: every event once, in order, all or nothing, and history not at all."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.actions import dispatch_by_rule
from tests.delivery.makers import feed, last, told
from tests.world import AT, World, a_dispatched, a_report, an_evaluated, do
from yuhu.delivery import actions, tasks
from yuhu.delivery.actions import feed as feeding
from yuhu.delivery.figures import oldest_unannounced
from yuhu.delivery.models import Cursor, Delivery
from yuhu.delivery.notices import BY_EVENT
from yuhu.journal.actions import SYSTEM, Draft, record_many, relay
from yuhu.journal.models import FeedEntry
from yuhu.kit import steps

pytestmark = pytest.mark.django_db


def place() -> int:
    return Cursor.objects.get(name=Cursor.NOTICES).feed_no


def ledger() -> list[tuple[object, ...]]:
    return list(Delivery.objects.order_by("pk").values_list("kind", "user", "reporter", "channel", "state"))


def test_a_second_fan_out_finds_nothing_new(world: World) -> None:
    an_evaluated(world)
    assert feed() > 0
    before = ledger()
    assert actions.fan_out(at=AT) == 0
    assert ledger() == before
    assert place() == FeedEntry.objects.last_no()


def test_batches_of_one_give_the_same_ledger_as_one_batch(world: World) -> None:
    an_evaluated(world)
    while relay(at=AT):
        pass
    while actions.fan_out(at=AT, limit=1):
        pass
    one_by_one = ledger()
    Delivery.objects.all().delete()
    Cursor.objects.all().delete()
    while actions.fan_out(at=AT, limit=1_000):
        pass
    assert ledger() == one_by_one
    assert len(one_by_one) > 3


def test_the_inbox_has_it_at_once_and_what_leaves_the_house_waits(world: World) -> None:
    a_dispatched(world)
    feed()
    states = dict(Delivery.objects.values_list("channel", "state"))
    assert states == {"inbox": "sent", "sms": "pending"}
    assert Delivery.objects.get(channel="sms").next_at == AT


@pytest.mark.parametrize("where", ["after the rows", "before the rows"])
def test_an_exception_on_the_way_leaves_nothing_half_done(
    world: World, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    a_dispatched(world)
    while relay(at=AT):
        pass

    def killed(*args: object, **kwargs: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Cursor if where == "after the rows" else feeding, *_victim(where), killed)
        with pytest.raises(SystemExit), transaction.atomic():
            actions.fan_out(at=AT)
    assert ledger() == []
    assert not Cursor.objects.exists()
    feed()
    assert {row[0] for row in ledger()} == {"received", "dispatched"}
    assert len(ledger()) == 2


def _victim(where: str) -> tuple[str]:
    return ("save",) if where == "after the rows" else ("_rows",)


def test_an_entry_that_cannot_be_read_does_not_hold_up_the_rest(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    case = a_dispatched(world)
    with transaction.atomic():
        # A reassignment always names its order: another release forgot it.
        subject = ("case", case.number)
        record_many([Draft(kind="case.reassigned", subject=subject, at=AT, actor=SYSTEM)])
    do(world, case, "urge", "dispatcher")
    feed()
    assert told(world)["urged"] == {"governor"}
    assert [record.message for record in caplog.records] == ["delivery.entry_skipped"]


def test_what_happened_long_ago_is_history_and_not_announced(world: World) -> None:
    case = a_report(world, at=AT - dt.timedelta(days=8))
    feed()
    assert ledger() == []
    assert place() == FeedEntry.objects.last_no()
    dispatch_by_rule(case_id=case.pk, at=AT)
    feed()
    assert told(world) == {"dispatched": {"governor"}}


def test_a_bulk_load_can_be_passed_over(world: World) -> None:
    feed()
    case = a_dispatched(world)
    while relay(at=AT):
        pass
    assert actions.skip_to_end() == FeedEntry.objects.last_no()
    assert actions.fan_out(at=AT) == 0
    assert ledger() == []
    do(world, case, "urge", "dispatcher")
    feed()
    assert told(world) == {"urged": {"governor"}}


def test_passing_over_never_goes_back(world: World) -> None:
    a_dispatched(world)
    feed()
    end = place()
    Cursor.objects.update(feed_no=end + 5)
    assert actions.skip_to_end() == end + 5


def test_what_must_be_sent_is_hinted_after_the_commit(
    world: World, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    hints: list[tuple[str, int | None]] = []
    monkeypatch.setattr(steps, "_send", lambda name, pk: hints.append((name, pk)))
    a_dispatched(world)
    while relay(at=AT):
        pass
    with django_capture_on_commit_callbacks(execute=True):
        actions.fan_out(at=AT)
    row = Delivery.objects.get(channel="sms")
    assert hints == [("delivery.send", row.pk)]


def test_the_relay_hints_at_the_fan_out_which_is_a_known_step(world: World) -> None:
    a_dispatched(world)
    while relay(at=AT):
        pass
    assert "delivery.fan_out" in steps.names()
    assert not steps.is_external("delivery.fan_out")
    assert steps.is_external("delivery.send")
    steps.run("delivery.fan_out", None, AT)
    assert last() > 0


def test_a_request_takes_one_batch_and_the_sweep_takes_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_evaluated(world)
    while relay(at=AT):
        pass
    total = FeedEntry.objects.last_no()
    monkeypatch.setattr(feeding.fan_out, "__kwdefaults__", {"limit": 2})
    tasks.fan_out_step(None, AT)
    assert place() == 2
    assert steps.run_sweeps(AT, only=["delivery.fan_out"]) == {
        "delivery.fan_out": min(total - 2, 2 * tasks.FAN_OUT_ROUNDS)
    }


def test_the_cost_grows_with_streets_and_units_not_with_events(world: World) -> None:
    def cost(cases: int) -> int:
        for _number in range(cases):
            a_dispatched(world)
        while relay(at=AT):
            pass
        with CaptureQueriesContext(connection) as queries:
            assert actions.fan_out(at=AT) > 0
        return len(queries)

    feed()
    few, many = cost(2), cost(20)
    assert many == few


def test_events_of_other_subjects_are_passed_over(world: World) -> None:
    with transaction.atomic():
        draft = Draft(
            kind="case.dispatched", subject=("block", "x"), at=AT, actor=SYSTEM, data={"assignee": 1}
        )
        record_many([draft])
    assert feed() > 0
    assert ledger() == []
    assert "unit.joined" not in BY_EVENT


def test_what_waits_to_be_announced_is_known_by_its_age(world: World) -> None:
    feed()
    assert oldest_unannounced() is None
    a_report(world, at=AT - dt.timedelta(hours=2))
    a_report(world)
    while relay(at=AT):
        pass
    assert oldest_unannounced() == AT - dt.timedelta(hours=2)
    feed()
    assert oldest_unannounced() is None
