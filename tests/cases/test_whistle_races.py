"""Two who act on one whistle at the same moment: one wins, the other is told; controls take the lock away."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from cases.actions.base import locked
from cases.actions.whistles import department, street
from cases.models import Case, Whistle, WhistleCall
from staffing.actions import join
from staffing.models import Membership, Unit
from tests.cases.racing import unlocked
from tests.cases.whistle_makers import (
    a_called,
    a_checked_in,
    a_reported,
    a_whistle,
    call_of,
    case_of,
    fresh,
    second_department,
)
from tests.journal_flush import install_flush_guard
from tests.together import at_once, kinds, meeting_after
from tests.world import AT, START, World, kinds_of
from yuhu.journal.actions import SYSTEM

install_flush_guard()
BASE: Any = import_module("cases.actions.whistles.base")
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_journal_is_whole"),
]


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """From then on whoever has read the case waits for the other."""

    def begin(read: Callable[[int], Case] = locked) -> None:
        monkeypatch.setattr(BASE, "locked", meeting_after(read))

    return begin


def second_leader(world: World) -> None:
    street_unit = Unit.objects.get(code="430302001")
    role = Membership.Role.LEADER
    join(unit=street_unit, user=world.stand_in, role=role, starts_on=START, at=AT, actor=SYSTEM)


def two_leaders(world: World, begin: Callable[..., None], *read: Any) -> tuple[Whistle, list[object]]:
    second_leader(world)
    whistle = a_whistle(world)
    yes, no = world.by("streetleader"), world.by("stand_in")
    begin(*read)
    return whistle, at_once(
        lambda: street.approve(whistle=whistle, reason="", by=yes, at=AT),
        lambda: street.decline(whistle=whistle, reason="先自行处置", by=no, at=AT),
    )


def test_of_two_leaders_who_decide_at_once_one_decides_and_the_other_is_told(cast: World, meet) -> None:
    whistle, results = two_leaders(cast, meet)
    told = [kind for kind in kinds(results) if kind != "Whistle"]
    assert told in (["NotYourMove"], ["WhistleMovedOn"])
    approved = isinstance(results[0], Whistle)
    row = fresh(whistle)
    assert (row.approved, row.state) == (approved, "called" if approved else "declined")
    entries = kinds_of(case_of(whistle))
    assert entries.count("case.whistle_approved") + entries.count("case.whistle_declined") == 1


def test_control_without_the_lock_of_the_case_the_two_do_not_read_the_same_end(cast: World, meet) -> None:
    """The row's own lock still lets one after the other; both must not win, which a second look under it prevents."""
    _whistle, results = two_leaders(cast, meet, unlocked)
    assert kinds(results).count("Whistle") == 1, "the row of the whistle is locked too"


def twice(world: World, begin: Callable[..., None]) -> tuple[Whistle, list[object]]:
    whistle = a_called(world)
    call, one, other = call_of(whistle), world.by("department"), world.by("department_head")
    begin()
    return whistle, at_once(
        lambda: department.check_in(call=call, coming="2人", by=one, at=AT),
        lambda: department.check_in(call=call, coming="3人", by=other, at=AT),
    )


def test_a_department_that_checks_in_twice_at_once_is_there_once(cast: World, meet) -> None:
    whistle, results = twice(cast, meet)
    assert kinds(results) == ["WhistleCall", "WhistleMovedOn"]
    assert kinds_of(case_of(whistle)).count("case.whistle_checked_in") == 1
    winner = cast.department if isinstance(results[0], WhistleCall) else cast.department_head
    assert call_of(whistle).answered_by == winner


def test_control_without_any_lock_both_believe_that_they_checked_in(cast: World, monkeypatch) -> None:
    whistle = a_called(cast)
    call, one, other = call_of(whistle), cast.by("department"), cast.by("department_head")

    def naive(by: Any) -> Callable[[], object]:
        def act() -> object:
            look = import_module("cases.policies.whistles").WhistleLook(
                fresh(whistle), by.user, AT, call_of(whistle)
            )
            allowed = looked(look)
            assert allowed
            return WhistleCall.objects.filter(pk=call.pk).update(
                state="checked_in", answered_at=AT, answered_by=by.user
            )

        return act

    looked = meeting_after(lambda look: import_module("cases.policies.whistles").may_act("check-in", look))
    assert at_once(naive(one), naive(other)) == [1, 1]


def test_a_whistle_that_is_cleared_while_its_last_result_comes_is_cleared_with_it_or_not_yet(
    cast: World, meet
) -> None:
    whistle = a_checked_in(cast)
    call, officer, clerk = call_of(whistle), cast.by("dispatcher"), cast.by("department")
    meet()
    results = at_once(
        lambda: street.clear(whistle=whistle, reason="", by=officer, at=AT),
        lambda: department.give_result(call=call, result="已整改", by=clerk, at=AT),
    )
    assert isinstance(results[1], WhistleCall), "the result is never lost"
    cleared = isinstance(results[0], Whistle)
    assert cleared or kinds(results) == ["NotYourMove", "WhistleCall"]
    assert fresh(whistle).state == ("cleared" if cleared else "called")
    assert call_of(whistle).state == "reported"


def test_a_whistle_that_is_cleared_while_another_department_is_called_has_nobody_owing(
    cast: World, meet
) -> None:
    unit, whistle = second_department(cast), a_reported(cast)
    officer, other = cast.by("dispatcher"), cast.by("coordinator")
    meet()
    results = at_once(
        lambda: street.clear(whistle=whistle, reason="", by=officer, at=AT),
        lambda: street.call(whistle=whistle, units=[unit], task="拆除", by=other, at=AT),
    )
    assert sum(isinstance(result, Whistle) for result in results) == 1, results
    row = fresh(whistle)
    owing = row.calls.exclude(state__in=["reported", "excused"]).count()
    assert (row.state, owing) in {("cleared", 0), ("called", 1)}


def test_two_who_whistle_for_one_case_at_once_whistle_once(cast: World) -> None:
    case = case_of(a_whistle(cast))
    street.take_back(whistle=case.whistles.get(), reason="重来", by=cast.by("dispatcher"), at=AT)
    results = at_once(*[lambda: a_whistle(cast, case=case)] * 2)
    assert kinds(results) == ["Whistle", "WhistleRuns"]
    assert case.whistles.running().count() == 1
