"""Adjectives for service items: in force on a day, offered, of a domain, found by words. ``on`` is a local day.

The catalogue is public: pages for residents show what is ``offered``; ``within`` is for the doors of staff.
"""

import datetime as dt
from typing import Self, TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

from services.catalogue import fold
from yuhu.kit.scope import Scope
from yuhu.kit.text import has_control

M = TypeVar("M", bound=Model)

# No name, material or condition that anybody types is longer.
LONGEST_QUESTION = 100


class ServiceItemQuerySet(QuerySet[M]):
    """Versions of items; nearly every reader wants ``in_force`` first."""

    def in_force(self, on: dt.date) -> Self:
        """The one version of each item that counts on ``on``: the latest that took effect by then."""
        later = self.model._default_manager.filter(
            code=OuterRef("code"), effective_from__gt=OuterRef("effective_from"), effective_from__lte=on
        )
        return self.filter(effective_from__lte=on).exclude(Exists(later))

    def announced(self, on: dt.date) -> Self:
        """Versions that are published and take effect after ``on``."""
        return self.filter(effective_from__gt=on)

    def offered(self) -> Self:
        """Without the versions that end an item."""
        return self.filter(offered=True)

    def in_domain(self, domain: str) -> Self:
        """Of one domain; a blank key means all."""
        if has_control(domain):
            return self.none()
        return self.filter(domain=domain) if domain else self

    def search(self, q: str) -> Self:
        """Rows in which every word of ``q`` occurs: in names, domain, conditions, materials or code.

        Words are parted by blanks, as people part them; a word may be any part of a Chinese sentence. A blank
        question finds everything, an endless one and one with control characters nothing.
        """
        if len(q) > LONGEST_QUESTION or has_control(q):
            return self.none()
        found = self
        for word in fold(q).split():
            found = found.filter(search_text__contains=word)
        return found

    def within(self, scope: Scope) -> Self:
        """For staff: open to everybody who holds a post."""
        return self if scope.has_post else self.none()
