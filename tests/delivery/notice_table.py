"""Every move, what comes before it, who makes it with which data, and who is told what."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from cases.actions import dispatch_by_rule
from cases.models import Case
from cases.states import Relation
from tests.delivery.makers import Told
from tests.world import (
    AT,
    World,
    a_report,
    as_reporter,
    do,
)

DUTY_OFFICERS = {"dispatcher", "coordinator"}
OFFICE = {"handler", "handler2", "office_head"}
# Those who no longer have to do with the case may not be able to open it any more.
LEFT = {"reassigned_away", "return_approved"}

Maker = Callable[[World], Case]


def reported(world: World) -> Case:
    return a_report(world, "assistant")


def dispatched(world: World) -> Case:
    case = reported(world)
    dispatch_by_rule(case_id=case.pk, at=AT)
    return Case.objects.get(pk=case.pk)


def signed(world: World) -> Case:
    return do(world, dispatched(world), "sign", "governor")


def handled(world: World) -> Case:
    return do(world, signed(world), "hand-back", "governor", result="已清运")


def evaluated(world: World) -> Case:
    return do(world, handled(world), "evaluate", "supervisor", effective=True)


def unsolved(world: World) -> Case:
    return as_reporter(evaluated(world), "rate", solved="unsolved", satisfaction="dissatisfied")


def asked(move: str, **data: Any) -> Maker:
    """A signed case whose receiver has asked for something."""

    def make(world: World) -> Case:
        return do(world, signed(world), move, "governor", reason="今天做不完", **data)

    return make


def extended_once(world: World) -> Case:
    case = asked("request-extension", until=AT + dt.timedelta(hours=6))(world)
    return do(world, case, "decide-extension", "dispatcher", approve=True, reason="同意")


def suspended(world: World) -> Case:
    case = asked("request-suspension", until="2026-12-10")(world)
    return do(world, case, "decide-suspension", "dispatcher", approve=True, reason="同意")


EXTENSION = asked("request-extension", until=AT + dt.timedelta(hours=6))
SUSPENSION = asked("request-suspension", until="2026-12-10")
RETURN = asked("return")
REASON: dict[str, Any] = {"reason": "情况如此"}
YES: dict[str, Any] = {"approve": True, "reason": "同意"}
NO: dict[str, Any] = {"approve": False, "reason": "不同意"}
HIGHER = {**REASON, "path": "meeting"}
RESIDENT, FILER = {"resident"}, {"assistant"}

# move, before it, who, data, who is told what
TABLE: list[tuple[str, Maker, str | Relation, dict[str, Any], Told]] = [
    (
        "dispatch", reported, "dispatcher",
        {"unit": "430302001-city_management_office", "co_units": ["430302001-block_service"]},
        {"dispatched": OFFICE, "help": {"block_head"}},
    ),
    ("dispatch", reported, "dispatcher", {"assignee": "governor2"}, {"dispatched": {"governor2"}}),
    ("solve-on-spot", reported, "governor", {"result": "已清走"}, {"on_the_spot": {"supervisor"}}),
    ("reject", reported, "dispatcher", REASON, {"rejected_told": RESIDENT, "rejected": FILER}),
    ("sign", dispatched, "governor", {}, {}),
    ("contact", dispatched, "governor", {"channel": "phone"}, {}),
    ("return", dispatched, "governor", REASON, {"return_requested": DUTY_OFFICERS}),
    ("decide-return", RETURN, "dispatcher", NO, {"return_declined": {"governor"}}),
    ("decide-return", RETURN, "dispatcher", YES, {"return_approved": {"governor"}}),
    (
        "decide-return", RETURN, "dispatcher", {**YES, "unit": "430302001-city_management_office"},
        {"return_approved": {"governor"}, "returned_to_you": OFFICE},
    ),
    (
        "reassign", signed, "dispatcher",
        {**REASON, "unit": "430302001-city_management_office", "co_units": ["430302001-block_service"]},
        {"reassigned": OFFICE, "reassigned_away": {"governor"}, "reassigned_help": {"block_head"}},
    ),
    (
        "request-extension", signed, "governor", {**REASON, "until": AT + dt.timedelta(hours=6)},
        {"extension_requested": DUTY_OFFICERS},
    ),
    (
        "request-extension", extended_once, "governor", {**REASON, "until": AT + dt.timedelta(hours=8)},
        {"extension_requested": {"streetleader"}},
    ),
    (
        "decide-extension", EXTENSION, "dispatcher", YES,
        {"extension_approved": {"governor"}, "extension_told": RESIDENT},
    ),
    ("decide-extension", EXTENSION, "dispatcher", NO, {"extension_declined": {"governor"}}),
    (
        "request-suspension", signed, "governor", {**REASON, "until": "2026-12-10"},
        {"suspension_requested": DUTY_OFFICERS},
    ),
    (
        "decide-suspension", SUSPENSION, "dispatcher", YES,
        {"suspension_approved": {"governor"}, "suspension_told": RESIDENT},
    ),
    ("decide-suspension", SUSPENSION, "dispatcher", NO, {"suspension_declined": {"governor"}}),
    ("resume", suspended, "dispatcher", {}, {"resumed": {"governor"}}),
    ("resume", suspended, "governor", {}, {}),
    ("raise-path", signed, "governor", HIGHER, {"path_raised_street": DUTY_OFFICERS}),
    (
        "raise-path", signed, "dispatcher", HIGHER,
        {"path_raised": {"governor"}, "path_raised_street": {"coordinator"}},
    ),
    ("hand-back", signed, "governor", {"result": "已清运"}, {"handed_back": {"supervisor"}}),
    ("evaluate", handled, "supervisor", {"effective": False, "comment": "还有"}, {"rework": {"governor"}}),
    ("evaluate", handled, "supervisor", {"effective": True}, {"please_rate": RESIDENT, "effective": FILER}),
    (
        "rate", evaluated, Relation.REPORTER, {"solved": "solved", "satisfaction": "satisfied"},
        {"rated": {"governor"}},
    ),
    (
        "rate", evaluated, Relation.REPORTER, {"solved": "unsolved", "satisfaction": "dissatisfied"},
        {"rated": {"governor"}, "rated_badly": DUTY_OFFICERS},
    ),
    ("reopen", unsolved, Relation.REPORTER, REASON, {"reopened": {"governor"}}),
    (
        "void", dispatched, "dispatcher", REASON,
        {"voided": {"governor"}, "voided_filer": FILER, "voided_told": RESIDENT},
    ),
    ("urge", reported, "dispatcher", {}, {"urged": {"coordinator"}}),
    ("urge", signed, "dispatcher", {}, {"urged": {"governor"}}),
    ("urge", handled, "dispatcher", {}, {"urged": {"supervisor"}}),
    ("supervise", signed, "leader", {"comment": "今天办完"}, {"supervised": {"governor"}}),
]  # fmt: skip
# Their data need another case or another time: they have tests of their own below.
ALONE = {"merge", "close"}
