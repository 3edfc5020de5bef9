"""Keeps secrets and personal data out of log lines: private links and phone numbers are masked before rendering."""

import re
from collections.abc import MutableMapping
from typing import Any

# The path of a private link (cases.urls), and mobile numbers wherever one slipped into a text.
_PRIVATE_LINK = re.compile(r"(/f/)[\w-]{6,}")
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")


def redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: every value without tokens of private links and without whole phone numbers."""
    for key, value in event.items():
        if not key.startswith("_"):  # the formatter's own
            event[key] = _clean(value)
    return event


def _clean(value: Any) -> Any:
    """Numbers stay; everything else is masked as the text that would be printed (a request prints its path)."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, MutableMapping):
        return {key: _clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    return mask(value if isinstance(value, str) else repr(value))


def mask(text: str) -> str:
    """``text`` with private links and phone numbers masked."""
    return _MOBILE.sub(r"\1****\2", _PRIVATE_LINK.sub(r"\1…", text))
