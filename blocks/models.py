"""Nouns of place: district, street, community, and the blocks of each division of a district.

National codes are the keys: 6 digits for a district (GB/T 2260), 9 for a street, 12 for a community, 14 for a block.
The longer code begins with the shorter one, and the database checks it. Outlines are GeoJSON geometries.
Leaves to others: finding (querysets), writing (actions), people in blocks (staffing).
"""

import datetime as dt
import secrets

from django.db import models
from django.db.models.functions import Left, Length
from django.db.models.lookups import Exact, GreaterThanOrEqual
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blocks.geometry import LATITUDES, LONGITUDES, BadGeometry, metres_to, on_earth, read_polygons
from blocks.querysets import (
    AreaQuerySet,
    BlockQuerySet,
    DivisionQuerySet,
    block_feature_collection,
    packed_feature_collection,
)

# The committees that run a community (city) or a village; the place is named without them.
_COMMITTEES = ("居民委员会", "居委会", "村民委员会", "村委会")


# No division is older than the state that draws it. Guards against slips such as year 22.
FIRST_DAY = dt.date(1949, 10, 1)


class Source(models.TextChoices):
    """Where a row comes from; pages mark what is demo."""

    STANDARD = "standard", _("national standard")
    OPEN_DATA = "open_data", _("open data")
    DISTRICT = "district", _("recorded by the district")
    DEMO = "demo", _("demo")


def code_check(table: str, length: int) -> models.CheckConstraint:
    """Exactly ``length`` ASCII digits. LTRIM, not a regular expression: SQLite has none of its own."""
    rest = models.Func(
        models.F("code"), models.Value("0123456789"), function="LTRIM", output_field=models.CharField()
    )
    return models.CheckConstraint(
        name=f"{table}_code_digits",
        condition=models.Q(Exact(Length("code"), length)) & models.Q(Exact(rest, models.Value(""))),
    )


def nesting_check(table: str, parent: str, length: int) -> models.CheckConstraint:
    """The code begins with the parent's code."""
    return models.CheckConstraint(
        name=f"{table}_code_in_{parent}",
        condition=models.Q(Exact(models.F(parent), Left(models.F("code"), length))),
    )


class Area(models.Model):
    """What a district, a street and a community have in common."""

    name = models.CharField(_("name"), max_length=60)
    boundary = models.JSONField(_("outline"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=20, choices=Source.choices)
    # Name and code may be real while the outline is not; a map says so.
    boundary_source = models.CharField(
        _("source of the outline"), max_length=20, choices=Source.choices, blank=True
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class District(Area):
    """The district that runs the system: name, code and the title that pages bear."""

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    brand = models.CharField(_("title of the system"), max_length=60, blank=True)

    objects = AreaQuerySet["District"].as_manager()

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering = ["code"]
        constraints = [code_check("district", 6)]


class Street(Area):
    """A street (街道): the level whose office, platforms and posted teams handle most cases."""

    code = models.CharField(_("code"), max_length=9, primary_key=True)
    district = models.ForeignKey(District, models.PROTECT, related_name="streets", verbose_name=_("district"))
    name_en = models.CharField(_("English name"), max_length=80, blank=True)

    objects = AreaQuerySet["Street"].as_manager()

    class Meta:
        verbose_name = _("street")
        verbose_name_plural = _("streets")
        ordering = ["code"]
        constraints = [code_check("street", 9), nesting_check("street", "district", 6)]


class Community(Area):
    """A community (社区) or village, named in the register by its committee."""

    code = models.CharField(_("code"), max_length=12, primary_key=True)
    street = models.ForeignKey(Street, models.PROTECT, related_name="communities", verbose_name=_("street"))

    objects = AreaQuerySet["Community"].as_manager()

    class Meta:
        verbose_name = _("community")
        verbose_name_plural = _("communities")
        ordering = ["code"]
        constraints = [code_check("community", 12), nesting_check("community", "street", 9)]

    @property
    def place_name(self) -> str:
        """The place without its committee: 雨湖路社区居委会 → 雨湖路社区, 红星村村委会 → 红星村."""
        return place_name(self.name)


def place_name(committee: str) -> str:
    """See ``Community.place_name``; a name that is no committee's stays as it is."""
    for suffix in _COMMITTEES:
        if committee.endswith(suffix):
            return committee.removesuffix(suffix) or committee
    return committee


class Division(models.Model):
    """One division (区划) of a district into blocks. It takes effect on a date and ends where the next begins.

    Old divisions and their blocks stay: a case keeps the block that it happened in. ``digest`` stands for the content
    of the blocks; what is derived from them in memory is kept under it.
    """

    district = models.ForeignKey(
        # The unique constraints below begin with the district and serve as its index.
        District,
        models.PROTECT,
        related_name="divisions",
        verbose_name=_("district"),
        db_index=False,
    )
    number = models.PositiveIntegerField(_("number"))
    effective_from = models.DateField(_("effective from"))
    source = models.CharField(_("source"), max_length=20, choices=Source.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    digest = models.CharField(_("digest of the blocks"), max_length=64, blank=True, editable=False)

    objects = DivisionQuerySet["Division"].as_manager()

    class Meta:
        verbose_name = _("division into blocks")
        verbose_name_plural = _("divisions into blocks")
        ordering = ["district_id", "-effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="division_number_once"),
            # Two divisions on one day would leave open which holds; its index serves ``in_force``.
            models.UniqueConstraint(fields=["district", "effective_from"], name="division_date_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="division_number_from_1"),
            models.CheckConstraint(
                condition=models.Q(effective_from__gte=FIRST_DAY), name="division_date_plausible"
            ),
        ]

    def __str__(self) -> str:
        return gettext("Division %(number)d, from %(date)s") % {
            "number": self.number,
            "date": self.effective_from,
        }

    def feature_collection(self, street: str = "") -> bytes:
        """The blocks, or those of one street, as GeoJSON for maps: see ``querysets.block_feature_collection``."""
        return block_feature_collection(self.pk, self.digest, street)

    def packed_feature_collection(self, street: str = "") -> bytes:
        """The same, compressed with gzip."""
        return packed_feature_collection(self.pk, self.digest, street)


class Block(models.Model):
    """A block (区块) of one division: about 350 households, the unit in which governors and supervisors are posted."""

    division = models.ForeignKey(
        # ``block_code_once`` begins with the division and serves as its index.
        Division,
        models.PROTECT,
        related_name="blocks",
        verbose_name=_("division into blocks"),
        db_index=False,
    )
    code = models.CharField(_("code"), max_length=14)
    # Its index serves the lists of a community and, through the join, of a street.
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="blocks", verbose_name=_("community")
    )
    number = models.PositiveSmallIntegerField(_("number in the community"))
    # Stored, not derived from the community's name: lists need no join, and old divisions keep their names.
    name = models.CharField(_("name"), max_length=80)
    households = models.PositiveIntegerField(_("households"))
    boundary = models.JSONField(_("outline"))
    centroid_longitude = models.FloatField(_("longitude of the centre"))
    centroid_latitude = models.FloatField(_("latitude of the centre"))
    source = models.CharField(_("source"), max_length=20, choices=Source.choices)

    objects = BlockQuerySet["Block"].as_manager()

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        ordering = ["code", "division_id"]
        constraints = [
            # Its index also finds the block of a code in the division in force.
            models.UniqueConstraint(fields=["division", "code"], name="block_code_once"),
            models.UniqueConstraint(fields=["division", "community", "number"], name="block_number_once"),
            code_check("block", 14),
            nesting_check("block", "community", 12),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="block_number_from_1"),
            models.CheckConstraint(
                condition=models.Q(centroid_longitude__range=LONGITUDES, centroid_latitude__range=LATITUDES),
                name="block_centroid_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def street_code(self) -> str:
        """The code of the street, without a query."""
        return self.code[:9]

    @property
    def district_code(self) -> str:
        """The code of the district, without a query."""
        return self.code[:6]

    @property
    def centroid(self) -> tuple[float, float]:
        """Longitude and latitude of a point inside: the centroid wherever that lies inside."""
        return self.centroid_longitude, self.centroid_latitude

    def metres_to(self, longitude: float, latitude: float) -> int | None:
        """How far a point lies from the outline, 0 inside; nothing where the outline or the point cannot be read."""
        if not on_earth(longitude, latitude):
            return None
        try:
            return round(metres_to(read_polygons(self.boundary), longitude, latitude))
        except BadGeometry:
            return None


def new_token() -> str:
    """The secret of a poster: 144 random bits."""
    return secrets.token_urlsafe(18)


class Poster(models.Model):
    """What the posters of a block carry: the secret that lets residents report from there, one at a time.

    Kept by the block's code and not by its row: a poster on the wall outlives a new division of the district.
    """

    code = models.CharField(_("code"), max_length=14, primary_key=True)
    token = models.CharField(max_length=32, default=new_token, editable=False)
    renewed_at = models.DateTimeField(_("renewed"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("poster")
        verbose_name_plural = _("posters")
        constraints = [
            code_check("poster", 14),
            # Its index finds the block of a token.
            models.UniqueConstraint(fields=["token"], name="poster_token_once"),
            # 96 bits and more: nobody finds one by trying.
            models.CheckConstraint(
                condition=models.Q(GreaterThanOrEqual(Length("token"), 16)), name="poster_token_long"
            ),
        ]

    def __str__(self) -> str:
        return self.code


def block_name(community: str, number: int) -> str:
    """What a block is called, from its community's name: 雨湖路社区第1区块."""
    return f"{place_name(community)}第{number}区块"
