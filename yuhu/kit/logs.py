"""Keeps secrets and personal data out of log lines: private links and phone numbers are masked before rendering."""

import re
from collections.abc import MutableMapping
from typing import Any

# The path of a private link (cases.urls), and mobile numbers wherever one slipped into a text.
_PRIVATE_LINK = re.compile(r"(/f/)[\w-]{6,}")
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")


def redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: every text value without tokens of private links and without whole phone numbers."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = mask(value)
    return event


def mask(text: str) -> str:
    """``text`` with private links and phone numbers masked."""
    return _MOBILE.sub(r"\1****\2", _PRIVATE_LINK.sub(r"\1…", text))
