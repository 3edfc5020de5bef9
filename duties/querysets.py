"""Adjectives for duty lists and their items. ``on`` is a local calendar day."""

import datetime as dt
from typing import Any, Self, TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

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

    def within(self, scope: Scope) -> Self:
        """Published lists are open to everybody who holds a post; a scope without a post sees none."""
        return self.published() if scope.has_post else self.none()


class DutyItemQuerySet(QuerySet[M]):
    """Items, through the lists that hold them."""

    def in_force(self, on: dt.date) -> Self:
        """The items of the lists that count on ``on``. Their codes are unique (see ``publish_list``)."""
        return self.filter(list__in=self._lists().in_force(on))

    def within(self, scope: Scope) -> Self:
        """Items of the lists that the scope opens."""
        return self.filter(list__in=self._lists().within(scope)) if scope.has_post else self.none()

    def _lists(self) -> Any:
        """All lists: the model stands above this module, so it is found through the foreign key."""
        related = self.model._meta.get_field("list").related_model
        return related._default_manager.all()  # type: ignore[union-attr]
