"""The desk of the cases: lists, and the pages on which one acts. Each module registers its own."""

from cases.admin import (
    agenda,
    calls,
    cases,
    categories,
    day,
    follow_ups,
    mediation,
    meeting_day,
    meetings,
    outside,
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
    "follow_ups",
    "mediation",
    "meeting_day",
    "meetings",
    "outside",
    "visits",
    "whistle_day",
    "whistles",
]
