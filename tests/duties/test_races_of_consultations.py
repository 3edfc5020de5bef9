"""Two people act on one consultation at once. A control shows each race without the lock."""

from collections.abc import Callable
from typing import Any

import pytest

from duties import actions
from duties.actions import consultations
from duties.models import StreetAnswer
from tests.duties.hearings import AFTER, an_open, row_of, said, who
from tests.duties.makers import journaled
from tests.journal_flush import install_flush_guard
from tests.together import at_once, kinds, meeting_after
from tests.world import OTHER_STREET, STREET, World, build

install_flush_guard()
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(transactional_db: None) -> World:
    return build()


def unlocked(answer: StreetAnswer) -> StreetAnswer:
    return StreetAnswer.objects.select_related("consultation__unit").get(pk=answer.pk)


def replying(cast: World, answer: StreetAnswer, name: str) -> Callable[[], object]:
    return lambda: actions.reply_to_answer(
        answer=answer, outcome="adopted", reply=name, **who(cast.people[name])
    )


def test_a_proposal_gets_one_reply_from_two_people(cast, monkeypatch) -> None:
    answer = said(cast, an_open(cast))
    monkeypatch.setattr(consultations, "_locked_answer", meeting_after(consultations._locked_answer))
    results = at_once(replying(cast, answer, "department"), replying(cast, answer, "department_head"))
    assert kinds(results) == ["NotNow", "StreetAnswer"]
    assert journaled("consultation.replied") == ["consultation.replied"]


def test_without_the_lock_both_would_have_replied(cast, monkeypatch) -> None:
    answer = said(cast, an_open(cast))
    monkeypatch.setattr(consultations, "_locked_answer", meeting_after(unlocked))
    results = at_once(replying(cast, answer, "department"), replying(cast, answer, "department_head"))
    assert "NotNow" not in kinds(results)


def test_a_proposal_that_comes_while_it_is_closed_is_not_left_without_a_reply(cast, monkeypatch) -> None:
    consultation = an_open(cast)
    row = row_of(consultation)
    words: dict[str, Any] = {"position": "agree", "comment": "", "proposal": "改设体育场西侧"}
    monkeypatch.setattr(consultations, "_locked_answer", meeting_after(consultations._locked_answer))
    monkeypatch.setattr(consultations, "_locked", meeting_after(consultations._locked))
    results = at_once(
        lambda: actions.answer_consultation(answer=row, **words, **who(cast.streetleader, AFTER)),
        lambda: actions.close_consultation(consultation=consultation, **who(cast.department, AFTER)),
    )
    assert kinds(results) in (["Consultation", "NotNow"], ["NotNow", "StreetAnswer"])


def test_two_sweeps_tell_the_leaders_once(cast) -> None:
    consultation = an_open(cast, STREET, OTHER_STREET)
    key = row_of(consultation).pk
    results = at_once(*[lambda: actions.escalate_silence(answer_id=key, at=AFTER)] * 2)
    assert sorted(map(bool, results)) == [False, True]
    assert journaled("consultation.overdue") == ["consultation.overdue"]
