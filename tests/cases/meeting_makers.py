"""Meetings of the cast: 邓 of the rapid response platform convenes in the street of block b1, 史, its leader, is in
the chair."""

import datetime as dt
from typing import Any

from blocks.models import Street
from cases.actions import meetings
from cases.models import AgendaItem, Case, Meeting
from tests.world import AT, STREET, World

LATER = AT + dt.timedelta(hours=2)
AFTER = AT + dt.timedelta(hours=4)


def a_meeting(
    world: World, *cases: Case, who: str = "dispatcher", chair: str = "streetleader", **changes: Any
) -> Meeting:
    """Convened for the same day."""
    given: dict[str, Any] = {
        "street": Street.objects.get(code=STREET),
        "title": "楼道堆物专题会商",
        "starts_at": LATER,
        "place": "街道三楼会议室",
        "chair": world.people[chair],
        "units": [],
        "invited": [],
        "residents": [],
        "consent": "",
        "cases": list(cases),
        "at": AT,
    }
    return meetings.convene(**{**given, **changes}, by=world.by(who))


def a_held(world: World, *cases: Case, **changes: Any) -> Meeting:
    meeting = a_meeting(world, *cases, **changes)
    return meetings.hold(meeting=meeting, attended=[], by=world.by("dispatcher"), at=LATER)


def item_of(meeting: Meeting, case: Case) -> AgendaItem:
    return AgendaItem.objects.select_related("meeting__chair").get(meeting=meeting, case=case)


def settle(
    world: World, meeting: Meeting, case: Case, *, who: str = "dispatcher", **changes: Any
) -> AgendaItem:
    """The city management office shall do it."""
    given: dict[str, Any] = {
        "unit": world.unit("city_management_office"),
        "person": None,
        "co_units": [],
        "duty_item": None,
        "due_on": None,
        "measures": "三日内清理完毕,社区落实巡查",
        "at": LATER,
    }
    item = changes.pop("item", None) or item_of(meeting, case)
    return meetings.settle(item=item, **{**given, **changes}, by=world.by(who))


def a_closed(world: World, *cases: Case, **changes: Any) -> Meeting:
    """Held, every case settled, minutes final."""
    meeting = a_held(world, *cases, **changes)
    for case in cases:
        settle(world, meeting, case)
    return meetings.close(
        meeting=meeting, summary="会议认为应当分工落实。", by=world.by("dispatcher"), at=AFTER
    )
