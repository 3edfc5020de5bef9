"""Adjectives for outside figures. Sets chain."""

from collections.abc import Collection
from typing import Self, TypeVar

from django.db.models import Model, Q, QuerySet

from yuhu.kit.scope import Scope

M = TypeVar("M", bound=Model)


class OutsideFigureQuerySet(QuerySet[M]):
    """Outside figures."""

    def within(self, scope: Scope) -> Self:
        """Those of the scope's districts with their streets, of its streets, and what the person entered. Whoever is
        narrowed to some kinds of matter sees none: they belong to no kind."""
        if scope.kinds is not None:
            return self.none()
        areas = Q(area__in=sorted(scope.districts | scope.streets))
        for district in sorted(scope.districts):
            areas |= Q(area__startswith=district)
        return self.filter(areas | Q(entered_by=scope.person) if scope.person is not None else areas)

    def in_force(self) -> Self:
        """Those that figures count."""
        return self.filter(state="checked")

    def waiting(self) -> Self:
        """Those that wait for the second person."""
        return self.filter(state="entered")

    def of_areas(self, areas: Collection[str]) -> Self:
        """Of these areas, and of what lies in them."""
        lies = Q(pk__in=[])
        for area in sorted(areas):
            lies |= Q(area__startswith=area)
        return self.filter(lies)
