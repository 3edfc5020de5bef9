"""Listens to every log line of the whole test run, as production would print it, for secrets and personal data.

One handler at the root, in every worker, renders each record with the formatter of production. What is secret is
learned where it is made: keys from the settings, every text that is sealed, every password that is hashed or checked,
every random token, every session key. A test that lets one of them into a line fails, whichever it is.
"""

import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

import pytest
import structlog
from django.conf import settings

# Shorter ones turn up in lines by chance.
SHORTEST, SHORTEST_CHINESE = 8, 2
# Never longer: a test of bodies that hurt seals ten thousand characters.
LONGEST = 200


def production_formatter() -> structlog.stdlib.ProcessorFormatter:
    """What ``LOGGING`` names "json"."""
    known: dict[str, Any] = settings.LOGGING["formatters"]["json"]  # type: ignore[index]
    options = {name: value for name, value in known.items() if name != "()"}
    return structlog.stdlib.ProcessorFormatter(**options)


class Listener(logging.Handler):
    """Keeps the lines of one test and the secrets that it has met so far."""

    def __init__(self) -> None:
        super().__init__(level=logging.INFO)
        self.setFormatter(production_formatter())
        self.lines: list[str] = []
        self.always: set[str] = set()
        self.met: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.lines.append(self.format(record))
        except Exception as error:  # a line that cannot be rendered must not vanish unread
            self.lines.append(f"{record.msg!r} {record.args!r} {error!r}")

    def learn(self, *secrets: object) -> None:
        """These must not be printed until the test is over."""
        self.met.update(_tellable(secrets))

    def learn_for_good(self, *secrets: object) -> None:
        """Keys of the process: never, in no test."""
        self.always.update(_tellable(secrets))

    def found(self) -> list[str]:
        """Lines that tell a secret; the secret itself is cut to its first characters."""
        secrets = self.always | self.met
        if not self.lines or not secrets:
            return []
        whole = "\n".join(self.lines)
        told = [secret for secret in secrets if secret in whole]
        return [f"{secret[:4]}… in {line[:300]}" for secret in told for line in self.lines if secret in line]

    def forget(self) -> None:
        """The next test begins."""
        self.lines.clear()
        self.met.clear()


def _tellable(values: tuple[object, ...]) -> set[str]:
    found = set()
    for value in values:
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        if not isinstance(text, str) or len(text) > LONGEST:
            continue
        long_enough = SHORTEST_CHINESE if re.search(r"[\u4e00-\u9fff]", text) else SHORTEST
        if len(text.strip()) >= long_enough:
            found |= {text, quote(text)}  # also as an address would hold it
    return found


LISTENER = Listener()


def fail_on_leak(listener: Listener) -> None:
    """End of a test: what it printed must tell nothing. The next one begins with a clean sheet."""
    found = listener.found()
    listener.forget()
    if found:
        pytest.fail("A log line tells a secret or a person's data:\n" + "\n".join(found[:10]), pytrace=False)


def listen() -> None:
    """Once per process, after Django was set up."""
    LISTENER.learn_for_good(
        settings.SECRET_KEY, settings.JOURNAL_KEY, settings.PERSON_INDEX_KEY, *settings.PERSON_KEYS
    )
    root = logging.getLogger()
    root.addHandler(LISTENER)
    # As in production, however quiet the embedded default is; what tests print stays as it was.
    root.setLevel(logging.INFO)
    for handler in root.handlers:
        if handler is not LISTENER and handler.level == logging.NOTSET:
            handler.setLevel(logging.WARNING)
    _learn_where_secrets_are_made()


def _learn_where_secrets_are_made() -> None:
    import secrets

    from django.contrib.auth.hashers import MD5PasswordHasher, PBKDF2PasswordHasher
    from django.contrib.sessions.backends.base import SessionBase

    from yuhu.kit import people

    _overhear(people, "seal", place=0)
    _overhear(people, "blind_index", place=0)
    _overhear(MD5PasswordHasher, "encode", place=1)
    _overhear(PBKDF2PasswordHasher, "encode", place=1)
    _overhear(secrets, "token_urlsafe")
    _overhear(SessionBase, "_get_new_session_key")


def _overhear(owner: Any, name: str, *, place: int | None = None) -> None:
    """Learn an argument of a function, or what it returns. Callers find it through its module or class."""
    original: Callable[..., Any] = getattr(owner, name)

    @wraps(original)
    def heard(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        LISTENER.learn(result if place is None else args[place])
        return result

    setattr(owner, name, heard)
