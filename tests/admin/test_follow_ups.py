"""The list of follow-up calls at the desk: what waits, one call at a time, the number behind its own door."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import CallDraw, FollowUpCall
from tests.admin.desk import enter, listed, page, rows_behind, said
from tests.admin.test_day import items
from tests.cases.follow_up_makers import DAY, drawn, unrated
from tests.world import World
from yuhu.kit import clock

pytestmark = pytest.mark.django_db
LIST = "cases.followupcall"
PHONE = "13800005678"


@pytest.fixture
def call(world: World) -> FollowUpCall:
    return drawn(world)


def test_a_caller_takes_it_looks_at_the_number_and_records_the_answer(
    world: World, call: FollowUpCall
) -> None:
    browser = enter(world.coordinator)
    text = browser.get(page(LIST, "change", call.pk)).content.decode()
    assert "138****5678" in text
    assert PHONE not in text
    assert reverse("cases:person", args=[call.case.number]) in text
    browser.post(page(LIST, "do", call.pk, "take"))
    text = browser.get(page(LIST, "change", call.pk)).content.decode()
    assert 'name="satisfaction"' in text
    answer = {"outcome": "reached", "solved": "solved", "satisfaction": "satisfied", "comment": "很及时"}
    assert "已办理" in said(browser.post(page(LIST, "do", call.pk, "record"), answer, follow=True))
    call.refresh_from_db()
    assert (call.outcome, call.called_by) == ("reached", world.coordinator)
    text = browser.get(page(LIST, "change", call.pk)).content.decode()
    assert "很及时" in text
    assert reverse("cases:person", args=[call.case.number]) not in text, "nobody need call any more"
    story = browser.get(call.case.get_absolute_url()).content.decode()
    assert "电话回访：已解决，满意" in story
    assert "很及时" in story


def test_an_answer_without_its_words_comes_back_with_what_was_typed(world: World, call: FollowUpCall) -> None:
    browser = enter(world.coordinator)
    browser.post(page(LIST, "do", call.pk, "take"))
    answer = browser.post(
        page(LIST, "do", call.pk, "record"), {"outcome": "reached", "comment": "很及时", "solved": "solved"}
    )
    shown = next(one for one in answer.context["possible"] if one.verb.name == "record")
    assert list(shown.form.errors) == ["satisfaction"]
    assert "很及时" in answer.content.decode()
    assert FollowUpCall.objects.get().outcome == ""


def test_a_colleague_is_told_that_somebody_calls(world: World, call: FollowUpCall) -> None:
    enter(world.coordinator).post(page(LIST, "do", call.pk, "take"))
    other = enter(world.dispatcher)
    assert "同事今天正在回访" in said(other.post(page(LIST, "do", call.pk, "take"), follow=True))
    assert "柯协" in other.get(page(LIST, "change", call.pk)).content.decode()


def test_the_number_of_the_day_is_the_list_behind_it(world: World, call: FollowUpCall) -> None:
    address = reverse("admin:cases_followupcall_changelist")

    def of(name: str) -> list[tuple[int, int]]:
        browser = enter(world.people[name])
        found = [item for item in items(browser) if item.url.startswith(address)]
        for item in found:
            assert rows_behind(browser, item.url) == item.number
        return [(item.number, item.late) for item in found]

    CallDraw.objects.update(due_at=clock.now() - DAY)
    assert of("coordinator") == [(1, 1)]
    assert of("dispatcher") == of("streetleader") == []
    enter(world.dispatcher).post(page(LIST, "do", call.pk, "take"))
    assert of("coordinator") == [], "a colleague calls"


def test_the_list_is_narrowed_by_what_became_of_the_calls(world: World, call: FollowUpCall) -> None:
    browser = enter(world.streetleader)
    assert [row.pk for row in listed(browser, LIST, show="to_call")] == [call.pk]
    assert listed(browser, LIST, show="reached") == []
    assert [row.pk for row in listed(browser, LIST, street="430302001", reason__exact="sample")] == [call.pk]


def test_who_handles_cases_does_not_see_who_is_called(world: World, call: FollowUpCall) -> None:
    for name in ("governor", "handler", "department", "admin", "security"):
        browser = enter(world.people[name])
        assert browser.get(page(LIST)).status_code == 403, name
        assert browser.get(page(LIST, "change", call.pk)).status_code == 403, name
    assert listed(enter(world.office_head), LIST) == []
    assert listed(enter(world.dispatcher9), LIST) == []


def test_the_list_costs_the_same_for_many_rows(world: World, settings) -> None:
    settings.FOLLOW_UP_PERCENT = 100
    browser = enter(world.coordinator)

    def counting() -> int:
        with CaptureQueriesContext(connection) as captured:
            listed(browser, LIST)
        return len(captured)

    cases = [unrated(world) for _ in range(6)]
    drawn(world, cases[0])
    FollowUpCall.objects.exclude(case=cases[0]).update(outcome="lapsed", ended_at=clock.now())
    counting()
    with CaptureQueriesContext(connection) as few:
        assert len(listed(browser, LIST, show="to_call")) == 1
    FollowUpCall.objects.update(outcome="", ended_at=None)
    with CaptureQueriesContext(connection) as many:
        assert len(listed(browser, LIST, show="to_call")) == 6
    assert len(many) == len(few)
