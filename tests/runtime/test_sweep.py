"""The sweeper's loop and the two Celery tasks: one failure stops nothing, and nothing is asked twice for nothing."""

import datetime as dt
import io
import multiprocessing
import os
import socket
import threading
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from kombu import Connection

from yuhu.celery import app
from yuhu.kit import steps
from yuhu.runtime import tasks, transport
from yuhu.runtime.management.commands.sweep import Command

AT = dt.datetime(2022, 6, 1, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch):
    """Steps and sweeps of this test alone."""
    monkeypatch.setattr(steps, "_steps", {})
    monkeypatch.setattr(steps, "_sweeps", {})
    monkeypatch.setattr(steps, "_external", set())
    monkeypatch.setattr(steps, "_outside", set())
    monkeypatch.setattr(steps, "stopping", threading.Event())
    return steps


@pytest.mark.django_db
def test_one_round_asks_every_sweep_and_reports(registry):
    asked = []
    registry.register_sweep("first", lambda at: asked.append(at) or 3)
    registry.register_sweep("second", lambda at: 0)
    output = io.StringIO()
    call_command("sweep", "--once", stdout=output)
    assert output.getvalue().splitlines() == ["first: 3", "second: 0"]
    assert asked[0].utcoffset() == dt.timedelta(0)


@pytest.mark.django_db
def test_a_sweep_that_fails_does_not_stop_the_others_and_the_command_says_so(registry):
    def broken(at):
        raise OperationalError("away")

    done = []
    registry.register_sweep("broken", broken)
    registry.register_sweep("sound", lambda at: done.append(at) or 1)
    with pytest.raises(CommandError, match="broken"):
        call_command("sweep", "--once", stdout=io.StringIO())
    assert len(done) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_cut_fails_one_row_and_none_that_follows():
    done = []

    def step(key):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())" if key == 2 else "SELECT 1")
        done.append(key)
        return True

    assert steps.each("any", [1, 2, 3, 4], step) == 3
    assert done == [1, 3, 4]


def test_a_database_that_is_away_is_not_asked_for_every_row(monkeypatch):
    class Away:
        in_atomic_block = False

        def close_if_unusable_or_obsolete(self):
            pass

        def ensure_connection(self):
            raise OperationalError("away")

    tried = []

    def step(key):
        tried.append(key)
        raise OperationalError("away")

    monkeypatch.setattr(steps, "connection", Away())
    with pytest.raises(OperationalError):
        steps.each("any", [1, 2, 3], step)
    assert tried == [1]


@pytest.mark.django_db
def run_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command as it runs for ever, in this process: signals and connections stay as they are."""
    monkeypatch.setattr("yuhu.runtime.management.commands.sweep.close_old_connections", lambda: None)
    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    Command().handle(once=False, seconds=0.01)


def test_the_loop_goes_on_after_the_database_was_away(registry, monkeypatch):
    rounds = []

    def asked(at, only):
        if only == ["inside"]:
            rounds.append(at)
            if len(rounds) == 1:
                raise OperationalError("away")
            registry.stopping.set()
        return {}

    registry.register_sweep("inside", lambda at: 0)
    monkeypatch.setattr(steps, "run_sweeps", asked)
    run_the_loop(monkeypatch)
    assert len(rounds) == 2


def test_a_partner_that_hangs_holds_up_only_what_talks_to_partners(registry, monkeypatch):
    hangs, rounds = threading.Event(), []

    def inside(at):
        rounds.append(at)
        if len(rounds) == 5:
            registry.stopping.set()
            hangs.set()
        return 0

    registry.register_sweep("outside", lambda at: hangs.wait(20) and 1, external=True)
    registry.register_sweep("inside", inside)
    run_the_loop(monkeypatch)
    assert len(rounds) == 5


def test_asked_to_stop_a_sweep_ends_after_the_step_that_it_is_in_and_no_other_begins(registry):
    stepped, later = [], []

    def step(key):
        stepped.append(key)
        if key == 3:
            registry.stopping.set()
        return True

    registry.register_sweep("first", lambda at: registry.each("first", range(100), step))
    registry.register_sweep("second", lambda at: later.append(at) or 1)
    assert registry.run_sweeps(AT) == {"first": 4}
    assert (stepped, later) == ([0, 1, 2, 3], [])


def test_a_sweep_leaves_the_rest_for_the_next_round_when_its_turn_is_over(registry, monkeypatch):
    monkeypatch.setattr(time, "monotonic", iter(range(1000)).__next__)
    done = registry.each("any", range(100), lambda key: True)
    assert done == int(steps.TURN_SECONDS) - 1


def test_a_message_for_an_unknown_step_is_dropped_and_the_others_run(registry):
    ran = []
    registry.register("known", lambda pk, at: ran.append((pk, at.tzinfo)))
    tasks.run_steps([("of another release", 1), ("known", 7)])
    assert ran == [(7, dt.UTC)]


@pytest.mark.django_db
def test_a_step_that_fails_does_not_keep_the_others_of_its_message_waiting(registry):
    ran = []
    registry.register("broken", lambda pk, at: 1 / 0)
    registry.register("known", lambda pk, at: ran.append(pk))
    tasks.run_steps([("broken", 1), ("known", 7)])
    assert ran == [7]


def test_who_is_asked_to_end_begins_no_further_step_of_a_message(registry):
    ran = []
    registry.register("last", lambda pk, at: (ran.append(pk), steps.stopping.set()))
    tasks.run_steps([("last", 1), ("last", 2)])
    assert ran == [1]


def test_without_a_broker_a_nudge_costs_nothing_and_the_sender_little_once(sender, monkeypatch, caplog):
    with app.connection_for_write("redis://127.0.0.1:1/0", transport_options=transport.IMPATIENT) as dead:
        monkeypatch.setattr(transport, "_publisher", lambda: dead)
        began = time.monotonic()
        transport.send("any", 1)
        assert time.monotonic() - began < 0.1
        sender.flush()
        assert time.monotonic() - began < 4
        assert "step.nudge_lost" in caplog.text
        began = time.monotonic()
        transport.send("any", 2)
        sender.flush()
        assert time.monotonic() - began < 0.1


def test_a_broker_that_takes_connections_and_says_nothing_costs_the_request_nothing(
    sender, monkeypatch, caplog
):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        with app.connection_for_write(address, transport_options=transport.IMPATIENT) as hung:
            monkeypatch.setattr(transport, "_publisher", lambda: hung)
            began = time.monotonic()
            transport.send("any", 1)
            assert time.monotonic() - began < 0.1
            sender.flush()
            assert time.monotonic() - began < 6  # 2.4 s on a quiet machine; without a time-out for ever
    assert "Timeout" in caplog.text


def test_nudges_of_a_moment_travel_as_few_messages_that_the_task_is_called_by(sender, registry, monkeypatch):
    registry.register("mail", lambda pk, at: None, external=True)
    with Connection("memory://") as broker:
        monkeypatch.setattr(transport, "_publisher", lambda: broker)
        own, outside = broker.SimpleQueue("celery"), broker.SimpleQueue("outside")
        for pk in [5, 6, 5, *range(100, 100 + transport.TOGETHER)]:
            transport.send("route", pk)
        transport.send("mail", 7)
        sender.flush()
        messages = [queue.get(timeout=1) for queue in (own, own, outside)]
    assert [message.headers["task"] for message in messages] == [tasks.run_steps.name] * 3
    hints = [[tuple(hint) for hint in message.payload[0][0]] for message in messages]
    assert hints[0] + hints[1] == [
        ("route", 5),
        ("route", 6),
        *(("route", 100 + number) for number in range(transport.TOGETHER)),
    ]
    assert hints[2] == [("mail", 7)]
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled == {tasks.run_sweeps.name, tasks.run_outside.name}


def test_a_nudge_is_sent_by_itself_and_by_a_child_that_was_forked(monkeypatch):
    """A child has none of its parent's threads."""
    sent = multiprocessing.get_context("fork").SimpleQueue()
    monkeypatch.setattr(transport, "publish", lambda hints, queue: sent.put((os.getpid(), hints)))
    transport.send("any", 1)
    assert sent.get() == (os.getpid(), [("any", 1)])
    child = multiprocessing.get_context("fork").Process(target=_nudge_and_wait)
    child.start()
    pid, hints = sent.get()
    child.join(timeout=10)
    assert (pid, hints) == (child.pid, [("any", 2)])


def _nudge_and_wait() -> None:
    transport.send("any", 2)
    time.sleep(1)


@pytest.fixture
def sender(monkeypatch):
    """One whose thread sends nothing by itself."""
    monkeypatch.setattr(transport.Sender, "_run", lambda self: None)
    transport.sender.cache_clear()
    yield transport.sender()
    transport.sender.cache_clear()


def test_the_two_tasks_of_beat_share_the_sweeps_between_them(registry):
    asked = []
    registry.register_sweep("dispatch", lambda at: asked.append("dispatch") or 0)
    registry.register_sweep("mail", lambda at: asked.append("mail") or 0, external=True)
    tasks.run_sweeps()
    assert asked == ["dispatch"]
    tasks.run_outside()
    assert asked == ["dispatch", "mail"]
