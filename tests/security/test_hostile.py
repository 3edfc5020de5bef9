"""Attacks that no other test tries: guessing at accounts, floods, what nobody may set, what nothing fetches."""

import contextlib
import json
import re
import time

import pytest
from django.conf import settings as django_settings
from django.test import Client

from cases.models import Case
from staffing.actions import join
from staffing.exceptions import OwnSeat
from staffing.models import Membership, Unit
from tests.api.callers import Caller
from tests.architecture.sources import modules
from tests.world import AT, START, World, a_report
from yuhu.journal.actions import Actor
from yuhu.kit.exceptions import Refusal
from yuhu.kit.people import normalise_phone
from yuhu.kit.text import clean_text

pytestmark = pytest.mark.django_db


def test_a_wrong_name_and_a_wrong_password_look_the_same(world: World) -> None:
    answers = []
    for name in ("governor", "nobody.at.all"):
        answer = Client().post("/login/", {"username": name, "password": "quite-another-password"})
        # The form's token differs each time, wherever it stands; the name that was typed stands in its field.
        text = answer.content.decode().replace(name, "NAME")
        text = re.sub(r"\b[A-Za-z0-9]{64}\b", "TOKEN", text)
        answers.append((answer.status_code, text))
    assert answers[0] == answers[1]


def test_an_unknown_name_is_hashed_for_like_a_known_one(world: World, monkeypatch) -> None:
    """Otherwise the time that the answer takes would tell."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed: list[str] = []
    plain = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append("x") or plain(*args))
    for name in ("governor", "nobody.at.all"):
        Client().post("/login/", {"username": name, "password": "quite-another-password"})
    assert len(hashed) == 2


def test_what_only_the_system_decides_cannot_be_sent(world: World) -> None:
    body = {"category": "0101", "description": "楼下垃圾堆了三天", "block": world.b1.code}
    forged = {
        "state": "closed", "number": "430302-20200101-000001", "assignee": world.handler.pk, "restricted": True,
        "reported_by": world.leader.pk, "client": "partner-x", "version": 99, "evaluator": world.governor.pk,
        "token": "x" * 24, "is_staff": True,
    }  # fmt: skip
    answer = Caller(world.governor).post("cases/", body | forged)
    for case in Case.objects.all():
        assert (case.state, case.client, case.restricted, case.reported_by) == (
            "dispatched", "", False, world.governor,
        )  # fmt: skip
        assert case.number != forged["number"]
        assert case.evaluator is None
    assert answer.status_code in (201, 400)


def test_the_form_of_an_account_takes_no_flag_of_django(world: World) -> None:
    desk = Client()
    desk.force_login(world.security)
    facts = {
        "username": "xin.lai", "password": "seven-lakes-and-a-bridge", "name": "新来", "employee_number": "",
        "phone": "", "email": "", "is_superuser": "on", "is_staff": "on", "groups": "1", "user_permissions": "1",
    }  # fmt: skip
    assert desk.post("/admin/staffing/user/add/", facts).status_code == 302
    made = type(world.governor).objects.get(username="xin.lai")
    assert (made.is_superuser, made.is_staff) == (False, False)


@pytest.mark.parametrize("role", [Membership.Role.LEADER, Membership.Role.AUDITOR])
def test_nobody_gives_himself_a_seat(world: World, role: str) -> None:
    top = Unit.objects.get(code="430302")
    me = Actor(id=world.admin.pk, name=world.admin.name)
    with pytest.raises(OwnSeat):
        join(unit=top, user=world.admin, role=role, starts_on=START, at=AT, actor=me)
    join(unit=top, user=world.admin, role="member", starts_on=START, at=AT, actor=Actor(id=1, name="x"))


@pytest.mark.parametrize(
    "question", ["%", "_", "\\", "' OR 1=1 --", '"垃圾" OR 1', "圾垃*", "NEAR(a b)", "a:b"]
)
def test_signs_of_a_query_language_are_searched_for_as_they_are(world: World, question: str) -> None:
    a_report(world)
    me = Caller(world.leader)
    assert me.get("cases/", q="垃圾").json()["results"], "words are found"
    answer = me.get("cases/", q=question)
    assert answer.status_code == 200
    assert answer.json()["results"] == []


def test_a_body_nested_ten_thousand_deep_is_refused(world: World) -> None:
    deep = '{"a":' * 10_000 + "1" + "}" * 10_000
    started = time.monotonic()
    answer = Caller(world.governor).post("cases/", deep)
    assert answer.status_code == 400
    assert time.monotonic() - started < 5


def test_a_body_beyond_the_limit_is_not_even_read(world: World) -> None:
    body = json.dumps({"description": "x" * (django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})
    assert Caller(world.governor).post("cases/", body).status_code == 413


@pytest.mark.parametrize("evil", ["0" * 200_000, "1" + "-" * 200_000, " " * 200_000 + "x", "+86" * 70_000])
def test_no_text_makes_a_pattern_run_for_ever(evil: str) -> None:
    started = time.monotonic()
    for read in (lambda: normalise_phone(evil), lambda: clean_text(evil, field="name", max_length=50)):
        with contextlib.suppress(Refusal):
            read()
    assert time.monotonic() - started < 2


def test_nothing_fetches_an_address_that_somebody_gave() -> None:
    """No module of the product speaks HTTP to others, so no text can make it ask an inner address (SSRF)."""
    speaks = re.compile(
        r"^\s*(?:import|from)\s+(requests|httpx|urllib3|aiohttp|urllib\.request|http\.client)\b", re.M
    )
    found = {name for name, text in modules() if not name.startswith("tests/") and speaks.search(text)}
    assert found - ALLOWED == set()


# `serve` asks its own port whether it answers. Whoever adds another checks an address from outside before asking it.
ALLOWED = {"yuhu/runtime/management/commands/serve.py"}


def test_sheets_are_written_in_one_place_which_lets_no_formula_out() -> None:
    """What it does with a formula is asked in tests/kit/test_excel.py; ``bulk`` speaks to the database's COPY."""
    writes = re.compile(r"\bopenpyxl\b|\bcsv\.\w*[wW]riter\b")
    found = {name for name, text in modules() if not name.startswith("tests/") and writes.search(text)}
    assert found == {"yuhu/kit/bulk.py", "yuhu/kit/excel/reading.py", "yuhu/kit/excel/writing.py"}


def test_no_statement_is_put_together_from_a_request() -> None:
    """SQL by hand stands in these modules, and none takes a value from outside into the statement: names of tables and
    columns come from the models, everything else is a parameter."""
    by_hand = {
        name
        for name, text in modules()
        if not name.startswith("tests/") and re.search(r"\.raw\(|\.extra\(|RawSQL|\.cursor\(\)", text)
    }
    commands = "yuhu/runtime/management/commands"
    assert by_hand == {
        "yuhu/journal/triggers.py",
        "yuhu/kit/bulk.py",
        "yuhu/kit/compiled.py",
        "yuhu/kit/prepared.py",
        "yuhu/kit/search/index.py",
        "yuhu/kit/search/pages.py",
        "yuhu/kit/search/pending.py",
        "yuhu/kit/sums.py",
        "yuhu/kit/triggers.py",
        "yuhu/runtime/backup/engines.py",
        "yuhu/runtime/backup/making.py",
        "yuhu/runtime/backup/restoring.py",
        f"{commands}/load_cases.py",
        f"{commands}/wait_for_services.py",
    }
