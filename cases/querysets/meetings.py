"""Adjectives for meetings and their agendas. Sets chain."""

import datetime as dt
from typing import Self, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from cases.querysets.relations import rows_of
from yuhu.kit.scope import Scope

M = TypeVar("M", bound=Model)


class MeetingQuerySet(QuerySet[M]):
    """Meetings on complex cases."""

    def within(self, scope: Scope) -> Self:
        """Meetings of the scope's streets, and those to which the person or one of the units is invited.

        A restricted one is opened by being invited, by convening it and by chairing it only.
        """
        if scope.is_empty:
            return self.none()
        area = Q(street__in=sorted(scope.streets)) | Q(street__district__in=sorted(scope.districts))
        seen = Q(restricted=False) & area
        invited = Q(unit__in=sorted(scope.units))
        if scope.person is not None:
            invited |= Q(user=scope.person)
            seen |= Q(convener=scope.person) | Q(chair=scope.person)
        return self.filter(seen | Q(pk__in=rows_of(self, "participants").filter(invited).values("meeting")))

    def between(self, first: dt.datetime, end: dt.datetime) -> Self:
        """Begins in this period, its end exclusive."""
        return self.filter(starts_at__gte=first, starts_at__lt=end)

    def awaiting_minutes(self, at: dt.datetime) -> Self:
        """Held without final minutes, or planned and its time has passed."""
        return self.filter(Q(state="held", closed_at__isnull=True) | Q(state="planned", starts_at__lte=at))


class AgendaItemQuerySet(QuerySet[M]):
    """Cases on agendas."""

    def within(self, scope: Scope) -> Self:
        """Of meetings that the scope opens, the cases that it opens: an invitation alone opens no case."""
        meetings = rows_of(self, "meeting").within(scope).values("pk")
        return self.filter(meeting__in=meetings, case__in=rows_of(self, "case").within(scope).values("pk"))

    def later(self, *, case: object, item: object) -> Self:
        """What meetings that come after ``item`` have of its case on their agendas."""
        return self.filter(case=case, pk__gt=item).exclude(decision="cancelled")

    def with_taken_on(self) -> Self:
        """Each with ``taken_on``: whether another meeting has its case on its agenda."""
        others = type(self)(self.model).later(case=OuterRef("case"), item=OuterRef("pk"))
        return self.annotate(taken_on=Exists(others))
