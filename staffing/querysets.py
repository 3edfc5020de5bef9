"""Adjectives for people, units and posts with dates. ``on`` is a local calendar day."""

import datetime as dt
import unicodedata
from typing import Any, Self, TypeVar

from django.apps import apps
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from yuhu.kit.scope import Scope
from yuhu.kit.text import has_control

M = TypeVar("M", bound=Model)


class DatedQuerySet(QuerySet[M]):
    """Rows with ``starts_on`` and ``ends_on`` (exclusive; None means open)."""

    def on(self, day: dt.date) -> Self:
        """Rows that are in force on ``day``."""
        return self.not_over(day).filter(starts_on__lte=day)

    def not_over(self, day: dt.date) -> Self:
        """Rows in force on ``day`` or planned for later."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))

    def within(self, scope: Scope) -> Self:
        """Who has which seat is open to everybody who holds a post; without a post only one's own."""
        if scope.has_post:
            return self
        return self.filter(user=scope.person) if scope.person is not None else self.none()


class UnitQuerySet(QuerySet[M]):
    """Units."""

    def within(self, scope: Scope) -> Self:
        """Units are open to everybody who holds a post; a scope without a post sees none."""
        return self if scope.has_post else self.none()

    def search(self, text: str) -> Self:
        """Units whose name holds ``text`` or whose code begins with it. Blank text finds everything."""
        wanted = unicodedata.normalize("NFKC", text).strip()
        if has_control(wanted):
            return self.none()
        return self.filter(Q(name__icontains=wanted) | Q(code__startswith=wanted)) if wanted else self


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

    def within(self, scope: Scope) -> Self:
        """A block's roster is open to everybody who holds a post; without a post only one's own tenures."""
        if scope.has_post:
            return self
        return self.filter(holder=scope.person) if scope.person is not None else self.none()


class PlatformLinkQuerySet(QuerySet[M]):
    """Which platform an office belongs to, as successive rows."""

    def on(self, day: dt.date) -> Self:
        later = self.model._default_manager.filter(
            office=OuterRef("office"), starts_on__gt=OuterRef("starts_on"), starts_on__lte=day
        )
        return self.filter(starts_on__lte=day).exclude(Exists(later))

    def within(self, scope: Scope) -> Self:
        """As open as the units themselves."""
        return self if scope.has_post else self.none()


class UserQuerySet(QuerySet[M]):
    """People who work here, and the accounts of systems."""

    def people(self) -> Self:
        """Without the accounts of systems."""
        return self.filter(is_technical=False)

    def within(self, scope: Scope) -> Self:
        """Colleagues: everybody with a post sees names; without a post only oneself."""
        if scope.has_post:
            return self
        return self.filter(pk=scope.person) if scope.person is not None else self.none()

    def system_administrators(self, day: dt.date) -> Self:
        """Open accounts with a seat of a system administrator on ``day``."""
        seats = self._related("memberships").filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day, role="system_admin"
        )
        return self.filter(is_active=True, pk__in=seats.values("user"))

    def unused(self, since: dt.datetime) -> Self:
        """Open accounts with a password that were neither logged in to nor opened since then."""
        used = Q(last_login__gte=since) | Q(opened_at__gte=since)
        never = Q(last_login__isnull=True, opened_at__isnull=True)
        return self.filter(is_active=True).exclude(used | never).exclude(password__startswith="!")

    def _related(self, name: str) -> "QuerySet[Any]":
        """All rows of a child: its model stands above this module, so it is found through the relation."""
        child = self.model._meta.get_field(name).related_model
        rows: QuerySet[Any] = child._default_manager.all()  # type: ignore[union-attr]
        return rows


class PartnerClientQuerySet(QuerySet[M]):
    """Partner systems."""

    def within(self, scope: Scope) -> Self:
        """Whoever keeps accounts sees all of them (staffing.admin asks); a scope without a post sees none."""
        return self if scope.has_post else self.none()


class RosterImportQuerySet(QuerySet[M]):
    """Roster sheets."""

    def within(self, scope: Scope) -> Self:
        """A sheet is for whoever sent it: it holds names and phones."""
        return self.filter(made_by=scope.person) if scope.person is not None else self.none()

    def forgotten_before(self, at: dt.datetime) -> Self:
        """Sent before ``at``, never applied, and their lines still kept."""
        return self.filter(made_at__lt=at, applied_at__isnull=True).exclude(lines=[])


class VisitQuerySet(QuerySet[M]):
    """Visits to blocks and open-talk meetings. A visit's day is the one on which it was, or for which it is planned."""

    def within(self, scope: Scope) -> Self:
        """Those in the scope's areas, those in which the person takes part, and those that he or she planned."""
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

    def unsolved(self) -> Self:
        """Not solved on the spot."""
        return self.filter(solved=False)


def _seen_by(scope: Scope) -> Q:
    """Which visits the scope opens."""
    seen = Q(pk__in=[])
    for area in scope.areas:
        seen |= Q(block__code__startswith=area)
    if scope.person is not None:
        visits = apps.get_model("staffing", "Visit")
        seen |= Q(planned_by=scope.person) | Q(pk__in=_took_part(visits, scope.person))
    return seen


def _took_part(visits: Any, user_id: int) -> "QuerySet[Any]":
    """The visits of a person, as a sub-query: a join would find a visit of two cadres twice."""
    rows: QuerySet[Any] = visits.cadres.through._default_manager.filter(user=user_id)
    return rows.values("visit")
