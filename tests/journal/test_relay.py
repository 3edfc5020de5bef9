"""The relay: gapless numbers, a chain made with the key, leases, and the daily head."""

import datetime as dt
import hashlib
import hmac

import pytest
from django.db import transaction

from tests.journal.makers import AT, drafted, execute, feed_all, recorded
from yuhu.journal import actions, heads, tasks
from yuhu.journal.models import Entry, FeedEntry, Outbox, RelayLease
from yuhu.kit import leases, steps

pytestmark = pytest.mark.django_db


def feed() -> list[tuple[int, int]]:
    return list(FeedEntry.objects.order_by("feed_no").values_list("feed_no", "entry_id"))


def test_entries_get_numbers_in_the_order_of_their_ids():
    entries = [recorded(key) for key in (3, 1, 2, 1)]
    assert actions.relay(at=AT) == 4
    assert feed() == [(number, entry.pk) for number, entry in enumerate(entries, 1)]
    assert not Outbox.objects.exists()


def test_numbers_go_on_where_the_feed_ended():
    recorded(1)
    feed_all()
    later = recorded(2)
    feed_all()
    assert feed()[-1] == (2, later.pk)


def test_the_chain_is_an_hmac_over_everything_before(settings):
    settings.JOURNAL_KEY = "a key of the test"
    first, second = recorded(1), recorded(2)
    feed_all()
    chain = ""
    for number, entry in ((1, first), (2, second)):
        text = f"feed\n{chain}\n{number}\n{entry.pk}\n{entry.digest}"
        chain = hmac.new(b"a key of the test", text.encode(), hashlib.sha256).hexdigest()
        assert FeedEntry.objects.get(feed_no=number).chain == chain


def test_a_batch_is_as_large_as_asked():
    actions.record_many([drafted(key) for key in range(7)])
    assert [actions.relay(at=AT, limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert [number for number, _ in feed()] == [1, 2, 3, 4, 5, 6, 7]


def test_an_entry_that_appears_late_gets_a_later_number():
    """On PostgreSQL a lower id may become visible after a higher one was relayed."""
    early, late = recorded(1), recorded(2)
    held = Outbox.objects.get(pk=early.pk)
    Outbox.objects.filter(pk=early.pk).delete()
    feed_all()
    held.save(force_insert=True)
    feed_all()
    assert feed() == [(1, late.pk), (2, early.pk)]


def test_nothing_waiting_takes_no_lease(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert actions.relay(at=AT) == 0
    assert not RelayLease.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_batch(django_assert_max_num_queries):
    recorded(1)
    feed_all()
    for count in (1, 60):
        actions.record_many([drafted(f"{count}-{key}") for key in range(count)])
        with django_assert_max_num_queries(11):
            assert actions.relay(at=AT) == count


def test_while_another_holds_the_lease_nothing_moves_and_when_it_expires_it_does():
    recorded(1)
    feed_all()
    recorded(2)
    assert leases.claim(RelayLease.objects.all(), pk=RelayLease.ONLY, at=AT, seconds=actions.LEASE_SECONDS)
    assert actions.relay(at=AT + dt.timedelta(seconds=actions.LEASE_SECONDS - 1)) == 0
    assert actions.relay(at=AT + dt.timedelta(seconds=actions.LEASE_SECONDS)) == 1


def test_a_relay_that_slept_past_its_lease_changes_nothing(monkeypatch):
    entry = recorded(1)
    late = AT + dt.timedelta(seconds=actions.LEASE_SECONDS)
    claim, other = actions._claim, []

    def slept(at: dt.datetime) -> int | None:
        """Another relay claims, does the work and lets go before this one wakes up."""
        token = claim(at)
        if at == AT:
            other.append(actions.relay(at=late))
        return token

    monkeypatch.setattr(actions, "_claim", slept)
    assert actions.relay(at=AT) == 0
    assert other == [1]
    assert feed() == [(1, entry.pk)]


def test_a_lost_lease_row_is_made_again_from_the_feeds_end():
    recorded(1)
    feed_all()
    RelayLease.objects.all().delete()
    recorded(2)
    feed_all()
    first, second = FeedEntry.objects.order_by("feed_no")
    lease = RelayLease.objects.get()
    assert (lease.feed_no, lease.chain) == (2, second.chain)
    assert first.chain != second.chain


def test_a_row_that_was_written_into_the_outbox_by_hand_is_not_relayed(caplog):
    forged, honest = recorded(1), recorded(2)
    execute("UPDATE journal_outbox SET seal = %s WHERE entry_id = %s", "0" * 64, forged.pk)
    assert feed_all() == 1
    assert feed() == [(1, honest.pk)]
    assert "journal.unsealed_outbox" in caplog.text


def test_rows_without_a_seal_do_not_hold_up_the_others():
    actions.record_many([drafted(key) for key in range(5)])
    execute("UPDATE journal_outbox SET seal = ''")
    honest = recorded(9)
    assert actions.relay(at=AT, limit=2) == 1
    assert feed() == [(1, honest.pk)]


def test_readers_are_told_after_the_commit(monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr(steps, "_send", lambda name, pk: told.append(name))
    recorded(1)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.relay(at=AT) == 1
        assert told == []
    assert told == ["delivery.fan_out"]


def test_a_lost_hint_is_found_by_the_sweep(settings, django_capture_on_commit_callbacks):
    settings.STEP_TRANSPORT = "yuhu.kit.steps.run_nowhere"
    with django_capture_on_commit_callbacks(execute=True):
        recorded(1)
    assert not FeedEntry.objects.exists()
    assert steps.run_sweeps(AT, only=["journal.relay"]) == {"journal.relay": 1}
    assert FeedEntry.objects.count() == 1


def test_the_sweep_takes_in_more_than_one_batch(monkeypatch):
    monkeypatch.setattr(actions.relay, "__kwdefaults__", {"limit": 2})
    actions.record_many([drafted(key) for key in range(5)])
    assert tasks.relay_sweep(AT) == 5


def test_the_feed_is_read_after_a_number_with_its_entries(django_assert_num_queries):
    entries = [recorded(key) for key in range(4)]
    feed_all()
    with django_assert_num_queries(1):
        links = list(FeedEntry.objects.after(2))
        assert [(link.feed_no, link.entry.kind) for link in links] == [
            (3, "case.reported"),
            (4, "case.reported"),
        ]
    assert [link.entry for link in links] == entries[2:]
    assert FeedEntry.objects.last_no() == 4


def test_entries_that_wait_can_be_asked_for():
    fed = recorded(1)
    feed_all()
    waiting = recorded(2)
    assert list(Entry.objects.unfed()) == [waiting]
    assert fed.feed.feed_no == 1


def test_the_head_is_written_once_a_day(tmp_path):
    path = tmp_path / "deep" / "heads.txt"
    assert actions.write_head(at=AT, path=path) is None, "an empty feed has no head"
    recorded(1)
    feed_all()
    # 2022-08-01 in Shanghai, until 16:00 UTC.
    written = [
        actions.write_head(at=at, path=path)
        for at in (AT, AT + dt.timedelta(hours=11), AT + dt.timedelta(hours=12), AT + dt.timedelta(hours=20))
    ]
    chain = FeedEntry.objects.get().chain
    assert [head is not None for head in written] == [True, False, True, False]
    assert path.read_text(encoding="utf-8") == (
        f"2022-08-01T04:30:15+00:00 1 {chain}\n2022-08-01T16:30:15+00:00 1 {chain}\n"
    )


def test_the_sweep_writes_the_head_where_the_settings_say(settings):
    recorded(1)
    feed_all()
    assert [tasks.head_sweep(AT), tasks.head_sweep(AT)] == [1, 0]
    assert heads.read(settings.JOURNAL_HEAD_FILE).heads[0].feed_no == 1


def test_a_torn_line_does_not_swallow_the_next(tmp_path):
    path = tmp_path / "heads.txt"
    path.write_text("2022-08-01T04:30:15+00:00 1 abc", encoding="utf-8")
    head = heads.Head(at=AT, feed_no=3, chain="c" * 64)
    heads.append(path, head)
    file = heads.read(path)
    assert [(known.feed_no, known.chain) for known in file.heads] == [(3, "c" * 64)]
    assert file.unreadable == (1,)


@pytest.mark.django_db(transaction=True)
def test_a_crash_in_the_relay_leaves_the_entries_waiting(monkeypatch):
    monkeypatch.setattr(actions, "_hint", lambda: None)
    recorded(1)

    def crash(*args, **kwargs):
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(leases, "release", crash)
        with pytest.raises(RuntimeError, match="power cut"):
            actions.relay(at=AT)
    assert not FeedEntry.objects.exists()
    assert Outbox.objects.count() == 1
    assert actions.relay(at=AT) == 0, "the dead relay's lease stands"
    assert actions.relay(at=AT + dt.timedelta(seconds=actions.LEASE_SECONDS)) == 1
    assert not transaction.get_connection().in_atomic_block
