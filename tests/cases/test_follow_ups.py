"""Follow-up calls: who is called and by whom, what they say, and what figures make of it."""

from collections import Counter
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.actions import Erasure, erase
from cases.actions.follow_ups import draw, record_call, take
from cases.exceptions import NotYourMove
from cases.figures.follow_ups import calls_for
from cases.figures.viewer import Viewer
from cases.models import Case, FollowUpCall, Note, Rating, WorkOrder
from cases.policies import follow_ups as policies
from staffing.actions import join
from staffing.models import Membership
from staffing.policies import posts_of, scope_of
from tests.cases.follow_up_makers import DAY, MONDAY, called, drawn, fresh, unrated
from tests.cases.indicator_questions import asked, figures, scope
from tests.world import AT, START, STREET, World, a_closed, as_reporter, do, kinds_of
from yuhu.delivery.notices import of
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit import clock
from yuhu.kit.exceptions import Invalid
from yuhu.kit.scope import Scope

pytestmark = pytest.mark.django_db


def parts(world: World, key: str) -> tuple[int | None, int | None]:
    found = figures(asked(scope(world), at=MONDAY))[key]
    return found.numerator, found.denominator


# --- What they say ---------------------------------------------------------------------------------


def test_an_answer_by_phone_counts_as_a_rating(world: World) -> None:
    case = unrated(world)
    assert parts(world, "rating_coverage") == (0, 1)
    call = called(
        world, drawn(world, case), solved="partly", satisfaction="basically_satisfied", comment="还行"
    )
    case.refresh_from_db()
    rating = Rating.objects.get(case=case)
    assert (rating.channel, rating.round, rating.solved) == ("call", 1, "partly")
    assert (case.state, case.end_code) == ("closed", "rated_by_call")
    assert (call.outcome, call.called_by, call.comment.text) == ("reached", world.coordinator, "还行")
    assert parts(world, "rating_coverage") == (1, 1)
    assert parts(world, "satisfaction_rate") == (1, 1)
    assert parts(world, "satisfaction_strict_rate") == (0, 1)
    assert parts(world, "follow_up_rate") == (1, 1)


def test_who_has_rated_keeps_the_own_rating_whatever_is_said_on_the_phone(world: World) -> None:
    case = a_closed(world, satisfied=False)
    call = drawn(world, case)
    assert call.reason == "dissatisfied"
    called(world, call)
    case.refresh_from_db()
    assert list(Rating.objects.values_list("channel", "satisfaction")) == [("own", "dissatisfied")]
    assert case.end_code == "rated"
    assert parts(world, "satisfaction_rate") == (0, 1)
    assert parts(world, "follow_up_rate") == (1, 1)


def test_who_is_not_reached_stays_in_the_denominators_only(world: World) -> None:
    call = drawn(world)
    for days in range(3):
        called(world, fresh(call), "no_answer", at=MONDAY + days * DAY)
    assert fresh(call).outcome == "unreached"
    assert parts(world, "rating_coverage") == (0, 1)
    assert parts(world, "satisfaction_rate") == (0, 0)
    assert parts(world, "follow_up_rate") == (0, 1)


@pytest.mark.parametrize("outcome, followed", [("refused", 1), ("wrong_number", 0)])
def test_who_did_not_answer_the_questions_rates_nothing(world: World, outcome: str, followed: int) -> None:
    called(world, drawn(world), outcome)
    assert not Rating.objects.exists()
    assert parts(world, "rating_coverage") == (0, 1)
    assert parts(world, "follow_up_rate") == (followed, 1)


def test_the_case_tells_of_a_call_once_it_has_ended_and_not_before(world: World) -> None:
    case = unrated(world)
    call, before = drawn(world, case), kinds_of(case)
    called(world, call, "no_answer")
    assert kinds_of(case) == before, "nobody who handled it is warned"
    called(world, fresh(call), at=MONDAY + DAY, comment="张三说好了")
    assert kinds_of(case) == [*before, "case.followed_up"]
    entry = Entry.objects.get(kind="case.followed_up")
    assert entry.data["comment"]["note"] == Note.objects.get(move="follow-up").pk
    assert "张三" not in str(entry.data)
    own = Entry.objects.filter(subject_type="follow_up").order_by("seq")
    kinds = ["taken", "no_answer", "taken", "ended"]
    assert list(own.values_list("kind", "area")) == [(f"follow_up.{kind}", "") for kind in kinds]


def test_who_says_on_the_phone_that_nothing_is_solved_may_reopen_it(world: World) -> None:
    case = unrated(world)
    called(world, drawn(world, case), solved="unsolved", satisfaction="dissatisfied")
    case = as_reporter(case, "reopen", at=MONDAY, reason="还没好")
    assert (case.state, case.end_code) == ("in_progress", "")


def test_a_second_closing_is_drawn_and_answered_by_itself(world: World) -> None:
    case = a_closed(world, satisfied=False)
    first = drawn(world, case)
    as_reporter(case, "reopen", at=MONDAY, reason="还没好")
    assert fresh(first).outcome == "lapsed"
    do(world, case, "hand-back", "governor", at=MONDAY, result="再次清运")
    do(world, case, "evaluate", "supervisor", at=MONDAY, effective=True)
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=MONDAY + DAY, end_code="not_rated")
    Case.objects.filter(pk=case.pk).update(evaluator=None)
    case.deadlines.filter(step="rate").update(is_running=False, ended_at=MONDAY + DAY)
    second = fresh_draw(case)
    assert (second.round, second.reason) == (2, "sample")
    called(world, second, at=MONDAY + 7 * DAY)
    assert list(Rating.objects.order_by("round").values_list("round", "channel")) == [(1, "own"), (2, "call")]


def fresh_draw(case: Case) -> FollowUpCall:

    assert draw(street=STREET, week=clock.local_date(MONDAY), at=MONDAY + 7 * DAY)
    return FollowUpCall.objects.get(case=case, outcome="")


def test_an_erased_reporter_is_not_called(world: World) -> None:
    call = drawn(world)
    leader = world.by("streetleader")
    erase(case_id=call.case_id, what=Erasure(person=True), reason="本人申请", by=leader, at=MONDAY)
    assert fresh(call).outcome == "lapsed"
    assert parts(world, "follow_up_rate") == (0, 0), "there is nobody to be called any more"
    with pytest.raises(NotYourMove):
        take(call=call, by=world.by("coordinator"), at=MONDAY)


def test_words_are_erased_with_the_other_notes_of_the_case(world: World) -> None:
    call = called(world, drawn(world), comment="说话难听")
    assert call.comment_id is not None
    what = Erasure(notes=frozenset({call.comment_id}))
    erase(case_id=call.case_id, what=what, reason="本人申请", by=world.by("streetleader"), at=MONDAY)
    assert Note.objects.get(pk=call.comment_id).text == ""


# --- What is recorded ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field, given",
    [
        ("outcome", {"outcome": "lapsed"}),
        ("outcome", {"outcome": ""}),
        ("solved", {"outcome": "reached", "satisfaction": "satisfied"}),
        ("satisfaction", {"outcome": "reached", "solved": "solved", "satisfaction": "very"}),
        ("comment", {"outcome": "refused", "comment": "长" * 1001}),
    ],
)
def test_an_outcome_needs_its_words(world: World, field: str, given: dict[str, Any]) -> None:
    call = drawn(world)
    take(call=call, by=world.by("coordinator"), at=MONDAY)
    with pytest.raises(Invalid) as refused:
        record_call(call=call, by=world.by("coordinator"), at=MONDAY, **given)
    assert refused.value.field == field
    assert not fresh(call).outcome


def test_three_attempts_are_made_on_three_days(world: World) -> None:
    call = drawn(world)
    called(world, call, "no_answer")
    verdict = policies.may_take(world.coordinator, fresh(call), MONDAY)
    assert (bool(verdict), verdict.code) == (False, "tried_today")
    for days in (1, 2):
        called(world, fresh(call), "no_answer", at=MONDAY + days * DAY)
    row = fresh(call)
    assert (row.outcome, row.attempts, row.called_by) == ("unreached", 3, world.coordinator)
    assert kinds_of(row.case)[-1] == "case.followed_up"


def test_a_call_is_recorded_by_whoever_has_taken_it_today(world: World) -> None:
    call = drawn(world)
    with pytest.raises(NotYourMove) as refused:
        record_call(call=call, outcome="refused", by=world.by("coordinator"), at=MONDAY)
    assert refused.value.code == "not_taken"
    take(call=call, by=world.by("coordinator"), at=MONDAY)
    verdict = policies.may_take(world.dispatcher, fresh(call), MONDAY)
    assert (bool(verdict), verdict.code) == (False, "taken")
    assert policies.may_take(world.dispatcher, fresh(call), MONDAY + DAY), "the next day anybody may"
    assert not policies.may_record(world.coordinator, fresh(call), MONDAY + DAY)


@pytest.mark.parametrize(
    "name, broken",
    [
        ("call_ended_by_somebody", {"outcome": "refused"}),
        ("call_unreached_after_all_attempts", {"attempts": 4}),
        ("call_taken_by_somebody", {"taken_at": AT}),
    ],
)
def test_the_database_refuses(world: World, name: str, broken: dict[str, Any]) -> None:
    call = drawn(world)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        FollowUpCall.objects.filter(pk=call.pk).update(**broken)


# --- Who -------------------------------------------------------------------------------------------


def test_duty_officers_of_the_streets_platforms_call_and_nobody_else(world: World) -> None:
    call = drawn(world)
    callers = {name for name, person in world.people.items() if policies.may_take(person, call, MONDAY)}
    assert callers == {"coordinator", "dispatcher"}


def test_who_handled_it_does_not_call(world: World) -> None:
    """The governor of the block is a duty officer too."""
    join(
        unit=world.unit("coordination"), user=world.governor, role=Membership.Role.DUTY_OFFICER,
        starts_on=START, at=AT, actor=SYSTEM,
    )  # fmt: skip
    verdict = policies.may_take(world.governor, drawn(world), MONDAY)
    assert (bool(verdict), verdict.code) == (False, "handled_it")


def test_who_evaluated_it_does_not_call(world: World) -> None:
    join(
        unit=world.unit("coordination"), user=world.supervisor, role=Membership.Role.DUTY_OFFICER,
        starts_on=START, at=AT, actor=SYSTEM,
    )  # fmt: skip
    verdict = policies.may_take(world.supervisor, drawn(world), MONDAY)
    assert (bool(verdict), verdict.code) == (False, "evaluated_it")


def viewer(world: World, name: str, days: int = 0) -> Viewer:
    person, at = world.people[name], MONDAY + days * DAY
    on = clock.local_date(at)
    return Viewer(person.pk, posts_of(person, on), scope_of(person, on), at)


def test_what_waits_for_a_caller_is_what_he_or_she_may_take(world: World, settings) -> None:
    """The list asks the database, the button asks the policy: for each caller and each call they agree."""
    join(
        unit=world.unit("coordination"), user=world.governor2, role=Membership.Role.DUTY_OFFICER,
        starts_on=START, at=AT, actor=SYSTEM,
    )  # fmt: skip
    settings.FOLLOW_UP_PERCENT = 100
    cases = [unrated(world) for _ in range(4)]
    WorkOrder.objects.filter(case=cases[3]).update(handed_back_by=world.governor2)
    first = drawn(world, cases[0])
    calls = {call.case_id: call for call in FollowUpCall.objects.all()}
    assert len(calls) == 4
    called(world, first, "refused")
    called(world, calls[cases[1].pk], "no_answer")
    take(call=calls[cases[2].pk], by=world.by("governor2"), at=MONDAY)
    for name in ("coordinator", "governor2"):
        for days in (0, 1):
            looks = viewer(world, name, days)
            waits = set(calls_for(looks).values_list("pk", flat=True))
            rows = FollowUpCall.objects.select_related("draw", "case")
            may = {
                row.pk
                for row in rows
                if policies.may_take(world.people[name], row, looks.at)
                or policies.may_record(world.people[name], row, looks.at)
            }
            assert waits == may, (name, days)
    assert not calls_for(viewer(world, "dispatcher")).exists(), "drawn for the platform that coordinates"


def test_who_sees_the_calls(world: World) -> None:
    drawn(world)
    sees = {
        name
        for name, person in world.people.items()
        if FollowUpCall.objects.within(scope_of(person, AT.date())).exists()
    }
    assert sees == {"dispatcher", "coordinator", "block_head", "streetleader", "leader", "auditor"}
    assert not FollowUpCall.objects.within(Scope.nothing()).exists()
    narrowed = Scope(areas=frozenset({"430302"}), has_post=True, kinds=frozenset({"01"}))
    assert not FollowUpCall.objects.within(narrowed).exists()


def test_a_bad_answer_is_told_to_those_who_decide(world: World) -> None:

    told = Counter(one.kind for one in of("case.followed_up", {"satisfaction": "dissatisfied"}))
    assert told == {"followed_up_badly": 1}
    assert of("case.followed_up", {"satisfaction": "satisfied"}) == []
