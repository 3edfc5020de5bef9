"""Adjectives for areas: in force on a day, within a scope, in an area, called so, at a point.

Leaves to others: what a scope holds (staffing), the arithmetic of points (geometry), writing (actions).
"""

import datetime as dt
import gzip
import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self, TypeVar, cast

from django.apps import apps
from django.db.models import F, Model, OuterRef, Q, QuerySet, Subquery

from blocks.geometry import Locator
from yuhu.kit.scope import Scope
from yuhu.kit.text import has_control

M = TypeVar("M", bound=Model)

# These caches are keyed by a division's digest, so by its content: a stale answer is impossible, in every process.
_MAX_CACHED = 64
_locators: dict[str, Locator[str]] = {}
_collections: dict[tuple[str, str], bytes] = {}
_packed: dict[tuple[str, str], bytes] = {}


class AreaQuerySet(QuerySet[M]):
    """What districts, streets, communities and blocks have in common: a code, a name."""

    def within(self, scope: Scope) -> Self:
        """Areas are open to everybody who holds a post; a scope without a post sees none."""
        return self if scope.has_post else self.none()

    def search(self, text: str) -> Self:
        """Rows whose name holds ``text`` or whose code begins with it. Blank text finds everything."""
        wanted = unicodedata.normalize("NFKC", text).strip()
        if not wanted:
            return self
        if has_control(wanted):
            return self.none()
        return self.filter(Q(name__icontains=wanted) | Q(code__startswith=wanted))


class DivisionQuerySet(QuerySet[M]):
    """Divisions of a district into blocks, one after the other."""

    def within(self, scope: Scope) -> Self:
        """As the areas: open to everybody who holds a post."""
        return self if scope.has_post else self.none()

    def in_force(self, on: dt.date) -> Self:
        """Of each district the division that holds on the local day ``on``: the latest that began by then."""
        begun = self.model._default_manager.filter(district=OuterRef("district"), effective_from__lte=on)
        latest = begun.order_by("-effective_from").values("effective_from")[:1]
        return self.filter(effective_from=Subquery(latest))


class BlockQuerySet(AreaQuerySet[M]):
    """Blocks of all divisions; nearly every reader wants ``in_force`` first."""

    def in_force(self, on: dt.date) -> Self:
        """Blocks of the divisions that hold on the local day ``on``."""
        return self.filter(division__in=_divisions().in_force(on))

    def in_area(self, code: str) -> Self:
        """Blocks in the district, street or community of that code, or the block itself; none for other lengths."""
        columns = {6: "division__district", 9: "community__street", 12: "community", 14: "code"}
        column = columns.get(len(code))
        return self.filter(**{column: code}) if column and not has_control(code) else self.none()

    def in_areas(self, codes: Iterable[str]) -> Self:
        """Blocks in any of these areas; none: no block."""
        inside = Q(pk__in=[])
        for code in codes:
            inside |= Q(code__startswith=code)
        return self.filter(inside)

    def of_poster(self, token: str, on: dt.date) -> Self:
        """The block in force on the local day ``on`` whose posters carry ``token``: one, or none."""
        posters = apps.get_model("blocks", "Poster")._default_manager.filter(token=token)
        return self.in_force(on).filter(code__in=posters.values("code"))

    def with_parents(self) -> Self:
        """Community, street and division in the same query, without their outlines."""
        joined = self.select_related("division", "community__street")
        return joined.defer("community__boundary", "community__street__boundary")

    def locate(self, *, longitude: float, latitude: float, on: dt.date) -> M | None:
        """The block that holds the point on the local day ``on``, or None (outside, or no place on earth).

        One query for the divisions in force and one for the block; the outlines are read once per division and process.
        """
        for division, digest in _divisions().in_force(on).order_by("district_id").values_list("pk", "digest"):
            code = _locator(division, digest).locate(longitude, latitude)
            if code is not None:
                return self.filter(division=division, code=code).first()
        return None


@dataclass(frozen=True)
class Place:
    """A block and what it lies in, by key and codes: all that a case keeps of it."""

    pk: int
    code: str
    community: str
    street: str
    district: str


def place_of(pk: int, code: str) -> Place:
    """The block's place; the codes of the areas above it are the beginning of its own (``nesting_check``)."""
    return Place(pk, code, code[:12], code[:9], code[:6])


def _divisions() -> DivisionQuerySet[Any]:
    return cast(DivisionQuerySet[Any], apps.get_model("blocks", "Division")._default_manager.all())


def _blocks_of(division: int) -> BlockQuerySet[Any]:
    blocks = apps.get_model("blocks", "Block")._default_manager.filter(division=division).order_by("code")
    return cast(BlockQuerySet[Any], blocks)


def _locator(division: int, digest: str) -> Locator[str]:
    """The division's locator, from memory if its content has been seen. Rows without a digest are never kept."""
    found = _locators.get(digest)
    if found is None:
        found = Locator(_blocks_of(division).values_list("code", "boundary"))
        _keep(_locators, digest, found)
    return found


def division_locator(*, on: dt.date, district: str) -> Locator[str] | None:
    """The locator of the district's division in force, for callers with many points; its keys are block codes."""
    row = _divisions().in_force(on).filter(district=district).values_list("pk", "digest").first()
    return _locator(*row) if row else None


def block_feature_collection(division: int, digest: str, street: str = "") -> bytes:
    """A division's blocks, or those of one street, as a GeoJSON FeatureCollection in UTF-8, for maps.

    Properties: ``code``, ``name``, ``street``, ``community``, ``number``, ``households``, ``centroid``, ``source``.
    The bytes depend on the division's content alone, so they serve for an ETag. Kept per digest and street.
    """
    found = _collections.get((digest, street))
    if found is None:
        rows = _blocks_of(division)
        if street:
            rows = rows.in_area(street) if len(street) == 9 else rows.none()
        fields = ("code", "name", "community_id", "number", "households", "source", "boundary")
        features = [
            _feature(row)
            for row in rows.values(
                *fields, longitude=F("centroid_longitude"), latitude=F("centroid_latitude")
            )
        ]
        collection = {"type": "FeatureCollection", "features": features}
        found = json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()
        if features:
            _keep(_collections, (digest, street), found)
    return found


def packed_feature_collection(division: int, digest: str, street: str = "") -> bytes:
    """The same, compressed with gzip once: that takes longer than everything else a request for the map costs."""
    found = _packed.get((digest, street))
    if found is None:
        found = gzip.compress(block_feature_collection(division, digest, street), mtime=0)
        if (digest, street) in _collections:  # not of a street without blocks: callers could name any
            _keep(_packed, (digest, street), found)
    return found


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    properties = {
        "code": row["code"],
        "name": row["name"],
        "street": row["code"][:9],
        "community": row["community_id"],
        "number": row["number"],
        "households": row["households"],
        "centroid": [row["longitude"], row["latitude"]],
        "source": row["source"],
    }
    return {"type": "Feature", "properties": properties, "geometry": row["boundary"]}


T = TypeVar("T")
C = TypeVar("C", str, tuple[str, str])


def _keep(cache: dict[C, T], key: C, value: T) -> None:
    """Remember, unless the content has no digest; a full cache starts anew."""
    if not (key if isinstance(key, str) else key[0]):
        return
    if len(cache) >= _MAX_CACHED:
        cache.clear()
    cache[key] = value
