"""The demo of lists and streets' rights: a draft that differs from the list in force, and three consultations.

Made by the same actions as real rows, with the demo's people. Leaves to others: the lists themselves (duties.actions).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from blocks.models import Street
from duties.actions import (
    Plan,
    add_item,
    answer_consultation,
    assess,
    change_item,
    close_consultation,
    draft_consultation,
    escalate_silence,
    open_consultation,
    remove_item,
    reply_to_answer,
    sign_answer,
    start_draft,
)
from duties.models import DEMO, Consultation, DutyItem, DutyList, StreetAnswer
from staffing.models import Membership, Unit, User
from yuhu.journal.actions import SYSTEM, Actor
from yuhu.kit import clock

HOME_STREET = "430302001"
_CHANGES: dict[str, dict[str, object]] = {
    "R1101": {"cooperating": "区城市管理和综合执法局；市公安局交警支队辖区大队"},
    "R0501": {"lead": "街道办事处", "basis": "湘民发〔2020〕41号"},
    "R0701": {"office": "便民服务中心"},
}
_ADDED = ("R1302", "统筹12345热线工单的街道承办、回访和销号")
_REMOVED = "R0703"
_Role = Membership.Role


@dataclass(frozen=True)
class _Said:
    """What one street answers, what the department replies, and how the street assesses."""

    position: str
    comment: str = ""
    proposal: str = ""
    outcome: str = ""
    reply: str = ""
    score: int = 0
    remark: str = ""


_OPEN = Plan(
    title="农贸市场周边流动摊贩疏导点设置方案",
    about=(
        "拟在全区设置6处临时疏导点，规范农贸市场周边早市、夜市经营秩序。"
        "请各街道就选址、经营时段、保洁和管理责任提出意见，并说明本街道可以提供的场地。"
    ),
    due_on=dt.date.min,
    streets=(),
    basis="湖南省市场监管领域有关规定（演示）",
)
_OVERDUE = Plan(
    title="小餐饮集中区油烟治理三年计划（征求意见稿）",
    about="计划分三年完成小餐饮集中区油烟净化设施改造。请各街道核对辖区餐饮门店底数，对年度任务安排提出意见。",
    due_on=dt.date.min,
    streets=(),
)
_CLOSED = Plan(
    title="2026年老旧小区便民市场改造项目清单",
    about="本年度拟改造便民市场5处，请各街道就项目排序、施工时间和过渡安置提出意见和建议。",
    due_on=dt.date.min,
    streets=(),
    basis="区政府2026年民生实事安排（演示）",
)
_IN_OPEN = (
    _Said("agree", proposal="建议疏导点经营时段延长至晚十点，并由市场监管所与街道共同排班巡查。"),
    _Said("conditions", "同意选址，但需先落实保洁经费。", "请明确保洁经费由区级财政承担，费随事转。"),
    _Said("agree", "无意见，本街道可提供建设路东侧空地一处。"),
)
_IN_OVERDUE = (_Said("agree"), _Said("agree", "底数已核对，共计门店126家。"))
_IN_CLOSED = (
    _Said("agree", "", "建议先安排临时过渡摊位再施工。", "adopted", "", 5, "过渡安置到位，商户反映好。"),
    _Said(
        "conditions", "施工应避开中高考期间。", "施工时间改在七月之后。", "partly",
        "居民区内的项目七月后施工，主干道两处因汛期须在五月前完成。", 4,
    ),
    _Said("object", "项目排序未考虑居民意见。", "将站前便民市场调整到首批。", "not_adopted",
          "该处产权纠纷尚在诉讼中，暂不具备施工条件，已列入下一年度计划。", 3),
    _Said("agree", score=4),
)  # fmt: skip


def load_lists(*, now: dt.datetime, seed: int) -> int:
    """Make the draft and the consultations as they stand at ``now``. Returns how many rows a person would notice.

    ``seed`` changes nothing: all texts are written out.
    """
    _draft_of_a_list(now)
    department = Unit.objects.get(kind=Unit.Kind.DEPARTMENT, name="区市场监督管理局")
    streets = list(Street.objects.defer("boundary").order_by("code"))
    others = [street for street in streets if street.code != HOME_STREET]
    maker = _Maker(department, now)
    _in_progress(maker, streets, others)
    _late(maker, streets, others)
    _ended(maker, streets)
    return 1 + Consultation.objects.count()


def _draft_of_a_list(now: dt.datetime) -> None:
    """The next responsibility list: items changed, one new, one gone."""
    current = DutyList.objects.in_force(clock.local_date(now)).get(kind=DutyList.Kind.RESPONSIBILITY)
    who: dict[str, Any] = {"at": now - dt.timedelta(days=2), "actor": SYSTEM}
    first_of_next_year = dt.date(clock.local_date(now).year + 1, 1, 1)
    draft = start_draft(list_id=current.pk, effective_from=first_of_next_year, source=DEMO, **who)
    items = {item.code: item for item in DutyItem.objects.filter(list=draft)}
    for code, changes in _CHANGES.items():
        change_item(item_id=items[code].pk, changes=changes, **who)
    remove_item(item_id=items[_REMOVED].pk, **who)
    code, name = _ADDED
    add_item(list_id=draft.pk, code=code, name=name, category="综合政务", lead="街道办事处", **who)


@dataclass(frozen=True)
class _Maker:
    """Acts as the people of the department and of the streets, some days before ``now``."""

    department: Unit
    now: dt.datetime

    def when(self, days: float) -> dt.datetime:
        return self.now - dt.timedelta(days=days)

    def opened(self, plan: Plan, streets: Sequence[Street], *, ago: float, due_in: int) -> Consultation:
        member = _seated(self.department, _Role.MEMBER)
        due_on = clock.local_date(self.now) + dt.timedelta(days=due_in)
        full = Plan(plan.title, plan.about, due_on, streets, plan.basis)
        who: dict[str, Any] = {"by": member, "at": self.when(ago), "actor": _actor(member)}
        return open_consultation(
            consultation=draft_consultation(unit=self.department, plan=full, **who), **who
        )

    def prepared(self, row: Consultation, street: Street, said: _Said, *, ago: float) -> StreetAnswer:
        officer = _seated(Unit.objects.get(code=f"{street.code}-coordination"), _Role.DUTY_OFFICER)
        return answer_consultation(
            answer=StreetAnswer.objects.get(consultation=row, street=street),
            position=said.position,
            comment=said.comment,
            proposal=said.proposal,
            by=officer,
            at=self.when(ago),
            actor=_actor(officer),
        )

    def answered(self, row: Consultation, street: Street, said: _Said, *, ago: float) -> StreetAnswer:
        answer = self.prepared(row, street, said, ago=ago)
        leader = _seated(Unit.objects.get(code=street.code), _Role.LEADER)
        return sign_answer(answer=answer, by=leader, at=self.when(ago - 0.1), actor=_actor(leader))

    def replied(self, answer: StreetAnswer, said: _Said, *, ago: float) -> None:
        head = _seated(self.department, _Role.HEAD)
        who: dict[str, Any] = {"by": head, "at": self.when(ago), "actor": _actor(head)}
        reply_to_answer(answer=answer, outcome=said.outcome, reply=said.reply, **who)

    def assessed(self, answer: StreetAnswer, said: _Said, *, ago: float) -> None:
        leader = _seated(Unit.objects.get(code=answer.street_id), _Role.LEADER)
        who: dict[str, Any] = {"by": leader, "at": self.when(ago), "actor": _actor(leader)}
        assess(answer=answer, score=said.score, remark=said.remark, **who)


def _in_progress(maker: _Maker, streets: Sequence[Street], others: Sequence[Street]) -> None:
    """Three streets have answered, one proposal waits for its reply, the home street's answer for its leader."""
    row = maker.opened(_OPEN, streets, ago=4, due_in=6)
    for street, said in zip(others, _IN_OPEN, strict=False):
        answer = maker.answered(row, street, said, ago=2)
        if said.proposal and said.position == "agree":
            adopted = _Said(said.position, outcome="adopted", reply="经营时段按建议调整，排班表另行印发。")
            maker.replied(answer, adopted, ago=1)
    home = next(street for street in streets if street.code == HOME_STREET)
    said = _Said(
        "conditions", "雨湖路沿线人流密集，疏导点不宜占用消防通道。", "请将雨湖路疏导点改设在体育场西侧空地。"
    )
    maker.prepared(row, home, said, ago=0.5)


def _late(maker: _Maker, streets: Sequence[Street], others: Sequence[Street]) -> None:
    """Two have answered, the others are late, and their leaders have been told."""
    row = maker.opened(_OVERDUE, streets, ago=12, due_in=-2)
    for street, said in zip(others, _IN_OVERDUE, strict=False):
        maker.answered(row, street, said, ago=5)
    for key in row.answers.filter(signed_at__isnull=True).order_by("pk").values_list("pk", flat=True):
        escalate_silence(answer_id=key, at=maker.when(1))


def _ended(maker: _Maker, streets: Sequence[Street]) -> None:
    """Answered, replied to, closed, and assessed by all but one."""
    asked = streets[: len(_IN_CLOSED) + 1]
    row = maker.opened(_CLOSED, asked, ago=60, due_in=-45)
    answers = []
    for street, said in zip(asked, _IN_CLOSED, strict=False):
        answer = maker.answered(row, street, said, ago=50)
        answers.append((answer, said))
        if said.outcome:
            maker.replied(answer, said, ago=46)
    maker.answered(row, asked[-1], _Said("agree"), ago=48)
    head = _seated(maker.department, _Role.HEAD)
    close_consultation(consultation=row, by=head, at=maker.when(40), actor=_actor(head))
    for answer, said in answers:
        maker.assessed(answer, said, ago=10)


def _seated(unit: Unit, role: str) -> User:
    seats = Membership.objects.filter(unit=unit, role=role).select_related("user")
    return seats.order_by("pk")[0].user


def _actor(user: User) -> Actor:
    return Actor(id=user.pk, name=user.name)
