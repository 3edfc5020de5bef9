"""What the database says at the moment of asking: how long steps wait, how many rows wait, are dead, open, overdue.

A dozen queries, each of which an index of exactly these rows serves, and each counts to ``MOST`` at most: the cost does
not grow with the cases. A database that is away is a number too.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error
from django.db.models import QuerySet
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cases.models import Case
from cases.states import FINAL, State
from yuhu.dashboard.health import pending_ages
from yuhu.delivery.models import Cursor, Delivery
from yuhu.delivery.states import State as Sending
from yuhu.journal import heads
from yuhu.journal.models import FeedEntry, Outbox
from yuhu.runtime.backup.making import archives

logger = logging.getLogger(__name__)

MOST = 100_000


def exposition(at: dt.datetime) -> bytes:
    """The present numbers, in Prometheus' format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Present(at))
    return generate_latest(registry)


class _Present(Collector):
    def __init__(self, at: dt.datetime) -> None:
        self._at = at

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        ages = pending_ages(self._at)
        yield _gauge("yuhu_database_up", "Whether the database answers", 0 if ages is None else 1)
        if ages is not None:
            waiting = GaugeMetricFamily(
                "yuhu_pending_seconds", "Age of the oldest waiting step; 0: none waits", labels=["step"]
            )
            for step, age in ages.items():
                waiting.add_metric([step], age or 0)
            yield waiting
            try:
                yield from self._rows()
            except Error:
                logger.exception("metrics.database")
        yield from _files()

    def _rows(self) -> Iterator[Metric]:
        for name, (help_text, rows) in _COUNTED.items():
            yield _gauge(name, f"{help_text} (at most {MOST:,} are counted)", _count(rows(self._at)))
        known = Cursor.objects.filter(name=Cursor.NOTICES).values_list("feed_no", flat=True).first() or 0
        last = FeedEntry.objects.all().last_no()
        yield _gauge("yuhu_feed_number", "The last number of the journal's feed", last)
        yield _gauge("yuhu_feed_unannounced", "Numbers of the feed that are not announced yet", last - known)


def in_hands_too_long(at: dt.datetime) -> "QuerySet[Case]":
    """Cases in somebody's hands past their limit. The final states are named so that the partial index serves it."""
    hands = (State.DISPATCHED, State.IN_PROGRESS)
    return Case.objects.exclude(state__in=sorted(FINAL)).filter(state__in=hands, due_at__lt=at)


_COUNTED: dict[str, tuple[str, Callable[[dt.datetime], "QuerySet[Any]"]]] = {
    "yuhu_feed_waiting": ("Journal entries that wait for the relay", lambda at: Outbox.objects.all()),
    "yuhu_deliveries_pending": (
        "Notices to be sent",
        lambda at: Delivery.objects.filter(state=Sending.PENDING),
    ),
    "yuhu_deliveries_dead": ("Notices given up", lambda at: Delivery.objects.filter(state=Sending.DEAD)),
    "yuhu_cases_open": (
        "Cases that have not ended",
        lambda at: Case.objects.exclude(state__in=sorted(FINAL)),
    ),
    "yuhu_cases_overdue": ("Cases in hands past their limit", in_hands_too_long),
}


def _count(rows: "QuerySet[Any]") -> int:
    return rows.order_by()[:MOST].count()


def _files() -> Iterator[Metric]:
    """When the journal's end was last written outside, and when the last backup was finished."""
    kept = heads.read(Path(settings.JOURNAL_HEAD_FILE)).heads
    if kept:
        yield _gauge(
            "yuhu_journal_head_timestamp_seconds", "Last line of the head file", kept[-1].at.timestamp()
        )
    if finished := archives(Path(settings.BACKUP_DIR)):
        newest = finished[-1].stat().st_mtime
        yield _gauge("yuhu_backup_timestamp_seconds", "When the newest archive was finished", newest)


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value=value)
