"""Load district, streets and communities from a directory of tables and outlines; a second time changes nothing.

Leaves to others: blocks (divisions). The files are described in ``blocks/data/README.md``.
"""

import csv
import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from blocks.exceptions import UnreadableFile
from blocks.geometry import BadGeometry, mend
from blocks.geometry.features import RowError, read_collection
from blocks.models import Community, District, Street
from yuhu.journal.actions import Actor, record
from yuhu.kit.text import has_control

DATA = Path(__file__).resolve().parent.parent / "data"

A = TypeVar("A", District, Street, Community)

MAX_NAME = 60
_COLUMNS = {"code", "name_zh", "source"}


@dataclass(frozen=True)
class AreaReport:
    """How many areas were made, changed and left as they were; nothing was kept if there are errors.

    ``warnings`` name the outlines that had to be mended. The message of an error begins with the file's name.
    """

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: tuple[RowError, ...] = ()
    warnings: tuple[RowError, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.errors


def load_areas(*, actor: Actor, at: dt.datetime, directory: Path = DATA) -> AreaReport:
    """Make or correct the areas that the directory describes; areas that it does not name stay as they are.

    Invalid outlines are mended and reported. All or nothing; journaled if anything changed.

    Raises:
        UnreadableFile: a file is missing or is no table or FeatureCollection, or not exactly one district is named.
    """
    reader = _Reader(directory)
    districts = reader.districts()
    if len(districts) != 1:
        raise UnreadableFile(_("district.csv must name exactly one district."), field="district.csv")
    streets = reader.streets(districts)
    communities = reader.communities(streets)
    if reader.errors:
        return AreaReport(errors=tuple(reader.errors), warnings=tuple(reader.warnings))
    district = districts[0].code
    with transaction.atomic():
        # Locks out a second load and an import; on the first load the primary keys do.
        District.objects.select_for_update().filter(pk=district).first()
        created = changed = 0
        for made, corrected in (
            _store(District, districts),
            _store(Street, streets),
            _store(Community, communities),
        ):
            created, changed = created + made, changed + corrected
        if created or changed:
            data = {"created": created, "changed": changed}
            record(
                kind="areas.loaded",
                subject=("district", district),
                at=at,
                actor=actor,
                area=district,
                data=data,
            )
    unchanged = len(districts) + len(streets) + len(communities) - created - changed
    return AreaReport(created, changed, unchanged, (), tuple(reader.warnings))


def _store(model: type[A], wanted: list[A]) -> tuple[int, int]:
    """Make and correct rows; returns how many of each."""
    known = model._default_manager.in_bulk([area.code for area in wanted])
    columns = [column.attname for column in model._meta.concrete_fields if not column.primary_key]
    new = [area for area in wanted if area.code not in known]
    changed = [
        area
        for area in wanted
        if area.code in known
        and any(getattr(area, name) != getattr(known[area.code], name) for name in columns)
    ]
    model._default_manager.bulk_create(new)
    if changed:
        model._default_manager.bulk_update(changed, columns)
    return len(new), len(changed)


@dataclass
class _Reader:
    """Reads the tables and outlines of a directory and collects what stands against them."""

    directory: Path
    errors: list[RowError] = field(default_factory=list)
    warnings: list[RowError] = field(default_factory=list)

    def districts(self) -> list[District]:
        table = _Table(self, "district", length=6)
        return [
            District(name_en=line["name_en"], brand=line["brand"], **table.common(row, line))
            for row, line in table.lines
        ]

    def streets(self, districts: list[District]) -> list[Street]:
        table = _Table(self, "streets", length=9, parents={district.code for district in districts})
        return [
            Street(name_en=line["name_en"], district_id=line["code"][:6], **table.common(row, line))
            for row, line in table.lines
        ]

    def communities(self, streets: list[Street]) -> list[Community]:
        table = _Table(self, "communities", length=12, parents={street.code for street in streets})
        return [Community(street_id=line["code"][:9], **table.common(row, line)) for row, line in table.lines]


class _Table:
    """One level: ``<name>.csv`` with codes and names, ``<name>.geojson`` with the outlines that are known."""

    def __init__(
        self, reader: _Reader, name: str, *, length: int, parents: Collection[str] | None = None
    ) -> None:
        self.reader, self.name, self.length, self.parents = reader, name, length, parents
        self.lines = _lines(reader.directory / f"{name}.csv")
        self.seen: set[str] = set()
        self.outlines: dict[str, Any] = {}
        self.outline_source = ""
        path = reader.directory / f"{name}.geojson"
        if path.exists():
            collection = read_collection(path.read_bytes())
            self.outline_source = collection.source
            self.outlines = dict(_outline(feature, path.name) for feature in collection.features)

    def common(self, row: int, line: Mapping[str, str]) -> dict[str, Any]:
        """The columns that every level has, checked."""
        code, name = line["code"], line["name_zh"].strip()
        if not re.fullmatch(rf"[0-9]{{{self.length}}}", code, re.ASCII):
            message = _("The code “%(code)s” does not have %(length)d digits.")
            self._refuse(row, "code_invalid", message % {"code": code[:40], "length": self.length})
        elif self.parents is not None and code[: self.length - 3] not in self.parents:
            message = _("The area that the code %(code)s belongs to is not in the files.")
            self._refuse(row, "parent_unknown", message % {"code": code})
        if code in self.seen:
            self._refuse(
                row, "code_duplicate", _("The code %(code)s stands here twice.") % {"code": code[:40]}
            )
        self.seen.add(code)
        if not 0 < len(name) <= MAX_NAME or has_control(name):
            message = _("The name is not a text of 1 to %(limit)d characters.")
            self._refuse(row, "name_invalid", message % {"limit": MAX_NAME})
        boundary = self._boundary(row, code)
        return {
            "code": code,
            "name": name,
            "source": line["source"],
            "boundary": boundary,
            "boundary_source": self.outline_source if boundary else "",
        }

    def _boundary(self, row: int, code: str) -> dict[str, Any] | None:
        if code not in self.outlines:
            return None
        try:
            boundary, note = mend(self.outlines[code])
        except BadGeometry as error:
            message = _("The outline of %(code)s cannot be used: %(detail)s.")
            self._refuse(row, f"geometry_{error.code}", message % {"code": code, "detail": str(error)})
            return None
        if note:
            message = _("%(file)s: the outline of %(code)s was not sound and has been mended: %(detail)s.")
            text = message % {"file": f"{self.name}.geojson", "code": code, "detail": note}
            self.reader.warnings.append(RowError(row, "geometry_mended", text))
        return boundary

    def _refuse(self, row: int, code: str, message: str) -> None:
        self.reader.errors.append(RowError(row, code, f"{self.name}.csv: {message}"))


def _lines(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Row number (from 1, without the header) and columns; a missing column is empty."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, restval=""))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(_("%(file)s cannot be read.") % {"file": path.name}, field=path.name) from error
    missing = _COLUMNS - set(rows[0] if rows else _COLUMNS)
    if missing:
        message = _("%(file)s lacks the columns %(columns)s.")
        raise UnreadableFile(
            message % {"file": path.name, "columns": ", ".join(sorted(missing))}, field=path.name
        )
    return [(row, {"name_en": "", "brand": "", **line}) for row, line in enumerate(rows, start=1)]


def _outline(feature: Any, file: str) -> tuple[str, Any]:
    try:
        return str(feature["properties"]["code"]), feature["geometry"]
    except (KeyError, TypeError) as error:
        message = _("%(file)s holds a feature without a code.")
        raise UnreadableFile(message % {"file": file}, field=file) from error
