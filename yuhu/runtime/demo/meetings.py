"""Meetings of the demo: to come, cancelled, held with and without final minutes, made by the same actions as real ones.

A meeting of the past deals with cases to which nothing has happened since, so that their story stays in order.
"""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery

from blocks.models import Street
from cases.actions import meetings
from cases.actions.base import By
from cases.models import AgendaItem, Case, Meeting
from cases.states import State
from duties.models import DutyList
from staffing.models import Membership, Unit, User
from yuhu.journal.actions import Actor
from yuhu.journal.models import Entry
from yuhu.kit import clock
from yuhu.runtime.demo.names import Names
from yuhu.runtime.demo.today import HOME_STREET

OTHER_STREET = "430302008"
DEMO = "demo"
OFFICE = "city_management_office"
_MEASURES = (
    "由牵头单位三日内现场核实并拿出处置方案，社区配合做好居民解释工作。",
    "牵头单位负责整改到位，配合单位同步开展巡查，防止反弹；社区每周回看一次。",
    "先行消除安全隐患，一周内完成维修，费用按老旧小区改造渠道列支。",
)
_SUMMARY = (
    "会议听取了社区和区块长关于有关事项的情况汇报，与会单位逐项研究。会议认为，上述事项群众反映集中、"
    "涉及多个单位，应当明确牵头单位和时限，一次议定、限时办结。"
)


@dataclass(frozen=True)
class Stage:
    """The street in which it plays, and who leads."""

    street: Street
    officer: User
    leader: User
    now: dt.datetime
    rng: random.Random
    names: Names

    @property
    def by(self) -> By:
        return By(self.officer, Actor(id=self.officer.pk, name=self.officer.name))

    def unit(self, office: str) -> Unit:
        return Unit.objects.get(street=self.street, office_code=office)

    def cases(self, count: int, before: dt.datetime) -> list[Case]:
        """Cases that are in somebody's hands, on no agenda, and untouched since ``before``."""
        last = Entry.objects.filter(subject_type="case", subject_id=OuterRef("number")).order_by("-seq")
        rows = Case.objects.filter(
            street_code=self.street.pk, restricted=False, state__in=[State.DISPATCHED, State.IN_PROGRESS]
        ).annotate(touched=Subquery(last.values("at")[:1]))
        free = rows.filter(touched__lt=before).exclude(pk__in=AgendaItem.objects.values("case"))
        return list(free.select_related("category").order_by("pk")[:count])


def load_meetings(*, now: dt.datetime, seed: int) -> int:
    """Six meetings around ``now``; returns how many. A street without cases that fit holds one on fewer."""
    home, other = _stage(HOME_STREET, now, seed), _stage(OTHER_STREET, now, seed + 1)
    today = clock.day_start(clock.local_date(now))
    yesterday, before = today - dt.timedelta(hours=9), today - dt.timedelta(hours=33)
    for stage, begins in ((home, before), (other, yesterday)):
        _closed(_held(stage, begins, 2), stage)
    _decided(_held(home, yesterday, 2), home, leave=1)
    _convened(home, today + dt.timedelta(hours=33, minutes=30), now, 3)
    _convened(other, today + dt.timedelta(hours=39), now, 2)
    cancelled = _convened(home, today + dt.timedelta(hours=57), now, 1)
    meetings.cancel(meeting=cancelled, reason="主持人参加区里会议，另行安排。", by=home.by, at=now)
    return Meeting.objects.count()


def _stage(code: str, now: dt.datetime, seed: int) -> Stage:
    street = Street.objects.defer("boundary").get(code=code)
    seats = Membership.objects.filter(unit__street=street).select_related("user").order_by("pk")
    officer = seats.filter(unit__office_code="rapid_response", role=Membership.Role.DUTY_OFFICER)[0].user
    leader = seats.filter(unit__kind=Unit.Kind.STREET, role=Membership.Role.LEADER)[0].user
    return Stage(street, officer, leader, now, random.Random(seed), Names(seed))


def _convened(stage: Stage, begins: dt.datetime, at: dt.datetime, count: int) -> Meeting:
    cases = stage.cases(count, at)
    matter = cases[0].category.name if cases else "复杂事项"
    return meetings.convene(
        street=stage.street,
        title=f"关于{matter}等{len(cases)}件事项的会商" if len(cases) > 1 else f"关于{matter}的会商",
        starts_at=begins,
        place=f"{stage.street.name}三楼会议室",
        chair=stage.leader,
        units=[stage.unit(OFFICE), stage.unit("block_service")],
        invited=[case.assignee for case in cases if case.assignee is not None],
        residents=[stage.names.next()],
        consent="区块长上门征得本人同意",
        cases=cases,
        by=stage.by,
        at=at,
        source=DEMO,
    )


def _held(stage: Stage, begins: dt.datetime, count: int) -> Meeting:
    meeting = _convened(stage, begins, begins - dt.timedelta(hours=3), count)
    keys = list(meeting.participants.order_by("pk").values_list("pk", flat=True))
    return meetings.hold(meeting=meeting, attended=keys[:-1] or keys, by=stage.by, at=begins)


def _decided(meeting: Meeting, stage: Stage, *, leave: int = 0) -> None:
    """Most are settled, the last is adjourned; ``leave`` of them still wait."""
    at = meeting.starts_at + dt.timedelta(hours=1)
    items = _items(meeting)
    for item in items[: max(len(items) - leave, 0)]:
        if item is items[-1] and len(items) > 1:
            meetings.adjourn(item=item, measures="产权归属待查清，下次会议再议。", by=stage.by, at=at)
            continue
        meetings.settle(
            item=item,
            **_lead(item, stage),
            co_units=[stage.unit("block_service")],
            duty_item=None,
            due_on=clock.local_date(stage.now) + dt.timedelta(days=5),
            measures=stage.rng.choice(_MEASURES),
            by=stage.by,
            at=at,
        )


def _lead(item: AgendaItem, stage: Stage) -> dict[str, Any]:
    """The office; but what a department leads by the cooperation list stays with it."""
    case = item.case
    if case.duty_item is None or case.duty_item.list.kind == DutyList.Kind.COOPERATION:
        if case.lead_unit is not None:
            return {"unit": case.lead_unit, "person": None}
        return {"unit": None, "person": case.assignee}
    return {"unit": stage.unit(OFFICE), "person": None}


def _closed(meeting: Meeting, stage: Stage) -> None:
    _decided(meeting, stage)
    at = meeting.starts_at + dt.timedelta(hours=2)
    meetings.close(meeting=meeting, summary=_SUMMARY, by=stage.by, at=at)


def _items(meeting: Meeting) -> Sequence[AgendaItem]:
    joined = ("meeting", "case__duty_item__list", "case__lead_unit", "case__assignee")
    return list(meeting.items.select_related(*joined).order_by("no"))
