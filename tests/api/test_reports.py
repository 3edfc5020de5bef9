"""Reporting through the API: what is stored, what may be left out, what is refused by field."""

from typing import Any

import pytest

from cases.models import Case
from tests.api.callers import errors
from tests.world import (
    STREET,
    World,
)
from yuhu.journal.models import Entry

pytestmark = pytest.mark.django_db

GOOD = {"category": "0101", "description": "楼下垃圾堆了三天", "block": "43030200100101"}
CONTRACT = {
    "number", "state", "path", "severity", "category", "category_name", "block", "street", "lead_unit", "assignee",
    "duty_item", "programme", "reported_at", "due_at", "overdue", "reporter", "moves", "explanation",
}  # fmt: skip


# Reporting


def test_a_report_is_answered_with_the_case(me, world: World):
    body = {
        "category": "0101",
        "description": "楼下垃圾堆了三天",
        "longitude": world.b1.centroid_longitude,
        "latitude": world.b1.centroid_latitude,
        "block": None,
        "address": "雨湖路1号",
        "reporter": {"name": "张三", "phone": "13800005678"},
    }
    answer = me.post("cases/", body)
    assert answer.status_code == 201
    case = answer.json()
    assert set(case) >= CONTRACT
    assert case["number"].startswith("430302-20261124-")
    assert case["state"] == "reported"
    assert (case["path"], case["severity"], case["programme"]) == ("front_end", "low", "instant_response")
    assert (case["category"], case["category_name"]) == ("0101", "暴露垃圾")
    assert (case["block"], case["street"]) == (world.b1.code, STREET)
    assert (case["lead_unit"], case["assignee"], case["duty_item"], case["due_at"]) == (
        None,
        None,
        None,
        None,
    )
    assert case["reported_at"] == "2026-11-24T02:00:00Z"
    assert case["reporter"] == {"name": "张*", "phone": "138****5678"}
    assert case["channel"] == "governor"
    assert "13800005678" not in answer.content.decode()
    assert answer["Location"] == f"/api/v1/cases/{case['number']}/"


def test_a_second_later_it_has_a_receiver_a_due_time_and_reasons(me, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        number = me.post("cases/", GOOD).json()["number"]
    case = me.get(f"cases/{number}/").json()
    assert case["state"] == "dispatched"
    assert case["assignee"]["name"] == "高志远"
    assert case["duty_item"] == "R1101"
    assert case["due_at"] == "2026-11-24T07:00:00Z"
    assert len(case["explanation"]) == 4
    assert case["moves"] == ["sign", "return", "raise-path"]
    assert case["reporter"] is None


def test_what_is_not_given_may_be_left_out_or_null(me):
    assert (
        me.post("cases/", {**GOOD, "reporter": None, "longitude": None, "latitude": None}).status_code == 201
    )
    assert me.post("cases/", {**GOOD, "reporter": {}}).json()["reporter"] is None
    assert me.post("cases/", {**GOOD, "reporter": {"phone": "0731-52345678"}}).json()["reporter"] == {
        "name": "",
        "phone": "****5678",
    }


BAD_REPORTS: list[tuple[dict[str, Any], str, str]] = [
    ({"category": None}, "null", "category"),
    ({"category": ""}, "required", "category"),
    ({"category": "01"}, "unknown", "category"),
    ({"category": "9999"}, "unknown", "category"),
    ({"category": 101}, "not_text", "category"),
    ({"category": ["0101"]}, "not_text", "category"),
    ({"description": ""}, "required", "description"),
    ({"description": " \n "}, "required", "description"),
    ({"description": "字" * 10_001}, "max_length", "description"),
    ({"description": "a\x00b"}, "control_characters", "description"),
    ({"description": "a\x1bb"}, "control_characters", "description"),
    ({"description": 5}, "not_text", "description"),
    ({"description": True}, "not_text", "description"),
    ({"description": {"zh": "垃圾"}}, "not_text", "description"),
    ({"block": "43030200100199"}, "unknown", "block"),
    ({"block": "雨湖路社区第1区块"}, "unknown", "block"),
    ({"block": 43030200100101}, "not_text", "block"),
    ({"block": "\x00"}, "control_characters", "block"),
    ({"block": None}, "place_missing", "block"),
    ({"block": None, "address": "雨湖路1号"}, "place_missing", "block"),
    ({"block": None, "longitude": 112.9}, "place_missing", "latitude"),
    ({"block": None, "longitude": 116.39, "latitude": 39.9}, "outside", "longitude"),
    ({"block": None, "longitude": 1e300, "latitude": 27.87}, "outside", "longitude"),
    ({"block": None, "longitude": "112.9", "latitude": 27.87}, "invalid", "longitude"),
    ({"block": None, "longitude": True, "latitude": 27.87}, "invalid", "longitude"),
    ({"address": "路" * 257}, "max_length", "address"),
    ({"channel": "pigeon"}, "invalid_choice", "channel"),
    ({"channel": 5}, "invalid_choice", "channel"),
    ({"external_id": "x" * 129}, "max_length", "external_id"),
    ({"reporter": "张三"}, "invalid", "reporter"),
    ({"reporter": {"name": "张" * 51}}, "max_length", "reporter.name"),
    ({"reporter": {"phone": "12345"}}, "invalid_phone", "reporter.phone"),
    ({"reporter": {"phone": 13800005678}}, "not_text", "reporter.phone"),
    ({"reporter": {"phone": "138\x000005678"}}, "control_characters", "reporter.phone"),
    ({"state": "closed"}, "unknown_field", "state"),
    ({"must_rate": True}, "unknown_field", "must_rate"),
]


def test_a_report_that_cannot_be_stored_is_refused_by_field_and_leaves_nothing(me):
    for change, code, field in BAD_REPORTS:
        answer = me.post("cases/", {**GOOD, **change})
        told = [(one, str(attr).removesuffix(".non_field_errors")) for one, attr in errors(answer)]
        assert (answer.status_code, told) == (400, [(code, field)]), change
    assert Case.objects.count() == 0


def test_emoji_and_10_000_characters_come_back_as_they_were(me):
    for text in ("楼下垃圾堆了三天🗑️😡", "字" * 10_000, "第一行\n第二行\t尾", "<script>alert(1)</script>"):
        answer = me.post("cases/", {**GOOD, "description": text})
        assert answer.status_code == 201
        assert me.get(f"cases/{answer.json()['number']}/").json()["description"] == text


def test_an_external_number_is_accepted_once_and_the_refusal_names_the_case(me, as_):
    first = me.post("cases/", {**GOOD, "external_id": "12345-2026-778"}).json()
    again = me.post("cases/", {**GOOD, "external_id": "12345-2026-778"})
    assert again.status_code == 409
    assert errors(again) == [("duplicate_external_id", "external_id")]
    assert first["number"] in again.json()["errors"][0]["detail"]
    assert as_("handler").post("cases/", {**GOOD, "external_id": "12345-2026-778"}).status_code == 201
    assert Case.objects.count() == 2


CHANNELS = [
    ("governor", "governor"),
    ("assistant", "assistant"),
    ("supervisor", "supervisor"),
    ("handler", "desk"),
    ("dispatcher", "desk"),
    ("department", "desk"),
    ("streetleader", "leader"),
    ("leader", "leader"),
]


def test_the_post_decides_the_channel(as_):
    found = [(name, as_(name).post("cases/", GOOD).json()["channel"]) for name, _channel in CHANNELS]
    assert found == CHANNELS


def test_a_person_uses_own_channels_only(me):
    for channel in ("governor", "visit", "meeting"):
        assert me.post("cases/", {**GOOD, "channel": channel}).status_code == 201, channel
    for channel in ("partner", "hotline", "open311", "wecom", "resident", "supervisor", "leader", "desk"):
        answer = me.post("cases/", {**GOOD, "channel": channel})
        assert answer.status_code == 403, channel
        assert errors(answer) == [("not_your_channel", "channel")]


def test_the_journal_names_who_reported(me):
    number = me.post("cases/", GOOD).json()["number"]
    entry = Entry.objects.for_subject("case", number).get()
    assert (entry.kind, entry.actor_name) == ("case.reported", "高志远")
    assert entry.actor_post.startswith("雨湖路社区第1区块")
