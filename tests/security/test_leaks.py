"""The run listens to its own log lines (tests/leaks.py): here is shown that each kind of leak would be found."""

import json
import logging
from collections.abc import Callable

import pytest
from django.test import Client

from cases.actions import Person
from tests.leaks import LISTENER, fail_on_leak, production_formatter
from tests.world import PASSWORD, World, a_report

pytestmark = pytest.mark.django_db

NAME, PHONE = "欧阳独一无二", "0731-5556667"
logger = logging.getLogger("yuhu.test")
Secret = Callable[[World, Client], str]


def a_password(world: World, client: Client) -> str:
    client.post("/login/", {"username": "governor", "password": PASSWORD})
    return PASSWORD


def a_session(world: World, client: Client) -> str:
    client.force_login(world.governor)
    return str(client.session.session_key)


def a_name(world: World, client: Client) -> str:
    a_report(world, reporter=Person(name=NAME, phone=PHONE))
    return NAME


def a_phone(world: World, client: Client) -> str:
    a_name(world, client)
    return PHONE


def a_link(world: World, client: Client) -> str:
    return str(a_report(world).reporter.token)


def a_key(world: World, client: Client) -> str:
    from django.conf import settings

    return settings.PERSON_KEYS[0]


@pytest.mark.parametrize("secret", [a_password, a_session, a_name, a_phone, a_link, a_key])
def test_each_kind_of_secret_would_be_found(world: World, client: Client, secret: Secret) -> None:
    told = secret(world, client)
    assert LISTENER.found() == [], "nothing was told on the way"
    logger.info("something happened", extra={"by_mistake": {"deep": [f"x {told} x"]}})
    with pytest.raises(pytest.fail.Exception, match=r"tells a secret"):
        fail_on_leak(LISTENER)
    assert LISTENER.found() == [], "one leak fails one test"


def test_a_traceback_with_a_name_would_be_found(world: World, client: Client) -> None:
    a_name(world, client)
    try:
        raise ValueError(NAME)
    except ValueError:
        logger.exception("step.failed")
    with pytest.raises(pytest.fail.Exception):
        fail_on_leak(LISTENER)


def test_every_request_is_listened_to(client: Client, world: World) -> None:
    client.get("/login/")
    assert any("request_finished" in line for line in LISTENER.lines)


def test_a_searched_name_and_a_private_link_are_not_printed_with_the_address(
    client: Client, world: World
) -> None:
    case = a_report(world, reporter=Person(name=NAME, phone="13912349876"))
    client.force_login(world.leader)
    client.get("/cases/", {"q": NAME})
    client.get("/cases/", {"q": "13912349876"})
    client.get(f"/f/{case.reporter.token}/")
    lines = "\n".join(LISTENER.lines)
    assert "/cases/?q=…" in lines
    assert "/f/…/" in lines
    assert "13912349876" not in lines


def printed(emit: Callable[[logging.Logger], None]) -> list[str]:
    """What production prints of it."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(production_formatter().format(record))  # type: ignore[method-assign]
    own = logging.getLogger("yuhu.test.own")
    own.addHandler(handler)
    try:
        emit(own)
    finally:
        own.removeHandler(handler)
    return lines


def test_lines_of_pythons_own_loggers_carry_their_fields() -> None:
    (line,) = printed(lambda own: own.warning("step.failed", extra={"step": "cases.dispatch", "pk": 7}))
    told = json.loads(line)
    assert (told["event"], told["step"], told["pk"]) == ("step.failed", "cases.dispatch", 7)
    assert {"timestamp", "level", "logger"} <= set(told)


@pytest.mark.parametrize("renderer", ["json", "plain"])
def test_nobody_forges_a_second_line(renderer: str, settings) -> None:
    import structlog

    options = {key: value for key, value in settings.LOGGING["formatters"][renderer].items() if key != "()"}
    formatter = structlog.stdlib.ProcessorFormatter(**options)
    evil = "/x\r\n2026-01-01 [info] user.logged_in admin\u2028y"
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (evil,), None)
    assert len(formatter.format(record).splitlines()) == 1
