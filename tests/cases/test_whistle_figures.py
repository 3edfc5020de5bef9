"""The figures of domain 6.2 for whistles: shares with their parts, means of both ratings, nothing as a dash."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.actions.whistles import department, street
from cases.figures.viewer import Period, Viewer
from cases.figures.whistles import Mean, WhistleFigures, scorecard, whistle_figures, year_of
from staffing.actions import join
from staffing.models import Membership, Unit
from staffing.policies import posts_of, scope_of
from tests.cases.whistle_makers import (
    a_called,
    a_checked_in,
    a_cleared,
    a_done,
    an_emergency,
    an_ended,
    an_excused,
    call_of,
    case_of,
    second_department,
    unit_of,
)
from tests.world import AT, OTHER_STREET, START, STREET, World, a_report, do
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock
from yuhu.kit.figures import Share

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
YEAR = year_of(2026)


def viewer(world: World, name: str = "leader", at: dt.datetime = AT) -> Viewer:
    person, today = world.people[name], clock.local_date(AT)
    return Viewer(person.pk, posts_of(person, today), scope_of(person, today), at)


def parts(share: Share) -> tuple[int, int]:
    return share.numerator.number, share.denominator.number


def test_a_mean_has_two_decimals_and_none_without_a_rating() -> None:
    assert Mean(14, 3).value == Decimal("4.67")
    assert Mean().value is None


def test_check_ins_in_time_are_counted_among_those_whose_time_is_over(world: World) -> None:
    a_checked_in(world)
    a_called(world)
    assert parts(whistle_figures(viewer(world), YEAR).answers.in_time) == (1, 1), "the other may still come"
    late = whistle_figures(viewer(world, at=AT + 2 * DAY), YEAR)
    assert parts(late.answers.in_time) == (1, 2)
    assert late.answers.in_time.percent == 50


def test_a_check_in_after_the_limit_does_not_count_as_one_in_time(world: World) -> None:
    whistle = an_emergency(world)
    late = AT + dt.timedelta(minutes=31)
    department.check_in(call=call_of(whistle), coming="2人", by=world.by("department"), at=late)
    assert parts(whistle_figures(viewer(world, at=late), YEAR).answers.in_time) == (0, 1)


def test_who_was_withdrawn_or_excused_or_cut_off_by_the_end_is_held_against_nobody(world: World) -> None:
    an_excused(world)
    an_ended(world)
    street.withdraw(call=call_of(a_called(world)), reason="叫错", by=world.by("dispatcher"), at=AT)
    found = whistle_figures(viewer(world, at=AT + 30 * DAY), YEAR).answers
    assert (parts(found.in_time), parts(found.attended), parts(found.result_in_time)) == ((0, 0),) * 3
    assert found.in_time.percent is None


def test_on_site_means_with_proof_and_a_no_show_counts_against(world: World) -> None:
    a_done(world)
    absent = a_checked_in(world)
    department.attend(
        call=call_of(absent), attended=False, proof="现场无人", by=world.by("dispatcher"), at=AT
    )
    assert parts(whistle_figures(viewer(world), YEAR).answers.attended) == (1, 2)


def test_whistles_cleared_in_time_are_counted_among_those_due_in_the_period(world: World) -> None:
    a_cleared(world)
    a_called(world)
    december = Period.of_days(dt.date(2026, 12, 1), dt.date(2026, 12, 31))
    assert parts(whistle_figures(viewer(world, at=AT + 30 * DAY), december).cleared) == (1, 2)
    november = Period.of_days(dt.date(2026, 11, 1), dt.date(2026, 11, 30))
    assert parts(whistle_figures(viewer(world, at=AT + 30 * DAY), november).cleared) == (0, 0)


@pytest.mark.parametrize("cases, band", [(0, "above"), (9, "inside"), (199, "below")])
def test_the_rate_of_whistles_is_a_band_and_no_race(settings, cases: int, band: str) -> None:
    settings.WHISTLE_BAND_LOW, settings.WHISTLE_BAND_HIGH = 1.0, 10.0
    nothing = Share.of(0, 0)
    empty = whistle_answers()
    assert WhistleFigures(empty, nothing, Share.of(1, 1 + cases), Mean()).band == band
    assert WhistleFigures(empty, nothing, nothing, Mean()).band == ""


def whistle_answers():
    from cases.figures.whistles import Answers
    from yuhu.kit.figures import Count

    nothing = Share.of(0, 0)
    return Answers(Count(0), nothing, nothing, nothing, Mean())


def test_the_rate_counts_reported_cases_but_void_and_merged_ones(world: World) -> None:
    a_called(world)
    do(world, a_report(world), "void", "dispatcher", reason="误报")
    a_report(world)
    assert parts(whistle_figures(viewer(world), YEAR).rate) == (1, 2)


def test_whoever_leads_two_streets_reads_the_rate_of_both(world: World) -> None:
    other = Unit.objects.get(code=OTHER_STREET)
    role = Membership.Role.LEADER
    join(unit=other, user=world.streetleader, role=role, starts_on=START, at=AT, actor=SYSTEM)
    a_called(world)
    a_report(world, "governor9", block=world.b9.code)
    both = viewer(world, "streetleader")
    assert parts(whistle_figures(both, YEAR).rate) == (1, 2)
    assert parts(whistle_figures(both, YEAR, STREET).rate) == (1, 1)
    assert parts(whistle_figures(both, YEAR, OTHER_STREET).rate) == (0, 1)


def test_both_sides_have_their_mean(world: World) -> None:
    a_done(world)
    found = whistle_figures(viewer(world), YEAR)
    assert found.answers.score.value == 5
    assert (found.street_score.value, found.streets["430302001"].number) == (Decimal("4.50"), 2)


def test_figures_stay_in_the_scope_and_the_area(world: World) -> None:
    a_done(world)
    for name, area, number in (
        ("leader", "", 1),
        ("leader", "430302", 1),
        ("leader", "430302001", 1),
        ("leader", "430302008", 0),
        ("streetleader", "", 1),
        ("dispatcher9", "", 0),
        ("department", "", 1),
    ):
        assert whistle_figures(viewer(world, name), YEAR, area).answers.called.number == number, (name, area)


def test_the_scorecard_has_a_row_for_each_department_and_the_whole(world: World) -> None:
    unit = second_department(world)
    whistle = a_called(world, units=[unit_of("区市场监督管理局"), unit])
    department.check_in(call=call_of(whistle), coming="2人", by=world.by("department"), at=AT)
    card = scorecard(viewer(world, at=AT + 2 * DAY), YEAR)
    assert {one.name: parts(answers.in_time) for one, answers in card.departments.items()} == {
        "区市场监督管理局": (1, 1),
        unit.name: (0, 1),
    }
    assert (card.whole.called.number, parts(card.whole.in_time)) == (2, (1, 2))
    assert [one.name for one in scorecard(viewer(world, "department"), YEAR).departments] == [
        "区市场监督管理局"
    ]


def test_numbers_cost_the_same_however_many_whistles_there_are(world: World) -> None:
    who = viewer(world)

    def asked() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as first:
            scorecard(who, YEAR)
        with CaptureQueriesContext(connection) as second:
            whistle_figures(who, YEAR)
        return len(first), len(second)

    a_done(world)
    assert asked() == (2, 5)
    case_of(a_checked_in(world))
    a_cleared(world)
    assert asked() == (2, 5)
