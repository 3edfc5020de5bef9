"""Small makers of leave for its tests: taken, ended, covered, and who acts on a day."""

import datetime as dt

from staffing.actions import (
    cancel_leave,
    end_leave,
    name_stand_in,
    take_leave,
)
from staffing.models import Absence, StandIn, Tenure, User
from tests.world import AT, World
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry

TODAY = AT.date()


DAY = dt.timedelta(days=1)


Post = Tenure.Seat


def leave(
    world: World, who: str = "governor", act: str | None = "stand_in", *, days: tuple[int, int] = (0, 5)
) -> Absence:
    """``who`` is away; 戴 acts."""
    return take_leave(
        person=world.people[who],
        kind=Absence.Kind.ANNUAL,
        starts_on=TODAY + days[0] * DAY,
        ends_on=TODAY + days[1] * DAY,
        stand_in=world.people[act] if act else None,
        by=None,
        at=AT,
        actor=SYSTEM,
    )


def back(absence: Absence, day: int, *, at: dt.datetime = AT) -> Absence:
    return end_leave(absence=absence, ends_on=TODAY + day * DAY, by=None, at=at, actor=SYSTEM)


def cancel(absence: Absence, *, at: dt.datetime = AT) -> Absence:
    return cancel_leave(absence=absence, by=None, at=at, actor=SYSTEM)


def name(
    world: World, absence: Absence, who: str, post: str = Post.GOVERNOR, block: str = "b1"
) -> list[StandIn]:
    return name_stand_in(
        absence=absence,
        block=world.blocks[block],
        post=post,
        stand_in=world.people[who],
        by=None,
        at=AT,
        actor=SYSTEM,
    )


def acts(world: World, day: int, post: str = Post.ACTING_GOVERNOR, block: str = "b1") -> User | None:
    row = Tenure.objects.on(TODAY + day * DAY).filter(block=world.blocks[block], post=post).first()
    return row.holder if row else None


def who_acts(world: World, *days: int, post: str = Post.ACTING_GOVERNOR) -> list[str | None]:
    """Log-in names of who acts in b1 on those days."""
    return [person.username if (person := acts(world, day, post)) else None for day in days]


def told() -> list[str]:
    return list(Entry.objects.filter(subject_type="absence").order_by("pk").values_list("kind", flat=True))
