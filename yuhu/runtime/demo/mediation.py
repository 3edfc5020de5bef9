"""Some mediations of the demo's disputes, one in every stage, made by the same actions as real ones."""

import contextlib
import datetime as dt
from typing import Any

from cases.actions import mediation
from cases.actions.base import By
from cases.models import Case, Mediation
from staffing.actions import join
from staffing.models import Membership, Unit, User
from yuhu.journal.actions import SYSTEM, Actor
from yuhu.kit import clock
from yuhu.kit.exceptions import Refusal
from yuhu.runtime.demo.names import Names

JUSTICE = "区司法局"
_SESSION = "双方就赔偿金额和施工时间各自说明情况，约定下周再次调解。"
_AGREEMENT = (
    "被申请人于约定日期前修复漏水点，并一次性补偿申请人人民币一千五百元，双方不再就此事提出其他要求。"
)
# What happens to each dispute, in turn.
_STAGES = ("running", "agreed", "performed", "confirmed", "failed", "refused", "referred")


def load_mediation(*, now: dt.datetime, seed: int) -> int:
    """Seat mediators in every community and in the justice department, and mediate disputes. Returns how many."""
    _seat(now)
    names, made = Names(seed), 0
    disputes = Case.objects.open().filter(category__kind="dispute").exclude(block=None).order_by("pk")
    for case, stage in zip(disputes, _STAGES * 2, strict=False):
        with contextlib.suppress(Refusal):
            _mediate(case, stage, now, names)
            made += 1
    Mediation.objects.filter(source="").update(source="demo")
    return made


def _seat(now: dt.datetime) -> None:
    role, today = Membership.Role, clock.local_date(now)
    units = Unit.objects.filter(kind=Unit.Kind.COMMUNITY) | Unit.objects.filter(name=JUSTICE)
    heads = {
        seat.unit_id: seat.user
        for seat in Membership.objects.on(today).filter(unit__in=units, role=role.HEAD).select_related("user")
    }
    for unit in units.order_by("code"):
        if unit.pk in heads:
            join(unit=unit, user=heads[unit.pk], role=role.MEDIATOR, starts_on=today, at=now, actor=SYSTEM)


def _mediator(unit: Unit) -> User:
    return Membership.objects.filter(unit=unit, role=Membership.Role.MEDIATOR).select_related("user")[0].user


def _by(user: User) -> By:
    return By(user, Actor(id=user.pk, name=user.name))


def _mediate(case: Case, stage: str, now: dt.datetime, names: Names) -> None:
    unit = Unit.objects.get(kind=Unit.Kind.COMMUNITY, community=case.community_code)
    mediator = _mediator(unit)
    officer = Membership.objects.filter(
        unit__street=case.street_code, unit__kind=Unit.Kind.PLATFORM, role=Membership.Role.DUTY_OFFICER
    ).select_related("user")[0]
    row = mediation.open_mediation(
        case=case,
        kind="people",
        basis="request",
        unit=unit,
        mediator=mediator,
        by=_by(officer.user),
        at=now,
    )
    who: dict[str, Any] = {"mediation": row, "by": _by(mediator), "at": now}
    sides = [
        mediation.add_mediation_party(side=side, name=names.next(), phone=names.phone(), **who)
        for side in ("applicant", "respondent")
    ]
    if stage == "refused":
        mediation.note_consent(party=str(sides[1].pk), consents=False, **who)
        return
    for side in sides:
        mediation.note_consent(party=str(side.pk), consents=True, **who)
    mediation.hold_session(text=_SESSION, **who)
    if stage == "failed":
        mediation.fail(text="双方分歧较大，申请人表示将向人民法院起诉。", told=True, **who)
    elif stage == "referred":
        justice = Unit.objects.get(name=JUSTICE)
        other: dict[str, Any] = {"kind": "administrative", "unit": justice, "mediator": _mediator(justice)}
        mediation.refer(text="纠纷涉及行政管理事项，移送行政调解。", **other, **who)
    elif stage != "running":
        _agree(stage, who, clock.local_date(now))


def _agree(stage: str, who: dict[str, Any], today: dt.date) -> None:
    by_then = today + dt.timedelta(days=14)
    agreement: dict[str, Any] = {"form": "written", "signed": True, "agreed_on": today, "perform_by": by_then}
    mediation.agree(text=_AGREEMENT, **agreement, **who)
    if stage == "performed":
        mediation.note_performance(performance="performed", text="回访确认已履行。", **who)
    if stage == "confirmed":
        mediation.ask_confirmation(asked_on=today, **who)
