"""Small makers for consultations: the cast's department asks two streets, and the cast answers."""

import datetime as dt
from typing import Any

from blocks.models import Street
from duties import actions
from duties.actions import Plan
from duties.models import Consultation, StreetAnswer
from staffing.models import Unit, User
from tests.world import AT, OTHER_STREET, STREET, World
from yuhu.journal.actions import Actor

DUE = dt.date(2026, 12, 4)
# The day after the due day, 10:00 in Xiangtan.
AFTER = dt.datetime(2026, 12, 5, 2, 0, tzinfo=dt.UTC)


def who(user: User, at: dt.datetime = AT) -> dict[str, Any]:
    """The arguments by which every verb knows the person and the moment."""
    return {"by": user, "at": at, "actor": Actor(id=user.pk, name=user.name)}


def plan(*streets: str, **changes: Any) -> Plan:
    asked = list(Street.objects.filter(pk__in=streets or (STREET, OTHER_STREET)))
    said = {
        "title": "疏导点设置方案",
        "about": "拟设六处疏导点",
        "due_on": DUE,
        "streets": asked,
        "basis": "区政府常务会议",
    }
    return Plan(**{**said, **changes})


def a_draft(world: World, *streets: str, at: dt.datetime = AT, **changes: Any) -> Consultation:
    unit = Unit.objects.get(name="区市场监督管理局")
    return actions.draft_consultation(unit=unit, plan=plan(*streets, **changes), **who(world.department, at))


def an_open(world: World, *streets: str, at: dt.datetime = AT, **changes: Any) -> Consultation:
    draft = a_draft(world, *streets, at=at, **changes)
    return actions.open_consultation(consultation=draft, **who(world.department, at))


def row_of(consultation: Consultation, street: str = STREET) -> StreetAnswer:
    """The row of a street, as it is now."""
    return StreetAnswer.objects.select_related("consultation").get(consultation=consultation, street=street)


def said(
    world: World, consultation: Consultation, name: str = "streetleader", **changes: Any
) -> StreetAnswer:
    """Somebody of the street answers; a leader's answer is signed off with it."""
    words = {"position": "conditions", "comment": "先落实保洁", "proposal": "经费由区级承担", **changes}
    return actions.answer_consultation(answer=row_of(consultation), **words, **who(world.people[name]))


def replied(
    world: World, answer: StreetAnswer, outcome: str = "adopted", reply: str = "已采纳"
) -> StreetAnswer:
    return actions.reply_to_answer(answer=answer, outcome=outcome, reply=reply, **who(world.department_head))


def a_closed_one(world: World) -> Consultation:
    """One street was asked, answered, has its reply; closed."""
    consultation = an_open(world, STREET)
    replied(world, said(world, consultation))
    return actions.close_consultation(consultation=consultation, **who(world.department_head))
