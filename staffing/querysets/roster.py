"""Adjectives for the tenures of blocks and for roster sheets. ``on`` is a local calendar day."""

import datetime as dt
from typing import Self, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery

from yuhu.kit.scope import Scope

M = TypeVar("M", bound=Model)


class TenureQuerySet(QuerySet[M]):
    """Successive tenures: each ends where the next of the same block and post begins."""

    def on(self, day: dt.date) -> Self:
        """The row per block and post that is in force on ``day``; holder None is a vacancy."""
        later = self.model._default_manager.filter(
            block=OuterRef("block"),
            post=OuterRef("post"),
            starts_on__gt=OuterRef("starts_on"),
            starts_on__lte=day,
        )
        return self.filter(starts_on__lte=day).exclude(Exists(later))

    def held(self) -> Self:
        """Not vacant."""
        return self.filter(holder__isnull=False)

    def with_end(self) -> Self:
        """With ``ends_on``: the day on which the next of the same block and post begins; None while it lasts."""
        later = self.model._default_manager.filter(
            block=OuterRef("block"), post=OuterRef("post"), starts_on__gt=OuterRef("starts_on")
        )
        return self.annotate(ends_on=Subquery(later.order_by("starts_on").values("starts_on")[:1]))

    def during(self, starts_on: dt.date, ends_on: dt.date) -> Self:
        """Those in force on any day from ``starts_on`` until ``ends_on`` (exclusive), with their end."""
        rows = self.with_end().filter(starts_on__lt=ends_on)
        return rows.filter(Q(ends_on=None) | Q(ends_on__gt=starts_on))

    def within(self, scope: Scope) -> Self:
        """A block's roster is open to everybody who holds a post; without a post only one's own tenures."""
        if scope.has_post:
            return self
        return self.filter(holder=scope.person) if scope.person is not None else self.none()


class RosterImportQuerySet(QuerySet[M]):
    """Roster sheets."""

    def within(self, scope: Scope) -> Self:
        """A sheet is for whoever sent it: it holds names and phones."""
        return self.filter(made_by=scope.person) if scope.person is not None else self.none()

    def forgotten_before(self, at: dt.datetime) -> Self:
        """Sent before ``at``, never applied, and their lines still kept."""
        return self.filter(made_at__lt=at, applied_at__isnull=True).exclude(lines=[])
