"""What was found at a visit or a meeting becomes one case; and the figures of visits."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.actions import dispatch_by_rule, report_finding
from cases.figures.visits import BECAME, Days, visits_of
from cases.models import Case
from cases.policies import may_report_finding
from staffing.actions import NewFinding, empty_visits
from staffing.models import Finding, Visit
from staffing.policies import scope_of
from tests.staffing.visit_makers import (
    DAY,
    DEMAND,
    HAZARD,
    TODAY,
    a_done,
    a_finding,
    a_talk,
    a_visit,
    record,
)
from tests.world import AT, World, do, kinds_of
from yuhu.journal.models import Entry
from yuhu.kit.exceptions import Refusal

SOLVED = NewFinding("hazard", "飞线充电，当场拆除", "0702", solved=True)


def to_case(world: World, finding: Finding, name: str = "handler", **changes: Any) -> Case:
    values = {"category": finding.category_code or "0101", "description": finding.text or "见走访记录"}
    return report_finding(finding=finding, by=world.by(name), at=AT, **{**values, **changes})


def closed(world: World, case: Case) -> Case:
    """Signed, handled, found effective: a finding has nobody to ask, so that closes it."""
    dispatch_by_rule(case_id=case.pk, at=AT)
    do(world, case, "sign", "governor")
    do(world, case, "hand-back", "governor", result="已清理")
    return do(world, case, "evaluate", "supervisor", effective=True)


@pytest.mark.parametrize(
    ("new", "is_talk", "programme", "channel"),
    [
        (HAZARD, False, "hazard", "visit"),
        (HAZARD, True, "hazard", "meeting"),
        (DEMAND, False, "visit", "visit"),
        (DEMAND, True, "visit", "meeting"),
        (NewFinding("suggestion", "建议增设晾衣杆", "1203"), False, "visit", "visit"),
    ],
)
def test_a_finding_becomes_a_case_in_the_visits_block(world, new, is_talk, programme, channel):
    visit = record(world, a_talk(world) if is_talk else a_visit(world), findings=[new])
    finding = visit.findings.get()
    case = to_case(world, finding)
    assert (case.programme, case.channel, case.block_code) == (programme, channel, world.b1.code)
    assert (case.finding, case.category_id, case.reported_by) == (finding, new.category, world.handler)
    assert case.description == new.text
    assert not case.must_rate
    told = Entry.objects.filter(subject_type="visit", subject_id=str(visit.pk)).latest("seq")
    assert (told.kind, told.data) == ("visit.case_made", {"no": 1, "case": case.number})
    assert Entry.objects.get(kind="case.reported").data["finding"] == finding.pk


def test_asked_twice_it_is_the_same_case_and_nothing_is_told_twice(world):
    finding = a_finding(world)
    case = to_case(world, finding)
    count = Entry.objects.count()
    again = to_case(world, finding, "streetleader", description="另一种说法")
    assert (again, Case.objects.count(), Entry.objects.count()) == (case, 1, count)


def test_the_database_lets_no_second_case_of_a_finding_in(world):
    finding = a_finding(world)
    to_case(world, finding)
    other = to_case(world, a_finding(world, DEMAND, role="vanguard"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=other.pk).update(finding=finding)


@pytest.mark.parametrize("category", ["0302", "07", "9999", "", "\x00", "０７０１"])
def test_a_hazard_needs_a_category_of_public_safety(world, category):
    with pytest.raises(Refusal) as refused:
        to_case(world, a_finding(world), category=category)
    assert refused.value.field == "category"
    assert not Case.objects.exists()


def test_a_case_needs_words(world):
    with pytest.raises(Refusal) as refused:
        to_case(world, a_finding(world), description="  ")
    assert refused.value.field == "description"


# Who makes a case of what 韩 found in b1.
MAY = {"handler", "dispatcher", "coordinator", "block_head", "streetleader", "leader"}
MAY |= {"governor", "supervisor", "assistant", "liaison"}  # of the block itself


def test_cases_are_made_by_whoever_took_part_or_works_in_the_area(world):
    finding = a_finding(world)
    may = {name for name, person in world.people.items() if may_report_finding(person, finding, on=TODAY)}
    assert may == MAY
    with pytest.raises(Refusal) as refused:
        to_case(world, finding, "dispatcher9")
    assert refused.value.code == "not_taking_part"


def test_what_was_solved_on_the_spot_becomes_no_case(world):
    with pytest.raises(Refusal) as refused:
        to_case(world, a_finding(world, SOLVED))
    assert refused.value.code == "solved"


def test_what_was_emptied_becomes_no_case_any_more(world):
    finding = a_finding(world)
    empty_visits(before=AT + DAY, limit=10, at=AT + 2 * DAY)
    with pytest.raises(Refusal) as refused:
        to_case(world, finding)
    assert refused.value.code == "texts_removed"


def test_the_case_goes_through_the_loop_and_closes_without_a_rating(world):
    case = closed(world, to_case(world, a_finding(world)))
    assert case.state == "closed"
    assert kinds_of(case)[0] == "case.reported"


# --- Figures ---------------------------------------------------------------------------------------

WEEK = Days(TODAY - 6 * DAY, TODAY)


def figures(world: World, name: str = "leader", area: str = "430302", days: Days = WEEK):
    return visits_of(scope_of(world.people[name], TODAY), area, days)


def a_full_week(world: World) -> None:
    """A visit with five findings of every fate, one in another street, one before the week, a meeting, one planned."""
    later = [NewFinding("other", f"第{number}件", "0101") for number in (1, 2)]
    visit = a_done(world, HAZARD, SOLVED, DEMAND, *later)
    rows = list(visit.findings.order_by("no"))
    closed(world, to_case(world, rows[0]))
    to_case(world, rows[2], category="0101")
    ended = to_case(world, rows[3])
    dispatch_by_rule(case_id=ended.pk, at=AT)
    do(world, ended, "void", "dispatcher", reason="误报")
    record(world, a_talk(world))
    a_visit(world, role="vanguard", planned_for=TODAY)
    record(world, a_visit(world, role="liaison", planned_for=TODAY - 7 * DAY), held_on=TODAY - 7 * DAY)
    other = a_visit(world, "dispatcher9", block=world.b9)
    record(world, other, "dispatcher9", households=7)


def test_visits_are_counted_by_the_day_on_which_they_were_held(world):
    a_full_week(world)
    found = figures(world)
    assert (found.whole.visits.number, found.whole.talks.number, found.whole.present) == (2, 1, 23)
    assert {part.code: part.visits.number for part in found.parts if part.visits.number} == {
        "430302001": 1,
        "430302008": 1,
    }
    assert figures(world, days=Days(TODAY - 7 * DAY, TODAY - 7 * DAY)).whole.visits.number == 1


def test_the_visit_rate_is_households_visited_of_all_households(world):
    a_full_week(world)
    found = figures(world, area=world.b1.code[:12])
    assert found.whole.rate.numerator.number == 12
    line = next(part for part in found.parts if part.code == world.b1.code)
    assert line.rate.denominator.number == world.b1.households
    assert line.rate.percent == round(line.rate.percent, 2) > 0


def test_every_finding_has_one_fate(world):
    a_full_week(world)
    whole = figures(world).whole
    found = {name: count.number for name, count in whole.became.items()}
    assert found == dict.fromkeys(BECAME, 1)
    assert whole.findings.number == 5
    assert (whole.hazards.numerator.number, whole.hazards.denominator.number) == (2, 2)


def test_urgent_problems_solved_are_closed_cases_from_visits(world):
    a_full_week(world)
    assert figures(world).whole.urgent.number == 0  # the one that was closed is a hazard
    closed(world, to_case(world, a_finding(world, DEMAND, role="publicity"), category="0101"))
    assert figures(world).whole.urgent.number == 1


def test_figures_hold_what_the_viewer_sees(world):
    a_full_week(world)
    assert figures(world, "dispatcher9").whole.visits.number == 1
    assert figures(world, "dispatcher9", "430302001").whole.rate.denominator.number == 0
    assert figures(world, "admin").whole.visits.number == 0


def test_figures_cost_the_same_for_many_visits(world):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            figures(world)
        return len(asked)

    a_done(world, HAZARD)
    cost()  # a person's posts are asked for once
    few = cost()
    for number in range(4):
        a_done(world, HAZARD, DEMAND, planned_for=TODAY - number * DAY, role="vanguard")
    assert Visit.objects.count() == 5
    assert cost() == few <= 5


def test_a_span_says_its_days_as_the_lists_read_them(world):
    assert WEEK.query == "2026-11-18..2026-11-24"
    assert isinstance(WEEK.period.start, dt.datetime)
