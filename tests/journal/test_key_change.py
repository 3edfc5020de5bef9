"""A new journal key: the feed says where it begins, both sides stay verifiable, and an old key opens nothing."""

from typing import Any

import pytest
from django.db import transaction

from tests.journal.makers import AT, execute, feed_all, recorded, tampering
from yuhu.journal import actions, keys, verification
from yuhu.journal.digests import next_link, outbox_seal
from yuhu.journal.exceptions import OtherKey
from yuhu.journal.models import Entry, FeedEntry, Outbox, RelayLease

pytestmark = pytest.mark.django_db

OLD, NEW = "the old key of the test", "the new key of the test"


@pytest.fixture
def head_file(tmp_path):
    return tmp_path / "heads.txt"


@pytest.fixture
def look(head_file):
    """The codes of what the verification finds."""
    return lambda: [finding.code for finding in verification.verify(head_file=head_file).findings]


@pytest.fixture
def handed_over(settings, head_file) -> list[Entry]:
    """Two entries under the old key, one that waited meanwhile, the change, two entries under the new key."""
    settings.JOURNAL_KEY = OLD
    entries = [recorded(1), recorded(2)]
    feed_all()
    entries.append(recorded(3))
    settings.JOURNAL_KEY, settings.JOURNAL_OLD_KEYS = NEW, [OLD]
    assert actions.change_key(at=AT)
    entries += [recorded(4), recorded(5)]
    feed_all()
    actions.write_head(at=AT, path=head_file)
    return entries


def test_a_feed_is_whole_across_a_change(handed_over, look) -> None:
    assert look() == []
    kinds = [row.entry.kind for row in FeedEntry.objects.after(0)]
    assert kinds == ["case.reported"] * 2 + [keys.CHANGED] + ["case.reported"] * 3


def test_the_change_names_both_keys_and_tells_neither(handed_over) -> None:
    entry = Entry.objects.get(kind=keys.CHANGED)
    assert entry.data == {"old": keys.name_of(OLD.encode()), "new": keys.name_of(NEW.encode())}
    assert OLD not in str(entry.data)


def test_a_second_run_changes_nothing(handed_over) -> None:
    assert not actions.change_key(at=AT)
    assert Entry.objects.filter(kind=keys.CHANGED).count() == 1


@pytest.mark.parametrize("place", [0, 1, 3, 4], ids=["before", "before too", "after", "after too"])
def test_a_changed_entry_is_found_on_both_sides(handed_over, look, place: int) -> None:
    entry = handed_over[place]
    with tampering():
        execute("UPDATE journal_entry SET actor_name = %s WHERE id = %s", "李四", entry.pk)
        entry.refresh_from_db()
        execute("UPDATE journal_entry SET digest = %s WHERE id = %s", entry.computed_digest(), entry.pk)
    assert look() == ["changed"]


def test_whoever_found_the_old_key_can_write_nothing_anew(handed_over, look) -> None:
    """The forger knows the old key and makes everything from the second link on fit again with it."""
    entry = handed_over[1]
    with tampering():
        execute("UPDATE journal_entry SET actor_name = %s WHERE id = %s", "李四", entry.pk)
        entry.refresh_from_db()
        execute("UPDATE journal_entry SET digest = %s WHERE id = %s", entry.computed_digest(), entry.pk)
        chain = FeedEntry.objects.get(feed_no=1).chain
        for row in FeedEntry.objects.after(1):
            facts: dict[str, Any] = {
                "feed_no": row.feed_no,
                "entry_id": row.entry_id,
                "digest": row.entry.digest,
            }
            chain = next_link(OLD.encode(), previous=chain, **facts)
            execute("UPDATE journal_feedentry SET chain = %s WHERE feed_no = %s", chain, row.feed_no)
        RelayLease.objects.update(chain=chain)
    assert "changed" in look()


def test_a_feed_written_anew_without_the_change_is_found(handed_over, look) -> None:
    """The forger with the old key also takes the change itself away and says that the old key counts."""
    change = Entry.objects.get(kind=keys.CHANGED)
    with tampering():
        execute("DELETE FROM journal_feedentry WHERE feed_no > 2")
        execute("DELETE FROM journal_entry WHERE id >= %s", change.pk)
        chain = FeedEntry.objects.get(feed_no=2).chain
        RelayLease.objects.update(chain=chain, feed_no=2, key_name=keys.name_of(OLD.encode()))
    assert "key" in look()


def test_an_older_key_seals_nothing_that_is_relayed(handed_over, look) -> None:
    entry = recorded(6)
    forged = outbox_seal(OLD.encode(), entry_id=entry.pk, digest=entry.digest)
    Outbox.objects.filter(pk=entry.pk).update(seal=forged)
    assert feed_all() == 0
    assert look() == ["inserted"]
    assert actions.seal_waiting_again() == 1, "only an operator says that it is good"
    assert feed_all() == 1
    assert look() == []


def test_until_the_change_is_written_down_entries_wait(settings, look) -> None:
    settings.JOURNAL_KEY = OLD
    recorded(1)
    feed_all()
    settings.JOURNAL_KEY, settings.JOURNAL_OLD_KEYS = NEW, [OLD]
    recorded(2)
    assert feed_all() == 0
    assert look() == ["key"]
    assert actions.change_key(at=AT)
    assert feed_all() == 1
    assert look() == []


def test_a_process_that_still_has_the_old_key_stops_relaying(handed_over, settings, look) -> None:
    settings.JOURNAL_KEY, settings.JOURNAL_OLD_KEYS = OLD, []
    recorded(6)
    assert feed_all() == 0
    settings.JOURNAL_KEY, settings.JOURNAL_OLD_KEYS = NEW, [OLD]
    assert actions.seal_waiting_again() == 1
    RelayLease.objects.update(lease_until=None)
    assert feed_all() == 1
    assert look() == []


def test_without_the_key_that_made_the_feed_there_is_no_change(settings) -> None:
    settings.JOURNAL_KEY = OLD
    recorded(1)
    feed_all()
    settings.JOURNAL_KEY, settings.JOURNAL_OLD_KEYS = NEW, []
    with pytest.raises(OtherKey):
        actions.change_key(at=AT)


def test_a_feed_of_a_release_that_knew_one_key_goes_on_and_can_change(settings, look) -> None:
    """The row of such a release does not say which key it is: the last link tells."""
    settings.JOURNAL_KEY = OLD
    recorded(1)
    recorded(2)
    feed_all()
    RelayLease.objects.update(key_name="")
    recorded(3)
    assert feed_all() == 1
    RelayLease.objects.update(key_name="")
    settings.JOURNAL_KEY, settings.JOURNAL_OLD_KEYS = NEW, [OLD]
    assert actions.change_key(at=AT)
    assert look() == []


def test_a_bulk_load_into_the_feed_refuses_another_key(handed_over, settings) -> None:
    from tests.journal.makers import drafted

    settings.JOURNAL_KEY = "a third key"
    with pytest.raises(OtherKey), transaction.atomic():
        actions.record_many([drafted(9)], feed=True)
