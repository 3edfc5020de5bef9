"""The indicators (指标) of an area in a period, by the formulas of domain.md 6.2. Read-only.

``TABLE`` says what there is, ``indicators`` reads it. Leaves to others: whether the scope covers the area, addresses of
lists (each figure brings the query), pages.
"""

from cases.figures.indicators.measure import Measure
from cases.figures.indicators.question import Question
from cases.figures.indicators.reading import Figure, indicators
from cases.figures.indicators.rises import rises_and_falls
from cases.figures.indicators.table import TABLE, Indicator, Unit

__all__ = [
    "TABLE",
    "Figure",
    "Indicator",
    "Measure",
    "Question",
    "Unit",
    "indicators",
    "rises_and_falls",
]
