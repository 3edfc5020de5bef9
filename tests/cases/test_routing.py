"""Who receives: the pure table of decisions, then all 60 categories on the real data, then what follows a change of
people."""

import csv
import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from cases.actions.reference import DATA
from cases.exceptions import OffList, UnknownCode
from cases.models import Case, CaseParty, Category, Deadline
from cases.routing import SENTENCES, Decision, Facts, Place, Seat, route, sentence
from cases.states import State, Step
from duties.models import DutyItem, DutyList
from staffing.models import Assistant, Tenure, Unit
from tests.world import AT, STREET, World, a_dispatched, a_report, do, held_by_office, kinds_of
from yuhu.kit.exceptions import Invalid

TODAY = AT.date()
DAY = dt.timedelta(days=1)
Post, Kind = Tenure.Seat, Assistant.Kind

# --- the pure table -----------------------------------------------------------------------------------------------

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
    assert set(SENTENCES) - used == {"by_hand", "unit", "person", "unsure"}, "the rest is no rule's"
    assert isinstance(route(FULL), Decision)


# --- the real data ------------------------------------------------------------------------------------------------

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


# --- what a person may send, and what not -------------------------------------------------------------------------


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
@pytest.mark.parametrize(
    "field, data",
    [
        ("unit", {"unit": "430302008-city_management_office"}),
        ("assignee", {"assignee": "governor9"}),
        ("co_units", {"assignee": "governor", "co_units": ["430302008-city_management_office"]}),
    ],
)
def test_another_streets_people_and_units_have_no_part_in_a_case(
    world: World, field: str, data: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refusal:
        do(world, a_report(world), "dispatch", "dispatcher", **data)
    assert (refusal.value.code, refusal.value.field) == ("other_street", field)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "data",
    [
        {"assignee": "governor2"},
        {"assignee": "handler"},
        {"assignee": "department"},
        {"unit": "430302-D01", "co_units": ["430302001-city_management_office"]},
    ],
    ids=["another block", "an office", "a department's member", "a department"],
)
def test_people_and_units_of_the_street_and_of_the_district_may_be_named(
    world: World, data: dict[str, Any]
) -> None:
    assert do(world, a_report(world), "dispatch", "dispatcher", **data).state == State.DISPATCHED


@pytest.mark.django_db
def test_a_dispatch_by_hand_explains_itself(world: World) -> None:
    case = held_by_office(world)
    assert [step["code"] for step in case.explanation] == ["category", "item", "by_hand", "unit"]
    assert "邓值" in str(sentence(case.explanation[2]))
