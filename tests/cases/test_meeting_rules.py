"""Who leads meetings and who sees them, what the database keeps to, and what happens when two are at once."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.actions import meetings
from cases.models import AgendaItem, Case, Meeting, Participant
from cases.policies.meetings import may_act, may_convene, may_decide
from staffing.models import User
from staffing.policies import scope_of
from tests.cases.meeting_makers import AFTER, LATER, a_closed, a_held, a_meeting, item_of, settle
from tests.together import at_once
from tests.world import AT, OTHER_STREET, STREET, World, a_dispatched, a_report
from yuhu.kit import clock
from yuhu.kit.exceptions import Conflict, Refusal
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db

# People × verbs on a meeting in the state in which the verb is possible; "+": may.
PEOPLE = [
    "dispatcher", "coordinator", "block_head", "streetleader", "leader",
    "dispatcher9", "office_head", "handler", "department_head", "auditor", "admin", "governor",
]  # fmt: skip
TABLE = """
             duty  duty2  head  street  district  other  office  member  department  auditor  system  governor
convene      +     +      +     +       +         -      -       -       -           -        -       -
change       +     +      +     +       +         -      -       -       -           -        -       -
add-case     +     +      +     +       +         -      -       -       -           -        -       -
remove-case  +     +      +     +       +         -      -       -       -           -        -       -
hold         +     +      +     +       +         -      -       -       -           -        -       -
cancel       +     +      +     +       +         -      -       -       -           -        -       -
decide       +     +      +     +       +         -      -       -       -           -        -       -
close        +     +      +     +       +         -      -       -       -           -        -       -
erase        -     -      -     +       +         -      -       -       -           -        -       -
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_who_may_do_what(world: World, row: list[str]) -> None:
    verb, expected = row[0], dict(zip(PEOPLE, row[1:], strict=True))
    everybody = [world.people[name] for name in ("office_head", "handler", "governor")]
    planned = a_meeting(world, invited=everybody)
    held = a_held(world, invited=everybody)
    closed = meetings.close(meeting=a_held(world), summary="", by=world.by("dispatcher"), at=AFTER)
    meeting = {"decide": held, "close": held, "erase": closed}.get(verb, planned)

    def may(user: User) -> bool:
        if verb == "convene":
            return bool(may_convene(user, street=STREET, on=clock.local_date(AT)))
        return bool(may_act(verb, user, meeting, LATER))

    assert {name: "+" if may(world.people[name]) else "-" for name in PEOPLE} == expected


def test_a_restricted_meeting_is_led_by_leaders_and_whoever_convened_it(world: World) -> None:
    case = a_report(world, category="1204", description="反映干部作风")
    meeting = a_meeting(world, case, who="streetleader", chair="leader")
    leads = {name for name in PEOPLE if may_act("change", world.people[name], meeting, AT)}
    assert leads == {"streetleader", "leader"}


def sees(world: World, meeting: Meeting) -> set[str]:
    on = clock.local_date(AT)
    return {
        name
        for name, user in world.people.items()
        if Meeting.objects.within(scope_of(user, on)).filter(pk=meeting.pk).exists()
    }


OF_THE_STREET = {"dispatcher", "coordinator", "block_head", "streetleader", "leader", "auditor"}


def test_the_street_and_the_district_see_it_and_whoever_is_invited(world: World) -> None:
    assert sees(world, a_meeting(world)) == OF_THE_STREET
    unit = world.department.memberships.get().unit
    meeting = a_meeting(world, units=[unit], invited=[world.governor9, world.stranger])
    assert sees(world, meeting) == OF_THE_STREET | {"department", "department_head", "governor9", "stranger"}


def test_a_restricted_one_is_open_to_those_invited_only(world: World) -> None:
    case = a_report(world, category="1204", description="反映干部作风")
    meeting = a_meeting(world, case, who="streetleader", chair="streetleader", invited=[world.leader])
    assert sees(world, meeting) == {"streetleader", "leader"}


def test_an_invitation_opens_no_case(world: World) -> None:
    meeting = a_meeting(world, a_dispatched(world), invited=[world.handler, world.governor9])
    on = clock.local_date(AT)
    seen = {
        name
        for name in ("dispatcher", "governor", "handler", "governor9", "dispatcher9")
        if AgendaItem.objects.within(scope_of(world.people[name], on)).filter(meeting=meeting).exists()
    }
    assert seen == {"dispatcher"}
    assert not Meeting.objects.within(Scope.nothing()).exists()
    assert not AgendaItem.objects.within(Scope.nothing()).exists()


def test_cases_without_a_meeting_are_the_complex_ones_that_nobody_deals_with(world: World) -> None:
    a_dispatched(world)  # an ordinary matter
    waits = a_report(world, category="0603", description="三楼漏水")
    settled = a_report(world, category="0603", description="四楼漏水", block=world.b2.code)
    meeting = a_held(world, settled)
    assert list(Case.objects.without_meeting()) == [waits]
    settle(world, meeting, settled, unit=world.unit("block_service"))
    assert list(Case.objects.without_meeting()) == [waits]


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "held"},
        {"held_at": AT},
        {"number": 5},
        {"closed_at": AT, "year": 2026, "number": 5},
    ],
)
def test_the_database_keeps_a_meeting_whole(world: World, broken: dict[str, Any]) -> None:
    meeting = a_meeting(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(**broken)


def test_a_number_is_given_once(world: World) -> None:
    first, second = (a_closed(world, a_dispatched(world, description=text)) for text in ("一", "二"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=second.pk).update(number=first.number)


@pytest.mark.parametrize(
    "broken",
    [
        {"decision": "settled"},
        {"decision": "whistle"},
        {"decided_at": AT},
    ],
)
def test_the_database_keeps_a_decision_whole(world: World, broken: dict[str, Any]) -> None:
    meeting = a_meeting(world, a_dispatched(world))
    with pytest.raises(IntegrityError), transaction.atomic():
        AgendaItem.objects.filter(meeting=meeting).update(**broken)


@pytest.mark.parametrize(
    "broken",
    [{"kind": "unit"}, {"consent": ""}, {"name_sealed": None}],
    ids=["another kind", "no consent", "no name"],
)
def test_the_database_keeps_a_resident_whole(world: World, broken: dict[str, Any]) -> None:
    a_meeting(world, residents=["张三丰"], consent="本人同意")
    with pytest.raises(IntegrityError), transaction.atomic():
        Participant.objects.update(**broken)


def test_one_open_item_a_case(world: World) -> None:
    case = a_dispatched(world)
    a_meeting(world, case)
    other = a_meeting(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        AgendaItem.objects.create(meeting=other, case=case, no=1)


def test_an_item_of_another_street_is_nobodys_business_here(world: World) -> None:
    meeting = a_held(world, case := a_dispatched(world))
    assert not may_decide("settle", world.dispatcher9, item_of(meeting, case), LATER)
    assert not may_convene(world.dispatcher, street=OTHER_STREET, on=clock.local_date(AT))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_close_at_once_get_two_numbers(world: World) -> None:
    both = [a_held(world), a_held(world)]
    at_once(
        *(
            lambda row=row: meetings.close(meeting=row, summary="", by=world.by("dispatcher"), at=AFTER)
            for row in both
        )
    )
    assert set(Meeting.objects.values_list("number", flat=True)) == {1, 2}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_decide_once(world: World) -> None:
    case = a_dispatched(world)
    meeting = a_held(world, case)
    item = item_of(meeting, case)
    refused: list[Refusal] = []

    def decide(who: str) -> None:
        try:
            settle(world, meeting, case, item=item, who=who)
        except Refusal as refusal:
            refused.append(refusal)

    at_once(lambda: decide("dispatcher"), lambda: decide("streetleader"))
    assert [one.code for one in refused] == ["state"]
    assert case.orders.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_same_cases_in_opposite_order_do_not_lock_each_other_out(world: World) -> None:
    one, two = a_dispatched(world), a_dispatched(world, category="0102", description="渣土")
    refused: list[Refusal] = []

    def convene(*cases: Case) -> None:
        try:
            a_meeting(world, *cases)
        except Conflict as refusal:
            refused.append(refusal)

    at_once(lambda: convene(one, two), lambda: convene(two, one))
    assert [refusal.code for refusal in refused] == ["on_another_agenda"]
