"""E-mail through Django's backend (``EMAIL_URL``)."""

import smtplib
import socket
import threading
from contextlib import suppress
from typing import Any

from django.core.mail import EmailMessage, get_connection

from yuhu.delivery.channels.base import Failed, Message

# A server that answers each of some ten questions just within the time-out would hold the worker for minutes.
TALK_SECONDS = 25.0


class Mail:
    """One plain-text message to one address."""

    def send(self, message: Message, *, timeout: float) -> None:
        """Raises ``Failed`` without the server's words: they name the address."""
        connection = get_connection(timeout=timeout)
        mail = EmailMessage(message.subject, message.text, to=[message.to], connection=connection)
        watch = threading.Timer(TALK_SECONDS, _hang_up, [connection])
        watch.daemon = True
        watch.start()
        try:
            if mail.send() != 1:
                raise Failed("not_taken")
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            raise _refused(max(codes, default=0)) from None
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code) from None
        except TimeoutError:
            raise Failed("timeout") from None
        except (OSError, smtplib.SMTPException) as error:
            raise Failed(type(error).__name__) from None
        finally:
            watch.cancel()


def _hang_up(connection: Any) -> None:
    """Whoever reads from the server finds the line dead. Other back ends have none: files, tests."""
    with suppress(AttributeError, OSError):
        connection.connection.sock.shutdown(socket.SHUT_RDWR)


def _refused(code: int) -> Failed:
    """A recipient that the server refuses with 5xx is refused tomorrow too (RFC 5321, 4.2.1)."""
    return Failed(f"smtp_{code}", for_good=code in (550, 551, 553))
