"""E-mail through Django's backend (``EMAIL_URL``)."""

import smtplib

from django.core.mail import EmailMessage, get_connection

from yuhu.delivery.channels.base import Failed, Message


class Mail:
    """One plain-text message to one address."""

    def send(self, message: Message, *, timeout: float) -> None:
        """Raises ``Failed`` without the server's words: they name the address."""
        connection = get_connection(timeout=timeout)
        mail = EmailMessage(message.subject, message.text, to=[message.to], connection=connection)
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            raise _refused(max(codes, default=0)) from None
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code) from None
        except TimeoutError:
            raise Failed("timeout") from None
        except (OSError, smtplib.SMTPException) as error:
            raise Failed(type(error).__name__) from None


def _refused(code: int) -> Failed:
    """A recipient that the server refuses with 5xx is refused tomorrow too (RFC 5321, 4.2.1)."""
    return Failed(f"smtp_{code}", for_good=code in (550, 551, 553))
