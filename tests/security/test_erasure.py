"""Whoever asks for it is forgotten, and the journal still proves what happened (PIPL art. 47)."""

import json

import pytest
from django.test import Client

from cases.actions import Erasure, Person, attach, erase
from cases.models import Case, Note, Reporter
from cases.photos import prepare
from staffing.models import User
from tests.api.callers import Caller
from tests.cases.test_privacy import cells
from tests.pages.conftest import jpeg
from tests.world import AT, World, a_closed, a_report, a_signed, do, kinds_of
from yuhu.api.models import IdempotencyRecord
from yuhu.journal import tasks, verification
from yuhu.journal.models import Entry
from yuhu.kit.exceptions import Forbidden, Invalid

pytestmark = pytest.mark.django_db

NAME, PHONE, SAID = "欧阳独一无二", "13912349876", "描述里的独特句子甲乙丙丁"
ALL = Erasure(person=True, report=True)


@pytest.fixture
def ended(world: World) -> Case:
    case = a_signed(world, reporter=Person(name=NAME, phone=PHONE), description=SAID, address=f"{SAID}号")
    attach(case_id=case.pk, photo=prepare(jpeg()), stage="before", by=world.by("governor"), at=AT)
    case = do(world, case, "contact", "governor", channel="phone", comment=f"{SAID}三")
    return do(world, case, "void", "dispatcher", reason="误报")


def everything(case: Case) -> Erasure:
    notes = Note.objects.filter(case=case, text__contains=SAID).values_list("pk", flat=True)
    photos = case.attachments.values_list("pk", flat=True)
    return Erasure(person=True, report=True, notes=frozenset(notes), photos=frozenset(photos))


def test_nothing_of_the_person_is_left_and_the_journal_is_whole(world: World, ended: Case, tmp_path) -> None:
    files = [ended.attachments.get().file.path, ended.attachments.get().thumbnail.path]
    token = ended.reporter.token
    erase(case_id=ended.pk, what=everything(ended), reason="本人电话要求", by=world.by("leader"), at=AT)
    assert [table for table, text in cells() if SAID in text or token in text] == []
    assert not Reporter.objects.filter(case=ended).exists()
    assert not ended.attachments.exists()
    tasks.relay_sweep(AT)
    assert verification.verify(head_file=tmp_path / "heads").findings == []
    entry = Entry.objects.get(kind="case.erased")
    assert (entry.actor_id, entry.data["person"], entry.data["report"]) == (world.leader.pk, True, True)
    assert files


def test_the_files_go_after_the_commit(world: World, ended: Case, django_capture_on_commit_callbacks) -> None:
    photo = ended.attachments.get()
    with django_capture_on_commit_callbacks(execute=True):
        erase(case_id=ended.pk, what=everything(ended), reason="本人电话要求", by=world.by("leader"), at=AT)
    for stored in (photo.file, photo.thumbnail):
        assert not stored.storage.exists(str(stored.name))


def test_a_guess_at_the_erased_text_cannot_be_tried_against_its_digest(world: World, ended: Case) -> None:
    erase(case_id=ended.pk, what=everything(ended), reason="本人电话要求", by=world.by("leader"), at=AT)
    assert Case.objects.get(pk=ended.pk).salt == ""
    assert set(Note.objects.filter(case=ended, erased_at__isnull=False).values_list("text", "salt")) == {
        ("", "")
    }


def test_only_a_leader_of_the_area_erases(world: World, ended: Case) -> None:
    may = set()
    for name in world.people:
        try:
            erase(case_id=ended.pk, what=ALL, reason="本人要求", by=world.by(name), at=AT)
            may.add(name)
        except Forbidden:
            continue
    assert may == {"leader", "streetleader"}


def test_an_open_case_keeps_its_words(world: World) -> None:
    case = a_report(world, description=SAID)
    with pytest.raises(Forbidden):
        erase(case_id=case.pk, what=ALL, reason="本人要求", by=world.by("leader"), at=AT)
    assert Case.objects.get().description == SAID


@pytest.mark.parametrize(("what", "reason"), [(Erasure(), "本人要求"), (ALL, " ")])
def test_it_takes_a_reason_and_a_choice(world: World, ended: Case, what: Erasure, reason: str) -> None:
    with pytest.raises(Invalid):
        erase(case_id=ended.pk, what=what, reason=reason, by=world.by("leader"), at=AT)
    assert "case.erased" not in kinds_of(ended)


def test_another_cases_notes_and_photos_are_out_of_reach(world: World, ended: Case) -> None:
    other = a_closed(world, description=SAID)
    strange = frozenset(Note.objects.filter(case=other).values_list("pk", flat=True))
    erase(
        case_id=ended.pk,
        what=Erasure(report=True, notes=strange),
        reason="本人要求",
        by=world.by("leader"),
        at=AT,
    )
    assert not Note.objects.filter(case=other, erased_at__isnull=False).exists()


def test_an_answer_that_the_api_kept_forgets_the_words_and_still_refuses_a_second_report(
    world: World,
) -> None:
    me = Caller(world.dispatcher)
    body = {"category": "0101", "description": SAID, "block": world.b1.code}
    key = {"Idempotency-Key": "k-erase"}
    number = me.post("cases/", body, headers=key).json()["number"]
    case = do(world, Case.objects.get(number=number), "void", "dispatcher", reason="误报")
    assert SAID in IdempotencyRecord.objects.get(key="k-erase").body
    erase(case_id=case.pk, what=Erasure(report=True), reason="本人要求", by=world.by("leader"), at=AT)
    assert json.loads(IdempotencyRecord.objects.get(key="k-erase").body) == {"number": number}
    assert me.post("cases/", body, headers=key).json() == {"number": number}
    assert Case.objects.count() == 1


def test_the_page_offers_what_is_there_and_erases_what_is_ticked(world: World, ended: Case) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.leader)
    address = f"/cases/{ended.number}/erase/"
    page = client.get(address).content.decode()
    assert f"{SAID}三"[:20] in page
    note = Note.objects.get(case=ended, text=f"{SAID}三")
    answer = client.post(address, {"person": "on", "notes": [note.pk], "reason": "本人要求"})
    assert answer["Location"] == ended.get_absolute_url()
    shown = client.get(ended.get_absolute_url()).content.decode()
    assert f"{SAID}三" not in shown
    assert SAID in shown, "what was not ticked stays"
    assert "139****9876" not in shown
    assert client.post(address, {"reason": "本人要求"}).status_code == 400


def test_the_page_is_closed_for_whoever_only_works_on_the_case(world: World, ended: Case) -> None:
    client = Client()
    client.force_login(User.objects.get(pk=world.dispatcher.pk))
    assert client.get(f"/cases/{ended.number}/erase/").status_code == 403
    assert client.post(f"/cases/{ended.number}/erase/", {"report": "on", "reason": "要求"}).status_code == 403
    assert Case.objects.get(pk=ended.pk).description == SAID
