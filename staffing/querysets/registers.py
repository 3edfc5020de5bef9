"""Adjectives for trainings, the reserve of cadres and legal counsel. ``on`` is a local calendar day."""

import datetime as dt
from collections.abc import Iterable
from typing import Self, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from blocks.models import District
from staffing.querysets.dated import DatedQuerySet
from yuhu.kit.scope import COMMUNITY, DISTRICT, STREET, Scope

M = TypeVar("M", bound=Model)


class TrainingQuerySet(QuerySet[M]):
    """Trainings."""

    def standing(self) -> Self:
        """Not cancelled."""
        return self.filter(cancelled_at__isnull=True)

    def between(self, first: dt.date, until: dt.date) -> Self:
        """Held from ``first`` until ``until`` (exclusive)."""
        return self.filter(held_on__gte=first, held_on__lt=until)

    def unnoted(self, today: dt.date) -> Self:
        """Over by ``today``, and nobody's attendance is noted yet."""
        return self.standing().filter(held_on__lte=today, attendances__isnull=True)

    def of_areas(self, areas: Iterable[str]) -> Self:
        """For the people of one of these areas or of a part of one."""
        return self.filter(_inside(Scope(areas=frozenset(areas)), "area"))

    def within(self, scope: Scope) -> Self:
        """For an area that one sees a part of; organised by one's unit; attended oneself; of the whole district for
        everybody with a post.
        """
        seen = _inside(scope, "area")
        above = {area[:length] for area in scope.areas for length in (DISTRICT, STREET, COMMUNITY)}
        seen |= Q(area__in=above) | Q(organiser__in=scope.units)
        if scope.has_post:
            seen |= Q(area__in=District.objects.values("code"))
        if scope.person is not None:
            own = self.model._meta.get_field("attendances").related_model
            noted = own._default_manager.filter(training=OuterRef("pk"), person=scope.person)  # type: ignore[union-attr]
            seen |= Q(Exists(noted))
        return self.filter(seen)


class AttendanceQuerySet(QuerySet[M]):
    """Who was at trainings."""

    def attended(self, year: int) -> Self:
        """Was there, in the calendar year."""
        return self.filter(
            state="attended",
            training__held_on__gte=dt.date(year, 1, 1),
            training__held_on__lt=dt.date(year + 1, 1, 1),
        )

    def within(self, scope: Scope) -> Self:
        """People who served in one's areas, those at trainings of one's own unit, and oneself."""
        seen = _inside(scope, "area") | Q(training__organiser__in=scope.units)
        return self.filter(seen | Q(person=scope.person) if scope.person is not None else seen)


class ReserveQuerySet(DatedQuerySet[M]):
    """The reserve of cadres."""

    def of_areas(self, areas: Iterable[str]) -> Self:
        """Those of the streets that lie in one of these areas."""
        return self.filter(_inside(Scope(areas=frozenset(areas)), "street__code"))

    def within(self, scope: Scope) -> Self:
        """Those of the streets that lie in one's areas; in which of them one may look at all, the list asks."""
        return self.filter(_inside(scope, "street__code"))


class CounselQuerySet(QuerySet[M]):
    """Legal counsel as successive rows."""

    def on(self, day: dt.date) -> Self:
        """The row per unit that is in force on ``day``."""
        later = self.model._default_manager.filter(
            unit=OuterRef("unit"), starts_on__gt=OuterRef("starts_on"), starts_on__lte=day
        )
        lasting = self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)
        return lasting.exclude(Exists(later))

    def within(self, scope: Scope) -> Self:
        """Open to everybody who holds a post, as the units themselves are."""
        return self if scope.has_post else self.none()


def _inside(scope: Scope, column: str) -> Q:
    """Rows whose area code in ``column`` lies in one of the scope's areas."""
    found = Q(pk__in=[])
    for area in scope.areas:
        found |= Q(**{f"{column}__startswith": area})
    return found
