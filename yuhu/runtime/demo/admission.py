"""The demo of admissions and off-list reports: requests in every state, decided both ways, and three reports.

Made by the same actions as real rows, with the demo's people. Leaves to others: the lists (duties.actions).
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from blocks.models import Street
from duties.actions import (
    Pushed,
    Resources,
    Task,
    approve_admission,
    confirm_report,
    decline_admission,
    dismiss_report,
    report_off_list,
    submit_admission,
    take_up_report,
    warn_of_end,
    withdraw_admission,
)
from duties.models import Admission, DutyItem, DutyList, Level, OffListReport
from staffing.models import Membership, Unit, User
from yuhu.journal.actions import Actor
from yuhu.kit import clock

HOME_STREET = "430302001"
_Role, _Kind = Membership.Role, DutyList.Kind
_MARKET = "区市场监督管理局"


@dataclass(frozen=True)
class _Wish:
    """One request: who asks, how many days ago, for days from and to (counted from today), and what becomes of it."""

    unit: str
    title: str
    reason: str
    basis: str
    ago: int
    days: tuple[int, int]
    level: str = Level.STREET
    kind: str = _Kind.COOPERATION
    streets: int = 0
    item: str = ""
    said: Resources = field(default_factory=Resources)
    outcome: str = ""
    words: str = ""


_WISHES = (
    _Wish(
        "区文旅广体局", "社区健身路径器材季度巡检", "器材点多面广，需街道组织网格力量发现损坏并报修。",
        "《全民健身条例》第三十条", 230, (-200, -40),
        said=Resources(8, "每街道聘用巡检员1名", Decimal(48_000), "区体彩公益金列支，按季拨付街道"),
        outcome="approve", words="器材维修仍由区文旅广体局负责；巡检经费于每季度首月拨付到位。",
    ),
    _Wish(
        "区商务局", "惠民消费券入户宣传任务",
        "扩大消费券知晓率，请社区逐户发放宣传单。", "区政府促消费工作方案（演示）",
        150, (-140, 30), Level.COMMUNITY, _Kind.ASSIST,
        said=Resources(0, "利用现有社区力量", Decimal(0), "宣传单由我局印制"),
        outcome="decline", words="逐户发放属变相摊派，且未配套人员和经费。请改由商户和线上渠道宣传。",
    ),
    _Wish(
        "区统计局", "第五次全国经济普查入户登记", "国家统一部署的普查，需街道选聘普查员入户登记。",
        "《全国经济普查条例》第二十四条", 120, (-110, 18),
        said=Resources(96, "按每街道12名选聘普查员，由区统计局培训", Decimal(384_000), "普查专项经费，已列入区级预算"),
        outcome="approve", words="普查员劳务费由区统计局直接发放；不得另行要求街道报送台账。",
    ),
    _Wish(
        "区卫生健康局", "适龄妇女两癌免费筛查组织动员", "请社区通知并组织适龄妇女到指定机构筛查。",
        "湖南省重点民生实事项目（演示）", 70, (-60, 200), Level.COMMUNITY, _Kind.ASSIST,
        said=Resources(0, "社区卫生服务中心派人驻点，不需社区增员", Decimal(62_500), "按每名完成筛查者5元补助社区"),
        outcome="approve", words="只通知和引导，不得下达筛查人数指标，不得要求社区垫付费用。",
    ),
    _Wish(
        _MARKET, "投诉小程序注册推广任务",
        "提高小程序注册率，请各街道按户籍人口的三成完成注册。", "我局年度重点工作安排",
        40, (-35, 60), said=Resources(0, "由街道干部兼做", Decimal(0), "无需经费"),
        outcome="decline", words="以网络注册数量评价街道社区工作，违反减负清单精神，不予准入。",
    ),
    _Wish(
        _MARKET, "餐饮单位公筷公勺使用检查",
        "配合文明餐桌行动，请街道每周检查辖区餐饮单位。", "《湖南省文明行为促进条例》",
        26, (-20, 100), outcome="withdraw",
    ),
    _Wish(
        "区应急管理局", "无物业小区消防设施普查", "摸清全区无物业小区消防设施底数，为改造列项提供依据。",
        "《湖南省消防条例》第十六条", 24, (5, 95), Level.COMMUNITY, _Kind.ASSIST,
        said=Resources(16, "委托第三方16人进场，社区带路", Decimal(120_000), "区级消防安全专项经费"),
    ),
    _Wish(
        "区城市管理和综合执法局", "养犬登记和犬只免疫信息采集", "建立犬只电子档案，方便群众就近登记。",
        "《湘潭市养犬管理条例》（演示）", 6, (10, 375), streets=3,
        said=Resources(6, "从局下属中队抽调6人驻街道", Decimal(90_000), "登记设备和芯片由我局采购"),
    ),
    _Wish(
        _MARKET, "小餐饮油烟净化设施底数摸排", "为三年治理计划提供底数，请街道组织社区逐店摸排登记。",
        "《中华人民共和国大气污染防治法》第八十一条", 3, (7, 70), streets=2,
    ),
    _Wish(
        _MARKET, "食品药品安全巡查配合", "请街道配合开展节前食品药品安全巡查。", "《中华人民共和国食品安全法》第六条",
        15, (-10, 60),
    ),
    _Wish(
        "区住房和城乡建设局", "公租房申请家庭收入由社区出具证明", "申请家庭收入难以核实，请社区出具收入证明并盖章。",
        "公租房申请审核工作细则（演示）", 9, (0, 180), Level.COMMUNITY, _Kind.ASSIST, item="N07",
    ),
)  # fmt: skip
_OPEN = (
    "10月起要求街道每周五前在工作群填报“餐饮单位公筷公勺检查表”，未报的在群内点名通报。"
    "该事项不在配合事项清单内，也未见准入文件。"
)
_CONFIRMED = "要求社区网格员每人每月动员30户下载注册商户宣传小程序，并按注册数排名，排名计入年终评先。"
_DISMISSED = "电话通知街道派人协助城中村出租房屋信息登记，未说明依据。"


def load_admission(*, now: dt.datetime, seed: int) -> int:
    """Make requests and reports as they stand at ``now``. Returns how many there are.

    ``seed`` changes nothing: all texts are written out.
    """
    maker = _Maker(now, _seated(Unit.objects.get(kind=Unit.Kind.DISTRICT), _Role.LEADER))
    for wish in _WISHES:
        maker.request(wish)
    for key in (
        Admission.objects.to_warn(clock.local_date(now), 30).order_by("pk").values_list("pk", flat=True)
    ):
        warn_of_end(admission_id=key, at=now - dt.timedelta(hours=2))
    maker.reports()
    return Admission.objects.count() + OffListReport.objects.count()


@dataclass(frozen=True)
class _Maker:
    """Acts as the departments' people, the streets' and the district's leader, some days before ``now``."""

    now: dt.datetime
    leader: User

    def who(self, user: User, ago: float) -> dict[str, Any]:
        at = self.now - dt.timedelta(days=ago)
        return {"by": user, "at": at, "actor": Actor(id=user.pk, name=user.name)}

    def request(self, wish: _Wish) -> None:
        unit = Unit.objects.get(kind=Unit.Kind.DEPARTMENT, name=wish.unit)
        member = _seated(unit, _Role.MEMBER)
        first, last = (clock.local_date(self.now) + dt.timedelta(days=offset) for offset in wish.days)
        task = Task(
            title=wish.title,
            reason=wish.reason,
            basis=wish.basis,
            level=wish.level,
            proposed_kind=wish.kind,
            starts_on=first,
            last_on=last,
            streets=list(Street.objects.defer("boundary").order_by("code")[: wish.streets]),
            item=DutyItem.objects.in_force(clock.local_date(self.now)).filter(code=wish.item).first(),
            none_covers=True,
        )
        row = submit_admission(unit=unit, task=task, resources=wish.said, **self.who(member, wish.ago))
        who = self.who(self.leader, wish.ago - 5)
        if wish.outcome == "approve":
            approve_admission(admission=row, conditions=wish.words, starts_on=first, last_on=last, **who)
        elif wish.outcome == "decline":
            decline_admission(admission=row, reason=wish.words, **who)
        elif wish.outcome == "withdraw":
            withdraw_admission(admission=row, **self.who(member, wish.ago - 2))

    def reports(self) -> None:
        """One that waits, one that was a violation, one that was none."""
        street = _seated(Unit.objects.get(code=HOME_STREET), _Role.LEADER)
        officer = _seated(Unit.objects.get(code=f"{HOME_STREET}-coordination"), _Role.DUTY_OFFICER)
        confirmed = self._reported("区商务局", _CONFIRMED, "system", officer, ago=33)
        take_up_report(report=confirmed, **self.who(self.leader, 31))
        finding = "经调阅工作群记录，情况属实。该任务不在清单内，且未经准入。"
        confirm_report(report=confirmed, finding=finding, **self.who(self.leader, 25))
        dismissed = self._reported("区住房和城乡建设局", _DISMISSED, "phone", street, ago=20)
        take_up_report(report=dismissed, **self.who(self.leader, 19))
        finding = "该事项属配合事项清单C0601，部门来电时未说明编码，已提醒其今后派单须注明清单事项。"
        dismiss_report(report=dismissed, finding=finding, **self.who(self.leader, 16))
        self._reported(_MARKET, _OPEN, "system", street, ago=2)

    def _reported(self, unit: str, what: str, way: str, user: User, *, ago: float) -> OffListReport:
        department = Unit.objects.get(kind=Unit.Kind.DEPARTMENT, name=unit)
        who = self.who(user, ago)
        day = clock.local_date(who["at"]) - dt.timedelta(days=1)
        return report_off_list(pushed=Pushed(department, what, day, way, not_listed=True), **who)


def _seated(unit: Unit, role: str) -> User:
    seats = Membership.objects.filter(unit=unit, role=role).select_related("user")
    return seats.order_by("pk")[0].user
