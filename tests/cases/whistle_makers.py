"""Whistles of the cast in every stage: 邓 asks, 史 approves, 杜 of the market regulation department answers."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from cases.actions.whistles import department, street
from cases.models import Case, Whistle, WhistleCall
from staffing.actions import join
from staffing.models import Membership, Unit
from tests.world import AT, START, World, a_signed
from yuhu.journal.actions import SYSTEM

MARKET, CITY = "区市场监督管理局", "区城市管理和综合执法局"
MEETING = AT + dt.timedelta(days=1)


def unit_of(name: str) -> Unit:
    return Unit.objects.get(name=name, kind=Unit.Kind.DEPARTMENT)


def a_whistle(world: World, *, who: str = "dispatcher", at: dt.datetime = AT, **changes: Any) -> Whistle:
    """Asked for, and not decided: a hard demand for the market regulation department."""
    values: dict[str, Any] = {
        "kind": Whistle.Kind.HARD_DEMAND,
        "reason": "油烟扰民多次,街道无执法权",
        "units": [unit_of(MARKET)],
        "task": "查处无照经营",
    }
    values |= changes
    case = values.pop("case", None) or a_signed(world, at=at)
    return street.ask(case=case, by=world.by(who), at=at, **values)


def an_emergency(world: World, **changes: Any) -> Whistle:
    return a_whistle(world, kind=Whistle.Kind.EMERGENCY, **changes)


def a_called(world: World, *, at: dt.datetime = AT, **changes: Any) -> Whistle:
    whistle = a_whistle(world, at=at, **changes)
    return street.approve(whistle=whistle, reason="", by=world.by("streetleader"), at=at)


def call_of(whistle: Whistle, name: str = MARKET) -> WhistleCall:
    return whistle.calls.select_related("unit", "whistle__case").get(unit__name=name)


def a_checked_in(world: World, *, at: dt.datetime = AT, **changes: Any) -> Whistle:
    whistle = a_called(world, at=at, **changes)
    department.check_in(call=call_of(whistle), coming="杜局员等2人", by=world.by("department"), at=at)
    return fresh(whistle)


def an_explained(world: World, *, at: dt.datetime = AT, **changes: Any) -> Whistle:
    whistle = a_called(world, at=at, **changes)
    department.explain(call=call_of(whistle), explanation="属城管执法事项", by=world.by("department"), at=at)
    return fresh(whistle)


def an_excused(world: World, *, at: dt.datetime = AT, **changes: Any) -> Whistle:
    whistle = an_explained(world, at=at, **changes)
    by = world.by("dispatcher")
    street.decide_explanation(call=call_of(whistle), accept=True, reason="", by=by, at=at)
    return fresh(whistle)


def a_reported(world: World, *, at: dt.datetime = AT, **changes: Any) -> Whistle:
    whistle = a_checked_in(world, at=at, **changes)
    by = world.by("department")
    department.attend(call=call_of(whistle), attended=True, proof="签到表", by=by, at=at)
    department.give_result(call=call_of(whistle), result="责令停业整改", by=by, at=at)
    return fresh(whistle)


def a_cleared(world: World, *, at: dt.datetime = AT, **changes: Any) -> Whistle:
    return street.clear(
        whistle=a_reported(world, at=at, **changes), reason="", by=world.by("dispatcher"), at=at
    )


def a_done(world: World, *, at: dt.datetime = AT, **changes: Any) -> Whistle:
    whistle = a_cleared(world, at=at, **changes)
    call = call_of(whistle)
    street.rate_department(call=call, score="5", comment="", by=world.by("dispatcher"), at=at)
    by = world.by("department")
    department.rate_street(call=call, justified="4", prepared="5", comment="", by=by, at=at)
    return fresh(whistle)


def a_declined(world: World, **changes: Any) -> Whistle:
    by = world.by("streetleader")
    return street.decline(whistle=a_whistle(world, **changes), reason="街道先自行处置", by=by, at=AT)


def an_ended(world: World, **changes: Any) -> Whistle:
    by = world.by("streetleader")
    return street.call_off(whistle=a_called(world, **changes), reason="问题已解决", by=by, at=AT)


def fresh(whistle: Whistle) -> Whistle:
    return Whistle.objects.select_related("case").get(pk=whistle.pk)


def case_of(whistle: Whistle) -> Case:
    return Case.objects.get(pk=whistle.case_id)


def second_department(world: World) -> Unit:
    """戴 works in the city management department, which was never called."""
    unit = unit_of(CITY)
    join(unit=unit, user=world.stand_in, role=Membership.Role.MEMBER, starts_on=START, at=AT, actor=SYSTEM)
    return unit


STAGES: dict[str, Callable[..., Whistle]] = {
    "asked": a_whistle,
    "emergency": an_emergency,
    "called": a_called,
    "checked in": a_checked_in,
    "explained": an_explained,
    "excused": an_excused,
    "reported": a_reported,
    "cleared": a_cleared,
    "done": a_done,
    "declined": a_declined,
    "ended": an_ended,
}
