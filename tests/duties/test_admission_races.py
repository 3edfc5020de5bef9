"""Two people decide, ask or report at once. The race for a number has a control that shows it without the lock."""

import pytest

from duties import actions
from duties.actions import admissions
from duties.exceptions import AskedAlready, NotNow
from duties.models import Admission, AdmissionNumber, OffListReport
from tests.duties.admission_makers import asked, entries, reported, who
from tests.duties.test_races import at_once, meeting
from tests.journal_flush import install_flush_guard
from tests.world import World, build

install_flush_guard()
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(transactional_db: None) -> World:
    return build()


def declining(world: World, row: Admission):
    return lambda: actions.decline_admission(admission=row, reason="无依据", **who(world.leader))


def test_control_without_the_lock_two_decisions_want_the_same_number(cast: World, monkeypatch) -> None:
    rows = [asked(cast), asked(cast, title="公筷公勺检查")]

    def unlocked(year: int) -> int:
        return (AdmissionNumber.objects.filter(year=year).values_list("last", flat=True).first() or 0) + 1

    monkeypatch.setattr(admissions, "_next_number", meeting(unlocked))
    results = at_once(*(declining(cast, row) for row in rows))
    assert len([one for one in results if isinstance(one, Exception)]) == 1


def test_two_decisions_at_once_have_two_numbers_without_a_gap(cast: World) -> None:
    rows = [asked(cast), asked(cast, title="公筷公勺检查")]
    results = at_once(*(declining(cast, row) for row in rows))
    assert all(isinstance(one, Admission) for one in results), results
    assert set(Admission.objects.values_list("number", flat=True)) == {1, 2}


def test_a_request_decided_by_two_is_decided_once(cast: World) -> None:
    row = asked(cast)
    results = at_once(declining(cast, row), declining(cast, row))
    assert {type(one) for one in results} == {Admission, NotNow}
    assert len(entries("admission.declined")) == 1
    assert AdmissionNumber.objects.get().last == 1


def test_a_request_or_a_report_sent_twice_at_once_is_there_once(cast: World) -> None:
    assert {type(one) for one in at_once(*[lambda: asked(cast)] * 2)} == {Admission, AskedAlready}
    assert {type(one) for one in at_once(*[lambda: reported(cast)] * 2)} == {OffListReport, AskedAlready}
