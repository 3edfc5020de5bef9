"""Features as files bring them: GeoJSON collections in, checked rows of blocks and errors by row out.

A wrong row never stops the reading, so that a person sees every error at once. Leaves to others: storing (actions),
what overlaps or is left out (coverage, asked from here).
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from blocks.exceptions import UnreadableFile
from blocks.geometry.coverage import audit
from blocks.geometry.shapes import BadGeometry, flaw, read_polygons
from yuhu.kit.lazy import Library
from yuhu.kit.text import has_control

if TYPE_CHECKING:
    import shapely
    from shapely.geometry.base import BaseGeometry
else:
    shapely = Library("shapely")

MAX_NUMBER = 999
MAX_HOUSEHOLDS = 100_000
MAX_NAME = 80
# A block may leave its community by this share of its area before anybody is bothered.
OUTSIDE_SHARE = 0.01

_BLOCK_CODE = re.compile(r"[0-9]{14}", re.ASCII)


@dataclass(frozen=True)
class RowError:
    """What is wrong in a row, in the language of the moment. Rows count from 1; 0 is the file as a whole."""

    row: int
    code: str
    message: str


@dataclass(frozen=True)
class BlockRow:
    """One block as the file describes it, sound in itself. ``name`` is empty unless the file gives one."""

    row: int
    code: str
    number: int
    households: int
    name: str
    shape: "BaseGeometry"

    @property
    def community(self) -> str:
        return self.code[:12]


@dataclass(frozen=True)
class Collection:
    """A FeatureCollection: its features, unchecked, and its own word on where they come from."""

    features: list[Any]
    source: str = ""


@dataclass
class Reading:
    """The rows of a file, what stands against them (``errors``) and what a person should look at (``warnings``)."""

    rows: list[BlockRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    warnings: list[RowError] = field(default_factory=list)


def read_collection(content: bytes) -> Collection:
    """Decode a GeoJSON FeatureCollection (UTF-8, with or without byte order mark).

    Raises:
        UnreadableFile: other encoding, broken JSON or another kind of object.
    """
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableFile from error
    if not isinstance(found, dict) or not isinstance(found.get("features"), list):
        raise UnreadableFile
    source = found.get("source")
    return Collection(found["features"], source if isinstance(source, str) else "")


def read_blocks(
    features: Iterable[object], *, district: str, communities: "Mapping[str, BaseGeometry | None]"
) -> Reading:
    """Read the features of a division: each row alone, then codes and numbers against each other, then overlaps.

    ``communities`` holds the outlines of the district's communities by code, None where none is known. Warnings
    are looked for only in a file without errors.
    """
    reader = _Reader(district, communities)
    row = 0
    for row, feature in enumerate(features, start=1):
        reader.read(row, feature)
    reading = reader.reading
    if not row:
        reading.errors.append(
            RowError(0, "empty", _("The file holds no block. Choose the file with the blocks."))
        )
    reading.errors.extend(_overlaps(reader))
    reading.errors.sort(key=lambda error: error.row)
    if not reading.errors:
        reading.warnings.extend(_warnings(reading.rows, communities))
    return reading


class _Reader:
    """Reads row by row and remembers what may stand in one row only."""

    def __init__(self, district: str, communities: "Mapping[str, BaseGeometry | None]") -> None:
        self.district, self.communities = district, communities
        self.reading = Reading()
        self.codes: dict[str, int] = {}
        self.numbers: dict[tuple[str, int], int] = {}
        self.shapes: dict[int, BaseGeometry] = {}
        self.labels: dict[int, str] = {}
        self.row = 0

    def read(self, row: int, feature: object) -> None:
        """Keep the row if nothing stands against it, else every error in it."""
        self.row = row
        before = len(self.reading.errors)
        properties = feature.get("properties") if isinstance(feature, Mapping) else None
        if not isinstance(feature, Mapping) or not isinstance(properties, Mapping):
            self._refuse("feature_invalid", _("This is no GeoJSON feature with properties."))
            return
        code = self._code(properties)
        number = self._number(properties, code)
        households = self._households(properties)
        name = self._name(properties)
        shape = self._shape(feature.get("geometry"))
        self.labels[row] = code or _("row %(row)d") % {"row": row}
        if len(self.reading.errors) == before and shape is not None:
            self.reading.rows.append(BlockRow(row, code, number, households, name, shape))

    def _refuse(self, code: str, message: str) -> None:
        self.reading.errors.append(RowError(self.row, code, message))

    def _code(self, properties: Mapping[str, Any]) -> str:
        """The block's code, or the empty string after an error."""
        code = _text(properties.get("code"))
        if not _BLOCK_CODE.fullmatch(code):
            message = _("The code “%(code)s” does not have 14 digits. Write it as text of 14 digits.")
            self._refuse("code_invalid", message % {"code": code[:40]})
            return ""
        named = _text(properties.get("community", code[:12]))
        if named != code[:12]:
            message = _("The code %(code)s does not begin with the code of its community, %(community)s.")
            self._refuse("code_not_nested", message % {"code": code, "community": named[:40]})
        elif not code.startswith(self.district):
            message = _("The code %(code)s belongs to another district than %(district)s.")
            self._refuse("code_other_district", message % {"code": code, "district": self.district})
        elif named not in self.communities:
            message = _(
                "There is no community with the code %(community)s. Correct it or load the community first."
            )
            self._refuse("community_unknown", message % {"community": named})
        if self.codes.setdefault(code, self.row) != self.row:
            message = _("The code %(code)s stands in row %(other)d already.")
            self._refuse("code_duplicate", message % {"code": code, "other": self.codes[code]})
        return code

    def _number(self, properties: Mapping[str, Any], code: str) -> int:
        """The number in the community; without one, the last two digits of the code."""
        value = properties.get("number", int(code[12:]) if code else 1)
        number = _integer(value, 1, MAX_NUMBER)
        if number is None:
            message = _("The number “%(value)s” is not a whole number from 1 to %(limit)d.")
            self._refuse("number_invalid", message % {"value": str(value)[:40], "limit": MAX_NUMBER})
            return 0
        if code and self.numbers.setdefault((code[:12], number), self.row) != self.row:
            message = _("The number %(number)d of this community stands in row %(other)d already.")
            other = self.numbers[code[:12], number]
            self._refuse("number_duplicate", message % {"number": number, "other": other})
        return number

    def _households(self, properties: Mapping[str, Any]) -> int:
        value = properties.get("households")
        households = _integer(value, 0, MAX_HOUSEHOLDS)
        if households is None:
            message = _("The households “%(value)s” are not a whole number from 0 to %(limit)d.")
            self._refuse("households_invalid", message % {"value": str(value)[:40], "limit": MAX_HOUSEHOLDS})
        return households or 0

    def _name(self, properties: Mapping[str, Any]) -> str:
        value = properties.get("name") or ""
        if not isinstance(value, str) or has_control(value) or len(value.strip()) > MAX_NAME:
            message = _("The name is not a text of at most %(limit)d characters.")
            self._refuse("name_invalid", message % {"limit": MAX_NAME})
            return ""
        return value.strip()

    def _shape(self, geometry: object) -> "BaseGeometry | None":
        try:
            shape = read_polygons(geometry)
        except BadGeometry as error:
            self._refuse(f"geometry_{error.code}", _geometry_message(error.code) % {"detail": error.detail})
            return None
        fault = flaw(shape)
        if fault:
            # Not mended: where the border runs is for the people who drew it to say.
            self._refuse("geometry_invalid", _geometry_message("invalid") % {"detail": fault})
            return None
        self.shapes[self.row] = shape
        return shape


def _text(value: object) -> str:
    """A code as text; drawing programs like to make numbers of codes."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def _integer(value: object, least: int, most: int) -> int | None:
    """A whole number in the range, also if it was written as 347.0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not least <= value <= most or value != int(value):
        return None
    return int(value)


def _geometry_message(code: str) -> str:
    messages = {
        "missing": _("The feature has no geometry. Draw the outline of the block."),
        "not_polygon": _("The geometry is no area but “%(detail)s”. Draw the outline as a polygon."),
        "unreadable": _("The coordinates cannot be read: %(detail)s. Export the file again as GeoJSON."),
        "outside_range": _(
            "%(detail)s is no longitude and latitude. Export in degrees (WGS 84), longitude first."
        ),
        "invalid": _("The outline is not sound: %(detail)s. Repair it in the drawing program."),
    }
    return messages[code]


def _overlaps(reader: _Reader) -> list[RowError]:
    """An error in the later row of each pair that overlaps, sound rows and others alike."""
    message = _("The block overlaps %(other)s (row %(row)d) by %(area)d m². Draw the common border once.")
    errors = []
    for finding in audit(reader.shapes):
        if finding.kind == "overlap":
            first, second = finding.keys
            values = {"other": reader.labels[first], "row": first, "area": round(finding.square_metres)}
            errors.append(RowError(second, "overlap", message % values))
    return errors


def _warnings(rows: list[BlockRow], communities: "Mapping[str, BaseGeometry | None]") -> list[RowError]:
    """What may be meant but should be looked at: blocks in parts or outside their community, places in no block."""
    warnings = []
    for row in rows:
        if row.shape.geom_type == "MultiPolygon":
            warnings.append(RowError(row.row, "several_parts", _("The block consists of several parts.")))
        outline = communities[row.community]
        if outline is not None and row.shape.difference(outline).area > OUTSIDE_SHARE * row.shape.area:
            message = _("The block lies partly outside its community %(community)s.")
            warnings.append(RowError(row.row, "outside_community", message % {"community": row.community}))
    for code in sorted(set(communities) - {row.community for row in rows}):
        message = _("The community %(community)s has no block.")
        warnings.append(RowError(0, "community_empty", message % {"community": code}))
    return sorted(warnings + _gaps(rows, communities), key=lambda warning: warning.row)


def _gaps(rows: list[BlockRow], communities: "Mapping[str, BaseGeometry | None]") -> list[RowError]:
    known = [outline for outline in communities.values() if outline is not None]
    outline = shapely.union_all(known) if known else None
    labels = {row.row: row.code for row in rows}
    message = _("%(area)d m² beside %(blocks)s belong to no block.")
    warnings = []
    for finding in audit({row.row: row.shape for row in rows}, outline):
        if finding.kind == "gap":
            beside = "、".join(labels[key] for key in finding.keys[:5]) or "—"
            text = message % {"area": round(finding.square_metres), "blocks": beside}
            warnings.append(RowError(min(finding.keys, default=0), "gap", text))
    return warnings
