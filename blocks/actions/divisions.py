"""Import a division of a district into blocks: all or nothing, with every error by row.

Leaves to others: reading the file (geometry.features), who may do it (the door), finding what lies fallow (audit).
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from blocks.actions.posters import issue_posters
from blocks.exceptions import ImplausibleDate, NotLater, UnknownDistrict
from blocks.geometry import read_polygons
from blocks.geometry.features import BlockRow, RowError, read_blocks
from blocks.geometry.shapes import label_point, plain
from blocks.models import FIRST_DAY, Block, Community, District, Division, block_name
from yuhu.journal.actions import Actor, record

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class ImportReport:
    """What an import found and did. ``division`` is None when nothing was kept: errors, or a dry run."""

    rows: int
    errors: tuple[RowError, ...] = ()
    warnings: tuple[RowError, ...] = ()
    division: Division | None = None

    @property
    def ok(self) -> bool:
        """Nothing stands against the file."""
        return not self.errors


def import_division(
    *,
    district_code: str,
    features: Iterable[object],
    effective_from: dt.date,
    source: str,
    actor: Actor,
    at: dt.datetime,
    note: str = "",
    dry_run: bool = False,
) -> ImportReport:
    """Make a new division of the district from GeoJSON features, in force from ``effective_from`` (a local day).

    A feature has the properties ``code`` (14 digits) and ``households``; optional are ``community`` (checked
    against the code), ``number`` (else the code's last two digits) and ``name``. Its geometry is a Polygon or
    MultiPolygon in degrees. One error refuses the whole file. The new division begins later than every other, so
    the past is not rewritten. A dry run does everything and takes it back.

    Raises:
        UnknownDistrict, ImplausibleDate, NotLater: the file was not looked at.
    """
    features = list(features)
    with transaction.atomic():
        district = District.objects.select_for_update().filter(pk=district_code).first()
        if district is None:
            raise UnknownDistrict(field="district_code")
        number = _next_number(district, effective_from)
        names, outlines = _communities(district)
        reading = read_blocks(features, district=district_code, communities=outlines)
        errors, warnings = tuple(reading.errors), tuple(reading.warnings)
        if errors:
            return ImportReport(len(features), errors, warnings)
        division = Division(
            district=district, number=number, effective_from=effective_from, source=source, note=note
        )
        _write(division, reading.rows, names)
        data = {"number": number, "blocks": len(features), "effective_from": effective_from, "source": source}
        record(
            kind="division.imported",
            subject=("division", division.pk),
            at=at,
            actor=actor,
            area=district_code,
            data=data | {"digest": division.digest},
        )
        if dry_run:
            transaction.set_rollback(True)
    return ImportReport(len(features), (), warnings, None if dry_run else division)


def _next_number(district: District, effective_from: dt.date) -> int:
    """The number of the division that follows the last one; the district's row is locked."""
    if effective_from < FIRST_DAY:
        raise ImplausibleDate(field="effective_from")
    last = Division.objects.filter(district=district).order_by("-effective_from").first()
    if last is None:
        return 1
    if effective_from <= last.effective_from:
        raise NotLater(field="effective_from")
    return last.number + 1


def _communities(district: District) -> "tuple[dict[str, str], dict[str, BaseGeometry | None]]":
    """Names and outlines of the district's communities by code."""
    rows = Community.objects.filter(street__district=district).values_list("code", "name", "boundary")
    names: dict[str, str] = {}
    outlines: dict[str, BaseGeometry | None] = {}
    for code, name, boundary in rows:
        names[code] = name
        outlines[code] = read_polygons(boundary) if boundary else None
    return names, outlines


def _write(division: Division, rows: list[BlockRow], names: Mapping[str, str]) -> None:
    blocks = [_block(division, row, names[row.community]) for row in sorted(rows, key=lambda row: row.code)]
    division.digest = content_digest(blocks)
    division.save(force_insert=True)
    Block.objects.bulk_create(blocks)
    issue_posters(block.code for block in blocks)


def _block(division: Division, row: BlockRow, community: str) -> Block:
    longitude, latitude = label_point(row.shape)
    return Block(
        division=division,
        code=row.code,
        community_id=row.community,
        number=row.number,
        name=row.name or block_name(community, row.number),
        households=row.households,
        boundary=plain(row.shape),
        centroid_longitude=longitude,
        centroid_latitude=latitude,
        source=division.source,
    )


def content_digest(blocks: Iterable[Block]) -> str:
    """SHA-256 over everything of the blocks that is shown or computed with, in the order of their codes."""
    content = [
        [block.code, block.number, block.name, block.households, block.source, block.boundary]
        for block in sorted(blocks, key=lambda block: block.code)
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
