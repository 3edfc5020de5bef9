"""Who receives: the pure table of decisions, then all 60 categories on the real data, then what follows a change of
people."""

import csv
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cases.actions import roster
from cases.actions.reference import DATA
from cases.exceptions import OffList, UnknownCode
from cases.models import Case, CaseParty, Category, Deadline
from cases.routing import SENTENCES, Decision, Facts, Place, Seat, route, sentence
from cases.states import State, Step
from duties.models import DutyItem, DutyList
from staffing.actions import add_assistant, appoint, end_assistant, relieve, stand_in
from staffing.models import Assistant, Tenure, Unit, User
from staffing.policies import forget_posts
from tests.world import (
    AT,
    START,
    STREET,
    World,
    a_closed,
    a_dispatched,
    a_dissatisfied,
    a_handled,
    a_report,
    a_signed,
    a_suspended,
    as_reporter,
    do,
    held_by_office,
    kinds_of,
)
from yuhu.journal.actions import SYSTEM
from yuhu.kit import steps
from yuhu.kit.exceptions import Invalid

TODAY = AT.date()
DAY = dt.timedelta(days=1)
Post, Kind = Tenure.Seat, Assistant.Kind

# --- the pure table -----------------------------------------------------------------------------------------

GOVERNOR, ACTING, CADRE = Seat(1, "高"), Seat(2, "代"), Seat(3, "连")
OFFICE, DEPARTMENT, PLATFORM = Place(11, "办"), Place(12, "局"), Place(13, "平台")
FULL = Facts(
    category="0101",
    category_name="暴露垃圾",
    path="front_end",
    lead="governor",
    item_code="R1101",
    item_name="市容",
    item_is_cooperation=False,
    block_name="第1区块",
    governor=GOVERNOR,
    office=OFFICE,
    department=DEPARTMENT,
    platform=PLATFORM,
)
VACANT = replace(FULL, governor=None)

# what is known, who receives, who helps, the steps of the explanation after category and block
TABLE: list[tuple[str, Facts, Seat | Place | None, list[Place], str]] = [
    ("governor", FULL, GOVERNOR, [], "item governor"),
    ("acting before governor", replace(FULL, acting_governor=ACTING), ACTING, [], "item acting"),
    ("vacant, somebody acts", replace(VACANT, acting_governor=ACTING), ACTING, [], "item acting"),
    ("vacant, a cadre", replace(VACANT, liaison_cadre=CADRE), CADRE, [], "item liaison"),
    (
        "acting before cadre",
        replace(VACANT, acting_governor=ACTING, liaison_cadre=CADRE),
        ACTING,
        [],
        "item acting",
    ),
    ("vacant, nobody", VACANT, PLATFORM, [], "item platform"),
    ("nobody at all", replace(VACANT, platform=None), None, [], "item"),
    ("office", replace(FULL, lead="street_office"), OFFICE, [], "item office"),
    ("no such office", replace(FULL, lead="street_office", office=None), GOVERNOR, [], "item governor"),
    ("department", replace(FULL, lead="department"), DEPARTMENT, [OFFICE], "item department co_office"),
    (
        "department alone",
        replace(FULL, lead="department", office=None),
        DEPARTMENT,
        [],
        "item department",
    ),
    ("unknown department", replace(FULL, lead="department", department=None), None, [], "item no_department"),
    ("no item", replace(FULL, item_name=None), None, [], "no_item"),
    ("no item, department", replace(FULL, item_name=None, lead="department"), None, [], "no_item"),
    ("no place", replace(FULL, block_name=None), None, [], "no_block"),
]


@pytest.mark.parametrize("name, facts, receiver, helpers, why", TABLE, ids=[row[0] for row in TABLE])
def test_the_table_of_receivers(
    name: str, facts: Facts, receiver: Seat | Place | None, helpers: list[Place], why: str
) -> None:
    decision = route(facts)
    assert (decision.assignee or decision.lead) == receiver
    assert (decision.assignee is None) or (decision.lead is None)
    assert decision.is_made == (receiver is not None)
    assert decision.co_units == helpers
    known = ["category"] if facts.block_name is None else ["category", "block"]
    assert [step["code"] for step in decision.explanation] == [*known, *why.split()]


@pytest.mark.parametrize("lead", ["governor", "street_office", "department"])
@pytest.mark.parametrize("path", ["front_end", "meeting", "whistle"])
def test_for_an_item_of_the_cooperation_list_the_street_never_leads(lead: str, path: str) -> None:
    facts = replace(FULL, lead=lead, path=path, item_is_cooperation=True, liaison_cadre=CADRE)
    assert route(facts).lead == DEPARTMENT
    assert not route(replace(facts, department=None)).is_made


def test_every_step_has_a_sentence_that_says_who_and_why() -> None:
    decision = route(replace(FULL, lead="department"))
    said = [str(sentence(step)) for step in decision.explanation]
    assert all(said)
    assert any("局" in text for text in said)
    assert any("R1101" in text for text in said)
    assert sentence({"code": "nonsense"}) == ""


def test_the_steps_of_the_table_are_all_known_sentences() -> None:
    used = {step["code"] for _name, facts, *_rest in TABLE for step in route(facts).explanation}
    assert used <= set(SENTENCES)
    assert set(SENTENCES) - used == {"by_hand", "unit", "person"}, "the rest is said of dispatches by hand"
    assert isinstance(route(FULL), Decision)


# --- the real data ------------------------------------------------------------------------------------------

with (DATA / "category_duty_items.csv").open(encoding="utf-8", newline="") as source:
    SHEET = list(csv.DictReader(source))


@pytest.mark.django_db
def test_every_category_has_one_answerable_receiver_with_an_item_and_an_explanation(world: World) -> None:
    assert len(SHEET) == 60
    for row in SHEET:
        case = a_dispatched(world, category=row["subcategory_code"])
        code = row["subcategory_code"]
        assert case.state == State.DISPATCHED, code
        assert (case.assignee is None) != (case.lead_unit is None), code
        assert case.duty_item is not None
        assert case.duty_item.code == row["duty_item_code"], code
        assert case.due_at is not None
        _check_receiver(world, case, row)
        assert all(str(sentence(step)) for step in case.explanation), code


def _check_receiver(world: World, case: Case, row: dict[str, str]) -> None:
    helpers = [party.unit for party in case.parties.filter(role=CaseParty.Role.CO)]
    if row["lead"] == "governor":
        assert (case.assignee, helpers) == (world.governor, [])
        return
    assert case.lead_unit is not None
    if row["lead"] == "street_office":
        assert case.lead_unit.street_id == STREET
        assert row["street_office_zh"] in case.lead_unit.name
        assert helpers == []
        return
    assert case.lead_unit.kind == Unit.Kind.DEPARTMENT
    assert case.lead_unit.name == row["lead_department_zh"]
    assert [(unit.street_id, row["street_office_zh"] in unit.name) for unit in helpers] == [(STREET, True)]


@pytest.mark.django_db
def test_no_category_of_a_cooperation_item_is_led_by_a_street(world: World) -> None:
    on = DutyItem.objects.in_force(TODAY)
    cooperation = on.filter(list__kind=DutyList.Kind.COOPERATION).values_list("code", flat=True)
    categories = Category.objects.usable().filter(duty_item_code__in=list(cooperation))
    assert categories.count() >= 10
    assert set(categories.values_list("lead", flat=True)) == {"department"}


# --- what a person may send, and what not ---------------------------------------------------------------------


@pytest.fixture
def unlisted(world: World) -> Case:
    """A case whose category names an item that no list carries."""
    Category.objects.filter(pk="0101").update(duty_item_code="R9999")
    return a_dispatched(world)


@pytest.mark.django_db
def test_without_an_item_the_duty_officer_decides_and_a_clock_runs_for_him(unlisted: Case) -> None:
    assert (unlisted.state, unlisted.waits_for_person) == (State.REPORTED, True)
    assert [step["code"] for step in unlisted.explanation] == ["category", "block", "no_item"]
    assert kinds_of(unlisted) == ["case.reported", "case.left_to_person"]
    clock = Deadline.objects.get(case=unlisted, step=Step.DISPATCH)
    assert (clock.is_running, clock.due_at) == (True, AT + dt.timedelta(hours=1))
    assert list(Case.objects.awaiting_dispatch()) == []
    assert list(Case.objects.awaiting_person()) == [unlisted]


PUSHED_DOWN: list[tuple[str, dict[str, Any]]] = [
    ("an office", {"unit": "430302001-city_management_office"}),
    ("a platform", {"unit": "430302001-block_service"}),
    ("a posted team", {"unit": "430302001-enforcement_city"}),
    ("the street", {"unit": "430302001"}),
    ("a community", {"unit": "430302001001"}),
    ("a person", {"assignee": "governor"}),
    ("help by an office", {"unit": "430302-D01", "co_units": ["430302001-city_management_office"]}),
]


@pytest.mark.django_db
@pytest.mark.parametrize("to, data", PUSHED_DOWN, ids=[row[0] for row in PUSHED_DOWN])
def test_nothing_without_an_item_is_pushed_down(
    world: World, unlisted: Case, to: str, data: dict[str, Any]
) -> None:
    with pytest.raises(OffList) as refusal:
        do(world, unlisted, "dispatch", "dispatcher", **data)
    assert refusal.value.field == "duty_item"
    sent = do(world, unlisted, "dispatch", "dispatcher", duty_item="R1101", **data)
    assert (sent.state, sent.duty_item.code) == (State.DISPATCHED, "R1101")


@pytest.mark.django_db
def test_a_department_may_get_what_no_list_of_the_street_carries(world: World, unlisted: Case) -> None:
    sent = do(world, unlisted, "dispatch", "dispatcher", unit="430302-D01")
    assert (sent.state, sent.duty_item) == (State.DISPATCHED, None)
    assert sent.lead_unit.kind == Unit.Kind.DEPARTMENT


@pytest.mark.django_db
def test_no_rule_and_no_receiver_named_is_said_to_the_duty_officer(world: World, unlisted: Case) -> None:
    with pytest.raises(Invalid) as refusal:
        do(world, unlisted, "dispatch", "dispatcher")
    assert (refusal.value.code, refusal.value.field) == ("required", "unit")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "data", [{"unit": "430302001-city_management_office"}, {"assignee": "governor"}], ids=["office", "person"]
)
def test_a_person_cannot_make_the_street_lead_a_cooperation_item(world: World, data: dict[str, Any]) -> None:
    case = a_report(world, category="1101")
    with pytest.raises(Invalid) as refusal:
        do(world, case, "dispatch", "dispatcher", **data)
    assert refusal.value.code == "street_cannot_lead"


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("unit", {"unit": "430302001-no_such_office"}),
    ("unit", {"unit": 10**15}),
    ("unit", {"unit": True}),
    ("assignee", {"assignee": "nobody-of-this-name"}),
    ("assignee", {"assignee": "stranger"}),  # holds no post
    ("assignee", {"assignee": "auditor"}),  # reads everything and changes nothing
    ("duty_item", {"assignee": "governor", "duty_item": "R9999"}),
    ("block", {"block": "43030200100199"}),
    ("co_units", {"assignee": "governor", "co_units": ["430302001-no_such_office"]}),
    ("unit", {"unit": "430302001\x00"}),
    ("assignee", {"assignee": "gover\x00nor"}),
    ("duty_item", {"assignee": "governor", "duty_item": "R11\ud80001"}),
    ("block", {"block": "4303\x0002"}),
    ("co_units", {"assignee": "governor", "co_units": ["\x00"]}),
]


@pytest.mark.django_db
@pytest.mark.parametrize("field, data", REFUSED)
def test_an_unknown_receiver_is_refused_by_its_field(world: World, field: str, data: dict[str, Any]) -> None:
    case = a_report(world)
    with pytest.raises(UnknownCode) as refusal:
        do(world, case, "dispatch", "dispatcher", **data)
    assert refusal.value.field == field


@pytest.mark.django_db
def test_a_dispatch_by_hand_explains_itself(world: World) -> None:
    case = held_by_office(world)
    assert [step["code"] for step in case.explanation] == ["category", "item", "by_hand", "unit"]
    assert "邓值" in str(sentence(case.explanation[2]))


# --- other people come, open cases follow ---------------------------------------------------------------------


def holder(case: Case) -> User | Unit | None:
    case.refresh_from_db()
    return case.assignee or case.lead_unit


def change(world: World, post: str, who: str | None, on: dt.date = TODAY, at: dt.datetime = AT) -> None:
    person = world.people[who] if who else None
    appoint(block=world.b1, post=post, holder=person, starts_on=on, at=at, actor=SYSTEM)
    for user in world.people.values():
        forget_posts(user)


def end_liaison(world: World) -> None:
    row = Assistant.objects.get(user=world.liaison)
    end_assistant(assistant=row, ends_on=TODAY, at=AT, actor=SYSTEM)


@pytest.mark.django_db
@pytest.mark.parametrize("maker", [a_dispatched, a_signed, a_suspended])
def test_open_cases_follow_to_the_new_governor(world: World, maker: Callable[[World], Case]) -> None:
    case, state = maker(world), maker(world).state
    change(world, Post.GOVERNOR, "stand_in")
    assert holder(case) == world.stand_in
    assert case.state == state
    assert [order.user for order in case.orders.filter(ended_at=None)] == [world.stand_in]
    parties = case.parties.filter(role=CaseParty.Role.ASSIGNEE)
    assert [party.user for party in parties] == [world.stand_in]
    assert kinds_of(case)[-1] == "case.handed_over"
    assert "戴班" in str(sentence(case.explanation[-1]))


@pytest.mark.django_db
def test_what_ended_or_waits_for_others_stays_with_who_did_it(world: World) -> None:
    handled, closed = a_handled(world), a_closed(world)
    change(world, Post.GOVERNOR, "stand_in")
    assert (holder(handled), holder(closed)) == (world.governor, world.governor)


@pytest.mark.django_db
def test_what_a_duty_officer_gave_to_others_stays_with_them(world: World) -> None:
    office = held_by_office(world)
    person = do(world, a_report(world), "dispatch", "dispatcher", assignee="handler")
    other_block = a_dispatched(world, block=world.b2.code)
    department = a_dispatched(world, category="1101")
    change(world, Post.GOVERNOR, "stand_in")
    assert holder(office) == world.unit("city_management_office")
    assert holder(person) == world.handler
    assert holder(other_block) == world.governor2
    assert holder(department).name == "区市场监督管理局"


@pytest.mark.django_db
def test_what_a_duty_officer_gives_to_others_in_that_very_moment_stays_there_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change found the case with the governor, and had to wait for the lock."""
    case = a_signed(world)
    lock = vars(roster)["locked"]

    def late(pk: int) -> Case:
        do(world, case, "reassign", "dispatcher", assignee="handler", reason="改派")
        locked: Case = lock(pk)
        return locked

    monkeypatch.setattr(roster, "locked", late)
    change(world, Post.GOVERNOR, "stand_in")
    assert holder(case) == world.handler
    assert "case.handed_over" not in kinds_of(case)


@pytest.mark.django_db
def test_what_was_given_to_the_governor_by_hand_follows_to_the_next_governor(world: World) -> None:
    """Even if the category belongs to an office by the rules."""
    case = do(world, a_report(world, category="0601"), "dispatch", "dispatcher", assignee="governor")
    change(world, Post.GOVERNOR, "stand_in")
    assert holder(case) == world.stand_in


@pytest.mark.django_db
def test_a_vacancy_is_followed_down_the_ladder_and_up_again(world: World) -> None:
    case = a_signed(world)
    relieve(block=world.b1, post=Post.GOVERNOR, starts_on=TODAY, at=AT, actor=SYSTEM)
    assert holder(case) == world.liaison
    end_liaison(world)
    assert holder(case) == world.unit("block_service")
    change(world, Post.ACTING_GOVERNOR, "stand_in")
    assert holder(case) == world.stand_in
    change(world, Post.ACTING_GOVERNOR, None)
    assert holder(case) == world.unit("block_service")
    add_assistant(
        block=world.b1, user=world.assistant, kind=Kind.LIAISON_CADRE, starts_on=TODAY, at=AT, actor=SYSTEM
    )
    assert holder(case) == world.assistant
    change(world, Post.GOVERNOR, "governor9")
    assert holder(case) == world.governor9
    assert kinds_of(case).count("case.handed_over") == 6


@pytest.mark.django_db
def test_other_kinds_of_assistants_receive_nothing(world: World) -> None:
    relieve(block=world.b1, post=Post.GOVERNOR, starts_on=TODAY, at=AT, actor=SYSTEM)
    end_liaison(world)
    assert holder(a_dispatched(world)) == world.unit("block_service")


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["governor", "liaison"])
def test_who_has_no_account_any_more_receives_nothing(world: World, who: str) -> None:
    if who == "liaison":
        relieve(block=world.b1, post=Post.GOVERNOR, starts_on=TODAY, at=AT, actor=SYSTEM)
    User.objects.filter(pk=world.people[who].pk).update(is_active=False)
    expected = world.liaison if who == "governor" else world.unit("block_service")
    assert holder(a_dispatched(world)) == expected


def sweep(at: dt.datetime) -> int:
    return steps.run_sweeps(at, ["cases.roster"])["cases.roster"]


@pytest.mark.django_db
def test_a_planned_change_is_followed_when_its_day_comes(world: World) -> None:
    order, waiting, office = a_signed(world), a_handled(world), held_by_office(world)
    change(world, Post.GOVERNOR, "stand_in", on=TODAY + DAY)
    change(world, Post.SUPERVISOR, "handler2", on=TODAY + DAY)
    assert sweep(AT) == 0
    waiting.refresh_from_db()
    assert (holder(order), waiting.evaluator) == (world.governor, world.supervisor)
    assert sweep(AT + DAY) == 2
    waiting.refresh_from_db()
    assert (holder(order), waiting.evaluator) == (world.stand_in, world.handler2)
    assert holder(office) == world.unit("city_management_office")
    assert sweep(AT + DAY) == 0, "once"


@pytest.mark.django_db
def test_when_somebody_stops_acting_the_cases_go_back_on_that_day(world: World) -> None:
    case = a_signed(world)
    stand_in(
        block=world.b1,
        post=Post.GOVERNOR,
        person=world.stand_in,
        starts_on=TODAY,
        ends_on=TODAY + 2 * DAY,
        at=AT,
        actor=SYSTEM,
    )
    assert holder(case) == world.stand_in
    assert (sweep(AT), sweep(AT + DAY)) == (0, 0)
    assert sweep(AT + 2 * DAY) == 1
    assert holder(case) == world.governor


@pytest.mark.django_db
def test_a_liaison_cadre_who_leaves_on_a_later_day_is_followed_too(world: World) -> None:
    relieve(block=world.b1, post=Post.GOVERNOR, starts_on=START, at=AT, actor=SYSTEM)
    case = a_signed_by(world, "liaison")
    row = Assistant.objects.get(user=world.liaison)
    end_assistant(assistant=row, ends_on=TODAY + DAY, at=AT, actor=SYSTEM)
    assert sweep(AT) == 0
    assert sweep(AT + DAY) == 1
    assert holder(case) == world.unit("block_service")


def a_signed_by(world: World, who: str) -> Case:
    return do(world, a_dispatched(world), "sign", who)


@pytest.mark.django_db
@pytest.mark.parametrize("again", ["rework", "reopened"])
def test_another_round_goes_to_the_governor_of_today(world: World, again: str) -> None:
    case = a_handled(world) if again == "rework" else a_dissatisfied(world)
    change(world, Post.GOVERNOR, "stand_in")
    if again == "rework":
        case = do(world, case, "evaluate", "supervisor", effective=False, comment="没清干净")
    else:
        case = as_reporter(case, "reopen", reason="没清干净")
    assert holder(case) == world.stand_in
    assert case.orders.last().user == world.stand_in
    assert case.parties.filter(role=CaseParty.Role.ASSIGNEE).get().user == world.stand_in
    assert do(world, case, "hand-back", "stand_in", result="清完了").state == State.HANDLED


@pytest.mark.django_db
@pytest.mark.parametrize("receiver", ["governor", "office", "person"])
def test_another_round_goes_to_the_same_receiver_while_he_is_there(world: World, receiver: str) -> None:
    if receiver == "governor":
        case, who = a_handled(world), "governor"
    else:
        given: dict[str, Any] = (
            {"unit": "430302001-city_management_office"} if receiver == "office" else {"assignee": "handler"}
        )
        case, who = do(world, a_report(world), "dispatch", "dispatcher", **given), "handler"
        case = do(world, do(world, case, "sign", who), "hand-back", who, result="办完")
    before = holder(case)
    case = do(world, case, "evaluate", "supervisor", effective=False, comment="再来")
    assert holder(case) == before
    assert do(world, case, "hand-back", who, result="又办了").state == State.HANDLED
