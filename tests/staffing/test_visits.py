"""Visits and open-talk meetings: planned by whom, recorded once, called off, emptied; and what the journal keeps."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from staffing.actions import NewFinding, add_finding, cancel_visit, empty_visits
from staffing.models import Finding, User, Visit
from staffing.policies import (
    may_add_finding,
    may_cancel_visit,
    may_plan_visit,
    may_record_visit,
    scope_of,
)
from tests.staffing.visit_makers import (
    DAY,
    DEMAND,
    HAZARD,
    TODAY,
    a_done,
    a_talk,
    a_visit,
    record,
    who,
)
from tests.world import AT, World
from yuhu.journal.actions import text_digest
from yuhu.journal.models import Entry
from yuhu.kit.exceptions import Refusal
from yuhu.kit.scope import Scope


def entries(visit: Visit) -> list[Entry]:
    return list(Entry.objects.filter(subject_type="visit", subject_id=str(visit.pk)).order_by("seq"))


def refused(code: str, field: str | None = None) -> Any:
    """The block is refused with this code, beside this field."""
    return _Refused(code, field)


class _Refused:
    def __init__(self, code: str, field: str | None) -> None:
        self.code, self.field = code, field

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, refusal: Any, trace: Any) -> bool:
        assert isinstance(refusal, Refusal), f"not refused ({refusal!r})"
        assert (refusal.code, refusal.field) == (self.code, self.field)
        return True


# p: plans a visit of himself, o: plans one of 韩, c: cancels 韩's visit, r: records it, f: adds to a recorded one.
PEOPLE = """
                 b1      other street
handler          pcrf    -
handler2         p       -
office_head      p       -
dispatcher       poc     -
block_head       p       -
streetleader     poc     -
leader           poc     po
department       p       p
department_head  p       p
liaison          p       -
dispatcher9      -       po
governor         -       -
supervisor       -       -
assistant        -       -
auditor          -       -
admin            -       -
security         -       -
stranger         -       -
"""


def may_letters(world: World, person: User) -> tuple[str, str]:
    """What the person may in b1, and what of planning in another street."""
    planned, done = a_visit(world), a_done(world, planned_for=TODAY - DAY)
    found = {
        "c": may_cancel_visit(person, planned, on=TODAY),
        "r": may_record_visit(person, planned, on=TODAY),
        "f": may_add_finding(person, done, on=TODAY),
    }
    plans = [_plans(world, person, area) for area in (world.b1.code, world.b9.code)]
    here = plans[0] + "".join(letter for letter, verdict in found.items() if verdict)
    return here or "-", plans[1] or "-"


def _plans(world: World, person: User, area: str) -> str:
    for_whom = {"p": person.pk, "o": world.handler.pk}
    if person == world.handler:
        del for_whom["o"]
    return "".join(
        letter
        for letter, key in for_whom.items()
        if may_plan_visit(person, area=area, cadres=[key], on=TODAY)
    )


def test_everybody_may_what_the_table_says(world):
    rows = [line.split() for line in PEOPLE.strip().splitlines()[1:]]
    with transaction.atomic():
        found = []
        for name, *_rest in rows:
            with transaction.atomic():
                found.append([name, *may_letters(world, world.people[name])])
                Finding.objects.all().delete()
                Visit.objects.all().delete()
    assert found == rows


# --- Planning --------------------------------------------------------------------------------------


def test_a_cadre_plans_his_visit_and_the_journal_knows(world):
    visit = a_visit(world, cadres=[world.handler, world.handler2])
    (entry,) = entries(visit)
    assert (entry.kind, entry.area, entry.actor_name) == ("visit.planned", world.b1.code, "韩立")
    assert entry.data == {
        "what": "visit",
        "level": "street",
        "role": "service",
        "on": "2026-11-24",
        "cadres": [world.handler.pk, world.handler2.pk],
        "tell": [world.handler2.pk],
    }
    assert set(visit.cadres.all()) == {world.handler, world.handler2}


def test_whoever_appoints_plans_for_others_and_a_colleague_does_not(world):
    planned = a_visit(world, "streetleader", cadres=[world.handler])
    assert list(planned.cadres.all()) == [world.handler]
    with refused("for_others", "block"):
        a_visit(world, "handler2", cadres=[world.office_head])


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"cadres": []}, "no_cadre", "cadres"),
        ({"role": ""}, "no_role", "role"),
        ({"role": "king"}, "no_role", "role"),
        ({"level": "village"}, "invalid", "level"),
        ({"kind": "party"}, "invalid", "kind"),
        ({"planned_for": TODAY - 32 * DAY}, "wrong_dates", "planned_for"),
        ({"planned_for": TODAY + 367 * DAY}, "wrong_dates", "planned_for"),
        ({"place": "x" * 101}, "max_length", "place"),
        ({"kind": "open_talk", "place": "居委会"}, "no_role", "role"),
        ({"kind": "open_talk", "role": "", "place": ""}, "required", "place"),
    ],
    ids=str,
)
def test_what_cannot_be_planned_is_refused_beside_its_field(world, changes, code, field):
    with refused(code, field):
        a_visit(world, **changes)
    assert not Visit.objects.exists()


@pytest.mark.parametrize("name", ["governor", "assistant", "dispatcher9", "auditor", "stranger"])
def test_who_is_no_cadre_of_the_area_cannot_be_sent(world, name):
    with refused("not_a_cadre", "cadres"):
        a_visit(world, "streetleader", cadres=[world.handler, world.people[name]])


def test_a_closed_account_cannot_be_sent(world):
    User.objects.filter(pk=world.handler2.pk).update(is_active=False)
    world.handler2.refresh_from_db()
    with refused("not_a_cadre", "cadres"):
        a_visit(world, "streetleader", cadres=[world.handler2])


def test_the_same_visit_is_planned_once(world):
    a_visit(world)
    with refused("already_there", "cadres"):
        a_visit(world, "streetleader", cadres=[world.handler, world.handler2])
    a_visit(world, role="publicity")
    a_visit(world, planned_for=TODAY + DAY)
    a_visit(world, "handler2")
    assert Visit.objects.count() == 4


# --- Recording -------------------------------------------------------------------------------------


def test_a_visit_is_recorded_with_what_was_found_and_the_journal_keeps_no_word_of_it(world):
    visit = a_done(world, HAZARD, DEMAND)
    assert (visit.state, visit.held_on, visit.done_at, visit.households) == ("done", TODAY, AT, 12)
    rows = list(visit.findings.order_by("no"))
    assert [(row.no, row.kind, row.category_code, row.solved) for row in rows] == [
        (1, "hazard", "0701", False),
        (2, "demand", "0302", False),
    ]
    entry = entries(visit)[-1]
    assert entry.kind == "visit.done"
    assert entry.data["summary"] == text_digest(visit.salt, visit.summary)
    assert [one["digest"] for one in entry.data["findings"]] == [
        text_digest(row.salt, row.text) for row in rows
    ]
    assert not any(text in str(entry.data) for text in (visit.summary, *(row.text for row in rows)))


def test_a_meeting_is_recorded_with_the_number_of_people(world):
    talk = record(world, a_talk(world))
    assert (talk.attendance, talk.households, talk.place) == (23, None, "老年活动室")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"held_on": TODAY + DAY}, "not_held_yet", "held_on"),
        ({"held_on": TODAY - 32 * DAY}, "wrong_dates", "held_on"),
        ({"households": None}, "range", "households"),
        ({"households": -1}, "range", "households"),
        ({"households": 100_000}, "too_many_households", "households"),
        ({"summary": " "}, "required", "summary"),
        ({"summary": "长" * 4001}, "max_length", "summary"),
        ({"findings": [NewFinding("demand", "")]}, "required", "finding_1"),
        ({"findings": [HAZARD, NewFinding("", "路灯不亮")]}, "no_kind", "finding_2"),
        ({"findings": [NewFinding("demand", "路灯不亮", "9999")]}, "unknown", "finding_1"),
    ],
    ids=str,
)
def test_what_cannot_be_recorded_is_refused_and_nothing_is_kept(world, changes, code, field):
    visit = a_visit(world)
    with refused(code, field):
        record(world, visit, **changes)
    visit.refresh_from_db()
    assert visit.is_planned
    assert not Finding.objects.exists()
    assert len(entries(visit)) == 1


def test_a_meeting_of_nobody_is_refused(world):
    with refused("range", "attendance"):
        record(world, a_talk(world), attendance=0)


def test_nobody_records_anothers_visit_and_nobody_records_twice(world):
    visit = a_visit(world)
    with refused("not_taking_part"):
        record(world, visit, "streetleader")
    record(world, visit)
    with refused("visit_ended"):
        record(world, visit)
    assert [entry.kind for entry in entries(visit)] == ["visit.planned", "visit.done"]


def test_a_visit_may_have_been_on_another_day_than_planned(world):
    visit = record(world, a_visit(world, planned_for=TODAY + 3 * DAY), held_on=TODAY - DAY)
    assert visit.day == TODAY - DAY
    assert set(Visit.objects.on(TODAY - DAY)) == {visit}
    assert not Visit.objects.on(TODAY + 3 * DAY).exists()


# --- More findings, calling off ---------------------------------------------------------------------


def test_what_comes_to_mind_later_is_added_once(world):
    visit = a_done(world, HAZARD)
    added = add_finding(visit=visit, kind="suggestion", text="建议增设晾衣杆", **who(world, "handler"))
    assert added.no == 2
    with refused("already_there", "text"):
        add_finding(visit=visit, kind="suggestion", text="建议增设晾衣杆", **who(world, "handler"))
    assert [entry.kind for entry in entries(visit)][-1] == "visit.finding_added"
    with refused("not_taking_part"):
        add_finding(visit=visit, kind="other", text="另有一事", **who(world, "streetleader"))


def test_nothing_is_found_at_what_has_not_taken_place(world):
    with refused("not_recorded"):
        add_finding(visit=a_visit(world), kind="other", text="另有一事", **who(world, "handler"))


def test_a_visit_is_called_off_with_a_reason_once_and_the_others_are_told(world):
    visit = a_visit(world, "streetleader", cadres=[world.handler, world.handler2])
    with refused("required", "reason"):
        cancel_visit(visit=visit, reason=" ", **who(world, "handler"))
    cancel_visit(visit=visit, reason="防汛值守", **who(world, "handler"))
    visit.refresh_from_db()
    assert (visit.state, visit.cancelled_at, visit.summary) == ("cancelled", AT, "防汛值守")
    entry = entries(visit)[-1]
    assert (entry.kind, entry.data["tell"]) == ("visit.cancelled", [world.handler2.pk])
    assert "防汛值守" not in str(entry.data)
    with refused("visit_ended"):
        cancel_visit(visit=visit, reason="防汛值守", **who(world, "streetleader"))


def test_nobody_calls_off_what_is_not_his(world):
    with refused("not_taking_part"):
        cancel_visit(visit=a_visit(world), reason="不去了", **who(world, "handler2"))


# --- Who sees what, and for how long -----------------------------------------------------------------


def seen(world: World, name: str) -> set[Visit]:
    return set(Visit.objects.within(scope_of(world.people[name], TODAY)))


def test_one_sees_the_visits_of_ones_area_and_ones_own(world):
    own, other = a_visit(world), a_visit(world, "department", block=world.b9, level="district")
    for name in ("dispatcher", "streetleader", "block_head", "handler"):
        assert seen(world, name) == {own}
    assert seen(world, "dispatcher9") == seen(world, "department") == {other}
    assert seen(world, "leader") == seen(world, "auditor") == {own, other}
    for name in ("handler2", "admin", "security", "stranger"):
        assert seen(world, name) == set()
    assert not Visit.objects.within(Scope.nothing()).exists()


def test_a_finding_is_seen_with_its_visit(world):
    a_done(world, HAZARD)
    assert Finding.objects.within(scope_of(world.dispatcher, TODAY)).count() == 1
    assert not Finding.objects.within(scope_of(world.dispatcher9, TODAY)).exists()


def test_what_is_late(world):
    late = a_visit(world, planned_for=TODAY - DAY)
    a_visit(world)
    a_done(world, planned_for=TODAY - 2 * DAY)
    assert list(Visit.objects.late(TODAY)) == [late]
    assert late.is_late(TODAY)


def test_texts_go_when_their_time_is_over_and_the_numbers_stay(world):
    old, young = a_done(world, HAZARD), a_visit(world, role="vanguard")
    record(world, young, at=AT + DAY)
    called_off = a_visit(world, role="liaison")
    cancel_visit(visit=called_off, reason="防汛值守", **who(world, "handler"))
    assert empty_visits(before=AT + DAY, limit=10, at=AT + 2 * DAY) == 2
    old.refresh_from_db()
    assert (old.summary, old.salt, old.households) == ("", "", 12)
    assert list(old.findings.values_list("text", "salt", "category_code")) == [("", "", "0701")]
    assert entries(old)[-1].kind == "visit.emptied"
    assert set(Visit.objects.exclude(summary="")) == {young}
    assert empty_visits(before=AT + DAY, limit=10, at=AT + 2 * DAY) == 0
    with refused("texts_removed"):
        add_finding(visit=old, kind="other", text="另有一事", **who(world, "handler"))


# --- What the database itself refuses ----------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        {"role": ""},
        {"kind": "open_talk"},
        {"level": "nation"},
        {"state": "done"},
        {"state": "cancelled"},
        {"held_on": TODAY},
        {"households": 3},
        {"attendance": 3},
        {"emptied_at": AT, "summary": "x"},
    ],
    ids=str,
)
def test_the_database_keeps_a_visit_whole(world, broken):
    visit = a_visit(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(**broken)


def test_the_database_keeps_a_visit_from_counting_people(world):
    visit = a_done(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(attendance=5)


def test_two_findings_never_bear_one_number(world):
    row = a_done(world, HAZARD).findings.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.create(visit=row.visit, no=row.no, kind="other", made_at=AT)


def test_the_names_of_a_visit_say_day_place_and_kind(world):
    assert str(a_talk(world)).startswith("2026-11-24 ")
    assert isinstance(a_visit(world).day, dt.date)
