"""Visits of the three levels in the four roles and open-talk meetings around today, made by the same actions as real
ones: recorded with findings that became cases, planned for today and the next days, past their day, called off.
"""

import contextlib
import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from blocks.models import Block
from cases.actions import dispatch_by_rule, move, report_finding
from cases.actions.base import By
from cases.models import Case, Category
from staffing.actions import NewFinding, cancel_visit, plan_visit, record_visit
from staffing.models import Membership, Unit, User, Visit
from yuhu.journal.actions import Actor
from yuhu.kit import clock
from yuhu.kit.exceptions import Refusal
from yuhu.runtime.demo import texts

DONE, LATE, PLANNED, TALKS, TALKS_PLANNED = 44, 3, 12, 6, 2
HOME_STREET = "430302001"
_FOUND = {
    "hazard": ("0701", "0702", "0705"),
    "demand": ("0302", "0304", "0601", "0603", "1001", "1003", "0101", "0502"),
    "suggestion": ("1203",),
}
_KINDS = ("hazard", "demand", "demand", "hazard", "suggestion", "demand")
_SUMMARIES = {
    "liaison": (
        "逐户走访，登记新入住住户，核对联系方式；收集意见并当面答复。",
        "与楼栋长、居民代表见面，了解近期关心的事，约定下次走访时间。",
    ),
    "publicity": (
        "入户宣传防溺水、防火、防电信诈骗知识，发放宣传单，演示灭火器使用。",
        "宣讲城乡居民医保缴费政策，解答集中缴费期的疑问。",
    ),
    "service": (
        "为行动不便的老人代办养老金年审，送去助餐登记表。",
        "走访低保和残疾人家庭，核对补贴到账情况，帮助填写申请材料。",
    ),
    "vanguard": (
        "带队排查楼道堆物和飞线充电，能当场清理的当场清理。",
        "雨后排查低洼处积水和老旧围墙，设置警示带。",
    ),
    "": (
        "居民围绕停车、路灯和物业服务发言，能答复的当场答复，其余列入清单。",
        "就小区加装电梯和公共晾晒区征求意见，多数居民赞成，少数顾虑已记录。",
    ),
}
_PLACES = ("社区居委会会议室", "小区凉亭", "老年活动室", "社区党群服务中心")


@dataclass
class _Cast:
    """Who visits where, and the chance that decides it."""

    now: dt.datetime
    rng: random.Random
    blocks: list[Block] = field(default_factory=list)
    people: dict[str, list[tuple[User, str]]] = field(default_factory=dict)  # by level: person and area
    names: dict[str, str] = field(default_factory=dict)

    @property
    def today(self) -> dt.date:
        return clock.local_date(self.now)

    def goes(self, level: str, number: int) -> tuple[User, Block]:
        """Somebody of the level and a block of his area; every third at home, where the log-ins see it."""
        people = self.people[level]
        home = [one for one in people if one[1].startswith(HOME_STREET)]
        person, area = self.rng.choice(home if home and number % 3 == 0 else people)
        near = [block for block in self.blocks if block.code.startswith(area)]
        if level == Visit.Level.DISTRICT and number % 2 == 0:
            near = [block for block in near if block.code.startswith(HOME_STREET)]
        return person, self.rng.choice(near)


def load_visits(*, now: dt.datetime, seed: int) -> int:
    """Make them; returns how many visits and meetings there are."""
    cast = _cast(now, seed)
    for number in range(DONE + TALKS):
        _done(cast, number, is_talk=number >= DONE)
    for number in range(LATE):
        _planned(cast, number, _working_day(cast.today, -1 - number))
    for number in range(PLANNED):
        _planned(cast, number, _working_day(cast.today, number // 4) if number >= 4 else cast.today)
    for number in range(TALKS_PLANNED):
        _planned(cast, number, _working_day(cast.today, 2 + number), is_talk=True)
    _called_off(cast)
    return DONE + LATE + PLANNED + TALKS + TALKS_PLANNED + 1


def _cast(now: dt.datetime, seed: int) -> _Cast:
    on = clock.local_date(now)
    cast = _Cast(now, random.Random(seed + 27))
    cast.blocks = list(Block.objects.in_force(on).defer("boundary").order_by("code"))
    cast.names = dict(Category.objects.values_list("code", "name"))
    level = {
        Unit.Kind.DEPARTMENT: Visit.Level.DISTRICT,
        Unit.Kind.COMMUNITY: Visit.Level.COMMUNITY,
        Unit.Kind.STREET: Visit.Level.STREET,
        Unit.Kind.OFFICE: Visit.Level.STREET,
        Unit.Kind.PLATFORM: Visit.Level.STREET,
    }
    seats = Membership.objects.on(on).filter(unit__kind__in=list(level)).select_related("unit", "user")
    for seat in seats.order_by("pk"):
        if seat.unit.area:
            kept = cast.people.setdefault(level[Unit.Kind(seat.unit.kind)].value, [])
            kept.append((seat.user, seat.unit.area))
    return cast


def _working_day(today: dt.date, away: int) -> dt.date:
    """A day from Monday to Friday, so many days away or a little more."""
    day, step = today + dt.timedelta(days=away), dt.timedelta(days=-1 if away < 0 else 1)
    while day.weekday() > 4:
        day += step
    return day


def _plan(cast: _Cast, number: int, day: dt.date, *, is_talk: bool, login: str = "") -> tuple[Visit, User]:
    levels = ("street", "community", "street", "district", "community")
    level = levels[number % len(levels)]
    person, block = cast.goes(level, number)
    if login:
        person = User.objects.get(username=login)
        block = next(one for one in cast.blocks if one.code.startswith(HOME_STREET))
        level = "street"
    at = min(clock.day_start(day) - dt.timedelta(days=2, hours=-9), cast.now)
    visit = plan_visit(
        kind="open_talk" if is_talk else "visit",
        block=block,
        cadres=[person],
        level=level,
        role="" if is_talk else list(Visit.Role.values)[number % 4],
        planned_for=day,
        place=cast.rng.choice(_PLACES) if is_talk else "",
        source="demo",
        **_who(person, at),
    )
    return visit, person


def _who(person: User, at: dt.datetime) -> dict[str, Any]:
    return {"by": person, "at": at, "actor": Actor(id=person.pk, name=person.name)}


def _planned(cast: _Cast, number: int, day: dt.date, *, is_talk: bool = False) -> None:
    """The first of today is the log-in's own."""
    login = "handler" if day == cast.today and number == 0 else ""
    with contextlib.suppress(Refusal):  # the same person in the same block on the same day
        _plan(cast, number, day, is_talk=is_talk, login=login)


def _called_off(cast: _Cast) -> None:
    visit, person = _plan(cast, 7, _working_day(cast.today, -4), is_talk=False)
    at = min(clock.day_start(visit.planned_for) + dt.timedelta(hours=8), cast.now)
    cancel_visit(visit=visit, reason="防汛值守，全员在岗，改期另行安排。", **_who(person, at))


def _done(cast: _Cast, number: int, *, is_talk: bool) -> None:
    """Recorded in the afternoon of its day; two thirds of what was found became cases, the older ones closed."""
    rng = cast.rng
    day = _working_day(cast.today, -1 - (number * 27) // (DONE + TALKS))
    visit, person = _plan(cast, number, day, is_talk=is_talk, login="handler" if number == 5 else "")
    at = min(clock.day_start(day) + dt.timedelta(hours=16, minutes=rng.randrange(90)), cast.now)
    findings = [_finding(cast, number + place) for place in range(rng.choice((0, 1, 1, 2)) + 2 * is_talk)]
    numbers: dict[str, Any] = (
        {"attendance": rng.randrange(12, 46)} if is_talk else {"households": rng.randrange(4, 26)}
    )
    record_visit(
        visit=visit,
        held_on=day,
        summary=rng.choice(_SUMMARIES[visit.role]),
        findings=findings,
        **numbers,
        **_who(person, at),
    )
    for finding in visit.findings.order_by("no"):
        if not finding.solved and rng.random() < 0.66:
            case = report_finding(
                finding=finding,
                category=finding.category_code,
                description=finding.text,
                by=By(person, Actor(id=person.pk, name=person.name)),
                at=min(at + dt.timedelta(minutes=20), cast.now),
            )
            with contextlib.suppress(Refusal):
                _handle(cast, case, at + dt.timedelta(minutes=25), closes=(cast.today - day).days > 3)


def _finding(cast: _Cast, number: int) -> NewFinding:
    kind = _KINDS[number % len(_KINDS)]
    code = cast.rng.choice(_FOUND[kind])
    text = texts.describe(code, cast.names.get(code, ""), cast.rng)
    return NewFinding(kind, text, code, solved=number % 5 == 0)


def _handle(cast: _Cast, case: Case, at: dt.datetime, *, closes: bool) -> None:
    """Through the loop as far as its age goes."""
    dispatch_by_rule(case_id=case.pk, at=min(at, cast.now))
    case.refresh_from_db()
    holder = case.assignee or _member_of(case)
    if not closes or holder is None:
        return
    steps: Sequence[tuple[str, User | None, dict[str, Any]]] = (
        ("sign", holder, {}),
        ("hand-back", holder, {"result": texts.answer(case.category_id, cast.rng)}),
        ("evaluate", None, {"effective": True, "comment": "现场查看，效果良好。"}),
    )
    for place, (name, who, data) in enumerate(steps):
        case.refresh_from_db()
        person = who or case.evaluator
        if person is None:
            return
        moment = min(at + dt.timedelta(hours=1 + 17 * place), cast.now)
        by = By(person, Actor(id=person.pk, name=person.name))
        move(case_id=case.pk, name=name, by=by, at=moment, data=data)


def _member_of(case: Case) -> User | None:
    seats = Membership.objects.filter(unit=case.lead_unit).select_related("user").order_by("-pk")
    seat = seats.first() if case.lead_unit_id else None
    return seat.user if seat else None
