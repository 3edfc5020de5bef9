"""Adjectives for visits and what was found. ``on`` is a local calendar day."""

import datetime as dt
from typing import Any, Self, TypeVar

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from yuhu.kit.scope import Scope

M = TypeVar("M", bound=Model)


class VisitQuerySet(QuerySet[M]):
    """Visits to blocks and open-talk meetings. A visit's day is the one on which it was, or for which it is planned."""

    def within(self, scope: Scope) -> Self:
        """Those in the scope's areas, those in which the person takes part, and, while a post opens an area or a unit,
        those that he or she planned."""
        return self.filter(_seen_by(scope))

    def on(self, day: dt.date) -> Self:
        """Of that day."""
        return self.during(day, day)

    def during(self, first: dt.date, last: dt.date) -> Self:
        """From the first to the last day, both included."""
        held = Q(held_on__gte=first, held_on__lte=last)
        return self.filter(held | Q(held_on=None, planned_for__gte=first, planned_for__lte=last))

    def held(self, first: dt.date, last: dt.date) -> Self:
        """Done, from the first to the last day, both included."""
        return self.filter(held_on__gte=first, held_on__lte=last)

    def planned(self) -> Self:
        """Neither done nor cancelled."""
        return self.filter(state="planned")

    def late(self, on: dt.date) -> Self:
        """Their day has passed, and nobody has recorded them."""
        return self.planned().filter(planned_for__lt=on)

    def of(self, user_id: int) -> Self:
        """In which the person takes part; no row twice."""
        return self.filter(pk__in=_took_part(self.model, user_id))

    def in_area(self, code: str) -> Self:
        """In the district, street, community or block of this national code."""
        return self.filter(block__code__startswith=code)

    def kept_too_long(self, before: dt.datetime) -> Self:
        """Recorded or cancelled before ``before``, and their texts still kept."""
        return self.filter(Q(done_at__lt=before) | Q(cancelled_at__lt=before), emptied_at=None)


class FindingQuerySet(QuerySet[M]):
    """What was found at visits and meetings."""

    def within(self, scope: Scope) -> Self:
        """Those of the visits that the scope opens."""
        visits: Any = self.model._meta.get_field("visit").related_model
        return self.filter(visit__in=visits._default_manager.within(scope))


def _seen_by(scope: Scope) -> Q:
    """Which visits the scope opens."""
    seen = Q(pk__in=[])
    for area in scope.areas:
        seen |= Q(block__code__startswith=area)
    if scope.person is not None:
        visits = apps.get_model("staffing", "Visit")
        seen |= Q(pk__in=_took_part(visits, scope.person))
        if scope.looks_after_cases:
            seen |= Q(planned_by=scope.person)
    return seen


def _took_part(visits: Any, user_id: int) -> "QuerySet[Any]":
    """The visits of a person, as a sub-query: a join would find a visit of two cadres twice."""
    rows: QuerySet[Any] = visits.cadres.through._default_manager.filter(user=user_id)
    return rows.values("visit")
