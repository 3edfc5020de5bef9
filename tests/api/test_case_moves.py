"""Moves through the API, and the history that they leave."""

import datetime as dt
from typing import Any

import pytest

from cases.models import Case, Deadline, Note
from cases.states import MOVES
from tests.api.callers import Caller, errors
from tests.world import (
    AT,
    STREET,
    World,
    a_closed,
    a_dispatched,
    a_handled,
    a_signed,
    an_evaluated,
    do,
)
from yuhu.journal.models import Entry

pytestmark = pytest.mark.django_db

GOOD = {"category": "0101", "description": "楼下垃圾堆了三天", "block": "43030200100101"}


# Moves


def test_the_whole_loop_through_the_api(as_, world: World, django_capture_on_commit_callbacks):
    governor, supervisor = as_("governor"), as_("supervisor")
    with django_capture_on_commit_callbacks(execute=True):
        number = governor.post("cases/", GOOD).json()["number"]
    path = f"cases/{number}/moves/"
    assert governor.post(f"{path}sign/").json()["state"] == "in_progress"
    assert governor.post(f"{path}hand-back/", {"result": "已清运"}).json()["state"] == "handled"
    assert governor.post(f"{path}evaluate/", {"effective": True}).status_code == 403
    case = supervisor.post(f"{path}evaluate/", {"effective": True, "comment": "干净了"}).json()
    assert case["state"] == "closed"
    assert case["moves"] == []
    assert case["closed_at"] == "2026-11-24T02:00:00Z"


def test_every_move_of_the_table_has_its_door(as_, world: World):
    """What the table knows is found (never 404), whatever the state says."""
    case = a_closed(world)
    for name in MOVES:
        assert as_("dispatcher").post(f"cases/{case.number}/moves/{name}/").status_code in (400, 403, 409), (
            name
        )


def test_a_move_that_the_state_does_not_allow_is_409(me, world: World):
    answer = me.post(f"cases/{a_closed(world).number}/moves/sign/")
    assert answer.status_code == 409
    assert errors(answer) == [("wrong_state", None)]


def test_a_move_of_somebody_else_is_403_with_the_reason(as_, world: World):
    case = an_evaluated(world)
    answer = as_("governor").post(
        f"cases/{case.number}/moves/rate/", {"solved": "solved", "satisfaction": "satisfied"}
    )
    assert answer.status_code == 403
    assert errors(answer) == [("not_your_move", None)]
    english = as_("governor").post(f"cases/{case.number}/moves/rate/", headers={"Accept-Language": "en"})
    assert "private link" in english.json()["errors"][0]["detail"]


def test_a_case_of_another_street_is_404_not_403(as_, world: World):
    case = a_dispatched(world)
    answer = as_("governor9").post(f"cases/{case.number}/moves/sign/")
    assert answer.status_code == 404
    assert errors(answer) == [("not_found", None)]


BAD_FIELDS: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("governor", "hand-back", {}, "required", "result"),
    ("governor", "hand-back", {"result": 5}, "not_text", "result"),
    ("governor", "hand-back", {"result": "a\x00"}, "control_characters", "result"),
    ("governor", "hand-back", {"result": "x" * 10_001}, "max_length", "result"),
    ("governor", "hand-back", {"result": "ok", "attachments": [1]}, "unknown", "attachments"),
    ("governor", "hand-back", {"result": "ok", "attachments": "1"}, "not_a_list", "attachments"),
    ("governor", "hand-back", {"result": "ok", "mood": "good"}, "unknown_field", "mood"),
    ("governor", "contact", {"channel": "pigeon"}, "unknown", "channel"),
    ("governor", "contact", {"channel": ["phone"]}, "unknown", "channel"),
    ("governor", "request-extension", {"reason": "雨天", "until": "1899-12-31"}, "date_range", "until"),
    ("governor", "request-extension", {"reason": "雨天", "until": "tomorrow"}, "not_a_date", "until"),
    ("governor", "request-extension", {"reason": "雨天", "until": 20261130}, "not_a_date", "until"),
    ("governor", "request-extension", {"reason": "雨天", "until": "2026-11-01"}, "past", "until"),
    ("governor", "raise-path", {"path": "front_end", "reason": "难"}, "unknown", "path"),
    ("dispatcher", "reassign", {"unit": "nowhere", "reason": "更合适"}, "unknown", "unit"),
    ("dispatcher", "reassign", {"assignee": 999_999_999, "reason": "更合适"}, "unknown", "assignee"),
    ("dispatcher", "reassign", {"assignee": True, "reason": "更合适"}, "unknown", "assignee"),
    ("dispatcher", "reassign", {"unit": 10**30, "reason": "更合适"}, "unknown", "unit"),
    ("dispatcher", "reassign", {"unit": "\x00", "reason": "更合适"}, "unknown", "unit"),
    ("dispatcher", "reassign", {"duty_item": "R\x009", "reason": "更合适"}, "unknown", "duty_item"),
    ("dispatcher", "merge", {"into": "430302-20261124-999999"}, "unknown", "into"),
    ("dispatcher", "merge", {"into": "\x00"}, "unknown", "into"),
    ("streetleader", "supervise", {"comment": "今天办结", "due_at": "9999-12-31"}, "date_range", "due_at"),
]


def test_a_move_with_a_field_that_cannot_be_is_refused_by_field(as_, world: World):
    case = a_signed(world)
    before = Case.objects.values().get(pk=case.pk)
    for who, name, body, code, field in BAD_FIELDS:
        answer = as_(who).post(f"cases/{case.number}/moves/{name}/", body)
        assert (answer.status_code, errors(answer)) == (400, [(code, field)]), (name, body)
    assert Case.objects.values().get(pk=case.pk) == before


def test_decisions_through_the_api(as_, world: World):
    case = a_signed(world)
    path = f"cases/{case.number}/moves/"
    until = "2026-11-24T20:00:00+08:00"
    assert (
        as_("governor").post(f"{path}request-extension/", {"reason": "雨天", "until": until}).status_code
        == 200
    )
    again = as_("governor").post(f"{path}request-extension/", {"reason": "雨天", "until": until})
    assert (again.status_code, errors(again)) == (403, [("request_pending", None)])
    answer = as_("dispatcher").post(f"{path}decide-extension/", {"approve": True, "reason": "同意"})
    assert answer.json()["due_at"] == "2026-11-24T12:00:00Z"
    assert Deadline.objects.get(case=case, step="handle").due_at == dt.datetime(
        2026, 11, 24, 12, tzinfo=dt.UTC
    )


def test_a_street_office_dispatches_by_code_and_key(as_, world: World):
    case = a_dispatched(world)
    office = f"{STREET}-city_management_office"
    answer = as_("dispatcher").post(
        f"cases/{case.number}/moves/reassign/", {"unit": office, "reason": "归口"}
    )
    assert (answer.json()["lead_unit"], answer.json()["assignee"]) == (office, None)
    body = {"assignee": world.governor2.pk, "reason": "就近"}
    answer = as_("dispatcher").post(f"cases/{case.number}/moves/reassign/", body)
    assert answer.json()["assignee"] == {"id": world.governor2.pk, "name": "龚明"}


def test_whoever_moves_a_case_out_of_sight_still_gets_the_answer(as_, world: World):
    case = a_dispatched(world, category="0401", name="handler", channel="desk")
    assert case.lead_unit is not None
    unit = case.lead_unit
    from staffing.actions import join
    from staffing.models import Membership, User
    from tests.world import START
    from yuhu.journal.actions import SYSTEM

    officer = User.objects.create_user("officer", name="关")
    join(unit=unit, user=officer, role=Membership.Role.MEMBER, starts_on=START, at=AT, actor=SYSTEM)
    me = Caller(officer)
    assert me.post(f"cases/{case.number}/moves/return/", {"reason": "不属本局职责"}).status_code == 200


# Events


def test_the_history_tells_who_did_what_and_what_was_written(as_, world: World):
    case = a_handled(world)
    do(world, case, "evaluate", "supervisor", effective=False, comment="还有一堆")
    rows = as_("governor").results(f"cases/{case.number}/events/", page_size=2)
    assert [row["kind"] for row in rows] == [
        "case.reported", "case.dispatched", "case.signed", "case.handed_back", "case.evaluated",
    ]  # fmt: skip
    assert [row["actor"]["name"] for row in rows[2:]] == ["高志远", "高志远", "简德"]
    assert rows[3]["texts"] == {"result": "已清运"}
    assert rows[4]["texts"] == {"comment": "还有一堆"}
    assert rows[4]["data"]["effective"] is False
    assert [row["at"] for row in rows] == ["2026-11-24T02:00:00Z"] * 5
    assert set(rows[0]) >= {"id", "kind", "at", "actor", "data"}


def test_what_was_erased_is_null_in_the_history(me, world: World):
    case = a_handled(world)
    Note.objects.filter(case=case).update(text="", erased_at=AT)
    texts = [row["texts"] for row in me.results(f"cases/{case.number}/events/") if row["texts"]]
    assert texts == [{"result": None}]


def test_the_history_of_an_invisible_case_does_not_exist(as_, world: World):
    assert as_("governor9").get(f"cases/{a_dispatched(world).number}/events/").status_code == 404


def test_addresses_of_people_at_their_desks_are_nobodys_business(me, world: World):
    number = me.post("cases/", GOOD).json()["number"]
    assert Entry.objects.for_subject("case", number).get().actor_address == "127.0.0.1"
    assert "127.0.0.1" not in me.get(f"cases/{number}/events/").content.decode()
