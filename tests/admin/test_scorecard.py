"""The departments' scorecard at the desk, and the whistle on the page of its case."""

import pytest

from cases.models import Note, WhistleCall
from tests.admin.desk import enter, page
from tests.admin.whistle_forms import CALL, WHISTLE, exported, text_of
from tests.cases.whistle_makers import (
    a_called,
    a_checked_in,
    a_done,
    an_explained,
    call_of,
    case_of,
    second_department,
    unit_of,
)
from tests.world import AT, World, a_signed

# --- The scorecard ------------------------------------------------------------------------------------------------


def test_the_scorecard_counts_each_department_and_goes_out_as_a_sheet(world: World) -> None:
    a_done(world)
    a_checked_in(world)
    rows = exported(enter(world.leader))
    assert rows[1][:5] == ["区市场监督管理局", 2, 2, 2, 100]
    assert rows[1][5:13] == [1, 1, 100, 1, 1, 100, 5, 1]
    assert rows[-1][1] == 2
    assert exported(enter(world.leader), 2025)[1][1] == 0


def test_every_number_of_the_scorecard_leads_to_its_rows(world: World) -> None:
    a_done(world)
    a_checked_in(world)
    browser = enter(world.streetleader)
    answer = browser.get(page(CALL, "scorecard"))
    ((_unit, answers),) = answer.context["rows"]
    for count in (
        answers.called,
        *(answers.in_time.numerator, answers.in_time.denominator),
        *(answers.attended.numerator, answers.attended.denominator),
        *(answers.result_in_time.numerator, answers.result_in_time.denominator),
    ):
        shown = browser.get(f"{page(CALL)}?{count.query}").context["cl"].result_list
        assert len(shown) == count.number


def test_a_department_sees_its_own_row_only_and_a_member_of_an_office_none(world: World) -> None:
    unit = second_department(world)
    a_done(world)
    assert [row[0] for row in enter(world.department).get(page(CALL, "scorecard")).context["rows"]] == [
        unit_of("区市场监督管理局")
    ]
    assert enter(world.stand_in).get(page(CALL, "scorecard")).context["rows"] == []
    assert enter(world.handler).get(page(CALL, "scorecard")).status_code == 403
    assert unit.name not in str(exported(enter(world.department)))


@pytest.mark.parametrize("year", ["", "abc", "0000", "9" * 30, "1999", "２０２６"])
def test_a_year_that_is_none_is_this_year(world: World, year: str) -> None:
    answer = enter(world.leader).get(page(CALL, "scorecard"), {"year": year})
    assert answer.context["year"] == 2026


# --- The page of the case -----------------------------------------------------------------------------------------


def test_the_page_of_the_case_shows_the_whistle_and_leads_to_it(world: World) -> None:
    whistle = a_called(world)
    text = enter(world.dispatcher).get(case_of(whistle).get_absolute_url()).content.decode()
    assert whistle.get_absolute_url() in text
    assert "区市场监督管理局" in text
    governor = enter(world.governor).get(case_of(whistle).get_absolute_url()).content.decode()
    assert "区市场监督管理局" in governor
    assert whistle.get_absolute_url() not in governor, "a phone has no desk"


def test_whoever_may_whistle_finds_the_way_from_the_case(world: World) -> None:
    case = a_signed(world)
    way = f"{page(WHISTLE, 'add')}?case={case.pk}"
    shown = {name: way in enter(world.people[name]).get(case.get_absolute_url()).content.decode()
             for name in ("dispatcher", "governor", "streetleader", "auditor")}  # fmt: skip
    assert shown == {"dispatcher": True, "governor": False, "streetleader": False, "auditor": False}


def test_the_cases_story_tells_the_whistle_with_the_names_of_the_departments(world: World) -> None:
    whistle = a_done(world)
    answer = enter(world.dispatcher).get(case_of(whistle).get_absolute_url())
    told = [line for line in answer.context["story"] if line.kind.startswith("case.whistle_")]
    assert len(told) == 11
    assert all("—" not in line.title for line in told), [line.title for line in told]
    by_kind = {line.kind: line for line in told}
    assert "区市场监督管理局" in by_kind["case.whistle_checked_in"].title
    assert by_kind["case.whistle_checked_in"].text == "杜局员等2人"


def test_what_was_erased_is_told_as_erased(world: World) -> None:
    whistle = an_explained(world)
    Note.objects.filter(case=whistle.case_id).update(text="", salt="", erased_at=AT)
    text = text_of(enter(world.dispatcher), CALL, call_of(whistle))
    assert "属城管执法事项" not in text
    assert WhistleCall.objects.get().explanation.erased_at is not None
