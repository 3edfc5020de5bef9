"""A connection that answered a moment ago is not asked again whether it lives; one that is silent for longer is."""

from typing import Any

import pytest
from django.db import connection

from yuhu.kit.postgresql.base import FRESH_SECONDS, DatabaseWrapper


class Server:
    """What a connection would find, and how often it was asked."""

    def __init__(self, wrapper: Any) -> None:
        self.lives, self.asked = True, 0
        self._wrapper = wrapper
        wrapper.is_usable = self.is_usable
        wrapper.close = self.close

    def is_usable(self) -> bool:
        self.asked += 1
        return self.lives

    def close(self) -> None:
        self._wrapper.connection = None


@pytest.fixture
def wrapper() -> Any:
    made: Any = DatabaseWrapper({**connection.settings_dict, "OPTIONS": {}}, alias="elsewhere")
    made.connection, made.health_check_enabled = object(), True
    return made


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    at = [1000.0]
    monkeypatch.setattr("yuhu.kit.postgresql.base.time.monotonic", lambda: at[0])
    return at


def begin_request(wrapper: Any) -> None:
    """What Django does before a request and before its first query."""
    wrapper.health_check_done = False
    wrapper.close_if_health_check_failed()


def test_requests_within_a_moment_ask_once(wrapper, seconds) -> None:
    server = Server(wrapper)
    for _request in range(5):
        begin_request(wrapper)
        seconds[0] += FRESH_SECONDS / 10
    assert server.asked == 1
    seconds[0] += FRESH_SECONDS
    begin_request(wrapper)
    assert server.asked == 2


def test_queries_of_one_request_do_not_ask(wrapper, seconds) -> None:
    server = Server(wrapper)
    begin_request(wrapper)
    seconds[0] += 10 * FRESH_SECONDS
    for _query in range(5):
        wrapper.close_if_health_check_failed()
    assert server.asked == 1
    assert wrapper.connection is not None


def test_a_dead_connection_is_given_up_at_the_next_look(wrapper, seconds) -> None:
    server = Server(wrapper)
    begin_request(wrapper)
    server.lives = False
    seconds[0] += FRESH_SECONDS + 0.01
    begin_request(wrapper)
    assert wrapper.connection is None


def test_without_health_checks_nobody_is_asked(wrapper, seconds) -> None:
    server, wrapper.health_check_enabled = Server(wrapper), False
    begin_request(wrapper)
    assert server.asked == 0
