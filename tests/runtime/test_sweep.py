"""The sweeper's loop and the two Celery tasks: one failure stops nothing, and nothing is asked twice for nothing."""

import datetime as dt
import io
import time
from functools import partial

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

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


@pytest.mark.django_db
def test_the_loop_goes_on_after_the_database_was_away(registry, monkeypatch):
    command, rounds = Command(), []

    def asked(at):
        rounds.append(at)
        if len(rounds) == 1:
            raise OperationalError("away")
        command.stopping = True
        return {}

    monkeypatch.setattr(steps, "run_sweeps", asked)
    monkeypatch.setattr("yuhu.runtime.management.commands.sweep.close_old_connections", lambda: None)
    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    command.handle(once=False, seconds=0.01)
    assert len(rounds) == 2


def test_a_message_for_an_unknown_step_is_dropped(registry):
    tasks.run_step("of another release", 1)


def test_a_message_runs_its_step(registry):
    ran = []
    registry.register("known", lambda pk, at: ran.append((pk, at.tzinfo)))
    tasks.run_step("known", 7)
    assert ran == [(7, dt.UTC)]


def test_without_a_broker_a_nudge_costs_little_once_and_nothing_after(monkeypatch):
    monkeypatch.setattr(transport, "_quiet_until", 0.0)
    with app.connection_for_write("redis://127.0.0.1:1/0") as dead:
        monkeypatch.setattr(app, "send_task", partial(app.send_task, connection=dead))
        began = time.monotonic()
        with pytest.raises(Exception, match="refused"):
            transport.send("any", 1)
        assert time.monotonic() - began < 4
        began = time.monotonic()
        transport.send("any", 2)
        assert time.monotonic() - began < 0.1


def test_a_nudge_travels_by_the_name_under_which_the_task_is_known(monkeypatch):
    sent = []
    monkeypatch.setattr(transport, "_quiet_until", 0.0)
    monkeypatch.setattr(app, "send_task", lambda name, **options: sent.append((name, options["args"])))
    transport.send("route", 5)
    assert sent == [(tasks.run_step.name, ["route", 5])]
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled == {tasks.run_sweeps.name}
