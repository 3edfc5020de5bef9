"""Sending one row of the ledger, and sending again what was given up.

A row is claimed with a lease, sent outside any transaction, and its result is written only under the claim's token:
two workers never send the same row at once, and one that slept past its lease changes nothing. A worker that dies
after the other side took the message leaves the row to be sent again: at least once, with one row.
"""

import datetime as dt
import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation

from cases.actions.base import subject_area
from cases.models import Case
from staffing.models import User
from yuhu.delivery import wording
from yuhu.delivery.channels import Failed, Message, channel
from yuhu.delivery.exceptions import NoSuchNotice, NotDead
from yuhu.delivery.models import Delivery
from yuhu.delivery.policies import may_resend
from yuhu.delivery.states import MAX_ATTEMPTS, Channel, State, wait
from yuhu.delivery.subjects import CASE, SUBJECTS
from yuhu.journal.actions import Actor, record
from yuhu.kit import clock, leases, people, steps
from yuhu.kit.exceptions import Forbidden

logger = logging.getLogger(__name__)

SEND_STEP = "delivery.send"
# Longer than the longest talk with a mail server: some eight answers, each within the time-out.
LEASE_SECONDS = 120


def send_one(*, delivery_id: int, at: dt.datetime) -> State | None:
    """Try to send the row if it is due; returns its state afterwards, None when there was nothing to do for us."""
    token = leases.claim(Delivery.objects.due(at), pk=delivery_id, at=at, seconds=LEASE_SECONDS)
    if token is None:
        return None
    # Counted before the attempt: a row that kills its worker dies too, in the end.
    Delivery.objects.filter(pk=delivery_id, lease_token=token).update(attempts=F("attempts") + 1)
    row = Delivery.objects.select_related("entry", "user", "reporter").get(pk=delivery_id)
    failure = _attempt(row)
    if failure is None:
        return _record(row, token, State.SENT, sent_at=at, next_at=None, last_error="")
    logger.warning(
        "delivery.failed",
        extra={"delivery": row.pk, "channel": row.channel, "attempt": row.attempts, "error": failure.code},
    )
    if failure.for_good or row.attempts >= MAX_ATTEMPTS:
        return _record(row, token, State.DEAD, next_at=None, last_error=failure.code)
    later = at + wait(row.pk, row.attempts)
    return _record(row, token, State.PENDING, next_at=later, last_error=failure.code)


def resend(*, delivery_id: int, user: User, actor: Actor, at: dt.datetime) -> Delivery:
    """Put a dead row back to be sent, with all its attempts.

    Raises:
        NoSuchNotice: there is no such row.
        Forbidden: the person's posts do not include it, or the case lies elsewhere.
        NotDead: it was sent, or is still being tried.
    """
    with transaction.atomic():
        row = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
        if row is None:
            raise NoSuchNotice
        verdict = may_resend(user, row, on=clock.local_date(at))
        if not verdict:
            raise Forbidden(verdict.reason, code=verdict.code)
        if row.state != State.DEAD:
            raise NotDead
        row.state, row.attempts, row.next_at, row.last_error = State.PENDING, 0, at, ""
        row.save(update_fields=["state", "attempts", "next_at", "last_error"])
        case = Case.objects.filter(number=row.subject).first() if row.about == CASE else None
        record(
            kind="delivery.resent",
            subject=("delivery", row.pk),
            at=at,
            actor=actor,
            area=subject_area(case) if case else "",
            data={"case": row.subject, "notice": row.kind, "channel": row.channel},
        )
        steps.nudge(SEND_STEP, row.pk)
    return row


def message_of(row: Delivery, about: Any) -> Message:
    """What is sent, in the district's language, with the address read now. ``about`` is the subject's row, if it is
    still there; a case comes with category and block.

    Raises:
        Failed: there is no address (any more).
    """
    if row.channel == Channel.SMS:
        to = people.unseal(row.reporter.phone_sealed) if row.reporter and row.reporter.phone_sealed else ""
    else:
        to = row.user.email if row.user and row.user.is_active else ""
    if not to:
        raise Failed("no_address", for_good=True)
    with translation.override(settings.LANGUAGE_CODE):
        words = wording.words(row.kind, row.entry.data, _facts(row, about))
    if row.channel == Channel.SMS:
        return Message(to=to, subject=words.title, text=words.text)
    link = wording.absolute(about.get_absolute_url()) if about else ""
    name = row.subject if about is None or row.about == CASE else str(about)
    return Message(to=to, subject=f"{words.title} · {name}", text=f"{words.text}\n\n{link}\n")


def _facts(row: Delivery, about: Any) -> wording.Facts:
    if row.reporter is not None:
        return wording.Facts(row.subject, link=wording.absolute(wording.private_path(row.reporter.token)))
    return wording.facts_of(about) if about else wording.Facts(row.subject)


def _attempt(row: Delivery) -> Failed | None:
    """Send it; what went wrong, as a code. An error's own words may name the person and are dropped."""
    if row.attempts > MAX_ATTEMPTS:
        return Failed("worker_died", for_good=True)
    subject = SUBJECTS.get(row.about)
    about = subject.find([row.subject]).get(row.subject) if subject else None
    try:
        channel(row.channel).send(message_of(row, about), timeout=settings.EMAIL_TIMEOUT)
    except Failed as failure:
        return failure
    except Exception as error:  # a channel's bug must not stop the others
        return Failed(type(error).__name__)
    return None


def _record(row: Delivery, token: int, state: State, **changes: object) -> State | None:
    """Write the result under our token; None when the claim was lost meanwhile."""
    if not leases.release(Delivery, pk=row.pk, token=token, state=state, **changes):
        logger.warning("delivery.lease_lost", extra={"delivery": row.pk, "channel": row.channel})
        return None
    return state
