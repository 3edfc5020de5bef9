"""Ask streets about a plan, answer for a street, reply to proposals, close, assess.

Each verb locks the consultation first and the street's row second, then asks the policy's verdict on the state again.
Free text stays in the rows; the journal keeps codes, dates and salted digests. Who may, the doors ask (policies).
"""

import datetime as dt
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from blocks.models import Street
from duties import policies
from duties.actions.reading import refuse_unread
from duties.exceptions import NotNow
from duties.models import Consultation, StreetAnswer
from duties.models.consultations import LONGEST_TEXT
from staffing.models import Unit, User
from staffing.posts import Function
from yuhu.journal.actions import SYSTEM, Actor, record
from yuhu.journal.digests import text_digest
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden, Invalid
from yuhu.kit.text import clean_text
from yuhu.kit.verdicts import Verdict

LEAST, MOST = 1, 5
_NEEDS_WORDS = frozenset({StreetAnswer.Position.CONDITIONS, StreetAnswer.Position.OBJECT})


@dataclass(frozen=True)
class Plan:
    """What a department asks, of whom, until when."""

    title: str
    about: str
    due_on: dt.date
    streets: Collection[Street]
    basis: str = ""


@transaction.atomic
def draft_consultation(*, unit: Unit, plan: Plan, by: User, at: dt.datetime, actor: Actor) -> Consultation:
    """Prepare a consultation for one's own department; the streets see nothing of it before it is opened.

    Raises Forbidden, Invalid.
    """
    if unit.pk not in policies.own_departments(by, clock.local_date(at)):
        raise Forbidden(field="unit")
    row = Consultation(unit=unit, salt=secrets.token_hex(16), made_by=by, made_at=at)
    _fill(row, plan)
    _record("consultation.drafted", row, at, actor, digest=text_digest(row.salt, row.about))
    return row


@transaction.atomic
def amend_consultation(
    *, consultation: Consultation, plan: Plan, by: User, at: dt.datetime, actor: Actor
) -> Consultation:
    """Change a draft as a whole. Raises Invalid, NotNow."""
    row = _locked(consultation)
    _require(policies.amendable(row))
    row.answers.all().delete()
    _fill(row, plan)
    _record("consultation.amended", row, at, actor, digest=text_digest(row.salt, row.about))
    return row


@transaction.atomic
def discard_consultation(*, consultation: Consultation, by: User, at: dt.datetime, actor: Actor) -> None:
    """Remove a draft. Raises NotNow."""
    row = _locked(consultation)
    _require(policies.amendable(row))
    _record("consultation.discarded", row, at, actor)
    row.delete()


@transaction.atomic
def open_consultation(*, consultation: Consultation, by: User, at: dt.datetime, actor: Actor) -> Consultation:
    """The asked streets see it, are told, and answer until its day. Raises NotNow."""
    row = _locked(consultation)
    _require(policies.openable(row, clock.local_date(at)))
    row.state, row.opened_at = Consultation.State.OPEN, at
    row.save(update_fields=["state", "opened_at"])
    streets = list(row.answers.order_by("street").values_list("street", flat=True))
    heads = _desks_of(*streets, on=clock.local_date(at))
    _record("consultation.opened", row, at, actor, streets=streets, count=len(streets), heads=heads)
    return row


@transaction.atomic
def answer_consultation(
    *,
    answer: StreetAnswer,
    position: str,
    comment: str,
    proposal: str,
    by: User,
    at: dt.datetime,
    actor: Actor,
) -> StreetAnswer:
    """What the street says. From a leader it counts at once; from others it waits to be signed off, and can be
    changed until then.

    Raises:
        NotNow: not open, or signed off already.
        Invalid: no position; conditions or an objection without a word of what and why.
    """
    row = _locked_answer(answer)
    _require(policies.answerable(row))
    if position not in StreetAnswer.Position.values:
        raise Invalid(field="position")
    row.position = position
    row.comment = _text(comment, "comment")
    row.proposal = _text(proposal, "proposal")
    if position in _NEEDS_WORDS and not row.comment:
        raise Invalid(_("Please say here which conditions, or why not."), code="required", field="comment")
    row.proposes = bool(row.proposal)
    row.answered_by, row.answered_at = by, at
    signs = row.street_id in policies.led_streets(by, clock.local_date(at))
    if signs:
        row.signed_by, row.signed_at = by, at
    row.save()
    _record_answer("consultation.answered" if signs else "consultation.prepared", row, at, actor)
    return row


@transaction.atomic
def sign_answer(
    *, answer: StreetAnswer, by: User, at: dt.datetime, actor: Actor, seen: str | None = None
) -> StreetAnswer:
    """A leader of the street signs off what was prepared; only now has the street answered.

    ``seen``: the edition that he or she has read. Raises NotNow, ReadAgain.
    """
    row = _locked_answer(answer)
    _require(policies.signable(row))
    refuse_unread(row, seen)
    row.signed_by, row.signed_at = by, at
    row.save(update_fields=["signed_by", "signed_at"])
    _record_answer("consultation.answered", row, at, actor)
    return row


@transaction.atomic
def reply_to_answer(
    *, answer: StreetAnswer, outcome: str, reply: str, by: User, at: dt.datetime, actor: Actor
) -> StreetAnswer:
    """The department says what becomes of the street's proposal.

    Raises:
        NotNow: not open, not answered, no proposal, or replied already.
        Invalid: no outcome; not adopted, or only partly, without a reason.
    """
    row = _locked_answer(answer)
    _require(policies.repliable(row))
    if outcome not in StreetAnswer.Outcome.values:
        raise Invalid(field="outcome")
    row.outcome, row.reply = outcome, _text(reply, "reply")
    if outcome != StreetAnswer.Outcome.ADOPTED and not row.reply:
        raise Invalid(_("Please give the street the reason."), code="required", field="reply")
    row.replied_by, row.replied_at = by, at
    row.save(update_fields=["outcome", "reply", "replied_by", "replied_at"])
    more = {"outcome": outcome, "digest": text_digest(row.salt, row.reply)}
    _record_of(
        "consultation.replied",
        row,
        at,
        actor,
        heads=_desks_of(row.street_id, on=clock.local_date(at)),
        **more,
    )
    return row


@transaction.atomic
def close_consultation(
    *, consultation: Consultation, by: User, at: dt.datetime, actor: Actor
) -> Consultation:
    """End it: every proposal has its reply, every street has answered or let its time pass. Raises NotNow."""
    row = _locked(consultation)
    _require(policies.closable(row, clock.local_date(at)))
    row.state, row.closed_at = Consultation.State.CLOSED, at
    row.save(update_fields=["state", "closed_at"])
    answers = list(row.answers.order_by("street").values_list("street", "signed_at"))
    streets = [street for street, _signed in answers]
    silent = [street for street, signed in answers if signed is None]
    _record("consultation.closed", row, at, actor, silent=silent, heads=streets)
    return row


@transaction.atomic
def assess(
    *, answer: StreetAnswer, score: int, remark: str, by: User, at: dt.datetime, actor: Actor
) -> StreetAnswer:
    """The street assesses the project, once, from 1 (bad) to 5 (good).

    Raises:
        NotNow: not closed yet, or assessed already.
        Invalid: no score from 1 to 5; a 1 or 2 without a remark.
    """
    row = _locked_answer(answer)
    _require(policies.assessable(row))
    if score not in range(LEAST, MOST + 1):
        raise Invalid(_("Please give 1 to 5 points."), field="score")
    row.score, row.remark = score, _text(remark, "remark")
    if score <= LEAST + 1 and not row.remark:
        raise Invalid(
            _("Please say what was wrong, so that the department can mend it."),
            code="required",
            field="remark",
        )
    row.assessed_by, row.assessed_at = by, at
    row.save(update_fields=["score", "remark", "assessed_by", "assessed_at"])
    more = {"score": score, "digest": text_digest(row.salt, row.remark)}
    _record_of("consultation.assessed", row, at, actor, units=[row.consultation.unit.code], **more)
    return row


@transaction.atomic
def erase_consultation(
    *, consultation: Consultation, by: User, at: dt.datetime, actor: Actor
) -> Consultation:
    """Erase for good what was written in a closed consultation, with the salts of the digests. Raises NotNow."""
    row = _locked(consultation)
    _require(policies.erasable(row))
    row.about, row.salt, row.erased_at = "", "", at
    row.save(update_fields=["about", "salt", "erased_at"])
    row.answers.update(comment="", proposal="", reply="", remark="", salt="")
    _record("consultation.erased", row, at, actor)
    return row


def escalate_silence(*, answer_id: int, at: dt.datetime) -> bool:
    """The day after the due day tell the street's leaders that their street has not answered; once.

    Returns whether something was done.
    """
    with transaction.atomic():
        answer = StreetAnswer.objects.filter(pk=answer_id).first()
        if answer is None:
            return False
        row = _locked_answer(answer)
        if not StreetAnswer.objects.to_escalate(clock.local_date(at)).filter(pk=row.pk).exists():
            return False
        row.escalated_at = at
        row.save(update_fields=["escalated_at"])
        due_on = row.consultation.due_on.isoformat()
        _record_of("consultation.overdue", row, at, SYSTEM, heads=[row.street_id], due_on=due_on, on=due_on)
    return True


def _locked(consultation: Consultation) -> Consultation:
    return Consultation.objects.select_for_update().get(pk=consultation.pk)


def _locked_answer(answer: StreetAnswer) -> StreetAnswer:
    """Parent before child."""
    parent = Consultation.objects.select_for_update(of=("self",)).select_related("unit")
    consultation = parent.get(pk=answer.consultation_id)
    row = StreetAnswer.objects.select_for_update().get(pk=answer.pk)
    row.consultation = consultation
    return row


def _require(verdict: Verdict) -> None:
    if not verdict:
        raise NotNow(verdict.reason)


def _fill(row: Consultation, plan: Plan) -> None:
    """Store what is asked, and one row for each asked street."""
    row.title = clean_text(plan.title, field="title", max_length=100)
    row.about = clean_text(plan.about, field="about", max_length=LONGEST_TEXT)
    row.basis = clean_text(plan.basis, field="basis", min_length=0, max_length=300)
    row.due_on = plan.due_on
    streets = sorted({street.pk for street in plan.streets})
    if not streets:
        raise Invalid(_("Choose at least one street."), code="required", field="streets")
    row.save()
    StreetAnswer.objects.bulk_create(
        StreetAnswer(consultation=row, street_id=street, salt=secrets.token_hex(16)) for street in streets
    )


def _text(value: str, field: str) -> str:
    return clean_text(value, field=field, min_length=0, max_length=LONGEST_TEXT)


def _desks_of(*streets: str, on: dt.date) -> list[str]:
    """Units whose heads, duty officers and leaders hear of it: the streets and their coordination platforms."""
    found = Q(kind=Unit.Kind.STREET, street__in=streets)
    for street in streets:
        coordinating = Unit.objects.performing(Function.COORDINATES, street=street, day=on)
        found |= Q(pk__in=coordinating.values("pk"))
    return list(Unit.objects.filter(found).order_by("code").values_list("code", flat=True))


def _record(kind: str, row: Consultation, at: dt.datetime, actor: Actor, **more: object) -> None:
    data = {"unit": row.unit.code, "due_on": row.due_on, **more}
    record(kind=kind, subject=("consultation", row.pk), at=at, actor=actor, area=row.unit.area, data=data)


def _record_answer(kind: str, row: StreetAnswer, at: dt.datetime, actor: Actor) -> None:
    """Prepared: the leaders are told. Answered: the department is."""
    digest = text_digest(row.salt, f"{row.comment}\n{row.proposal}")
    told: dict[str, object] = (
        {"units": [row.consultation.unit.code]}
        if kind == "consultation.answered"
        else {"heads": [row.street_id]}
    )
    _record_of(kind, row, at, actor, position=row.position, proposes=row.proposes, digest=digest, **told)


def _record_of(kind: str, row: StreetAnswer, at: dt.datetime, actor: Actor, **more: object) -> None:
    data = {"consultation": row.consultation_id, "street": row.street_id, **more}
    record(kind=kind, subject=("street_answer", row.pk), at=at, actor=actor, area=row.street_id, data=data)
