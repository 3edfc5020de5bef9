"""The table of the loop in full: every state × every move, and every move × every person of the cast.

``LEADS`` and ``WHO`` are written out by hand and not derived from ``cases.states``, so that a change of the table
must be made twice, on purpose. One world with a case in every state serves the whole module; each attempt is rolled
back.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from cases.actions import Person, move
from cases.actions.base import By
from cases.exceptions import NotYourMove, WrongState
from cases.models import Case
from cases.policies import Look, may_move
from cases.states import MOVES, State
from tests.standing import STANDING
from tests.world import (
    AT,
    IN_STATE,
    World,
    a_dispatched,
    a_handled,
    a_report,
    an_evaluated,
    as_reporter,
    as_system,
    build,
    do,
    held_by_office,
    rows_of,
)
from yuhu.journal.actions import SYSTEM

pytestmark = pytest.mark.django_db

MONTH_LATER = AT + dt.timedelta(days=30)
REASON = {"reason": "理由如下"}
YES, NO = {"approve": True, **REASON}, {"approve": False, **REASON}
OFFICE = "430302001-city_management_office"

# What must have happened before a move makes sense: move → (earlier move, its data); 高 asks.
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "decide-return": ("return", REASON),
    "decide-extension": ("request-extension", {**REASON, "until": "2026-11-25T10:00:00+08:00"}),
    "decide-suspension": ("request-suspension", {**REASON, "until": "2026-12-10"}),
}
DATA: dict[str, dict[str, Any]] = {
    "solve-on-spot": {"result": "已清走"},
    "reject": {**REASON, "code": "secret"},
    "contact": {"channel": "phone"},
    "return": REASON,
    "decide-return": NO,
    "reassign": {**REASON, "unit": OFFICE},
    "request-extension": ASKED["decide-extension"][1],
    "decide-extension": YES,
    "request-suspension": ASKED["decide-suspension"][1],
    "decide-suspension": YES,
    "raise-path": {**REASON, "path": "meeting"},
    "hand-back": {"result": "已清运"},
    "evaluate": {"effective": True},
    "rate": {"solved": "solved", "satisfaction": "satisfied"},
    "reopen": REASON,
    "void": REASON,
    "supervise": {"comment": "请抓紧"},
}

# state, move, who, what differs from DATA, state afterwards
LEADS: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("reported", "dispatch", "dispatcher", {}, "dispatched"),
    ("reported", "dispatch", "dispatcher", {"unit": OFFICE}, "dispatched"),
    ("reported", "dispatch", "system", {}, "dispatched"),
    ("reported", "solve-on-spot", "governor", {}, "handled"),
    ("reported", "reject", "dispatcher", {}, "rejected"),
    ("reported", "contact", "dispatcher", {}, "reported"),
    ("reported", "raise-path", "dispatcher", {}, "reported"),
    ("reported", "void", "dispatcher", {}, "void"),
    ("reported", "merge", "dispatcher", {}, "merged"),
    ("reported", "urge", "streetleader", {}, "reported"),
    ("reported", "supervise", "leader", {}, "reported"),
    ("dispatched", "sign", "governor", {}, "in_progress"),
    ("dispatched", "contact", "governor", {}, "dispatched"),
    ("dispatched", "return", "governor", {}, "dispatched"),
    ("dispatched", "decide-return", "dispatcher", NO, "dispatched"),
    ("dispatched", "decide-return", "dispatcher", YES, "reported"),
    ("dispatched", "decide-return", "dispatcher", {**YES, "unit": OFFICE}, "dispatched"),
    ("dispatched", "reassign", "dispatcher", {}, "dispatched"),
    ("dispatched", "raise-path", "governor", {}, "dispatched"),
    ("dispatched", "void", "dispatcher", {}, "void"),
    ("dispatched", "merge", "dispatcher", {}, "merged"),
    ("dispatched", "urge", "dispatcher", {}, "dispatched"),
    ("dispatched", "supervise", "streetleader", {}, "dispatched"),
    ("in_progress", "contact", "governor", {}, "in_progress"),
    ("in_progress", "return", "governor", {}, "in_progress"),
    ("in_progress", "decide-return", "dispatcher", NO, "in_progress"),
    ("in_progress", "decide-return", "dispatcher", YES, "reported"),
    ("in_progress", "decide-return", "dispatcher", {**YES, "assignee": "handler"}, "dispatched"),
    ("in_progress", "reassign", "dispatcher", {}, "dispatched"),
    ("in_progress", "request-extension", "governor", {}, "in_progress"),
    ("in_progress", "decide-extension", "dispatcher", YES, "in_progress"),
    ("in_progress", "decide-extension", "dispatcher", NO, "in_progress"),
    ("in_progress", "request-suspension", "governor", {}, "in_progress"),
    ("in_progress", "decide-suspension", "dispatcher", YES, "suspended"),
    ("in_progress", "decide-suspension", "dispatcher", NO, "in_progress"),
    ("in_progress", "raise-path", "governor", {}, "in_progress"),
    ("in_progress", "hand-back", "governor", {}, "handled"),
    ("in_progress", "void", "dispatcher", {}, "void"),
    ("in_progress", "merge", "dispatcher", {}, "merged"),
    ("in_progress", "urge", "leader", {}, "in_progress"),
    ("in_progress", "supervise", "leader", {"due_at": "2026-11-30"}, "in_progress"),
    ("suspended", "contact", "governor", {}, "suspended"),
    ("suspended", "resume", "governor", {}, "in_progress"),
    ("suspended", "resume", "system", {}, "in_progress"),
    ("suspended", "urge", "dispatcher", {}, "suspended"),
    ("suspended", "supervise", "leader", {}, "suspended"),
    ("handled", "contact", "governor", {}, "handled"),
    ("handled", "evaluate", "supervisor", {}, "evaluated"),
    ("handled", "evaluate", "supervisor", {"effective": False, "comment": "还有一堆"}, "in_progress"),
    ("handled", "urge", "dispatcher", {}, "handled"),
    ("handled", "supervise", "leader", {}, "handled"),
    ("evaluated", "rate", "reporter", {}, "closed"),
    ("evaluated", "close", "system", {}, "closed"),
    ("evaluated", "close", "dispatcher", {}, "closed"),
    ("closed", "reopen", "reporter", {}, "in_progress"),
]

DECIDERS = "dispatcher coordinator block_head"
LEADERS = "streetleader leader"
# move, in which states, who may (of the whole cast), for an order that 高 holds in b1
WHO: list[tuple[str, str, str]] = [
    ("dispatch", "reported", f"{DECIDERS} system"),
    ("solve-on-spot", "reported", "governor"),
    ("reject", "reported", DECIDERS),
    ("sign", "dispatched", "governor"),
    ("contact", "reported dispatched in_progress suspended handled", f"governor {DECIDERS}"),
    ("return", "dispatched in_progress", "governor"),
    ("decide-return", "dispatched in_progress", DECIDERS),
    ("reassign", "dispatched in_progress", DECIDERS),
    ("request-extension", "in_progress", "governor"),
    ("decide-extension", "in_progress", f"{DECIDERS} {LEADERS}"),
    ("request-suspension", "in_progress", "governor"),
    ("decide-suspension", "in_progress", f"{DECIDERS} {LEADERS}"),
    ("resume", "suspended", f"governor {DECIDERS} {LEADERS} system"),
    ("raise-path", "reported", f"{DECIDERS} {LEADERS}"),
    ("raise-path", "dispatched in_progress", f"governor {DECIDERS} {LEADERS}"),
    ("hand-back", "in_progress", "governor"),
    ("evaluate", "handled", "supervisor"),
    ("rate", "evaluated", "reporter"),
    ("close", "evaluated", f"{DECIDERS} system"),
    ("reopen", "closed", "reporter"),
    ("void", "reported dispatched in_progress", DECIDERS),
    ("merge", "reported dispatched in_progress", DECIDERS),
    ("urge", "reported dispatched in_progress suspended handled", f"{DECIDERS} {LEADERS}"),
    ("supervise", "reported dispatched in_progress suspended handled", LEADERS),
]

PAIRS = [(state, name) for name, states, _who in WHO for state in states.split()]
CLOSED_PAIRS = [(str(s), name) for s in State for name in MOVES if (str(s), name) not in PAIRS]


@dataclass
class Stage:
    """The cast, and one case in every state."""

    world: World
    cases: dict[str, Case]
    other: Case

    def attempt(self, case: Case, name: str, who: str, data: dict[str, Any]) -> Case:
        """``who`` tries; a moment after everything that has a limit for ``close``."""
        at = MONTH_LATER if name == "close" else AT
        if name == "merge":
            data = {"into": self.other.number, **data}
        if who == "nobody":
            return move(case_id=case.pk, name=name, by=By(None, SYSTEM), at=at, data=data)
        if who == "reporter":
            return as_reporter(case, name, at=at, **data)
        if who == "system":
            return as_system(case, name, at=at, **data)
        return do(self.world, case, name, who, at=at, **data)

    def prepared(self, case: Case, name: str) -> None:
        """Ask for what ``name`` decides."""
        if name in ASKED:
            earlier, data = ASKED[name]
            do(self.world, case, earlier, "governor", **data)


@contextmanager
def tried() -> Iterator[None]:
    """Whatever happens inside is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker) -> Iterator[Stage]:
    with django_db_blocker.unblock():
        STANDING.end()
    with django_db_blocker.unblock(), tried():
        world = build()
        cases = {str(state): maker(world) for state, maker in IN_STATE.items()}
        yield Stage(world, cases, other=a_report(world))


def test_the_lists_here_name_every_pair_of_the_table_and_no_other() -> None:
    declared = {(str(state), name) for name, move in MOVES.items() for state in move.sources}
    assert set(PAIRS) == declared
    assert {(state, name) for state, name, *_rest in LEADS} == declared
    assert len(PAIRS) == len(set(PAIRS))


def test_every_target_that_the_table_declares_is_reached() -> None:
    reached = {(name, target) for _state, name, _who, _data, target in LEADS}
    reached.add(("evaluate", "closed"))  # test_a_result_that_nobody_is_asked_about_closes_at_once
    assert reached >= {(name, str(to)) for name, move in MOVES.items() for to in move.to}


def test_the_stage_has_a_case_in_every_state(stage: Stage) -> None:
    assert {state: case.state for state, case in stage.cases.items()} == {
        str(state): state for state in State
    }


@pytest.mark.parametrize("state, name, who, data, target", LEADS)
def test_the_right_person_makes_the_move(
    stage: Stage, state: str, name: str, who: str, data: dict[str, Any], target: str
) -> None:
    case = stage.cases[state]
    with tried():
        stage.prepared(case, name)
        before = rows_of(case)
        after = stage.attempt(case, name, who, {**DATA.get(name, {}), **data})
        assert after.state == target
        assert after.state in (MOVES[name].to or (state,)) or not data.get("approve", True)
        kept = rows_of(case)
    assert kept["case"]["state"] == target
    assert kept["journal"] == [*before["journal"], MOVES[name].event]
    assert kept["case"]["version"] == before["case"]["version"] + 1


@pytest.mark.parametrize("state", [str(state) for state in State])
def test_every_other_move_is_refused_and_changes_nothing(stage: Stage, state: str) -> None:
    case = stage.cases[state]
    before = rows_of(case)
    names = [name for its, name in CLOSED_PAIRS if its == state]
    assert names
    for name in names:
        for who in ("governor", "dispatcher", "supervisor", "leader", "reporter", "system"):
            with pytest.raises(WrongState) as refusal:
                stage.attempt(case, name, who, DATA.get(name, {}))
            assert refusal.value.status == 409
    assert rows_of(case) == before


@pytest.mark.parametrize(
    "name, state, who", [(name, state, who) for name, states, who in WHO for state in states.split()]
)
def test_a_move_is_made_by_those_who_may_and_refused_to_all_others_with_a_reason(
    stage: Stage, name: str, state: str, who: str
) -> None:
    case = stage.cases[state]
    with tried():
        stage.prepared(case, name)
        before = rows_of(case)
        done = set()
        for person in [*stage.world.people, "reporter", "system", "nobody"]:
            if person in who.split():
                with tried():
                    stage.attempt(case, name, person, DATA.get(name, {}))
                    done.add(person)
                continue
            with pytest.raises(NotYourMove) as refusal:
                stage.attempt(case, name, person, DATA.get(name, {}))
            assert (refusal.value.status, bool(refusal.value.code)) == (403, True)
            assert len(str(refusal.value)) > 5
        assert rows_of(case) == before
    assert done == set(who.split())


@pytest.mark.parametrize(
    "name, state, who", [(name, state, who) for name, states, who in WHO for state in states.split()]
)
def test_a_button_is_offered_to_exactly_those_whose_move_succeeds(
    stage: Stage, name: str, state: str, who: str
) -> None:
    """The page asks the policy, the action asks it again: the same people."""
    with tried():
        stage.prepared(stage.cases[state], name)
        case = Case.objects.get(pk=stage.cases[state].pk)
        at = MONTH_LATER if name == "close" else AT
        people = stage.world.people.items()
        offered = {person for person, user in people if may_move(Look(case, user, at), name)}
    assert offered == set(who.split()) - {"reporter", "system"}


# Who holds an order decides who signs, returns, asks and hands back; nobody else of the cast may.
HOLDERS: list[tuple[str, Callable[..., Case], str]] = [
    ("the block's governor", a_dispatched, "governor"),
    ("an office of the street", held_by_office, "handler handler2 office_head"),
    ("a department", lambda world: a_dispatched(world, category="1101"), "department department_head"),
    ("the governor of b2", lambda world: a_dispatched(world, block=world.b2.code), "governor2"),
]


@pytest.mark.parametrize("receiver, maker, holders", HOLDERS)
def test_only_the_people_of_the_receiver_hold_the_order(
    stage: Stage, receiver: str, maker: Callable[..., Case], holders: str
) -> None:
    with tried():
        case = maker(stage.world)
        assert case.state == State.DISPATCHED
        for name in ("sign", "return"):
            people = stage.world.people.items()
            assert {who for who, user in people if may_move(Look(case, user, AT), name)} == set(
                holders.split()
            )


def test_nobody_of_another_street_or_block_has_a_part_in_it(stage: Stage) -> None:
    """丁 is duty officer of another street, 龚 governs the next block: no move in any state."""
    for case in stage.cases.values():
        for who in ("dispatcher9", "governor2", "governor9"):
            look = Look(case, stage.world.people[who], AT)
            assert [name for name in MOVES if may_move(look, name)] == []


def test_a_case_about_an_official_is_decided_by_the_street_leader_alone(stage: Stage) -> None:
    with tried():
        case = a_dispatched(stage.world, category="1204")
        people = stage.world.people.items()
        for name in ("reassign", "void", "urge"):
            assert {who for who, user in people if may_move(Look(case, user, AT), name)} == {"streetleader"}


def test_a_case_without_a_place_is_decided_by_the_district(stage: Stage) -> None:
    with tried():
        case = a_report(
            stage.world, block=None, address="某路口", address_alone=True, channel="partner", client="x"
        )
        assert case.waits_for_person
        people = stage.world.people.items()
        assert {who for who, user in people if may_move(Look(case, user, AT), "dispatch")} == {"leader"}
        placed = do(stage.world, case, "dispatch", "leader", block=stage.world.b2.code)
        assert (placed.state, placed.assignee) == (State.DISPATCHED, stage.world.governor2)


def test_the_version_that_a_person_saw_is_compared_before_anything_else(stage: Stage) -> None:
    from yuhu.kit.exceptions import Stale

    case = stage.cases["dispatched"]
    by = stage.world.by("governor")
    before = rows_of(case)
    with pytest.raises(Stale):
        move(case_id=case.pk, name="sign", by=by, at=AT, if_match='"another-1"')
    assert rows_of(case) == before
    with tried():
        assert move(case_id=case.pk, name="sign", by=by, at=AT, if_match=case.etag).state == State.IN_PROGRESS


def test_a_result_that_nobody_is_asked_about_closes_at_once(stage: Stage) -> None:
    with tried():
        case = an_evaluated(stage.world, reporter=Person())
    assert (case.state, case.must_rate) == (State.CLOSED, False)


def test_the_makers_bring_a_case_where_they_say(stage: Stage) -> None:
    with tried():
        assert a_handled(stage.world).state == State.HANDLED
        assert an_evaluated(stage.world).state == State.EVALUATED
