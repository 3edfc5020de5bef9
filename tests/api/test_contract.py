"""The description and the API agree: whatever schemathesis makes of it, every caller gets a documented answer.

Requests are made from ``/api/schema/`` itself, fitting and unfitting ones, and sent to the whole application: no 5xx,
no status and no content that the description does not know, no body that breaks its schema. Examples are the same in
every run. What an example changes is undone.
"""

import contextlib
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from rest_framework.response import Response
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cases.api.views import CaseList
from staffing.models import User
from tests.api.callers import Caller
from tests.api.partners import a_client, token_of
from tests.api.test_attachments import photo
from tests.world import OTHER_STREET, World, a_handled, a_signed, an_evaluated

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CSRF = "x" * 32
# Not ``yuhu.wsgi``: importing it sets Django up, and the logs, once more.
application = WSGIHandler()
# The client of schemathesis unpacks nothing when it speaks to an application directly.
PLAIN = {"Accept-Encoding": "identity"}
# How a caller proves to be himself: headers and cookies.
Proof = dict[str, dict[str, str]]


def session_of(person: User) -> Proof:
    browser = Client()
    browser.force_login(person)
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()} | {"csrftoken": CSRF}
    return {"headers": {"X-CSRFToken": CSRF}, "cookies": cookies}


def system(client_id: str, **facts: Any) -> Proof:
    return {"headers": {"Authorization": f"Bearer {token_of(a_client(client_id, **facts))}"}, "cookies": {}}


def everybody(world: World) -> dict[str, Proof]:
    """Nobody, all of the cast, systems of several areas, categories and scopes, and a token that is none."""
    return {
        "nobody": {"headers": {}, "cookies": {}},
        **{name: session_of(person) for name, person in world.people.items()},
        "system": system("whole-district"),
        "system of another street": system("other-street", area=OTHER_STREET),
        "system for some categories": system("some-categories", categories=["01"], channel="hotline"),
        "system for services": system("services-only", scopes=["services:read"]),
        "bad token": {"headers": {"Authorization": "Bearer x"}, "cookies": {}},
    }


def there(world: World) -> dict[str, list[Any]]:
    """Keys that exist, beside those that schemathesis invents: an address that finds nothing tries little."""
    cases = [maker(world) for maker in (a_signed, a_handled, an_evaluated)]
    added = Caller(world.governor).upload(
        f"cases/{cases[0].number}/attachments/", file=photo(), stage="before"
    )
    return {
        "number": [case.number for case in cases],
        "code": [world.b1.code, world.b9.code],
        "pk": [added.json()["id"]],
        "id": [1, 2],
    }


def requests_of(operation: Any, keys: dict[str, list[Any]], *, count: int) -> Iterator[Any]:
    """``count`` fitting and as many unfitting requests, the same in every run."""
    found: list[Any] = []
    quick = settings(
        max_examples=count, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        strategy = operation.as_strategy(generation_mode=mode)

        @quick
        @given(case=strategy)
        def keep(case: Any) -> None:
            found.append(case)

        keep()
    chance = random.Random(operation.label)
    for case in found:
        for name in case.path_parameters or {}:
            if chance.random() < 0.8:
                case.path_parameters[name] = chance.choice(keys[name])
        yield case


def served(environ: Any, start_response: Any) -> list[bytes]:
    """The application, with answers read to their end and closed, as a server does it.

    A request must not close the connection on which the test's transaction runs; Django's own client has it the same
    way, and lets it happen again behind each of its requests.
    """
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        with contextlib.closing(application(environ, start_response)) as answer:
            return [b"".join(answer)]
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


@dataclass
class Trial:
    """Requests that were sent, and what their answers broke of the description's promises."""

    sent: int = 0
    broken: dict[str, str] = field(default_factory=dict)
    # Callers are often told the same: it is held against the description once.
    seen: set[Any] = field(default_factory=set)

    def send(self, case: Any, name: str, proof: Proof) -> None:
        """One request by one caller; what it changed is undone."""
        with transaction.atomic():
            response = case.call(headers=PLAIN | proof["headers"], cookies=proof["cookies"])
            transaction.set_rollback(True)
        self.sent += 1
        kinds = tuple(response.headers.get("content-type", ()))
        told = (case.operation.label, response.status_code, kinds, response.content)
        if told in self.seen:
            return
        self.seen.add(told)
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as failures:
            self.broken.setdefault(case.operation.label, f"{name}: {failures}")


def try_all(world: World, *, examples: int, callers: int) -> Trial:
    """Every operation with every caller; each further example with ``callers`` of them in turn."""
    schema = schemathesis.openapi.from_wsgi("/api/schema/", served)
    keys, people, trial = there(world), everybody(world), Trial()
    turns = itertools.cycle(people)
    for result in schema.get_all_operations():
        for number, case in enumerate(requests_of(result.ok(), keys, count=examples)):
            for name in people if number == 0 else itertools.islice(turns, callers):
                trial.send(case, name, people[name])
    return trial


@pytest.mark.django_db
def test_every_operation_answers_every_caller_as_described(world: World):
    trial = try_all(world, examples=1, callers=3)
    assert trial.broken == {}
    assert trial.sent > 1_000


@pytest.mark.slow
@pytest.mark.django_db
def test_many_more_requests_are_answered_as_described(world: World):
    trial = try_all(world, examples=20, callers=4)
    assert trial.broken == {}
    assert trial.sent > 5_000


@pytest.mark.django_db
def test_a_broken_promise_would_be_found(world: World, monkeypatch):
    """The control: statuses and bodies that nobody described."""
    keys, person = there(world), session_of(world.leader)
    described = schemathesis.openapi.from_wsgi("/api/schema/", served)
    operation = described["/api/v1/cases/"]["GET"]
    case = next(requests_of(operation, keys, count=1))
    good = Trial()
    good.send(case, "leader", person)
    assert good.broken == {}
    for change in ({"status": 418}, {"data": {"results": "none"}}):
        trial = Trial()
        monkeypatch.setattr(CaseList, "get", lambda *_args, _it=change: Response(**_it))
        trial.send(case, "leader", person)
        assert list(trial.broken) == ["GET /api/v1/cases/"], change
