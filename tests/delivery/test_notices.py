"""Who is told what: a table of every move, the automatic steps, and what must hold for all of them."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.db.models import F
from django.utils import translation

from cases.actions import close_unrated, escalate, resume_when_due, warn
from cases.actions.submit import join as join_case
from cases.models import Case, Deadline
from cases.states import MOVES, Relation, Step
from staffing.actions import appoint, join, relieve
from staffing.models import Membership, Tenure, Unit, User
from staffing.policies import scope_of
from tests.delivery.makers import NOBODY, Told, feed, last, told, told_by
from tests.delivery.notice_table import (
    ALONE,
    DUTY_OFFICERS,
    FILER,
    LEFT,
    REASON,
    RESIDENT,
    TABLE,
    Maker,
    dispatched,
    evaluated,
    handled,
    reported,
    signed,
    suspended,
)
from tests.world import (
    AT,
    World,
    a_closed,
    a_dispatched,
    a_handled,
    a_report,
    an_evaluated,
    by,
    do,
)
from yuhu.delivery import wording
from yuhu.delivery.models import Delivery
from yuhu.delivery.notices import BY_EVENT, BY_KIND, NOTICES, SILENT, Audience
from yuhu.kit import clock

pytestmark = pytest.mark.django_db

MONTH = dt.timedelta(days=30)


@pytest.mark.parametrize("move, before, who, data, expected", TABLE)
def test_every_move_tells_those_whom_it_concerns(
    world: World, move: str, before: Maker, who: str | Relation, data: dict[str, Any], expected: Told
) -> None:
    assert told_by(world, before(world), move, who, **data) == expected
    assert not Delivery.objects.filter(entry__actor_id=F("user_id")).exists(), "nobody is told of his own act"
    for row in Delivery.objects.filter(user__isnull=False).exclude(kind__in=LEFT).select_related("user"):
        assert row.user is not None
        assert may_open(row.user, row.subject), f"{row.user.username} is told of a case that he cannot open"


def may_open(user: User, number: str) -> bool:
    scope = scope_of(user, clock.local_date(AT))
    return Case.objects.within(scope).filter(number=number).exists()


def test_the_table_knows_every_move() -> None:
    assert {row[0] for row in TABLE} | ALONE == set(MOVES)
    events = {move.event for move in MOVES.values()}
    assert events - set(BY_EVENT) - SILENT == set()
    assert SILENT.isdisjoint(BY_EVENT)


def test_a_merged_case_tells_its_people(world: World) -> None:
    case, into = dispatched(world), a_report(world, "governor")
    found = told_by(world, case, "merge", "dispatcher", into=into.number)
    assert found == {"merged": {"governor"}, "merged_filer": FILER, "merged_told": RESIDENT}
    row = Delivery.objects.get(kind="merged", channel="inbox")
    assert into.number in wording.words(row.kind, row.entry.data, wording.Facts(case.number)).text


def test_a_case_that_is_reported_again_tells_its_holder_and_then_both_who_reported_it(world: World) -> None:
    case = dispatched(world)
    feed()
    before = last()
    join_case(case_id=case.pk, text="又堆起来了", by=world.by("liaison"), at=AT)
    feed()
    assert told(world, before) == {"joined": {"governor"}}
    found = told_by(world, case, "void", "dispatcher", **REASON)
    assert found["voided_filer"] == {"assistant", "liaison"}


def test_a_case_that_closes_without_an_answer_tells_nobody(world: World) -> None:
    case = evaluated(world)
    feed()
    before = last()
    assert close_unrated(case_id=case.pk, at=AT + MONTH)
    feed(AT + MONTH)
    assert told(world, before) == {}


def test_a_report_with_a_phone_is_answered_with_number_and_link(world: World) -> None:
    case = a_report(world)
    feed()
    assert told(world) == {"received": {"resident"}}
    row = Delivery.objects.get()
    link = wording.absolute(wording.private_path(case.reporter.token))
    text = wording.words(row.kind, row.entry.data, wording.Facts(case.number, link=link)).text
    assert link.startswith(settings.SITE_URL)
    assert link.endswith(f"/f/{case.reporter.token}/")
    assert case.number in text
    assert link in text


def test_without_a_phone_no_text_message_is_sent(world: World) -> None:
    an_evaluated(world, reporter=NOBODY)
    feed()
    assert not Delivery.objects.filter(channel="sms").exists()


def test_a_dispatch_by_the_rules_tells_the_receiver(world: World) -> None:
    a_dispatched(world)
    feed()
    assert told(world)["dispatched"] == {"governor"}


def test_a_department_and_the_street_that_helps_are_told(world: World) -> None:
    case = a_dispatched(world, category="1102")
    helper = Unit.objects.get(pk=case.parties.get(role="co").unit_id or 0)
    join(
        unit=helper, user=world.stand_in, role=Membership.Role.MEMBER, starts_on=clock.local_date(AT), at=AT,
        actor=by(world.streetleader).actor,
    )  # fmt: skip
    feed()
    found = told(world)
    assert found["dispatched"] == {"department", "department_head"}
    assert found["help"] == {"stand_in"}


def test_a_case_without_a_place_goes_to_those_who_can_place_it(world: World) -> None:
    a_report(world, block=None, address="雨湖路尽头", address_alone=True, channel="partner")
    feed()
    assert told(world) == {"received": {"resident"}, "to_place": {"leader"}}


def test_a_passed_result_without_a_reporter_to_ask_tells_the_colleague_who_recorded_it(world: World) -> None:
    case = a_handled(world, reporter=NOBODY)
    assert told_by(world, case, "evaluate", "supervisor", effective=True) == {"effective": {"governor"}}


def test_a_reporter_who_is_not_asked_for_a_rating_is_told_of_the_end(world: World) -> None:
    case = a_handled(world)
    Case.objects.filter(pk=case.pk).update(must_rate=False)
    found = told_by(world, case, "evaluate", "supervisor", effective=True)
    assert found == {"done_told": {"resident"}, "effective": {"governor"}}


@pytest.mark.parametrize(
    "make, step, expected",
    [
        (dispatched, Step.SIGN, {"governor"}),
        (signed, Step.HANDLE, {"governor"}),
        (handled, Step.EVALUATE, {"supervisor"}),
        (reported, Step.CONTACT, DUTY_OFFICERS),
    ],
)
def test_a_warning_reaches_the_one_whose_turn_it_is(
    world: World, make: Maker, step: Step, expected: set[str]
) -> None:
    case = make(world)
    feed()
    before = last()
    deadline = Deadline.objects.get(case=case, step=step, is_running=True)
    assert warn(deadline_id=deadline.pk, at=AT + MONTH)
    feed(AT + MONTH)
    assert told(world, before) == {"warned": expected}


def test_each_level_of_an_escalation_is_told(world: World) -> None:
    deadline = Deadline.objects.get(case=signed(world), step=Step.HANDLE)
    feed()
    levels, at = [], AT
    for _level in range(3):
        at += MONTH
        before = last()
        assert escalate(deadline_id=deadline.pk, at=at)
        feed(at)
        levels.append(told(world, before))
    assert levels == [{"escalated": {one}} for one in ("block_head", "streetleader", "leader")]


def test_whoever_takes_over_a_post_is_told_of_its_cases(world: World) -> None:
    signed(world)
    feed()
    before = last()
    day = clock.local_date(AT)
    appoint(
        block=world.b1, post=Tenure.Seat.GOVERNOR, holder=world.governor9, starts_on=day, at=AT,
        actor=by(world.streetleader).actor,
    )  # fmt: skip
    feed()
    assert told(world, before) == {"handed_over": {"governor9"}}


def test_the_next_evaluator_is_told_when_the_supervisor_leaves(world: World) -> None:
    handled(world)
    feed()
    before = last()
    day = clock.local_date(AT)
    relieve(
        block=world.b1, post=Tenure.Seat.SUPERVISOR, starts_on=day, at=AT, actor=by(world.streetleader).actor
    )
    feed()
    assert told(world, before) == {"evaluator_changed": {"coordinator"}}


def test_a_unit_that_evaluates_does_not_ask_those_who_did_the_work(world: World) -> None:
    """The duty officer of the coordination platform held the order before the governor did; a colleague is asked."""
    join(
        unit=world.unit("coordination"), user=world.stand_in, role=Membership.Role.HEAD,
        starts_on=clock.local_date(AT), at=AT, actor=by(world.streetleader).actor,
    )  # fmt: skip
    relieve(
        block=world.b1, post=Tenure.Seat.SUPERVISOR, starts_on=clock.local_date(AT), at=AT,
        actor=by(world.streetleader).actor,
    )  # fmt: skip
    case = do(world, reported(world), "dispatch", "dispatcher", assignee="coordinator")
    case = do(world, case, "sign", "coordinator")
    case = do(world, case, "reassign", "dispatcher", assignee="governor", reason="归区块")
    case = do(world, case, "sign", "governor")
    assert told_by(world, case, "hand-back", "governor", result="办完") == {"handed_back": {"stand_in"}}


def test_a_case_about_an_official_is_decided_by_leaders_and_no_duty_officer_hears_of_it(world: World) -> None:
    case = signed(world)
    Case.objects.filter(pk=case.pk).update(restricted=True)
    found = told_by(world, case, "return", "governor", reason="与我有关")
    assert found == {"return_requested": {"streetleader"}}


def test_when_the_only_duty_officer_asks_the_next_level_decides(world: World) -> None:
    Membership.objects.filter(user=world.coordinator).delete()
    case = do(world, reported(world), "dispatch", "dispatcher", assignee="dispatcher")
    found = told_by(world, case, "return", "dispatcher", reason="不归我管")
    assert found == {"return_requested": {"block_head"}}


def test_people_who_left_are_not_told(world: World) -> None:
    User.objects.filter(pk=world.coordinator.pk).update(is_active=False)
    Membership.objects.filter(user=world.dispatcher).update(ends_on=clock.local_date(AT))
    assert told_by(world, dispatched(world), "return", "governor", **REASON) == {
        "return_requested": {"block_head"}
    }


def test_a_suspended_case_that_goes_on_by_itself_tells_its_holder(world: World) -> None:
    case = suspended(world)
    feed()
    before = last()
    assert resume_when_due(case_id=case.pk, at=AT + MONTH)
    feed(AT + MONTH)
    assert told(world, before) == {"resumed": {"governor"}}


def test_an_email_is_written_only_for_those_who_have_an_address(world: World) -> None:
    User.objects.filter(pk=world.governor.pk).update(email="gao@example.org")
    a_closed(world)
    feed()
    channels = Delivery.objects.filter(kind="dispatched").values_list("user__username", "channel")
    assert sorted(channels) == [("governor", "email"), ("governor", "inbox")]
    assert not Delivery.objects.filter(kind="rated", channel="email").exists(), "not urgent enough"


def test_every_audience_is_used_and_every_notice_has_its_own_name() -> None:
    assert len(BY_KIND) == len(NOTICES)
    assert {notice.audience for notice in NOTICES} == set(Audience)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice.kind)
def test_every_sentence_can_be_said_with_and_without_its_data(notice: Any, language: str) -> None:
    facts = wording.Facts("430302-20261124-000001", name="暴露垃圾", link="http://127.0.0.1/f/x/")
    data = {
        "due_at": AT.isoformat(), "until": AT.isoformat(), "review_at": AT.isoformat(), "step": "handle",
        "path": "meeting", "code": "secret", "satisfaction": "satisfied", "into": "430302-20261124-000002",
        "on": "2026-11-24",
    }  # fmt: skip
    with translation.override(language):
        full, bare = wording.words(notice.kind, data, facts), wording.words(notice.kind, {}, facts)
    assert "%(" not in full.title + full.text + bare.text
    assert "—" not in full.text
    assert full.title
    if notice.audience is Audience.RESIDENT:
        assert facts.link in full.text
        assert facts.number in full.text


def test_times_are_told_on_the_clock_of_the_district() -> None:
    words = wording.words("dispatched", {"due_at": "2026-11-24T07:00:00+00:00"}, wording.Facts("1"))
    assert "2026-11-24 15:00" in words.text


def test_a_restricted_case_is_called_by_its_number_only(world: World) -> None:
    case = Case.objects.select_related("category", "block").get(pk=a_report(world).pk)
    assert case.category.label in wording.facts_of(case).name
    case.restricted = True
    assert wording.facts_of(case).name == ""


def test_a_notice_of_another_release_is_told_in_general_terms() -> None:
    words = wording.words("from_the_future", {}, wording.Facts("430302-20261124-000001"))
    assert "430302-20261124-000001" in words.text
