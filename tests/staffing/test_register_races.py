"""Two who write the registers at the same moment. Each race has its control."""

from typing import Any

import pytest
from django.db.models import QuerySet

from blocks.models import Street
from staffing.actions import (
    appoint_counsel,
    cancel_training,
    note_attendance,
    plan_training,
    put_in_reserve,
    trainings,
)
from staffing.actions import counsel as of_counsel
from staffing.actions import reserve as of_reserve
from staffing.models import CounselAppointment, Reserve, Training, Unit
from tests.journal_flush import install_flush_guard
from tests.together import at_once, kinds, meeting_after, meeting_before
from tests.world import AT, STREET, World, build
from yuhu.journal import actions as journal
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
    monkeypatch.setattr(trainings, "_require", meeting_after(trainings._require))
    monkeypatch.setattr(of_reserve, "record", meeting_before(journal.record))
    monkeypatch.setattr(of_counsel, "record", meeting_before(journal.record))


def cancelling_and_noting(world: World) -> tuple[Training, list[object]]:
    training = plan_training(
        title="t", kind="course", held_on=TODAY, hours=1, place="", organiser=world.unit("coordination"),
        area=STREET, at=AT, actor=SYSTEM,
    )  # fmt: skip
    said: dict[str, Any] = {"training": training, "at": AT, "actor": SYSTEM}
    results = at_once(
        lambda: cancel_training(**said),
        lambda: note_attendance(state="attended", people=[world.governor], **said),
    )
    training.refresh_from_db()
    return training, results


@pytest.mark.usefixtures("_meeting")
def test_a_training_is_either_cancelled_or_attended(cast: World) -> None:
    training, results = cancelling_and_noting(cast)
    assert "NotNow" in kinds(results)
    assert bool(training.cancelled_at) != training.attendances.exists()


@pytest.mark.usefixtures("_meeting", "_unlocked")
def test_control_without_the_lock_a_cancelled_training_is_attended(
    cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainings, "record", lambda **_entry: None)
    training, results = cancelling_and_noting(cast)
    assert kinds(results) == ["Training", "int"]
    assert training.cancelled_at
    assert training.attendances.exists()


def two_put_in(world: World) -> list[object]:
    street = Street.objects.get(code=STREET)

    def put() -> Reserve:
        return put_in_reserve(
            person=world.stranger, tier=1, street=street, starts_on=TODAY, at=AT, actor=SYSTEM
        )

    return at_once(put, put)


@pytest.mark.usefixtures("_meeting")
def test_of_two_who_put_one_person_in_the_reserve_one_is_told(cast: World) -> None:
    assert kinds(two_put_in(cast)) == ["InReserve", "Reserve"]


@pytest.mark.usefixtures("_meeting", "_unlocked")
def test_control_without_the_lock_only_the_database_keeps_one_open_row(cast: World) -> None:
    assert kinds(two_put_in(cast)) == ["IntegrityError", "Reserve"]
    assert Reserve.objects.count() == 1


def two_retain(world: World) -> list[object]:
    unit = Unit.objects.get(code=world.b1.community_id)

    def retain(name: str) -> CounselAppointment:
        facts: dict[str, Any] = {"firm": "莲城", "phone": "0731-58001234", "licence": "", "starts_on": TODAY}
        return appoint_counsel(unit=unit, name=name, at=AT, actor=SYSTEM, **facts)

    return at_once(lambda: retain("唐律"), lambda: retain("蒋律"))


@pytest.mark.usefixtures("_meeting")
def test_of_two_who_appoint_counsel_on_one_day_one_is_told(cast: World) -> None:
    assert kinds(two_retain(cast)) == ["CounselAppointment", "LaterCounsel"]


@pytest.mark.usefixtures("_meeting", "_unlocked")
def test_control_without_the_lock_only_the_database_keeps_one_counsel(cast: World) -> None:
    assert kinds(two_retain(cast)) == ["CounselAppointment", "IntegrityError"]
