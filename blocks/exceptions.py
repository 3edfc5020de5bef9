"""What the areas refuse, each with a sentence for the person."""

from django.utils.translation import gettext_lazy as _

from yuhu.kit.exceptions import Conflict, Invalid, NotFound


class UnknownDistrict(NotFound):
    """There is no district of this code."""

    code = "district_unknown"
    message = _("There is no district of this code. Load the areas first (manage.py load_areas).")


class NotLater(Conflict):
    """The new division would begin before, or on the day that, the last one began."""

    code = "division_not_later"
    message = _(
        "A division into blocks already begins on or after this day. Choose a later day: what was in force stays."
    )


class ImplausibleDate(Invalid):
    """A day before 1949-10-01: a slip of the pen."""

    code = "date_implausible"
    message = _("This day is too early. Choose the day from which the blocks hold.")


class UnreadableFile(Invalid):
    """The file is not what it should be."""

    code = "file_unreadable"
    message = _("The file cannot be read. Export it as GeoJSON (a FeatureCollection, UTF-8) and try again.")


class NothingThere(NotFound):
    """The point lies outside every block."""

    code = "outside"
    message = _("This place lies outside every block of the district. Please correct the place on the map.")


class UnknownBlock(NotFound):
    """There is no block of this code on the day."""

    code = "block_unknown"
    message = _("There is no block with this code on this day. Please choose one from the list.")
