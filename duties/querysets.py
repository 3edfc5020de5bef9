"""Adjectives for duty lists, certificates and consultations. ``on`` is a local calendar day."""

import datetime as dt
from typing import Any, Self, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from staffing.querysets import DatedQuerySet
from yuhu.kit.scope import Scope

M = TypeVar("M", bound=Model)


class DutyListQuerySet(QuerySet[M]):
    """Versions of lists; a published one is in force until the next published one of its kind takes effect."""

    def published(self) -> Self:
        """No drafts."""
        return self.filter(published_at__isnull=False)

    def in_force(self, on: dt.date) -> Self:
        """The one version of each kind that counts on ``on``."""
        published = self.model._default_manager.filter(published_at__isnull=False, effective_from__lte=on)
        later = published.filter(kind=OuterRef("kind"), effective_from__gt=OuterRef("effective_from"))
        return self.published().filter(effective_from__lte=on).exclude(Exists(later))

    def on(self, day: dt.date) -> Self:
        """The same, under the name by which the desk's choice of a day asks."""
        return self.in_force(day)

    def drafts(self) -> Self:
        """Not published yet."""
        return self.filter(published_at__isnull=True)

    def within(self, scope: Scope) -> Self:
        """Published lists are open to everybody who holds a post; a scope without a post sees none."""
        return self.published() if scope.has_post else self.none()


class DutyItemQuerySet(QuerySet[M]):
    """Items, through the lists that hold them."""

    def in_force(self, on: dt.date) -> Self:
        """The items of the lists that count on ``on``. Their codes are unique (see ``publish_list``)."""
        return self.filter(list__in=self._lists().in_force(on))

    def on(self, day: dt.date) -> Self:
        """The same, under the name by which the desk's choice of a day asks."""
        return self.in_force(day)

    def within(self, scope: Scope) -> Self:
        """Items of the lists that the scope opens."""
        return self.filter(list__in=self._lists().within(scope)) if scope.has_post else self.none()

    def _lists(self) -> Any:
        """All lists: the model stands above this module, so it is found through the foreign key."""
        related = self.model._meta.get_field("list").related_model
        return related._default_manager.all()  # type: ignore[union-attr]


class CertificateRuleQuerySet(DatedQuerySet[M]):
    """Certificates that a community must not issue, with dates."""

    def within(self, scope: Scope) -> Self:
        """Open to everybody who holds a post."""
        return self if scope.has_post else self.none()


class ConsultationQuerySet(QuerySet[M]):
    """Plans and projects on which streets are heard."""

    def within(self, scope: Scope) -> Self:
        """The department's own, and what has been opened to streets of the scope; a district sees all opened ones."""
        if scope.is_empty or not scope.has_post:
            return self.none()
        asked = Q(pk__in=self._answers().filter(street__in=scope.streets).values("consultation"))
        seen = asked | Q(unit__district__in=scope.districts)
        return self.filter(Q(unit__in=scope.units) | (seen & ~Q(state="draft")))

    def _answers(self) -> Any:
        related = self.model._meta.get_field("answers").related_model
        return related._default_manager.all()  # type: ignore[union-attr]


class StreetAnswerQuerySet(QuerySet[M]):
    """What asked streets say, and what became of it."""

    def within(self, scope: Scope) -> Self:
        """The asking department's, the own street's; a district sees all. A street reads no other street's answer."""
        if scope.is_empty or not scope.has_post:
            return self.none()
        seen = Q(street__in=scope.streets) | Q(consultation__unit__district__in=scope.districts)
        return self.filter(Q(consultation__unit__in=scope.units) | (seen & ~Q(consultation__state="draft")))

    def of_open(self) -> Self:
        """Of consultations that are open for answers."""
        return self.filter(consultation__state="open")

    def to_answer(self) -> Self:
        """Nobody in the street has written anything yet."""
        return self.of_open().filter(answered_at__isnull=True)

    def to_sign(self) -> Self:
        """Prepared, and waiting for the street's leader."""
        return self.of_open().filter(answered_at__isnull=False, signed_at__isnull=True)

    def to_reply(self) -> Self:
        """Proposals to which the department owes a reply."""
        return self.of_open().filter(proposes=True, signed_at__isnull=False, replied_at__isnull=True)

    def to_assess(self) -> Self:
        """Of closed consultations, not assessed yet."""
        return self.filter(consultation__state="closed", assessed_at__isnull=True)

    def late(self, on: dt.date) -> Self:
        """Not answered by the day on which it was due."""
        return self.of_open().filter(signed_at__isnull=True, consultation__due_on__lt=on)

    def to_escalate(self, on: dt.date) -> Self:
        """Late, and the street's leader has not been told."""
        return self.late(on).filter(escalated_at__isnull=True)
