"""Adjectives for people and partner systems. ``on`` is a local calendar day."""

import datetime as dt
from typing import Any, Self, TypeVar

from django.db.models import Model, Q, QuerySet

from yuhu.kit.scope import Scope

M = TypeVar("M", bound=Model)


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
