"""Who sees which case: ``within(scope)`` against a predicate that is written out here again, for random casts."""

import datetime as dt
import random

import pytest

from cases.models import Case, CaseParty
from staffing.models import Assistant, Membership, Tenure, Unit, User
from staffing.policies import forget_posts, scope_of
from tests.world import AT, START, World, a_dispatched, a_handled, a_report, an_evaluated, do, held_by_office
from yuhu.journal.actions import SYSTEM
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db

TODAY = AT.date()
DAY = dt.timedelta(days=1)
AREA_KINDS = {"platform", "community", "street", "district"}
# Seats that open neither the unit's cases nor its area.
ADMINISTRATORS = {"system_admin", "security_admin", "mediator"}


# --- the predicate, row by row, without a query of the project's -----------------------------------------------


class Roster:
    """All seats, as rows."""

    def __init__(self) -> None:
        self.tenures = list(Tenure.objects.select_related("block"))
        self.assistants = list(Assistant.objects.select_related("block"))
        self.seats = list(Membership.objects.select_related("unit"))

    def areas(self, user: User, on: dt.date) -> set[str]:
        newest: dict[tuple[int, str], Tenure] = {}
        for row in sorted(self.tenures, key=lambda row: row.starts_on):
            if row.starts_on <= on:
                newest[row.block_id, row.post] = row
        found = {row.block.code for row in newest.values() if row.holder_id == user.pk}
        found |= {row.block.code for row in self.assistants if row.user_id == user.pk and lasts(row, on)}
        for seat in self.of(user, on):
            if seat.role in ("leader", "auditor") or seat.unit.kind in AREA_KINDS:
                found.add(seat.unit.area)
        return found

    def of(self, user: User, on: dt.date) -> list[Membership]:
        mine = [seat for seat in self.seats if seat.user_id == user.pk and lasts(seat, on)]
        return [seat for seat in mine if seat.role not in ADMINISTRATORS]


def lasts(row: Assistant | Membership, on: dt.date) -> bool:
    return row.starts_on <= on and (row.ends_on is None or on < row.ends_on)


def sees(user: User, case: Case, areas: set[str], units: set[int]) -> bool:
    if any(party.user_id == user.pk or party.unit_id in units for party in case.parties.all()):
        return True
    codes = {case.district_code, case.street_code, case.community_code, case.block_code}
    return not case.restricted and bool(codes & areas)


# --- a random cast ----------------------------------------------------------------------------------------------


def cases_of_all_kinds(world: World, dice: random.Random) -> None:
    for _number in range(14):
        block = dice.choice([world.b1, world.b1, world.b2, world.b9])
        category = dice.choice(["0101", "0601", "1101", "1204", "0701"])
        name = dice.choice(["governor", "assistant", "supervisor", "streetleader"])
        a_dispatched(world, name=name, block=block.code, category=category)
    a_handled(world)
    an_evaluated(world)
    held_by_office(world)
    a_report(world, block=None, address="某路口", address_alone=True, channel="partner")


def random_cast(dice: random.Random) -> list[User]:
    """Twelve people with up to three seats each: over, today's last day, today's first, open, still to come."""
    people = [User.objects.create(username=f"random-{number}", name=f"随机{number}") for number in range(12)]
    blocks = sorted({case.block_id for case in Case.objects.all() if case.block_id})
    units = list(Unit.objects.filter(street__in=["430302001", "430302008"])) + list(
        Unit.objects.filter(kind__in=["district", "department"])
    )
    periods = [
        (TODAY - 9 * DAY, TODAY),
        (TODAY - 9 * DAY, TODAY + DAY),
        (TODAY, None),
        (START, None),
        (TODAY + DAY, None),
    ]
    for person in people:
        for _seat in range(dice.randint(0, 3)):
            starts, ends = dice.choice(periods)
            kind = dice.choice(["tenure", "assistant", "member", "member"])
            if kind == "tenure":
                post = dice.choice(Tenure.Seat.values)
                Tenure.objects.get_or_create(
                    block_id=dice.choice(blocks), post=post, starts_on=starts, defaults={"holder": person}
                )
            elif kind == "assistant":
                Assistant.objects.get_or_create(
                    block_id=dice.choice(blocks),
                    user=person,
                    kind=dice.choice(Assistant.Kind.values),
                    starts_on=starts,
                    defaults={"ends_on": ends},
                )
            else:
                Membership.objects.get_or_create(
                    unit=dice.choice(units),
                    user=person,
                    role=dice.choice(Membership.Role.values),
                    starts_on=starts,
                    defaults={"ends_on": ends},
                )
    return people


@pytest.mark.parametrize("seed", range(5))
def test_a_list_shows_exactly_what_the_rules_open(world: World, seed: int) -> None:
    dice = random.Random(seed)
    cases_of_all_kinds(world, dice)
    people = [*random_cast(dice), *world.people.values()]
    cases, roster, shown = list(Case.objects.prefetch_related("parties")), Roster(), 0
    for person in people:
        for on in (TODAY, TODAY + DAY):
            forget_posts(person)
            areas, units = roster.areas(person, on), {seat.unit_id for seat in roster.of(person, on)}
            expected = {case.pk for case in cases if sees(person, case, areas, units)}
            listed = list(Case.objects.within(scope_of(person, on)).values_list("pk", flat=True))
            assert sorted(listed) == sorted(expected), (person.username, on)
            shown += len(listed)
    assert 100 < shown < len(people) * len(cases), "somebody sees something and nobody sees everything"


# --- what the random casts may miss -----------------------------------------------------------------------------


def listed(user: User, on: dt.date = TODAY) -> set[Case]:
    forget_posts(user)
    return set(Case.objects.within(scope_of(user, on)))


def test_an_empty_scope_sees_nothing(world: World) -> None:
    a_dispatched(world)
    assert not Case.objects.within(Scope.nothing()).exists()
    assert not Case.objects.within(Scope(has_post=True)).exists()


def test_a_person_without_a_post_sees_nothing_but_his_own(world: World) -> None:
    case = a_dispatched(world)
    assert listed(world.stranger) == set()
    CaseParty.objects.create(case=case, role=CaseParty.Role.REPORTER, user=world.stranger)
    assert listed(world.stranger) == {case}


def test_an_account_that_was_closed_sees_nothing_at_all(world: World) -> None:
    a_dispatched(world)
    world.governor.is_active = False
    assert listed(world.governor) == set()


@pytest.mark.parametrize(
    "who", ["governor", "supervisor", "assistant", "dispatcher", "streetleader", "leader"]
)
def test_the_post_opens_the_area(world: World, who: str) -> None:
    case, other = (
        a_dispatched(world, name="governor2"),
        a_dispatched(world, name="governor2", block=world.b9.code),
    )
    seen = listed(world.people[who])
    assert case in seen
    assert (other in seen) == (who == "leader")


@pytest.mark.parametrize("who", ["handler", "admin", "security", "department", "governor2", "dispatcher9"])
def test_other_posts_do_not_open_it(world: World, who: str) -> None:
    a_dispatched(world)
    assert listed(world.people[who]) == set()


def test_a_post_that_ended_yesterday_opens_nothing_today(world: World) -> None:
    case = a_dispatched(world, name="governor2")
    Membership.objects.filter(user=world.streetleader).update(ends_on=TODAY)
    Assistant.objects.filter(user=world.assistant).update(ends_on=TODAY)
    Tenure.objects.create(block=world.b1, post=Tenure.Seat.SUPERVISOR, starts_on=TODAY, holder=None)
    for who in ("streetleader", "assistant", "supervisor"):
        assert listed(world.people[who], TODAY - DAY) == {case}, who
        assert listed(world.people[who]) == set(), who


def test_a_complaint_about_an_official_is_not_opened_by_its_area(world: World) -> None:
    case = a_dispatched(world, name="assistant", category="1204")
    for who in ("governor", "supervisor", "dispatcher", "coordinator", "leader", "auditor", "liaison"):
        assert listed(world.people[who]) == set(), who
    for who in ("assistant", "streetleader"):
        assert listed(world.people[who]) == {case}, who


def test_the_journal_of_a_complaint_about_an_official_lies_in_no_area(world: World) -> None:
    from yuhu.journal.models import Entry

    case, ordinary = a_dispatched(world, category="1204"), a_dispatched(world)
    areas = dict(Entry.objects.filter(subject_type="case").values_list("subject_id", "area"))
    assert areas == {case.number: "", ordinary.number: ordinary.block_code}


def test_who_reported_handles_or_evaluates_always_sees_it(world: World) -> None:
    """In a block in which none of them has a post."""
    case = a_report(world, name="governor9")
    case = do(world, case, "dispatch", "dispatcher", assignee="governor2")
    assert listed(world.governor9) == {case}
    assert listed(world.governor2) == {case}
    Membership.objects.filter(user=world.coordinator).delete()
    Tenure.objects.create(block=world.b1, post=Tenure.Seat.SUPERVISOR, starts_on=TODAY, holder=world.stand_in)
    case = do(world, do(world, case, "sign", "governor2"), "hand-back", "governor2", result="办完")
    Tenure.objects.create(block=world.b1, post=Tenure.Seat.SUPERVISOR, starts_on=TODAY + DAY, holder=None)
    assert case.evaluator == world.stand_in
    assert listed(world.stand_in, TODAY + DAY) == {case}


def test_units_that_hold_help_or_are_told_see_it(world: World) -> None:
    from cases.actions import escalate

    case = a_dispatched(world, category="1101")
    assert listed(world.department) == {case}
    case = do(
        world,
        case,
        "reassign",
        "dispatcher",
        unit="430302-D01",
        co_units=["430302001-city_management_office"],
        reason="改派",
    )
    assert listed(world.department) == set(), "it is somebody else's now"
    assert listed(world.handler) == {case}
    elsewhere = a_dispatched(world, block=world.b2.code)
    deadline = elsewhere.deadlines.get(step="sign")
    assert escalate(deadline_id=deadline.pk, at=deadline.due_at)
    assert elsewhere in listed(world.block_head)


def test_a_party_twice_over_is_listed_once(world: World) -> None:
    case = a_handled(world)
    for role in (CaseParty.Role.CO, CaseParty.Role.OVERSIGHT):
        CaseParty.objects.create(case=case, role=role, unit=world.unit("rapid_response"))
        CaseParty.objects.create(case=case, role=role, user=world.dispatcher)
    assert list(Case.objects.within(scope_of(world.dispatcher, TODAY))) == [case]


def test_a_scope_is_asked_with_one_query_however_many_seats_it_has(
    world: World, django_assert_num_queries
) -> None:
    from staffing.actions import add_assistant

    for _number in range(8):
        a_dispatched(world)
    add_assistant(
        block=world.b2, user=world.dispatcher, kind="liaison_cadre", starts_on=TODAY, at=AT, actor=SYSTEM
    )
    with django_assert_num_queries(2):  # the posts, the cases
        assert len(listed(world.dispatcher)) == 8
