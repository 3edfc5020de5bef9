"""Who is told what of a whistle: one table over its verbs, and that everybody can open what he or she is told of."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from cases.actions.whistles import department, street
from cases.models import Case, Whistle
from cases.tasks import sweep_whistles
from staffing.policies import scope_of
from tests.cases.whistle_makers import (
    STAGES,
    a_called,
    a_reported,
    a_whistle,
    an_emergency,
    an_explained,
    call_of,
    case_of,
)
from tests.delivery.makers import Told, feed, last, told
from tests.world import AT, World, do
from yuhu.delivery.models import Delivery
from yuhu.kit import clock

pytestmark = pytest.mark.django_db
DEPARTMENT, OFFICERS = {"department", "department_head"}, {"dispatcher", "coordinator"}
DISTRICT = {"leader"}
# Who was called off may not be able to open the case any more.
LEFT = {"whistle_ended_units", "whistle_declined_units", "whistle_withdrawn", "voided"}

Act = Callable[[World, Whistle], object]


def told_by(world: World, whistle: Whistle | None, act: Callable[[], object], at: dt.datetime = AT) -> Told:
    feed(at)
    before = last()
    act()
    feed(at)
    return told(world, before)


def verb(action: Callable[..., object], who: str, *, on_call: bool = False, **data: Any) -> Act:
    def act(world: World, whistle: Whistle) -> object:
        row = {"call": call_of(whistle)} if on_call else {"whistle": whistle}
        return action(**row, **data, by=world.by(who), at=AT)

    return act


TABLE: list[tuple[str, Act, Told]] = [
    (
        "asked", verb(street.approve, "streetleader", reason=""),
        {"whistle_approved": {"dispatcher"}, "whistle_called": DEPARTMENT},
    ),
    ("asked", verb(street.decline, "streetleader", reason="不必"), {"whistle_declined": {"dispatcher"}}),
    (
        "emergency", verb(street.decline, "streetleader", reason="不必"),
        {"whistle_declined": {"dispatcher"}, "whistle_declined_units": DEPARTMENT},
    ),
    (
        "called", verb(street.call_off, "streetleader", reason="已解决"),
        {"whistle_ended": {"dispatcher"}, "whistle_ended_units": DEPARTMENT},
    ),
    ("called", verb(street.withdraw, "dispatcher", on_call=True, reason="叫错"), {"whistle_withdrawn": DEPARTMENT}),
    ("called", verb(department.check_in, "department", on_call=True, coming="2人"), {"whistle_checked_in": OFFICERS}),
    ("called", verb(department.explain, "department", on_call=True, explanation="否"), {"whistle_explained": OFFICERS}),
    (
        "explained", verb(street.decide_explanation, "dispatcher", on_call=True, accept=True, reason=""),
        {"whistle_excused": DEPARTMENT},
    ),
    (
        "explained", verb(street.decide_explanation, "dispatcher", on_call=True, accept=False, reason="须到"),
        {"whistle_not_excused": DEPARTMENT},
    ),
    ("checked in", verb(department.attend, "department", on_call=True, attended=True, proof="签到"), {}),
    ("checked in", verb(department.give_result, "department", on_call=True, result="办"), {"whistle_result": OFFICERS}),
    ("reported", verb(street.clear, "dispatcher", reason=""), {"whistle_cleared": DEPARTMENT}),
    (
        "cleared", verb(street.rate_department, "dispatcher", on_call=True, score=5, comment=""),
        {"whistle_department_rated": DEPARTMENT},
    ),
    (
        "cleared", verb(department.rate_street, "department", on_call=True, justified=5, prepared=5, comment=""),
        {},
    ),
]  # fmt: skip


@pytest.mark.parametrize("stage, act, expected", TABLE, ids=range(len(TABLE)))
def test_every_verb_tells_those_whom_it_concerns(world: World, stage: str, act: Act, expected: Told) -> None:
    whistle = STAGES[stage](world)
    feed()
    before = last()
    assert told_by(world, whistle, lambda: act(world, whistle)) == expected
    for row in (
        Delivery.objects.filter(pk__gt=before, user__isnull=False)
        .exclude(kind__in=LEFT)
        .select_related("user")
    ):
        assert row.user is not None
        scope = scope_of(row.user, clock.local_date(AT))
        assert Case.objects.within(scope).filter(number=row.subject).exists(), (row.user.username, row.kind)


def test_asking_tells_the_leader_of_the_street_and_an_emergency_says_so(world: World) -> None:
    asked = told_by(world, None, lambda: a_whistle(world))
    assert asked["whistle_asked"] == {"streetleader"}
    sudden = told_by(world, None, lambda: an_emergency(world))
    assert (sudden["whistle_emergency"], sudden["whistle_called"]) == ({"streetleader"}, DEPARTMENT)
    assert "whistle_asked" not in sudden


def test_silence_warns_the_department_and_is_told_to_the_district_and_the_departments_head(
    world: World,
) -> None:
    whistle = an_emergency(world)
    soon, late = AT + dt.timedelta(minutes=25), AT + dt.timedelta(minutes=31)
    assert told_by(world, whistle, lambda: sweep_whistles(soon), soon) == {"whistle_warned": DEPARTMENT}
    found = told_by(world, whistle, lambda: sweep_whistles(late), late)
    assert found == {"whistle_escalated": DISTRICT | {"department_head"}}


def test_a_missing_approval_is_told_to_the_district(world: World) -> None:
    whistle, late = a_whistle(world), AT + dt.timedelta(days=5)
    assert told_by(world, whistle, lambda: sweep_whistles(late), late) == {"whistle_approval_late": DISTRICT}


def test_a_case_that_ends_tells_the_departments(world: World) -> None:
    whistle = a_called(world)
    found = told_by(world, whistle, lambda: do(world, case_of(whistle), "void", "coordinator", reason="误报"))
    assert found["whistle_ended_units"] == DEPARTMENT
    assert found["whistle_ended"] == {"dispatcher"}


def test_what_is_urgent_is_mailed_too(world: World) -> None:
    world.department.email = "du@example.org"
    world.department.save()
    a_reported(world)
    an_explained(world)
    feed()
    mailed = set(
        Delivery.objects.filter(user=world.department, channel="email").values_list("kind", flat=True)
    )
    assert mailed == {"whistle_called"}
