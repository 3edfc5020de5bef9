"""Rows of several models written together stand as if each had been saved."""

import gc

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.models import Case, CaseNumber, CaseParty, Note
from tests.world import AT, World, a_report
from yuhu.kit import bulk

pytestmark = pytest.mark.django_db
POSTGRES = connection.vendor == "postgresql"


@pytest.fixture
def case(world: World) -> Case:
    return a_report(world)


def a_party(case: Case, user_id: int) -> CaseParty:
    return bulk.blank(CaseParty, case_id=case.pk, role=CaseParty.Role.REPORTER, user_id=user_id)


def test_rows_of_several_models_stand_afterwards_and_named_ones_have_their_keys_before(
    case: Case, world: World
) -> None:
    before = CaseParty.objects.count()
    with (
        CaptureQueriesContext(connection) as asked,
        transaction.atomic(),
        bulk.together(CaseNumber, CaseNumber),
    ):
        first, second = CaseNumber(), CaseNumber()
        bulk.add(first)
        bulk.add(second)
        assert first.pk
        assert second.pk > first.pk
        for user in (world.supervisor, world.leader):
            bulk.add(a_party(case, user.pk))
    assert set(CaseNumber.objects.filter(pk__in=[first.pk, second.pk])) == {first, second}
    assert CaseParty.objects.count() == before + 2
    if POSTGRES:
        assert sum("EXECUTE add_" in one["sql"] for one in asked.captured_queries) == 1


def test_what_comes_afterwards_is_written_at_once(world: World) -> None:
    with transaction.atomic(), bulk.together(CaseNumber):
        bulk.add(CaseNumber())
    later = CaseNumber()
    bulk.add(later)
    assert CaseNumber.objects.filter(pk=later.pk).exists()


def test_after_an_error_inside_nothing_stands(world: World) -> None:
    count = CaseNumber.objects.count()

    def failing() -> None:
        with transaction.atomic(), bulk.together(CaseNumber):
            bulk.add(CaseNumber())
            raise LookupError

    with pytest.raises(LookupError):
        failing()
    assert CaseNumber.objects.count() == count


def test_a_row_that_a_constraint_refuses_takes_the_others_along(case: Case, world: World) -> None:
    count = CaseNumber.objects.count()

    def twice() -> None:
        with transaction.atomic(), bulk.together(CaseNumber):
            bulk.add(CaseNumber())
            bulk.add(a_party(case, world.leader.pk))
            bulk.add(a_party(case, world.leader.pk))

    with pytest.raises(IntegrityError):
        twice()
    assert CaseNumber.objects.count() == count


def test_texts_with_marks_and_semicolons_stay_texts(case: Case) -> None:
    text = "甲; DROP TABLE x; -- %s %(a)s 'q' \\ \" ?"
    with transaction.atomic(), bulk.together():
        for field, content in (("one", text), ("two", text * 2)):
            bulk.add(Note(case=case, move="sign", field=field, text=content, salt="s", written_at=AT))
    assert {row.text for row in Note.objects.filter(case=case)} >= {text, text * 2}


def test_the_collector_works_again_after_a_chunk_and_after_an_error() -> None:
    def failing() -> None:
        with bulk.without_collecting():
            assert not gc.isenabled()
            raise LookupError

    with pytest.raises(LookupError):
        failing()
    assert gc.isenabled()


def test_a_row_is_changed_whole_or_by_name_and_only_that_one(case: Case, world: World) -> None:
    other = a_report(world)
    case.address, case.client = "甲路1号", "另一个"
    bulk.change(case, "address")
    case.refresh_from_db()
    assert (case.address, case.client) == ("甲路1号", "")
    case.description, case.version = "路灯不亮", 9
    bulk.change(case)
    found = Case.objects.get(pk=case.pk)
    assert (found.description, found.version, found.address) == ("路灯不亮", 9, "甲路1号")
    assert "路灯不亮" in found.words, "what a field derives from others is derived again"
    assert Case.objects.get(pk=other.pk).address == other.address


def test_changes_and_new_rows_keep_their_order(case: Case, world: World) -> None:
    with transaction.atomic(), bulk.together():
        for address in ("甲路1号", "乙路2号"):
            case.address = address
            bulk.change(case, "address")
        bulk.add(a_party(case, world.leader.pk))
    assert Case.objects.get(pk=case.pk).address == "乙路2号"
    assert CaseParty.objects.filter(case=case, user=world.leader).exists()


def test_a_key_is_drawn_from_the_sequence_that_the_table_has_now(world: World) -> None:
    if not POSTGRES:
        pytest.skip("needs PostgreSQL: set DATABASE_URL")
    drawn = []
    for _again in range(3):
        with transaction.atomic(), bulk.together(CaseNumber):
            ticket = CaseNumber()
            bulk.add(ticket)
            drawn.append(ticket.pk)
    assert drawn == [drawn[0], drawn[0] + 1, drawn[0] + 2]


def test_without_prepared_statements_the_same_is_written(case: Case, world: World, settings) -> None:
    settings.PREPARED_STATEMENTS = False
    with transaction.atomic(), bulk.together(CaseNumber):
        ticket = CaseNumber()
        bulk.add(ticket)
        case.address = "50% der Straße; '"
        bulk.change(case, "address")
    assert CaseNumber.objects.filter(pk=ticket.pk).exists()
    assert Case.objects.get(pk=case.pk).address == "50% der Straße; '"
