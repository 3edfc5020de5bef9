"""Handling time: working hours from the dispatch to the accepted result, without suspensions; mean and median."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from cases.tasks import sweep_handling
from tests.cases.indicator_makers import many
from tests.cases.indicator_questions import DISTRICT, NOVEMBER, asked, figures, scope
from tests.cases.test_indicators import Count
from tests.world import AT, World, a_closed, a_dispatched, a_handled, a_report, a_suspended, as_reporter, do

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
# AT is 10:00; the office is open from 9 to 12 and from 13 to 17 o'clock.


def passed(world: World, case: Case, handed_back: dt.datetime) -> Case:
    do(world, case, "hand-back", "governor", at=handed_back, result="已清运")
    return do(world, case, "evaluate", "supervisor", at=handed_back + HOUR, effective=True)


def test_it_is_working_time_from_the_dispatch_to_the_result(world: World) -> None:
    case = do(world, a_dispatched(world), "sign", "governor", at=AT)
    assert case.handling_seconds is None
    case = passed(world, case, AT + 26 * HOUR)  # 12:00 of the next day: two hours, four hours, three hours
    assert case.handling_seconds == 9 * 3600


def test_while_it_is_suspended_no_time_is_counted(world: World) -> None:
    case = a_suspended(world)
    case = do(world, case, "resume", "governor", at=AT + 72 * HOUR)
    case = passed(world, case, AT + 73 * HOUR)
    assert case.handling_seconds == 3600


def test_of_several_results_the_accepted_one_counts(world: World) -> None:
    case = a_handled(world)
    do(world, case, "evaluate", "supervisor", at=AT + HOUR, effective=False, comment="没清干净")
    case = passed(world, case, AT + 5 * HOUR)
    assert case.handling_seconds == 4 * 3600, "without the hour at noon"


def test_what_was_solved_on_the_spot_was_never_dispatched(world: World) -> None:
    case = do(world, a_report(world), "solve-on-spot", "governor", result="当场清运")
    case = do(world, case, "evaluate", "supervisor", effective=True)
    assert case.handling_seconds is None
    assert sweep_handling(AT) == 0


def test_of_a_reopened_case_the_second_handling_counts(world: World) -> None:
    case = a_closed(world, satisfied=False)
    assert case.handling_seconds == 0
    case = as_reporter(case, "reopen", at=AT + 72 * HOUR, reason="还没好")
    assert case.handling_seconds is None
    case = passed(world, case, AT + 74 * HOUR)
    assert case.handling_seconds == 2 * 3600


def test_what_was_accepted_before_it_was_kept_is_worked_out_once(world: World) -> None:
    case = a_suspended(world)
    case = do(world, case, "resume", "governor", at=AT + 72 * HOUR)
    case = passed(world, case, AT + 73 * HOUR)
    version, kept = case.version, case.handling_seconds
    Case.objects.filter(pk=case.pk).update(handling_seconds=None)
    assert sweep_handling(AT) == 1
    assert sweep_handling(AT) == 0
    case.refresh_from_db()
    assert (case.handling_seconds, case.version) == (kept, version)


def hours(minutes: float) -> Decimal:
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"))


def test_mean_and_median_equal_counting_by_hand(world: World) -> None:
    many(world, NOVEMBER, seed=21, count=120)
    for name, area in (("leader", DISTRICT), ("streetleader", "430302001"), ("governor", "43030200100101")):
        question = asked(scope(world, name), area)
        done = sorted(
            case.handling_seconds for case in Count(question).done if case.handling_seconds is not None
        )
        middle = [done[(len(done) - 1) // 2], done[len(done) // 2]]
        found = figures(question)["avg_handling_hours"]
        minutes = round(sum(done) / 60)
        assert (found.numerator, found.denominator) == (minutes, len(done))
        assert found.value == hours(minutes / len(done))
        assert found.median == hours(round(sum(middle) / 2 / 60))
        assert len(done) > 1


def test_without_a_result_there_is_no_mean_and_no_median(world: World) -> None:
    found = figures(asked(scope(world)))["avg_handling_hours"]
    assert (found.numerator, found.denominator, found.value, found.median) == (0, 0, None, None)


def test_a_case_that_was_never_suspended_costs_one_question_more(world: World) -> None:
    """Requests are read; when a case went on is looked up only where it was suspended."""
    case = a_handled(world)
    with CaptureQueriesContext(connection) as captured:
        do(world, case, "evaluate", "supervisor", effective=True)
    asked_for = [one["sql"] for one in captured.captured_queries]
    assert sum('FROM "cases_caserequest"' in sql for sql in asked_for) == 1
    assert not any('FROM "journal_entry"' in sql and "case.resumed" in sql for sql in asked_for)
