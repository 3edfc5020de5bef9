"""A report is stored once, whole, with its own number; bad input is refused by its field."""

import datetime as dt
import math
from typing import Any

import pytest

from cases.actions import NewCase, Person, report
from cases.actions.report import number_of, report_once
from cases.exceptions import DuplicateReference, NoBlockHere, NotYourMove, PlaceMissing, UnknownCode
from cases.models import Case, CaseNumber, Deadline, Reporter
from cases.states import State, Step
from tests.world import AT, World, a_report, do, kinds_of
from yuhu.journal.models import Entry
from yuhu.kit import people
from yuhu.kit.exceptions import Invalid

pytestmark = pytest.mark.django_db


# --- number and first clocks --------------------------------------------------------------------------------------


def test_numbers_are_unique_and_carry_the_local_day(world: World) -> None:
    first, second = a_report(world), a_report(world)
    assert first.number.startswith("430302-20261124-")
    assert first.number != second.number
    late = a_report(world, at=dt.datetime(2026, 11, 24, 16, 30, tzinfo=dt.UTC))
    assert late.number.startswith("430302-20261125-"), "half past midnight in Xiangtan"


def test_a_gap_in_the_numbers_is_no_gap_in_the_cases(world: World) -> None:
    first = a_report(world)
    CaseNumber.objects.create()  # a report that failed after it took its ticket
    second = a_report(world)
    assert int(second.number[-6:]) == int(first.number[-6:]) + 2
    assert Case.objects.count() == 2


def test_the_millionth_ticket_still_has_six_digits() -> None:
    assert number_of("430302", AT, 2_000_000) == "430302-20261124-000000"
    assert number_of("430302", AT, 1_234_567) == "430302-20261124-234567"


def test_a_report_starts_the_clock_for_the_first_contact_only_when_there_is_somebody(world: World) -> None:
    assert [row.step for row in Deadline.objects.filter(case=a_report(world))] == [Step.CONTACT]
    alone = a_report(world, reporter=Person())
    assert not Deadline.objects.filter(case=alone).exists()
    assert not Reporter.objects.filter(case=alone).exists()
    with pytest.raises(NotYourMove) as refusal:
        do(world, alone, "contact", "governor", channel="phone")
    assert refusal.value.code == "no_reporter"


ASKED: list[tuple[str, dict[str, Any], str, bool]] = [
    ("a resident's demand through a governor", {}, "instant_response", True),
    ("a hotline's, nobody named", {"channel": "hotline", "reporter": Person()}, "instant_response", True),
    ("a governor's own finding", {"reporter": Person()}, "patrol", False),
    ("a hazard", {"reporter": Person(), "category": "0701"}, "hazard", False),
    ("a visit's", {"reporter": Person(), "channel": "visit"}, "visit", False),
    ("as somebody says", {"programme": "patrol"}, "patrol", False),
    ("praise", {"category": "1205"}, "instant_response", False),
]


@pytest.mark.parametrize("what, changes, programme, rated", ASKED, ids=[row[0] for row in ASKED])
def test_only_residents_demands_are_rated(
    world: World, what: str, changes: dict[str, Any], programme: str, rated: bool
) -> None:
    case = a_report(world, **changes)
    assert (case.programme, case.must_rate) == (programme, rated)


# --- the place ----------------------------------------------------------------------------------------------------


def inside(world: World) -> tuple[float, float]:
    return world.b1.centroid_longitude, world.b1.centroid_latitude


def test_a_point_finds_its_block(world: World) -> None:
    longitude, latitude = inside(world)
    case = a_report(world, block=None, longitude=longitude, latitude=latitude)
    assert case.block == world.b1
    assert (case.district_code, case.street_code, case.community_code, case.block_code) == (
        "430302",
        "430302001",
        "430302001001",
        world.b1.code,
    )


PLACES: list[tuple[str, dict[str, Any], type[Invalid], str]] = [
    ("outside", {"longitude": 116.4, "latitude": 39.9}, NoBlockHere, "longitude"),
    ("the wrong way round", {"longitude": 27.85, "latitude": 112.9}, NoBlockHere, "longitude"),
    ("off the earth", {"longitude": 1e9, "latitude": 27.8}, NoBlockHere, "longitude"),
    ("not a number", {"longitude": math.nan, "latitude": math.nan}, NoBlockHere, "longitude"),
    ("one not a number", {"longitude": 112.9, "latitude": math.nan}, NoBlockHere, "longitude"),
    ("infinite", {"longitude": math.inf, "latitude": -math.inf}, NoBlockHere, "longitude"),
    ("half a point", {"longitude": 112.9}, PlaceMissing, "latitude"),
    ("the other half", {"latitude": 27.8}, PlaceMissing, "longitude"),
    ("nothing", {}, PlaceMissing, "block"),
    ("an address alone, from a person", {"address": "建设路1号"}, PlaceMissing, "block"),
]


@pytest.mark.parametrize("what, place, refusal, field", PLACES, ids=[row[0] for row in PLACES])
def test_a_place_that_is_none_is_refused_by_its_field(
    world: World, what: str, place: dict[str, Any], refusal: type[Invalid], field: str
) -> None:
    with pytest.raises(refusal) as caught:
        a_report(world, block=None, **place)
    assert (caught.value.field, caught.value.status) == (field, 400)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "point",
    [
        {"longitude": math.nan, "latitude": math.nan},
        {"longitude": math.inf, "latitude": 0.0},
        {"longitude": 200.0, "latitude": 95.0},
        {"longitude": 112.9},
        {"latitude": 27.8},
    ],
)
def test_a_named_block_does_not_excuse_a_point_that_is_none(world: World, point: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        a_report(world, **point)
    assert caught.value.field in point or caught.value.field in ("longitude", "latitude")
    assert not Case.objects.exists()


def test_a_named_block_goes_before_a_point_beside_it(world: World) -> None:
    longitude, latitude = inside(world)
    case = a_report(world, block=world.b2.code, longitude=longitude, latitude=latitude)
    assert (case.block, case.longitude) == (world.b2, longitude)


def test_a_partner_may_send_an_address_alone_and_a_person_places_it(world: World) -> None:
    case = a_report(world, block=None, address="建设路1号", address_alone=True, channel="partner", client="x")
    assert (case.state, case.waits_for_person, case.area) == (State.REPORTED, True, "430302")
    assert Deadline.objects.filter(case=case, step=Step.DISPATCH).running().exists()
    assert list(Case.objects.awaiting_dispatch()) == []


# --- what cannot be stored ----------------------------------------------------------------------------------------

BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("NUL", {"description": "楼下\x00垃圾"}, "control_characters", "description"),
    ("half a character", {"description": "楼下\ud83d"}, "control_characters", "description"),
    ("nothing", {"description": ""}, "required", "description"),
    ("blanks", {"description": " \n\t "}, "required", "description"),
    ("no text", {"description": 5}, "not_text", "description"),
    ("one too many", {"description": "长" * 10_001}, "max_length", "description"),
    ("long address", {"address": "长" * 257}, "max_length", "address"),
    ("NUL in the address", {"address": "a\x00"}, "control_characters", "address"),
    ("long name", {"reporter": Person(name="长" * 51)}, "max_length", "reporter.name"),
    ("NUL in the name", {"reporter": Person(name="张\x00")}, "control_characters", "reporter.name"),
    ("no phone", {"reporter": Person(phone="12345")}, "invalid_phone", "reporter.phone"),
    ("unknown category", {"category": "9999"}, "unknown", "category"),
    ("a branch of the tree", {"category": "01"}, "unknown", "category"),
    ("NUL in the category", {"category": "01\x0001"}, "unknown", "category"),
    ("long category", {"category": "0" * 5000}, "unknown", "category"),
    ("empty category", {"category": ""}, "unknown", "category"),
    ("unknown block", {"block": "43030200100199"}, "unknown", "block"),
    ("a community for a block", {"block": "430302001001"}, "unknown", "block"),
    ("NUL in the block", {"block": "4303\x0000"}, "unknown", "block"),
    ("unknown channel", {"channel": "pigeon"}, "unknown", "channel"),
    ("unknown programme", {"programme": "x"}, "unknown", "programme"),
    ("long external number", {"external_id": "7" * 129, "client": "x"}, "max_length", "external_id"),
    ("long key", {"submission_key": "k" * 129}, "max_length", "submission_key"),
    ("NUL in the key", {"submission_key": "k\x00"}, "control_characters", "submission_key"),
]


@pytest.mark.parametrize("what, changes, code, field", BAD, ids=[row[0] for row in BAD])
def test_what_cannot_be_stored_is_refused_by_its_field(
    world: World, what: str, changes: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        a_report(world, **changes)
    assert (caught.value.code, caught.value.field, caught.value.status) == (code, field, 400)
    assert str(caught.value)
    assert not Case.objects.exists()
    assert not Entry.objects.filter(kind="case.reported").exists()


def test_a_category_that_is_out_of_use_takes_no_new_case(world: World) -> None:
    from cases.models import Category

    Category.objects.filter(pk="0101").update(active=False)
    with pytest.raises(UnknownCode):
        a_report(world)


GOOD: list[tuple[str, str, str]] = [
    ("emoji", "楼下👨‍👩‍👧‍👦有🗑️", "楼下👨‍👩‍👧‍👦有🗑️"),
    ("ten thousand characters", "长" * 10_000, "长" * 10_000),
    ("lines and tabs", "一\r\n二\r三\t四", "一\n二\n三\t四"),
    ("outer blanks", "  楼下 \n", "楼下"),
    ("composed on the way", "cafe\u0301", "caf\u00e9"),
    ("markup stays text", "<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("rare characters", "𠮷野家门口 㐂", "𠮷野家门口 㐂"),
]


@pytest.mark.parametrize("what, given, kept", GOOD, ids=[row[0] for row in GOOD])
def test_what_people_type_is_kept_in_one_form(world: World, what: str, given: str, kept: str) -> None:
    case = a_report(world, description=given)
    case.refresh_from_db()
    assert case.description == kept


def opened(sealed: bytes | memoryview | None) -> str:
    assert sealed is not None
    return people.unseal(sealed)


PHONES: list[tuple[str, str | None]] = [
    ("13800005678", "13800005678"),
    ("+86 138-0000-5678", "13800005678"),
    ("008613800005678", "13800005678"),
    ("８６13800005678", "13800005678"),
    ("１３８０００05678", "13800005678"),
    ("0731-58881234", "0731-58881234"),
    ("(0731)58881234", "0731-58881234"),
    ("073158881234", "0731-58881234"),
    ("23800005678", None),
    ("138000056789", None),
    ("一三八", None),
    ("1380000567a", None),
]


@pytest.mark.parametrize("given, kept", PHONES)
def test_a_phone_in_many_writings_is_one_phone(world: World, given: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(Invalid) as caught:
            a_report(world, reporter=Person(name="张三", phone=given))
        assert caught.value.field == "reporter.phone"
        return
    row = a_report(world, reporter=Person(name="张三", phone=given)).reporter
    assert opened(row.phone_sealed) == kept
    assert row.phone_index == people.blind_index(kept)


# --- once ---------------------------------------------------------------------------------------------------------


def test_the_same_submission_is_one_case(world: World) -> None:
    first = a_report(world, submission_key="form-1")
    again = a_report(world, submission_key="form-1")
    assert first == again
    assert Case.objects.count() == 1
    assert kinds_of(first) == ["case.reported"]
    new = NewCase(
        category="0101", description="楼下", channel="governor", block=world.b1.code, submission_key="form-1"
    )
    assert report_once(new, by=world.by("governor"), at=AT) == (first, False)


def test_no_key_is_nobodys_key(world: World) -> None:
    keys = [a_report(world, submission_key=key).submission_key for key in (None, None, "", "", " ")]
    assert keys == [None] * 5
    assert Case.objects.count() == 5


@pytest.mark.parametrize("again", ["HL-7", "  HL-7 "])
def test_a_partners_number_is_taken_once(world: World, again: str) -> None:
    case = a_report(world, channel="hotline", client="hotline", external_id="HL-7")
    with pytest.raises(DuplicateReference) as caught:
        a_report(world, channel="hotline", client="hotline", external_id=again)
    assert (caught.value.status, caught.value.field) == (409, "external_id")
    assert case.number in str(caught.value)
    assert a_report(world, channel="partner", client="another", external_id="HL-7") != case


def test_a_report_without_a_user_has_no_reporting_colleague(world: World) -> None:
    from cases.actions.base import By
    from tests.world import RESIDENT

    new = NewCase(category="0101", description="楼下", channel="resident", block=world.b1.code)
    case = report(new, by=By(None, RESIDENT), at=AT)
    assert (case.reported_by, case.parties.count(), case.must_rate) == (None, 0, True)
