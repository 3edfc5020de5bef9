"""What was closed of an area in a period: how much in time, and to whose satisfaction. Read-only.

The numbers are those of the indicators (``spread``), each with the list of its cases. Leaves to others: names, pages.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from cases.actions.tallies.counting import CLOSED, HAZARD_CASES
from cases.figures.indicators.question import Numbers, Question
from cases.figures.indicators.spread import By, spread, sums, sums_by
from cases.figures.overview import in_area
from cases.figures.sets import Show
from cases.figures.viewer import Period, Viewer
from cases.models import Case
from cases.states import State
from yuhu.kit import clock
from yuhu.kit.figures import Count, Share, query_of


@dataclass(frozen=True)
class Results:
    """What was closed in a period: in time, and to whose satisfaction, never without the coverage."""

    closed: Count
    in_time: Share
    satisfied: Share
    coverage: Share


def results(viewer: Viewer, area: str, period: Period) -> tuple[Results, Results]:
    """Of the period, and of the one of the same length before."""
    periods = {"now": period, "before": period.before()}
    found = spread(Question(viewer.scope, area, period, viewer.at), By.WHOLE, periods)
    now, before = (_results([found[name][""]], one, area) for name, one in periods.items())
    return now, before


def by_programme(question: Question) -> dict[str, tuple[Results, Results]]:
    """Of each promise that anything was closed of, and of all together under "": since the start, and in the period."""
    period, area = question.period, question.area
    found = spread(question, By.PROGRAMME, _around(period, question.at))
    keys = sorted({key for groups in found.values() for key in groups})
    told = {}
    for key, of in {"": keys, **{key: [key] for key in keys}}.items():
        ever = [groups[one] for groups in found.values() for one in of if one in groups]
        now = [found["now"][one] for one in of if one in found["now"]]
        promise = ("programme", key)
        told[key] = _results(ever, None, area, promise), _results(now, period, area, promise)
    return {key: both for key, both in told.items() if both[0].closed.number}


def since_start(question: Question) -> dict[str, Numbers]:
    """What was closed since the start by promise, and how it was rated, as counts by name. One query out of the
    tallies; nothing while they are made anew."""
    periods = {"ever": Period.until(_tomorrow(question.at))}
    found = sums_by(question, By.PROGRAMME, periods)
    return found["ever"] if found is not None else {}


def hazards_removed(question: Question) -> Count:
    """Hazards that were removed since the start; those found at visits are counted there. One query."""
    found = sums(question, {"ever": Period.until(_tomorrow(question.at))})
    number = (
        found["ever"]["hazards_ended"]
        if found is not None
        else Case.objects.within(question.scope).in_area(question.area).filter(CLOSED, HAZARD_CASES).count()
    )
    return Count(number, query_of(("show", Show.HAZARDS), ("state", State.CLOSED), in_area(question.area)))


def _tomorrow(at: dt.datetime) -> dt.datetime:
    return clock.day_start(clock.local_date(at) + dt.timedelta(days=1))


def _around(period: Period, at: dt.datetime) -> Mapping[str, Period]:
    """All the time there is, with the period in the middle."""
    earlier = Period.until(period.start)
    end = _tomorrow(at)
    later = {"later": Period(period.end, end)} if period.end < end else {}
    return {"earlier": earlier, "now": period, **later}


def _results(groups: list[Numbers], period: Period | None, area: str, *besides: tuple[str, str]) -> Results:
    days = period.query if period else ()

    def number(name: str, show: Show) -> Count:
        total = sum(numbers[name] for numbers in groups)
        return Count(total, query_of(("show", show), *days, in_area(area), *besides))

    closed, rated = number("closed", Show.CLOSED), number("rated", Show.RATED)
    return Results(
        closed=closed,
        in_time=Share(
            number("closed_in_time", Show.IN_TIME), number("should_be_closed", Show.SHOULD_BE_CLOSED)
        ),
        satisfied=Share(number("content", Show.SATISFIED), rated),
        coverage=Share(rated, number("to_be_rated", Show.ASKED)),
    )
