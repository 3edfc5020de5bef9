"""Read-only numbers and tables of staffing: rosters and vacancies, leave, careers, and who sat where on a day."""

from staffing.figures.absences import Turn, away, turns_of
from staffing.figures.careers import Held, career_of, holders_of
from staffing.figures.days import BlockDay, Sitting, block_on, sittings_on
from staffing.figures.rosters import ALL, NEEDED, BlockRoster, Completeness, Rosters, roster_rows, rosters
from staffing.figures.vacancies import BlockState, Standing, Vacancies, lacking, vacancies

__all__ = [
    "ALL",
    "NEEDED",
    "BlockDay",
    "BlockRoster",
    "BlockState",
    "Completeness",
    "Held",
    "Rosters",
    "Sitting",
    "Standing",
    "Turn",
    "Vacancies",
    "away",
    "block_on",
    "career_of",
    "holders_of",
    "lacking",
    "roster_rows",
    "rosters",
    "sittings_on",
    "turns_of",
    "vacancies",
]
