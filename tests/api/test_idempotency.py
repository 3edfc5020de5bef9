"""The same key and body do it once and give the same answer, also at the same time; another body is refused."""

import contextlib
import datetime as dt
import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from PIL import Image

from cases.actions import report
from cases.api import views
from cases.models import Attachment, Case
from tests.api.callers import Caller, errors
from tests.api.test_attachments import photo
from tests.world import AT, World, a_dispatched, a_report, a_signed
from yuhu.api import actions
from yuhu.api.models import IdempotencyRecord
from yuhu.api.urls import resources
from yuhu.journal.models import Entry
from yuhu.kit import clock, steps
from yuhu.settings import FILE_UPLOAD_MAX_MEMORY_SIZE

pytestmark = pytest.mark.django_db

GOOD = {"category": "0101", "description": "楼下垃圾堆了三天", "block": "43030200100101"}
KEY = {"Idempotency-Key": "3f6c-1"}


def test_the_same_report_under_the_same_key_is_one_case_and_one_answer(me):
    first = me.post("cases/", GOOD, headers=KEY)
    again = me.post("cases/", GOOD, headers=KEY)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert (first["Location"], first["ETag"]) == (again["Location"], again["ETag"])
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Case.objects.count() == 1


def test_without_a_key_two_reports_are_two_cases(me):
    """The control: nothing else keeps them apart."""
    assert me.post("cases/", GOOD).status_code == me.post("cases/", GOOD).status_code == 201
    assert Case.objects.count() == 2


def test_the_answer_is_kept_as_it_was_given(me, world: World, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = me.post("cases/", GOOD, headers=KEY)
    assert Case.objects.get().state == "dispatched"
    assert me.post("cases/", GOOD, headers=KEY).json() == first.json()


def test_order_and_blanks_of_the_body_do_not_count(me):
    me.post("cases/", '{"category":"0101","description":"x","block":"43030200100101"}', headers=KEY)
    body = '{ "block": "43030200100101",\n "description": "x", "category": "0101" }'
    assert me.post("cases/", body, headers=KEY)["Idempotency-Replayed"] == "true"


def test_another_body_under_the_same_key_is_422(me):
    me.post("cases/", GOOD, headers=KEY)
    answer = me.post("cases/", {**GOOD, "description": "别的事"}, headers=KEY)
    assert (answer.status_code, errors(answer)) == (422, [("idempotency_key_reused", None)])
    assert Case.objects.count() == 1


def test_a_key_belongs_to_one_person_and_one_address(me, as_, world: World):
    first, second = a_dispatched(world), a_dispatched(world)
    assert me.post(f"cases/{first.number}/moves/sign/", headers=KEY).status_code == 200
    assert me.post(f"cases/{second.number}/moves/sign/", headers=KEY).status_code == 200
    assert me.post("cases/", GOOD, headers=KEY).status_code == 201
    assert as_("supervisor").post("cases/", GOOD, headers=KEY).status_code == 201
    assert Case.objects.count() == 4


def test_a_refused_request_keeps_nothing_and_the_key_is_free(me):
    assert me.post("cases/", {**GOOD, "category": "9999"}, headers=KEY).status_code == 400
    assert IdempotencyRecord.objects.count() == 0
    assert me.post("cases/", GOOD, headers=KEY).status_code == 201


def test_a_request_that_broke_half_way_keeps_nothing_and_may_be_repeated(me, monkeypatch):
    """Case, journal and key are written in one transaction: the machine may stop anywhere."""
    real = report

    def breaks(*args: Any, **kwargs: Any) -> Case:
        real(*args, **kwargs)
        raise SystemError("the plug was pulled")

    monkeypatch.setattr(views, "report", breaks)
    me.client.raise_request_exception = False
    assert me.post("cases/", GOOD, headers=KEY).status_code == 500
    assert (Case.objects.count(), IdempotencyRecord.objects.count()) == (0, 0)
    assert not Entry.objects.filter(kind="case.reported").exists()
    monkeypatch.setattr(views, "report", real)
    assert me.post("cases/", GOOD, headers=KEY).status_code == 201


def test_a_move_is_made_once(me, world: World):
    case = a_signed(world)
    path = f"cases/{case.number}/moves/hand-back/"
    first = me.post(path, {"result": "已清运"}, headers=KEY)
    again = me.post(path, {"result": "已清运"}, headers=KEY)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert Entry.objects.for_subject("case", case.number).filter(kind="case.handed_back").count() == 1
    assert me.post(path, {"result": "已清运"}).status_code == 409, (
        "the control: without the key the state refuses"
    )


def test_a_photo_sent_again_is_answered_whatever_the_forms_boundary(me, world: World):
    path = f"cases/{a_dispatched(world).number}/attachments/"
    first = me.upload(path, file=photo(), stage="before", headers=KEY)
    again = me.upload(path, file=photo(), stage="before", headers=KEY)
    assert again.status_code == 201
    assert again["Idempotency-Replayed"] == "true"
    assert first.json() == again.json()
    other = me.upload(path, file=photo(colour="blue"), stage="before", headers=KEY)
    assert other.status_code == 422
    assert me.upload(path, file=photo(), stage="after", headers=KEY).status_code == 422
    assert Attachment.objects.count() == 1


def test_a_photo_under_a_key_is_whole(me, world: World):
    """The body is read for its digest first and must still be there for the photo."""
    path = f"cases/{a_dispatched(world).number}/attachments/"
    out = io.BytesIO()
    Image.effect_noise((1500, 1500), 60).save(out, "PNG")
    assert len(out.getvalue()) > FILE_UPLOAD_MAX_MEMORY_SIZE, "it is kept on disk while it comes in"
    file = SimpleUploadedFile("a.png", out.getvalue(), content_type="image/png")
    assert me.upload(path, file=file, stage="before", headers=KEY).json()["width"] == 1500


def test_a_key_that_is_none_is_refused(me):
    for key in ("", " ", "a b", "x" * 129, "钥匙", "a\tb"):
        answer = me.client.post(
            "/api/v1/cases/",
            '{"category": "0101"}',
            content_type="application/json",
            HTTP_IDEMPOTENCY_KEY=key,
        )
        assert (answer.status_code, errors(answer)) == (400, [("invalid_idempotency_key", None)]), repr(key)


def test_nobodys_key_is_not_even_looked_at(db):
    assert Caller().post("cases/", GOOD, headers=KEY).status_code == 401
    assert IdempotencyRecord.objects.count() == 0


def test_keys_are_kept_seven_days_and_then_forgotten(me, monkeypatch):
    me.post("cases/", GOOD, headers=KEY)
    assert steps.run_sweeps(AT + dt.timedelta(days=7), only=["api.forget_keys"]) == {"api.forget_keys": 0}
    assert me.post("cases/", GOOD, headers=KEY)["Idempotency-Replayed"] == "true"
    assert steps.run_sweeps(AT + dt.timedelta(days=7, seconds=1), only=["api.forget_keys"]) == {
        "api.forget_keys": 1
    }
    assert "Idempotency-Replayed" not in me.post("cases/", GOOD, headers=KEY)


def test_every_post_that_is_mounted_takes_a_key():
    doors: list[Any] = [getattr(pattern.callback, "cls", None) for pattern in resources]
    posts = [door.post for door in doors if hasattr(door, "post")]
    assert len(posts) > 20
    assert {post.__globals__["__name__"] for post in posts} == {"yuhu.api.idempotency"}


# At the same time


def at_once(count: int, work: Callable[[], Any]) -> list[Any]:
    """``work`` in ``count`` threads, each with a connection of its own; what each returned or raised."""
    start, results = threading.Barrier(count), []

    def run() -> None:
        start.wait(10)
        try:
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture
def slow_report(monkeypatch) -> None:
    """Reports that take so long that the others begin meanwhile."""
    met, real = threading.Barrier(4), report

    def slowly(*args: Any, **kwargs: Any) -> Case:
        # Broken: the others were kept out.
        with contextlib.suppress(threading.BrokenBarrierError):
            met.wait(1)
        return real(*args, **kwargs)

    monkeypatch.setattr(views, "report", slowly)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_four_requests_with_one_key_at_once_are_one_case(world: World, slow_report):
    answers = at_once(4, lambda: Caller(world.governor).post("cases/", GOOD, headers=KEY))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.content for answer in answers}) == 1
    assert sorted("Idempotency-Replayed" in answer for answer in answers) == [False, True, True, True]
    assert Case.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_four_requests_without_a_key_at_once_are_four_cases(world: World, slow_report):
    """The control: the requests do meet, and only the key keeps them apart."""
    answers = at_once(4, lambda: Caller(world.governor).post("cases/", GOOD))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert Case.objects.count() == 4


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_when_the_first_of_two_fails_the_second_does_the_work(world: World, monkeypatch):
    """The second waits for the first one's transaction; its roll-back leaves no key behind."""
    began, real = threading.Event(), report
    calls: list[int] = []

    def first_fails(*args: Any, **kwargs: Any) -> Case:
        calls.append(1)
        if len(calls) == 1:
            began.set()
            waiting.wait(10)
            raise SystemError("the plug was pulled")
        return real(*args, **kwargs)

    waiting = threading.Event()
    monkeypatch.setattr(views, "report", first_fails)

    def send() -> Any:
        me = Caller(world.governor)
        me.client.raise_request_exception = False
        if began.is_set():
            threading.Timer(0.5, waiting.set).start()
        return me.post("cases/", GOOD, headers=KEY).status_code

    results: list[Any] = []
    first = threading.Thread(target=lambda: (results.append(send()), connections.close_all()))
    first.start()
    assert began.wait(10)
    second = threading.Thread(target=lambda: (results.append(send()), connections.close_all()))
    second.start()
    first.join(30)
    second.join(30)
    assert sorted(results) == [201, 500]
    assert (Case.objects.count(), len(calls)) == (1, 2)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_under_two_keys_are_made_once(world: World):
    case = a_dispatched(world)
    keys = iter([{"Idempotency-Key": "a"}, {"Idempotency-Key": "b"}])
    path = f"cases/{case.number}/moves/sign/"
    answers = at_once(2, lambda: Caller(world.governor).post(path, headers=next(keys)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert Entry.objects.for_subject("case", case.number).filter(kind="case.signed").count() == 1


def test_a_key_whose_row_was_swept_at_the_wrong_moment_is_a_conflict_not_a_fault(me, monkeypatch):
    monkeypatch.setattr(actions, "_claim", lambda **kwargs: None)
    answer = me.post("cases/", GOOD, headers=KEY)
    assert answer.status_code == 409


def test_reports_of_the_page_and_of_the_api_do_not_mix(me, world: World):
    a_report(world, submission_key="3f6c-1")
    assert me.post("cases/", GOOD, headers=KEY).status_code == 201
    assert Case.objects.count() == 2
    assert clock.now() == AT
