"""Meetings at the desk: convening, the agenda with its verbs, deciding, the minutes; lists, the day, many at once."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.actions import meetings
from cases.admin import many
from cases.models import AgendaItem, Case, Meeting, Participant
from cases.states import Path, State
from tests.admin.desk import enter, errors, listed, page, said
from tests.admin.test_day import items
from tests.cases.meeting_makers import LATER, a_closed, a_held, a_meeting, item_of
from tests.world import AT, STREET, World, a_dispatched, a_report
from yuhu.kit import clock

MEETING, ITEM, CASE = "cases.meeting", "cases.agendaitem", "cases.case"
DAY = dt.timedelta(days=1)


@pytest.fixture
def desk(world):
    return enter(world.dispatcher)


@pytest.fixture
def afternoon(monkeypatch):
    """The time after the meetings of the cast."""
    monkeypatch.setattr(clock, "now", lambda: LATER + dt.timedelta(hours=1))


def form(world: World, *cases: Case, **changes: object) -> dict[str, object]:
    """What the form for a new meeting sends."""
    given = {
        "street": STREET,
        "title": "楼道堆物专题会商",
        "starts_at": "2026-11-24T15:00",
        "place": "街道三楼会议室",
        "chair": world.streetleader.pk,
        "units": [world.unit("city_management_office").pk],
        "invited": [world.assistant.pk],
        "residents": "张三丰、 欧阳明",
        "consent": "电话同意",
        "cases": [case.pk for case in cases],
    }
    return {**given, **changes}


def test_a_meeting_is_convened_on_two_cases(world, desk):
    cases = [a_dispatched(world), a_dispatched(world, category="0102", description="渣土")]
    answer = desk.post(page(MEETING, "add"), form(world, *cases), follow=True)
    meeting = Meeting.objects.get()
    assert answer.redirect_chain[-1][0] == page(MEETING, "change", meeting.pk)
    assert clock.local(meeting.starts_at).strftime("%H:%M") == "15:00"
    assert [item.case for item in meeting.items.order_by("no")] == cases
    assert {str(row) for row in meeting.participants.filter(kind="resident")} == {"张**", "欧**"}
    text = answer.content.decode()
    assert all(case.number in text for case in cases)
    assert "张三丰" not in text


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"title": ""}, "title"),
        ({"title": "长" * 101}, "title"),
        ({"starts_at": "2026-11-23T15:00"}, "starts_at"),
        ({"starts_at": "bald"}, "starts_at"),
        ({"cases": []}, "cases"),
        ({"consent": ""}, "consent"),
        ({"residents": "人" * 1001}, "residents"),
        ({"street": "430302008"}, "street"),
    ],
)
def test_what_does_not_fit_stands_beside_its_field_and_nothing_is_lost(world, desk, changes, field):
    case = a_dispatched(world)
    answer = desk.post(page(MEETING, "add"), form(world, case, **changes))
    assert field in errors(answer)
    if "place" not in changes:
        assert "街道三楼会议室" in answer.content.decode()
    assert not Meeting.objects.exists()


def test_a_case_that_cannot_be_met_about_is_named(world, desk):
    case = a_dispatched(world)
    a_meeting(world, case)
    answer = desk.post(page(MEETING, "add"), form(world, case))
    assert case.number in errors(answer)["cases"][0]


def test_cases_out_of_sight_cannot_be_named(world, desk):
    there = a_report(world, "governor9", block=world.b9.code)
    assert "cases" in errors(desk.post(page(MEETING, "add"), form(world, there)))


def test_without_a_script_cases_are_named_by_their_numbers(world, desk):
    case = a_dispatched(world)
    sent = form(world, **{"cases": [], "cases-typed": case.number})
    assert desk.post(page(MEETING, "add"), sent).status_code == 302
    assert Meeting.objects.get().items.get().case == case


def test_without_a_script_what_is_typed_joins_what_was_chosen(world, desk):
    chosen, typed = a_dispatched(world), a_dispatched(world)
    sent = form(world, **{"cases": [chosen.pk], "cases-typed": typed.number})
    assert desk.post(page(MEETING, "add"), sent).status_code == 302
    assert {item.case for item in Meeting.objects.get().items.all()} == {chosen, typed}


def test_the_form_begins_with_ones_own_street_and_the_case_from_whose_page_one_came(world):
    case = a_dispatched(world)
    text = enter(world.leader).get(page(MEETING, "add"), {"cases": case.pk}).content.decode()
    assert f'<option value="{STREET}" selected' in text
    assert f'value="{case.pk}" selected' in text
    assert enter(world.handler).get(page(MEETING, "add")).status_code == 403


def test_suggestions_of_cases_say_what_they_are_about(world, desk):
    case = a_dispatched(world)
    query = {"app_label": "cases", "model_name": "agendaitem", "field_name": "case", "term": case.number}
    found = json.loads(desk.get(reverse("admin:autocomplete"), query).content)["results"]
    assert [one["text"] for one in found] == [f"{case.number} · 暴露垃圾 · {world.b1.name}"]


def do(browser, model: str, row, verb: str, **data: object):
    return browser.post(page(model, "do", row.pk, verb), data, follow=True)


def test_a_meeting_from_the_agenda_to_its_minutes(world, desk, afternoon):
    one, two = a_dispatched(world), a_dispatched(world, category="0102", description="渣土")
    meeting = a_meeting(world, one, invited=[world.handler, world.assistant])
    do(desk, MEETING, meeting, "add-case", cases=[two.pk])
    came = Participant.objects.get(user=world.handler)
    do(desk, MEETING, meeting, "hold", attended=[came.pk])
    answer = do(
        *(desk, ITEM, item_of(meeting, one), "settle"),
        unit=world.unit("city_management_office").pk,
        due_on="2026-11-27",
        measures="三日内清理",
    )
    assert answer.redirect_chain[-1][0] == page(MEETING, "change", meeting.pk) + "#agenda"
    do(desk, ITEM, item_of(meeting, two), "whistle", measures="需部门到场")
    do(desk, MEETING, meeting, "close", summary="会议认为应当分工落实。")
    one.refresh_from_db()
    two.refresh_from_db()
    meeting.refresh_from_db()
    assert (one.state, one.lead_unit) == (State.DISPATCHED, world.unit("city_management_office"))
    assert two.path == Path.WHISTLE
    assert meeting.minutes_name == "会议纪要〔2026〕1号"
    text = desk.get(page(MEETING, "change", meeting.pk)).content.decode()
    assert "会议纪要〔2026〕1号" in text
    assert 'id="do-close"' not in text


def test_a_change_is_prefilled_and_kept(world, desk):
    meeting = a_meeting(world, invited=[world.assistant], residents=["张三丰"], consent="同意")
    text = desk.get(page(MEETING, "change", meeting.pk)).content.decode()
    assert 'value="2026-11-24T12:00"' in text
    assert f'value="{world.assistant.pk}" selected' in text
    kept = Participant.objects.get(kind="resident")
    sent = {
        "starts_at": "2026-11-25T09:30",
        "place": "社区",
        "chair": world.streetleader.pk,
        "keep": [kept.pk],
    }
    do(desk, MEETING, meeting, "change", **sent)
    meeting.refresh_from_db()
    assert (meeting.place, list(meeting.participants.all())) == ("社区", [kept])


def test_refusals_of_the_table_stand_above_the_form_with_what_was_typed(world, desk, afternoon):
    case = a_report(world, category="0101")
    type(case.category).objects.filter(pk=case.category_id).update(duty_item_code="")
    meeting = a_held(world, case)
    address = page(ITEM, "do", item_of(meeting, case).pk, "settle")
    unit = world.unit("city_management_office").pk
    answer = desk.post(address, {"unit": unit, "measures": "三日内清理"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "三日内清理" in text
    assert "errorlist" in text
    assert item_of(meeting, case).is_open


def test_whoever_is_only_invited_looks_and_does_nothing(world):
    case = a_dispatched(world)
    meeting = a_meeting(world, case, invited=[world.handler])
    browser = enter(world.handler)
    assert listed(browser, MEETING) == [meeting]
    assert listed(browser, ITEM) == []
    text = browser.get(page(MEETING, "change", meeting.pk)).content.decode()
    assert case.number not in text
    assert 'id="do-' not in text
    answer = do(browser, MEETING, meeting, "cancel", reason="不开")
    assert said(answer)
    meeting.refresh_from_db()
    assert meeting.state == "planned"
    assert do(browser, ITEM, item_of(meeting, case), "adjourn", measures="再议").status_code == 200
    assert item_of(meeting, case).is_open


@pytest.fixture
def about_an_official(world):
    """邓 convened the meeting; 史 then put a case on it that 邓 may not see."""
    case = a_dispatched(world, category="1204", description="反映干部作风")
    meeting = a_meeting(world, a_dispatched(world), invited=[world.handler])
    meetings.add_cases(meeting=meeting, cases=[case], by=world.by("streetleader"), at=AT)
    return item_of(meeting, case)


def test_whoever_may_not_see_a_case_does_not_take_it_off_the_agenda(world, desk, about_an_official):
    item, meeting = about_an_official, about_an_official.meeting
    address = page(MEETING, "change", meeting.pk)
    assert item.case.number not in desk.get(address).content.decode()
    do(desk, MEETING, meeting, "remove-case", item=item.pk)
    assert meeting.items.filter(pk=item.pk).exists()
    leader = enter(world.streetleader)
    assert f"{item} · {item.case.number}" in leader.get(address).content.decode()
    do(leader, MEETING, meeting, "remove-case", item=item.pk)
    assert not meeting.items.filter(pk=item.pk).exists()


def test_a_search_by_number_finds_the_meetings_on_cases_that_one_sees(world, desk, about_an_official):
    meeting, hidden = about_an_official.meeting, about_an_official.case.number
    seen = meeting.items.get(no=1).case.number
    invited, leader = enter(world.handler), enter(world.streetleader)
    assert listed(desk, MEETING, q=seen) == listed(leader, MEETING, q=hidden) == [meeting]
    assert listed(desk, MEETING, q=hidden) == listed(invited, MEETING, q=hidden) == []
    assert listed(invited, MEETING, q=seen) == []
    assert listed(invited, MEETING, q="专题 三楼") == [meeting]


def test_another_street_sees_nothing_of_it(world):
    case = a_dispatched(world)
    meeting = a_meeting(world, case)
    browser = enter(world.dispatcher9)
    assert listed(browser, MEETING) == listed(browser, ITEM) == []
    for model, row in ((MEETING, meeting), (ITEM, item_of(meeting, case))):
        assert browser.get(page(model, "change", row.pk)).status_code == 302
        assert browser.get(page(model, "history", row.pk)).status_code in (302, 403)


def test_the_lists_are_narrowed(world, desk, afternoon):
    planned = a_meeting(world, starts_at=AT + 3 * DAY)
    over = a_meeting(world, starts_at=LATER, title="已过时间")
    held = a_held(world)
    final = a_closed(world, a_dispatched(world))
    assert set(listed(desk, MEETING)) == {planned, over, held, final}
    assert set(listed(desk, MEETING, minutes="missing")) == {over, held}
    assert listed(desk, MEETING, minutes="final") == [final]
    assert set(listed(desk, MEETING, day="today")) == {over, held, final}
    assert set(listed(desk, MEETING, day="week")) == {planned, over, held, final}
    assert listed(desk, MEETING, state="planned", q="已过时间") == [over]
    assert listed(desk, MEETING, q=final.items.get().case.number) == [final]
    assert listed(desk, ITEM, decision="settled") == list(AgendaItem.objects.all())
    assert listed(desk, ITEM, decision="open") == []


def test_the_day_tells_todays_meetings_and_what_waits_for_one(world, afternoon):
    a_meeting(world, invited=[world.handler])
    a_report(world, category="0603", description="三楼漏水")

    def day(name: str) -> dict[str, int]:
        return {
            str(item.label): item.number for item in items(enter(world.people[name])) if "meeting" in item.url
        }

    assert day("dispatcher") == {"今日会商会议": 1, "待登记召开或待定稿的会议": 1, "待安排会商的复杂案件": 1}
    assert day("handler") == {"今日会商会议": 1}
    assert day("dispatcher9") == day("admin") == {}
    browser = enter(world.dispatcher)
    ours = [item for item in items(browser) if "meeting" in item.url]
    assert len(ours) == 3
    for item in ours:
        assert browser.get(item.url).context["cl"].result_count == item.number, item


def test_many_cases_come_on_an_agenda_and_the_others_are_told(world, desk):
    fine, taken = a_dispatched(world), a_dispatched(world, category="0102", description="渣土")
    a_meeting(world, taken)
    meeting = a_meeting(world)
    sent = {"action": "put_on_agenda", "_selected_action": [fine.pk, taken.pk]}
    assert 'name="meeting"' in desk.post(page(CASE), sent).content.decode()
    answer = desk.post(page(CASE), {**sent, "go": "yes", "meeting": meeting.pk}, follow=True)
    assert taken.number in said(answer)
    assert [item.case for item in meeting.items.all()] == [fine]
    assert listed(desk, CASE, meeting="set") != []
    assert enter(world.handler).post(page(CASE), sent, follow=True).status_code == 200
    assert meeting.items.count() == 1


def test_cases_that_do_not_come_on_the_agenda_are_told_together_by_their_reason(world, desk):
    one, two = a_dispatched(world), a_dispatched(world, category="0102", description="渣土")
    a_meeting(world, one, two)
    sent = {"action": "put_on_agenda", "_selected_action": [one.pk, two.pk], "go": "yes"}
    answer = desk.post(page(CASE), {**sent, "meeting": a_meeting(world).pk}, follow=True)
    told = [str(message) for message in answer.context["messages"]]
    assert len(told) == 1
    assert f"({one.number}, {two.number})" in told[0].replace("（", "(").replace("）", ")").replace(
        "、", ", "
    )
    assert told[0].count(one.number) == 1


def test_more_cases_than_some_hundreds_come_on_no_agenda_also_without_the_page_between(
    world, desk, monkeypatch
):
    monkeypatch.setattr(many, "MOST_AT_ONCE", 1)
    one, _two = a_dispatched(world), a_dispatched(world, category="0102", description="渣土")
    meeting = a_meeting(world)
    sent = {"action": "put_on_agenda", "_selected_action": [one.pk], "select_across": "1", "go": "yes"}
    answer = desk.post(page(CASE), {**sent, "meeting": meeting.pk}, follow=True)
    assert "1" in said(answer)
    assert not meeting.items.exists()


def test_an_item_keeps_its_number_when_another_comes_off_the_agenda(world, desk):
    one, two = a_dispatched(world), a_dispatched(world, category="0102", description="渣土")
    meeting = a_meeting(world, one, two)
    do(desk, MEETING, meeting, "remove-case", item=item_of(meeting, one).pk)
    text = desk.get(page(MEETING, "change", meeting.pk)).content.decode()
    assert '<th scope="row">2</th>' in text
    assert f"第2项 · {two.number}" in text


def test_pages_cost_the_same_for_many_items(world, desk):
    meeting = a_meeting(world, a_dispatched(world))
    address = page(MEETING, "change", meeting.pk)
    desk.get(address)
    with CaptureQueriesContext(connection) as few:
        desk.get(address)
    more = [a_dispatched(world, category=f"010{n}", description=f"第{n}件") for n in range(2, 6)]
    meetings.add_cases(meeting=meeting, cases=more, by=world.by("dispatcher"), at=AT)
    with CaptureQueriesContext(connection) as many:
        text = desk.get(address).content.decode()
    assert all(case.number in text for case in more)
    assert len(many) == len(few)


def test_an_agenda_costs_the_same_for_many_adjourned_items(world, desk, afternoon):
    cases = [a_dispatched(world, category=f"010{n}", description=f"第{n}件") for n in range(1, 6)]
    meeting, by = a_held(world, *cases), world.by("dispatcher")
    address = page(MEETING, "change", meeting.pk)

    def adjourn(*chosen: Case) -> None:
        for case in chosen:
            meetings.adjourn(item=item_of(meeting, case), measures="待查清产权", by=by, at=LATER)

    adjourn(cases[0])
    desk.get(address)
    with CaptureQueriesContext(connection) as few:
        desk.get(address)
    adjourn(*cases[1:])
    a_meeting(world, cases[1])
    with CaptureQueriesContext(connection) as many_items:
        text = desk.get(address).content.decode()
    assert len(many_items) <= len(few)
    settles = {
        case.number: f"{page(ITEM, 'change', item_of(meeting, case).pk)}#do-settle" in text for case in cases
    }
    assert settles == {case.number: case != cases[1] for case in cases}, (
        "another meeting has taken one of them on"
    )
