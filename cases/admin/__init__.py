"""The desk of the cases: lists, and the pages on which one acts. Each module registers its own."""

from cases.admin import agenda, cases, categories, day, meeting_day, meetings

__all__ = ["agenda", "cases", "categories", "day", "meeting_day", "meetings"]
