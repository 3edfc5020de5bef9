"""The indicators (指标) of an area in a period, by the formulas of domain.md 6.2. Read-only.

``TABLE`` says what there is, ``indicators`` reads it. Leaves to others: whether the scope covers the area, addresses of
lists (each figure brings the query), pages.
"""

from cases.figures.indicators.measure import Measure
from cases.figures.indicators.question import Numbers, Question
from cases.figures.indicators.reading import Figure, figures_of, indicators
from cases.figures.indicators.rises import rises_and_falls
from cases.figures.indicators.spread import By, Spread, spread
from cases.figures.indicators.table import TABLE, Indicator, Unit
from cases.figures.indicators.tallied import as_of

__all__ = [
    "TABLE",
    "By",
    "Figure",
    "Indicator",
    "Measure",
    "Numbers",
    "Question",
    "Spread",
    "Unit",
    "as_of",
    "figures_of",
    "indicators",
    "rises_and_falls",
    "spread",
]
