"""The arithmetic of the two chains, and digests of text that stands elsewhere.

Per subject: SHA-256 over the content and the previous digest, which anybody can recompute. Over all: an HMAC
chain along the feed, which only a holder of the key can extend. Pure: no database, keys are passed in.
"""

import datetime as dt
import hashlib
import hmac
import json
from typing import Any

# The first element of what is digested. A new way to write content gets a new number; the old stays verifiable.
FORMAT = 1
_canonical = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
).encode


def content_digest(
    *,
    at: dt.datetime,
    actor: tuple[int | None, str, str, str],
    kind: str,
    subject: tuple[str, str],
    seq: int,
    area: str,
    data: dict[str, Any],
    previous: str,
) -> str:
    """SHA-256 (hex) over one entry and the digest of the entry before it of the same subject.

    ``actor`` is (id, name, post, address); ``previous`` is empty for the subject's first entry.
    """
    moment = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    content = [FORMAT, moment, *actor, kind, *subject, seq, area, data, previous]
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def outbox_seal(key: bytes, *, entry_id: int, digest: str) -> str:
    """HMAC (hex) that shows that an outbox row was written by the program, not into the table by hand."""
    return hmac.digest(key, f"outbox\n{entry_id}\n{digest}".encode(), "sha256").hex()


def next_link(key: bytes, *, previous: str, feed_no: int, entry_id: int, digest: str) -> str:
    """HMAC (hex) of feed entry ``feed_no`` over the chain before it and the entry's digest."""
    return hmac.digest(key, f"feed\n{previous}\n{feed_no}\n{entry_id}\n{digest}".encode(), "sha256").hex()


def text_digest(salt: str, text: str) -> str:
    """Salted SHA-256 (hex) of a text that stands in an erasable row.

    The salt is random and stands beside the text, so that the digest of an erased text tells nothing.
    """
    return hashlib.sha256(f"{len(salt)}:{salt}{text}".encode()).hexdigest()
