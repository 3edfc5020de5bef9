"""The desk of cases: cases with moves for many at once, categories, whistles and the departments they call."""

from cases.admin import whistle_day  # noqa: F401  (adds to the official's day)
from cases.admin.calls import WhistleCallAdmin
from cases.admin.cases import CaseAdmin, CategoryAdmin
from cases.admin.whistles import WhistleAdmin

__all__ = ["CaseAdmin", "CategoryAdmin", "WhistleAdmin", "WhistleCallAdmin"]
