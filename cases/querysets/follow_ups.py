"""Adjectives for follow-up calls. Sets chain."""

import datetime as dt
from typing import Self, TypeVar

from django.db.models import Model, Q, QuerySet

from yuhu.kit.scope import Scope

M = TypeVar("M", bound=Model)


class FollowUpCallQuerySet(QuerySet[M]):
    """Follow-up calls."""

    def within(self, scope: Scope) -> Self:
        """Those of the scope's streets. Neither a block nor a community opens one: whoever handles the cases of a block
        does not learn which of them are going to be asked about."""
        if scope.kinds is not None:
            return self.none()
        streets = Q(draw__street__in=sorted(scope.streets))
        return self.filter(streets | Q(draw__street__district__in=sorted(scope.districts)))

    def to_call(self) -> Self:
        """Not called yet, or without an answer so far."""
        return self.filter(outcome="", case__state="closed")

    def late(self, at: dt.datetime) -> Self:
        """To be called, and past their limit."""
        return self.to_call().filter(draw__due_at__lt=at)

    def of_last_closing(self) -> Self:
        """Of the closing that stands: the first, or of a reopened case the second."""
        return self.filter(Q(round=1, case__reopened=False) | Q(round=2, case__reopened=True))
