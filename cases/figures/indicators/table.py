"""Every indicator of domain.md 6.2 that the system's own rows can tell, in one table. Pure.

Left out, since no table here holds what they need: push_reach_rate and contact_rate (WeCom contacts), circle_coverage
(ways on foot); speed_up_rate, agent_rate and one_visit_rate belong to the services,
which stand above the cases.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from cases.figures.indicators.question import Question
from cases.figures.overview import in_area
from cases.figures.sets import Show
from yuhu.kit import clock
from yuhu.kit.figures import query_of

List = Callable[[Question], str]


class Unit(StrEnum):
    """What a value is: a part of a whole, a number of things, a mean of ratings from one to five, or of working hours
    (of which the numerator counts the minutes)."""

    RATIO = "ratio"
    COUNT = "count"
    SCORE = "score"
    HOURS = "hours"


@dataclass(frozen=True)
class Indicator:
    """``numerator`` and ``denominator`` name counts of the sources, which are added up; a count has no denominator.
    ``cases`` makes the query of the list of the cases among which was counted. ``coverage``: the indicator without
    which this one may not be told. ``median``: the count of the minutes in the middle, beside a mean."""

    key: str
    name: str | Promise
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()
    cases: List | None = None
    unit: Unit = Unit.RATIO
    coverage: str = ""
    median: str = ""


def registered_list(question: Question) -> str:
    days = ("reported_after", question.first.isoformat()), ("reported_before", _last(question))
    return query_of(("show", Show.REGISTERED), in_area(question.area), *days)


def _last(question: Question) -> str:
    return (clock.local_date(question.period.end) - dt.timedelta(days=1)).isoformat()


def closed_list(show: Show) -> List:
    return lambda question: query_of(("show", show), in_area(question.area), *question.period.query)


def open_list(question: Question) -> str:
    return query_of(("show", Show.REGISTERED), ("open", 1), in_area(question.area))


def _row(
    key: str,
    name: str | Promise,
    numerator: str,
    denominator: str = "",
    cases: List | None = None,
    unit: Unit = Unit.RATIO,
    coverage: str = "",
    median: str = "",
) -> Indicator:
    parts = tuple(numerator.split()), tuple(denominator.split())
    return Indicator(key, name, *parts, cases, unit, coverage, median)


_DUE = closed_list(Show.SHOULD_BE_CLOSED)
_DONE, _ASKED, _RATED = closed_list(Show.CLOSED), closed_list(Show.ASKED), closed_list(Show.RATED)
_SCORE, _COUNT = Unit.SCORE, Unit.COUNT
_COVERAGE = "rating_coverage"

TABLE: tuple[Indicator, ...] = (
    # By the day of the report
    _row("acceptance_rate", pgettext_lazy("indicator", "Accepted of all that were decided on"),
         "accepted", "accepted_or_rejected", registered_list),
    _row("on_time_registration_rate", pgettext_lazy("indicator", "Accepted in time"),
         "accepted_in_time", "accept_due", registered_list),
    _row("dispatch_accuracy", pgettext_lazy("indicator", "Dispatches that were not returned"),
         "dispatches_kept", "dispatches", registered_list),
    _row("on_time_sign_rate", pgettext_lazy("indicator", "Signed for in time"),
         "sign_in_time", "sign_due", registered_list),
    _row("response_rate", pgettext_lazy("indicator", "Person contacted in time"),
         "contact_in_time", "contact_due", registered_list),
    _row("rework_rate", pgettext_lazy("indicator", "Cases with a failed check"),
         "reworked", "evaluated", registered_list),
    _row("return_rate", pgettext_lazy("indicator", "Requests to return a dispatch"),
         "returns", "dispatches", registered_list),
    _row("extension_rate", pgettext_lazy("indicator", "Cases with more time"),
         "extended", "registered", registered_list),
    _row("check_rate", pgettext_lazy("indicator", "Results that were checked"),
         "checked", "handled", registered_list),
    _row("self_found_rate", pgettext_lazy("indicator", "Found by staff"),
         "self_found", "registered", registered_list),
    _row("urge_count", pgettext_lazy("indicator", "Urges"),
         "urges", "", registered_list, _COUNT),
    _row("supervise_on_time_rate", pgettext_lazy("indicator", "Supervised cases done in time"),
         "supervise_in_time", "supervise_due", registered_list),
    # Now
    _row("suspension_rate", pgettext_lazy("indicator", "Suspended of the open ones"),
         "suspended_now", "open_now", open_list),
    # By the day of the closing, or of the limit of what is not closed
    _row("completion_rate", pgettext_lazy("indicator", "Closed of what should be closed"),
         "closed", "should_be_closed", _DUE),
    _row("on_time_completion_rate", pgettext_lazy("indicator", "Closed and handled in time"),
         "closed_in_time", "should_be_closed", _DUE),
    _row("overdue_rate", pgettext_lazy("indicator", "Handled late or overdue"),
         "late", "should_be_closed", _DUE),
    _row("front_end_rate", pgettext_lazy("indicator", "Closed by the governor without a dispatch"),
         "closed_front_end", "closed", _DONE),
    _row("repeat_rate", pgettext_lazy("indicator", "Complained about again"),
         "closed_repeated", "closed", _DONE),
    _row("avg_handling_hours", pgettext_lazy("indicator", "Working hours from the dispatch to the result"),
         "handling_minutes", "handling_cases", _DONE, Unit.HOURS, median="handling_median"),
    _row("follow_up_rate", pgettext_lazy("indicator", "Called of those who were to be called"),
         "followed_up", "to_be_followed_up"),
    _row("solution_rate", pgettext_lazy("indicator", "Solved, as the reporters say"),
         "solved", "rated", _RATED, coverage=_COVERAGE),
    _row("satisfaction_rate", pgettext_lazy("indicator", "Reporters satisfied or basically satisfied"),
         "content", "rated", _RATED, coverage=_COVERAGE),
    _row("satisfaction_strict_rate", pgettext_lazy("indicator", "Reporters satisfied"),
         "satisfied", "rated", _RATED, coverage=_COVERAGE),
    _row(_COVERAGE, pgettext_lazy("indicator", "Reporters who rated"),
         "rated", "to_be_rated", _ASKED),
    # Beside the loop
    _row("whistle_response_rate", pgettext_lazy("indicator", "Departments checked in in time"),
         "whistle_answered", "whistle_answered_of"),
    _row("whistle_attendance_rate", pgettext_lazy("indicator", "Departments on site with proof"),
         "whistle_attended", "whistle_attended_of"),
    _row("whistle_clear_rate", pgettext_lazy("indicator", "Whistles cleared in time"),
         "whistle_cleared", "whistle_cleared_of"),
    _row("whistle_rate", pgettext_lazy("indicator", "Whistles in the registered cases"),
         "whistles", "whistles_of", registered_list),
    _row("whistle_street_score", pgettext_lazy("indicator", "Departments' rating of the streets"),
         "street_points", "street_ratings", None, _SCORE),
    _row("whistle_department_score", pgettext_lazy("indicator", "Streets' rating of the departments"),
         "department_points", "department_ratings", None, _SCORE),
    _row("block_coverage", pgettext_lazy("indicator", "Ground in exactly one block"),
         "ground_covered", "ground_covered_of"),
    _row("block_size_rate", pgettext_lazy("indicator", "Blocks of the right size"),
         "blocks_sized", "blocks_sized_of"),
    _row("post_match_rate", pgettext_lazy("indicator", "Blocks with all their people"),
         "blocks_matched", "blocks_matched_of"),
    _row("visit_rate", pgettext_lazy("indicator", "Households visited"),
         "households_visited", "households"),
    _row("training_rate", pgettext_lazy("indicator", "Governors trained in the year"),
         "governors_trained", "governors_trained_of"),
    _row("off_list_tasks", pgettext_lazy("indicator", "Tasks sent without a list item"),
         "off_list", "", None, _COUNT),
    _row("admission_rate", pgettext_lazy("indicator", "Admitted of the decided requests"),
         "admitted", "admitted_of"),
    _row("mediation_success_rate", pgettext_lazy("indicator", "Mediations with an agreement"),
         "mediations_agreed", "mediations_ended"),
    _row("performance_rate", pgettext_lazy("indicator", "Agreements performed"),
         "agreements_performed", "agreements_told"),
    _row("hazard_fix_rate", pgettext_lazy("indicator", "Hazards removed"),
         "hazards_removed visit_hazards_removed", "hazards visit_hazards"),
)  # fmt: skip
