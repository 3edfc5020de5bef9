"""A move that fails at any write leaves the case as it was; a message that is lost costs seconds and nothing else."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from cases.actions import base, dispatch_by_rule, escalate
from cases.actions.tallies.folding import fold
from cases.models import Case, Escalation
from cases.states import State
from staffing.actions import appoint
from staffing.models import Tenure
from tests.world import (
    AT,
    World,
    a_dispatched,
    a_handled,
    a_report,
    a_signed,
    a_suspended,
    an_evaluated,
    as_reporter,
    do,
    kinds_of,
    rows_of,
)
from yuhu.journal.actions import SYSTEM, relay
from yuhu.journal.models import Entry, Outbox
from yuhu.journal.verification import verify
from yuhu.kit import steps

pytestmark = pytest.mark.django_db
# PostgreSQL takes what belongs together in one statement.
FEWEST = 1 if connection.vendor == "postgresql" else 4
WRITES = "INSERT", "UPDATE", "DELETE", "EXECUTE add_", "EXECUTE change_"


class Crash(Exception):
    """The process dies here."""


@contextmanager
def dying_at(number: int) -> Iterator[list[str]]:
    """The ``number``-th statement that writes fails instead; yields the writes that were tried."""
    writes: list[str] = []

    def execute(call: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(WRITES):
            writes.append(sql.partition(" (")[0])
            if len(writes) == number:
                raise Crash
        return call(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield writes


def asked(world: World) -> Case:
    return do(world, a_signed(world), "return", "governor", reason="不归我管")


def rated(world: World) -> Case:
    return as_reporter(an_evaluated(world), "rate", solved="unsolved", satisfaction="dissatisfied")


Act = Callable[[World, Case], object]
MOVES: list[tuple[str, Callable[[World], Case], Act]] = [
    ("dispatch by rule", a_report, lambda world, case: dispatch_by_rule(case_id=case.pk, at=AT)),
    (
        "dispatch by hand",
        a_report,
        lambda world, case: do(
            world,
            case,
            "dispatch",
            "dispatcher",
            unit="430302001-city_management_office",
            co_units=["430302001-block_service"],
            reason="按清单",
        ),
    ),
    (
        "solve on the spot",
        a_report,
        lambda world, case: do(world, case, "solve-on-spot", "governor", result="清走"),
    ),
    ("sign", a_dispatched, lambda world, case: do(world, case, "sign", "governor")),
    (
        "return",
        a_dispatched,
        lambda world, case: do(world, case, "return", "governor", reason="不归我管"),
    ),
    (
        "decide a return",
        asked,
        lambda world, case: do(world, case, "decide-return", "dispatcher", approve=True, reason="同意"),
    ),
    (
        "reassign",
        a_signed,
        lambda world, case: do(world, case, "reassign", "dispatcher", assignee="governor2", reason="改派"),
    ),
    ("hand back", a_signed, lambda world, case: do(world, case, "hand-back", "governor", result="清走")),
    (
        "fail",
        a_handled,
        lambda world, case: do(world, case, "evaluate", "supervisor", effective=False, comment="没有"),
    ),
    (
        "pass",
        a_handled,
        lambda world, case: do(world, case, "evaluate", "supervisor", effective=True, comment="好"),
    ),
    ("resume", a_suspended, lambda world, case: do(world, case, "resume", "governor", comment="可以了")),
    (
        "rate",
        an_evaluated,
        lambda world, case: as_reporter(
            case, "rate", solved="solved", satisfaction="satisfied", comment="谢谢"
        ),
    ),
    ("reopen", rated, lambda world, case: as_reporter(case, "reopen", reason="还在")),
    ("void", asked, lambda world, case: do(world, case, "void", "dispatcher", reason="误报")),
    (
        "escalate",
        a_signed,
        lambda world, case: escalate(
            deadline_id=case.deadlines.get(step="handle").pk, at=AT + dt.timedelta(hours=9)
        ),
    ),
    (
        "hand over",
        a_signed,
        lambda world, case: appoint(
            block=world.b1,
            post=Tenure.Seat.GOVERNOR,
            holder=world.stand_in,
            starts_on=AT.date(),
            at=AT,
            actor=SYSTEM,
        ),
    ),
]


@pytest.mark.parametrize("what, maker, act", MOVES, ids=[row[0] for row in MOVES])
def test_a_crash_at_any_write_leaves_the_case_as_it_was(
    world: World, what: str, maker: Callable[[World], Case], act: Act
) -> None:
    case = maker(world)
    before = rows_of(case), Entry.objects.count(), Outbox.objects.count(), Tenure.objects.count()
    number = 1
    while True:
        with dying_at(number) as writes:
            try:
                act(world, case)
            except Crash:
                pass
            else:
                break
        now = rows_of(case), Entry.objects.count(), Outbox.objects.count(), Tenure.objects.count()
        assert now == before, f"after a crash at write {number}: {writes[-1]}"
        number += 1
    assert number == len(writes) + 1 > FEWEST, "every write was tried, and then it went through"
    assert rows_of(case) != before[0]


def test_a_crash_while_a_report_is_stored_leaves_nothing(world: World) -> None:
    number, before = 1, Entry.objects.count()
    while True:
        with dying_at(number) as writes:
            try:
                a_report(world)
            except Crash:
                pass
            else:
                break
        assert (Case.objects.count(), Entry.objects.count()) == (0, before), writes
        number += 1
    assert number > FEWEST
    assert Case.objects.count() == 1


def test_a_move_that_cannot_be_journaled_did_not_happen(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = a_dispatched(world)
    before = rows_of(case)

    def broken(**_entry: Any) -> None:
        raise Crash

    monkeypatch.setattr(base, "record", broken)
    with pytest.raises(Crash):
        do(world, case, "sign", "governor")
    assert rows_of(case) == before


# --- lost messages ------------------------------------------------------------------------------------------------


def test_a_report_is_dispatched_at_once_when_its_message_arrives(
    world: World, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        case = a_report(world)
    case.refresh_from_db()
    assert (case.state, case.assignee) == (State.DISPATCHED, world.governor)


@pytest.mark.parametrize("transport", ["yuhu.kit.steps.run_nowhere", "yuhu.kit.steps.no_such_transport"])
def test_a_lost_message_is_found_by_the_sweep_and_nothing_happens_twice(
    world: World, settings, django_capture_on_commit_callbacks, transport: str
) -> None:
    settings.STEP_TRANSPORT = transport
    with django_capture_on_commit_callbacks(execute=True):
        cases = [a_report(world) for _number in range(3)]
    assert set(Case.objects.values_list("state", flat=True)) == {State.REPORTED}
    first = steps.run_sweeps(AT)
    assert first["cases.dispatch"] == 3
    assert -1 not in first.values()
    assert set(Case.objects.values_list("state", flat=True)) == {State.DISPATCHED}
    before = [rows_of(case) for case in cases]
    assert steps.run_sweeps(AT)["cases.dispatch"] == 0
    assert [rows_of(case) for case in cases] == before


def test_a_message_that_comes_twice_dispatches_once(world: World) -> None:
    case = a_report(world)
    for _time in range(3):
        steps.run("cases.dispatch", case.pk, AT)
    assert kinds_of(case) == ["case.reported", "case.dispatched"]
    steps.run("cases.dispatch", None, AT)
    steps.run("cases.dispatch", 10**9, AT)


def test_a_message_that_comes_late_does_not_undo_what_people_did(world: World) -> None:
    case = do(world, a_report(world), "reject", "dispatcher", reason="不受理")
    assert not dispatch_by_rule(case_id=case.pk, at=AT)
    case.refresh_from_db()
    assert case.state == State.REJECTED


def test_all_sweeps_together_do_everything_once_over_a_month(world: World) -> None:
    """Cases in many states; every hour twice: nothing more the second time, and the journal stays whole."""
    for maker in (a_report, a_dispatched, a_signed, a_suspended, a_handled, an_evaluated):
        maker(world)
    names = [name for name in steps._sweeps if name.startswith("cases.")]
    for hours in (0, 3, 4, 5, 24, 31, 55, 79, 103, 400, 500):
        at = AT + dt.timedelta(hours=hours)
        assert -1 not in steps.run_sweeps(at, names).values()
        # The first round tells what the second has to count.
        while relay(at=at) or fold(at=at):
            pass
        assert not any(steps.run_sweeps(at, names).values()), at
    levels = Escalation.objects.values_list("deadline", "level")
    assert len(levels) == len(set(levels)) > 10
    assert verify(head_file=settings.JOURNAL_HEAD_FILE).findings == []
