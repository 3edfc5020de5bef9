"""Adjectives for leave. ``on`` is a local calendar day."""

import datetime as dt
from collections.abc import Collection
from typing import Any, Self, TypeVar

from django.apps import apps
from django.db.models import Case, Exists, F, Model, OuterRef, Q, QuerySet, Value, When

from staffing.posts import ACTING_OF
from staffing.querysets.dated import DatedQuerySet
from staffing.querysets.roster import TenureQuerySet
from yuhu.kit.scope import Scope

M = TypeVar("M", bound=Model)


class AbsenceQuerySet(DatedQuerySet[M]):
    """Leave of people. What was cancelled is on no day."""

    def standing(self) -> Self:
        """Not cancelled."""
        return self.filter(cancelled_at=None)

    def not_over(self, day: dt.date) -> Self:
        """Not cancelled, and in force on ``day`` or planned for later."""
        return super().not_over(day).standing()

    def planned(self, day: dt.date) -> Self:
        """Begins after ``day``."""
        return self.standing().filter(starts_on__gt=day)

    def during(self, starts_on: dt.date, ends_on: dt.date) -> Self:
        """Not cancelled, with a day in common with ``starts_on`` until ``ends_on`` (exclusive)."""
        return self.standing().filter(starts_on__lt=ends_on, ends_on__gt=starts_on)

    def with_gap(self, today: dt.date) -> Self:
        """With ``has_gap``: a post of a block lies idle today, or on the first day of a leave that is planned.

        Idle is a governor's or supervisor's post for which nobody acts, or somebody who is away too.
        """
        # The day that counts for a row. Subqueries see it by as many OuterRefs as they lie deep.
        rows = self.annotate(
            day_=Case(When(starts_on__gt=today, then=F("starts_on")), default=Value(today)),
        )
        own = _tenures_of_the_day(depth=1).filter(holder=OuterRef("person"))
        gaps = Q(Exists(own.filter(post__in=ACTING_OF.values())))
        for post, acting in ACTING_OF.items():
            away = self.model._default_manager.filter(
                cancelled_at=None,
                person=OuterRef("holder"),
                starts_on__lte=_the_day(3),
                ends_on__gt=_the_day(3),
            )
            acts = _tenures_of_the_day(depth=2).filter(
                ~Exists(away), block=OuterRef("block"), post=acting, holder__is_active=True
            )
            gaps |= Q(Exists(own.filter(~Exists(acts), post=post)))
        return rows.annotate(has_gap=Case(When(gaps, then=Value(value=True)), default=Value(value=False)))

    def uncovered(self, today: dt.date) -> Self:
        """Away today, and nobody acts."""
        return self.on(today).with_gap(today).filter(has_gap=True)

    def within(self, scope: Scope) -> Self:
        """For whoever sees the area or the unit in which the person has a seat during the leave; one's own; and those
        in which one stands in."""
        return self.filter(self._seen_by(scope))

    def _seen_by(self, scope: Scope) -> Q:
        seen = Q(pk__in=[])
        if scope.person is not None:
            stands_in = apps.get_model("staffing", "StandIn")._default_manager.filter(person=scope.person)
            seen |= Q(person=scope.person) | Q(pk__in=stands_in.values("absence"))
        return seen | _seated(scope.areas, scope.units)

    def with_why(self, areas: Collection[str]) -> Self:
        """With ``tells_why``: whoever keeps people in one of these areas may read why the person is away."""
        told = Case(When(_seated(areas), then=Value(value=True)), default=Value(value=False))
        return self.annotate(tells_why=told)


def _seated(areas: Collection[str], units: Collection[int] = ()) -> Q:
    """Leave of people who have a seat in one of the areas or units meanwhile."""
    seated = Q(pk__in=[])
    if areas:
        in_block = Q()
        for area in areas:
            in_block |= Q(block__code__startswith=area)
        seated |= Q(Exists(_held_during_it().filter(in_block)))
        seated |= Q(Exists(_dated_during_it("Assistant").filter(in_block)))
    in_unit = Q(unit__in=units)
    for area in areas:
        in_unit |= Q(unit__code__startswith=area)
    return seated | Q(Exists(_dated_during_it("Membership").filter(in_unit)))


def _the_day(depth: int) -> OuterRef:
    """``day_`` of the absence, from a subquery that lies ``depth`` deep below it."""
    found = OuterRef("day_")
    for _level in range(depth - 1):
        found = OuterRef(found)
    return found


def _tenures_of_the_day(*, depth: int) -> "TenureQuerySet[Any]":
    """Tenures in force on ``day_`` of the absence that lies ``depth`` above."""
    tenures: Any = apps.get_model("staffing", "Tenure")._default_manager
    later = tenures.filter(
        block=OuterRef("block"),
        post=OuterRef("post"),
        starts_on__gt=OuterRef("starts_on"),
        starts_on__lte=_the_day(depth + 1),
    )
    rows: TenureQuerySet[Any] = tenures.filter(~Exists(later), starts_on__lte=_the_day(depth))
    return rows


def _held_during_it() -> "QuerySet[Any]":
    """Tenures of the absent person that have a day in common with the absence."""
    tenures: Any = apps.get_model("staffing", "Tenure")._default_manager
    over = tenures.filter(
        block=OuterRef("block"),
        post=OuterRef("post"),
        starts_on__gt=OuterRef("starts_on"),
        starts_on__lte=OuterRef(OuterRef("starts_on")),
    )
    rows: QuerySet[Any] = tenures.filter(
        ~Exists(over), holder=OuterRef("person"), starts_on__lt=OuterRef("ends_on")
    )
    return rows


def _dated_during_it(model: str) -> "QuerySet[Any]":
    """Seats of the absent person with an end of their own that have a day in common with the absence."""
    rows: QuerySet[Any] = apps.get_model("staffing", model)._default_manager.filter(
        Q(ends_on=None) | Q(ends_on__gt=OuterRef("starts_on")),
        user=OuterRef("person"),
        starts_on__lt=OuterRef("ends_on"),
    )
    return rows
