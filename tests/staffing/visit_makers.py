"""Visits of the cast, in every state, for the tests of all apps."""

import datetime as dt
from typing import Any

from staffing.actions import NewFinding, plan_visit, record_visit
from staffing.models import Finding, Visit
from tests.world import AT, World
from yuhu.journal.actions import Actor

TODAY = dt.date(2026, 11, 24)
DAY = dt.timedelta(days=1)
HAZARD = NewFinding("hazard", "三楼过道堆放纸箱，堵住消防门", "0701")
DEMAND = NewFinding("demand", "二单元路灯不亮，老人出行不便", "0302")


def who(world: World, name: str, at: dt.datetime = AT) -> dict[str, Any]:
    """``name`` acts."""
    person = world.people[name]
    return {"by": person, "at": at, "actor": Actor(id=person.pk, name=person.name, post="")}


def a_visit(world: World, name: str = "handler", *, at: dt.datetime = AT, **changes: Any) -> Visit:
    """韩 of the street's 城市管理办 visits block b1 today, as service worker."""
    values: dict[str, Any] = {
        "kind": "visit",
        "block": world.b1,
        "cadres": [world.people[name]],
        "level": "street",
        "role": "service",
        "planned_for": TODAY,
    }
    return plan_visit(**{**values, **changes, **who(world, name, at)})


def a_talk(world: World, name: str = "handler", *, at: dt.datetime = AT, **changes: Any) -> Visit:
    """An open-talk meeting in b1, hosted by 韩."""
    return a_visit(world, name, at=at, **{"kind": "open_talk", "role": "", "place": "老年活动室", **changes})


def record(
    world: World, visit: Visit, name: str = "handler", *, at: dt.datetime = AT, **changes: Any
) -> Visit:
    """``name`` writes down what took place."""
    number = {"attendance": 23} if visit.is_talk else {"households": 12}
    values: dict[str, Any] = {"held_on": TODAY, "summary": "走访十二户，居民总体满意", **number}
    return record_visit(visit=visit, **{**values, **changes, **who(world, name, at)})


def a_done(world: World, *findings: NewFinding, **changes: Any) -> Visit:
    """Visited, recorded, with these findings."""
    return record(world, a_visit(world, **changes), findings=findings)


def a_finding(world: World, new: NewFinding = HAZARD, **changes: Any) -> Finding:
    """The one thing that was found at a visit."""
    return a_done(world, new, **changes).findings.get()
