"""Tallies tell what the rows tell: made anew, folded from the feed, and after every late correction."""

import datetime as dt
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from cases.actions.tallies import counting, folding
from cases.figures import Period
from cases.figures.indicators import By, Question, as_of, indicators, spread
from cases.figures.indicators.loop import loop_by
from cases.models import Case, Deadline, Reporter, Tallied, Tally, TallyState
from cases.states import State
from tests.cases.indicator_makers import many
from tests.cases.indicator_questions import DISTRICT, NOVEMBER, asked, scope
from tests.world import AT, STREET, World, a_closed, a_report, as_reporter, do
from yuhu.journal.actions import SYSTEM, record, relay
from yuhu.kit import clock
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db

NOW = clock.day_start(dt.date(2026, 11, 16))
PERIODS = {
    "year": Period.of_days(dt.date(2025, 11, 1), dt.date(2025, 11, 30)),
    "before": Period.of_days(dt.date(2026, 10, 2), dt.date(2026, 10, 31)),
    "now": NOVEMBER,
    "after": Period.of_days(dt.date(2026, 12, 1), dt.date(2026, 12, 31)),
}
Told = dict[str, dict[str, Mapping[str, int]]]


def build(at: dt.datetime = AT) -> None:
    while relay(at=at):
        pass
    for _done in folding.rebuild(at=at):
        pass


def up_to(at: dt.datetime) -> dt.datetime | None:
    return as_of(asked(Scope.nothing(), at=at))


def follow(at: dt.datetime = AT) -> None:
    while relay(at=at):
        pass
    while folding.fold(at=at):
        pass


def of_rows(question: Question, by: By) -> Told:
    """The same from the rows, without keys of which there is nothing."""
    column = by.column(question.area)
    found = {name: loop_by(replace(question, period=one), column) for name, one in PERIODS.items()}
    return {
        name: {key: numbers for key, numbers in groups.items() if any(numbers.values()) or by is By.WHOLE}
        for name, groups in found.items()
    }


def differences(world: World) -> list[Any]:
    found = []
    for area in (DISTRICT, STREET, world.b1.community_id, world.b1.code):
        question = asked(scope(world), area, at=NOW)
        for by in By:
            told, right = spread(question, by, PERIODS), of_rows(question, by)
            found += [(area, by, name) for name in PERIODS if told[name] != right[name]]
    return found


@pytest.fixture
def made(world: World) -> World:
    many(world, NOVEMBER, seed=5, count=150)
    return world


def test_what_is_tallied_is_what_figures_count_and_the_first_kind_begins_before_the_closing() -> None:
    keys = {"id", "area", "by", "key", "day"}
    names = [field.name for field in Tally._meta.concrete_fields if field.name not in keys]
    assert names == [*counting.SETTLED]
    assert names.index("closed") == len(counting.SETTLED_BY_REPORT)


def test_tallies_made_anew_tell_the_same_as_the_rows(made: World) -> None:
    assert up_to(AT) is None, "nobody reads them before they are whole"
    build()
    assert up_to(AT) == AT
    assert Tally.objects.count() > 500
    assert differences(made) == []


def test_the_comparison_would_find_a_wrong_number(made: World) -> None:
    build()
    day = Tally.objects.filter(area=made.b1.code, by="whole", closed__gt=0)[0].day
    Tally.objects.filter(area=made.b1.code, by="whole", day=day).update(closed=F("closed") + 1)
    assert differences(made) != []


def test_every_late_correction_corrects_the_tallies(made: World) -> None:
    """Rows are changed as no action would, all at once; only the journal says that something happened."""
    build()
    rng = random.Random(6)
    for _turn in range(3):
        for case in rng.sample(list(Case.objects.order_by("pk")), 30):
            correct(made, case, rng)
        follow()
    assert differences(made) == []
    columns = ("area", "by", "key", "day", *counting.SETTLED)
    before = set(Tally.objects.values_list(*columns))
    build()
    left = before - set(Tally.objects.values_list(*columns))
    assert all(not any(row[4:]) for row in left), "no count may stay behind"


def correct(world: World, case: Case, rng: random.Random) -> None:
    kind = "case.corrected"
    match rng.choice(["void", "move", "reopen", "kind", "clock", "forget", "day"]):
        case "void":
            case.state, case.closed_at, kind = State.VOID, AT, "case.voided"
        case "move":
            block = rng.choice([world.b1, world.b2, world.b9])
            case.block, case.block_code, case.community_code = block, block.code, block.code[:12]
            case.street_code = block.code[:9]
        case "reopen" if case.assignee_id and case.due_at:
            case.state, case.closed_at = State.IN_PROGRESS, None
        case "kind":
            case.category_id, case.path = rng.choice(["0101", "0402", "0701"]), "whistle"
        case "clock":
            Deadline.objects.filter(case=case, is_running=True).update(is_running=False, met_at=F("due_at"))
        case "forget":
            Reporter.objects.filter(case=case).delete()
            case.address, kind = "", "case.erased"
        case _:
            case.reported_at -= dt.timedelta(days=3)
    case.save()
    record(kind=kind, subject=("case", case.number), at=AT, actor=SYSTEM, area="430302", data={})


def test_lives_of_cases_are_in_the_figures_once_they_are_folded(world: World) -> None:
    follow()
    case = a_closed(world, satisfied=False)
    a_closed(world)
    a_report(world, description="路灯不亮")
    question = asked(scope(world), STREET)
    numbers = [spread(question, By.WHOLE)[""][""]["closed"]]
    follow()
    numbers.append(spread(question, By.WHOLE)[""][""]["closed"])
    as_reporter(case, "reopen", reason="还没好")
    follow()
    numbers.append(spread(question, By.WHOLE)[""][""]["closed"])
    do(world, case, "hand-back", "governor", result="再次清运")
    follow()
    assert numbers == [0, 2, 1]
    found = {figure.key: figure for figure in indicators(question)}
    assert (found["satisfaction_rate"].numerator, found["satisfaction_rate"].denominator) == (1, 1)


def test_a_repeated_complaint_is_counted_though_it_was_closed_long_before(world: World) -> None:
    first = a_closed(world)
    Case.objects.filter(pk=first.pk).update(address="雨湖路1号")
    follow()
    assert spread(asked(scope(world)), By.WHOLE)[""][""]["closed_repeated"] == 0
    later = a_report(world, at=AT + dt.timedelta(days=2))
    Case.objects.filter(pk=later.pk).update(
        address="雨湖路1号", category=first.category_id, block_code=first.block_code
    )
    follow()
    assert spread(asked(scope(world)), By.WHOLE)[""][""]["closed_repeated"] == 1
    do(world, later, "void", "dispatcher", reason="误报")
    follow()
    assert spread(asked(scope(world)), By.WHOLE)[""][""]["closed_repeated"] == 0


def test_folding_again_adds_nothing(made: World) -> None:
    build()
    before = list(Tally.objects.order_by("pk").values())
    TallyState.objects.update(feed_no=0)
    follow()
    assert list(Tally.objects.order_by("pk").values()) == before


def test_a_fold_that_dies_leaves_everything_as_it_was(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    build()
    record(
        kind="case.corrected", subject=("case", Case.objects.all()[0].number), at=AT, actor=SYSTEM, data={}
    )
    relay(at=AT)
    Case.objects.filter(pk=Case.objects.all()[0].pk).update(programme="patrol", category_id="0701")
    state, cells = TallyState.objects.values().get(), list(Tally.objects.order_by("pk").values())

    def dies(*_args: object, **_named: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(Tallied.objects, "bulk_create", dies)
        with pytest.raises(RuntimeError, match="killed"):
            folding.fold(at=AT)
    assert (TallyState.objects.values().get(), list(Tally.objects.order_by("pk").values())) == (state, cells)
    follow()
    assert differences(made) == []


def test_while_tallies_are_made_anew_figures_are_told_from_the_rows(made: World) -> None:
    build()

    def told() -> Told:
        return spread(asked(scope(made), at=NOW), By.PART, PERIODS)

    right = told()
    folding.begin_anew(at=AT)
    folding.build_next(at=AT, limit=10)
    assert up_to(AT) is None
    rows = of_rows(asked(scope(made), at=NOW), By.PART)
    assert told()["now"].items() >= rows["now"].items()
    while folding.build_next(at=AT, limit=10):
        pass
    assert told() == right == rows


def test_what_comes_while_they_are_made_anew_is_folded_afterwards(made: World) -> None:
    folding.begin_anew(at=AT)
    folding.build_next(at=AT, limit=100)
    case = Case.objects.filter(state=State.CLOSED, restricted=False).order_by("pk")[0]
    Case.objects.filter(pk=case.pk).update(state=State.VOID)
    record(kind="case.voided", subject=("case", case.number), at=AT, actor=SYSTEM, data={})
    follow()
    assert differences(made) == []


def test_the_page_is_told_that_something_waits_to_be_folded(made: World) -> None:
    build(at=AT)
    later = AT + dt.timedelta(hours=1)
    assert up_to(later) == later
    record(
        kind="case.corrected", subject=("case", Case.objects.all()[0].number), at=later, actor=SYSTEM, data={}
    )
    assert up_to(later + dt.timedelta(minutes=1)) == AT, "in the outbox"
    relay(at=later)
    assert up_to(later + dt.timedelta(minutes=1)) == AT, "in the feed"
    follow()
    assert up_to(later + dt.timedelta(minutes=1)) == later + dt.timedelta(minutes=1)


def test_who_sees_less_than_the_area_is_not_answered_from_the_tallies(made: World) -> None:
    build()
    Tally.objects.update(registered=F("registered") + 1000)
    kinds = Scope(areas=frozenset({DISTRICT}), has_post=True, kinds=frozenset({"0402"}))
    unit = replace(scope(made, "governor"), areas=frozenset())
    for narrow in (kinds, unit):
        numbers = spread(asked(narrow, at=NOW), By.WHOLE)[""][""]
        assert numbers["registered"] < 1000
    assert spread(asked(scope(made), at=NOW), By.WHOLE)[""][""]["registered"] > 1000


def counting_queries(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


@pytest.mark.parametrize("by", list(By))
def test_four_queries_whatever_there_is(world: World, by: By) -> None:
    build()
    question = asked(scope(world), at=NOW)
    few = counting_queries(lambda: spread(replace(question, kept={}), by, PERIODS))
    many(world, NOVEMBER, seed=7, count=40)
    build()
    assert counting_queries(lambda: spread(replace(question, kept={}), by, PERIODS)) == few == 4
    assert counting_queries(lambda: spread(question, by, PERIODS)) == 4
    assert counting_queries(lambda: spread(question, by, PERIODS)) == 3, "up to when is asked once a page"
