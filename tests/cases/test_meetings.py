"""A meeting is convened, changed and called off."""

from typing import Any

import pytest

from cases.actions import meetings
from cases.actions.meetings import convening
from cases.models import Case, Meeting, Participant
from cases.states import Path
from tests.cases.meeting_looks import DAY, change, entries, last
from tests.cases.meeting_makers import a_meeting, item_of
from tests.delivery.makers import feed, told
from tests.world import (
    AT,
    World,
    a_dispatched,
    a_handled,
    a_report,
    do,
    kinds_of,
    rows_of,
)
from yuhu.journal.models import Entry
from yuhu.kit import people
from yuhu.kit.exceptions import Conflict, Invalid

pytestmark = pytest.mark.django_db


# Convening.


def test_an_ordinary_case_becomes_a_complex_one_when_it_comes_on_an_agenda(world: World) -> None:
    case = a_dispatched(world)
    meeting = a_meeting(world, case)
    case.refresh_from_db()
    assert case.path == Path.MEETING
    assert kinds_of(case)[-2:] == ["case.path_raised", "case.meeting_set"]
    assert entries(meeting) == ["meeting.convened", "meeting.case_added"]


def test_a_whistle_stays_one_on_an_agenda(world: World) -> None:
    case = do(world, a_dispatched(world), "raise-path", "dispatcher", path="whistle", reason="难")
    a_meeting(world, case)
    case.refresh_from_db()
    assert case.path == Path.WHISTLE


@pytest.mark.parametrize(
    "make, code",
    [
        (a_handled, "wrong_state"),
        (lambda world: a_report(world, "governor9", block=world.b9.code), "other_street"),
        (lambda world: a_report(world, category="1204"), "not_yours"),
    ],
    ids=["handled", "of another street", "about an official"],
)
def test_what_cannot_be_met_about_is_told_with_its_number_and_nothing_is_stored(
    world: World, make, code
) -> None:
    fine, case = a_dispatched(world), make(world)
    before = rows_of(case)
    with pytest.raises(Conflict) as refused:
        a_meeting(world, fine, case)
    assert refused.value.code == code
    assert refused.value.field == "cases"
    assert case.number in str(refused.value)
    assert rows_of(case) == before


def test_one_meeting_a_case_at_a_time(world: World) -> None:
    case = a_dispatched(world)
    first = a_meeting(world, case)
    with pytest.raises(Conflict) as refused:
        a_meeting(world, case)
    assert refused.value.code == "on_another_agenda"
    meetings.cancel(meeting=first, reason="主任外出", by=world.by("dispatcher"), at=AT)
    a_meeting(world, case)


def test_leaders_bring_a_case_about_an_official_before_a_meeting_that_only_those_invited_see(
    world: World,
) -> None:
    case = a_report(world, category="1204", description="反映干部作风")
    meeting = a_meeting(world, case, who="streetleader")
    assert meeting.restricted
    assert "楼道" not in str(meeting)
    assert Entry.objects.filter(subject_type="meeting").latest("id").area == ""


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"starts_at": AT - DAY}, "starts_at"),
        ({"starts_at": AT + 400 * DAY}, "starts_at"),
        ({"title": " "}, "title"),
        ({"place": ""}, "place"),
        ({"residents": ["张三"]}, "consent"),
        ({"residents": ["张"], "consent": "电话同意"}, "residents"),
        ({"residents": [f"居民{n}号" for n in range(21)], "consent": "电话同意"}, "residents"),
        ({"chair": "handler"}, "chair"),
        ({"chair": "dispatcher9"}, "chair"),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(
    world: World, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        a_meeting(world, **changes)
    assert refused.value.field == field
    assert not Meeting.objects.exists()


def test_residents_are_sealed_and_masked_and_stand_in_no_journal(world: World) -> None:
    meeting = a_meeting(world, residents=["欧阳独一"], consent="本人电话同意")
    row = Participant.objects.get()
    assert row.name_sealed is not None
    assert (str(row), people.unseal(row.name_sealed)) == ("欧***", "欧阳独一")
    assert "欧阳" not in str(list(Entry.objects.values_list("data", flat=True)))
    assert last(meeting)["residents"] == 1


def test_those_invited_are_told_and_the_holder_learns_of_the_agenda(world: World) -> None:
    case = a_dispatched(world)
    feed()
    told_before = set(told(world))
    office = world.unit("city_management_office")
    meeting = a_meeting(world, case, units=[office], invited=[world.assistant])
    feed()
    found = told(world)
    assert found["meeting_convened"] == {"assistant", "streetleader"}
    assert found["meeting_convened_units"] == {"handler", "handler2", "office_head"}
    assert found["meeting_set"] == {"governor"}
    meetings.cancel(meeting=meeting, reason="改期", by=world.by("dispatcher"), at=AT)
    feed()
    found = told(world)
    assert found["meeting_cancelled"] == {"assistant", "streetleader"}
    assert found["meeting_cancelled_units"] == {"handler", "handler2", "office_head"}
    assert "meeting_convened" not in told_before


def test_a_change_keeps_whoever_stays_and_tells_also_those_who_need_not_come(world: World) -> None:
    meeting = a_meeting(
        world, invited=[world.assistant, world.handler], residents=["张三丰", "李四"], consent="同意"
    )
    first, second = Participant.objects.filter(kind="resident").order_by("pk")
    kept = Participant.objects.get(user=world.handler)
    change(world, meeting, place="社区", invited=[world.handler], keep=[first.pk])
    assert set(meeting.participants.values_list("pk", flat=True)) == {kept.pk, first.pk}
    assert world.assistant.pk in last(meeting)["tell"]
    assert not Participant.objects.filter(pk=second.pk).exists()


def test_a_case_comes_off_the_agenda_and_its_path_stays(world: World) -> None:
    case = a_dispatched(world)
    meeting = a_meeting(world, case)
    item = item_of(meeting, case)
    meetings.remove_case(meeting=meeting, item=item, by=world.by("dispatcher"), at=AT)
    case.refresh_from_db()
    assert case.path == Path.MEETING
    assert kinds_of(case)[-1] == "case.meeting_removed"
    assert list(Case.objects.without_meeting()) == [case]
    with pytest.raises(Conflict):
        meetings.remove_case(meeting=meeting, item=item, by=world.by("dispatcher"), at=AT)


def test_a_case_out_of_sight_stays_on_the_agenda_whoever_leads_the_meeting(world: World) -> None:
    meeting, case = a_meeting(world), a_dispatched(world, category="1204", description="反映干部作风")
    meetings.add_cases(meeting=meeting, cases=[case], by=world.by("streetleader"), at=AT)
    with pytest.raises(Conflict):
        meetings.remove_case(meeting=meeting, item=item_of(meeting, case), by=world.by("dispatcher"), at=AT)
    meetings.remove_case(meeting=meeting, item=item_of(meeting, case), by=world.by("streetleader"), at=AT)
    assert not meeting.items.exists()


def test_a_number_of_the_agenda_is_given_once_whatever_is_taken_off(world: World) -> None:
    cases = [a_report(world, description=f"第{n}件") for n in range(4)]
    meeting, by = a_meeting(world, *cases[:3]), world.by("dispatcher")
    for gone in (cases[1], cases[2]):
        meetings.remove_case(meeting=meeting, item=item_of(meeting, gone), by=by, at=AT)
    meetings.add_cases(meeting=meeting, cases=[cases[3]], by=by, at=AT)
    assert [item.no for item in meeting.items.order_by("no")] == [1, 4]


def test_numbers_of_what_was_taken_off_leave_its_place_on_the_agenda(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convening, "MOST_ITEMS", 2)
    cases = [a_report(world, description=f"第{n}件") for n in range(4)]
    meeting, by = a_meeting(world, *cases[:2]), world.by("dispatcher")
    meetings.remove_case(meeting=meeting, item=item_of(meeting, cases[1]), by=by, at=AT)
    meetings.add_cases(meeting=meeting, cases=[cases[2]], by=by, at=AT)
    with pytest.raises(Invalid):
        meetings.add_cases(meeting=meeting, cases=[cases[3]], by=by, at=AT)
