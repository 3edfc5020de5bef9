"""The database refuses changes to what is recorded, on both engines, also after migrations."""

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from tests.journal.makers import execute, feed_all, recorded
from yuhu.journal import triggers
from yuhu.journal.models import Entry, FeedEntry

TABLES = ("journal_entry", "journal_feedentry")
STATEMENTS = [
    "UPDATE journal_entry SET kind = 'case.void'",
    "DELETE FROM journal_entry",
    "UPDATE journal_feedentry SET feed_no = feed_no + 100",
    "DELETE FROM journal_feedentry",
]


@pytest.fixture
def fed(db) -> Entry:
    """One entry in the feed."""
    entry = recorded(1)
    feed_all()
    return entry


@pytest.mark.parametrize("statement", STATEMENTS)
def test_changes_and_removals_are_refused(fed, statement):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        execute(statement)
    assert Entry.objects.get() == fed
    assert FeedEntry.objects.get().feed_no == 1


@pytest.mark.parametrize("statement", STATEMENTS)
def test_control_without_the_triggers_they_are_not(fed, statement):
    with triggers.lifted(connection):
        if statement.startswith("DELETE FROM journal_entry"):
            execute("DELETE FROM journal_feedentry")
        execute(statement)
    if "feedentry" in statement:
        assert not FeedEntry.objects.filter(feed_no=1).exists()
    else:
        assert not Entry.objects.filter(kind="case.reported").exists()


def test_the_orm_is_refused_as_well(fed):
    fed.kind = "case.void"
    for act in (fed.save, FeedEntry.objects.all().delete, lambda: Entry.objects.update(area="")):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            act()
    assert Entry.objects.get().kind == "case.reported"
    assert FeedEntry.objects.exists()


@pytest.mark.postgres
@pytest.mark.parametrize("table", TABLES)
def test_truncate_is_refused(fed, table):
    # Otherwise PostgreSQL refuses for another reason: foreign keys of this transaction are unchecked.
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        execute(f"TRUNCATE {table} CASCADE")
    assert Entry.objects.exists()


def test_lifted_triggers_come_back_even_after_an_error(fed):
    def crash() -> None:
        with triggers.lifted(connection):
            assert triggers.missing(connection) != []
            raise RuntimeError("crash")

    with pytest.raises(RuntimeError, match="crash"):
        crash()
    assert triggers.missing(connection) == []


def some_trigger() -> str:
    """Statement that removes one trigger of the entries."""
    if connection.vendor == "sqlite":
        return "DROP TRIGGER journal_entry_no_update"
    return "DROP TRIGGER journal_entry_append_only ON journal_entry"


def messages() -> list[str]:
    return [message.id for message in run_checks(tags=["database"], databases=["default"]) if message.id]


@pytest.mark.django_db
def test_a_missing_trigger_is_reported_by_the_check():
    assert "journal.W001" not in messages()
    execute(some_trigger())
    assert "journal.W001" in messages()


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_trigger_that_is_switched_off_counts_as_missing():
    execute("ALTER TABLE journal_entry DISABLE TRIGGER journal_entry_append_only")
    assert triggers.missing(connection) == ["journal_entry_append_only"]
    triggers.make(connection)
    assert triggers.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_every_migrate_makes_the_triggers_again():
    execute(some_trigger())
    assert triggers.missing(connection) != []
    call_command("migrate", "journal", verbosity=0)
    assert triggers.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_a_table_that_a_migration_re_makes_is_guarded_again():
    """SQLite copies a table to alter it, and loses its triggers."""
    field = Entry._meta.get_field("kind")
    longer = field.clone()
    longer.set_attributes_from_name("kind")
    longer.max_length = 65
    with connection.schema_editor() as editor:
        editor.alter_field(Entry, field, longer)
    try:
        assert bool(triggers.missing(connection)) == (connection.vendor == "sqlite")
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(Entry, longer, field)
        triggers.make_after_migrate(using="default")
    assert triggers.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_the_test_flush_empties_the_tables_and_leaves_the_triggers():
    recorded(1)
    assert FeedEntry.objects.exists()
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
    assert not Entry.objects.exists()
    assert triggers.missing(connection) == []
