"""Cases through the API: reporting, lists and their filters, the detail, versions, moves, events."""

import datetime as dt
from typing import Any

import pytest

from cases.actions import Person, unmask
from cases.models import Case, Deadline, Note, Reporter
from cases.states import MOVES
from tests.api.callers import As, Caller, errors
from tests.world import (
    AT,
    OTHER_STREET,
    STREET,
    World,
    a_closed,
    a_dispatched,
    a_handled,
    a_report,
    a_signed,
    an_evaluated,
    do,
)
from yuhu.journal.models import Entry
from yuhu.kit import clock

pytestmark = pytest.mark.django_db

GOOD = {"category": "0101", "description": "楼下垃圾堆了三天", "block": "43030200100101"}
CONTRACT = {
    "number", "state", "path", "severity", "category", "category_name", "block", "street", "lead_unit", "assignee",
    "duty_item", "programme", "reported_at", "due_at", "overdue", "reporter", "moves", "explanation",
}  # fmt: skip


@pytest.fixture
def me(as_: As) -> Caller:
    return as_("governor")


def numbers(rows: list[dict[str, Any]]) -> set[str]:
    return {row["number"] for row in rows}


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


# Lists


@pytest.fixture
def several(world: World) -> dict[str, Case]:
    """One case of every kind that filters tell apart, all visible for the district's leader."""
    return {
        "reported": a_report(world, description="蓝色垃圾桶"),
        "late": a_dispatched(world, at=AT - dt.timedelta(days=3)),
        "signed": a_signed(world),
        "closed": a_closed(world, at=AT - dt.timedelta(days=9)),
        "elsewhere": a_dispatched(world, name="governor9", block=world.b9.code, reporter=Person()),
        "department": a_dispatched(
            world, name="handler", category="0401", channel="desk", address="板塘铺夜市"
        ),
    }


FILTERS: list[tuple[dict[str, str], set[str]]] = [
    ({}, {"reported", "late", "signed", "closed", "elsewhere", "department"}),
    ({"state": "closed"}, {"closed"}),
    ({"open": "true"}, {"reported", "late", "signed", "elsewhere", "department"}),
    ({"open": "false"}, {"closed"}),
    ({"overdue": "true"}, {"late"}),
    ({"overdue": "false"}, {"reported", "signed", "closed", "elsewhere", "department"}),
    ({"street": OTHER_STREET}, {"elsewhere"}),
    ({"street": "430399999"}, set()),
    ({"community": "430302001001", "state": "reported"}, {"reported"}),
    ({"block": "43030200100101", "overdue": "true"}, {"late"}),
    ({"category": "0401"}, {"department"}),
    ({"category": "04"}, {"department"}),
    ({"path": "whistle"}, {"department"}),
    ({"severity": "low", "state": "in_progress"}, {"signed"}),
    ({"channel": "desk"}, {"department"}),
    ({"unit": "430302-D01"}, {"department"}),
    ({"programme": "patrol"}, {"elsewhere"}),
    ({"reported_after": "2026-11-24T02:00:00Z"}, {"reported", "signed", "elsewhere", "department"}),
    ({"reported_after": "2026-11-24T10:00:00+08:00"}, {"reported", "signed", "elsewhere", "department"}),
    ({"reported_after": "2026-11-24"}, {"reported", "signed", "elsewhere", "department"}),
    ({"reported_before": "2026-11-24T02:00:00Z"}, {"late", "closed"}),
    ({"reported_after": "2026-11-16", "reported_before": "2026-11-24"}, {"late"}),
    ({"q": "蓝色垃圾桶"}, {"reported"}),
    ({"q": "板塘铺"}, {"department"}),
    ({"q": "没有的词"}, set()),
]


def test_each_filter_finds_what_it_says(as_, several):
    me, names = as_("leader"), {case.number: name for name, case in several.items()}
    for asked, found in FILTERS:
        assert {names[row["number"]] for row in me.results("cases/", **asked)} == found, asked


def test_a_case_is_found_by_its_number_and_by_the_end_of_it(as_, several):
    number = several["late"].number
    for asked in (number, number[-6:]):
        assert number in numbers(as_("leader").results("cases/", q=asked))


def test_a_plus_in_an_offset_may_be_sent_unescaped(as_, several):
    answer = as_("leader").get("/api/v1/cases/?reported_before=2026-11-24T10:00:00+08:00")
    assert numbers(answer.json()["results"]) == {several["late"].number, several["closed"].number}


def test_the_filter_and_the_field_mean_the_same_by_overdue(as_, several):
    rows = as_("leader").results("cases/")
    late = numbers(as_("leader").results("cases/", overdue="true"))
    assert {row["number"] for row in rows if row["overdue"]} == late == {several["late"].number}


def test_a_row_of_the_list_is_the_case_itself(as_, several):
    me = as_("leader")
    for row in me.results("cases/"):
        assert row == me.get(f"cases/{row['number']}/").json()


# One case


def test_moves_are_what_this_person_may_do_now(as_, world: World):
    case = a_signed(world)
    path = f"cases/{case.number}/"
    governor = as_("governor").get(path).json()["moves"]
    assert {"hand-back", "return", "request-extension", "contact"} <= set(governor)
    assert "evaluate" not in governor
    assert set(as_("dispatcher").get(path).json()["moves"]) >= {"reassign", "void", "merge", "urge"}
    assert set(as_("leader").get(path).json()["moves"]) == {"raise-path", "urge", "supervise"}
    assert as_("auditor").get(path).json()["moves"] == []
    handled = a_handled(world)
    assert "evaluate" in as_("supervisor").get(f"cases/{handled.number}/").json()["moves"]


def test_explanations_are_sentences_in_the_readers_language(me, world: World):
    path = f"cases/{a_dispatched(world).number}/"
    chinese = me.get(path).json()["explanation"]
    english = me.get(path, headers={"Accept-Language": "en"}).json()["explanation"]
    assert english[0] == "The category is 0101 暴露垃圾."
    assert len(chinese) == len(english) == 4


def test_unmasking_for_one_person_shows_nothing_to_programs(me, world: World):
    case = a_dispatched(world)
    unmask(case_id=case.pk, reason="回访核实", by=world.by("governor"), at=AT)
    for path in ("cases/", f"cases/{case.number}/", f"cases/{case.number}/events/"):
        text = me.get(path).content.decode()
        assert "13800005678" not in text
        assert "张三" not in text
        assert Reporter.objects.get(case=case).token not in text


# Versions


def test_an_unchanged_case_is_not_sent_again(me, world: World):
    path = f"cases/{a_dispatched(world).number}/"
    first = me.get(path)
    again = me.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    weak = me.get(path, headers={"If-None-Match": f'"other", W/{first["ETag"]}'})
    assert weak.status_code == 304


def test_a_changed_case_is_sent_again_also_when_only_time_or_reader_changed(
    me, as_, world: World, monkeypatch
):
    case = a_dispatched(world)
    path = f"cases/{case.number}/"
    tag = me.get(path)["ETag"]
    assert as_("leader").get(path, headers={"If-None-Match": tag}).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: AT + dt.timedelta(days=3))
    late = me.get(path, headers={"If-None-Match": tag})
    assert late.status_code == 200
    assert late.json()["overdue"] is True


def test_a_move_on_the_version_that_one_saw_is_made(me, world: World):
    case = a_dispatched(world)
    seen = me.get(f"cases/{case.number}/")["ETag"]
    answer = me.post(f"cases/{case.number}/moves/sign/", headers={"If-Match": seen})
    assert answer.status_code == 200
    assert answer["ETag"] != seen
    weak = f"W/{answer['ETag']}"
    body = {"channel": "phone"}
    assert me.post(f"cases/{case.number}/moves/contact/", body, headers={"If-Match": weak}).status_code == 200


@pytest.mark.parametrize("tag", ['"430302-20261124-000001-1"', '"x"', "x", '""', "W/", '"a", "b"'])
def test_a_move_on_another_version_is_412_and_changes_nothing(me, world: World, tag):
    case = a_dispatched(world)
    answer = me.post(f"cases/{case.number}/moves/sign/", headers={"If-Match": tag})
    assert answer.status_code == 412
    assert errors(answer) == [("stale", None)]
    case.refresh_from_db()
    assert case.state == "dispatched"


def test_a_move_on_what_somebody_else_changed_meanwhile_is_412(me, world: World):
    case = a_dispatched(world)
    seen = me.get(f"cases/{case.number}/")["ETag"]
    do(world, case, "urge", "leader", comment="请加快")
    answer = me.post(f"cases/{case.number}/moves/sign/", headers={"If-Match": seen})
    assert answer.status_code == 412
    assert me.post(f"cases/{case.number}/moves/sign/", headers={"If-Match": "*"}).status_code == 200


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
