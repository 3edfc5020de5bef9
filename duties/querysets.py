"""Adjectives for duty lists, admissions, off-list reports, certificates and consultations. ``on`` is a local calendar
day."""

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


class AdmissionQuerySet(QuerySet[M]):
    """Departments' requests to hand a task down, and what was decided."""

    def within(self, scope: Scope) -> Self:
        """What was decided is published to everybody who holds a post; the rest is for the asking department and for
        those whose scope holds its district."""
        if scope.is_empty or not scope.has_post:
            return self.none()
        own = Q(unit__in=scope.units) | Q(unit__district__in=scope.districts)
        return self.filter(Q(state__in=["approved", "declined"]) | own)

    def published(self) -> Self:
        """The register: decided, with a number."""
        return self.filter(state__in=["approved", "declined"])

    def undecided(self) -> Self:
        return self.filter(state="submitted")

    def late(self, at: dt.datetime) -> Self:
        """Not decided in time."""
        return self.undecided().filter(due_at__lt=at)

    def admitted(self, on: dt.date) -> Self:
        """Tasks that count on ``on`` as if they stood on a list."""
        return self.filter(state="approved", granted_from__lte=on, granted_until__gte=on)

    def for_street(self, street: str) -> Self:
        """Those that count in ``street`` (code): for all streets, or for this one among others."""
        return self.filter(Q(streets__isnull=True) | Q(streets=street)).distinct()

    def ending(self, on: dt.date, days: int) -> Self:
        """Admitted on ``on``, and over within ``days`` days."""
        return self.admitted(on).filter(granted_until__lte=on + dt.timedelta(days=days))

    def to_warn(self, on: dt.date, days: int) -> Self:
        """The same, where nobody has been told yet."""
        return self.ending(on, days).filter(warned_at__isnull=True)

    def decided_in(self, since: dt.datetime, before: dt.datetime) -> Self:
        """Decided in the half-open span."""
        return self.published().filter(decided_at__gte=since, decided_at__lt=before)


class OffListReportQuerySet(QuerySet[M]):
    """Reports that a department pushed a task that stands on no list."""

    def within(self, scope: Scope) -> Self:
        """Whoever reported, and inspection of the department's district.

        SECURITY: nobody who holds a post in the reported department, whatever else he or she is.
        """
        if scope.is_empty or not scope.has_post:
            return self.none()
        seen = Q(department__district__in=scope.inspects)
        if scope.person is not None:
            seen |= Q(reported_by=scope.person)
        return self.filter(seen).exclude(department__in=scope.seats)

    def inspected(self, scope: Scope) -> Self:
        """Those that the person sees as inspection, not as the one who reported."""
        return self.within(scope).filter(department__district__in=scope.inspects)

    def open(self) -> Self:
        """Not ended: to be taken up, being looked into, or confirmed without a consequence yet."""
        return self.filter(state__in=["reported", "taken_up", "confirmed"])

    def confirmed(self) -> Self:
        """Violations, whether or not their consequence is known."""
        return self.filter(state__in=["confirmed", "closed"])

    def received_in(self, first: dt.date, until: dt.date) -> Self:
        """The task came in the half-open span of days."""
        return self.filter(received_on__gte=first, received_on__lt=until)
