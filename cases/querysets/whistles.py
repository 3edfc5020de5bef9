"""Adjectives for whistles and the calls to departments. ``at`` is an aware moment; sets chain."""

import datetime as dt
from typing import Self, TypeVar

from django.db.models import Model, Q, QuerySet

from cases.querysets.relations import rows_of
from yuhu.kit.scope import Scope

M = TypeVar("M", bound=Model)


class WhistleQuerySet(QuerySet[M]):
    """Whistles."""

    def within(self, scope: Scope) -> Self:
        """Whistles of cases that the scope opens, and those to which one of its departments was called."""
        if scope.is_empty:
            return self.none()
        cases = rows_of(self, "case").within(scope).values("pk")
        called = rows_of(self, "calls").filter(unit__in=sorted(scope.units), called_at__isnull=False)
        return self.filter(Q(case__in=cases) | Q(pk__in=called.values("whistle")))

    def running(self) -> Self:
        """Asked for, or with departments called."""
        return self.filter(state__in=["asked", "called"])

    def undecided(self) -> Self:
        """No leader has decided: asked for, or called in an emergency."""
        return self.running().filter(decided_at__isnull=True)

    def to_remind(self, at: dt.datetime) -> Self:
        """Undecided past the limit, and the district was not told."""
        return self.undecided().filter(approve_due_at__lte=at, approval_late_at__isnull=True)

    def late(self, at: dt.datetime) -> Self:
        """Not approved in time, not cleared in time, or with a department that has not answered in time."""
        silent = rows_of(self, "calls").filter(state="called", answer_due_at__lt=at).values("whistle")
        unapproved = Q(decided_at__isnull=True, approve_due_at__lt=at)
        return self.running().filter(
            unapproved | Q(state="called", due_at__lt=at) | Q(state="called", pk__in=silent)
        )


class WhistleCallQuerySet(QuerySet[M]):
    """Departments that were called by a whistle."""

    def within(self, scope: Scope) -> Self:
        """Calls in the scope's areas, and those to its own units once they were called; of its kinds of matter only.

        A department sees who else is called on the whistle's page, but not the others' answers and ratings.
        """
        if scope.is_empty:
            return self.none()
        own = Q(unit__in=sorted(scope.units), called_at__isnull=False)
        area = Q(whistle__case__district_code__in=sorted(scope.districts))
        area |= Q(whistle__street_code__in=sorted(scope.streets))
        rows = self.filter(own | area)
        if scope.kinds is None:
            return rows
        return rows.filter(whistle__in=rows_of(self, "whistle").within(scope).values("pk"))

    def running(self) -> Self:
        """Of whistles under which something may still be done by the departments."""
        return self.filter(whistle__state="called")

    def opening(self) -> Self:
        """Through which departments see the case: called, until both sides have rated or the whistle has ended."""
        called = self.filter(whistle__state__in=["called", "cleared"], called_at__isnull=False)
        return called.exclude(state="withdrawn")

    def to_warn(self, at: dt.datetime) -> Self:
        """Three quarters of the time to answer have passed without an answer."""
        return self.running().filter(state="called", warned_at__isnull=True, warn_at__lte=at)

    def to_escalate(self, at: dt.datetime) -> Self:
        """The time to answer is over, and nobody above was told."""
        return self.running().filter(state="called", escalated_at__isnull=True, answer_due_at__lte=at)
