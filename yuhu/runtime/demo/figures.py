"""The demo's outside figures and follow-up calls. Two numbers of the published report are kept: criminal cases fell by
11.95%, and general public budget spending by 510 million yuan by October 2022; everything else is invented.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from cases.actions import follow_ups
from cases.actions.base import By
from cases.actions.outside import Published, check, correct, enter, send_back
from cases.models import FollowUpCall
from cases.outside import Outside, Span
from staffing.models import Membership, Unit, User
from staffing.posts import Function
from yuhu.journal.actions import Actor
from yuhu.kit import clock
from yuhu.kit.exceptions import Refusal

DISTRICT, HOME_STREET = "430302", "430302001"
FINANCE, MARKET, ORDER, PARTY = "区财政局", "区市场监督管理局", "市公安局雨湖分局", "区委组织部"
# From January to October of 2021 and of 2022; who publishes it, and who enters it.
_YEARS: tuple[tuple[Outside, str, str, str], ...] = (
    (Outside.SPENDING, FINANCE, "284600", "233600"),
    (Outside.CRIMINAL_CASES, ORDER, "2000", "1761"),
    (Outside.ENTITIES_NEW, MARKET, "5820", "6944"),
    (Outside.ENTITIES_CANCELLED, MARKET, "2110", "1986"),
    (Outside.ENTERPRISE_REQUESTS, MARKET, "412", "655"),
    (Outside.ALLIANCE_DUE, PARTY, "", "720"),
    (Outside.ALLIANCE_DONE, PARTY, "", "702"),
    (Outside.MEMBERS_DUE, PARTY, "", "9600"),
    (Outside.MEMBERS_CAME, PARTY, "", "9120"),
)
# The last weeks of the demo's history.
_WEEKS = (dt.date(2022, 10, 10), dt.date(2022, 10, 17))


def load_figures(*, now: dt.datetime, seed: int) -> int:
    """Figures of the report's year beside the year before, a correction, and some that wait. Returns how many."""
    leader = _seated(Unit.objects.get(code=DISTRICT), Membership.Role.LEADER)
    made = 0
    for kind, publisher, before, after in _YEARS:
        by = _by(_head_of(publisher))
        for year, value in ((2021, before), (2022, after)):
            if value:
                row = enter(published=_october(kind, year, value, publisher), by=by, at=now, source="demo")
                check(figure=row, by=_by(leader), at=now)
                made += 1
    _correction(leader, now)
    return made + _waiting(now)


def load_calls(*, now: dt.datetime, seed: int) -> int:
    """Draw the last weeks of the history, and call some: whoever rated keeps the own rating, so the report's rate of
    satisfaction stays as it was. Returns how many are drawn."""
    for street in (
        Unit.objects.filter(kind=Unit.Kind.STREET).order_by("code").values_list("street", flat=True)
    ):
        for week in _WEEKS:
            follow_ups.draw(street=str(street), week=week, at=now, source="demo")
    rows = FollowUpCall.objects.select_related("draw__unit", "case").order_by("draw__street", "pk")
    ends = ("no_answer", "refused", "", "", "no_answer", "wrong_number", "")
    for number, call in enumerate(rows):
        rated = call.reason == FollowUpCall.Reason.DISSATISFIED
        _call(call, "reached" if rated else ends[number % len(ends)], now)
    return len(rows)


def _call(call: FollowUpCall, outcome: str, now: dt.datetime) -> None:
    platform = call.draw.unit
    if not outcome or platform is None:
        return
    who: dict[str, Any] = {"by": _by(_seated(platform, Membership.Role.DUTY_OFFICER)), "at": now}
    answer: dict[str, Any] = {}
    if outcome == "reached":
        answer = {"solved": "partly", "satisfaction": "basically_satisfied", "comment": "后续又来看过一次。"}
    try:
        follow_ups.take(call=call, **who)
        follow_ups.record_call(call=call, outcome=outcome, **answer, **who)
    except Refusal:
        return  # whoever evaluated it does not call


def _correction(leader: User, now: dt.datetime) -> None:
    """A figure of September that was corrected: the first one stays readable."""
    by = _by(_head_of(FINANCE))
    wrong = Published(
        *(Outside.SPENDING, DISTRICT, Span.MONTH, 2022, 9, Decimal("21380")),
        *(FINANCE, "2022年9月财政收支快报（演示）"),
    )
    row = enter(published=wrong, by=by, at=now, source="demo")
    check(figure=row, by=_by(leader), at=now)
    new = correct(
        figure=row, value=Decimal("21830"), published_by=FINANCE, document="更正后的快报（演示）",
        why="数字抄写颠倒，按更正后的快报重录。", by=by, at=now,
    )  # fmt: skip
    check(figure=new, by=_by(leader), at=now)


def _waiting(now: dt.datetime) -> int:
    """Last month's of the home street: one waits for its leader, one was sent back."""
    ended = clock.local_date(now).replace(day=1) - dt.timedelta(days=1)
    street = Unit.objects.get(code=HOME_STREET)
    platform = Unit.objects.performing(Function.COORDINATES, street=HOME_STREET, day=clock.local_date(now))[0]
    by, leader = (
        _by(_seated(platform, Membership.Role.DUTY_OFFICER)),
        _by(_seated(street, Membership.Role.LEADER)),
    )
    rows = []
    for kind, value in ((Outside.CRIMINAL_CASES, "14"), (Outside.ENTERPRISE_REQUESTS, "390")):
        new = Published(
            *(kind, HOME_STREET, Span.MONTH, ended.year, ended.month, Decimal(value)),
            *("街道综合协调平台", "月报（演示）"),
        )
        rows.append(enter(published=new, by=by, at=now, source="demo"))
    send_back(figure=rows[-1], remark="与企业服务台账不符，请核对后重录。", by=leader, at=now)
    return len(rows)


def _october(kind: Outside, year: int, value: str, publisher: str) -> Published:
    document = f"{year}年1—10月统计月报（演示）"
    return Published(kind, DISTRICT, Span.YEAR_TO_DATE, year, 10, Decimal(value), publisher, document)


def _head_of(department: str) -> User:
    """Of the department, or of the first one where the demo's list has none of this name."""
    units = Unit.objects.filter(kind=Unit.Kind.DEPARTMENT).order_by("code")
    return _seated(units.filter(name=department).first() or units[0], Membership.Role.HEAD)


def _seated(unit: Unit, role: str) -> User:
    return Membership.objects.filter(unit=unit, role=role).select_related("user").order_by("pk")[0].user


def _by(user: User) -> By:
    return By(user, Actor(id=user.pk, name=user.name))
