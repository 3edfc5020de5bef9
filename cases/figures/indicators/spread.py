"""The counts of the loop spread over the parts of an area, over categories, paths or promises, for several periods at
once. Read-only.

Leaves to others: values and words (``reading``), names of areas.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from cases.figures.indicators.loop import loop_by
from cases.figures.indicators.question import Numbers, Question
from cases.figures.overview import below
from cases.figures.viewer import Period


class By(StrEnum):
    """What is told apart. A part is a street of a district, a community of a street, a block of a community; the key ""
    is what is not placed yet."""

    WHOLE = "whole"
    PART = "part"
    BLOCK = "block"
    CATEGORY = "category"
    PATH = "path"
    PROGRAMME = "programme"

    def column(self, area: str) -> str:
        """The column of a case that says the key; nothing for the whole."""
        columns = {By.WHOLE: "", By.PART: below(area), By.BLOCK: "block_code", By.CATEGORY: "category_id"}
        return columns.get(self, self.value)


# Counts by key, by the name of a period.
Spread = dict[str, dict[str, Numbers]]


def spread(question: Question, by: By, periods: Mapping[str, Period] | None = None) -> Spread:
    """Counts by key in each of the periods, which may not overlap; without any: in the question's, named "".

    A key of which nothing is counted is missing. The names of the counts are those of the table of indicators.
    """
    asked = periods if periods is not None else {"": question.period}
    column = by.column(question.area)
    return {name: loop_by(replace(question, period=period), column) for name, period in asked.items()}
