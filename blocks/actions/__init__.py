"""Verbs of place: load the areas, import a division into blocks. The only code that writes to this app's tables."""

from blocks.actions.areas import DATA, AreaReport, load_areas
from blocks.actions.divisions import ImportReport, import_division

__all__ = ["DATA", "AreaReport", "ImportReport", "import_division", "load_areas"]
