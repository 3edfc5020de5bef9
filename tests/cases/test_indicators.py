"""Indicators equal what one counts by hand in plain Python over all rows, for several people, areas and periods."""

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from cases.actions.tallies.counting import REPEAT_DAYS, derived
from cases.figures import Period, Show, Viewer, select
from cases.figures.indicators import TABLE, Numbers, Question, Unit, indicators
from cases.figures.indicators.choice import added
from cases.figures.indicators.loop import loop
from cases.figures.indicators.reading import SOURCES
from cases.models import Case
from cases.states import FINAL, OPEN, State, Step
from tests.cases.indicator_makers import many
from tests.cases.indicator_questions import DISTRICT, NOVEMBER, asked, figures, parts, scope
from tests.world import (
    AT,
    STREET,
    World,
    a_closed,
    a_handled,
    as_reporter,
    do,
)
from yuhu.journal.models import Entry
from yuhu.kit import clock
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db

WEEK = Period.of_days(dt.date(2026, 11, 9), dt.date(2026, 11, 15))
# Half of what is due in the period is late by now.
NOW = clock.day_start(dt.date(2026, 11, 16))
Parts = tuple[int, int | None]


# --- By hand ---------------------------------------------------------------------------------------


class Count:
    """Everything of the loop, counted row by row."""

    def __init__(self, question: Question) -> None:
        self.q = question
        self.start, self.end, self.at = question.period.start, question.period.end, question.at
        self.cases = [case for case in Case.objects.select_related("reporter") if self.counts(case)]
        self.new = [case for case in self.cases if self.inside(case.reported_at)]
        self.done = [case for case in self.cases if case.state == "closed" and self.inside(case.closed_at)]
        self.left = [
            case
            for case in self.cases
            if case.state in OPEN and case.due_at and self.inside(case.due_at) and case.due_at < self.at
        ]

    def inside(self, at: dt.datetime | None) -> bool:
        return at is not None and self.start <= at < self.end

    def counts(self, case: Case) -> bool:
        codes = {case.district_code, case.street_code, case.community_code, case.block_code} - {""}
        seen, scope = bool(codes & self.q.scope.areas) and not case.restricted, self.q.scope
        for party in case.parties.all():
            seen |= party.user_id is not None and party.user_id == scope.person
            seen |= party.unit_id is not None and party.unit_id in scope.units
        if scope.kinds is not None:
            seen &= bool({case.category_id, case.category_id[:2]} & scope.kinds)
        return (
            seen
            and not case.restricted
            and self.q.area in codes
            and case.state not in ("void", "merged")
            and case.category_id != "1205"
        )

    def of_new(self, name: str) -> list[Any]:
        return [row for case in self.new for row in getattr(case, name).all()]

    def clocks(self, step: Step) -> tuple[int, int]:
        """In time, of those that are over."""
        rows = [row for row in self.of_new("deadlines") if row.step == step]
        over = [row for row in rows if row.met_at or self.is_late(row)]
        return sum(bool(row.met_at and row.met_at <= row.due_at) for row in over), len(over)

    def is_late(self, row: Any) -> bool:
        """Its limit has passed; of a clock that stands nobody knows."""
        until = row.met_at or row.ended_at or (self.at if row.is_running else None)
        return until is not None and row.due_at < until

    def accepted(self) -> tuple[int, int]:
        good = total = 0
        for case in self.new:
            waits = [
                row
                for row in case.deadlines.all()
                if row.step == "dispatch"
                and row.round == 1
                and (case.dispatched_at is None or row.started_at <= case.dispatched_at)
            ]
            late = [row for row in waits if self.is_late(row)]
            waiting = [row for row in late if not row.met_at and not row.ended_at]
            if case.dispatched_at or case.state == "rejected":
                total, good = total + 1, good + (0 if late else 1)
                total, good = total + len(waiting), good + len(waiting)
            else:
                total += len(waiting)
                good -= len(late) - len(waiting)
        return good, total

    def late(self) -> int:
        closed = sum(bool(c.due_at and c.handled_at and c.handled_at > c.due_at) for c in self.done)
        hands = {"dispatched", "in_progress"}
        left = [
            c
            for c in self.left
            if c.state in hands
            or (c.state in ("handled", "evaluated") and c.handled_at and c.due_at and c.handled_at > c.due_at)
        ]
        return closed + len(left)

    def repeated(self) -> int:
        """By whom and wherever it was reported again: that is a fact of the case, not of who asks."""
        rows = Case.objects.select_related("reporter").exclude(state__in=["void", "merged"])
        others = list(rows.exclude(category="1205").exclude(restricted=True))
        return sum(any(self.repeats(case, other) for other in others) for case in self.done)

    def repeats(self, case: Case, other: Case) -> bool:
        assert case.closed_at is not None
        days = other.reported_at - case.closed_at
        phones = [getattr(getattr(one, "reporter", None), "phone_index", "") for one in (case, other)]
        same_place = (case.block_code, case.address) == (other.block_code, other.address) and case.address
        return (
            dt.timedelta() < days <= dt.timedelta(days=REPEAT_DAYS)
            and case.category_id == other.category_id
            and bool(same_place or (phones[0] and phones[0] == phones[1]))
        )

    def of_rated(self, name: str, values: Iterable[str]) -> tuple[int, int]:
        rated = [case for case in self.done if case.must_rate and case.end_code.startswith("rated")]
        last = [max(case.ratings.all(), key=lambda one: one.round, default=None) for case in rated]
        return sum(one is not None and getattr(one, name) in values for one in last), len(rated)

    def all(self) -> dict[str, Parts]:
        new, due = self.new, len(self.done) + len(self.left)
        signs = [row for row in self.of_new("deadlines") if row.step == "sign"]
        returns = [row for row in self.of_new("requests") if row.kind == "return"]
        extended = [c for c in new if any(r.kind == "extension" and r.approved for r in c.requests.all())]
        judged = [[row.effective for row in case.evaluations.all()] for case in new]
        accepted = [case for case in new if case.dispatched_at and case.state != "rejected"]
        refused = [case for case in new if case.state == "rejected"]
        handled = [case for case in new if case.handled_at]
        now = [case for case in self.cases if case.state not in FINAL]
        in_time = [c for c in self.done if c.handled_at and c.due_at and c.handled_at <= c.due_at]
        numbers = [case.number for case in new]
        rated = self.of_rated("solved", [])[1]
        return {
            "acceptance_rate": (len(accepted), len(accepted) + len(refused)),
            "on_time_registration_rate": self.accepted(),
            "dispatch_accuracy": (
                max(len(signs) - sum(row.approved is True for row in returns), 0),
                len(signs),
            ),
            "on_time_sign_rate": self.clocks(Step.SIGN),
            "response_rate": self.clocks(Step.CONTACT),
            "supervise_on_time_rate": self.clocks(Step.SUPERVISE),
            "rework_rate": (sum(False in one for one in judged), sum(bool(one) for one in judged)),
            "return_rate": (len(returns), len(signs)),
            "extension_rate": (len(extended), len(new)),
            "check_rate": (sum(bool(case.evaluated_at) for case in handled), len(handled)),
            "self_found_rate": (sum(case.programme != "instant_response" for case in new), len(new)),
            "urge_count": (Entry.objects.filter(kind="case.urged", subject_id__in=numbers).count(), None),
            "suspension_rate": (sum(case.state == "suspended" for case in now), len(now)),
            "completion_rate": (len(self.done), due),
            "on_time_completion_rate": (len(in_time), due),
            "overdue_rate": (self.late(), due),
            "front_end_rate": (sum(case.on_the_spot for case in self.done), len(self.done)),
            "repeat_rate": (self.repeated(), len(self.done)),
            "solution_rate": self.of_rated("solved", ["solved"]),
            "satisfaction_rate": self.of_rated("satisfaction", ["satisfied", "basically_satisfied"]),
            "satisfaction_strict_rate": self.of_rated("satisfaction", ["satisfied"]),
            "rating_coverage": (rated, sum(case.must_rate for case in self.done)),
        }


def by_hand(numerator: int, denominator: int) -> Decimal | None:
    if not denominator:
        return None
    return (Decimal(numerator) / denominator).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


@pytest.fixture
def made(world: World) -> World:
    """Two hundred cases around November and around one of its weeks."""
    many(world, NOVEMBER, seed=1, count=120)
    many(world, WEEK, seed=2, count=80)
    return world


WHERE = [
    ("leader", DISTRICT), ("leader", STREET), ("leader", "43030200100101"), ("streetleader", STREET),
    ("dispatcher", STREET), ("governor", "43030200100101"), ("dispatcher9", "430302008"), ("auditor", DISTRICT),
]  # fmt: skip


@pytest.mark.parametrize("period", [NOVEMBER, WEEK], ids=["november", "a week"])
def test_every_indicator_of_the_loop_equals_counting_by_hand(made: World, period: Period) -> None:
    seen: dict[str, set[Parts]] = {}
    communities = [("leader", made.b1.community_id), ("streetleader", made.b1.community_id)]
    for name, area in WHERE + communities:
        question = asked(scope(made, name), area, period, NOW)
        found = figures(question)
        for key, (numerator, denominator) in Count(question).all().items():
            figure = found[key]
            assert (figure.numerator, figure.denominator) == (numerator, denominator), (name, area, key)
            if denominator is not None:
                assert figure.value == by_hand(numerator, denominator), (name, area, key)
            seen.setdefault(key, set()).add((numerator, denominator))
    dull = [key for key, numbers in seen.items() if len(numbers) < 4 or not max(numbers, key=str)[0]]
    assert dull == [], "chance made too little of these"


def test_a_partner_for_some_categories_counts_those_only_and_is_told_nothing_else(made: World) -> None:
    whole = scope(made)
    narrow = Scope(areas=frozenset({DISTRICT}), has_post=True, kinds=frozenset({"0402", "07"}))
    question = asked(narrow, at=NOW)
    found = figures(question)
    for key, expected in Count(question).all().items():
        assert (found[key].numerator, found[key].denominator) == expected, key
    assert (
        0
        < (found["completion_rate"].denominator or 0)
        < (parts(asked(whole, at=NOW), "completion_rate")[1] or 0)
    )
    hidden = {key for key, figure in found.items() if figure.numerator is None}
    assert hidden == {
        *(
            "block_coverage",
            "block_size_rate",
            "post_match_rate",
            "visit_rate",
            "training_rate",
            "off_list_tasks",
        ),
        *("admission_rate", "mediation_success_rate", "performance_rate", "hazard_fix_rate"),
        "follow_up_rate",
    }


def test_the_lists_behind_the_figures_hold_what_was_counted(made: World) -> None:
    """As the list of cases reads its address (cases.views.listing)."""
    leader, total = made.leader, 0
    for area in (DISTRICT, STREET, made.b1.community_id, made.b1.code):
        question = asked(scope(made), area, WEEK, NOW)
        for figure in indicators(question):
            if figure.cases and figure.key != "whistle_rate" and figure.denominator is not None:
                rows = listed(QueryDict(figure.cases), Viewer(leader.pk, (), question.scope, NOW))
                total += (count := rows.count())
                if figure.key in WHOLE_LISTS:
                    assert count == figure.denominator, (area, figure.key)
                elif figure.unit is not Unit.HOURS:
                    assert count >= (figure.numerator or 0) or "sign" in figure.key, (area, figure.key)
    assert total > 100


# Whose denominator is all of the list.
WHOLE_LISTS = {
    *("extension_rate", "self_found_rate", "suspension_rate", "completion_rate", "on_time_completion_rate"),
    *(
        "overdue_rate",
        "front_end_rate",
        "repeat_rate",
        "solution_rate",
        "satisfaction_rate",
        "rating_coverage",
    ),
}


def listed(query: QueryDict, viewer: Viewer) -> Any:
    given = {name: value for name, value in query.items() if isinstance(value, str)}
    days = [dt.date.fromisoformat(given[name]) for name in ("closed_from", "closed_to") if name in given]
    rows: Any = select(Show(given["show"]), viewer, Period.of_days(*days) if days else None)
    for name in ("street", "community", "block"):
        rows = rows.in_area(given[name]) if name in given else rows
    if "open" in given:
        rows = rows.open()
    if "reported_after" in given:
        days = [dt.date.fromisoformat(given[name]) for name in ("reported_after", "reported_before")]
        reported = Period.of_days(*days)
        rows = rows.filter(reported_at__gte=reported.start, reported_at__lt=reported.end)
    return rows


# --- The table, no data, queries -------------------------------------------------------------------


def test_the_table_names_counts_that_exist_and_no_key_twice(world: World) -> None:
    inspector = Scope(
        areas=frozenset({DISTRICT}),
        has_post=True,
        inspects=frozenset({DISTRICT}),
        confidential=frozenset({1}),
    )
    told = {name for source in SOURCES for name in source(asked(inspector))}
    wanted = {name for one in TABLE for name in (*one.numerator, *one.denominator)}
    assert wanted - told == set()
    keys = [one.key for one in TABLE]
    assert len(keys) == len(set(keys)) == 40
    assert {one.coverage for one in TABLE} - {""} <= set(keys)
    assert all((one.unit is Unit.COUNT) == (not one.denominator) for one in TABLE)


def test_without_data_a_ratio_is_nothing_and_never_0_or_1(world: World) -> None:
    for figure in figures(asked(scope(world))).values():
        if figure.unit is Unit.COUNT:
            assert figure.value == figure.numerator, figure.key
        elif not figure.denominator:
            assert figure.value is None, figure.key
    nothing = figures(asked(Scope.nothing()))
    assert {figure.value for figure in nothing.values()} <= {None, 0}
    assert nothing["completion_rate"].value is None


def counting(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def test_the_loop_costs_five_queries_and_all_together_no_more_with_more_rows(world: World) -> None:
    question = asked(scope(world), at=NOW)
    indicators(question)  # what a process keeps of a division is read once
    few = counting(lambda: indicators(asked(scope(world), at=NOW)))
    many(world, NOVEMBER, seed=3, count=60)
    assert counting(lambda: loop(question)) == 5
    assert counting(lambda: indicators(asked(scope(world), at=NOW))) == few <= 25


def test_satisfaction_carries_its_coverage(world: World) -> None:
    a_closed(world)
    a_closed(world, satisfied=False)
    unrated = a_handled(world)
    case = do(world, unrated, "evaluate", "supervisor", effective=True)
    Case.objects.filter(pk=case.pk).update(state=State.CLOSED, closed_at=AT, end_code="not_rated")
    found = figures(asked(scope(world)))
    assert (found["satisfaction_rate"].value, found["satisfaction_rate"].coverage) == (
        Decimal("0.5000"),
        Decimal("0.6667"),
    )
    assert found["rating_coverage"].value == Decimal("0.6667")
    assert found["rating_coverage"].coverage is None
    assert "show=rated" in found["satisfaction_rate"].cases
    assert "show=to_be_rated" in found["rating_coverage"].cases


def test_a_reporter_who_was_asked_twice_counts_once_with_the_last_answer(world: World) -> None:
    case = a_closed(world, satisfied=False)
    as_reporter(case, "reopen", reason="还没好")
    assert parts(asked(scope(world)), "satisfaction_rate") == (0, 0), "open again"
    do(world, case, "hand-back", "governor", result="再次清运")
    do(world, case, "evaluate", "supervisor", effective=True)
    as_reporter(case, "rate", solved="solved", satisfaction="basically_satisfied")
    assert parts(asked(scope(world)), "satisfaction_rate") == (1, 1)
    assert parts(asked(scope(world)), "satisfaction_strict_rate") == (0, 1)
    assert parts(asked(scope(world)), "completion_rate") == (1, 1)


def test_parts_together_are_counted_from_their_sums() -> None:
    """One part with more returns than dispatches takes from the whole what it takes from the sums."""
    parts: list[Numbers] = [derived({"returns_approved": 1}), derived({"dispatches": 10})]
    assert added(parts) == derived({"dispatches": 10, "returns_approved": 1})
    assert added(parts)["dispatches_kept"] == 9
