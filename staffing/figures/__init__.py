"""Read-only numbers and tables of staffing: rosters, training, matching of people and posts, legal counsel."""

from staffing.figures.counsel import CounselCoverage, communities_without_counsel, counsel_coverage
from staffing.figures.matching import HOUSEHOLDS, Candidate, Mismatch, Opening, block_sizes, mismatches
from staffing.figures.rosters import ALL, NEEDED, BlockRoster, Completeness, Rosters, roster_rows, rosters
from staffing.figures.trainings import (
    Coverage,
    GovernorYear,
    Trained,
    attendance_rows,
    training_coverage,
    training_years,
)

__all__ = [
    "ALL",
    "HOUSEHOLDS",
    "NEEDED",
    "BlockRoster",
    "Candidate",
    "Completeness",
    "CounselCoverage",
    "Coverage",
    "GovernorYear",
    "Mismatch",
    "Opening",
    "Rosters",
    "Trained",
    "attendance_rows",
    "block_sizes",
    "communities_without_counsel",
    "counsel_coverage",
    "mismatches",
    "roster_rows",
    "rosters",
    "training_coverage",
    "training_years",
]
