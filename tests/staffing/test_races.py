"""Two who change people's posts at the same moment. Each race has its control."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db.models import QuerySet

from staffing.actions import appoint, join, roster, seats, take_leave
from staffing.models import Absence, Membership, Tenure, Unit
from tests.journal_flush import install_flush_guard
from tests.together import at_once, kinds, meeting_after, meeting_before
from tests.world import AT, World, build
from yuhu.journal import actions as journal_actions
from yuhu.journal.actions import SYSTEM

install_flush_guard()
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TODAY = AT.date()


@pytest.fixture
def cast(db, settings) -> World:
    settings.STEP_TRANSPORT = "yuhu.kit.steps.run_nowhere"
    return build()


@pytest.fixture
def _unlocked(cast: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody locks anything any more."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows)


@pytest.fixture
def _meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has found nothing against it waits for the other to find the same."""
    monkeypatch.setattr(roster, "_refuse_both_sides", meeting_after(roster._refuse_both_sides))


def putting(world: World, post: str) -> Callable[[], object]:
    return lambda: appoint(
        block=world.b1, post=post, holder=world.stand_in, starts_on=TODAY, at=AT, actor=SYSTEM
    )


def both_sides(world: World) -> list[object]:
    return at_once(putting(world, Tenure.Seat.GOVERNOR), putting(world, Tenure.Seat.SUPERVISOR))


@pytest.mark.usefixtures("_meeting")
def test_of_two_who_put_one_person_on_both_sides_one_is_told(cast: World) -> None:
    assert kinds(both_sides(cast)) == ["SamePersonTwice", "Tenure"]
    assert Tenure.objects.on(TODAY).filter(block=cast.b1, holder=cast.stand_in).count() == 1


@pytest.mark.usefixtures("_meeting", "_unlocked")
def test_control_without_the_lock_only_the_journal_keeps_one_person_from_both_sides(
    cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "record", lambda **_entry: None)
    assert kinds(both_sides(cast)) == ["Tenure", "Tenure"]
    assert Tenure.objects.on(TODAY).filter(block=cast.b1, holder=cast.stand_in).count() == 2


def joining(world: World, who: str, role: str) -> Callable[[], object]:
    unit = world.unit("rapid_response") if role == "head" else Unit.objects.get(code="430302")
    return lambda: join(unit=unit, user=world.people[who], role=role, starts_on=TODAY, at=AT, actor=SYSTEM)


@pytest.fixture
def _meeting_at_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has read the unit's last entry waits for the other to read the same."""
    monkeypatch.setattr(journal_actions, "_entry", meeting_after(journal_actions._entry))


def two_join(world: World) -> list[object]:
    return at_once(joining(world, "stand_in", "head"), joining(world, "stranger", "head"))


@pytest.mark.usefixtures("_meeting_at_the_journal")
def test_two_who_join_one_unit_at_once_both_sit_and_are_both_journaled(cast: World) -> None:
    assert kinds(two_join(cast)) == ["Membership", "Membership"]
    assert Membership.objects.filter(unit=cast.unit("rapid_response"), role="head").count() == 2


@pytest.mark.usefixtures("_meeting_at_the_journal", "_unlocked")
def test_control_without_the_lock_one_of_them_meets_the_journal(cast: World) -> None:
    assert kinds(two_join(cast)) == ["Forked", "Membership"]


@pytest.fixture
def _meeting_at_the_seat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has found nothing against it waits for the other before sitting down."""
    seats_of_all = Membership.objects
    monkeypatch.setattr(seats_of_all, "create", meeting_before(seats_of_all.create))


def two_roles(world: World) -> list[object]:
    return at_once(joining(world, "stranger", "auditor"), joining(world, "stranger", "system_admin"))


@pytest.mark.usefixtures("_meeting_at_the_seat")
def test_one_person_does_not_become_two_administrators_at_once(cast: World) -> None:
    assert kinds(two_roles(cast)) == ["Membership", "WrongUnit"]
    assert Membership.objects.filter(user=cast.stranger).count() == 1


@pytest.mark.usefixtures("_meeting_at_the_seat", "_unlocked")
def test_control_without_the_lock_one_person_is_two_administrators(
    cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seats, "record", lambda **_entry: None)
    assert kinds(two_roles(cast)) == ["Membership", "Membership"]


@pytest.fixture
def _meeting_before_the_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has found the person there waits for the other before recording the leave."""
    leave_of_all = Absence.objects
    monkeypatch.setattr(leave_of_all, "create", meeting_before(leave_of_all.create))


def taking_leave(world: World, first: int) -> Callable[[], object]:
    start = TODAY + dt.timedelta(days=first)
    end = start + dt.timedelta(days=3)
    return lambda: take_leave(
        person=world.handler, kind="annual", starts_on=start, ends_on=end, by=None, at=AT, actor=SYSTEM
    )


@pytest.mark.usefixtures("_meeting_before_the_leave")
def test_of_two_who_record_leave_of_one_person_at_once_one_is_told(cast: World) -> None:
    assert kinds(at_once(taking_leave(cast, 0), taking_leave(cast, 1))) == ["Absence", "AwayAlready"]
    assert Absence.objects.count() == 1


@pytest.mark.usefixtures("_meeting_before_the_leave", "_unlocked")
def test_control_without_the_lock_the_person_is_away_twice(cast: World) -> None:
    assert kinds(at_once(taking_leave(cast, 0), taking_leave(cast, 1))) == ["Absence", "Absence"]
    assert Absence.objects.count() == 2
