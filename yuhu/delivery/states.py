"""The ledger's channels and states, and how long a row waits after a failure. Pure: no database, no clock."""

import datetime as dt
import zlib

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(TextChoices):
    """How somebody is reached."""

    INBOX = "inbox", _("Inbox")
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")


class State(TextChoices):
    """Where a row of the ledger stands. Dead: given up, a person may send it again."""

    PENDING = "pending", pgettext_lazy("delivery", "To be sent")
    SENT = "sent", pgettext_lazy("delivery", "Sent")
    DEAD = "dead", pgettext_lazy("delivery", "Given up")


# After each failure but the last: together about a day, so that a night without the gateway loses nothing.
WAITS = (
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=20),
    dt.timedelta(hours=1),
    dt.timedelta(hours=3),
    dt.timedelta(hours=7),
    dt.timedelta(hours=12),
)
MAX_ATTEMPTS = len(WAITS) + 1
# Rows that failed together shall not all come back together.
JITTER = 0.2


def wait(row: int, attempt: int) -> dt.timedelta:
    """How long row number ``row`` waits after its failed ``attempt`` (from 1): up to a fifth more or less.

    The same row always waits the same time, so that a test and an operator can tell when it is due.
    """
    spread = zlib.crc32(f"{row}:{attempt}".encode()) / 0xFFFFFFFF
    return WAITS[attempt - 1] * (1 - JITTER + 2 * JITTER * spread)
