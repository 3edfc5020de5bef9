"""A follow-up call: taken by one, recorded, or lapsed with the case. Locks: the case before its call.

The answer of somebody who had not rated counts as a rating; whoever has rated keeps the own one, and the call stands
beside it (decision 0037). The journal of the case tells of a call only once it has ended: nobody who handled it is
warned.
"""

import datetime as dt
from typing import Any

from django.db import transaction

from cases.actions.base import By, digest_of, journal, locked, write_note
from cases.exceptions import Missing, NotYourMove
from cases.models import Case, FollowUpCall, Rating
from cases.models.follow_ups import MOST_ATTEMPTS
from cases.policies import follow_ups as policies
from cases.states import Satisfaction, Solved
from yuhu.journal.actions import record
from yuhu.kit.exceptions import Invalid
from yuhu.kit.text import clean_text

Outcome = FollowUpCall.Outcome
NO_ANSWER = "no_answer"
LONGEST_COMMENT = 1000


@transaction.atomic
def take(*, call: FollowUpCall, by: By, at: dt.datetime) -> FollowUpCall:
    """The person calls today, and nobody else does.

    Raises:
        NotYourMove: not for this person, taken, tried today, or ended.
    """
    row = _locked(call, by, at, policies.may_take)
    row.taken_by, row.taken_at = by.user, at
    row.save(update_fields=["taken_by", "taken_at"])
    _tell(row, "taken", by, at)
    return row


@transaction.atomic
def record_call(
    *,
    call: FollowUpCall,
    outcome: str,
    solved: str = "",
    satisfaction: str = "",
    comment: str = "",
    by: By,
    at: dt.datetime,
) -> FollowUpCall:
    """What came of it. ``no_answer`` leaves it to be called on another day, until all attempts are used up.

    Raises:
        NotYourMove: not for this person, or not taken.
        Missing, Invalid: no such outcome; an answer without its words.
    """
    row = _locked(call, by, at, policies.may_record)
    if outcome == NO_ANSWER:
        return _no_answer(row, by, at)
    if outcome not in (Outcome.REACHED, Outcome.REFUSED, Outcome.WRONG_NUMBER):
        raise Invalid(Missing.message, field="outcome")
    if outcome == Outcome.REACHED:
        row.solved = _choice(solved, Solved.values, "solved")
        row.satisfaction = _choice(satisfaction, Satisfaction.values, "satisfaction")
    text = clean_text(comment, field="comment", min_length=0, max_length=LONGEST_COMMENT)
    if text:
        row.comment = write_note(row.case, move="follow-up", field="comment", text=text, by=by, at=at)
    _end(row, outcome, by, at)
    return row


def lapse(case: Case, at: dt.datetime) -> None:
    """Nobody is called about the locked case any more: one works on it again, or there is nobody to call."""
    FollowUpCall.objects.filter(case=case, outcome="").update(outcome=Outcome.LAPSED, ended_at=at)


def _no_answer(row: FollowUpCall, by: By, at: dt.datetime) -> FollowUpCall:
    row.attempts += 1
    row.attempted_at, row.taken_by, row.taken_at = at, None, None
    _tell(row, "no_answer", by, at, attempts=row.attempts)
    if row.attempts >= MOST_ATTEMPTS:
        _end(row, Outcome.UNREACHED, by, at)
    else:
        row.save(update_fields=["attempts", "attempted_at", "taken_by", "taken_at"])
    return row


def _end(row: FollowUpCall, outcome: str, by: By, at: dt.datetime) -> None:
    row.outcome, row.called_by, row.ended_at = outcome, by.user, at
    row.save()
    case, facts = row.case, dict[str, Any](outcome=str(outcome))
    if row.outcome == Outcome.REACHED:
        facts |= {"solved": row.solved, "satisfaction": row.satisfaction}
        _rate(row, at)
    if row.comment is not None:
        facts["comment"] = digest_of(row.comment)
    case.version += 1
    case.save(update_fields=["version", "end_code"])
    _tell(row, "ended", by, at)
    journal(case, "case.followed_up", by=by, at=at, **facts)


def _rate(row: FollowUpCall, at: dt.datetime) -> None:
    """The answer counts as a rating of this closing, unless the reporter has given one."""
    case = row.case
    if case.end_code != "not_rated":
        return
    last = max((rating.round for rating in case.ratings.all()), default=0)
    Rating.objects.create(
        case=case,
        round=last + 1,
        solved=row.solved,
        satisfaction=row.satisfaction,
        comment=row.comment,
        channel=Rating.Channel.CALL,
        at=at,
    )
    case.end_code = "rated_by_call"


def _locked(call: FollowUpCall, by: By, at: dt.datetime, may: Any) -> FollowUpCall:
    """The call, locked with its case, if this person may do this now."""
    case = locked(call.case_id)
    rows = FollowUpCall.objects.select_for_update(of=("self",)).select_related("draw")
    row = rows.get(pk=call.pk)
    row.case = case
    assert by.user is not None
    verdict = may(by.user, row, at)
    if not verdict:
        raise NotYourMove(verdict.reason, code=verdict.code)
    return row


def _choice(value: str, known: list[str], field: str) -> str:
    if value not in known:
        raise Missing(field=field)
    return value


def _tell(row: FollowUpCall, what: str, by: By, at: dt.datetime, **data: Any) -> None:
    """Without an area: no area opens who is going to be called."""
    record(kind=f"follow_up.{what}", subject=("follow_up", row.pk), at=at, actor=by.actor, data=data)
