"""Streets' rights: a department asks, streets answer in time, every proposal gets its reply, streets assess."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from duties import actions, tasks
from duties.exceptions import NotNow
from duties.models import Consultation, StreetAnswer
from duties.policies import may_sign
from staffing.actions import join
from staffing.models import Membership, Unit
from staffing.policies import scope_of
from tests.duties.hearings import (
    AFTER,
    DUE,
    a_closed_one,
    a_draft,
    an_open,
    plan,
    replied,
    row_of,
    said,
    who,
)
from tests.duties.makers import journaled
from tests.world import AT, OTHER_STREET, START, STREET, World
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit.exceptions import Invalid

pytestmark = pytest.mark.django_db
ON = AT.date()
SECRET = "不得外传的一句话"


def kinds() -> list[str]:
    return [kind.removeprefix("consultation.") for kind in journaled("consultation.")]


def test_from_draft_to_assessment_every_step_is_journaled(world: World) -> None:
    consultation = an_open(world, STREET)
    said(world, consultation, "coordinator")
    answer = actions.sign_answer(answer=row_of(consultation), **who(world.streetleader))
    replied(world, answer, "partly", "首批先落实三处")
    closed = actions.close_consultation(consultation=consultation, **who(world.department_head))
    assert (closed.state, closed.closed_at) == ("closed", AT)
    row = actions.assess(answer=answer, score=4, remark="", **who(world.streetleader))
    assert (row.score, row.outcome, row.signed_by) == (4, "partly", world.streetleader)
    assert kinds() == ["drafted", "opened", "prepared", "answered", "replied", "closed", "assessed"]


def test_the_journal_holds_no_word_that_anybody_wrote(world: World) -> None:
    consultation = an_open(world, STREET, title=SECRET, about=SECRET, basis=SECRET)
    said(world, consultation, comment=SECRET, proposal=SECRET)
    replied(world, row_of(consultation), "not_adopted", SECRET)
    actions.close_consultation(consultation=consultation, **who(world.department_head))
    actions.assess(answer=row_of(consultation), score=1, remark=SECRET, **who(world.streetleader))
    assert not any(SECRET in str(entry.data) for entry in Entry.objects.all())
    told = Entry.objects.get(kind="consultation.replied")
    assert len(told.data["digest"]) == 64


def test_a_draft_is_changed_as_a_whole_until_it_is_opened(world: World) -> None:
    draft = a_draft(world)
    changed = plan(STREET, title="新方案", due_on=dt.date(2026, 12, 8))
    row = actions.amend_consultation(consultation=draft, plan=changed, **who(world.department))
    assert (row.title, row.due_on) == ("新方案", dt.date(2026, 12, 8))
    assert list(row.answers.values_list("street", flat=True)) == [STREET]
    actions.open_consultation(consultation=draft, **who(world.department))
    with pytest.raises(NotNow):
        actions.amend_consultation(consultation=draft, plan=changed, **who(world.department))
    with pytest.raises(NotNow):
        actions.discard_consultation(consultation=draft, **who(world.department))


def test_a_draft_is_discarded(world: World) -> None:
    actions.discard_consultation(consultation=a_draft(world), **who(world.department))
    assert not Consultation.objects.exists()
    assert kinds() == ["drafted", "discarded"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 101}, "title"),
        ({"about": ""}, "about"),
        ({"about": "长" * 5001}, "about"),
        ({"about": "有\x00"}, "about"),
        ({"basis": "长" * 301}, "basis"),
        ({"streets": []}, "streets"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_plan_that_cannot_be_is_refused_beside_its_field(world: World, changes: Any, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        a_draft(world, **changes)
    assert refusal.value.field == field
    assert not Consultation.objects.exists()


@pytest.mark.parametrize("due_on", [ON, ON - dt.timedelta(days=1)])
def test_streets_are_not_asked_until_a_day_that_has_come(world: World, due_on: dt.date) -> None:
    with pytest.raises(NotNow):
        an_open(world, due_on=due_on)


def test_an_answer_counts_once_a_leader_has_signed_it_off(world: World) -> None:
    consultation = an_open(world)
    said(world, consultation, "coordinator", position="agree", comment="", proposal="")
    changed = said(world, consultation, "dispatcher", position="object", comment="占用消防通道", proposal="")
    assert (changed.position, changed.answered_by, changed.signed_at) == ("object", world.dispatcher, None)
    signed = actions.sign_answer(answer=changed, **who(world.streetleader))
    assert (signed.signed_by, signed.answered_by) == (world.streetleader, world.dispatcher)
    with pytest.raises(NotNow):
        said(world, consultation, "coordinator")


def test_a_leader_who_answers_has_signed(world: World) -> None:
    row = said(world, an_open(world))
    assert (row.answered_by, row.signed_by) == (world.streetleader, world.streetleader)
    assert "prepared" not in kinds()
    with pytest.raises(NotNow):
        actions.sign_answer(answer=row, **who(world.streetleader))


def test_what_nobody_prepared_is_not_signed_off(world: World) -> None:
    with pytest.raises(NotNow):
        actions.sign_answer(answer=row_of(an_open(world)), **who(world.streetleader))


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"position": ""}, "position"),
        ({"position": "maybe"}, "position"),
        ({"position": "object", "comment": " "}, "comment"),
        ({"position": "conditions", "comment": ""}, "comment"),
        ({"comment": "长" * 5001}, "comment"),
        ({"proposal": "有\x00"}, "proposal"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_answer_that_says_too_little_or_too_much_is_refused(world: World, words: Any, field: str) -> None:
    consultation = an_open(world)
    with pytest.raises(Invalid) as refusal:
        said(world, consultation, **words)
    assert refusal.value.field == field
    assert row_of(consultation).answered_at is None


def test_a_street_may_answer_late_while_it_is_open(world: World) -> None:
    consultation = an_open(world)
    row = row_of(consultation)
    words: dict[str, Any] = {"position": "agree", "comment": "", "proposal": ""}
    late = actions.answer_consultation(answer=row, **words, **who(world.streetleader, AFTER))
    assert late.signed_at == AFTER


@pytest.mark.parametrize("outcome", ["partly", "not_adopted"])
def test_what_is_not_fully_adopted_needs_its_reason(world: World, outcome: str) -> None:
    answer = said(world, an_open(world))
    with pytest.raises(Invalid) as refusal:
        replied(world, answer, outcome, " ")
    assert refusal.value.field == "reply"
    assert replied(world, answer, outcome, "产权有争议").outcome == outcome


def test_a_proposal_is_replied_to_once(world: World) -> None:
    answer = said(world, an_open(world))
    replied(world, answer)
    with pytest.raises(NotNow):
        replied(world, answer, "not_adopted", "改主意")
    assert row_of(answer.consultation).outcome == "adopted"


@pytest.mark.parametrize("outcome", ["", "rejected"])
def test_a_reply_says_what_becomes_of_the_proposal(world: World, outcome: str) -> None:
    with pytest.raises(Invalid):
        replied(world, said(world, an_open(world)), outcome)


def _nothing_said(world: World) -> StreetAnswer:
    return row_of(an_open(world))


def _not_signed(world: World) -> StreetAnswer:
    return said(world, an_open(world), "coordinator")


def _no_proposal(world: World) -> StreetAnswer:
    return said(world, an_open(world), proposal="")


@pytest.mark.parametrize("make", [_nothing_said, _not_signed, _no_proposal])
def test_there_is_no_reply_to_what_was_not_proposed(
    world: World, make: Callable[[World], StreetAnswer]
) -> None:
    with pytest.raises(NotNow):
        replied(world, make(world))


def test_a_consultation_is_not_closed_while_a_proposal_waits_for_its_reply(world: World) -> None:
    consultation = an_open(world, STREET)
    answer = said(world, consultation)
    with pytest.raises(NotNow, match=r"回复|reply"):
        actions.close_consultation(consultation=consultation, **who(world.department))
    replied(world, answer)
    actions.close_consultation(consultation=consultation, **who(world.department))
    with pytest.raises(NotNow):
        actions.close_consultation(consultation=consultation, **who(world.department))


def test_it_is_not_closed_while_a_street_has_time_and_is_when_the_time_has_passed(world: World) -> None:
    consultation = an_open(world)
    replied(world, said(world, consultation))
    last_day = dt.datetime(2026, 12, 4, 15, 59, tzinfo=dt.UTC)
    with pytest.raises(NotNow):
        actions.close_consultation(consultation=consultation, **who(world.department, last_day))
    actions.close_consultation(consultation=consultation, **who(world.department, AFTER))
    assert Entry.objects.get(kind="consultation.closed").data["silent"] == [OTHER_STREET]


def test_nobody_answers_signs_or_replies_after_the_end(world: World) -> None:
    consultation = a_closed_one(world)
    for act in (
        lambda: said(world, consultation),
        lambda: actions.sign_answer(answer=row_of(consultation), **who(world.streetleader)),
        lambda: replied(world, row_of(consultation)),
    ):
        with pytest.raises(NotNow):
            act()


def test_a_project_is_assessed_after_the_end_and_once(world: World) -> None:
    consultation = an_open(world, STREET)
    answer = said(world, consultation, proposal="")
    with pytest.raises(NotNow):
        actions.assess(answer=answer, score=5, remark="", **who(world.streetleader))
    actions.close_consultation(consultation=consultation, **who(world.department))
    actions.assess(answer=answer, score=5, remark="", **who(world.streetleader))
    with pytest.raises(NotNow):
        actions.assess(answer=answer, score=1, remark="不好", **who(world.streetleader))
    assert row_of(consultation).score == 5


@pytest.mark.parametrize(
    ("score", "field"), [(0, "score"), (6, "score"), (-1, "score"), (1, "remark"), (2, "remark")]
)
def test_an_assessment_has_one_to_five_points_and_bad_ones_a_reason(
    world: World, score: int, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.assess(answer=row_of(a_closed_one(world)), score=score, remark="", **who(world.streetleader))
    assert refusal.value.field == field


def test_the_texts_of_a_closed_one_are_erased_with_their_salts_and_the_rest_stays(world: World) -> None:
    open_one = an_open(world)
    with pytest.raises(NotNow):
        actions.erase_consultation(consultation=open_one, **who(world.leader))
    consultation = a_closed_one(world)
    row = actions.erase_consultation(consultation=consultation, **who(world.leader))
    answer = row_of(consultation)
    assert (row.about, row.salt, answer.comment, answer.proposal, answer.reply, answer.salt) == ("",) * 6
    assert (answer.position, answer.outcome, answer.proposes) == ("conditions", "adopted", True)
    with pytest.raises(NotNow):
        actions.erase_consultation(consultation=consultation, **who(world.leader))
    with pytest.raises(NotNow):
        actions.assess(answer=answer, score=5, remark="好", **who(world.streetleader))


def test_the_day_after_the_due_day_the_leaders_are_told_once(world: World) -> None:
    consultation = an_open(world)
    assert tasks.sweep_silence(AT) == 0
    assert tasks.sweep_silence(dt.datetime(2026, 12, 4, 15, 59, tzinfo=dt.UTC)) == 0
    assert tasks.sweep_silence(AFTER) == 2
    assert tasks.sweep_silence(AFTER) == 0
    assert row_of(consultation).escalated_at == AFTER
    entries = Entry.objects.filter(kind="consultation.overdue").order_by("area")
    assert [entry.data["heads"] for entry in entries] == [[STREET], [OTHER_STREET]]
    assert entries[0].data["due_on"] == DUE.isoformat()


def test_a_prepared_answer_is_late_too_and_a_signed_one_is_not(world: World) -> None:
    consultation = an_open(world)
    said(world, consultation)
    other = row_of(consultation, OTHER_STREET)
    words: dict[str, Any] = {"position": "agree", "comment": "", "proposal": ""}
    actions.answer_consultation(answer=other, **words, **who(world.dispatcher9))
    assert tasks.sweep_silence(AFTER) == 1
    assert row_of(consultation).escalated_at is None
    assert row_of(consultation, OTHER_STREET).escalated_at == AFTER


def test_closed_ones_and_drafts_are_never_late(world: World) -> None:
    a_closed_one(world)
    a_draft(world)
    assert tasks.sweep_silence(AFTER) == 0


def test_a_step_for_a_row_that_is_gone_does_nothing(world: World) -> None:
    assert not actions.escalate_silence(answer_id=999_999, at=AFTER)


def seen(world: World, name: str) -> tuple[int, int]:
    scope = scope_of(world.people[name], ON)
    return Consultation.objects.within(scope).count(), StreetAnswer.objects.within(scope).count()


def test_the_department_sees_its_drafts_and_nobody_else_does(world: World) -> None:
    a_draft(world)
    found = {name: seen(world, name) for name in world.people}
    assert {name: counts for name, counts in found.items() if counts != (0, 0)} == {
        "department": (1, 2),
        "department_head": (1, 2),
    }


def test_a_street_sees_what_it_is_asked_and_its_own_answer_only(world: World) -> None:
    an_open(world)
    an_open(world, OTHER_STREET)
    found = {name: seen(world, name) for name in world.people}
    own = dict.fromkeys(("streetleader", "coordinator", "dispatcher", "block_head"), (1, 1))
    assert {name: counts for name, counts in found.items() if counts != (0, 0)} == {
        **own,
        "dispatcher9": (2, 2),
        "department": (2, 3),
        "department_head": (2, 3),
        "leader": (2, 3),
        "auditor": (2, 3),
    }


def test_another_department_sees_nothing(world: World) -> None:
    an_open(world)
    other = Unit.objects.get(name="区民政局")
    join(unit=other, user=world.stranger, role=Membership.Role.HEAD, starts_on=START, at=AT, actor=SYSTEM)
    assert seen(world, "stranger") == (0, 0)


def test_a_leader_of_one_street_signs_nothing_for_another(world: World) -> None:
    consultation = an_open(world)
    words: dict[str, Any] = {"position": "agree", "comment": "", "proposal": ""}
    row = actions.answer_consultation(
        answer=row_of(consultation, OTHER_STREET), **words, **who(world.dispatcher9)
    )
    assert not may_sign(world.streetleader, row, AT)
    assert may_sign(world.streetleader, said(world, consultation, "coordinator"), AT)


@pytest.mark.parametrize(
    "wrong",
    [
        {"position": "agree"},
        {"answered_at": AT},
        {"signed_at": AT},
        {"outcome": "adopted"},
        {"replied_at": AT},
        {"replied_at": AT, "outcome": "adopted"},
        {"score": 5},
        {"score": 6, "assessed_at": AT},
        {"assessed_at": AT},
    ],
    ids=str,
)
def test_the_database_refuses_answers_that_skip_a_step(world: World, wrong: dict[str, Any]) -> None:
    row = row_of(an_open(world))
    with pytest.raises(IntegrityError), transaction.atomic():
        StreetAnswer.objects.filter(pk=row.pk).update(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "closed"},
        {"state": "draft"},
        {"opened_at": None},
        {"closed_at": AT},
        {"title": ""},
        {"erased_at": AT},
    ],
    ids=str,
)
def test_the_database_refuses_consultations_that_skip_a_step(world: World, wrong: dict[str, Any]) -> None:
    row = an_open(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consultation.objects.filter(pk=row.pk).update(**wrong)


def test_a_street_is_asked_once(world: World) -> None:
    row = row_of(an_open(world))
    with pytest.raises(IntegrityError), transaction.atomic():
        StreetAnswer.objects.create(consultation=row.consultation, street_id=STREET, salt="x")
