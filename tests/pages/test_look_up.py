"""A report is found again by its number and the phone that was left with it, and by nothing less."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from cases.actions import Person, erase
from cases.actions.erase import Erasure
from tests.pages.conftest import Clock
from tests.pages.forms import Page
from tests.pages.residents import PERSON, PHONE, code_of, look_up, only, send
from tests.world import AT, World, a_report, do
from yuhu.kit import limits

pytestmark = pytest.mark.django_db


@pytest.fixture
def door(world: World) -> str:
    return f"/r/{code_of(world.b1)}/"


def test_number_and_phone_lead_to_the_private_page(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    send(anybody, door, time, **PERSON)
    answer = look_up(anybody, f" {only().number} ", "139-7321-0042")
    assert answer["Location"] == f"/f/{only().reporter.token}/"
    assert PHONE not in answer["Location"]


def test_wrong_pairs_look_the_same_whatever_is_wrong(
    world: World, anybody: Client, door: str, time: Clock
) -> None:
    send(anybody, door, time, **PERSON)
    known = only().number
    a_report(world)
    nobody_named = a_report(world, channel="resident", reporter=Person())
    pairs = [
        (known, "13973210043"),
        ("430302-20260101-999999", PHONE),
        ("430302-20260101-999999", "13973210043"),
        (nobody_named.number, PHONE),
        (known, "13800005678"),
    ]
    bodies = set()
    for number, phone in pairs:
        answer = look_up(anybody, number, phone)
        assert answer.status_code == 404
        text = Page(answer).text
        bodies.add(text)
        assert "No report has this number and this phone" in text
    assert len(bodies) == 1


@pytest.mark.parametrize(
    "number, phone",
    [("x", PHONE), ("430302-20260101-00000%", PHONE), ("\0", "1"), ("", ""), ("1" * 5000, PHONE)],
)
def test_what_is_no_number_is_told(world: World, anybody: Client, number: str, phone: str) -> None:
    assert look_up(anybody, number, phone).status_code == 400


def test_who_tries_too_often_has_to_wait_the_right_pair_too(
    world: World, anybody: Client, door: str, time: Clock, settings: Any
) -> None:
    settings.RESIDENT_LOOKUPS_PER_HOUR = 3
    send(anybody, door, time, **PERSON)
    number = only().number
    tries = [look_up(anybody, number, f"1390000000{n}").status_code for n in range(3)]
    assert tries == [404, 404, 404]
    answer = look_up(anybody, number, PHONE)
    assert answer.status_code == 429
    assert answer["Retry-After"]
    elsewhere = Client(REMOTE_ADDR="10.9.8.7", headers={"accept-language": "en"})
    assert look_up(elsewhere, number, PHONE).status_code == 429, "one number is not tried from many addresses"
    assert look_up(elsewhere, "430302-20260101-999999", PHONE).status_code == 404


def test_where_nobody_can_count_nothing_is_looked_up(
    world: World, anybody: Client, door: str, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(anybody, door, time, **PERSON)
    monkeypatch.setattr(limits, "count", lambda *_: None)
    assert look_up(anybody, only().number, PHONE).status_code == 429


def test_who_was_erased_is_not_found(world: World, anybody: Client, door: str, time: Clock) -> None:
    send(anybody, door, time, **PERSON)
    case = only()
    do(world, case, "reject", "dispatcher", reason="不属于受理范围")
    what = Erasure(person=True)
    at = AT + dt.timedelta(hours=1)
    erase(case_id=case.pk, what=what, reason="本人申请", by=world.by("streetleader"), at=at)
    assert look_up(anybody, case.number, PHONE).status_code == 404
