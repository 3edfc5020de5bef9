"""The demo's trainings, reserve of cadres and legal counsel: what the report of 2022 counts, and some of this year."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from blocks.models import District, Street
from staffing.actions import TrainingRow, load_counsel, load_reserve, load_trainings
from staffing.models import Assistant, CounselAppointment, Reserve, Tenure, Training, Unit
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock
from yuhu.runtime.demo.names import Names

YEAR, TRAININGS, RESERVE, UNITS = 2022, 120, 40, 27
COUNSEL_SINCE = dt.date(2022, 3, 1)
KIND = Training.Kind
# Subject, kind, class hours, place.
_SUBJECTS = (
    ("区块治理员岗前培训", KIND.COURSE, 8, "区委党校一号教室"),
    ("《信访工作条例》专题讲座", KIND.LECTURE, 2, "街道会议室"),
    ("高层建筑火灾疏散演练", KIND.DRILL, 3, "小区广场"),
    ("矛盾纠纷调解案例交流", KIND.EXCHANGE, 3, "综治中心调解室"),
    ("“一呼即应”平台操作培训", KIND.COURSE, 4, "街道会议室"),
    ("燃气安全入户排查讲座", KIND.LECTURE, 2, "社区便民服务中心"),
    ("防汛应急转移演练", KIND.DRILL, 4, "湘江风光带集结点"),
    ("帮代办事项业务培训", KIND.COURSE, 4, "街社一体便民服务中心"),
    ("优秀治理员经验交流会", KIND.EXCHANGE, 2, "街道会议室"),
    ("《民法典》与物业纠纷讲座", KIND.LECTURE, 2, "社区青年夜校"),
    ("防范电信网络诈骗宣传培训", KIND.LECTURE, 2, "社区便民服务中心"),
    ("民情恳谈会组织方法培训", KIND.COURSE, 4, "区委党校二号教室"),
)
_FIRMS = ("湖南莲城律师事务所", "湖南雨湖律师事务所", "湖南湘江潭律师事务所", "湖南白石律师事务所")


@dataclass(frozen=True)
class _Person:
    key: int
    area: str


def load_registers(*, now: dt.datetime, seed: int) -> int:
    """120 trainings of 2022, some of this year and three that are planned; 40 cadres in three tiers; counsel of 27
    units and of every community. Returns how many rows there are.
    """
    rng = random.Random(seed)
    today = clock.local_date(now)
    cadres, served_in = _reserve(rng, today)
    reserve = load_reserve(cadres, at=now, actor=SYSTEM)
    trainings = load_trainings(list(_trainings(rng, today, served_in)), at=now, actor=SYSTEM)
    counsel = load_counsel(_counsel(seed), at=now, actor=SYSTEM)
    return trainings + reserve + counsel


def _trainings(rng: random.Random, today: dt.date, cadres: dict[int, str]) -> Iterator[TrainingRow]:
    district = District.objects.order_by("code").values_list("code", flat=True)[0]
    streets = list(Street.objects.order_by("code").values_list("code", flat=True))
    organisers = {unit.code: unit for unit in Unit.objects.filter(code__in=[district, *streets])}
    governors: dict[str, list[_Person]] = defaultdict(list)
    held = Tenure.objects.on(today).held().filter(post=Tenure.Seat.GOVERNOR).order_by("block__code")
    for key, code in held.values_list("holder", "block__code"):
        assert key is not None
        governors[code[:9]].append(_Person(key, code))
    for number, (on, area) in enumerate(_days(rng, today, [district, *streets])):
        subject, kind, hours, place = _SUBJECTS[number % len(_SUBJECTS)]
        training = Training(
            title=subject,
            kind=kind,
            held_on=on,
            hours=hours,
            place=place,
            organiser=organisers[area],
            area=area,
            source="demo",
        )
        there = [one for street in (streets if area == district else [area]) for one in governors[street]]
        share = 0.12 if on.year == YEAR else 0.3
        # One of the past weeks waits for its attendance; those to come have none.
        open_ = number == TRAININGS or on > today
        if on.year == today.year:  # the reserve is trained too
            there += [_Person(key, code) for key, code in cadres.items() if code.startswith(area)]
        chosen = [] if open_ else [one for one in there if rng.random() < share]
        yield TrainingRow(training, [(one.key, _state(rng), one.area) for one in chosen])


def _days(rng: random.Random, today: dt.date, areas: list[str]) -> Iterator[tuple[dt.date, str]]:
    """When and for whom: each of 120 in another place or on another day; then a few of this year; then planned ones."""
    begin = dt.date(YEAR, 1, 10)
    for number in range(TRAININGS):
        yield _working_day(begin + dt.timedelta(days=number * 285 // TRAININGS)), areas[number % len(areas)]
    for number in range(10):
        on = _working_day(today - dt.timedelta(days=9 + number * 17 + rng.randrange(5)))
        if on.year == today.year:
            yield on, areas[(number * 4 + 1) % len(areas)]
    for days, area in ((1, areas[1]), (9, areas[0]), (20, areas[8])):
        yield _working_day(today + dt.timedelta(days=days)), area


def _working_day(on: dt.date) -> dt.date:
    return on - dt.timedelta(days=max(on.weekday() - 4, 0))


def _state(rng: random.Random) -> str:
    return rng.choices(("attended", "absent", "excused"), (88, 4, 8))[0]


def _reserve(rng: random.Random, today: dt.date) -> tuple[list[Reserve], dict[int, str]]:
    """Young cadres: liaison cadres of the blocks, five or so of each street; and in which block each serves."""
    liaison = Assistant.objects.on(today).filter(kind=Assistant.Kind.LIAISON_CADRE, user__is_active=True)
    pools: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for key, code in liaison.order_by("block__code").values_list("user", "block__code"):
        pools[code[:9]].append((key, code))
    rows, served_in = [], {}
    for number in range(RESERVE):
        street = sorted(pools)[number % len(pools)]
        person, served_in_block = pools[street].pop(rng.randrange(len(pools[street])))
        served_in[person] = served_in_block
        begun = dt.date(YEAR, 6, 1) + dt.timedelta(days=30 * (number % 9))
        tier = (1, 2, 2, 3, 3)[number // len(pools) % 5]
        rows.append(Reserve(person_id=person, tier=tier, street_id=street, starts_on=begun, source="demo"))
    return rows, served_in


def _counsel(seed: int) -> list[CounselAppointment]:
    """The streets, departments by their codes up to 27 units, and every community; some lawyers advise several."""
    names = Names(seed + 1)
    lawyers = [(names.next(), firm, names.phone()) for firm in _FIRMS * 4]
    units = list(Unit.objects.filter(kind=Unit.Kind.STREET).order_by("code"))
    units += Unit.objects.filter(kind=Unit.Kind.DEPARTMENT).order_by("code")[: UNITS - len(units)]
    units += Unit.objects.filter(kind=Unit.Kind.COMMUNITY).order_by("code")
    return [
        CounselAppointment(
            unit=unit, name=name, firm=firm, phone=phone, starts_on=COUNSEL_SINCE, source="demo"
        )
        for number, unit in enumerate(units)
        for name, firm, phone in (lawyers[number % len(lawyers)],)
    ]
