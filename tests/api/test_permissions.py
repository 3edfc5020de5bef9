"""Who gets in where: one table to read, and the proof that lists show exactly what opens."""

import random
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from django.db import transaction
from django.urls import URLPattern
from oauth2_provider.models import get_access_token_model

from cases.actions import Person
from cases.models import Case
from staffing.actions import leave
from staffing.models import Membership
from tests.api.callers import V1, Caller, errors
from tests.api.partners import ALL, partner
from tests.api.test_attachments import photo
from tests.architecture.sources import BASE
from tests.world import (
    AT,
    OTHER_STREET,
    World,
    a_closed,
    a_dispatched,
    a_handled,
    a_report,
    a_signed,
    an_evaluated,
    do,
)
from yuhu.api.urls import resources
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock

pytestmark = pytest.mark.django_db

GOOD = {"category": "0101", "description": "楼下垃圾堆了三天", "block": "43030200100101"}

REFERENCE = [
    "streets/",
    "communities/",
    "blocks/",
    "blocks/43030200100101/",
    "blocks/locate/?longitude=112.910419&latitude=27.86644",
    "blocks.geojson",
    "units/",
    "duty-lists/",
    "duty-lists/{list}/items/",
    "categories/",
    "service-items/",
]
CASE = ["cases/{case}/", "cases/{case}/events/", "cases/{case}/attachments/"]
DESCRIBED = yaml.safe_load((BASE / "docs" / "openapi.yaml").read_text(encoding="utf-8"))
OPERATIONS = [
    (path.removeprefix(V1), method) for path, methods in DESCRIBED["paths"].items() for method in methods
]
QUESTIONS = {"blocks/locate/": "?longitude=112.910419&latitude=27.86644"}
# What else a move that one sees may be: made, its fields missing, not one's own, not possible in this state.
JUDGED = frozenset({200, 400, 403, 409})

# Who; reference data; figures of one's own area; the list of cases; a case of block b1; reporting one; the duty
# officer's "void" on it. 404: it does not exist for this person. 403: it is there, but not his or hers to do.
TABLE = [
    # who            reference figures cases case report void
    ("nobody",            401,  401,  401,  401,  401,  401),
    ("stranger",          403,  403,  200,  404,  403,  404),
    ("governor",          200,  200,  200,  200,  201,  403),
    ("supervisor",        200,  200,  200,  200,  201,  403),
    ("assistant",         200,  200,  200,  200,  201,  403),
    ("liaison",           200,  200,  200,  200,  201,  403),
    ("governor2",         200,  200,  200,  404,  201,  404),
    ("governor9",         200,  200,  200,  404,  201,  404),
    ("handler",           200,  404,  200,  404,  201,  404),
    ("office_head",       200,  404,  200,  404,  201,  404),
    ("dispatcher",        200,  200,  200,  200,  201,  200),
    ("dispatcher9",       200,  200,  200,  404,  201,  404),
    ("coordinator",       200,  200,  200,  200,  201,  200),
    ("block_head",        200,  200,  200,  200,  201,  200),
    ("department",        200,  404,  200,  404,  201,  404),
    ("department_head",   200,  404,  200,  404,  201,  404),
    ("streetleader",      200,  200,  200,  200,  201,  403),
    ("leader",            200,  200,  200,  200,  201,  403),
    ("auditor",           200,  200,  200,  200,  403,  403),
    ("admin",             200,  404,  200,  404,  403,  404),
    ("security",          200,  404,  200,  404,  403,  404),
]  # fmt: skip
# Partner systems, whatever their token carries.
SYSTEMS = [
    ("all scopes",        200,  200,  200,  200,  201,  403),
    ("other area",        200,  200,  200,  404,  403,  404),
    ("no scope for this", 403,  403,  403,  403,  403,  403),
    ("ended token",       401,  401,  401,  401,  401,  401),
    ("revoked token",     401,  401,  401,  401,  401,  401),
]  # fmt: skip


def caller(world: World, name: str) -> Caller:
    return Caller() if name == "nobody" else Caller(world.people[name])


def system(name: str) -> Caller:
    """A partner's system as the table names it."""
    me = partner(
        area=OTHER_STREET if name == "other area" else "430302",
        scopes=["services:write"] if name == "no scope for this" else ALL,
    )
    tokens = get_access_token_model().objects
    if name == "ended token":
        tokens.update(expires=AT)
    if name == "revoked token":
        tokens.all().delete()
    return me


def expected(row: tuple[Any, ...], path: str, method: str) -> frozenset[int]:
    """What the table says of one operation."""
    who, reference, figures, cases, case, report, void = row
    if path == "figures/":
        return frozenset({figures})
    if path == "cases/":
        return frozenset({cases if method == "get" else report})
    if not path.startswith("cases/"):
        return frozenset({reference})
    if case != 200 or method == "get":
        return frozenset({case})
    if path.endswith("attachments/"):
        return frozenset({201 if report == 201 and who != "all scopes" else 403})
    return frozenset({void}) if path.endswith("moves/void/") else JUDGED


def answers(me: Caller, names: dict[str, str]) -> dict[tuple[str, str], int]:
    """What every operation of the description answers; what it changed is undone."""
    found = {}
    for path, method in OPERATIONS:
        key = names["list"] if path.startswith("duty-lists/") else names["photo"]
        address = path.format(**names, id=key) + QUESTIONS.get(path, "")
        with transaction.atomic():
            if method == "get":
                answer = me.get(address)
            elif path.endswith("attachments/"):
                answer = me.upload(address, file=photo(), stage="before")
            else:
                answer = me.post(address, BODIES.get(path, {}))
            found[path, method] = answer.status_code
            if hasattr(answer, "streaming_content"):
                b"".join(answer.streaming_content)
            transaction.set_rollback(True)
    return found


BODIES = {"cases/": GOOD, "cases/{number}/moves/void/": {"reason": "误报"}}


@pytest.mark.parametrize("row", TABLE + SYSTEMS, ids=[row[0] for row in TABLE + SYSTEMS])
def test_every_operation_answers_everybody_as_the_table_says(world: World, row):
    case = a_dispatched(world, reporter=Person())
    added = Caller(world.governor).upload(
        f"cases/{case.number}/attachments/", file=photo(colour="blue"), stage="before"
    )
    lists = Caller(world.leader).results("duty-lists/")
    names = {
        "number": case.number,
        "code": GOOD["block"],
        "photo": added.json()["id"],
        "list": lists[0]["id"],
    }
    found = answers(caller(world, row[0]) if row in TABLE else system(row[0]), names)
    wrong = {key: status for key, status in found.items() if status not in expected(row, *key)}
    assert len(found) > 40
    assert wrong == {}


def test_the_table_names_everybody(world: World):
    assert {row[0] for row in TABLE} - {"nobody"} | {"stand_in", "handler2"} == set(world.people)


def test_every_door_is_closed_for_nobody(db):
    """Walks the addresses themselves, so that a new one cannot be forgotten."""
    addresses = [_example(pattern) for pattern in resources]
    assert len(addresses) > 35
    for address in addresses:
        assert Caller().get(address).status_code == 401, address
        assert Caller().post(address).status_code == 401, address


def _example(pattern: URLPattern) -> str:
    """An address that the pattern matches."""
    samples = {"number": "430302-20261124-000001", "code": "43030200100101", "pk": "1"}
    text = str(pattern.pattern)
    for name, sample in samples.items():
        start = text.find(f"(?P<{name}>")
        if start >= 0:
            text = text[:start] + sample + text[text.index(")", start) + 1 :]
    return text.strip("^$") or "nowhere/"


def test_the_walk_reaches_the_addresses():
    for pattern in resources[:-1]:
        assert pattern.resolve(_example(pattern)) is not None, pattern


def a_mix(world: World, *, seed: int) -> list[Case]:
    """Fifteen cases over blocks, categories and states, some about officials, some of nobody's block."""
    chance = random.Random(seed)
    makers: list[Callable[..., Case]] = [a_report, a_dispatched, a_signed, a_handled, an_evaluated, a_closed]
    cases = [chance.choice(makers)(world) for _ in range(5)]
    for _ in range(10):
        who, block = chance.choice(
            [("governor", world.b1), ("governor2", world.b2), ("governor9", world.b9), ("handler", world.b9)]
        )
        category = chance.choice(["0101", "0401", "0601", "0604", "1204"])
        cases.append(a_dispatched(world, name=who, block=block.code, category=category))
    return cases


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_list_shows_exactly_what_opens_for_everybody(world: World, seed):
    cases = {case.number: case for case in a_mix(world, seed=seed)}
    assert any(case.restricted for case in cases.values())
    chance, seen = random.Random(seed), {}
    for name, user in world.people.items():
        me = Caller(user)
        listed = {row["number"] for row in me.results("cases/", page_size=7)}
        opened = {number for number in cases if me.get(f"cases/{number}/").status_code == 200}
        assert opened == listed, name
        for number in chance.sample(sorted(cases), 3):
            status = 200 if number in listed else 404
            for suffix in ("events/", "attachments/"):
                assert me.get(f"cases/{number}/{suffix}").status_code == status, (name, number, suffix)
            found = bool(me.get("cases/", q=number).json()["results"])
            assert found == (number in listed), (name, number)
        seen[name] = len(listed)
    assert seen["stranger"] == seen["admin"] == seen["security"] == 0
    assert 0 < seen["governor2"] < seen["leader"] < len(cases), "the cast sees different things"


def test_area_does_not_open_a_case_about_an_official(as_, world: World):
    case = a_dispatched(world, name="governor2", block=world.b2.code, category="1204")
    for name in ("dispatcher", "coordinator", "leader", "auditor"):
        me = as_(name)
        assert me.get(f"cases/{case.number}/").status_code == 404, name
        assert me.get("cases/", q=case.number).json()["results"] == [], name
    assert as_("governor2").get(f"cases/{case.number}/").status_code == 200, "the reporter sees it"


def test_a_stranger_sees_no_case_no_person_and_no_figure_anywhere(as_, world: World):
    case = a_handled(world)
    lists = as_("leader").results("duty-lists/")
    me = as_("stranger")
    names = [user.name for user in world.people.values()] + ["张*", case.number, "楼下垃圾"]
    for path in [*REFERENCE, *CASE, "cases/", "cases/?state=handled", f"cases/?q={case.number}"]:
        text = me.get(path.format(case="430302-x", list=lists[0]["id"])).content.decode()
        assert [name for name in names if name in text and name not in path] == [], path


def test_a_stranger_sees_what_he_or_she_reported_before(world: World):
    """Somebody reported a case while in office and holds no post any more."""
    case = a_report(world, "handler")
    seat = Membership.objects.get(user=world.handler)
    leave(seat=seat, ends_on=clock.today(), at=AT, actor=SYSTEM)
    me = Caller(world.handler)
    assert [row["number"] for row in me.results("cases/")] == [case.number]
    assert me.get(f"cases/{case.number}/").json()["moves"] == []
    assert me.get("streets/").status_code == 403
    assert me.post("cases/", GOOD).status_code == 403


def test_a_post_that_begins_tomorrow_opens_nothing_today(world: World):
    seat = Membership.objects.get(user=world.dispatcher)
    case = a_dispatched(world)
    assert Caller(world.dispatcher).get(f"cases/{case.number}/").status_code == 200
    Membership.objects.filter(pk=seat.pk).update(starts_on="2026-11-25")
    assert Caller(world.dispatcher).get(f"cases/{case.number}/").status_code == 404


def test_a_superuser_without_a_post_sees_nothing_by_api(world: World):
    case = a_dispatched(world)
    world.stranger.is_superuser = True
    world.stranger.save()
    me = Caller(world.stranger)
    assert me.results("cases/") == []
    assert me.get(f"cases/{case.number}/").status_code == 404
    assert errors(me.get("units/")) == [("no_post", None)]


def test_a_refusal_gives_the_policys_reason(as_, world: World):
    case = a_dispatched(world)
    answer: Any = (
        as_("leader").post(f"cases/{case.number}/moves/sign/", headers={"Accept-Language": "en"}).json()
    )
    assert answer["errors"][0]["detail"] == "Only the receiver of the order can sign for it."


def test_the_evaluator_is_never_the_one_who_did_the_work(as_, world: World):
    case = do(world, a_signed(world), "hand-back", "governor", result="已清运")
    path = f"cases/{case.number}/moves/evaluate/"
    refused = {
        name: as_(name).post(path, {"effective": True}).status_code
        for name in ("governor", "assistant", "dispatcher", "coordinator", "leader", "streetleader")
    }
    assert set(refused.values()) == {403}, refused
    assert as_("supervisor").post(path, {"effective": True}).status_code == 200
