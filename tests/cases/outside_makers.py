"""Makers of outside figures: entered by the street's or the department's people, checked by a leader."""

import datetime as dt
from decimal import Decimal
from typing import Any

from cases.actions.outside import Published, check, enter
from cases.models import OutsideFigure
from cases.outside import Outside
from tests.world import AT, STREET, World

DISTRICT = "430302"
ENTERS = {DISTRICT: "department_head", STREET: "dispatcher"}
CHECKS = {DISTRICT: "leader", STREET: "streetleader"}


def published(
    kind: str = Outside.CRIMINAL_CASES, area: str = STREET, value: Any = 20, **changes: Any
) -> Published:
    values: dict[str, Any] = {
        "kind": kind, "area": area, "span": "month", "year": 2026, "month": 10,
        "value": Decimal(str(value)), "published_by": "区统计局", "document": "雨统〔2026〕10号",
    }  # fmt: skip
    return Published(**(values | changes))


def entered(world: World, *args: Any, by: str = "", at: dt.datetime = AT, **changes: Any) -> OutsideFigure:
    new = published(*args, **changes)
    return enter(published=new, by=world.by(by or ENTERS.get(new.area, "department_head")), at=at)


def checked(world: World, *args: Any, at: dt.datetime = AT, **changes: Any) -> OutsideFigure:
    row = entered(world, *args, at=at, **changes)
    return check(figure=row, by=world.by(CHECKS.get(row.area, "leader")), at=at)
