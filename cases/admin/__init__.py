"""The desk of the cases: lists, and the pages on which one acts. Each module registers its own."""

from cases.admin import (
    agenda,
    calls,
    cases,
    categories,
    day,
    mediation,
    meeting_day,
    meetings,
    visits,
    whistle_day,
    whistles,
)

__all__ = [
    "agenda",
    "calls",
    "cases",
    "categories",
    "day",
    "mediation",
    "meeting_day",
    "meetings",
    "visits",
    "whistle_day",
    "whistles",
]
