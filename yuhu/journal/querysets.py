"""Adjectives of the journal: one subject's history, what a scope may see, the feed after a number."""

import datetime as dt
from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from yuhu.kit.scope import Scope

M = TypeVar("M", bound=Model)


def _in_areas(scope: Scope, column: str) -> Q:
    """Area codes nest by prefix, so a street opens its communities and blocks."""
    condition = Q(pk__in=[])
    for code in sorted(scope.areas):
        condition |= Q(**{f"{column}__startswith": code})
    return condition


class EntryQuerySet(QuerySet[M]):
    """Entries, oldest first where an order is given."""

    def for_subject(self, subject_type: str, subject_id: str | int) -> "EntryQuerySet[M]":
        """The history of one subject, in its order."""
        return self.filter(subject_type=subject_type, subject_id=str(subject_id)).order_by("seq")

    def of_kinds(self, kinds: Iterable[str]) -> "EntryQuerySet[M]":
        """Entries of these kinds."""
        return self.filter(kind__in=list(kinds))

    def by_actor(self, person: int) -> "EntryQuerySet[M]":
        """What one person did."""
        return self.filter(actor_id=person)

    def between(self, start: dt.datetime, end: dt.datetime) -> "EntryQuerySet[M]":
        """From ``start``, up to but not at ``end``."""
        return self.filter(at__gte=start, at__lt=end)

    def within(self, scope: Scope) -> "EntryQuerySet[M]":
        """What lies in the scope's areas.

        SECURITY: entries without an area are in no scope. What must not be seen by area (restricted cases,
        security events) is recorded without one.
        """
        return self.filter(_in_areas(scope, "area"))

    def unfed(self) -> "EntryQuerySet[M]":
        """Entries that wait for the relay."""
        return self.filter(outbox__isnull=False)


class OutboxQuerySet(QuerySet[M]):
    """Rows that wait for the relay."""

    def pending(self, *, after: int = 0) -> "OutboxQuerySet[M]":
        """Waiting entries with an id above ``after``, in the order of their ids."""
        return self.filter(pk__gt=after).order_by("pk")


class FeedQuerySet(QuerySet[M]):
    """The feed: gapless, in the order in which entries became visible to everybody."""

    def after(self, feed_no: int) -> "FeedQuerySet[M]":
        """What came after ``feed_no``, in order, each with its entry."""
        return self.filter(feed_no__gt=feed_no).order_by("feed_no").select_related("entry")

    def within(self, scope: Scope) -> "FeedQuerySet[M]":
        """What lies in the scope's areas; numbers then skip (see ``EntryQuerySet.within``)."""
        return self.filter(_in_areas(scope, "entry__area"))

    def last_no(self) -> int:
        """The highest number given so far, 0 for an empty feed."""
        last = self.order_by("-feed_no").values_list("feed_no", flat=True).first()
        return int(last or 0)
