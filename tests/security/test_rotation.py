"""Keys change while the system runs: nothing becomes unreadable, nobody is forgotten, no forgery becomes possible."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from cases.actions import Person, reseal_reporters, unmask
from cases.models import Reporter
from tests.together import at_once
from tests.world import AT, World, a_report
from yuhu.kit import people

pytestmark = pytest.mark.django_db

NAME, PHONE = "欧阳独一无二", "13912349876"


def rotate(**options) -> str:
    out = io.StringIO()
    with translation.override("en"):
        call_command("rotate_keys", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def reported(world: World):
    """Three cases: two of one phone, and one whose reporter left nothing."""
    first = a_report(world, reporter=Person(name=NAME, phone=PHONE))
    second = a_report(world, reporter=Person(name="", phone=PHONE))
    return [first, second, a_report(world, reporter=Person())]


@pytest.fixture
def new_keys(settings, reported):
    """The first step of an operator: new keys first, the old ones still there."""
    settings.PERSON_INDEX_OLD_KEYS = [settings.PERSON_INDEX_KEY]
    settings.PERSON_KEYS = ["a new key of the test", *settings.PERSON_KEYS]
    settings.PERSON_INDEX_KEY = "a new index key of the test"
    return settings


def test_rows_are_sealed_anew_and_the_old_keys_may_go(world: World, reported, new_keys) -> None:
    said = rotate()
    assert "2 rows were written anew" in said
    assert "PERSON_KEYS may be cut" in said
    new_keys.PERSON_KEYS, new_keys.PERSON_INDEX_OLD_KEYS = new_keys.PERSON_KEYS[:1], []
    shown = unmask(case_id=reported[0].pk, reason="要回电话", by=world.by("dispatcher"), at=AT)
    assert shown == (NAME, PHONE)
    assert {row.case_id for row in Reporter.objects.same_phone(PHONE)} == {reported[0].pk, reported[1].pk}


def test_while_rows_wait_the_same_phone_is_found_by_both_indexes(world: World, reported, new_keys) -> None:
    later = a_report(world, reporter=Person(phone=PHONE))
    assert Reporter.objects.same_phone(PHONE).count() == 3
    assert later.reporter.phone_index != reported[0].reporter.phone_index


def test_a_second_run_finds_nothing_to_do(reported, new_keys) -> None:
    rotate()
    before = list(Reporter.objects.order_by("pk").values())
    rotate()
    assert list(Reporter.objects.order_by("pk").values()) == before


def test_a_killed_run_is_simply_begun_again(reported, new_keys) -> None:
    batch = reseal_reporters(after=0, limit=1)
    assert batch is not None
    assert batch.done == 1
    marks = set(Reporter.objects.values_list("key_mark", flat=True))
    assert len(marks) == 2, "it stopped half way"
    rotate(batch=1)
    assert set(Reporter.objects.values_list("key_mark", flat=True)) == {people.key_mark()}


def test_a_dry_run_counts_and_changes_nothing(reported, new_keys) -> None:
    before = list(Reporter.objects.order_by("pk").values())
    rotate(dry_run=True)
    assert list(Reporter.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_row_that_no_key_opens_is_named_and_stays(reported, new_keys, dry_run: bool) -> None:
    broken = reported[0].reporter
    Reporter.objects.filter(pk=broken.pk).update(phone_sealed=b"sealed with a key that is lost")
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("rotate_keys", stdout=out, dry_run=dry_run)
    assert f"reporters {broken.pk}" in out.getvalue()
    assert bytes(Reporter.objects.get(pk=broken.pk).phone_sealed or b"") == b"sealed with a key that is lost"


def test_a_row_of_a_process_with_older_keys_is_told_of(world: World, reported, new_keys, monkeypatch) -> None:
    rotate()
    monkeypatch.setattr(people, "key_mark", lambda: "the mark of old ")
    a_report(world, reporter=Person(phone=PHONE))
    monkeypatch.undo()
    assert "1 rows of “reporters”" in rotate(dry_run=True)
    assert "1 rows of “reporters”" in rotate()
    assert set(Reporter.objects.values_list("key_mark", flat=True)) == {people.key_mark()}


def test_the_log_in_of_yesterday_holds_with_the_former_secret_key(
    world: World, client: Client, settings
) -> None:
    client.force_login(world.governor)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new secret key of the test"
    assert client.get("/inbox/").status_code == 200
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [], "a third secret key of the test"
    assert client.get("/inbox/").status_code == 302, "without it everybody logs in again"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_reports_go_on_while_two_runs_seal_anew(settings) -> None:
    from tests.world import build

    world = build()
    for _ in range(12):
        a_report(world, reporter=Person(name=NAME, phone=PHONE))
    settings.PERSON_KEYS = ["a new key of the test", *settings.PERSON_KEYS]

    def run() -> int:
        after, done = 0, 0
        while (batch := reseal_reporters(after=after, limit=2)) is not None:
            after, done = batch.last, done + batch.done
        return done

    results = at_once(run, run, *[lambda: a_report(world, reporter=Person(name=NAME, phone=PHONE))] * 3)
    assert sum(one for one in results[:2] if isinstance(one, int)) == 12, results
    assert not any(isinstance(one, Exception) for one in results), results
    settings.PERSON_KEYS = settings.PERSON_KEYS[:1]
    rows = Reporter.objects.all()
    assert [people.unseal(row.phone_sealed) for row in rows if row.phone_sealed] == [PHONE] * 15
