"""What stands in a cell, as plain text: the ways in which office programs and people write dates, codes and numbers.

Pure. Text keeps its punctuation; only where a number, a code or a date is meant are full-width signs made narrow.
"""

import datetime as dt
import re
from typing import Any

# ０-９ Ａ-Ｚ ａ-ｚ and the signs inside of dates and codes, to their narrow forms.
_WIDE = {
    code: code - 0xFEE0
    for code in (
        *range(0xFF10, 0xFF1A),
        *range(0xFF21, 0xFF3B),
        *range(0xFF41, 0xFF5B),
        *map(ord, "＋－．／"),
    )
}
_WIDE |= {ord("　"): " ", ord("\u00a0"): " ", ord("—"): "-", ord("–"): "-"}
# Signs that cannot be seen: they come with text that was copied from web pages and chat programs.
_UNSEEN = {ord(sign): None for sign in "\u200b\u200c\u200d\u2060\ufeff\u202a\u202c"}
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\s*0{1,2}:00(?::00(?:\.0+)?)?)?"
)
_WHOLE = re.compile(r"(\d+)(?:\.0+)?")
# Days as Excel counts them, from 1927 to 2119: neither a year nor an ID is taken for one.
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 80_000
_EPOCH = dt.date(1899, 12, 30)


def shown(cell: Any) -> str:
    """A cell's value as text: moments in ISO form, whole floats without their ``.0``, text without outer blanks."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell).translate(_UNSEEN).strip()


def narrow(text: str) -> str:
    """``text`` with full-width digits, letters and blanks made narrow, without outer blanks."""
    return text.translate(_WIDE).strip()


def as_code(text: str) -> str:
    """A code, a phone or another number that is a name: narrow, without blanks inside, ``138….0`` without its zero."""
    code = re.sub(r"\s+", "", narrow(text))
    whole = _WHOLE.fullmatch(code)
    return whole[1] if whole else code


def as_whole(text: str) -> int | None:
    """A whole number of at most nine digits, or None."""
    whole = _WHOLE.fullmatch(narrow(text))
    return int(whole[1]) if whole and whole[1].isascii() and len(whole[1]) <= 9 else None


def as_date(text: str) -> dt.date | None:
    """A day as Excel keeps it or as people type it (2026-11-30, 2026/11/30, 2026.11.30, 2026年11月30日, 20261130)."""
    plain = narrow(text)
    if found := _DATE.fullmatch(plain):
        parts = found.groups()
    elif re.fullmatch(r"[12]\d{7}", plain):
        parts = (plain[:4], plain[4:6], plain[6:])
    else:
        serial = as_whole(plain)
        if serial is None or not _FIRST_SERIAL <= serial <= _LAST_SERIAL:
            return None
        return _EPOCH + dt.timedelta(days=serial)
    try:
        return dt.date(*map(int, parts))
    except ValueError:
        return None
