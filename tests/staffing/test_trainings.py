"""Trainings: planned, corrected, cancelled; who was there, one by one or all governors of a street; coverage."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from staffing.actions import (
    TrainingRow,
    appoint,
    cancel_training,
    correct_training,
    load_trainings,
    note_attendance,
    plan_training,
    withdraw_attendance,
)
from staffing.exceptions import AlreadyThere, NobodyNamed, NoSuchArea, NotNow
from staffing.figures import attendance_rows, training_coverage, training_years
from staffing.models import Attendance, Tenure, Training, User
from staffing.policies import scope_of
from tests.world import AT, OTHER_STREET, STREET, World
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit.exceptions import Invalid
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db

TODAY = AT.date()
DAY = dt.timedelta(days=1)
DISTRICT = "430302"
State = Attendance.State


def plan(world: World, **changes: Any) -> Training:
    facts: dict[str, Any] = {
        "title": "岗前培训",
        "kind": "course",
        "held_on": TODAY,
        "hours": 4,
        "place": "会议室",
        "organiser": world.unit("coordination"),
        "area": STREET,
    }
    return plan_training(**{**facts, **changes}, at=AT, actor=SYSTEM)


def note(training: Training, state: str = State.ATTENDED, **whom: Any) -> int:
    return note_attendance(training=training, state=state, at=AT, actor=SYSTEM, **whom)


def noted(training: Training) -> dict[str, str]:
    return dict(training.attendances.values_list("person__username", "state"))


def kinds(training: Training) -> list[str]:
    rows = Entry.objects.filter(subject_type="training", subject_id=str(training.pk))
    return list(rows.order_by("seq").values_list("kind", flat=True))


def test_a_training_is_planned_once_and_the_journal_keeps_no_word_of_its_subject(world):
    training = plan(world)
    entry = Entry.objects.get(kind="training.planned")
    assert (entry.subject_id, entry.area, entry.data["held_on"]) == (str(training.pk), STREET, "2026-11-24")
    assert "岗前" not in str(entry.data)
    with pytest.raises(AlreadyThere):
        plan(world, title=" 岗前培训 ")
    assert plan(world, held_on=TODAY + DAY) != training


@pytest.mark.parametrize("area", ["", "4303", "430302999", "430302001999", "43030200100101", "x" * 9])
def test_a_training_is_for_the_district_a_street_or_a_community(world, area):
    with pytest.raises(NoSuchArea):
        plan(world, area=area)
    assert plan(world, area=world.b1.community_id).area == world.b1.community_id


@pytest.mark.parametrize(("field", "value"), [("title", " "), ("title", "长" * 101), ("place", "长" * 101)])
def test_texts_have_bounds(world, field, value):
    with pytest.raises(Invalid) as refusal:
        plan(world, **{field: value})
    assert refusal.value.field == field


def test_all_governors_of_a_street_are_noted_but_not_those_of_whom_something_is_noted(world):
    training = plan(world)
    assert note(training, State.EXCUSED, people=[world.governor2]) == 1
    assert note(training, governors_of=STREET) == 1
    assert noted(training) == {"governor": "attended", "governor2": "excused"}
    entry = Entry.objects.filter(kind="training.attendance_noted").latest("pk")
    assert entry.data == {"attendance": "attended", "people": [world.governor.pk], "count": 1}


def test_who_is_named_is_noted_anew_and_the_row_says_where_he_or_she_served(world):
    training = plan(world)
    note(training, people=[world.governor, world.handler, world.assistant, world.stranger])
    note(training, State.ABSENT, people=[world.governor])
    assert noted(training)["governor"] == "absent"
    served = dict(training.attendances.values_list("person__username", "area"))
    assert served == {
        "governor": world.b1.code,
        "assistant": world.b1.code,
        "handler": STREET,
        "stranger": STREET,
    }


def test_the_governors_are_those_of_the_day_of_the_training(world):
    training = plan(world, held_on=TODAY - 10 * DAY)
    appoint(block=world.b1, post="governor", holder=world.stand_in, starts_on=TODAY, at=AT, actor=SYSTEM)
    note(training, governors_of=STREET)
    assert set(noted(training)) == {"governor", "governor2"}


def test_the_same_twice_and_nobody_at_all_are_refused(world):
    training = plan(world)
    note(training, people=[world.governor])
    with pytest.raises(AlreadyThere):
        note(training, people=[world.governor])
    with pytest.raises(NobodyNamed) as refusal:
        note(training)
    assert refusal.value.field == "people"
    with pytest.raises(NobodyNamed) as refusal:
        note(training, governors_of="430302002")
    assert refusal.value.field == "governors_of"
    assert kinds(training) == ["training.planned", "training.attendance_noted"]


def test_nothing_is_noted_before_the_day_or_of_a_cancelled_training(world):
    with pytest.raises(NotNow) as refusal:
        note(plan(world, held_on=TODAY + DAY), people=[world.governor])
    assert refusal.value.code == "not_yet"
    cancelled = cancel_training(training=plan(world), at=AT, actor=SYSTEM)
    with pytest.raises(NotNow) as refusal:
        note(cancelled, people=[world.governor])
    assert refusal.value.code == "cancelled"


def test_a_training_is_cancelled_once_and_not_after_attendance_is_noted(world):
    training = plan(world)
    note(training, people=[world.governor])
    with pytest.raises(NotNow) as refusal:
        cancel_training(training=training, at=AT, actor=SYSTEM)
    assert refusal.value.code == "attendance_noted"
    assert withdraw_attendance(training=training, people=[world.governor], at=AT, actor=SYSTEM) == 1
    assert cancel_training(training=training, at=AT, actor=SYSTEM).cancelled_at == AT
    with pytest.raises(NotNow):
        cancel_training(training=training, at=AT, actor=SYSTEM)
    assert kinds(training)[-2:] == ["training.attendance_withdrawn", "training.cancelled"]
    assert plan(world) != training, "what was cancelled may be planned again"


def test_withdrawing_what_is_not_noted_is_refused(world):
    with pytest.raises(NobodyNamed):
        withdraw_attendance(training=plan(world), people=[world.governor], at=AT, actor=SYSTEM)


def test_the_plan_changes_until_attendance_is_noted(world):
    training = plan(world)
    other = plan(world, title="讲座")
    facts: dict[str, Any] = {"title": "讲座", "kind": "lecture", "hours": 2, "place": ""}
    with pytest.raises(AlreadyThere):
        correct_training(training=training, held_on=TODAY, at=AT, actor=SYSTEM, **facts)
    changed = correct_training(training=training, held_on=TODAY - DAY, at=AT, actor=SYSTEM, **facts)
    assert (changed.title, changed.held_on, changed.hours) == ("讲座", TODAY - DAY, 2)
    entry = Entry.objects.get(kind="training.corrected")
    assert entry.data["fields"] == ["held_on", "hours", "kind", "place", "title"]
    correct_training(training=changed, held_on=TODAY - DAY, at=AT, actor=SYSTEM, **facts)
    assert Entry.objects.filter(kind="training.corrected").count() == 1, "nothing changed, nothing told"
    note(other, people=[world.governor])
    with pytest.raises(NotNow):
        correct_training(training=other, held_on=TODAY, at=AT, actor=SYSTEM, **facts)


def test_the_database_keeps_one_row_a_person_and_plausible_hours(world):
    training = plan(world)
    row = {"training": training, "person": world.governor, "state": "attended"}
    Attendance.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.create(**row)
    for hours in (0, 201):
        with pytest.raises(IntegrityError), transaction.atomic():
            Training.objects.filter(pk=training.pk).update(hours=hours)
    twin = Training.objects.get(pk=training.pk)
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def coverage(world: World, who: str = "leader", year: int = 2026):
    scope = scope_of(world.people[who], TODAY)
    return training_coverage(scope, scope.areas, year=year, today=TODAY)


def test_coverage_counts_governors_who_attended_this_year(world):
    assert coverage(world).of("").share.percent == 0
    training = plan(world)
    note(training, people=[world.governor])
    note(training, State.EXCUSED, people=[world.governor2])
    note(plan(world, title="去年", held_on=dt.date(2025, 3, 1)), people=[world.governor2])
    whole = coverage(world).of("")
    assert (whole.share.numerator.number, whole.share.denominator.number) == (1, 3)
    assert [row.code for row in whole.only("yes")] == [world.b1.code]
    assert {row.person for row in whole.only("no")} == {world.governor2.pk, world.governor9.pk}
    assert {part.code: part.share.numerator.number for part in coverage(world).by_street()} == {
        STREET: 1,
        OTHER_STREET: 0,
    }
    assert coverage(world, year=2025).of("").share.numerator.number == 1
    assert training_years(TODAY) == [2026, 2025]


def test_coverage_is_of_ones_own_area_and_without_governors_there_is_no_share(world):
    assert len(coverage(world, "streetleader").governors) == 2
    assert coverage(world, "handler").of("").share.percent is None
    User.objects.filter(pk=world.governor.pk).update(is_active=False)
    assert len(coverage(world, "streetleader").governors) == 1


def test_coverage_costs_the_same_however_many_governors_there_are(world):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            coverage_of_all = training_coverage(
                Scope(areas=frozenset({DISTRICT}), has_post=True), [DISTRICT], year=2026, today=TODAY
            )
        assert coverage_of_all.governors
        return len(queries)

    before = cost()
    for block in type(world.b1).objects.in_force(TODAY).exclude(pk__in=[world.b1.pk, world.b2.pk])[:5]:
        person = User.objects.create(username=block.code, name=block.code)
        Tenure.objects.update_or_create(
            block=block, post="governor", starts_on=TODAY, defaults={"holder": person}
        )
    assert cost() == before == 2


# Who sees which training, and how many rows of its attendance. 柯's platform organised that of the whole district.
SEEN = """
               street  other  district
streetleader   2       -      2
dispatcher9    -       1      1
leader         2       1      3
auditor        2       1      3
coordinator    2       -      3
handler        -       -      0
department     -       -      0
governor       1       -      1
stranger       -       -      -
"""


@pytest.mark.parametrize("line", SEEN.strip().splitlines()[1:])
def test_trainings_and_their_attendance_are_seen_within_ones_area(world, line):
    name, *expected = line.split()
    trainings = [
        plan(world),
        plan(world, area=OTHER_STREET, organiser=world.unit("coordination", OTHER_STREET)),
        plan(world, area=DISTRICT, title="全区"),
    ]
    note(trainings[0], people=[world.governor, world.governor2])
    note(trainings[1], people=[world.governor9])
    note(trainings[2], governors_of=DISTRICT)
    scope = scope_of(world.people[name], TODAY)
    seen = set(Training.objects.within(scope))
    found = [
        str(Attendance.objects.within(scope).filter(training=one).count()) if one in seen else "-"
        for one in trainings
    ]
    assert found == expected


def test_the_sheet_names_every_governor_and_then_the_guests(world):
    training = plan(world)
    note(training, people=[world.governor, world.handler])
    rows = list(attendance_rows(training, scope_of(world.streetleader, TODAY)))
    assert [(row[3], bool(row[5])) for row in rows] == [("高志远", True), ("龚明", False), ("韩立", True)]
    assert list(attendance_rows(training, scope_of(world.dispatcher9, TODAY))) == []


def test_a_first_load_tells_the_same_as_the_verbs(world):
    training = Training(
        title="历史", kind="drill", held_on=TODAY, hours=2, organiser=world.unit("coordination"), area=STREET
    )
    row = TrainingRow(
        training,
        [
            (world.governor.pk, "attended", world.b1.code),
            (world.governor2.pk, "absent", world.b2.code),
        ],
    )
    with transaction.atomic():
        assert load_trainings([row], at=AT, actor=SYSTEM) == 1
    told = ["training.planned", "training.attendance_noted", "training.attendance_noted"]
    assert kinds(Training.objects.get()) == told
