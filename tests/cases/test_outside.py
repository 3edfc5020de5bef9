"""Outside figures: entered by one, checked by another, corrected by a new row; who may, and what cannot be stored."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.actions import outside as actions
from cases.exceptions import FigureThere, NotYourMove
from cases.figures.outside import known
from cases.models import OutsideFigure
from cases.outside import Outside, Span, days_of
from cases.policies import outside as policies
from staffing.policies import scope_of
from tests.cases.outside_makers import DISTRICT, checked, entered, published
from tests.world import AT, OTHER_STREET, STREET, World
from yuhu.journal.models import Entry
from yuhu.kit.exceptions import Invalid
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db
OCTOBER = days_of(Span.MONTH, 2026, 10)


def value_of(world: World, who: str = "leader", area: str = STREET) -> Any:
    scope = scope_of(world.people[who], AT.date())
    found = known(scope, area, [OCTOBER]).of(Outside.CRIMINAL_CASES, OCTOBER)
    return found.value if found else None


def kinds(row: OutsideFigure) -> list[str]:
    entries = Entry.objects.filter(subject_type="outside_figure", subject_id=str(row.pk)).order_by("seq")
    return list(entries.values_list("kind", flat=True))


# --- One enters, another checks --------------------------------------------------------------------


def test_a_figure_counts_once_somebody_else_has_checked_it(world: World) -> None:
    row = entered(world)
    assert value_of(world) is None
    row = actions.check(figure=row, by=world.by("streetleader"), at=AT)
    assert value_of(world) == 20
    assert (row.state, row.entered_by, row.checked_by) == ("checked", world.dispatcher, world.streetleader)
    assert kinds(row) == ["outside.entered", "outside.checked"]


def test_nobody_checks_what_he_or_she_entered(world: World) -> None:
    row = entered(world, by="block_head")
    with pytest.raises(NotYourMove) as refused:
        actions.check(figure=row, by=world.by("block_head"), at=AT)
    assert refused.value.code == "own_figure"
    assert OutsideFigure.objects.get().state == "entered"


def test_the_database_refuses_a_check_by_the_same_person(world: World) -> None:
    row = entered(world)
    same = {"state": "checked", "checked_by": world.dispatcher, "checked_at": AT}
    with pytest.raises(IntegrityError, match="outside_checked_by_another"), transaction.atomic():
        OutsideFigure.objects.filter(pk=row.pk).update(**same)
    OutsideFigure.objects.filter(pk=row.pk).update(**(same | {"checked_by": world.streetleader}))


@pytest.mark.parametrize(
    "name, broken",
    [
        ("outside_checked_whole", {"state": "checked"}),
        ("outside_not_below_nought", {"value": -1}),
        ("outside_days_in_order", {"last": "2026-09-01"}),
    ],
)
def test_the_database_refuses(world: World, name: str, broken: dict[str, Any]) -> None:
    row = entered(world)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        OutsideFigure.objects.filter(pk=row.pk).update(**broken)


def test_for_the_same_days_one_waits_and_one_is_in_force(world: World) -> None:
    row = entered(world)
    with pytest.raises(FigureThere):
        entered(world, value=21)
    actions.check(figure=row, by=world.by("streetleader"), at=AT)
    with pytest.raises(FigureThere):
        entered(world, value=21)
    twin = OutsideFigure.objects.get(pk=row.pk)
    twin.pk = None
    with pytest.raises(IntegrityError, match=r"outside_one_in_force|UNIQUE"), transaction.atomic():
        twin.save()


def test_what_is_sent_back_is_told_to_who_entered_it_and_entered_anew(world: World) -> None:
    row = entered(world)
    row = actions.send_back(figure=row, remark="与月报不符", by=world.by("streetleader"), at=AT)
    assert (row.state, row.remark) == ("returned", "与月报不符")
    entry = Entry.objects.get(kind="outside.returned")
    assert entry.data["tell"] == [world.dispatcher.pk]
    assert "与月报不符" not in str(entry.data), "what people wrote stays out of the journal"
    assert entered(world, value=19).state == "entered"


def test_a_correction_counts_when_it_is_checked_and_the_old_number_stays_readable(world: World) -> None:
    old = checked(world)
    new = actions.correct(
        figure=old,
        value=Decimal(22),
        published_by="区统计局",
        why="数字抄错",
        by=world.by("coordinator"),
        at=AT,
    )
    assert value_of(world) == 20
    with pytest.raises(FigureThere):
        actions.correct(
            figure=old,
            value=Decimal(23),
            published_by="区统计局",
            why="又错",
            by=world.by("coordinator"),
            at=AT,
        )
    actions.check(figure=new, by=world.by("streetleader"), at=AT)
    old.refresh_from_db()
    assert (value_of(world), old.state, old.value) == (22, "replaced", Decimal(20))
    assert (new.replaces, new.why) == (old, "数字抄错")
    assert kinds(old)[-1] == "outside.replaced"


def test_a_correction_that_is_sent_back_leaves_the_old_number_in_force(world: World) -> None:
    old = checked(world)
    new = actions.correct(
        figure=old,
        value=Decimal(22),
        published_by="区统计局",
        why="数字抄错",
        by=world.by("coordinator"),
        at=AT,
    )
    actions.send_back(figure=new, remark="原数正确", by=world.by("streetleader"), at=AT)
    old.refresh_from_db()
    assert (value_of(world), old.state) == (20, "checked")


def test_who_entered_it_withdraws_it_while_it_waits_and_somebody_else_once_it_counts(world: World) -> None:
    row = entered(world)
    assert policies.may_withdraw(world.dispatcher, row, AT)
    assert not policies.may_withdraw(world.streetleader, row, AT)
    row = actions.check(figure=row, by=world.by("streetleader"), at=AT)
    assert not policies.may_withdraw(world.dispatcher, row, AT)
    actions.withdraw(figure=row, remark="公布单位撤回", by=world.by("streetleader"), at=AT)
    assert value_of(world) is None


def test_an_ended_figure_has_no_verbs(world: World) -> None:
    row = actions.send_back(figure=entered(world), remark="不符", by=world.by("streetleader"), at=AT)
    verbs: tuple[Callable[..., Any], ...] = (policies.may_check, policies.may_correct, policies.may_withdraw)
    assert not any(verb(person, row, AT) for verb in verbs for person in world.people.values())


# --- What cannot be entered ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field, changes",
    [
        ("kind", {"kind": "weather"}),
        ("span", {"span": "decade"}),
        ("month", {"month": 13}),
        ("month", {"month": 11}),  # November has not ended
        ("month", {"span": "quarter", "month": 12}),
        ("year", {"year": 1999}),
        ("year", {"year": 2027}),
        ("value", {"value": "20.5"}),
        ("value", {"value": "-1"}),
        ("value", {"value": "NaN"}),
        ("value", {"value": "1e13"}),
        ("published_by", {"published_by": " "}),
        ("document", {"document": "长" * 101}),
        ("area", {"kind": "budget_spending"}),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    world: World, field: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        entered(world, **changes)
    assert refused.value.field == field
    assert not OutsideFigure.objects.exists()


def test_money_has_cents_and_is_the_districts(world: World) -> None:
    assert entered(world, Outside.SPENDING, DISTRICT, "233600.55").value == Decimal("233600.55")


# --- Who -------------------------------------------------------------------------------------------

# Who enters (e) and who checks what somebody else entered (c): of the district, of one's street, of another street.
TABLE = """
governor        - - -
supervisor      - - -
handler         - - -
office_head     - e -
dispatcher      - e -
coordinator     - e -
dispatcher9     - - e
block_head      - ec -
streetleader    - c -
leader          c c c
department      - - -
department_head e e e
auditor         - - -
admin           - - -
security        - - -
stranger        - - -
"""


@pytest.mark.parametrize("line", TABLE.strip().splitlines(), ids=lambda line: line.split()[0])
def test_who_enters_and_who_checks(world: World, line: str) -> None:
    name, *rights = line.split()
    person = world.people[name]
    for area, right in zip((DISTRICT, STREET, OTHER_STREET), rights, strict=True):
        row = OutsideFigure(state="entered", area=area, entered_by=world.stand_in)
        found = ("e" if policies.may_enter(person, area, AT) else "") + (
            "c" if policies.may_check(person, row, AT) else ""
        )
        assert (found or "-") == right, area


def test_who_sees_a_figure(world: World) -> None:
    rows = {area: checked(world, area=area) for area in (DISTRICT, STREET)}
    rows[OTHER_STREET] = checked(world, area=OTHER_STREET, by="dispatcher9")
    sees = {
        "leader": {DISTRICT, STREET, OTHER_STREET},
        "auditor": {DISTRICT, STREET, OTHER_STREET},
        "streetleader": {STREET},
        "dispatcher": {STREET},
        "dispatcher9": {OTHER_STREET},
        "department_head": {DISTRICT},  # entered it
        "governor": set(),
        "handler": set(),
        "admin": set(),
    }
    for name, areas in sees.items():
        found = OutsideFigure.objects.within(scope_of(world.people[name], AT.date()))
        assert set(found.values_list("area", flat=True)) == areas, name
    assert not OutsideFigure.objects.within(Scope.nothing()).exists()
    narrowed = Scope(areas=frozenset({DISTRICT}), has_post=True, kinds=frozenset({"01"}))
    assert not OutsideFigure.objects.within(narrowed).exists()


def test_a_stranger_to_the_area_enters_nothing(world: World) -> None:
    with pytest.raises(NotYourMove) as refused:
        actions.enter(published=published(area=OTHER_STREET), by=world.by("dispatcher"), at=AT)
    assert (refused.value.code, refused.value.field) == ("outside_area", "area")
