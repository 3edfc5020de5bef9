"""Verbs of place: load the areas, import a division into blocks, renew a poster.

The only code that writes to this app's tables.
"""

from blocks.actions.areas import DATA, AreaReport, load_areas
from blocks.actions.divisions import ImportReport, import_division
from blocks.actions.posters import issue_posters, renew_poster

__all__ = [
    "DATA",
    "AreaReport",
    "ImportReport",
    "import_division",
    "issue_posters",
    "load_areas",
    "renew_poster",
]
