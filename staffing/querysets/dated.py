"""Rows with a first and a last day. ``on`` is a local calendar day."""

import datetime as dt
from typing import Self, TypeVar

from django.db.models import Model, Q, QuerySet

from staffing.posts import DECIDES_IN_PLATFORM
from yuhu.kit.scope import Scope

M = TypeVar("M", bound=Model)


class DatedQuerySet(QuerySet[M]):
    """Rows with ``starts_on`` and ``ends_on`` (exclusive; None means open)."""

    def on(self, day: dt.date) -> Self:
        """Rows that are in force on ``day``."""
        return self.not_over(day).filter(starts_on__lte=day)

    def not_over(self, day: dt.date) -> Self:
        """Rows in force on ``day`` or planned for later."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))

    def deciding_in_platforms(self, day: dt.date) -> Self:
        """Seats of those who decide in a platform on ``day`` or later."""
        return self.not_over(day).filter(unit__kind="platform", role__in=sorted(DECIDES_IN_PLATFORM))

    def within(self, scope: Scope) -> Self:
        """Who has which seat is open to everybody who holds a post; without a post only one's own."""
        if scope.has_post:
            return self
        return self.filter(user=scope.person) if scope.person is not None else self.none()
