"""Where an area lies and what it is made of: the way down to it by name, the names of its parts, and whether blocks
cover its ground once. Read-only."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from blocks.geometry import GeoJSON, square_metres, together
from blocks.models import Block, Community, District, Street
from blocks.querysets import division_locator
from yuhu.kit.figures import Share
from yuhu.kit.scope import BLOCK, COMMUNITY, DISTRICT, STREET, Scope


@dataclass(frozen=True)
class Step:
    """An area on the way down from the district."""

    code: str
    name: str


@dataclass(frozen=True)
class Ground:
    """An area: ``way`` leads from the district down to it."""

    way: tuple[Step, ...]
    on: dt.date

    @cached_property
    def parts(self) -> Mapping[str, str]:
        """The names of what lies directly below, by code. One query, when somebody asks."""
        return _parts(self.code, self.on)

    @property
    def code(self) -> str:
        return self.way[-1].code

    @property
    def name(self) -> str:
        return self.way[-1].name

    @property
    def is_block(self) -> bool:
        return len(self.code) == BLOCK


def ground_of(scope: Scope, area: str, on: dt.date) -> Ground | None:
    """The area of that code; None when there is none, or the scope does not cover it. One query."""
    way = way_to(scope, area, on)
    return Ground(way, on) if way else None


def way_to(scope: Scope, area: str, on: dt.date) -> tuple[Step, ...]:
    """From the district down to the area; empty as above. One query."""
    if not (area.isascii() and area.isdigit() and len(area) in _WAYS and scope.covers(area)):
        return ()
    return _WAYS[len(area)](area, on)


def block_names(area: str, on: dt.date) -> dict[str, str]:
    """The blocks of an area that are in force on the day, by code. One query."""
    return dict(Block.objects.in_force(on).in_area(area).order_by("code").values_list("code", "name"))


def block_coverage(area: str, on: dt.date) -> Share | None:
    """区块覆盖率: square metres of the area that lie in exactly one block in force, of all that it has (domain.md 6.2).

    Of a district the ground of its streets, since towns are not divided into blocks; None where an outline is missing.
    Two queries, and one more when the process sees the division for the first time.
    """
    outlines = _OUTLINES[len(area)](area, on)
    locator = division_locator(on=on, district=area[:DISTRICT])
    known = [outline for outline in outlines if outline]
    if locator is None or not known or len(known) < len(outlines):
        return None
    ground = together(known)
    metres = square_metres(ground)
    return Share.of(round(metres * locator.lies_in_one(ground)), round(metres))


_OUTLINES: Mapping[int, Callable[[str, dt.date], list[GeoJSON | None]]] = {
    DISTRICT: lambda area, on: _boundaries(Street.objects.filter(district=area)),
    STREET: lambda area, on: _boundaries(Street.objects.filter(pk=area)),
    COMMUNITY: lambda area, on: _boundaries(Community.objects.filter(pk=area)),
    BLOCK: lambda area, on: _boundaries(Block.objects.in_force(on).in_area(area)),
}


def _boundaries(rows: QuerySet[Any]) -> list[GeoJSON | None]:
    return list(rows.order_by().values_list("boundary", flat=True))


def _district(row: District) -> Step:
    english = (get_language() or "").startswith("en")
    return Step(row.code, row.name_en if english and row.name_en else row.name)


def _to_district(area: str, on: dt.date) -> tuple[Step, ...]:
    row = District.objects.defer("boundary").filter(pk=area).first()
    return (_district(row),) if row else ()


def _to_street(area: str, on: dt.date) -> tuple[Step, ...]:
    rows = Street.objects.select_related("district").defer("boundary", "district__boundary")
    row = rows.filter(pk=area).first()
    return (*_above(row), Step(row.code, row.name)) if row else ()


def _to_community(area: str, on: dt.date) -> tuple[Step, ...]:
    outlines = ("boundary", "street__boundary", "street__district__boundary")
    row = Community.objects.select_related("street__district").defer(*outlines).filter(pk=area).first()
    return _down_to(row) if row else ()


def _to_block(area: str, on: dt.date) -> tuple[Step, ...]:
    """A block that is no more in force still has its cases: the newest division that knows it names it."""
    rows = Block.objects.select_related("community__street__district").defer(
        *("boundary", "community__boundary", "community__street__boundary"),
        "community__street__district__boundary",
    )
    known = rows.filter(code=area, division__effective_from__lte=on)
    row = known.order_by("-division__effective_from").first()
    return (*_down_to(row.community), Step(row.code, row.name)) if row else ()


def _above(street: Street) -> tuple[Step, ...]:
    return (_district(street.district),)


def _down_to(community: Community) -> tuple[Step, ...]:
    street = community.street
    return (*_above(street), Step(street.code, street.name), Step(community.code, community.place_name))


_WAYS: Mapping[int, Callable[[str, dt.date], tuple[Step, ...]]] = {
    DISTRICT: _to_district,
    STREET: _to_street,
    COMMUNITY: _to_community,
    BLOCK: _to_block,
}


def _parts(area: str, on: dt.date) -> dict[str, str]:
    if len(area) == DISTRICT:
        return dict(Street.objects.filter(district=area).order_by("code").values_list("code", "name"))
    if len(area) == STREET:
        rows = Community.objects.filter(street=area).defer("boundary").order_by("code")
        return {row.code: row.place_name for row in rows}
    return block_names(area, on) if len(area) == COMMUNITY else {}
