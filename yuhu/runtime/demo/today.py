"""About 200 open cases in every state around today, made by the same actions as real ones."""

import contextlib
import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

from blocks.models import Block
from cases.actions import NewCase, Person, attach, dispatch_by_rule, move, report
from cases.actions.base import By
from cases.actions.history import Surroundings
from cases.models import Case
from cases.photos import prepare
from cases.states import State
from staffing.models import Membership, User
from staffing.posts import Function
from yuhu.journal.actions import Actor
from yuhu.kit import worktime
from yuhu.kit.exceptions import Refusal
from yuhu.runtime.demo import texts
from yuhu.runtime.demo.names import Names

COUNT = 208
# Every state that an open case can have, as often as a street's desk would see it.
_STAGES = ("reported", "dispatched", "dispatched", "in_progress", "in_progress", "in_progress", "return", "extension",
           "suspension", "suspended", "handled", "handled", "evaluated", "rework", "placeless", "meeting")  # fmt: skip
_CATEGORIES = ("0101", "0104", "0202", "0203", "0302", "0402", "0502", "0601", "0603", "0701", "0702", "0801", "1002",
               "1101", "1102", "1103", "1201", "0304", "1003", "0105")  # fmt: skip
HOME_STREET = "430302001"


@dataclass
class Stage:
    """One case on its way to the stage that it shall show."""

    case: Case
    at: dt.datetime
    now: dt.datetime
    rng: random.Random
    around: Surroundings

    def by(self, user: User) -> By:
        return By(user, Actor(id=user.pk, name=user.name))

    @property
    def holder(self) -> User:
        """Whoever may sign: the person, or a member of the unit in charge."""
        if self.case.assignee is not None:
            return self.case.assignee
        assert self.case.lead_unit_id is not None
        return self.around.members[self.case.lead_unit_id][-1]

    @property
    def duty_officer(self) -> User:
        """The duty officer of the street's platform that responds."""
        unit = self.around.platforms[self.case.street_code, Function.RESPONDS]
        seats = Membership.objects.filter(unit=unit, role=Membership.Role.DUTY_OFFICER).select_related("user")
        return seats.order_by("pk")[0].user

    def later(self, minutes: float) -> None:
        """Some working time passes, but never beyond the present."""
        later = worktime.advance(self.at, dt.timedelta(minutes=minutes), self.around.rules.calendar)
        self.at = min(later, self.now)

    def move(self, name: str, user: User, **data: object) -> None:
        self.case = move(case_id=self.case.pk, name=name, by=self.by(user), at=self.at, data=data)

    def photo(self, stage: str, user: User) -> None:
        attach(
            case_id=self.case.pk,
            photo=prepare(draw(self.rng, stage)),
            stage=stage,
            by=self.by(user),
            at=self.at,
        )


def load_open_cases(*, around: Surroundings, now: dt.datetime, seed: int) -> Iterator[int]:
    """Make the open cases; yields 1 per case. A stage that a guard refuses (too late to return) stays before it."""
    rng, names = random.Random(seed), Names(seed + 1)
    home = [block for block in around.blocks if block.community.street_id == HOME_STREET]
    for index in range(COUNT):
        stage_name = _STAGES[index % len(_STAGES)]
        first = index < 2 * len(_STAGES)
        block = home[0] if first else rng.choice(home if rng.random() < 0.3 else around.blocks)
        code = _CATEGORIES[(index * 7) % len(_CATEGORIES)]
        stage = _report(around, block, code, now, rng, names, placeless=stage_name == "placeless")
        # A case that a rule stops (too late to return) stands where it was stopped: that too is shown in the demo.
        with contextlib.suppress(Refusal):
            _PLAYS[stage_name](stage)
        yield 1


def _report(
    around: Surroundings,
    block: Block,
    code: str,
    now: dt.datetime,
    rng: random.Random,
    names: Names,
    *,
    placeless: bool,
) -> Stage:
    hours = rng.choice((0.4, 1, 2, 3, 5, 8, 20, 30, 50, 75))
    at = now - dt.timedelta(hours=hours * rng.uniform(0.7, 1.2))
    governor = around.seats[block.pk]["governor"]
    resident = rng.random() < 0.6 or placeless
    category = around.categories[code]
    new = NewCase(
        category=code,
        description=texts.describe(code, category.name, rng),
        channel="hotline" if placeless else "resident" if resident else "governor",
        block=None if placeless else block.code,
        longitude=None if placeless else round(block.centroid_longitude + rng.uniform(-0.0004, 0.0004), 6),
        latitude=None if placeless else round(block.centroid_latitude + rng.uniform(-0.0004, 0.0004), 6),
        address=f"{block.name.split('第')[0]}{rng.randrange(1, 90)}号",
        reporter=Person(names.next(), names.phone()) if resident else Person(),
        address_alone=placeless,
    )
    by = (
        By(None, Actor(id=None, name="", post="resident"))
        if resident
        else By(governor, Actor(id=governor.pk, name=governor.name))
    )
    case = report(new, by=by, at=at)
    stage = Stage(case, at, now, rng, around)
    if rng.random() < 0.35:
        stage.photo("before", governor)
    return stage


def _dispatched(stage: Stage) -> None:
    dispatch_by_rule(case_id=stage.case.pk, at=stage.at + dt.timedelta(seconds=1))
    stage.case.refresh_from_db()


def _in_progress(stage: Stage) -> None:
    _dispatched(stage)
    stage.later(stage.rng.uniform(1, 5))
    stage.move("sign", stage.holder)
    if getattr(stage.case, "reporter", None) is not None and stage.rng.random() < 0.85:
        stage.later(stage.rng.uniform(1, 20))
        stage.move("contact", stage.holder, channel="phone", comment="已电话联系反映人，约定上门时间。")


def _return(stage: Stage) -> None:
    _in_progress(stage)
    stage.move("return", stage.holder, reason="经现场核实不属于本单位职责，建议改派。")


def _extension(stage: Stage) -> None:
    _in_progress(stage)
    assert stage.case.due_at is not None
    until = stage.case.due_at + (stage.case.due_at - stage.at) * 0.5
    stage.move("request-extension", stage.holder, reason="需等待配件到货，申请延期。", until=until)


def _suspension(stage: Stage) -> None:
    _in_progress(stage)
    until = (stage.at + dt.timedelta(days=30)).isoformat()
    stage.move("request-suspension", stage.holder, reason="需列入老旧小区改造计划，暂缓办理。", until=until)


def _suspended(stage: Stage) -> None:
    _suspension(stage)
    stage.move("decide-suspension", stage.duty_officer, approve=True, reason="同意挂账，到期复核。")


def _handled(stage: Stage) -> None:
    _in_progress(stage)
    stage.later(stage.rng.uniform(5, 40))
    if stage.rng.random() < 0.6:
        stage.photo("after", stage.holder)
    stage.move("hand-back", stage.holder, result=texts.answer(stage.case.category_id, stage.rng))


def _evaluated(stage: Stage) -> None:
    _handled(stage)
    stage.later(5)
    if stage.case.evaluator is not None:
        stage.move("evaluate", stage.case.evaluator, effective=True, comment="现场查看，效果良好。")


def _rework(stage: Stage) -> None:
    _handled(stage)
    stage.later(5)
    if stage.case.evaluator is not None:
        stage.move("evaluate", stage.case.evaluator, effective=False, comment=stage.rng.choice(texts.REWORK))


def _meeting(stage: Stage) -> None:
    _in_progress(stage)
    if stage.case.path == "front_end":
        stage.move("raise-path", stage.holder, path="meeting", reason="涉及多家单位，建议会商。")


def _placeless(stage: Stage) -> None:
    dispatch_by_rule(case_id=stage.case.pk, at=stage.at)


def _reported(stage: Stage) -> None:
    """Reported a moment ago: handed in by a returned order, so that it waits for the duty officer."""
    _return(stage)
    if stage.case.state in (State.DISPATCHED, State.IN_PROGRESS):
        stage.move("decide-return", stage.duty_officer, approve=True, reason="同意退单，重新派单。")


_PLAYS: dict[str, Callable[[Stage], None]] = {
    "reported": _reported,
    "dispatched": _dispatched,
    "in_progress": _in_progress,
    "return": _return,
    "extension": _extension,
    "suspension": _suspension,
    "suspended": _suspended,
    "handled": _handled,
    "evaluated": _evaluated,
    "rework": _rework,
    "meeting": _meeting,
    "placeless": _placeless,
}


def draw(rng: random.Random, stage: str) -> bytes:
    """A drawn scene instead of a photo: a street corner, with rubbish before and without it after."""
    image = Image.new("RGB", (960, 720), (196, 214, 226))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 460, 960, 720), fill=(150, 150, 146))
    pen.rectangle((60, 120, 420, 460), fill=(205, 190, 170))
    pen.rectangle((480, 60, 900, 460), fill=(188, 176, 160))
    for column in range(4):
        for row in range(3):
            left, top = 510 + column * 95, 100 + row * 110
            pen.rectangle((left, top, left + 60, top + 70), fill=(120, 150, 170))
    pen.rectangle((700, 400, 800, 520), fill=(52, 110, 74))
    if stage == "before":
        for _bag in range(14):
            left, top = rng.randrange(420, 820), rng.randrange(500, 620)
            size, shade = rng.randrange(40, 90), rng.randrange(30, 90)
            pen.ellipse((left, top, left + size, top + size * 0.8), fill=(shade, shade, shade + 20))
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
