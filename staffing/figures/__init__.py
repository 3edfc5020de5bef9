"""Read-only numbers and tables of staffing: rosters, vacancies, leave, careers, training, matching, legal counsel."""

from staffing.figures.absences import Turn, away, turns_of
from staffing.figures.careers import Held, career_of, holders_of
from staffing.figures.counsel import CounselCoverage, communities_without_counsel, counsel_coverage
from staffing.figures.days import BlockDay, Sitting, block_on, sittings_on
from staffing.figures.matching import HOUSEHOLDS, Candidate, Mismatch, Opening, block_sizes, mismatches
from staffing.figures.posters import Sheet, sheets_of
from staffing.figures.rosters import ALL, NEEDED, BlockRoster, Completeness, Rosters, roster_rows, rosters
from staffing.figures.rota import Week, week_of
from staffing.figures.strength import Strength, strength_of, trainings_by_year
from staffing.figures.trainings import (
    Coverage,
    GovernorYear,
    Trained,
    attendance_rows,
    training_coverage,
    training_years,
)
from staffing.figures.vacancies import BlockState, Standing, Vacancies, lacking, vacancies

__all__ = [
    "ALL",
    "HOUSEHOLDS",
    "NEEDED",
    "BlockDay",
    "BlockRoster",
    "BlockState",
    "Candidate",
    "Completeness",
    "CounselCoverage",
    "Coverage",
    "GovernorYear",
    "Held",
    "Mismatch",
    "Opening",
    "Rosters",
    "Sheet",
    "Sitting",
    "Standing",
    "Strength",
    "Trained",
    "Turn",
    "Vacancies",
    "Week",
    "attendance_rows",
    "away",
    "block_on",
    "block_sizes",
    "career_of",
    "communities_without_counsel",
    "counsel_coverage",
    "holders_of",
    "lacking",
    "mismatches",
    "roster_rows",
    "rosters",
    "sheets_of",
    "sittings_on",
    "strength_of",
    "training_coverage",
    "training_years",
    "trainings_by_year",
    "turns_of",
    "vacancies",
    "week_of",
]
