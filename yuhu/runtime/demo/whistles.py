"""Fourteen whistles of the demo, in every stage, on its open hard cases: made by the same actions as real ones."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cases.actions.base import By
from cases.actions.whistles import department, street
from cases.models import Case, Whistle, WhistleCall
from cases.states import State
from staffing.models import Membership, Unit, User
from yuhu.journal.actions import Actor

HOME_STREET = "430302001"
MARKET, CITY, BUILDING = "区市场监督管理局", "区城市管理和综合执法局", "区住房和城乡建设局"
_ROLE = Membership.Role
_HARD, _JOINT, _EMERGENCY = (kind.value for kind in Whistle.Kind)


@dataclass(frozen=True)
class Plan:
    """One whistle: its kind, how far it comes, and which departments come beside the one that leads such matters."""

    play: str
    kind: str = _HARD
    at_home: bool = True
    others: tuple[str, ...] = ()


# In the order in which they take cases: what has come far needs the oldest.
PLANS = (
    *(Plan("done"), Plan("cleared"), Plan("reported"), Plan("checked_in"), Plan("emergency", _EMERGENCY)),
    *(
        Plan("called"),
        Plan("joint", _JOINT, others=(MARKET, CITY, BUILDING)),
        Plan("excused", others=(CITY, BUILDING)),
    ),
    *(Plan("explained"), Plan("asked"), Plan("declined")),
    *(Plan("done", at_home=False), Plan("silent", _EMERGENCY, at_home=False), Plan("asked", at_home=False)),
)
# Why the street cannot do it alone, and the task, by kind or by branch of the category.
_TEXTS = {
    _EMERGENCY: ("现场有安全隐患，已先行疏散周边群众。", "立即到场排险，消除隐患。"),
    _JOINT: ("问题反复出现，需多部门联合执法。", "携执法文书到场，分工取证、责令整改。"),
    "11": ("同一商户被多次投诉，街道约谈无效且无执法权。", "核查经营主体资质，依法处置并答复投诉人。"),
    "04": ("工地夜间施工屡劝不止，街道无执法权。", "查处违规施工，约谈建设单位。"),
    "02": ("占道问题反复回潮，街道无处罚权。", "到场执法，研究长效管理措施。"),
    "03": ("设施权属不清，街道无维修职责。", "明确管养责任，提出修复方案和时限。"),
}
_OTHERWISE = ("问题涉及多家单位职责，街道难以单独解决。", "派员到场核实，明确责任单位和处置时限。")
_COMMENTS = {5: "到场及时，处置到位。", 4: "处置较好。", 3: "按要求完成，跟进可再快些。"}


@dataclass
class Play:
    """One whistle on its way to the stage that it shall show."""

    plan: Plan
    case: Case
    start: dt.datetime
    now: dt.datetime
    rng: random.Random

    def at(self, share: float) -> dt.datetime:
        """A moment between the beginning and now."""
        return self.start + (self.now - self.start) * share

    def street_person(self, role: str, kind: str, office: str = "") -> By:
        seats = Membership.objects.filter(unit__street=self.case.street_code, unit__kind=kind, role=role)
        seats = seats.filter(unit__office_code=office) if office else seats
        return _by(seats.select_related("user").order_by("pk")[0].user)

    @property
    def officer(self) -> By:
        return self.street_person(_ROLE.DUTY_OFFICER, Unit.Kind.PLATFORM, "rapid_response")

    @property
    def leader(self) -> By:
        return self.street_person(_ROLE.LEADER, Unit.Kind.STREET)

    def ask(self) -> Whistle:
        plan, lead = self.plan, self.case.category.lead_unit
        is_department = lead is not None and lead.kind == Unit.Kind.DEPARTMENT
        names = dict.fromkeys([lead.name if lead is not None and is_department else CITY, *plan.others])
        reason, task = _TEXTS.get(plan.kind) or _TEXTS.get(self.case.category_id[:2], _OTHERWISE)
        joint = plan.kind == _JOINT
        return street.ask(
            case=self.case,
            kind=plan.kind,
            reason=reason,
            units=[Unit.objects.get(name=name, kind=Unit.Kind.DEPARTMENT) for name in names],
            task=task,
            by=self.officer,
            at=self.at(0.1),
            gather_at=self.now + dt.timedelta(hours=20) if joint else None,
            place="街道办事处一楼会议室" if joint else "",
        )

    def called(self) -> Whistle:
        whistle = self.ask()
        return street.approve(whistle=whistle, reason="同意吹哨。", by=self.leader, at=self.at(0.2))

    def checked_in(self, *, but: int = 0) -> Whistle:
        """All but the last ``but`` departments check in."""
        whistle = self.called()
        calls = _calls(whistle)
        for call in calls[: len(calls) - but]:
            who = _worker(call)
            coming = f"{who.actor.name}等2人"
            department.check_in(call=call, coming=coming, by=who, at=self.at(0.3))
        return whistle

    def reported(self) -> Whistle:
        whistle = self.checked_in()
        for call in _calls(whistle):
            who = _worker(call)
            department.attend(call=call, attended=True, proof="现场签到表。", by=who, at=self.at(0.45))
            department.give_result(call=call, result="已现场处置，责令限期整改。", by=who, at=self.at(0.6))
        return whistle

    def cleared(self) -> Whistle:
        whistle = self.reported()
        return street.clear(whistle=whistle, reason="问题已处置，销哨。", by=self.officer, at=self.at(0.7))


def _by(user: User) -> By:
    return By(user, Actor(id=user.pk, name=user.name))


def _calls(whistle: Whistle) -> list[WhistleCall]:
    return list(whistle.calls.select_related("unit", "whistle").order_by("pk"))


def _worker(call: WhistleCall) -> By:
    seats = Membership.objects.filter(unit=call.unit, role=_ROLE.MEMBER).select_related("user")
    return _by(seats.order_by("pk")[0].user)


def _emergency(play: Play) -> None:
    play.start = max(play.case.reported_at, play.now - dt.timedelta(minutes=12))
    play.ask()


def _explained(play: Play) -> None:
    for call in _calls(play.called()):
        text = "该路段由市级管养，已函告市政单位。"
        department.explain(call=call, explanation=text, by=_worker(call), at=play.at(0.4))


def _excused(play: Play) -> None:
    call = _calls(play.checked_in(but=1))[-1]
    text = "排污口清理已于上周完成，附现场照片编号。"
    department.explain(call=call, explanation=text, by=_worker(call), at=play.at(0.4))
    street.decide_explanation(call=call, accept=True, reason="情况属实。", by=play.officer, at=play.at(0.5))


def _done(play: Play) -> None:
    for call in _calls(play.cleared()):
        score = play.rng.choice((5, 5, 4, 3))
        comment = _COMMENTS[score]
        street.rate_department(call=call, score=score, comment=comment, by=play.officer, at=play.at(0.8))
        given = {"justified": play.rng.choice((5, 4)), "prepared": play.rng.choice((5, 4, 3))}
        department.rate_street(call=call, **given, comment="", by=_worker(call), at=play.at(0.9))


def _declined(play: Play) -> None:
    street.decline(whistle=play.ask(), reason="属街道日常职责，请先行处置。", by=play.leader, at=play.at(0.5))


_PLAYS: dict[str, Callable[[Play], object]] = {
    "asked": Play.ask,
    "emergency": _emergency,
    "called": Play.called,
    "silent": Play.called,
    "checked_in": Play.checked_in,
    "explained": _explained,
    "excused": _excused,
    "joint": lambda play: play.checked_in(but=1),
    "reported": Play.reported,
    "cleared": Play.cleared,
    "done": _done,
    "declined": _declined,
}


def _open_cases(*, at_home: bool) -> Iterator[Case]:
    """Matters of the demo's own department first, then other hard ones (path whistle), each the oldest first."""
    states = [State.DISPATCHED, State.IN_PROGRESS]
    rows = Case.objects.filter(state__in=states, restricted=False, block__isnull=False)
    rows = rows.filter(street_code=HOME_STREET) if at_home else rows.exclude(street_code=HOME_STREET)
    rows = rows.select_related("category__lead_unit")
    yield from sorted(
        rows,
        key=lambda case: (case.category_id[:2] != "11", case.path != "whistle", case.reported_at, case.pk),
    )


def load_whistles(*, now: dt.datetime, seed: int) -> int:
    """Whistle for open cases; returns how many whistles there are. Those that have come far take the oldest cases."""
    rng = random.Random(seed)
    cases = {place: _open_cases(at_home=place) for place in (True, False)}
    made = 0
    for plan in PLANS:
        case = next(cases[plan.at_home], None)
        if case is None:
            continue
        start = max(case.dispatched_at or case.reported_at, now - dt.timedelta(days=4))
        _PLAYS[plan.play](Play(plan, case, start, now, rng))
        made += 1
    return made
