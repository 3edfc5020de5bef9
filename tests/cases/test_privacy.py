"""What a reporter tells about himself is sealed, and no word that a person wrote stands in the journal."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from cases.actions import Person, unmask
from cases.models import Case, Note
from tests.world import AT, World, a_dispatched, a_report, a_signed, as_reporter, do, kinds_of
from yuhu.journal.actions import text_digest
from yuhu.journal.models import Entry
from yuhu.kit import people
from yuhu.kit.exceptions import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


def opened(sealed: bytes | memoryview | None) -> str:
    assert sealed is not None
    return people.unseal(sealed)


# --- people's data ------------------------------------------------------------------------------------------------

NAME, PHONE = "欧阳独一无二", "13912349876"
SAID = "描述里的独特句子甲乙丙丁"


def cells() -> Iterator[tuple[str, str]]:
    """Every value of every table, as text and as bytes that could be read as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    raw = bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
                    yield table, raw.decode("utf-8", "replace")


def test_name_and_phone_of_a_reporter_stand_nowhere_in_clear(world: World) -> None:
    a_dispatched(world, reporter=Person(name=NAME, phone=PHONE), description=SAID)
    found = list(cells())
    # On PostgreSQL the search has a table of its own.
    assert {table for table, text in found if SAID in text} - {"cases_case_words"} == {"cases_case"}, (
        "the search finds what is there"
    )
    assert [table for table, text in found if NAME in text or PHONE in text] == []


def test_the_sealed_row_opens_with_the_key_and_shows_a_mask(world: World) -> None:
    row = a_report(world, reporter=Person(name=NAME, phone=PHONE)).reporter
    assert (opened(row.name_sealed), opened(row.phone_sealed)) == (NAME, PHONE)
    assert (row.name_masked, row.phone_masked) == ("欧*****", "139****9876")
    assert str(row) == "欧*****"


def test_two_reports_of_one_phone_are_sealed_differently_and_found_together(world: World) -> None:
    first = a_report(world, reporter=Person(name=NAME, phone=PHONE)).reporter
    second = a_report(world, reporter=Person(name=NAME, phone=f"+86{PHONE}")).reporter
    assert bytes(first.phone_sealed or b"") != bytes(second.phone_sealed or b"")
    assert first.phone_index == second.phone_index
    assert first.token != second.token
    assert len(first.token) >= 24


def test_where_nobody_left_a_name_there_is_nothing_to_see(world: World) -> None:
    case = a_report(world, reporter=Person())
    with pytest.raises(NotFound):
        unmask(case_id=case.pk, reason="要回电话", by=world.by("dispatcher"), at=AT)
    assert kinds_of(case) == ["case.reported"]


def test_the_clear_text_needs_a_post_and_a_reason_and_is_journaled(world: World) -> None:
    case = a_report(world, reporter=Person(name=NAME, phone=PHONE))
    # Another block's governor and another street's duty officer hold such a post, but not here.
    for who in ("handler", "admin", "auditor", "stranger", "supervisor", "governor2", "dispatcher9"):
        with pytest.raises(Forbidden):
            unmask(case_id=case.pk, reason="要回电话", by=world.by(who), at=AT)
    with pytest.raises(Invalid):
        unmask(case_id=case.pk, reason=" ", by=world.by("dispatcher"), at=AT)
    assert kinds_of(case) == ["case.reported"]
    assert unmask(case_id=case.pk, reason="要回电话", by=world.by("dispatcher"), at=AT) == (NAME, PHONE)
    entry = Entry.objects.get(kind="case.unmasked")
    assert (entry.subject_id, entry.actor_id) == (case.number, world.dispatcher.pk)


# --- the journal holds no words -----------------------------------------------------------------------------------


WORDS = "绝密词语"


def a_life_full_of_words(world: World) -> Case:
    """A whole loop with a distinctive text wherever text is possible."""
    case = a_signed(
        world,
        description=f"{WORDS}一",
        address=f"{WORDS}二",
        reporter=Person(name=NAME, phone=PHONE),
        channel="hotline",
        client="hotline",
    )
    case = do(world, case, "contact", "governor", channel="phone", comment=f"{WORDS}三")
    case = do(world, case, "urge", "leader", comment=f"{WORDS}四")
    case = do(world, case, "supervise", "leader", comment=f"{WORDS}五")
    case = do(world, case, "raise-path", "governor", path="meeting", reason=f"{WORDS}六")
    case = do(world, case, "return", "governor", reason=f"{WORDS}七")
    case = do(world, case, "decide-return", "dispatcher", approve=False, reason=f"{WORDS}八")
    case = do(
        world, case, "request-extension", "governor", until=AT + dt.timedelta(hours=6), reason=f"{WORDS}九"
    )
    case = do(world, case, "decide-extension", "dispatcher", approve=True, reason=f"{WORDS}十")
    case = do(world, case, "request-suspension", "governor", until="2026-12-10", reason=f"{WORDS}甲")
    case = do(world, case, "decide-suspension", "dispatcher", approve=True, reason=f"{WORDS}乙")
    case = do(world, case, "resume", "governor", comment=f"{WORDS}丙")
    case = do(world, case, "hand-back", "governor", result=f"{WORDS}丁")
    case = do(world, case, "evaluate", "supervisor", effective=False, comment=f"{WORDS}戊")
    case = do(world, case, "hand-back", "governor", result=f"{WORDS}己")
    case = do(world, case, "evaluate", "supervisor", effective=True, comment=f"{WORDS}庚")
    case = as_reporter(case, "rate", solved="unsolved", satisfaction="dissatisfied", comment=f"{WORDS}辛")
    return as_reporter(case, "reopen", reason=f"{WORDS}壬")


def strings(data: Any) -> Iterator[str]:
    """Every key and every string inside."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from strings(value)
    elif isinstance(data, str):
        yield data


def test_the_journal_keeps_digests_and_no_word_that_a_person_wrote(world: World) -> None:
    case = a_life_full_of_words(world)
    case = do(world, case, "void", "dispatcher", reason=f"{WORDS}癸")
    entries = list(Entry.objects.filter(subject_id=case.number))
    assert len(entries) == len(kinds_of(case)) >= 20
    said = [text for entry in entries for text in strings(entry.data)]
    assert [text for text in said if WORDS in text or NAME in text or PHONE in text] == []
    names = {entry.actor_name for entry in entries} | {entry.actor_post for entry in entries}
    assert NAME not in names
    assert Note.objects.filter(case=case).count() == 18, (
        "the words themselves stand in rows that can be erased"
    )


def test_every_note_has_its_digest_in_the_journal(world: World) -> None:
    case = a_life_full_of_words(world)
    entries = Entry.objects.filter(subject_id=case.number)
    kept = {
        value["note"]: value["digest"]
        for entry in entries
        for value in entry.data.values()
        if isinstance(value, dict) and "note" in value
    }
    notes = Note.objects.filter(case=case)
    assert kept == {note.pk: text_digest(note.salt, note.text) for note in notes}
    first = entries.get(kind="case.reported")
    assert first.data["description"] == text_digest(case.salt, f"{WORDS}一")


def test_an_erased_note_leaves_the_journal_whole(world: World, tmp_path: Path) -> None:
    from yuhu.journal.verification import verify

    case = a_life_full_of_words(world)
    Note.objects.filter(case=case).update(text="", erased_at=AT)
    assert verify(head_file=tmp_path / "heads").count == 0
    assert not Note.objects.filter(case=case, text__contains=WORDS).exists()
