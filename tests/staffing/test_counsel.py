"""Legal counsel: one at a time, one following the other, and who has none."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from staffing.actions import appoint_counsel, end_counsel, load_counsel
from staffing.exceptions import AlreadyThere, LaterCounsel, NotNow, WrongDates
from staffing.figures import communities_without_counsel, counsel_coverage
from staffing.models import CounselAppointment, Unit
from tests.world import AT, OTHER_STREET, STREET, World
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit.exceptions import Invalid
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db

TODAY = AT.date()
DAY = dt.timedelta(days=1)


@pytest.fixture
def community(world: World) -> Unit:
    return Unit.objects.get(code=world.b1.community_id)


def retain(unit: Unit, **changes: Any) -> CounselAppointment:
    facts: dict[str, Any] = {
        "name": "唐律", "firm": "莲城律师事务所", "phone": "0731-58001234", "licence": "", "starts_on": TODAY - 9 * DAY,
    }  # fmt: skip
    return appoint_counsel(unit=unit, **{**facts, **changes}, at=AT, actor=SYSTEM)


def of(unit: Unit, on: dt.date = TODAY) -> str | None:
    row = CounselAppointment.objects.on(on).filter(unit=unit).first()
    return row.name if row else None


def test_counsel_is_appointed_and_the_journal_keeps_no_name(community):
    row = retain(community, licence="14303201010123456")
    entry = Entry.objects.get(kind="counsel.appointed")
    assert (entry.subject_id, entry.area, entry.data["counsel"]) == (
        str(community.pk),
        community.code,
        row.pk,
    )
    assert "唐" not in str(entry.data)
    assert of(community) == "唐律"
    assert of(community, TODAY - 10 * DAY) is None


def test_who_follows_ends_who_was_before(community):
    retain(community)
    retain(community, name="蒋律", starts_on=TODAY)
    assert (of(community, TODAY - DAY), of(community)) == ("唐律", "蒋律")
    assert CounselAppointment.objects.get(name="唐律").ends_on == TODAY


def test_the_same_lawyer_twice_and_one_before_another_are_refused(community):
    retain(community)
    with pytest.raises(AlreadyThere):
        retain(community, starts_on=TODAY)
    for days in (9, 20):
        with pytest.raises(LaterCounsel):
            retain(community, name="蒋律", starts_on=TODAY - days * DAY)
    assert retain(community, firm="白石律师事务所", starts_on=TODAY).firm == "白石律师事务所"


def test_an_appointment_ends_once(community):
    row = retain(community)
    with pytest.raises(WrongDates):
        end_counsel(counsel=row, ends_on=row.starts_on, at=AT, actor=SYSTEM)
    end_counsel(counsel=row, ends_on=TODAY, at=AT, actor=SYSTEM)
    assert of(community) is None
    with pytest.raises(NotNow):
        end_counsel(counsel=row, ends_on=TODAY + DAY, at=AT, actor=SYSTEM)
    assert retain(community, starts_on=TODAY).name == "唐律", "the same lawyer may come back"
    told = Entry.objects.filter(subject_type="counsel", subject_id=str(community.pk)).order_by("seq")
    kinds = ["counsel.appointed", "counsel.ended", "counsel.appointed"]
    assert list(told.values_list("kind", flat=True)) == kinds


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("firm", " "), ("phone", "12"), ("phone", ""), ("licence", "143-03"), ("name", "长" * 51)],
)
def test_what_cannot_be_is_refused_beside_its_field(community, field, value):
    with pytest.raises(Invalid) as refusal:
        retain(community, **{field: value})
    assert refusal.value.field == field


def test_the_database_keeps_one_open_row_a_unit(community):
    row = retain(community)
    copy = {"unit": community, "name": "x", "firm": "y", "phone": "1"}
    for days in (0, 1):
        twin = CounselAppointment(starts_on=row.starts_on + days * DAY, **copy)
        with pytest.raises(IntegrityError), transaction.atomic():
            load_counsel([twin], at=AT, actor=SYSTEM)
    with pytest.raises(IntegrityError), transaction.atomic():
        CounselAppointment.objects.filter(pk=row.pk).update(ends_on=row.starts_on)


def test_every_community_and_every_unit_that_ever_had_counsel_is_counted(world, community):
    department = Unit.objects.get(name="区市场监督管理局")
    communities = Unit.objects.filter(kind=Unit.Kind.COMMUNITY).count()
    assert counsel_coverage(TODAY).others.percent is None
    retain(community)
    end_counsel(counsel=retain(department), ends_on=TODAY, at=AT, actor=SYSTEM)
    found = counsel_coverage(TODAY)
    assert (found.communities.numerator.number, found.communities.denominator.number) == (1, communities)
    assert (found.others.numerator.number, found.others.denominator.number) == (0, 1)
    assert department in found.without
    assert community not in found.without
    assert counsel_coverage(TODAY - DAY).others.is_whole


def test_lacking_communities_are_counted_within_areas(world, community):
    before = communities_without_counsel(TODAY, [STREET])
    other = communities_without_counsel(TODAY, [OTHER_STREET])
    assert communities_without_counsel(TODAY, ["430302"]) > before + other > 0
    retain(community)
    assert communities_without_counsel(TODAY, [STREET]) == before - 1
    assert len(counsel_coverage(TODAY, [STREET]).without) == before - 1
    assert communities_without_counsel(TODAY, []) == 0


def test_everybody_with_a_post_reads_and_nobody_else(community):
    retain(community)
    assert CounselAppointment.objects.within(Scope(has_post=True)).count() == 1
    assert not CounselAppointment.objects.within(Scope(person=1)).exists()
