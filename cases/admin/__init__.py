"""The desk of the cases: lists, and the pages on which one acts. Each module registers its own."""

from cases.admin import cases, categories, day, visits

__all__ = ["cases", "categories", "day", "visits"]
