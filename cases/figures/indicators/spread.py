"""The counts of the loop spread over the parts of an area, over categories, paths or promises, for several periods at
once. Read-only.

Whoever may see the whole area is answered from the tallies; everybody else, and everybody while the tallies are made
anew, from the rows. Leaves to others: values and words (``reading``), names of areas.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from cases.actions.tallies.counting import derived
from cases.actions.tallies.folding import SLICED
from cases.figures.indicators import tallied
from cases.figures.indicators.loop import loop_by
from cases.figures.indicators.question import Numbers, Question
from cases.figures.overview import below
from cases.figures.viewer import Period
from yuhu.kit.scope import BLOCK


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


_AREAS = (By.WHOLE, By.PART, By.BLOCK)
# Counts by key, by the name of a period.
Spread = dict[str, dict[str, Numbers]]


def spread(question: Question, by: By, periods: Mapping[str, Period] | None = None) -> Spread:
    """Counts by key in each of the periods of whole local days, which may not overlap; without any: in the question's,
    named "". A key of which nothing is counted is missing, but for the whole. The names of the counts are those of the
    table of indicators. Four queries out of the tallies.
    """
    asked = periods if periods is not None else {"": question.period}
    column = by.column(question.area)
    if not _tallied(question, by) or tallied.as_of(question) is None:
        return {name: loop_by(replace(question, period=period), column) for name, period in asked.items()}
    if by not in _AREAS:
        return tallied.by_kind(question, by.value, column, asked)
    level = {By.WHOLE: len(question.area), By.PART: tallied.level_below(question.area)}.get(by, BLOCK)
    found = tallied.by_area(question, level, column, asked)
    if by is By.WHOLE:
        for groups in found.values():
            groups.setdefault("", derived({}))
    return found


def whole(question: Question) -> Numbers:
    """Everything about the cases of the area in the period, by name."""
    return spread(question, By.WHOLE)[""][""]


def sums(question: Question, periods: Mapping[str, Period]) -> dict[str, dict[str, int]] | None:
    """What is settled of the whole, by the name of the period: every name of ``counting.SETTLED``. One query out of the
    tallies; None where they may not serve."""
    if not _tallied(question, By.WHOLE) or tallied.as_of(question) is None:
        return None
    return tallied.sums(question, periods)


def sums_by(
    question: Question, by: By, periods: Mapping[str, Period]
) -> dict[str, dict[str, Numbers]] | None:
    """The same by category, path or promise."""
    if not _tallied(question, by) or tallied.as_of(question) is None:
        return None
    return tallied.sums_by(question, by.value, periods)


def _tallied(question: Question, by: By) -> bool:
    """Whether the tallies hold what this person may see."""
    scope, area = question.scope, question.area
    return scope.kinds is None and scope.covers(area) and (by in _AREAS or len(area) in SLICED)
