"""Every error has one shape, a sentence in the reader's language, and its own status; bad input is never a 500."""

import json
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.test import Client

from cases.api import views
from staffing.models import User
from tests.api.callers import V1, Caller, errors
from tests.world import World, a_dispatched

pytestmark = pytest.mark.django_db

GOOD: dict[str, Any] = {"category": "0101", "description": "楼下垃圾堆了三天", "block": "43030200100101"}


# Who is asking


def test_nobody_gets_401_and_is_told_how_to_log_in(db):
    answer = Caller().get("cases/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="api", Session realm="/login/"'
    assert errors(answer) == [("not_authenticated", None)]


def test_a_write_by_nobody_is_401_too_not_a_complaint_about_tokens(db):
    assert Caller(check_csrf=True).post("cases/", GOOD).status_code == 401


def test_somebody_whose_account_was_closed_gets_401(me, world: World):
    assert me.get("cases/").status_code == 200
    User.objects.filter(pk=world.governor.pk).update(is_active=False)
    assert me.get("cases/").status_code == 401


def test_an_idle_session_gets_401(me, settings):
    assert me.get("cases/").status_code == 200
    session = me.client.session
    session["seen"] = session["seen"] - settings.DESK_IDLE_SECONDS - 1
    session.save()
    assert me.get("cases/").status_code == 401


def test_a_write_without_the_pages_token_is_403(world: World):
    answer = Caller(world.governor, check_csrf=True).post("cases/", GOOD)
    assert answer.status_code == 403
    assert errors(answer) == [("csrf_failed", None)]


def test_a_write_with_the_pages_token_is_accepted(world: World):
    me = Caller(world.governor, check_csrf=True)
    me.client.cookies["csrftoken"] = "a" * 32
    assert me.post("cases/", GOOD, headers={"X-CSRFToken": "a" * 32}).status_code == 201


# Where to


def test_an_address_that_is_none_is_404_for_people_and_401_for_nobody(me):
    for path in ("wishes/", "cases/abc/", "cases/430302-20261124-999999/", "cases/1/wishes/", ""):
        answer = me.get(path)
        assert answer.status_code == 404, path
        assert errors(answer)[0][0] == "not_found"
    assert Caller().get("wishes/").status_code == 401


def test_an_unknown_move_is_404(me, world: World):
    case = a_dispatched(world)
    assert me.post(f"cases/{case.number}/moves/conjure/").status_code == 404


def test_a_method_that_is_not_there_is_405(me, world: World):
    answer = me.client.delete(f"{V1}cases/{a_dispatched(world).number}/")
    assert answer.status_code == 405
    assert errors(answer) == [("method_not_allowed", None)]
    assert me.client.options(V1 + "cases/").status_code == 405


def test_an_answer_in_another_form_is_406(me):
    assert me.get("cases/", headers={"Accept": "text/csv"}).status_code == 406
    assert me.get("cases/", headers={"Accept": "text/html,*/*;q=0.8"}).status_code == 200


# In which language


def test_sentences_come_in_the_readers_language(me):
    english = me.post("cases/", {}, headers={"Accept-Language": "en"}).json()
    chinese = me.post("cases/", {}, headers={"Accept-Language": "zh-CN"}).json()
    neither = me.post("cases/", {}, headers={"Accept-Language": "xx"}).json()
    assert english["errors"][0]["detail"] == "This field is required."
    assert chinese == neither
    assert chinese["errors"][0]["detail"] != english["errors"][0]["detail"]


def test_every_mistake_is_told_at_once_with_its_field(me):
    body = {"category": 101, "longitude": "112.9", "colour": "red", "reporter": {"name": 5, "age": 7}}
    answer = me.post("cases/", body)
    assert answer.status_code == 400
    assert answer.json()["type"] == "validation_error"
    assert set(errors(answer)) == {
        ("not_text", "category"),
        ("required", "description"),
        ("invalid", "longitude"),
        ("unknown_field", "colour"),
        ("not_text", "reporter.name"),
        ("unknown_field", "reporter.age"),
    }


# Filters

LISTS = [
    "streets/",
    "communities/",
    "blocks/",
    "units/",
    "duty-lists/",
    "categories/",
    "cases/",
    "service-items/",
]


def test_an_unknown_filter_is_named_not_ignored(me):
    for path in LISTS:
        answer = me.get(path, colour="red")
        assert (answer.status_code, errors(answer)) == (400, [("unknown_filter", "colour")]), path


def test_a_filter_given_twice_is_refused(me):
    answer = me.client.get(V1 + "cases/?state=closed&state=void")
    assert errors(answer) == [("given_twice", "state")]


BAD_FILTERS = [
    ("state", "done"),
    ("open", "yes"),
    ("open", "1"),
    ("overdue", "TRUE"),
    ("street", "雨湖路"),
    ("street", "4303020010"),
    ("street", "430302001\x00"),
    ("community", "43030200100x"),
    ("block", "4303020010010"),
    ("category", "010"),
    ("category", "０１０１"),
    ("path", "back_end"),
    ("unit", "a b"),
    ("severity", "mild"),
    ("channel", "pigeon"),
    ("programme", "none"),
    ("reported_after", "yesterday"),
    ("reported_after", "1899-12-31"),
    ("reported_before", "2026-13-01"),
    ("reported_before", "2026-11-24T25:00:00Z"),
    ("reported_before", "9999-12-31T23:59:59Z"),
    ("reported_after", "1" * 1_000),
    ("q", "a\x00b"),
    ("q", "字" * 101),
]


def test_a_filter_with_a_value_that_is_none_is_refused(me):
    for name, value in BAD_FILTERS:
        answer = me.get("cases/", **{name: value})
        assert answer.status_code == 400, (name, value)
        assert {attr for _code, attr in errors(answer)} == {name}, (name, value)


# Bodies


BAD_BODIES = {
    "nothing": b"",
    "no json": b"{category}",
    "half": b'{"category": "0101"',
    "a list": b"[]",
    "a text": b'"0101"',
    "null": b"null",
    "NaN": b'{"category": "0101", "description": "x", "longitude": NaN, "latitude": 27.8}',
    "infinity": b'{"category": "0101", "description": "x", "longitude": 1e999, "latitude": 27.8}',
    "5,000 brackets": b"[" * 5_000 + b"]" * 5_000,
    "5,000 objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "a number of 5,000 digits": b'{"longitude": ' + b"1" * 5_000 + b"}",
    "a number of 400 digits": b'{"longitude": ' + b"1" * 400 + b', "latitude": 27}',
    "a name twice": b'{"category": "0101", "category": "0102", "description": "x"}',
    "no UTF-8": '{"description": "垃圾"}'.encode("gb18030"),
    "UTF-16": '{"description": "垃圾"}'.encode("utf-16"),
    "a control character in a name": b'{"a\\u0000b": 1}',
    "half a character in a name": b'{"\\ud800": 1}',
    "half a character in a text": b'{"category": "0101", "description": "\\ud800", "block": "43030200100101"}',
}


def test_a_body_that_is_no_report_is_refused_in_words(me):
    for name, body in BAD_BODIES.items():
        answer = me.post("cases/", body)
        assert answer.status_code == 400, name
        assert errors(answer), name


def test_a_body_of_the_wrong_type_is_415(me):
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "application/jsonp"):
        answer = me.client.post(V1 + "cases/", json.dumps(GOOD), content_type=kind)
        assert answer.status_code == 415, kind
        assert errors(answer) == [("unsupported_media_type", None)]
    assert me.upload("cases/", **GOOD).status_code == 415
    assert (
        me.client.post(V1 + "cases/", b"x", content_type="application/json; charset=gbk").status_code == 415
    )


def test_a_question_has_no_body_whatever_type_a_server_names_for_it(me):
    assert me.client.get(V1 + "cases/", headers={"content-type": "text/plain"}).status_code == 200


def test_a_form_is_415_also_when_the_token_was_looked_for_in_it(world: World):
    me = Caller(world.governor, check_csrf=True)
    me.client.cookies["csrftoken"] = "a" * 32
    assert me.upload("cases/", csrfmiddlewaretoken="a" * 32, **GOOD).status_code == 415


def test_a_body_beyond_the_limit_is_413(me, settings):
    body = {**GOOD, "address": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE}
    answer = me.post("cases/", body)
    assert answer.status_code == 413
    assert errors(answer) == [("too_large", None)]


def test_a_move_wants_an_object(me, world: World):
    case = a_dispatched(world)
    for body in ("[]", '"sign"', "7"):
        assert me.post(f"cases/{case.number}/moves/sign/", body).status_code == 400


# What goes wrong below


@pytest.mark.parametrize("error", [OperationalError("gone"), OperationalError("database is locked")])
def test_a_database_that_is_away_is_503_and_says_when_to_come_back(world: World, monkeypatch, caplog, error):
    def away(*args, **kwargs):
        raise error

    monkeypatch.setattr(views, "report", away)
    me = Caller(world.governor)
    me.client.raise_request_exception = False
    answer = me.post("cases/", GOOD)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert errors(answer) == [("unavailable", None)]
    assert "gone" not in answer.content.decode()
    codes = [record.msg["code"] for record in caplog.records if "request_failed" in str(record.msg)]
    assert codes == [503], "the log says what was answered"


def test_a_database_that_is_away_before_any_view_runs_is_503_too(world: World, monkeypatch):
    """The session is read first, by a middleware."""
    me = Caller(world.governor)

    def away(self):
        raise OperationalError("could not connect to 10.0.0.7")

    monkeypatch.setattr(SessionStore, "load", away)
    me.client.raise_request_exception = False
    for path in ("/api/v1/cases/", "/"):
        answer = me.client.get(path)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5"), path
        assert "10.0.0.7" not in answer.content.decode()
        assert answer["X-Request-ID"]
    assert errors(me.get("cases/")) == [("unavailable", None)]


def test_addresses_beside_the_resources_and_strange_hosts_are_answered_in_json_too(db):
    nowhere = Client().get("/api/v2/cases/")
    assert (nowhere.status_code, errors(nowhere)) == (404, [("not_found", None)])
    strange = Client().get("/api/v1/cases/", headers={"Host": "evil.example"})
    assert (strange.status_code, errors(strange)) == (400, [("unreadable", None)])
    assert Client().get("/nowhere/").status_code == 404


def test_a_fault_of_ours_is_500_in_the_same_shape_and_tells_nothing(world: World, monkeypatch):
    monkeypatch.setattr(views, "report", lambda *args, **kwargs: 1 / 0)
    me = Caller(world.governor)
    me.client.raise_request_exception = False
    answer = me.post("cases/", GOOD)
    assert answer.status_code == 500
    assert "division" not in answer.content.decode()
    assert errors(answer)


# Names of requests, and rates


def test_a_request_keeps_the_name_that_it_brought(me):
    assert me.get("cases/", headers={"X-Request-ID": "desk-7.42"})["X-Request-ID"] == "desk-7.42"
    assert Client().get("/api/schema/", headers={"X-Request-ID": "a" * 64})["X-Request-ID"] == "a" * 64


def test_a_name_that_is_none_is_replaced(me):
    for name in ("", "a b", "x" * 65, "<script>", "名", "-x", "a\tb"):
        given = me.client.get(V1 + "cases/", HTTP_X_REQUEST_ID=name)["X-Request-ID"]
        assert given != name
        assert len(given) == 36


def test_two_requests_bear_two_names_also_when_they_fail(db):
    names = {Caller().get("cases/")["X-Request-ID"] for _ in range(2)}
    assert len(names) == 2


def test_the_name_stands_in_the_log(me, caplog):
    with caplog.at_level("INFO", logger="django_structlog"):
        me.get("cases/", headers={"X-Request-ID": "find-me"})
    assert any("find-me" in str(record.msg) for record in caplog.records)


def test_whoever_asks_too_often_is_told_to_wait(me, as_, settings):
    settings.API_REQUESTS_PER_MINUTE = 3
    statuses = [me.get("streets/").status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    answer = me.get("streets/")
    assert 1 <= int(answer["Retry-After"]) <= 61
    assert errors(answer) == [("throttled", None)]
    assert as_("governor2").get("streets/").status_code == 200
