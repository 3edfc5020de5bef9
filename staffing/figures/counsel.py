"""Which units and communities have legal counsel (法律顾问): every community, and the units that the register knows.

A unit stands in the register once it has had counsel; a community always does. Read-only.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Q, QuerySet

from staffing.models import CounselAppointment, Unit
from yuhu.kit.figures import Share


@dataclass(frozen=True)
class CounselCoverage:
    """The register on a day, each unit with whether it has counsel (``has_counsel``)."""

    units: tuple[Unit, ...]

    @cached_property
    def without(self) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.units if not self._has(unit))

    @property
    def communities(self) -> Share:
        return self._share([unit for unit in self.units if unit.kind == Unit.Kind.COMMUNITY])

    @property
    def others(self) -> Share:
        return self._share([unit for unit in self.units if unit.kind != Unit.Kind.COMMUNITY])

    def _share(self, units: list[Unit]) -> Share:
        return Share.of(sum(self._has(unit) for unit in units), len(units))

    @staticmethod
    def _has(unit: Unit) -> bool:
        return bool(vars(unit)["has_counsel"])


def counsel_coverage(on: dt.date, areas: Iterable[str] | None = None) -> CounselCoverage:
    """The register of these areas, or of everything. One query."""
    rows = _register(on)
    if areas is not None:
        rows = _of(rows, areas)
    return CounselCoverage(tuple(rows.select_related("street").defer("street__boundary").order_by("code")))


def communities_without_counsel(on: dt.date, areas: Iterable[str]) -> int:
    """How many communities of these areas lack counsel. One query."""
    rows = _of(Unit.objects.filter(kind=Unit.Kind.COMMUNITY), areas)
    return rows.exclude(_has_counsel(on)).count()


def _has_counsel(on: dt.date) -> Exists:
    return Exists(CounselAppointment.objects.on(on).filter(unit=OuterRef("pk")))


def _register(on: dt.date) -> QuerySet[Unit]:
    own = CounselAppointment.objects.filter(unit=OuterRef("pk"))
    rows = Unit.objects.annotate(has_counsel=_has_counsel(on))
    return rows.filter(Q(kind=Unit.Kind.COMMUNITY) | Exists(own))


def _of(rows: QuerySet[Unit], areas: Iterable[str]) -> QuerySet[Unit]:
    """Units that work in one of the areas: their codes begin with its code."""
    inside = Q(pk__in=[])
    for area in areas:
        inside |= Q(code__startswith=area)
    return rows.filter(inside)
