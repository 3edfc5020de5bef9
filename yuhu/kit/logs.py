"""Keeps secrets, personal data and forged lines out of the log: values are masked and cleaned before rendering."""

import re
from collections.abc import MutableMapping
from typing import Any

# Paths that hold a secret (cases.urls): the private link, the code of a poster, a kept photo's key.
_PRIVATE_LINK = re.compile(r"(/f/|/r/|/cases/drafts/)[\w-]{6,}")
# What somebody searched for or wanted to open next, in an address: it may be a name.
_TYPED = re.compile(r"([?&](?:q|next|username|subject|client_secret|password|access_token)=)[^&#\s'\"]+")
# Mobile numbers wherever one slipped into a text.
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")

_LONG = frozenset({"exception", "stack"})
_BREAKS = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")


def redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: every value without tokens of private links and without whole phone numbers."""
    for key, value in event.items():
        if not key.startswith("_"):  # the formatter's own
            shown = _clean(value)
            # What somebody sent must not look like a second line; our own tracebacks keep theirs.
            event[key] = _one_line(shown) if isinstance(shown, str) and key not in _LONG else shown
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
    """``text`` with private links, searched words and phone numbers masked."""
    shown = _TYPED.sub(r"\1…", _PRIVATE_LINK.sub(r"\1…", text))
    return _MOBILE.sub(r"\1****\2", shown)


def _one_line(text: str) -> str:
    return _BREAKS.sub(lambda found: repr(found[0])[1:-1], text)
