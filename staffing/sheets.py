"""The roster 1+N+1 as a sheet: one row a seat. Reads it row by row, names every fault by its cell, and writes it out.
And the sheet of a version of platforms: one row an office.

Pure: knows codes, words and dates, no database. What is written out reads back the same. Leaves to others: who is
meant by a row, and what it changes (``actions.importing``).
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from staffing.posts import Function, PostKind
from yuhu.kit.excel.lines import Line, Row, RowError, lines_of
from yuhu.kit.excel.values import as_code, as_date, narrow
from yuhu.kit.exceptions import Invalid
from yuhu.kit.people import normalise_phone
from yuhu.kit.text import has_control

# The first Chinese heading is the one that is written.
COLUMNS: dict[str, tuple[str, ...]] = {
    "street": ("街道", "street"),
    "community": ("社区", "community"),
    "block_name": ("区块", "区块名称", "block_name"),
    "block": ("区块编码", "网格编码", "block_code"),
    "post": ("岗位", "职务", "post"),
    "kind": ("协理员类别", "类别", "assistant_kind"),
    "name": ("姓名", "name"),
    "number": ("工号", "人员编号", "employee_number"),
    "phone": ("联系电话", "手机号码", "手机", "电话", "phone"),
    "starts_on": ("任职日期", "起始日期", "starts_on"),
}
NEEDED = ("block", "post", "name")
NOBODY = ("空缺", "暂缺", "待定", "vacant", "-", "—", "无")
# The sheet's own words, whatever language the reader's pages have; the first of each is written.
_POST_WORDS = {
    "治理员": PostKind.GOVERNOR, "区块治理员": PostKind.GOVERNOR, "网格长": PostKind.GOVERNOR,
    "监督员": PostKind.SUPERVISOR, "区块监督员": PostKind.SUPERVISOR,
    "协理员": PostKind.ASSISTANT, "区块协理员": PostKind.ASSISTANT, "网格员": PostKind.ASSISTANT,
}  # fmt: skip
_KIND_WORDS = {
    "联点干部": "liaison_cadre", "党小组长": "party_group_leader", "业委会成员": "owners_committee_member",
    "居民代表": "resident_representative",
}  # fmt: skip
_LENGTHS = {"name": 50, "number": 32}


@dataclass(frozen=True)
class SeatLine:
    """One seat as a sheet gives it. No ``name``: the post is vacant; no ``starts_on``: from the import's day on."""

    line: Line
    block: str
    post: PostKind
    kind: str = ""
    name: str = ""
    number: str = ""
    phone: str = ""
    starts_on: dt.date | None = None

    def fault(self, column: str, code: str, message: str) -> RowError:
        """What is wrong with one cell of the row."""
        return RowError(self.line.number, code, message, self.line.cell(*COLUMNS[column]))


def read_seats(rows: Iterable[Row | Line]) -> tuple[list[SeatLine], list[RowError]]:
    """The seats of a roster sheet, and its faults: unreadable cells, and rows that contradict each other."""
    seats: list[SeatLine] = []
    errors: list[RowError] = []
    for line in lines_of(rows):
        cells = {name: line.get(*headings) for name, headings in COLUMNS.items()}
        if not any(cells.values()):
            continue
        faults = list(_faults(cells))
        errors += [RowError(line.number, name, text, line.cell(*COLUMNS[name])) for name, text in faults]
        if not faults:
            seats.append(_seat(line, cells))
    errors += _contradictions(seats)
    if not seats and not errors:
        errors.append(RowError(1, "empty", _("The sheet has no rows under its heading.")))
    return seats, sorted(errors, key=lambda error: error.row)


def row_of(
    *, street: str, community: str, block_name: str, block: str, post: str, kind: str, name: str,
    number: str | None, phone: str, starts_on: dt.date | None,
) -> tuple[str | dt.date | None, ...]:  # fmt: skip
    """One seat as a row under the first heading of each of ``COLUMNS``."""
    words = {value: word for word, value in reversed(_POST_WORDS.items())}
    kinds = {value: word for word, value in _KIND_WORDS.items()}
    return (
        *(street, community, block_name, block, words[PostKind(post)], kinds.get(kind, "")),
        *(name or NOBODY[0], number or "", phone, starts_on),
    )


def _seat(line: Line, cells: dict[str, str]) -> SeatLine:
    post = _post(cells["post"])
    assert post is not None
    name = "" if cells["name"] in NOBODY else cells["name"]
    return SeatLine(
        line=line,
        block=as_code(cells["block"]),
        post=post,
        kind=_kind(cells["kind"]) if post is PostKind.ASSISTANT else "",
        name=name,
        number=as_code(cells["number"]),
        phone=normalise_phone(as_code(cells["phone"])) if cells["phone"] else "",
        starts_on=as_date(cells["starts_on"]),
    )


def _faults(cells: dict[str, str]) -> Iterable[tuple[str, str]]:
    """Column and sentence of everything that cannot be read."""
    code = as_code(cells["block"])
    if not (code.isascii() and code.isdigit() and len(code) == 14):
        yield "block", _("A block's code has 14 digits.")
    post = _post(cells["post"])
    if post is None:
        yield "post", _("The post is 治理员, 协理员 or 监督员.")
    if post is PostKind.ASSISTANT:
        yield from _faults_of_assistant(cells)
    for name, length in _LENGTHS.items():
        if len(cells[name]) > length:
            yield name, _("The text has more than %(length)d characters.") % {"length": length}
        elif has_control(cells[name]):
            yield name, _("The text contains characters that cannot be stored. Please remove them.")
    if cells["phone"] and (said := _refused_phone(cells["phone"])):
        yield "phone", said
    if cells["starts_on"] and as_date(cells["starts_on"]) is None:
        yield "starts_on", _("This is no date. Write it like 2026-11-30.")


def _faults_of_assistant(cells: dict[str, str]) -> Iterable[tuple[str, str]]:
    if not _kind(cells["kind"]):
        yield "kind", _("An assistant is 联点干部, 党小组长, 业委会成员 or 居民代表.")
    if not cells["name"] or cells["name"] in NOBODY:
        yield "name", _("An assistant's row needs a name. Delete the row if there is nobody.")


def _refused_phone(text: str) -> str:
    try:
        normalise_phone(as_code(text))
    except Invalid as refusal:
        return str(refusal)
    return ""


def _contradictions(seats: list[SeatLine]) -> Iterable[RowError]:
    """Two holders of one post, one person twice, one person on both sides."""
    held: dict[tuple[str, PostKind], SeatLine] = {}
    helps: dict[tuple[str, str, str, str], SeatLine] = {}
    for seat in seats:
        if seat.post is PostKind.ASSISTANT:
            first = helps.setdefault((seat.block, seat.kind, *_who(seat)), seat)
            if first is not seat:
                message = _("This person stands in row %(row)d already.") % {"row": first.line.number}
                yield seat.fault("name", "twice", message)
            continue
        first = held.setdefault((seat.block, seat.post), seat)
        if first is not seat:
            message = _("This post of the block stands in row %(row)d already.") % {"row": first.line.number}
            yield seat.fault("post", "twice", message)
    for (block, post), seat in held.items():
        other = held.get((block, PostKind.SUPERVISOR)) if post is PostKind.GOVERNOR else None
        if other is not None and seat.name and _who(seat) == _who(other):
            yield other.fault(
                "name", "same_person", _("Governor and supervisor of a block must be two people.")
            )


def _who(seat: SeatLine) -> tuple[str, str]:
    """How a sheet tells people apart: by number, else by name and phone."""
    return (seat.number, "") if seat.number else (seat.name, seat.phone)


def _post(text: str) -> PostKind | None:
    word = narrow(text).replace(" ", "")
    posts = {post.value: post for post in _POST_WORDS.values()}
    return _POST_WORDS.get(word) or posts.get(word.lower())


def _kind(text: str) -> str:
    word = narrow(text).replace(" ", "")
    return _KIND_WORDS.get(word) or (word.lower() if word.lower() in _KIND_WORDS.values() else "")


# One row an office or team: the platform it belongs to, and what that platform does for the street.
PLATFORM_COLUMNS: dict[str, tuple[str, ...]] = {
    "office": ("office_code", "机构代码"),
    "platform": ("platform_code", "平台代码"),
    "name": ("platform_zh", "平台名称"),
    "functions": ("platform_functions", "平台职能"),
}
_PLATFORM_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
_LONGEST_NAME = 60


@dataclass(frozen=True)
class PlatformLine:
    """One office, the platform that it belongs to, and that platform's functions (codes of ``posts.Function``)."""

    line: Line
    office: str
    platform: str
    name: str
    functions: tuple[str, ...]

    def fault(self, column: str, code: str, message: str) -> RowError:
        """What is wrong with one cell of the row."""
        return RowError(self.line.number, code, message, self.line.cell(*PLATFORM_COLUMNS[column]))


def read_platforms(rows: Iterable[Row | Line]) -> tuple[list[PlatformLine], list[RowError]]:
    """The offices of a version of platforms, and the sheet's faults.

    Every function must be one platform's, and a platform's rows must say the same of it.
    """
    found: list[PlatformLine] = []
    errors: list[RowError] = []
    for line in lines_of(rows):
        cells = {name: line.get(*headings) for name, headings in PLATFORM_COLUMNS.items()}
        if not any(cells.values()):
            continue
        row = PlatformLine(
            line, cells["office"], cells["platform"], cells["name"], tuple(cells["functions"].split())
        )
        found.append(row)
        errors += _faults_of_platform(row)
    errors += _contradicting_platforms(found)
    return found, errors


def _faults_of_platform(row: PlatformLine) -> Iterator[RowError]:
    if not row.office:
        yield row.fault("office", "office", _("The office is missing."))
    if not _PLATFORM_CODE.fullmatch(row.platform):
        text = _("A platform's code has small letters, digits and underscores, at most 40.")
        yield row.fault("platform", "platform", text)
    if not 1 <= len(row.name) <= _LONGEST_NAME or has_control(row.name):
        yield row.fault("name", "name", _("The platform's name is missing or too long."))
    if unknown := set(row.functions) - set(Function):
        text = _("There is no such function: %(function)s.") % {"function": ", ".join(sorted(unknown))}
        yield row.fault("functions", "functions", text)


def _contradicting_platforms(rows: list[PlatformLine]) -> Iterator[RowError]:
    said: dict[str, PlatformLine] = {}
    offices: set[str] = set()
    performed: dict[str, str] = {}
    for row in rows:
        first = said.setdefault(row.platform, row)
        if (first.name, first.functions) != (row.name, row.functions):
            text = _("Row %(row)d says something else of the same platform.") % {"row": first.line.number}
            yield row.fault("name", "platform_differs", text)
        if row.office in offices:
            yield row.fault("office", "office_twice", _("The same office stands in two rows."))
        offices.add(row.office)
        for function in row.functions:
            if performed.setdefault(function, row.platform) != row.platform:
                text = _("Two platforms have the function %(function)s.") % {"function": function}
                yield row.fault("functions", "function_twice", text)
    for function in Function:
        if function not in performed:
            text = _("No platform has the function %(function)s.") % {"function": function}
            yield RowError(1, "function_missing", text)
