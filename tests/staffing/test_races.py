"""Two who change people's posts at the same moment. Each race has its control."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import QuerySet

from staffing.actions import appoint, join, roster, seats
from staffing.models import Membership, Tenure
from tests.journal_flush import install_flush_guard
from tests.together import at_once, kinds, meeting_after
from tests.world import AT, World, build
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
    unit = world.unit("rapid_response") if role == "head" else world.unit("rapid_response").parent.parent
    return lambda: join(unit=unit, user=world.people[who], role=role, starts_on=TODAY, at=AT, actor=SYSTEM)


@pytest.fixture
def _met(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has made a seat waits before it is journaled; the lock lets the other wait outside."""
    create = Membership.objects.create
    monkeypatch.setattr(Membership.objects, "create", meeting_after(create))


@pytest.mark.usefixtures("_met")
def test_two_who_join_one_unit_at_once_both_sit_and_are_both_journaled(cast: World) -> None:
    results = at_once(joining(cast, "stand_in", "head"), joining(cast, "stranger", "head"))
    assert kinds(results) == ["Membership", "Membership"]


@pytest.mark.usefixtures("_met", "_unlocked")
def test_control_without_the_lock_one_of_them_meets_the_journal(cast: World) -> None:
    record = meeting_after(lambda: None)
    original = seats.record

    def late(**entry: object) -> object:
        record()
        return original(**entry)  # type: ignore[arg-type]

    seats.record = late  # type: ignore[assignment]
    try:
        results = at_once(joining(cast, "stand_in", "head"), joining(cast, "stranger", "head"))
    finally:
        seats.record = original
    assert set(kinds(results)) <= {"Membership", "Forked"}


def test_one_person_does_not_become_two_administrators_at_once(cast: World) -> None:
    results = at_once(joining(cast, "stranger", "auditor"), joining(cast, "stranger", "system_admin"))
    assert kinds(results) == ["Membership", "WrongUnit"]
    assert Membership.objects.filter(user=cast.stranger).count() == 1
    assert connection.vendor == "postgresql"
