"""Whoever goes on leave is told that it was recorded, and whoever stands in that he or she does."""

import datetime as dt

from staffing.actions import cancel_leave, end_leave, take_leave
from staffing.models import Absence
from tests.admin.desk import enter
from tests.delivery.makers import feed, told
from tests.world import AT, World, by
from yuhu.delivery.models import Delivery

TODAY = AT.date()


def a_leave(world: World) -> Absence:
    return take_leave(
        person=world.governor,
        kind="sick",
        starts_on=TODAY,
        ends_on=TODAY + dt.timedelta(days=5),
        stand_in=world.stand_in,
        by=world.streetleader,
        at=AT,
        actor=by(world.streetleader).actor,
    )


def test_the_person_and_the_stand_in_are_told_and_can_open_it(world: World) -> None:
    absence = a_leave(world)
    feed()
    assert told(world) == {"leave_taken": {"governor"}, "leave_covered": {"stand_in"}}
    text = enter(world.stand_in).get("/inbox/").content.decode()
    assert absence.get_absolute_url() in text
    assert "高志远" in text


def test_both_are_told_when_it_ends_earlier_or_is_cancelled(world: World) -> None:
    actor = by(world.streetleader).actor
    absence = a_leave(world)
    end_leave(
        absence=absence, ends_on=TODAY + dt.timedelta(days=2), by=world.streetleader, at=AT, actor=actor
    )
    cancel_leave(absence=absence, by=world.streetleader, at=AT, actor=actor)
    feed()
    found = told(world)
    assert found["leave_ended"] == found["leave_cancelled"] == {"governor", "stand_in"}
    assert Delivery.objects.filter(user=world.streetleader).count() == 0, "nobody is told of his own act"
