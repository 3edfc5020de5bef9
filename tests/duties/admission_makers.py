"""Makers for the tests of admissions and off-list reports, on the named cast."""

import datetime as dt
from decimal import Decimal
from typing import Any

from duties.actions import (
    Pushed,
    Resources,
    Task,
    approve_admission,
    confirm_report,
    decline_admission,
    report_off_list,
    submit_admission,
    take_up_report,
)
from duties.models import Admission, OffListReport
from staffing.actions import join
from staffing.models import Membership, Unit, User
from tests.world import AT, START, World
from yuhu.journal.actions import SYSTEM, Actor
from yuhu.journal.models import Entry

TITLE = "小餐饮油烟净化设施底数摸排"
FULL = Resources(3, "从所里抽调", Decimal(5000), "专项经费")
DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 11, 24)
PUSHED = "每周在群里填报公筷公勺检查表"


def who(user: User, at: dt.datetime = AT) -> dict[str, Any]:
    """The last arguments of every verb."""
    return {"by": user, "at": at, "actor": Actor(id=user.pk, name=user.name)}


def market() -> Unit:
    """杜's and 董's department."""
    return Unit.objects.get(name="区市场监督管理局")


def a_task(**changes: Any) -> Task:
    given: dict[str, Any] = {
        "title": TITLE,
        "reason": "为治理计划提供底数",
        "basis": "大气污染防治法第八十一条",
        "level": "street",
        "proposed_kind": "cooperation",
        "starts_on": TODAY,
        "last_on": TODAY + 100 * DAY,
    }
    return Task(**{**given, **changes})


def asked(world: World, *, resources: Resources = FULL, at: dt.datetime = AT, **changes: Any) -> Admission:
    """杜's department asks."""
    person = who(world.department, at)
    return submit_admission(unit=market(), task=a_task(**changes), resources=resources, **person)


def approved(
    world: World, *, at: dt.datetime = AT, last_on: dt.date | None = None, **changes: Any
) -> Admission:
    """李 admits it."""
    row = asked(world, at=at, **changes)
    days: dict[str, Any] = {"starts_on": row.starts_on, "last_on": last_on or row.last_on}
    return approve_admission(admission=row, conditions="经费按季拨付", **days, **who(world.leader, at))


def declined(world: World, *, at: dt.datetime = AT, **changes: Any) -> Admission:
    """李 does not."""
    row = asked(world, at=at, **changes)
    return decline_admission(admission=row, reason="属变相摊派", **who(world.leader, at))


def reported(
    world: World, name: str = "streetleader", *, at: dt.datetime = AT, **changes: Any
) -> OffListReport:
    """史 says that 杜's department pushed something."""
    given: dict[str, Any] = {"department": market(), "what": PUSHED, "received_on": TODAY, "way": "system"}
    return report_off_list(pushed=Pushed(**{**given, **changes}), **who(world.people[name], at))


def taken_up(world: World, **changes: Any) -> OffListReport:
    return take_up_report(report=reported(world, **changes), **who(world.leader))


def confirmed(world: World, **changes: Any) -> OffListReport:
    return confirm_report(report=taken_up(world, **changes), finding="属实", **who(world.leader))


def seat(unit: Unit, user: User, role: str = Membership.Role.MEMBER) -> None:
    """One more seat for somebody of the cast."""
    join(unit=unit, user=user, role=role, starts_on=START, at=AT, actor=SYSTEM)
    user.__dict__.pop("_posts", None)


def entries(kind: str) -> list[Entry]:
    return list(Entry.objects.filter(kind=kind).order_by("id"))
