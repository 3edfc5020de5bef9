"""Adjectives for units and their platforms. ``on`` is a local calendar day."""

import datetime as dt
import unicodedata
from typing import Any, Self, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from yuhu.kit.scope import Scope
from yuhu.kit.text import has_control

M = TypeVar("M", bound=Model)


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

    def platforms(self, day: dt.date) -> Self:
        """The platforms that there are on ``day``: an office belongs to them, or they have a function."""
        links, functions = self._related("office_links"), self._related("functions")
        named = Q(pk__in=links.on(day).values("platform")) | Q(pk__in=functions.on(day).values("platform"))
        return self.filter(named, kind="platform")

    def performing(self, function: str, *, street: str, day: dt.date) -> Self:
        """The platform that has ``function`` in the street on ``day``; none or one."""
        rows = self._related("functions").on(day).filter(function=function, street=street)
        return self.filter(pk__in=rows.values("platform"))

    def _related(self, name: str) -> Any:
        """All rows of a child: its model stands above this module, so it is found through the relation."""
        child: Any = self.model._meta.get_field(name).related_model
        return child._default_manager.all()


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


class PlatformFunctionQuerySet(QuerySet[M]):
    """Which platform does what in its street, as successive rows."""

    def on(self, day: dt.date) -> Self:
        later = self.model._default_manager.filter(
            street=OuterRef("street"),
            function=OuterRef("function"),
            starts_on__gt=OuterRef("starts_on"),
            starts_on__lte=day,
        )
        return self.filter(starts_on__lte=day).exclude(Exists(later))

    def heirs(self, day: dt.date) -> dict[int, int]:
        """Platforms whose functions have all passed on by ``day``, each with who does now what it did last.

        Two queries of a small table; one as long as no platform was ever replaced.
        """
        columns = ("street", "function", "platform")
        rows = list(self.filter(starts_on__lte=day).order_by("-starts_on", "function").values_list(*columns))
        if len(rows) == len({(street, function) for street, function, _platform in rows}):
            return {}
        now: dict[tuple[str, str], int] = {}
        heirs: dict[int, int] = {}
        for street, function, platform in rows:
            heirs.setdefault(platform, now.setdefault((street, function), platform))
        platforms: Any = self.model._meta.get_field("platform").related_model
        there = set(
            platforms._default_manager.platforms(day).filter(pk__in=heirs).values_list("pk", flat=True)
        )
        return {old: new for old, new in heirs.items() if old not in there and old != new}

    def within(self, scope: Scope) -> Self:
        """As open as the units themselves."""
        return self if scope.has_post else self.none()
