"""Small makers for delivery's tests: announce what happened, ask who was told, and channels that record or fail."""

import datetime as dt
from collections import defaultdict
from typing import ClassVar

from cases.actions import Person
from cases.models import Case
from cases.states import Relation
from tests.world import AT, World, as_reporter, do
from yuhu.delivery import actions
from yuhu.delivery.channels import Failed, Message
from yuhu.delivery.models import Delivery
from yuhu.journal.actions import relay

RESIDENT = Person(name="张三", phone="13800005678")
NOBODY = Person()
SMS = "tests.delivery.makers.RecordingSms"
BROKEN = "tests.delivery.makers.BrokenSms"

Told = dict[str, set[str]]


class RecordingSms:
    """Keeps what it was given."""

    sent: ClassVar[list[Message]] = []

    def send(self, message: Message, *, timeout: float) -> None:
        self.sent.append(message)


class BrokenSms:
    """A gateway that never takes anything, and says so in words that name the person."""

    error: ClassVar[Exception] = Failed("gateway_503")

    def send(self, message: Message, *, timeout: float) -> None:
        raise self.error


def feed(at: dt.datetime = AT) -> int:
    """Relay and announce everything that waits; returns how many entries were taken."""
    while relay(at=at):
        pass
    total = 0
    while taken := actions.fan_out(at=at):
        total += taken
    return total


def told(world: World, after: int = 0) -> Told:
    """Notice → names of those who have it: people of the cast by name, ``resident`` for the reporter."""
    names = {user.pk: name for name, user in world.people.items()}
    found: Told = defaultdict(set)
    for row in Delivery.objects.filter(pk__gt=after):
        found[row.kind].add(names[row.user_id] if row.user_id else "resident")
    return dict(found)


def last() -> int:
    """The highest key of the ledger."""
    return Delivery.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def told_by(
    world: World, case: Case, move: str, who: str | Relation, *, at: dt.datetime = AT, **data: object
) -> Told:
    """``who`` makes the move; who is told what by that alone. Everything before was announced."""
    feed(at)
    before = last()
    if who is Relation.REPORTER:
        as_reporter(case, move, at=at, **data)
    else:
        do(world, case, move, str(who), at=at, **data)
    feed(at)
    return told(world, before)
