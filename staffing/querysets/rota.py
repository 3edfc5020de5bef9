"""Adjectives for the duty rota. ``on`` is a local calendar day."""

import datetime as dt
from typing import Any, Self, TypeVar

from django.db.models import Case, Exists, Model, OuterRef, Q, QuerySet, Value, When

from staffing.posts import DECIDES_IN_PLATFORM
from yuhu.kit import clock
from yuhu.kit.scope import Scope

M = TypeVar("M", bound=Model)


class ShiftQuerySet(QuerySet[M]):
    """Shifts of platforms. ``at`` is a moment, a day is local."""

    def within(self, scope: Scope) -> Self:
        """Shifts of the platforms in one's areas and units, and one's own."""
        seen = Q(pk__in=[])
        if scope.districts:
            seen |= Q(platform__street__district__in=sorted(scope.districts))
        if scope.streets:
            seen |= Q(platform__street__in=sorted(scope.streets))
        if scope.units:
            seen |= Q(platform__in=sorted(scope.units))
        if scope.person is not None:
            seen |= Q(officer=scope.person)
        return self.filter(seen)

    def on(self, day: dt.date) -> Self:
        """That touch the local day."""
        return self.during(clock.day_start(day), clock.day_start(day + dt.timedelta(days=1)))

    def during(self, start: dt.datetime, end: dt.datetime) -> Self:
        """That touch the time from ``start`` to ``end`` (exclusive)."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def covered(self) -> Self:
        """With an officer whose account is open, who decides in the platform on the shift's day and is not on leave."""
        return self.filter(self._cover())

    def uncovered(self) -> Self:
        """That nobody covers."""
        return self.filter(~self._cover())

    def with_cover(self) -> Self:
        """Each row with ``is_covered``, and with ``is_away``: its officer is on leave that day."""
        covered = Case(When(self._cover(), then=Value(value=True)), default=Value(value=False))
        return self.annotate(is_covered=covered, is_away=Exists(self._leave()))

    def _cover(self) -> Q:
        return Q(Exists(self._seats())) & Q(~Exists(self._leave()))

    def _leave(self) -> "QuerySet[Any]":
        """Leave of the shift's officer on its day."""
        officer: Any = self.model._meta.get_field("officer").related_model
        absences: Any = officer._meta.get_field("absences").related_model._default_manager
        found: QuerySet[Any] = absences.on(OuterRef("day")).filter(person=OuterRef("officer"))
        return found

    def _seats(self) -> "QuerySet[Any]":
        platform: Any = self.model._meta.get_field("platform").related_model
        seats: Any = platform._meta.get_field("memberships").related_model._default_manager
        goes_on = Q(ends_on__isnull=True) | Q(ends_on__gt=OuterRef("day"))
        found: QuerySet[Any] = seats.filter(
            goes_on,
            unit=OuterRef("platform"),
            user=OuterRef("officer"),
            user__is_active=True,
            role__in=sorted(DECIDES_IN_PLATFORM),
            starts_on__lte=OuterRef("day"),
        )
        return found


class ShiftSwapQuerySet(QuerySet[M]):
    """Requests to exchange two shifts."""

    def within(self, scope: Scope) -> Self:
        """As the shift that is offered (when it is gone, the one that is wanted), and one's own requests."""
        shift: Any = self.model._meta.get_field("mine").related_model
        shifts = shift._default_manager.within(scope)
        seen = Q(mine__in=shifts) | Q(mine=None, theirs__in=shifts)
        if scope.person is not None:
            seen |= Q(asked_by=scope.person) | Q(asked_of=scope.person)
        return self.filter(seen)

    def waiting(self, at: dt.datetime) -> Self:
        """Not decided, and neither shift has begun."""
        return self.filter(outcome="", mine__starts_at__gt=at, theirs__starts_at__gt=at)


class RotaGapQuerySet(QuerySet[M]):
    """Times that nobody covers, as they were found."""

    def within(self, scope: Scope) -> Self:
        """Of the platforms in one's areas and units."""
        seen = Q(platform__in=sorted(scope.units)) if scope.units else Q(pk__in=[])
        if scope.districts:
            seen |= Q(platform__street__district__in=sorted(scope.districts))
        if scope.streets:
            seen |= Q(platform__street__in=sorted(scope.streets))
        return self.filter(seen)
