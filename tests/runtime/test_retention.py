"""What is kept longer than its rule says: shown by default, removed when asked, once, and never the journal."""

import datetime as dt
import io
import os

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import translation

from cases.actions import retention
from cases.models import Attachment, Case, PhotoDraft, Reporter
from cases.timeline import LINES
from staffing.models import Absence
from tests.staffing.visit_makers import HAZARD, a_done
from tests.world import AT, World, a_closed, a_report, kinds_of
from yuhu.api.models import IdempotencyRecord
from yuhu.delivery.actions import fan_out
from yuhu.delivery.models import Delivery
from yuhu.journal.actions import relay
from yuhu.journal.models import Entry
from yuhu.runtime.retention import LAWFUL_DAYS, rules

DAY = dt.timedelta(days=1)
YEARS = dt.timedelta(days=3 * 365)


@pytest.fixture
def at(monkeypatch) -> dt.datetime:
    """Three years and a day after everything below happened."""
    moment = AT + YEARS + DAY
    monkeypatch.setattr("yuhu.kit.clock.now", lambda: moment)
    return moment


def retain(*arguments: str) -> str:
    said = io.StringIO()
    with translation.override("en"):
        call_command("retain", *arguments, stdout=said)
    return said.getvalue()


def due(said: str) -> dict[str, int]:
    lines = [line.split() for line in said.splitlines()[1:]]
    return {
        words[0]: int(words[1].replace(",", "")) for words in lines if words[1].replace(",", "").isdigit()
    }


def put_old(world: World, at: dt.datetime) -> Case:
    """One row of every kind whose time is over, beside one of each whose time is not."""
    case = a_closed(world)
    a_closed(world, at=AT + 2 * DAY)
    a_report(world)  # has not ended
    while relay(at=AT):
        pass
    while fan_out(at=AT):
        pass
    notices = list(Delivery.objects.filter(channel="inbox").order_by("pk")[:2])
    for row, read_at in zip(notices, (at - 366 * DAY, at - 364 * DAY), strict=True):
        Delivery.objects.filter(pk=row.pk).update(read_at=read_at)
    for moment in (at - (LAWFUL_DAYS + 1) * DAY, at - (LAWFUL_DAYS - 1) * DAY):
        attempt = AccessAttempt.objects.create(username=f"x{moment:%j}", failures_since_start=1)
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=moment)
        Session.objects.create(session_key=f"k{moment:%j}", session_data="", expire_date=moment)
    Session.objects.create(session_key="alive", session_data="", expire_date=at + DAY)
    for moment in (at - 2 * 366 * DAY, at - DAY):
        Absence.objects.create(
            person=world.handler,
            kind="sick",
            starts_on=moment.date() - DAY,
            ends_on=moment.date(),
        )
    for number, moment in enumerate((at - 8 * DAY, at - 6 * DAY)):
        IdempotencyRecord.objects.create(owner="o", path="/", key=str(number), digest="", created_at=moment)
    for moment in (at - 2 * DAY, at):
        draft = PhotoDraft(
            user=world.governor, stage="before", width=1, height=1, sha256="", created_at=moment
        )
        draft.file.save("d.jpg", ContentFile(b"d"), save=False)
        draft.thumbnail.save("d-s.jpg", ContentFile(b"d"), save=False)
        draft.save()
    return case


DUE = {"reporters": 1, "notices": 1, "leave": 1, "attempts": 1, "sessions": 2, "answers": 1, "drafts": 1}


@pytest.mark.django_db
def test_a_dry_run_shows_what_the_real_run_removes_and_removes_nothing(world: World, at):
    put_old(world, at)
    entries = Entry.objects.count()
    only = [f"--only={name}" for name in DUE]
    shown = retain(*only)
    assert due(shown) == DUE
    assert "dry run" in shown
    assert due(retain(*only)) == DUE, "nothing was removed"
    assert due(retain("--execute", *only)) == DUE
    assert set(due(retain("--execute", *only)).values()) == {0}, "safe to run twice"
    assert Entry.objects.count() == entries + 1, "the journal only grows: one reporter was forgotten"
    assert Session.objects.filter(session_key="alive").exists()
    assert (
        PhotoDraft.objects.count() == AccessAttempt.objects.count() == IdempotencyRecord.objects.count() == 1
    )


@pytest.mark.django_db
def test_a_reporter_is_forgotten_with_an_entry_and_the_case_stays(world: World, at):
    case = put_old(world, at)
    notices = Delivery.objects.filter(subject=case.number, reporter__isnull=True).count()
    retain("--execute", "--only=reporters")
    assert not Reporter.objects.filter(case=case).exists()
    assert Reporter.objects.count() == 2
    assert kinds_of(case)[-1] == "case.person_forgotten"
    entry = Entry.objects.get(kind="case.person_forgotten")
    assert (entry.actor_id, entry.data, entry.subject_id) == (None, {}, case.number)
    assert "case.person_forgotten" in LINES
    remaining = Delivery.objects.filter(subject=case.number)
    assert remaining.count() == remaining.filter(reporter__isnull=True).count() == notices
    call_command("verify_journal", verbosity=0)


@pytest.mark.django_db
def test_a_case_that_was_reopened_meanwhile_keeps_its_reporter(world: World, at):
    case = a_report(world)
    assert retention.forget_reporter(case_id=case.pk, before=at, at=at) is False
    ended = a_closed(world)
    assert ended.closed_at is not None
    assert retention.forget_reporter(case_id=ended.pk, before=ended.closed_at, at=at) is False
    assert Reporter.objects.count() == 2


@pytest.mark.django_db
def test_what_was_written_at_visits_goes_after_three_years_and_its_numbers_stay(world: World, at):
    visit = a_done(world, HAZARD)
    assert due(retain("--only=visits")) == {"visits": 1}
    assert due(retain("--only=visits", "--execute")) == {"visits": 1}
    visit.refresh_from_db()
    assert (visit.summary, visit.households, visit.findings.get().text) == ("", 12, "")
    assert due(retain("--only=visits")) == {"visits": 0}
    call_command("verify_journal", verbosity=0)


def stored(name: str, age: dt.timedelta, at: dt.datetime) -> str:
    kept = default_storage.save(name, ContentFile(b"photo"))
    stamp = (at - age).timestamp()
    os.utime(default_storage.path(kept), (stamp, stamp))
    return kept


@pytest.mark.django_db
def test_files_without_a_row_go_after_a_day_and_no_others(world: World, at):
    case = a_report(world)
    named = stored("cases/2026/11/named.jpg", 400 * DAY, at)
    small = stored("cases/2026/11/named-s.jpg", 400 * DAY, at)
    Attachment.objects.create(
        case=case,
        stage="before",
        file=named,
        thumbnail=small,
        width=1,
        height=1,
        size=1,
        sha256="",
        uploaded_at=at,
    )
    young = stored("cases/2026/11/young.jpg", dt.timedelta(hours=23), at)
    old = [stored(f"{folder}/2026/old.jpg", dt.timedelta(hours=25), at) for folder in ("cases", "drafts")]
    old.append(stored("restoring/half", dt.timedelta(hours=25), at))
    foreign = stored("elsewhere/not-ours.bin", 400 * DAY, at)
    assert sorted(retention.orphans(at - DAY)) == sorted(old)
    assert due(retain("--only=orphans")) == {"orphans": 3}
    assert all(map(default_storage.exists, old))
    assert due(retain("--only=orphans", "--execute")) == {"orphans": 3}
    assert not any(map(default_storage.exists, old))
    assert all(map(default_storage.exists, (named, small, young, foreign)))


@pytest.mark.django_db
def test_a_file_that_got_its_row_meanwhile_stays(world: World, at):
    name = stored("cases/2026/11/late.jpg", 2 * DAY, at)
    assert list(retention.orphans(at - DAY)) == [name]
    case = a_report(world)
    Attachment.objects.create(
        case=case,
        stage="before",
        file=name,
        thumbnail=name,
        width=1,
        height=1,
        size=1,
        sha256="",
        uploaded_at=at,
    )
    assert retention.remove_orphan(name, before=at - DAY) is False
    assert default_storage.exists(name)


@pytest.mark.django_db
def test_one_rule_that_fails_does_not_keep_the_others(world: World, at, monkeypatch, capsys):
    put_old(world, at)
    monkeypatch.setattr("yuhu.runtime.retention.forget_old", lambda at: 1 / 0)
    with pytest.raises(CommandError, match="failed: answers"):
        retain("--execute", "--only=answers", "--only=drafts")
    assert PhotoDraft.objects.count() == 1


def test_network_logs_are_kept_as_long_as_the_law_says(settings):
    settings.RETAIN_ATTEMPT_DAYS = 1
    kept = {rule.name: rule.kept for rule in rules()}
    assert kept["attempts"] == dt.timedelta(days=184)


def test_every_rule_says_where_it_comes_from_in_both_languages():
    for rule in rules():
        for words in (rule.what, rule.source):
            with translation.override("en"):
                english = str(words)
            with translation.override("zh-hans"):
                assert str(words) != english, english


def test_an_unknown_rule_is_told():
    with pytest.raises(CommandError, match="unknown: journal"):
        call_command("retain", "--execute", "--only=journal")
