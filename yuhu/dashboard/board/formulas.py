"""How each indicator is made, in words: its counts by name, its formula, by which day it counts, where its rule stands.

The formula is put together from the table's own counts, so that it cannot say anything else than what is counted. Pure.
"""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from cases.figures.indicators import Indicator, Unit

COUNTS: Mapping[str, Promise] = {
    "registered": pgettext_lazy("count", "cases registered"),
    "accepted": pgettext_lazy("count", "cases accepted"),
    "accepted_or_rejected": pgettext_lazy("count", "cases accepted or rejected"),
    "accepted_in_time": pgettext_lazy("count", "cases accepted within the limit"),
    "accept_due": pgettext_lazy("count", "cases accepted or past the limit for it"),
    "dispatches": pgettext_lazy("count", "dispatches"),
    "dispatches_kept": pgettext_lazy("count", "dispatches without approved returns"),
    "sign_in_time": pgettext_lazy("count", "dispatches signed for within the limit"),
    "sign_due": pgettext_lazy("count", "dispatches signed for or past the limit for it"),
    "contact_in_time": pgettext_lazy("count", "people first contacted within the limit"),
    "contact_due": pgettext_lazy("count", "people first contacted or past the limit for it"),
    "reworked": pgettext_lazy("count", "cases with a failed check"),
    "evaluated": pgettext_lazy("count", "cases checked at least once"),
    "returns": pgettext_lazy("count", "requests to return"),
    "extended": pgettext_lazy("count", "cases with an approved extension"),
    "checked": pgettext_lazy("count", "results that were checked"),
    "handled": pgettext_lazy("count", "cases with a result"),
    "self_found": pgettext_lazy("count", "cases found by staff"),
    "urges": pgettext_lazy("count", "urges"),
    "supervise_in_time": pgettext_lazy("count", "supervised cases done within the limit"),
    "supervise_due": pgettext_lazy("count", "supervised cases done or past the limit"),
    "suspended_now": pgettext_lazy("count", "cases suspended now"),
    "open_now": pgettext_lazy("count", "cases open now"),
    "closed": pgettext_lazy("count", "cases closed"),
    "should_be_closed": pgettext_lazy("count", "cases closed, or due in the period and not closed"),
    "closed_in_time": pgettext_lazy("count", "cases closed and handled within the limit"),
    "late": pgettext_lazy("count", "cases closed late, or open past the limit"),
    "closed_front_end": pgettext_lazy("count", "cases closed by the governor without a dispatch"),
    "closed_repeated": pgettext_lazy("count", "closed cases that were complained about again within 30 days"),
    "solved": pgettext_lazy("count", "ratings that say solved"),
    "content": pgettext_lazy("count", "ratings that say satisfied or basically satisfied"),
    "satisfied": pgettext_lazy("count", "ratings that say satisfied"),
    "rated": pgettext_lazy("count", "valid ratings"),
    "to_be_rated": pgettext_lazy("count", "closed cases to be rated"),
    "whistle_answered": pgettext_lazy("count", "departments checked in within the limit"),
    "whistle_answered_of": pgettext_lazy("count", "departments called, checked in or due to"),
    "whistle_attended": pgettext_lazy("count", "departments on site with proof"),
    "whistle_attended_of": pgettext_lazy("count", "departments called, on site or due on site"),
    "whistle_cleared": pgettext_lazy("count", "whistles cleared within the limit"),
    "whistle_cleared_of": pgettext_lazy("count", "whistles due"),
    "whistles": pgettext_lazy("count", "whistles"),
    "whistles_of": pgettext_lazy("count", "cases registered"),
    "street_points": pgettext_lazy("count", "points that departments gave to streets"),
    "street_ratings": pgettext_lazy("count", "ratings of streets"),
    "department_points": pgettext_lazy("count", "points that streets gave to departments"),
    "department_ratings": pgettext_lazy("count", "ratings of departments"),
    "ground_covered": pgettext_lazy("count", "square metres in exactly one block"),
    "ground_covered_of": pgettext_lazy("count", "square metres of the area (of a district: of its streets)"),
    "blocks_sized": pgettext_lazy("count", "blocks of 280 to 420 households"),
    "blocks_sized_of": pgettext_lazy("count", "blocks"),
    "blocks_matched": pgettext_lazy("count", "blocks with governor, supervisor and assistant"),
    "blocks_matched_of": pgettext_lazy("count", "blocks"),
    "households_visited": pgettext_lazy("count", "households visited"),
    "households": pgettext_lazy("count", "households"),
    "governors_trained": pgettext_lazy("count", "governors trained in the year"),
    "governors_trained_of": pgettext_lazy("count", "governors"),
    "off_list": pgettext_lazy("count", "tasks sent without a list item, as inspection found"),
    "admitted": pgettext_lazy("count", "requests approved"),
    "admitted_of": pgettext_lazy("count", "requests decided"),
    "mediations_agreed": pgettext_lazy("count", "mediations with an agreement"),
    "mediations_ended": pgettext_lazy("count", "mediations that ended"),
    "agreements_performed": pgettext_lazy("count", "agreements performed"),
    "agreements_told": pgettext_lazy("count", "agreements due"),
    "hazards": pgettext_lazy("count", "hazards reported"),
    "hazards_removed": pgettext_lazy("count", "reported hazards removed"),
    "visit_hazards": pgettext_lazy("count", "hazards found at visits"),
    "visit_hazards_removed": pgettext_lazy("count", "hazards of visits removed"),
    "handling_minutes": pgettext_lazy("count", "working minutes from the dispatch to the accepted result"),
    "handling_cases": pgettext_lazy("count", "closed cases with a result that was not given on the spot"),
    "followed_up": pgettext_lazy("count", "people who were spoken with"),
    "to_be_followed_up": pgettext_lazy("count", "people who were drawn for a call"),
}

BY_REPORT = pgettext_lazy("basis", "Counted by the day of the report.")
BY_CLOSING = pgettext_lazy(
    "basis", "Counted by the day of the closing; what is not closed, by the day on which it was due."
)
NOW = pgettext_lazy("basis", "Counted now, whenever the case was reported.")
_BY_CALL = pgettext_lazy(
    "basis",
    "Counted by the day on which the departments were called, or by which a whistle was to be cleared.",
)
_LAST_DAY = pgettext_lazy("basis", "Counted on the last day of the period.")
_YEAR = pgettext_lazy("basis", "Counted in the year in which the period ends.")
_BY_VISIT = pgettext_lazy(
    "basis", "Counted by the day of the visit; a household that was visited twice counts twice."
)
_BY_DECISION = pgettext_lazy("basis", "Counted by the day of the decision.")
_BY_ARRIVAL = pgettext_lazy("basis", "Counted by the day on which the task came; the target is none.")
_BY_END = pgettext_lazy("basis", "Counted by the day on which the mediation ended.")
_BY_FINDING = pgettext_lazy(
    "basis", "Counted by the day on which the hazard was reported or found at a visit."
)

# By which day each counts; the order is that of the table.
BASIS: Mapping[str, Promise] = {
    **dict.fromkeys(
        (
            *("registered", "acceptance_rate", "on_time_registration_rate", "dispatch_accuracy"),
            *("on_time_sign_rate", "response_rate", "rework_rate", "return_rate", "extension_rate"),
            *("check_rate", "self_found_rate", "urge_count", "supervise_on_time_rate"),
        ),
        BY_REPORT,
    ),
    **dict.fromkeys(("open_now", "suspension_rate"), NOW),
    **dict.fromkeys(
        (
            *("closed", "completion_rate", "on_time_completion_rate", "overdue_rate", "front_end_rate"),
            *("repeat_rate", "solution_rate", "satisfaction_rate", "satisfaction_strict_rate"),
            *("rating_coverage", "avg_handling_hours", "follow_up_rate"),
        ),
        BY_CLOSING,
    ),
    **dict.fromkeys(
        (
            *("whistle_response_rate", "whistle_attendance_rate", "whistle_clear_rate", "whistle_rate"),
            *("whistle_street_score", "whistle_department_score"),
        ),
        _BY_CALL,
    ),
    **dict.fromkeys(("block_coverage", "block_size_rate", "post_match_rate"), _LAST_DAY),
    "visit_rate": _BY_VISIT,
    "training_rate": _YEAR,
    "off_list_tasks": _BY_ARRIVAL,
    "admission_rate": _BY_DECISION,
    **dict.fromkeys(("mediation_success_rate", "performance_rate"), _BY_END),
    "hazard_fix_rate": _BY_FINDING,
}


def counts_cases(key: str) -> bool:
    """Whether cases are counted, of which some are left out; not blocks, people, visits or lists."""
    return BASIS[key] not in (_LAST_DAY, _YEAR, _BY_VISIT, _BY_DECISION, _BY_ARRIVAL)


_BEIJING = pgettext_lazy(
    "source",
    "Beijing's regulation on handling complaints at once, article 32 (response, solution, satisfaction)",
)
# Where a rule stands that is not only this system's.
SOURCES: Mapping[str, Promise] = dict.fromkeys(
    ("response_rate", "solution_rate", "satisfaction_rate", "satisfaction_strict_rate"), _BEIJING
)

_UP = (
    *(
        "acceptance_rate",
        "on_time_registration_rate",
        "dispatch_accuracy",
        "on_time_sign_rate",
        "response_rate",
    ),
    *(
        "check_rate",
        "self_found_rate",
        "supervise_on_time_rate",
        "completion_rate",
        "on_time_completion_rate",
    ),
    *("front_end_rate", "solution_rate", "satisfaction_rate", "satisfaction_strict_rate", "rating_coverage"),
    *("whistle_response_rate", "whistle_attendance_rate", "whistle_clear_rate", "whistle_street_score"),
    *("whistle_department_score", "block_coverage", "block_size_rate", "post_match_rate", "visit_rate"),
    *("training_rate", "follow_up_rate", "mediation_success_rate", "performance_rate", "hazard_fix_rate"),
)
_DOWN = (
    "rework_rate",
    "return_rate",
    "extension_rate",
    "suspension_rate",
    "overdue_rate",
    "repeat_rate",
    "off_list_tasks",
    "avg_handling_hours",
)
# Which way is better; of the others more is neither good nor bad.
_WANTED: Mapping[str, str] = {**dict.fromkeys(_UP, "up"), **dict.fromkeys(_DOWN, "down")}


def wanted(key: str) -> str:
    """ "up", "down", or "" where neither is better."""
    return _WANTED.get(key, "")


def counted(names: Iterable[str]) -> str:
    """The counts of a numerator or a denominator in words."""
    return " + ".join(str(COUNTS[name]) for name in names)


def formula(one: Indicator) -> str:
    """The formula in words."""
    part = counted(one.numerator)
    if not one.denominator:
        return part
    whole = counted(one.denominator)
    whole = f"({whole})" if len(one.denominator) > 1 else whole
    part = f"({part})" if len(one.numerator) > 1 else part
    patterns = {
        Unit.RATIO: _("%(part)s ÷ %(whole)s × 100%%"),
        Unit.HOURS: _("%(part)s ÷ 60 ÷ %(whole)s"),
    }
    pattern = patterns.get(one.unit) or _("%(part)s ÷ %(whole)s")
    return pattern % {"part": part, "whole": whole}
