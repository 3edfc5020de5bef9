"""The journal's key and its predecessors: each has a name that tells nothing, so that a change can be written down.

What an older key chained is verified with it for ever, so older keys are kept (``JOURNAL_OLD_KEYS``) and make nothing
new (docs/decisions/0018). Leaves to others: the change itself (``rotation.py``), checking (``verification.py``).
"""

import hashlib
from functools import cache

from django.conf import settings

# The entry at which one key hands over to the next: the last link of the one, naming the other.
CHANGED = "journal.key_changed"
SUBJECT = ("journal", "feed")


def present() -> bytes:
    """The key that makes links and seals."""
    return str(settings.JOURNAL_KEY).encode()


def present_name() -> str:
    """Its name."""
    return name_of(present())


def known() -> dict[str, bytes]:
    """All keys by name, the present one first."""
    return {name_of(key): key for key in (present(), *(old.encode() for old in settings.JOURNAL_OLD_KEYS))}


@cache
def name_of(key: bytes) -> str:
    """A digest of the key; keys are drawn at random (kit.env), so it cannot be guessed back."""
    return hashlib.sha256(b"journal key\n" + key).hexdigest()[:16]
