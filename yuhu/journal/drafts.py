"""What callers hand in: who acted and what happened, checked and made canonical before it is written for good.

Pure: no database, no clock. The digests that seal a draft are in ``digests.py``.
"""

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from yuhu.journal.exceptions import UnfitRecord
from yuhu.kit.text import has_control

MAX_STRING = 200
MAX_DEPTH = 5
# Beyond this PostgreSQL's jsonb gives a float back as an integer, and the digest would no longer fit.
MAX_FLOAT = 1e15
MAX_INTEGER = 2**63 - 1

LENGTHS = {"name": 150, "post": 200, "address": 64, "kind": 64, "type": 40, "id": 64, "area": 14}
_KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_AREA = re.compile(r"\d*")


@dataclass(frozen=True)
class Actor:
    """Who acted, as plain text of that moment: people change posts and leave, the record stays.

    ``post`` is the post in which the person acted, ``address`` the network address. No foreign key: the
    journal stands below the people.
    """

    id: int | None
    name: str
    post: str = ""
    address: str = ""


SYSTEM = Actor(id=None, name="system", post="system")


@dataclass(frozen=True)
class Draft:
    """One event before it has its place in the chain; the fields of ``actions.record``."""

    kind: str
    subject: tuple[str, str | int]
    at: dt.datetime
    actor: Actor
    area: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def check(draft: Draft) -> None:
    """Refuse what the columns or the digest could not hold the same way on every engine.

    Raises:
        UnfitRecord: naive time, malformed kind or area, empty or overlong subject.
    """
    subject_type, subject_id = draft.subject
    if draft.at.utcoffset() is None:
        raise UnfitRecord(f"{draft.kind}: the time must be aware")
    if len(draft.kind) > LENGTHS["kind"] or not _KIND.fullmatch(draft.kind):
        raise UnfitRecord(f"kind {draft.kind!r} is not of the form 'case.dispatched'")
    if not 0 < len(subject_type) <= LENGTHS["type"] or not 0 < len(str(subject_id)) <= LENGTHS["id"]:
        raise UnfitRecord(f"{draft.kind}: subject {draft.subject!r} is empty or too long")
    if len(draft.area) > LENGTHS["area"] or not _AREA.fullmatch(draft.area):
        raise UnfitRecord(f"{draft.kind}: {draft.area!r} is not an area code")


def canonical_data(data: dict[str, Any] | None) -> dict[str, Any]:
    """Return ``data`` as JSON values that every engine gives back unchanged.

    Dates become ISO text (times in UTC), ``Decimal`` and ``UUID`` become text, tuples become lists.

    Raises:
        UnfitRecord: a string over 200 characters or with control characters (free text belongs in rows that
            can be erased), a key that is no string, a number or a type that JSON cannot carry faithfully.
    """
    plain = _plain(data or {}, ("data", None), 0)
    if not isinstance(plain, dict):
        raise UnfitRecord("data must be a dictionary")
    return plain


# Where a value stands, from the inside out: written as text only when something is wrong with it.
_Path = tuple[str, "_Path | None"]


def _told(path: _Path) -> str:
    name, above = path
    return _told(above) + name if above else name


def _plain(value: Any, path: _Path, depth: int) -> Any:
    if isinstance(value, str):
        return _string(value, path)
    if value is None or value is True or value is False:
        return value
    if isinstance(value, int | float):
        return _number(value, path)
    if isinstance(value, dt.date):
        return _date(value, path)
    if isinstance(value, Decimal | UUID):
        return str(value)
    if depth >= MAX_DEPTH:
        raise UnfitRecord(f"{_told(path)} is nested too deeply")
    if isinstance(value, dict):
        return {_key(key, path): _plain(item, (f".{key}", path), depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, ("[]", path), depth + 1) for item in value]
    kind = type(value).__name__
    raise UnfitRecord(f"{_told(path)} is a {kind}; the journal keeps codes, keys, dates and numbers")


def _key(key: Any, path: _Path) -> str:
    if not isinstance(key, str):
        raise UnfitRecord(f"{_told(path)} has the key {key!r}, which is no string")
    return _string(key, path)


def _string(value: str, path: _Path) -> str:
    if len(value) > MAX_STRING:
        raise UnfitRecord(
            f"{_told(path)} has {len(value)} characters: keep the text elsewhere, here its key and digest"
        )
    if has_control(value):
        raise UnfitRecord(f"{_told(path)} holds control characters")
    # A choice of an enumeration is a string too; only its value is kept.
    return value if type(value) is str else str.__str__(value)


def _number(value: int | float, path: _Path) -> int | float:
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise UnfitRecord(f"{_told(path)} is beyond 64 bits")
        return int(value)
    if not abs(value) < MAX_FLOAT:
        raise UnfitRecord(f"{_told(path)} is not a number that every engine keeps")
    # jsonb knows no negative zero.
    return float(value) + 0.0


def _date(value: dt.date, path: _Path) -> str:
    if not isinstance(value, dt.datetime):
        return value.isoformat()
    if value.utcoffset() is None:
        raise UnfitRecord(f"{_told(path)} is a time without a zone")
    return value.astimezone(dt.UTC).isoformat()
