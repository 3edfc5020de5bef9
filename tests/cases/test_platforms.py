"""The loop on the day on which a street gets four centres: who receives, evaluates, decides; and the day before."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.actions import dispatch_by_rule, escalate
from cases.actions.platforms import follow_platforms
from cases.exceptions import NotYourMove
from cases.models import Case, Deadline, Escalation
from cases.policies import Look, may_move
from cases.states import State, Step
from staffing.actions import relieve
from staffing.models import Tenure, User
from staffing.policies import forget_posts
from tests.admin.desk import enter
from tests.delivery.makers import feed, last, told
from tests.staffing.test_platforms import EVE, FIRST, load
from tests.world import World, a_report, do, kinds_of
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock

pytestmark = pytest.mark.django_db


def noon(day: dt.date) -> dt.datetime:
    """In office hours: 10:00 in Xiangtan."""
    return clock.day_start(day) + dt.timedelta(hours=10)


BEFORE, AFTER = noon(EVE), noon(FIRST)
DAYS = [
    (BEFORE, "block_service", "coordination"),
    (AFTER, "livelihood_affairs_centre", "general_guidance_centre"),
]


@pytest.fixture
def street(world: World) -> World:
    """Nobody in block b2 can receive or evaluate; four centres are loaded for a later day."""
    load()
    relieve(block=world.b2, post=Tenure.Seat.GOVERNOR, starts_on=EVE, at=BEFORE, actor=SYSTEM)
    for person in world.people.values():
        forget_posts(person)
    return world


def at_platform(world: World, at: dt.datetime, **changes: Any) -> Case:
    case = a_report(world, block=world.b2.code, at=at, **changes)
    dispatch_by_rule(case_id=case.pk, at=at)
    return Case.objects.get(pk=case.pk)


@pytest.mark.parametrize("at, serving, coordinating", DAYS, ids=["before", "after"])
def test_a_case_goes_to_the_platform_of_its_day_and_is_evaluated_by_that_of_its_day(
    street: World, at: dt.datetime, serving: str, coordinating: str
) -> None:
    case = at_platform(street, at)
    assert case.lead_unit == street.unit(serving)
    case = do(street, case, "sign", "block_head", at=at)
    case = do(street, case, "hand-back", "block_head", at=at, result="已清运")
    assert case.evaluator_unit == street.unit(coordinating)
    assert do(street, case, "evaluate", "coordinator", at=at, effective=True).state == State.EVALUATED


@pytest.mark.parametrize("at", [BEFORE, AFTER], ids=["before", "after"])
def test_a_return_is_decided_by_duty_officers_of_the_platforms_of_the_day_who_are_told(
    street: World, at: dt.datetime
) -> None:
    case = at_platform(street, at)
    feed(at)
    before = last()
    case = do(street, case, "return", "block_head", at=at, reason="不归我管")
    feed(at)
    assert told(street, before) == {"return_requested": {"dispatcher", "coordinator"}}
    assert may_move(Look(case, street.coordinator, at), "decide-return")
    office = street.unit("city_management_office").code
    case = do(street, case, "decide-return", "dispatcher", at=at, approve=True, reason="同意", unit=office)
    assert case.lead_unit == street.unit("city_management_office")


def test_both_days_dispatch_with_the_same_number_of_questions(street: World) -> None:
    at_platform(street, BEFORE)  # what is asked once per process
    counts = []
    for at in (BEFORE, AFTER):
        with CaptureQueriesContext(connection) as asked:
            at_platform(street, at)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_a_platform_still_holds_passes_to_its_successor_when_the_day_comes(street: World) -> None:
    held = at_platform(street, BEFORE)
    judged = at_platform(street, BEFORE)
    judged = do(street, judged, "sign", "block_head", at=BEFORE)
    judged = do(street, judged, "hand-back", "block_head", at=BEFORE, result="已清运")
    assert follow_platforms(at=BEFORE) == 0
    assert follow_platforms(at=AFTER) == 2
    assert follow_platforms(at=AFTER) == 0, "a second sweep finds nothing to do"
    held.refresh_from_db()
    judged.refresh_from_db()
    assert held.lead_unit == street.unit("livelihood_affairs_centre")
    assert judged.evaluator_unit == street.unit("general_guidance_centre")
    assert kinds_of(held)[-1] == "case.handed_over"
    assert do(street, held, "sign", "block_head", at=AFTER).state == State.IN_PROGRESS
    assert do(street, judged, "evaluate", "coordinator", at=AFTER, effective=True).state == State.EVALUATED


def test_what_one_person_holds_stays_with_that_person(street: World) -> None:
    case = a_report(street, at=BEFORE)
    dispatch_by_rule(case_id=case.pk, at=BEFORE)
    assert follow_platforms(at=AFTER) == 0
    case.refresh_from_db()
    assert case.assignee == street.governor


def test_escalations_climb_to_the_head_of_the_centre(street: World) -> None:
    case = a_report(street, at=AFTER)
    dispatch_by_rule(case_id=case.pk, at=AFTER)
    deadline = Deadline.objects.get(case=case, step=Step.SIGN)
    assert escalate(deadline_id=deadline.pk, at=noon(FIRST + dt.timedelta(days=3)))
    assert Escalation.objects.get(deadline=deadline).unit == street.unit("livelihood_affairs_centre")


def test_whoever_left_a_former_platform_decides_nothing_any_more(street: World) -> None:
    """No seat in the new centre: the old one gives no right on the new day."""
    User.objects.get(pk=street.dispatcher.pk).memberships.filter(starts_on=FIRST).delete()
    forget_posts(street.dispatcher)
    case = do(street, at_platform(street, AFTER), "return", "block_head", at=AFTER, reason="不归我管")
    with pytest.raises(NotYourMove):
        do(street, case, "decide-return", "dispatcher", at=AFTER, approve=False, reason="不同意")


def test_the_desk_shows_the_platform_of_the_day_and_opens_for_its_people(
    street: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = street.unit("economic_office")
    for moment, name in ((BEFORE, "综合协调平台"), (AFTER, "经济发展中心")):
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        browser = enter(street.dispatcher)
        page = browser.get(reverse("admin:staffing_unit_change", args=[office.pk])).content.decode()
        assert name in page
        assert browser.get(reverse("admin:index")).status_code == 200
