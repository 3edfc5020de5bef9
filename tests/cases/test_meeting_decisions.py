"""A meeting is held, its decisions become moves, and its minutes are final."""

from typing import Any

import pytest
from django.utils import translation

from cases import timeline
from cases.actions import Erasure, erase, meetings
from cases.exceptions import MeetingMovedOn, NotYourMove
from cases.models import AgendaItem, Case, CaseParty, Meeting, Note, Participant
from cases.states import Path, State, Step
from staffing.admin.history import SENTENCES
from tests.cases.meeting_looks import DAY, change, entries, last
from tests.cases.meeting_makers import AFTER, LATER, a_closed, a_held, a_meeting, item_of, settle
from tests.world import (
    AT,
    STREET,
    World,
    a_dispatched,
    a_report,
    a_signed,
    a_suspended,
    do,
    kinds_of,
    rows_of,
)
from yuhu.journal.models import Entry
from yuhu.kit import clock, people, resealing
from yuhu.kit.exceptions import Conflict, Forbidden, Invalid
from yuhu.runtime.retention import rules

pytestmark = pytest.mark.django_db


# Holding and deciding.


def test_it_is_held_on_its_day_and_once_and_whoever_is_not_named_was_absent(world: World) -> None:
    meeting = a_meeting(world, starts_at=AT + DAY, invited=[world.assistant, world.handler])
    by = world.by("dispatcher")
    with pytest.raises(NotYourMove) as refused:
        meetings.hold(meeting=meeting, attended=[], by=by, at=AT)
    assert refused.value.code == "too_early"
    came = Participant.objects.get(user=world.handler)
    meetings.hold(meeting=meeting, attended=[came.pk], by=by, at=AT + DAY)
    assert dict(meeting.participants.values_list("user", "attended")) == {
        world.assistant.pk: False,
        world.handler.pk: True,
    }
    with pytest.raises(MeetingMovedOn):
        meetings.hold(meeting=meeting, attended=[came.pk], by=by, at=AT + DAY)


def test_nothing_is_decided_before_the_meeting_is_held(world: World) -> None:
    case = a_dispatched(world)
    meeting = a_meeting(world, case)
    with pytest.raises(MeetingMovedOn):
        settle(world, meeting, case)


@pytest.mark.parametrize(
    "make, event",
    [(a_report, "case.dispatched"), (a_dispatched, "case.reassigned"), (a_signed, "case.reassigned")],
)
def test_a_settled_case_goes_to_the_unit_with_helpers_and_the_leaders_limit(
    world: World, make, event: str
) -> None:
    case = make(world)
    meeting = a_held(world, case)
    helper = world.unit("coordination")
    item = settle(world, meeting, case, co_units=[helper], due_on=(AT + 3 * DAY).date())
    case.refresh_from_db()
    assert (case.state, case.lead_unit) == (State.DISPATCHED, world.unit("city_management_office"))
    assert CaseParty.objects.filter(case=case, role="co", unit=helper).exists()
    limit = case.deadlines.get(step=Step.SUPERVISE)
    assert clock.local(limit.due_at).strftime("%d %H:%M:%S") == f"{(AT + 3 * DAY).day:02} 23:59:59"
    assert kinds_of(case)[-3:] == [event, "case.supervised", "case.meeting_decided"]
    assert (item.decision, list(item.co_units.all())) == ("settled", [helper])
    assert entries(meeting)[-1] == "meeting.decided"


def test_pressed_twice_it_is_done_once(world: World) -> None:
    case = a_dispatched(world)
    meeting = a_held(world, case)
    item = item_of(meeting, case)
    settle(world, meeting, case, item=item)
    before = rows_of(case)
    with pytest.raises(MeetingMovedOn):
        settle(world, meeting, case, item=item)
    assert rows_of(case) == before


def test_whoever_has_it_already_goes_on_with_it(world: World) -> None:
    case = a_signed(world)
    meeting = a_held(world, case)
    settle(world, meeting, case, unit=None, person=world.governor)
    case.refresh_from_db()
    assert case.state == State.IN_PROGRESS
    assert "case.reassigned" not in kinds_of(case)


def test_what_the_table_refuses_is_told_and_the_item_stays_open(world: World) -> None:
    case = do(world, a_signed(world), "raise-path", "dispatcher", path="meeting", reason="难")
    do(world, case, "request-suspension", "governor", reason="等配件", until="2026-12-10")
    do(world, case, "decide-suspension", "dispatcher", approve=True, reason="同意")
    meeting = a_held(world, Case.objects.get(pk=case.pk))
    before = rows_of(case)
    with translation.override("en"), pytest.raises(Conflict) as refused:
        settle(world, meeting, case)
    assert "Suspended" in str(refused.value)
    assert rows_of(case) == before
    assert item_of(meeting, case).is_open


def test_an_ordinary_case_that_is_suspended_cannot_come_on_an_agenda(world: World) -> None:
    with pytest.raises(Conflict):
        a_meeting(world, a_suspended(world))


def test_an_item_of_the_duty_list_is_asked_for_as_in_every_dispatch(world: World) -> None:
    case = a_report(world, category="0101")
    Case.objects.filter(pk=case.pk).update(duty_item=None)
    type(case.category).objects.filter(pk=case.category_id).update(duty_item_code="")
    meeting = a_held(world, case)
    with pytest.raises(Invalid) as refused:
        settle(world, meeting, case)
    assert refused.value.code == "off_list"


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"unit": None}, "unit"),
        ({"person": "governor"}, "unit"),
        ({"measures": " "}, "measures"),
        ({"due_on": (AT - DAY).date()}, "due_on"),
    ],
)
def test_a_decision_that_says_too_little_is_refused(
    world: World, changes: dict[str, Any], field: str
) -> None:
    case = a_dispatched(world)
    meeting = a_held(world, case)
    if changes.get("person"):
        changes = {"person": world.people[changes["person"]]}
    with pytest.raises(Invalid) as refused:
        settle(world, meeting, case, **changes)
    assert refused.value.field == field
    assert item_of(meeting, case).is_open


def test_without_a_leader_nobody_shortens_the_limit_and_a_longer_one_needs_no_clock(world: World) -> None:
    case = a_dispatched(world, category="0102", description="渣土")
    meeting = a_held(world, case, chair="coordinator")
    with pytest.raises(Invalid) as refused:
        settle(world, meeting, case, due_on=clock.local_date(LATER))
    assert refused.value.code == "needs_leader"
    settle(world, meeting, case, due_on=(AT + 60 * DAY).date())
    assert not case.deadlines.filter(step=Step.SUPERVISE).exists()


def test_the_leader_who_chairs_alone_dispatches_by_the_meeting(world: World) -> None:
    case = a_report(world)
    meeting = a_meeting(world, case, who="streetleader")
    meetings.hold(meeting=meeting, attended=[], by=world.by("streetleader"), at=LATER)
    settle(world, meeting, case, who="streetleader")
    case.refresh_from_db()
    assert case.lead_unit == world.unit("city_management_office")


def test_no_agreement_leads_to_the_whistle(world: World) -> None:
    case = a_dispatched(world)
    meeting = a_held(world, case)
    meetings.whistle(
        item=item_of(meeting, case), measures="需市场监管局到场", by=world.by("dispatcher"), at=LATER
    )
    case.refresh_from_db()
    assert (case.path, case.state) == (Path.WHISTLE, State.DISPATCHED)
    assert kinds_of(case)[-2:] == ["case.path_raised", "case.meeting_decided"]


def test_what_is_adjourned_needs_another_meeting_or_is_decided_after_all(world: World) -> None:
    case = a_dispatched(world)
    meeting = a_held(world, case)
    by = world.by("dispatcher")
    item = meetings.adjourn(item=item_of(meeting, case), measures="待查清产权", by=by, at=LATER)
    assert list(Case.objects.without_meeting()) == [case]
    with pytest.raises(MeetingMovedOn):
        meetings.adjourn(item=item, measures="再议", by=by, at=LATER)
    other = a_meeting(world, case)
    with pytest.raises(MeetingMovedOn):
        settle(world, meeting, case)
    meetings.cancel(meeting=other, reason="不需要了", by=by, at=LATER)
    assert settle(world, meeting, case).decision == "settled"
    assert not Case.objects.without_meeting().exists()


def test_measures_are_notes_of_the_case_and_go_with_them(world: World) -> None:
    case = a_dispatched(world)
    meeting = a_held(world, case)
    item = settle(world, meeting, case)
    assert item.measures is not None
    do(world, case, "void", "dispatcher", reason="误报")
    keys = frozenset({item.measures.pk})
    erase(case_id=case.pk, what=Erasure(notes=keys), reason="本人要求", by=world.by("streetleader"), at=AFTER)
    assert Note.objects.get(pk=item.measures.pk).text == ""
    assert "清理" not in str(list(Entry.objects.values_list("data", flat=True)))


# Minutes.


def test_minutes_are_numbered_by_street_and_year_and_never_changed_again(world: World) -> None:
    first = a_closed(world, a_dispatched(world))
    second = a_closed(world, a_dispatched(world, category="0102", description="渣土"))
    assert [(row.year, row.number) for row in (first, second)] == [(AT.year, 1), (AT.year, 2)]
    with translation.override("zh-hans"):
        assert first.minutes_name
    by = world.by("dispatcher")
    case = a_dispatched(world, category="0103", description="又一件")
    for verb in (
        lambda: meetings.close(meeting=first, summary="改", by=by, at=AFTER),
        lambda: meetings.add_cases(meeting=first, cases=[case], by=by, at=AFTER),
        lambda: meetings.cancel(meeting=first, reason="改", by=by, at=AFTER),
        lambda: change(world, first),
        lambda: meetings.hold(meeting=first, attended=[], by=by, at=AFTER),
        lambda: settle(world, first, first.items.get().case),
    ):
        with pytest.raises(MeetingMovedOn):
            verb()
    first.refresh_from_db()
    assert first.summary == "会议认为应当分工落实。"


def test_the_entry_of_the_closing_tells_whether_the_minutes_were_touched(world: World) -> None:
    meeting = a_closed(world, a_dispatched(world))
    from cases.actions.meetings.closing import _said
    from yuhu.journal.actions import text_digest

    assert last(meeting)["digest"] == text_digest(meeting.salt, _said(meeting))
    Meeting.objects.filter(pk=meeting.pk).update(summary="另一番话")
    meeting.refresh_from_db()
    assert last(meeting)["digest"] != text_digest(meeting.salt, _said(meeting))


def test_minutes_wait_until_every_item_is_decided(world: World) -> None:
    meeting = a_held(world, a_dispatched(world))
    with pytest.raises(NotYourMove) as refused:
        meetings.close(meeting=meeting, summary="", by=world.by("dispatcher"), at=LATER)
    assert refused.value.code == "open_items"


def test_a_leader_erases_residents_and_words_once_the_minutes_are_final(world: World) -> None:
    meeting = a_held(world, residents=["张三丰"], consent="本人同意")
    with pytest.raises(MeetingMovedOn):
        meetings.erase(meeting=meeting, by=world.by("streetleader"), at=LATER)
    meetings.close(meeting=meeting, summary="张三丰说了很多", by=world.by("dispatcher"), at=LATER)
    with pytest.raises(Forbidden):
        meetings.erase(meeting=meeting, by=world.by("dispatcher"), at=LATER)
    meetings.erase(meeting=meeting, by=world.by("streetleader"), at=AFTER)
    row, said = Participant.objects.get(), Meeting.objects.get()
    assert (row.name_sealed, row.name_masked, row.consent) == (None, "", "")
    assert (said.summary, said.salt, said.number) == ("", "", 1)
    with pytest.raises(MeetingMovedOn):
        meetings.erase(meeting=meeting, by=world.by("streetleader"), at=AFTER)


def test_residents_are_forgotten_when_their_time_is_over(world: World) -> None:
    meeting = a_meeting(world, residents=["张三丰"], consent="本人同意")
    assert not meetings.named_too_long(LATER).exists()
    assert meetings.forget_residents(meeting_id=meeting.pk, before=LATER, at=AFTER) == 0
    later = LATER + DAY
    assert meetings.named_too_long(later).count() == 1
    assert meetings.forget_residents(meeting_id=meeting.pk, before=later, at=later) == 1
    assert meetings.forget_residents(meeting_id=meeting.pk, before=later, at=later) == 0
    assert entries(meeting)[-1] == "meeting.residents_forgotten"


def test_the_rule_of_retention_forgets_them_once(world: World) -> None:
    a_meeting(world, residents=["张三丰", "李四光"], consent="本人同意")
    rule = next(one for one in rules() if one.name == "residents")
    assert rule.count(LATER + rule.kept) == 0
    later = LATER + rule.kept + DAY
    assert rule.count(later) == 2
    assert list(rule.remove(later)) == [2]
    assert list(rule.remove(later)) == []


def test_a_change_of_keys_seals_residents_anew(world: World, settings) -> None:
    a_meeting(world, residents=["张三丰"], consent="本人同意")
    settings.PERSON_KEYS = ["a new key of the test", *settings.PERSON_KEYS]
    assert resealing.waiting(meetings.sealed_rows()).count() == 1
    batch = meetings.reseal_residents(after=0, limit=10)
    assert batch is not None
    assert batch.done == 1
    settings.PERSON_KEYS = settings.PERSON_KEYS[:1]
    row = Participant.objects.get()
    assert row.name_sealed is not None
    assert people.unseal(row.name_sealed) == "张三丰"


def test_every_entry_is_told_in_words_on_the_meetings_and_the_cases_page(world: World) -> None:
    case = a_dispatched(world)
    meeting = a_closed(world, case)
    assert set(entries(meeting)) <= set(SENTENCES)
    assert [kind for kind in kinds_of(case) if timeline.line_of(kind, {}) is None] == []
    data = Entry.objects.filter(subject_type="case", kind="case.meeting_decided").get().data
    with translation.override("en"):
        assert "fixed who does it" in timeline.sentence("case.meeting_decided", data, zone=clock.LOCAL)
    assert timeline.notes_of("case.meeting_decided", data) == [AgendaItem.objects.get().measures_id]
    assert meeting.street_id == STREET
