"""Mail servers that hang, refuse for good, or refuse for now."""

import datetime as dt
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.world import AT
from yuhu.delivery import actions
from yuhu.delivery.models import Delivery
from yuhu.delivery.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def _silent_server(settings) -> Iterator[None]:
    """A mail server that takes the call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.getsockname()
        settings.EMAIL_TIMEOUT = 0.3
        yield


@pytest.mark.usefixtures("_silent_server")
def test_a_server_that_hangs_is_a_failure_after_the_time_out(letter: Delivery) -> None:
    began = dt.datetime.now(dt.UTC)
    assert actions.send_one(delivery_id=letter.pk, at=AT) == State.PENDING
    assert dt.datetime.now(dt.UTC) - began < dt.timedelta(seconds=5)
    letter.refresh_from_db()
    assert letter.attempts == 1
    assert letter.last_error


def test_a_mailbox_that_does_not_exist_is_given_up_at_once(letter: Delivery, settings) -> None:
    with refusing_server(settings, "550 5.1.1 gao@example.org: no such user"):
        assert actions.send_one(delivery_id=letter.pk, at=AT) == State.DEAD
    letter.refresh_from_db()
    assert letter.last_error == "smtp_550"


def test_a_mailbox_that_is_full_is_tried_again(letter: Delivery, settings) -> None:
    with refusing_server(settings, "452 4.2.2 gao@example.org: mailbox full"):
        assert actions.send_one(delivery_id=letter.pk, at=AT) == State.PENDING
    letter.refresh_from_db()
    assert letter.last_error == "smtp_452"


class refusing_server:
    """A mail server on this machine that answers every recipient with ``answer``."""

    def __init__(self, settings, answer: str) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = self.server.getsockname()
        settings.EMAIL_TIMEOUT = 5
        self.answer = answer
        self.thread = threading.Thread(target=self.talk, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *args: object) -> None:
        self.thread.join(5)
        self.server.close()

    def talk(self) -> None:
        connection, _address = self.server.accept()
        with connection, connection.makefile("rwb") as stream:
            stream.write(b"220 test\r\n")
            stream.flush()
            for line in stream:
                verb = line[:4].upper()
                answer = self.answer if verb == b"RCPT" else "221 bye" if verb == b"QUIT" else "250 ok"
                stream.write(f"{answer}\r\n".encode())
                stream.flush()
                if verb == b"QUIT":
                    return
