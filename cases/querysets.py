"""Adjectives for cases and their clocks. ``at`` is an aware moment; sets chain."""

import datetime as dt
from typing import Self, TypeVar

from django.db.models import Model, Q, QuerySet

from cases.states import FINAL, OPEN, Path, Phase, PHASE, State
from yuhu.kit.scope import Scope

M = TypeVar("M", bound=Model)


class CategoryQuerySet(QuerySet[M]):
    """Categories."""

    def usable(self) -> Self:
        """Leaves of the tree that are in use: what a case may carry."""
        return self.filter(active=True, parent__isnull=False)


class CaseQuerySet(QuerySet[M]):
    """Cases."""

    def within(self, scope: Scope) -> Self:
        """The cases that this scope opens; empty means none.

        A case about an official (``restricted``) is opened by being a party to it only. The sub-query over
        parties avoids duplicates from joins without DISTINCT.
        """
        if scope.is_empty:
            return self.none()
        by_area = Q()
        for field, codes in (
            ("district_code__in", scope.districts),
            ("street_code__in", scope.streets),
            ("community_code__in", scope.communities),
            ("block_code__in", scope.blocks),
        ):
            if codes:
                by_area |= Q(**{field: sorted(codes)})
        party = Q()
        if scope.units:
            party |= Q(unit__in=sorted(scope.units))
        if scope.person is not None:
            party |= Q(user=scope.person)
        seen = Q(pk__in=[])
        if party:
            parties = self.model._meta.get_field("parties").related_model
            seen = Q(pk__in=parties._default_manager.filter(party).values("case"))
        if by_area:
            seen |= Q(restricted=False) & by_area
        return self.filter(seen)

    def open(self) -> Self:
        """Not ended."""
        return self.filter(state__in=sorted(OPEN))

    def ended(self) -> Self:
        return self.filter(state__in=sorted(FINAL))

    def in_phase(self, phase: Phase) -> Self:
        return self.filter(state__in=[state for state, its in PHASE.items() if its == phase])

    def awaiting_dispatch(self) -> Self:
        """Reported, and a rule can dispatch it; what waits for a person is not meant."""
        return self.filter(state=State.REPORTED, waits_for_person=False)

    def awaiting_person(self) -> Self:
        """Reported, and a duty officer must place or dispatch it."""
        return self.filter(state=State.REPORTED, waits_for_person=True)

    def overdue(self, at: dt.datetime) -> Self:
        """Being handled (or waiting to be), past the handle limit."""
        return self.filter(state__in=[State.DISPATCHED, State.IN_PROGRESS], due_at__lt=at)

    def due_soon(self, at: dt.datetime) -> Self:
        """Three quarters of the limit have passed, the limit has not."""
        return self.filter(state__in=[State.DISPATCHED, State.IN_PROGRESS], warn_at__lte=at, due_at__gte=at)

    def held_by(self, user_id: int, unit_ids: frozenset[int]) -> Self:
        """Orders in this person's hands, or in those of his or her units."""
        mine = Q(assignee=user_id)
        if unit_ids:
            mine |= Q(lead_unit__in=sorted(unit_ids), assignee__isnull=True)
        return self.filter(mine)

    def to_evaluate_by(self, user_id: int, unit_ids: frozenset[int]) -> Self:
        """Handed back, and this person (or his or her unit) is the designated evaluator."""
        mine = Q(evaluator=user_id)
        if unit_ids:
            mine |= Q(evaluator_unit__in=sorted(unit_ids))
        return self.filter(mine, state=State.HANDLED)

    def text(self, query: str) -> Self:
        """Number or words in description and address."""
        for word in query.split():
            self = self.filter(Q(number__contains=word) | Q(description__contains=word) | Q(address__contains=word))
        return self

    def hard(self) -> Self:
        return self.filter(path=Path.WHISTLE)


class DeadlineQuerySet(QuerySet[M]):
    """Clocks. Only running ones are ever warned of or escalated; partial indexes hold just those."""

    def running(self) -> Self:
        """Neither met nor ended nor standing."""
        return self.filter(is_running=True)

    def to_warn(self, at: dt.datetime) -> Self:
        """The warning moment has come and nobody was warned."""
        return self.running().filter(warned_at__isnull=True, warn_at__lte=at)

    def breached(self, at: dt.datetime) -> Self:
        """At or past the limit, or due for the next level: something must be escalated now."""
        return self.running().filter(next_level_at__lte=at)
