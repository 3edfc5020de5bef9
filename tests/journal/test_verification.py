"""``verify_journal`` finds and names what was changed, removed or inserted, also at a tail."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from tests.journal.makers import AT, drafted, execute, feed_all, foreign_keys_off, recorded, tampering
from yuhu.journal import actions, triggers, verification
from yuhu.journal.models import Entry, FeedEntry, Outbox, RelayLease

pytestmark = pytest.mark.django_db

CHANGES: dict[str, str | int] = {
    "at": "2022-08-02 00:00:00+00:00",
    "actor_id": 8,
    "actor_name": "李四",
    "actor_post": "supervisor",
    "actor_address": "",
    "kind": "case.void",
    "subject_type": "unit",
    "subject_id": "99",
    "area": "430302001",
    "data": '{"state": "closed"}',
    "digest": "0" * 64,
}


@pytest.fixture
def head_file(tmp_path):
    return tmp_path / "heads.txt"


@pytest.fixture
def history(head_file) -> list[Entry]:
    """Two cases with three entries each, all fed, the head written; then one entry that waits."""
    entries = [
        recorded(key, kind) for kind in ("case.reported", "case.dispatched", "case.signed") for key in (1, 2)
    ]
    feed_all()
    actions.write_head(at=AT, path=head_file)
    return [*entries, recorded(3)]


@pytest.fixture
def found(head_file):
    """What the verification finds now: (code, entry id, feed number) in its order."""

    def look() -> list[tuple[str, int | None, int | None]]:
        report = verification.verify(head_file=head_file)
        return [(finding.code, finding.entry_id, finding.feed_no) for finding in report.findings]

    return look


def recompute(entry_id: int) -> str:
    """Make an entry's digest fit its content again, as a forger with this program would."""
    digest = Entry.objects.get(pk=entry_id).computed_digest()
    execute("UPDATE journal_entry SET digest = %s WHERE id = %s", digest, entry_id)
    return digest


def remove(entry_id: int, *tables: str) -> None:
    """Delete an entry from the given tables."""
    for table in tables:
        key = "id" if table == "journal_entry" else "entry_id"
        execute(f"DELETE FROM {table} WHERE {key} = %s", entry_id)


def test_an_untouched_journal_has_no_findings(history, head_file):
    report = verification.verify(head_file=head_file)
    assert (report.findings, report.count) == ([], 0)
    assert (report.entries, report.fed, report.waiting, report.heads) == (7, 6, 1, 1)


def test_an_empty_journal_has_no_findings(found):
    assert found() == []


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_entry_is_named(history, found, column):
    target = history[2]
    with tampering():
        execute(f"UPDATE journal_entry SET {column} = %s WHERE id = %s", CHANGES[column], target.pk)
    findings = found()
    assert ("changed", target.pk, 3) in findings
    # Whoever stands in a row of its own or loses a neighbour may be named as well, but no bystander is changed.
    assert {entry_id for code, entry_id, _ in findings if code == "changed"} == {target.pk}


def test_a_changed_waiting_entry_is_named(history, found):
    with tampering():
        execute("UPDATE journal_entry SET area = '430302' WHERE id = %s", history[6].pk)
    assert found() == [("changed", history[6].pk, None)]


def test_a_changed_entry_with_a_recomputed_digest_is_named(history, found):
    with tampering():
        execute("UPDATE journal_entry SET area = '430302' WHERE id = %s", history[2].pk)
        recompute(history[2].pk)
    assert found() == [("changed", history[2].pk, 3), ("changed", history[2].pk, 3)], (
        "by its successor and by the feed"
    )


def test_a_subject_whose_digests_were_all_recomputed_is_found_by_the_feed(history, found):
    with tampering():
        execute("UPDATE journal_entry SET area = '430302' WHERE id = %s", history[0].pk)
        for before, after in ((0, 2), (2, 4)):
            digest = recompute(history[before].pk)
            execute("UPDATE journal_entry SET previous = %s WHERE id = %s", digest, history[after].pk)
        recompute(history[4].pk)
    assert found() == [("changed", history[number].pk, number + 1) for number in (0, 2, 4)]


def test_a_changed_last_entry_of_the_feed_with_a_recomputed_digest_is_named(history, found):
    with tampering():
        execute("UPDATE journal_entry SET area = '430302' WHERE id = %s", history[5].pk)
        recompute(history[5].pk)
    assert found() == [("changed", history[5].pk, 6)]


def test_a_changed_link_of_the_feed_is_named(history, found):
    with tampering():
        execute("UPDATE journal_feedentry SET chain = %s WHERE feed_no = 4", "0" * 64)
    assert found()[0] == ("changed", history[3].pk, 4)


def test_two_entries_that_changed_places_in_the_feed_are_named(history, found):
    with tampering():
        execute("UPDATE journal_feedentry SET entry_id = -1 WHERE feed_no = 2")
        execute("UPDATE journal_feedentry SET entry_id = %s WHERE feed_no = 3", history[1].pk)
        execute("UPDATE journal_feedentry SET entry_id = %s WHERE feed_no = 2", history[2].pk)
    assert found() == [("changed", history[2].pk, 2), ("changed", history[1].pk, 3)]


def test_an_entry_removed_from_the_middle_of_a_subject_is_named(history, head_file):
    with tampering():
        remove(history[2].pk, "journal_feedentry", "journal_entry")
    report = verification.verify(head_file=head_file)
    assert [(finding.code, finding.subject, finding.feed_no) for finding in report.findings] == [
        ("removed", "case 1 #2", None),
        ("removed", "", 3),
    ]


def test_the_first_entry_of_a_subject_removed_is_named(history, head_file):
    with tampering():
        remove(history[0].pk, "journal_feedentry", "journal_entry")
    report = verification.verify(head_file=head_file)
    assert [(finding.code, finding.subject) for finding in report.findings] == [
        ("removed", "case 1 #1"),
        ("removed", ""),
    ]


def test_the_last_entry_of_a_subject_removed_is_found_by_the_gap_in_the_feed(history, found):
    with tampering():
        remove(history[4].pk, "journal_feedentry", "journal_entry")
    assert found() == [("removed", None, 5)]


def test_an_entry_removed_without_its_place_in_the_feed_is_named(history, found):
    with tampering():
        remove(history[4].pk, "journal_entry")
        assert found_unguarded(found()) == [("removed", history[4].pk, 5)]
        remove(history[4].pk, "journal_feedentry")


def found_unguarded(findings):
    """Without what is said about the lifted triggers."""
    return [finding for finding in findings if finding[0] != "unguarded"]


def test_the_tail_of_the_feed_removed_is_found(history, found):
    with tampering():
        remove(history[5].pk, "journal_feedentry", "journal_entry")
    assert found() == [("removed", None, 6)]


def test_the_tail_removed_and_the_relay_told_to_forget_it_is_found_by_the_head_file(
    history, found, head_file
):
    with tampering():
        remove(history[5].pk, "journal_feedentry", "journal_entry")
    RelayLease.objects.update(feed_no=5, chain=FeedEntry.objects.get(feed_no=5).chain)
    assert found() == [("removed", None, 6)]
    head_file.unlink()
    assert found() == [], "control: without the file nobody knows"


def test_a_tail_that_was_overwritten_by_later_entries_is_found_by_the_head_file(history, found):
    with tampering():
        remove(history[5].pk, "journal_feedentry", "journal_entry")
    RelayLease.objects.update(feed_no=5, chain=FeedEntry.objects.get(feed_no=5).chain)
    feed_all()
    assert found() == [("changed", None, 6)]


def test_a_removed_tail_stays_a_gap_when_the_feed_goes_on(history, found):
    with tampering():
        remove(history[5].pk, "journal_feedentry", "journal_entry")
    feed_all()
    assert found() == [("removed", None, 6)]


def test_a_removed_waiting_entry_is_named(history, found):
    with tampering():
        remove(history[6].pk, "journal_entry")
        assert found_unguarded(found()) == [("removed", history[6].pk, None)]
        remove(history[6].pk, "journal_outbox")


def test_everything_removed_is_found(history, found):
    with tampering():
        for table in ("journal_outbox", "journal_feedentry", "journal_entry"):
            execute(f"DELETE FROM {table}")
    RelayLease.objects.all().delete()
    assert found() == [("removed", None, 1)]


def insert(key: str, kind: str = "case.void") -> Entry:
    """What a forger who has the program but not the key can write: fitting digests."""
    with transaction.atomic():
        entry = actions.record(**vars(drafted(key, kind)))
        Outbox.objects.filter(pk=entry.pk).delete()
    return entry


def test_an_entry_inserted_at_a_subjects_tail_is_named(history, found):
    assert found() == []
    forged = insert("1")
    assert found() == [("inserted", forged.pk, None)]


def test_an_entry_inserted_as_a_new_subject_is_named(history, found):
    forged = insert("4")
    assert found() == [("inserted", forged.pk, None)]


def test_an_entry_inserted_in_the_middle_is_named(history, found):
    with tampering():
        execute("UPDATE journal_entry SET seq = seq + 1 WHERE subject_id = '1' AND seq = 3")
        execute(
            "INSERT INTO journal_entry (at, actor_name, actor_post, actor_address, kind, subject_type, subject_id,"
            " seq, area, data, previous, digest)"
            " VALUES (%s, 'x', '', '', 'case.void', 'case', '1', 3, '', '{}', %s, 'd')",
            AT if connection.vendor == "postgresql" else str(AT),
            history[2].digest,
        )
    forged = Entry.objects.latest("pk")
    recompute_lifted(forged.pk)
    findings = found()
    assert ("inserted", forged.pk, None) in findings
    assert ("changed", history[4].pk, 5) in findings, "the entry that had to make room"


def recompute_lifted(entry_id: int) -> None:
    with tampering():
        recompute(entry_id)


def test_an_entry_inserted_with_an_outbox_row_bears_no_seal(history, found):
    forged = insert("1")
    Outbox.objects.create(entry=forged, seal="0" * 64)
    assert found() == [("inserted", forged.pk, None)]


def test_an_entry_inserted_at_the_feeds_tail_does_not_fit_the_chain(history, found):
    forged = insert("1")
    FeedEntry.objects.create(feed_no=7, entry=forged, chain="0" * 64)
    assert found() == [("inserted", forged.pk, 7)]


def test_a_fed_entry_put_into_the_outbox_again_is_named(history, found):
    Outbox.objects.create(entry=history[0], seal="0" * 64)
    assert found() == [("inserted", history[0].pk, 1)]


def test_missing_triggers_are_a_finding(history, head_file):
    with triggers.lifted(connection), foreign_keys_off():
        report = verification.verify(head_file=head_file)
    assert {finding.code for finding in report.findings} == {"unguarded"}


def test_another_key_does_not_verify(history, found, settings):
    settings.JOURNAL_KEY = "another key"
    assert ("key", None, 1) in found(), "the key that made the feed is not known"


def test_a_head_file_that_cannot_be_read_is_a_finding(history, found, head_file):
    with head_file.open("a", encoding="utf-8") as file:
        file.write("something else\n")
    assert found() == [("head", None, None)]


def test_a_head_of_another_chain_is_a_finding(history, found, head_file):
    head_file.write_text(f"2022-08-01T00:00:00+00:00 4 {'0' * 64}\n", encoding="utf-8")
    assert found() == [("changed", None, 4)]


def test_all_findings_are_counted_and_the_first_hundred_kept(head_file):
    actions.record_many([drafted(key) for key in range(150)], feed=True)
    with tampering():
        execute("UPDATE journal_entry SET area = '430302'")
    report = verification.verify(head_file=head_file)
    assert (report.count, len(report.findings)) == (150, 100)


def test_the_number_of_queries_does_not_grow_with_the_entries(head_file, django_assert_max_num_queries):
    for count in (3, 200):
        actions.record_many([drafted(f"{count}-{key}") for key in range(count)], feed=True)
        with django_assert_max_num_queries(9):
            verification.verify(head_file=head_file)


def test_progress_reports_every_row_once(history, head_file, monkeypatch):
    monkeypatch.setattr(verification, "CHUNK", 2)
    told: list[int] = []
    verification.verify(head_file=head_file, progress=told.append)
    assert sum(told) == verification.rows_to_check() == 13


def run(head_file) -> str:
    out = io.StringIO()
    call_command("verify_journal", head_file=head_file, stdout=out, no_color=True)
    return out.getvalue()


def test_the_command_says_that_all_is_well(history, head_file):
    output = run(head_file)
    assert "7" in output.splitlines()[0]
    assert len(output.splitlines()) == 2


def test_the_command_fails_and_names_the_entry(history, head_file):
    with tampering():
        execute("UPDATE journal_entry SET area = '430302' WHERE id = %s", history[2].pk)
    with pytest.raises(CommandError, match=rf"{history[2].pk} \(case 1 #2, case.dispatched\)") as raised:
        run(head_file)
    assert raised.value.returncode == 1


def test_the_command_says_when_no_head_was_written(history, head_file):
    head_file.unlink()
    assert str(head_file) in run(head_file)
