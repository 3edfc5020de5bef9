"""Adjectives for mediations. Sets chain."""

import datetime as dt
from typing import Self, TypeVar

from django.db.models import Model, QuerySet

from yuhu.kit.scope import Scope

M = TypeVar("M", bound=Model)


class MediationQuerySet(QuerySet[M]):
    """Mediations."""

    def within(self, scope: Scope) -> Self:
        """Those of the units whose confidential records the person keeps: no area opens one."""
        return self.filter(unit__in=sorted(scope.confidential))

    def running(self) -> Self:
        """Not ended."""
        return self.filter(ended_at__isnull=True)

    def ended(self) -> Self:
        """With an agreement or without one; what was referred goes on elsewhere."""
        return self.filter(ended_at__isnull=False).exclude(state="referred")

    def late(self, at: dt.datetime) -> Self:
        """Running beyond their limit."""
        return self.running().filter(due_at__lt=at)

    def to_perform(self, on: dt.date) -> Self:
        """Agreements that should have been performed by ``on`` and of which nobody has said how it stands."""
        return self.filter(state="agreed", performance="pending", perform_by__lt=on)
