"""The desk of the cases: lists, and the pages on which one acts. Each module registers its own."""

from cases.admin import calls, cases, categories, day, mediation, whistle_day, whistles

__all__ = ["calls", "cases", "categories", "day", "mediation", "whistle_day", "whistles"]
