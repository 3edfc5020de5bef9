"""Two who publish a version of the same item at once. The control shows the loss without the lock."""

import datetime as dt
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from services.exceptions import WrongOrder
from services.models import ServiceItem
from tests.journal_flush import install_flush_guard
from tests.services.makers import TODAY, publish
from yuhu.journal.models import Entry

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
install_flush_guard()
DAY = dt.timedelta(days=1)


def lock_waits() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        row = cursor.fetchone()
    return int(row[0])


def at_once(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """Run ``second`` while the transaction of ``first`` is open; what each returned or raised."""
    outcome: list[object] = [None, None]
    published = threading.Event()

    def run_first() -> None:
        with transaction.atomic():
            outcome[0] = first()
            published.set()
            patience = time.monotonic() + 10
            while not lock_waits() and time.monotonic() < patience:
                time.sleep(0.01)
        connection.close()

    def run_second() -> None:
        published.wait(10)
        try:
            outcome[1] = second()
        except WrongOrder as refusal:
            outcome[1] = refusal
        connection.close()

    threads = [threading.Thread(target=run_first), threading.Thread(target=run_second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcome


def publish_two_at_once() -> list[object]:
    publish()
    return at_once(
        lambda: publish(effective_from=TODAY + DAY), lambda: publish(effective_from=TODAY + 2 * DAY)
    )


def test_two_who_publish_at_once_get_one_version_after_the_other() -> None:
    outcome = publish_two_at_once()
    assert [getattr(item, "version", item) for item in outcome] == [2, 3]
    assert Entry.objects.filter(subject_id="S90").count() == 3


def test_without_the_lock_one_of_the_two_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the lock is what the test above tests; the constraint still keeps the rows whole."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows)
    outcome = publish_two_at_once()
    assert getattr(outcome[0], "version", None) == 2
    assert isinstance(outcome[1], WrongOrder)
    assert Entry.objects.filter(subject_id="S90").count() == 2


def test_of_two_first_versions_at_once_one_is_refused_and_nothing_is_half_done() -> None:
    outcome = at_once(lambda: publish("S91"), lambda: publish("S91"))
    assert getattr(outcome[0], "version", None) == 1
    assert isinstance(outcome[1], WrongOrder)
    assert ServiceItem.objects.filter(code="S91").count() == 1
    assert Entry.objects.filter(subject_id="S91").count() == 1
