"""Sending: once if all goes well, again after a failure, given up after a day, and nothing personal in any log."""

import datetime as dt
import logging
from itertools import pairwise

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.utils import translation

from cases.models import Reporter
from staffing.models import User
from tests.delivery.makers import BROKEN, SMS, BrokenSms, RecordingSms, feed
from tests.world import AT, World, a_dispatched, a_report
from yuhu.delivery import actions, tasks
from yuhu.delivery.channels import Failed, channel
from yuhu.delivery.channels.base import Message
from yuhu.delivery.exceptions import NoSuchNotice, NotDead
from yuhu.delivery.figures import oldest_due
from yuhu.delivery.models import Delivery
from yuhu.delivery.states import MAX_ATTEMPTS, WAITS, State, wait
from yuhu.journal.models import Entry
from yuhu.kit import leases, steps
from yuhu.kit.exceptions import Forbidden

pytestmark = pytest.mark.django_db

PHONE, NAME = "13800005678", "张三"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _gateway(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SMS_BACKEND = SMS
    monkeypatch.setattr(RecordingSms, "sent", [])
    monkeypatch.setattr(BrokenSms, "error", Failed("gateway_503"))


def until_dead(row: Delivery, at: dt.datetime = AT) -> list[dt.datetime]:
    """Try as often as the row is due; when each attempt was."""
    tried = []
    while row.state == State.PENDING:
        assert row.next_at is not None
        tried.append(row.next_at)
        assert actions.send_one(delivery_id=row.pk, at=row.next_at) is not None
        row.refresh_from_db()
    return tried


def test_a_text_message_goes_out_once_with_number_and_link(sms: Delivery) -> None:
    assert actions.send_one(delivery_id=sms.pk, at=AT) == State.SENT
    assert actions.send_one(delivery_id=sms.pk, at=AT + MINUTE) is None
    (message,) = RecordingSms.sent
    assert message.to == PHONE
    assert sms.subject in message.text
    assert sms.reporter is not None
    assert f"{django_settings.SITE_URL}/f/{sms.reporter.token}/" in message.text
    sms.refresh_from_db()
    assert (sms.state, sms.sent_at, sms.attempts, sms.last_error) == (State.SENT, AT, 1, "")


def test_a_text_message_is_written_in_the_language_of_the_district(sms: Delivery, settings) -> None:
    settings.LANGUAGE_CODE = "en"
    with translation.override("zh-hans"):
        actions.send_one(delivery_id=sms.pk, at=AT)
    assert RecordingSms.sent[0].text.startswith("We have received your report.")


def test_an_email_goes_out_with_a_link_to_the_case(letter: Delivery) -> None:
    assert actions.send_one(delivery_id=letter.pk, at=AT) == State.SENT
    (message,) = mail.outbox
    assert message.to == ["gao@example.org"]
    assert letter.subject in message.subject
    assert f"/cases/{letter.subject}/" in str(message.body)


def test_the_ledger_holds_no_address_and_no_text(sms: Delivery) -> None:
    stored = " ".join(str(value) for value in Delivery.objects.values_list().get(pk=sms.pk))
    assert PHONE not in stored
    assert PHONE[-4:] not in stored
    assert sms.reporter is not None
    assert sms.reporter.token not in stored


def test_what_is_not_due_is_not_sent(sms: Delivery) -> None:
    assert actions.send_one(delivery_id=sms.pk, at=AT - MINUTE) is None
    assert actions.send_one(delivery_id=sms.pk + 1_000, at=AT) is None
    assert RecordingSms.sent == []


def test_a_failure_waits_longer_each_time_and_is_given_up_after_a_day(sms: Delivery, settings) -> None:
    settings.SMS_BACKEND = BROKEN
    tried = until_dead(sms)
    assert len(tried) == MAX_ATTEMPTS == 8
    waits = [later - earlier for earlier, later in pairwise(tried)]
    assert waits == sorted(waits)
    assert dt.timedelta(hours=18) < sum(waits, dt.timedelta()) < dt.timedelta(hours=30)
    assert (sms.state, sms.attempts, sms.last_error) == (State.DEAD, 8, "gateway_503")
    assert sms.lease_until is None


def test_a_gateway_that_comes_back_gets_what_waited(sms: Delivery, settings) -> None:
    settings.SMS_BACKEND = BROKEN
    assert actions.send_one(delivery_id=sms.pk, at=AT) == State.PENDING
    settings.SMS_BACKEND = SMS
    sms.refresh_from_db()
    assert sms.next_at is not None
    assert AT < sms.next_at < AT + 2 * MINUTE
    assert actions.send_one(delivery_id=sms.pk, at=sms.next_at) == State.SENT
    sms.refresh_from_db()
    assert (sms.attempts, sms.last_error) == (2, "")


def test_waits_differ_between_rows_and_not_between_calls() -> None:
    for attempt, base in enumerate(WAITS, 1):
        waits = {wait(row, attempt) for row in range(50)}
        assert len(waits) > 40
        assert all(0.8 * base <= one <= 1.2 * base for one in waits)
        assert wait(7, attempt) == wait(7, attempt)


def test_an_address_that_is_gone_is_given_up_at_once(sms: Delivery) -> None:
    Reporter.objects.filter(case__number=sms.subject).update(phone_sealed=None)
    assert actions.send_one(delivery_id=sms.pk, at=AT) == State.DEAD
    sms.refresh_from_db()
    assert sms.last_error == "no_address"


def test_somebody_who_left_gets_no_email_any_more(letter: Delivery, world: World) -> None:
    User.objects.filter(pk=world.governor.pk).update(is_active=False)
    assert actions.send_one(delivery_id=letter.pk, at=AT) == State.DEAD
    assert mail.outbox == []


def test_a_bug_in_a_channel_is_a_failure_like_any_other(sms: Delivery, settings, monkeypatch) -> None:
    settings.SMS_BACKEND = BROKEN
    monkeypatch.setattr(BrokenSms, "error", ZeroDivisionError(f"cannot send to {PHONE}"))
    assert actions.send_one(delivery_id=sms.pk, at=AT) == State.PENDING
    sms.refresh_from_db()
    assert sms.last_error == "ZeroDivisionError"


def test_a_backend_that_does_not_exist_loses_nothing(sms: Delivery, settings) -> None:
    settings.SMS_BACKEND = "yuhu.delivery.channels.nowhere.Sms"
    assert actions.send_one(delivery_id=sms.pk, at=AT) == State.PENDING


def test_a_worker_that_dies_while_sending_leaves_the_row_to_the_next(
    sms: Delivery, settings, monkeypatch
) -> None:
    settings.SMS_BACKEND = BROKEN
    monkeypatch.setattr(BrokenSms, "error", SystemExit())
    with pytest.raises(SystemExit):
        actions.send_one(delivery_id=sms.pk, at=AT)
    settings.SMS_BACKEND = SMS
    assert actions.send_one(delivery_id=sms.pk, at=AT + MINUTE) is None, "the claim still holds"
    assert actions.send_one(delivery_id=sms.pk, at=AT + 3 * MINUTE) == State.SENT
    sms.refresh_from_db()
    assert sms.attempts == 2


def test_a_row_that_kills_every_worker_is_given_up(sms: Delivery, settings, monkeypatch) -> None:
    settings.SMS_BACKEND = BROKEN
    monkeypatch.setattr(BrokenSms, "error", SystemExit())
    at = AT
    for _attempt in range(MAX_ATTEMPTS):
        with pytest.raises(SystemExit):
            actions.send_one(delivery_id=sms.pk, at=at)
        at += 3 * MINUTE
    assert actions.send_one(delivery_id=sms.pk, at=at) == State.DEAD
    sms.refresh_from_db()
    assert sms.last_error == "worker_died"


def test_a_worker_that_slept_past_its_claim_changes_nothing(sms: Delivery, settings, monkeypatch) -> None:
    """While the first sends, its claim ends and a second sends too: the second's result counts."""
    settings.SMS_BACKEND = BROKEN

    def slow(self: BrokenSms, message: Message, *, timeout: float) -> None:
        settings.SMS_BACKEND = SMS
        assert actions.send_one(delivery_id=sms.pk, at=AT + 3 * MINUTE) == State.SENT
        raise Failed("too_late")

    monkeypatch.setattr(BrokenSms, "send", slow)
    assert actions.send_one(delivery_id=sms.pk, at=AT) is None
    sms.refresh_from_db()
    assert (sms.state, sms.sent_at, sms.last_error) == (State.SENT, AT + 3 * MINUTE, "")


def test_nothing_personal_is_ever_logged(sms: Delivery, settings, caplog, monkeypatch) -> None:
    caplog.set_level(logging.DEBUG)
    settings.SMS_BACKEND = BROKEN
    monkeypatch.setattr(BrokenSms, "error", RuntimeError(f"{NAME} {PHONE} is not reachable"))
    actions.send_one(delivery_id=sms.pk, at=AT)
    settings.SMS_BACKEND = "yuhu.delivery.channels.console.ConsoleSms"
    actions.send_one(delivery_id=sms.pk, at=AT + 2 * MINUTE)
    lines = " ".join(str(vars(record)) for record in caplog.records)
    assert "delivery.failed" in lines
    assert "sms.sent" in lines
    assert "138****5678" in lines
    assert sms.reporter is not None
    for secret in (PHONE, NAME, sms.reporter.token):
        assert secret not in lines
    sms.refresh_from_db()
    assert sms.last_error == ""


def test_a_message_does_not_show_its_address_when_it_is_printed() -> None:
    assert PHONE not in repr(Message(to=PHONE, subject="", text=""))


def test_the_inbox_hands_nothing_to_anybody() -> None:
    channel("inbox").send(Message(to="", subject="", text=""), timeout=1)


def test_the_sweep_sends_what_is_due_and_a_second_one_nothing(world: World) -> None:
    for _number in range(3):
        a_report(world)
    feed()
    assert steps.run_sweeps(AT, only=["delivery.send"]) == {"delivery.send": 3}
    assert steps.run_sweeps(AT, only=["delivery.send"]) == {"delivery.send": 0}
    assert len(RecordingSms.sent) == 3


def test_a_broken_channel_does_not_hold_up_the_others(world: World, settings) -> None:
    User.objects.filter(pk=world.governor.pk).update(email="gao@example.org")
    for _number in range(tasks.FAILURES + 2):
        a_report(world)
    a_dispatched(world)
    feed()
    settings.SMS_BACKEND = BROKEN
    assert tasks.send_sweep(AT) == 1
    assert len(mail.outbox) == 1
    tried = Delivery.objects.filter(channel="sms", attempts=1).count()
    assert tried == tasks.FAILURES


def test_a_channel_that_rests_costs_no_attempts_and_is_tried_again_with_one_row(
    world: World, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr("yuhu.kit.breaker.time.monotonic", lambda: now)
    for _number in range(tasks.FAILURES + 4):
        a_report(world)
    feed()
    settings.SMS_BACKEND = BROKEN
    tasks.send_sweep(AT)
    waiting = Delivery.objects.due(AT)
    assert waiting.count() == 4
    tasks.send_sweep(AT)
    tasks.send_step(waiting.first().pk, AT)
    assert waiting.count() == 4, "nobody asks a channel that rests, neither the sweep nor a hint"
    now += tasks.REST_SECONDS + 1
    tasks.send_sweep(AT)
    assert waiting.count() == 3, "one row shows that it is still broken"
    now += tasks.REST_SECONDS + 1
    tasks.send_sweep(AT)
    assert waiting.count() == 3, "the second rest is longer"
    settings.SMS_BACKEND = SMS
    now += 2 * tasks.REST_SECONDS
    assert tasks.send_sweep(AT) == 3
    assert tasks.send_sweep(AT + 2 * MINUTE) == 4, "those that had been tried come after their pause"
    assert len(RecordingSms.sent) == 7


def test_an_address_that_is_refused_for_good_does_not_rest_the_channel(world: World, settings) -> None:
    for _number in range(tasks.FAILURES + 2):
        a_report(world)
    feed()
    settings.SMS_BACKEND = BROKEN
    BrokenSms.error = Failed("no_such_number", for_good=True)
    tasks.send_sweep(AT)
    assert Delivery.objects.filter(state=State.DEAD).count() == tasks.FAILURES + 2


def test_a_slow_channel_does_not_hold_up_the_round(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(4):
        a_report(world)
    feed()
    seconds = iter(range(0, 1_000, 4))
    monkeypatch.setattr("yuhu.kit.steps.time.monotonic", lambda: next(seconds))
    assert tasks.send_sweep(AT) == 1
    assert Delivery.objects.due(AT).count() == 3


def test_a_hint_sends_its_row_and_a_hint_without_a_key_whatever_is_due(sms: Delivery, world: World) -> None:
    tasks.send_step(sms.pk, AT)
    assert len(RecordingSms.sent) == 1
    a_report(world)
    feed()
    tasks.send_step(None, AT)
    assert len(RecordingSms.sent) == 2


def resend(world: World, row: Delivery, who: str) -> Delivery:
    by = world.by(who)
    assert by.user is not None
    return actions.resend(delivery_id=row.pk, user=by.user, actor=by.actor, at=AT)


@pytest.fixture
def dead(sms: Delivery, settings) -> Delivery:
    settings.SMS_BACKEND = BROKEN
    until_dead(sms)
    settings.SMS_BACKEND = SMS
    return sms


@pytest.mark.parametrize("who", ["dispatcher", "admin"])
def test_what_was_given_up_can_be_sent_again(world: World, dead: Delivery, who: str) -> None:
    row = resend(world, dead, who)
    assert (row.state, row.attempts, row.next_at) == (State.PENDING, 0, AT)
    assert actions.send_one(delivery_id=dead.pk, at=AT) == State.SENT
    assert len(RecordingSms.sent) == 1
    entry = Entry.objects.get(kind="delivery.resent")
    assert entry.actor_id == world.people[who].pk
    assert entry.data == {"case": dead.subject, "notice": "received", "channel": "sms"}
    assert entry.area == world.b1.code


@pytest.mark.parametrize("who", ["governor", "handler", "streetleader", "auditor", "dispatcher9", "stranger"])
def test_others_may_not_send_again(world: World, dead: Delivery, who: str) -> None:
    with pytest.raises(Forbidden):
        resend(world, dead, who)
    dead.refresh_from_db()
    assert dead.state == State.DEAD
    assert not Entry.objects.filter(kind="delivery.resent").exists()


def test_only_what_was_given_up_can_be_sent_again(world: World, sms: Delivery) -> None:
    with pytest.raises(NotDead):
        resend(world, sms, "dispatcher")
    actions.send_one(delivery_id=sms.pk, at=AT)
    with pytest.raises(NotDead):
        resend(world, sms, "dispatcher")
    with pytest.raises(NoSuchNotice):
        actions.resend(
            delivery_id=sms.pk + 1_000, user=world.dispatcher, actor=world.by("dispatcher").actor, at=AT
        )


def test_a_claim_that_is_held_keeps_others_out(sms: Delivery) -> None:
    assert leases.claim(Delivery.objects.due(AT), pk=sms.pk, at=AT, seconds=60) is not None
    assert actions.send_one(delivery_id=sms.pk, at=AT) is None
    assert RecordingSms.sent == []


def test_how_long_the_oldest_row_is_due_is_known(sms: Delivery) -> None:
    assert oldest_due(AT - MINUTE) is None
    assert oldest_due(AT + MINUTE) == AT
    actions.send_one(delivery_id=sms.pk, at=AT)
    assert oldest_due(AT + MINUTE) is None
