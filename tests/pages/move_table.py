"""Every move of staff: how the case comes to it, who makes it, and what is typed into its form."""

from typing import Any

from cases.states import State
from tests.world import (
    World,
    a_dispatched,
    a_handled,
    a_report,
    a_signed,
    a_suspended,
    do,
)

WORDS = {"reason": "理由如下"}


def unit(world: World, code: str = "city_management_office") -> str:
    return str(world.unit(code).pk)


def asks(name: str, **data: Any):
    return lambda world: do(world, a_signed(world), name, "governor", reason="等配件", **data)


# Move → who makes it, on which case, what is filled in, and where it leads.
BY_FORM = {
    "dispatch": ("dispatcher", a_report, lambda w: {"unit": unit(w)}, State.DISPATCHED),
    "solve-on-spot": ("governor", a_report, lambda w: {"result": "已清走"}, State.HANDLED),
    "reject": (
        "dispatcher",
        a_report,
        lambda w: {**WORDS, "code": "secret", "confirmed": "on"},
        State.REJECTED,
    ),
    "sign": ("governor", a_dispatched, lambda w: {}, State.IN_PROGRESS),
    "contact": ("governor", a_dispatched, lambda w: {"channel": "phone"}, State.DISPATCHED),
    "return": ("governor", a_dispatched, lambda w: WORDS, State.DISPATCHED),
    "decide-return": (
        "dispatcher",
        lambda w: do(w, a_dispatched(w), "return", "governor", reason="理由如下"),
        lambda w: {**WORDS, "approve": "no"},
        State.DISPATCHED,
    ),
    "reassign": ("dispatcher", a_dispatched, lambda w: {**WORDS, "assignee": "governor2"}, State.DISPATCHED),
    "request-extension": (
        "governor",
        a_signed,
        lambda w: {**WORDS, "until": "2026-11-24T16:00"},
        State.IN_PROGRESS,
    ),
    "decide-extension": (
        "dispatcher",
        asks("request-extension", until="2026-11-24T16:00"),
        lambda w: {**WORDS, "approve": "yes"},
        State.IN_PROGRESS,
    ),
    "request-suspension": (
        "governor",
        a_signed,
        lambda w: {**WORDS, "until": "2026-12-10"},
        State.IN_PROGRESS,
    ),
    "decide-suspension": (
        "streetleader",
        asks("request-suspension", until="2026-12-10"),
        lambda w: {**WORDS, "approve": "yes"},
        State.SUSPENDED,
    ),
    "resume": ("governor", a_suspended, lambda w: {"comment": "配件到了"}, State.IN_PROGRESS),
    "raise-path": ("governor", a_signed, lambda w: {**WORDS, "path": "meeting"}, State.IN_PROGRESS),
    "hand-back": ("governor", a_signed, lambda w: {"result": "已清运"}, State.HANDLED),
    "evaluate": ("supervisor", a_handled, lambda w: {"effective": "yes"}, State.EVALUATED),
    "void": ("dispatcher", a_dispatched, lambda w: {**WORDS, "confirmed": "on"}, State.VOID),
    "merge": (
        "dispatcher",
        a_dispatched,
        lambda w: {"into": a_report(w, description="同一堆").number, "confirmed": "on"},
        State.MERGED,
    ),
    "urge": ("streetleader", a_dispatched, lambda w: {"comment": "请抓紧"}, State.DISPATCHED),
    "supervise": ("leader", a_dispatched, lambda w: {"comment": "三天内办结"}, State.DISPATCHED),
}
