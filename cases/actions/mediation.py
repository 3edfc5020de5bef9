"""Mediation of a dispute: opened, mediated, ended with or without an agreement, referred, followed up (PML 17 to 33).

Everything that is said is sealed; the journal of the case keeps that a mediation began and how it ended. Locks: the
case before its mediation.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.actions.base import By, add_party, journal, locked
from cases.exceptions import NotYourMove
from cases.models import Case, CaseParty, Mediation, MediationParty, MediationRecord
from cases.policies import mediation as policies
from duties.models import work_calendar
from staffing.models import Unit, User
from yuhu.journal.actions import record
from yuhu.kit import clock, people, resealing, worktime
from yuhu.kit.exceptions import Invalid
from yuhu.kit.text import clean_text
from yuhu.kit.verdicts import Verdict

State = Mediation.State
MOST_PARTIES = 20


@transaction.atomic
def open_mediation(
    *,
    case: Case,
    kind: str,
    basis: str,
    unit: Unit,
    mediator: User,
    by: By,
    at: dt.datetime,
    source: str = "",
) -> Mediation:
    """The unit begins to mediate the dispute of ``case``; the limit of the kind runs from now.

    Raises:
        NotYourMove: not for this person, or the case is no dispute, ended or being mediated.
        Invalid: the mediator has no mediator's seat in the unit.
    """
    case = locked(case.pk)
    assert by.user is not None
    _entitled(policies.may_open_mediation(by.user, case, at))
    return _begin(case, kind=kind, basis=basis, unit=unit, mediator=mediator, by=by, at=at, source=source)


@transaction.atomic
def add_mediation_party(
    *, mediation: Mediation, side: str, name: str, phone: str = "", by: By, at: dt.datetime
) -> MediationParty:
    """Somebody between whom it is mediated; name and phone are sealed."""
    row = _locked(mediation, by, at, policies.may_go_on)
    name = clean_text(name, field="name", max_length=50)
    phone = people.normalise_phone(phone) if phone else ""
    if row.parties.count() >= MOST_PARTIES:
        raise Invalid(
            _("A mediation has at most 20 parties. Name those who speak for the others."), field="name"
        )
    party = MediationParty.objects.create(
        mediation=row,
        side=side,
        name_sealed=people.seal(name),
        phone_sealed=people.seal(phone) if phone else None,
        name_masked=people.mask_name(name),
        phone_masked=people.mask_phone(phone),
        key_mark=people.key_mark(),
    )
    _tell(row, "mediation.party_added", by, at, party=party.pk, side=party.side)
    return party


@transaction.atomic
def note_consent(*, mediation: Mediation, party: str, consents: bool, by: By, at: dt.datetime) -> Mediation:
    """What the party said when it was asked; a clear refusal ends the mediation (PML 17)."""
    row = _locked(mediation, by, at, policies.may_go_on)
    one = row.parties.filter(pk=party).first() if str(party).isdigit() else None
    if one is None:
        raise Invalid(_("This is no party of the mediation."), field="party")
    one.consents = consents
    one.save(update_fields=["consents"])
    _tell(row, "mediation.consent", by, at, party=one.pk, consents=consents)
    return row if consents else _end(row, State.REFUSED, by, at)


@transaction.atomic
def hold_session(*, mediation: Mediation, text: str, by: By, at: dt.datetime) -> Mediation:
    """Keep what was said (PML 27)."""
    row = _locked(mediation, by, at, policies.may_go_on)
    _keep(row, MediationRecord.Kind.SESSION, text, by, at)
    _tell(row, "mediation.session", by, at)
    return row


@transaction.atomic
def extend_mediation(*, mediation: Mediation, both_agree: bool, by: By, at: dt.datetime) -> Mediation:
    """The same limit once more, if both sides agree.

    Raises:
        Invalid: nobody says that they do.
    """
    row = _locked(mediation, by, at, policies.may_extend)
    if not both_agree:
        raise Invalid(_("Only with the consent of both sides."), field="both_agree")
    row.due_at, row.extended = _due(row.kind, row.due_at), True
    row.save(update_fields=["due_at", "extended"])
    _tell(row, "mediation.extended", by, at, due_at=row.due_at)
    return row


@transaction.atomic
def tell_police(*, mediation: Mediation, text: str, by: By, at: dt.datetime) -> Mediation:
    """A risk of crime was reported to the police (PML 25)."""
    row = _locked(mediation, by, at, policies.may_go_on)
    _keep(row, MediationRecord.Kind.POLICE, text, by, at)
    row.police_told_at = at
    row.save(update_fields=["police_told_at"])
    _tell(row, "mediation.police_told", by, at)
    return row


@transaction.atomic
def agree(
    *,
    mediation: Mediation,
    form: str,
    text: str,
    agreed_on: dt.date,
    signed: bool = False,
    perform_by: dt.date | None = None,
    by: By,
    at: dt.datetime,
) -> Mediation:
    """An agreement: a written one is in force when parties and mediator have signed and the committee has sealed
    (PML 29), an oral one as recorded (PML 28).

    Raises:
        Invalid: a written one that is not signed; dates that do not fit.
    """
    row = _locked(mediation, by, at, policies.may_agree)
    if form == Mediation.Form.WRITTEN and not signed:
        message = _(
            "A written agreement is in force once parties and mediator have signed and the seal is on it."
        )
        raise Invalid(message, field="signed")
    if not clock.local_date(row.opened_at) <= agreed_on <= clock.local_date(at):
        raise Invalid(_("The day lies between the beginning of the mediation and today."), field="agreed_on")
    if perform_by is not None and perform_by < agreed_on:
        raise Invalid(_("It is performed after it was agreed."), field="perform_by")
    _keep(row, MediationRecord.Kind.AGREEMENT, text, by, at)
    row.form, row.in_force_on, row.perform_by = form, agreed_on, perform_by
    return _end(row, State.AGREED, by, at)


@transaction.atomic
def fail(*, mediation: Mediation, text: str, told: bool, by: By, at: dt.datetime) -> Mediation:
    """No agreement: ended, and the parties are told the other ways, arbitration, review or a court (PML 26)."""
    row = _locked(mediation, by, at, policies.may_go_on)
    if not told:
        raise Invalid(_("Tell the parties the other ways that they have, and say so here."), field="told")
    _keep(row, MediationRecord.Kind.ENDING, text, by, at)
    return _end(row, State.FAILED, by, at)


@transaction.atomic
def refer(
    *, mediation: Mediation, kind: str, unit: Unit, mediator: User, text: str, by: By, at: dt.datetime
) -> Mediation:
    """Pass the dispute on to another kind of mediation, with its parties; returns the new one."""
    row = _locked(mediation, by, at, policies.may_go_on)
    if kind == row.kind:
        raise Invalid(_("Refer it to another kind of mediation."), field="kind")
    _keep(row, MediationRecord.Kind.ENDING, text, by, at)
    _end(row, State.REFERRED, by, at, referred=kind)
    following = _begin(
        row.case, kind=kind, basis=row.basis, unit=unit, mediator=mediator, by=by, at=at, before=row
    )
    for party in row.parties.all():
        # Whoever agreed to one kind is asked again for the other.
        party.pk, party.mediation, party.consents = None, following, None
        party.save()
    return following


@transaction.atomic
def note_performance(
    *, mediation: Mediation, performance: str, text: str, by: By, at: dt.datetime
) -> Mediation:
    """How the agreement is performed (PML 31)."""
    row = _locked(mediation, by, at, policies.may_follow_up)
    _keep(row, MediationRecord.Kind.FOLLOW_UP, text, by, at)
    row.performance = Mediation.Performance(performance)
    row.save(update_fields=["performance"])
    _tell(row, "mediation.performance", by, at, performance=row.performance)
    return row


@transaction.atomic
def ask_confirmation(*, mediation: Mediation, asked_on: dt.date, by: By, at: dt.datetime) -> Mediation:
    """Both parties asked the court to confirm the agreement (PML 33).

    Raises:
        Invalid: before the agreement, in the future, or after the days of the law.
    """
    row = _locked(mediation, by, at, policies.may_ask_confirmation)
    assert row.in_force_on is not None
    if not row.in_force_on <= asked_on <= clock.local_date(at):
        raise Invalid(_("The day lies between the agreement and today."), field="asked_on")
    last = row.in_force_on + dt.timedelta(days=settings.MEDIATION_CONFIRM_DAYS)
    if asked_on > last:
        message = _("The court is asked within %(days)d days after the agreement: until %(last)s.")
        values = {"days": settings.MEDIATION_CONFIRM_DAYS, "last": last.isoformat()}
        raise Invalid(message % values, code="too_late", field="asked_on")
    row.confirmation, row.confirmation_asked_on = Mediation.Confirmation.ASKED, asked_on
    row.save(update_fields=["confirmation", "confirmation_asked_on"])
    _tell(row, "mediation.confirmation_asked", by, at, on=asked_on)
    return row


@transaction.atomic
def decide_confirmation(*, mediation: Mediation, confirmed: bool, by: By, at: dt.datetime) -> Mediation:
    """What the court decided."""
    row = _locked(mediation, by, at, policies.may_decide_confirmation)
    row.confirmation = Mediation.Confirmation.CONFIRMED if confirmed else Mediation.Confirmation.DECLINED
    row.save(update_fields=["confirmation"])
    _tell(row, "mediation.confirmation_decided", by, at, confirmed=confirmed)
    return row


@transaction.atomic
def reveal_parties(
    *, mediation: Mediation, reason: str, by: By, at: dt.datetime
) -> list[tuple[MediationParty, str, str]]:
    """Names and phones in clear, for whoever keeps the mediation and says why. The door asks for a fresh log-in."""
    row = _locked(mediation, by, at, policies.may_keep)
    _keep(row, MediationRecord.Kind.REVEALED, reason, by, at)
    _tell(row, "mediation.revealed", by, at)
    return [
        (
            party,
            people.unseal(party.name_sealed) if party.name_sealed else "",
            people.unseal(party.phone_sealed) if party.phone_sealed else "",
        )
        for party in row.parties.order_by("side", "pk")
    ]


def texts_of(mediation: Mediation) -> list[tuple[MediationRecord, str]]:
    """The records with their texts, for whoever keeps the mediation; an empty text was erased."""
    rows = mediation.records.select_related("written_by")
    return [(row, people.unseal(row.text_sealed) if row.text_sealed else "") for row in rows]


def reseal_mediation_parties(*, after: int, limit: int) -> resealing.Batch | None:
    """Names and phones of the next parties under the present key."""
    rows = MediationParty.objects.all()
    return resealing.reseal(rows, sealed=("name_sealed", "phone_sealed"), after=after, limit=limit)


def reseal_mediation_records(*, after: int, limit: int) -> resealing.Batch | None:
    """Texts of the next records under the present key."""
    return resealing.reseal(MediationRecord.objects.all(), sealed=("text_sealed",), after=after, limit=limit)


def forget_mediations(*, before: dt.datetime, limit: int) -> int:
    """Empty names, phones and texts of mediations that ended before ``before``; the facts stay for the figures."""
    sealed = MediationParty.objects.filter(mediation__ended_at__lt=before, name_sealed__isnull=False)
    keys = list(sealed.order_by("pk").values_list("pk", flat=True)[:limit])
    gone = MediationParty.objects.filter(pk__in=keys).update(
        name_sealed=None, phone_sealed=None, name_masked="", phone_masked=""
    )
    texts = MediationRecord.objects.filter(mediation__ended_at__lt=before, text_sealed__isnull=False)
    keys = list(texts.order_by("pk").values_list("pk", flat=True)[:limit])
    return gone + MediationRecord.objects.filter(pk__in=keys).update(text_sealed=None)


def forgettable(before: dt.datetime) -> int:
    """How many rows ``forget_mediations`` would empty."""
    old = {"mediation__ended_at__lt": before}
    parties = MediationParty.objects.filter(name_sealed__isnull=False, **old).count()
    return parties + MediationRecord.objects.filter(text_sealed__isnull=False, **old).count()


def _begin(
    case: Case,
    *,
    kind: str,
    basis: str,
    unit: Unit,
    mediator: User,
    by: By,
    at: dt.datetime,
    before: Mediation | None = None,
    source: str = "",
) -> Mediation:
    if not policies.mediates(mediator, unit.pk, at):
        raise Invalid(_("This person has no mediator's seat in the unit."), field="mediator")
    row = Mediation.objects.create(
        case=case,
        kind=Mediation.Kind(kind),
        basis=Mediation.Basis(basis),
        unit=unit,
        mediator=mediator,
        opened_at=at,
        due_at=_due(kind, at),
        referred_from=before,
        source=source,
    )
    # The mediator reads what the dispute is about, whoever gets its order next (helpers change with the order).
    add_party(case, CaseParty.Role.OVERSIGHT, user=mediator)
    _tell(row, "mediation.opened", by, at, unit=unit.code, tell=[mediator.pk])
    _tell_case(row, "case.mediation_opened", by, at)
    return row


def _end(row: Mediation, state: str, by: By, at: dt.datetime, **facts: Any) -> Mediation:
    row.state, row.ended_at = State(state), at
    row.save()
    _tell(row, "mediation.ended", by, at, outcome=row.state)
    _tell_case(row, "case.mediation_ended", by, at, outcome=row.state, **facts)
    return row


def _due(kind: str, start: dt.datetime) -> dt.datetime:
    return worktime.deadline(start, settings.MEDIATION_DAYS[kind], "natural_day", work_calendar())


def _locked(mediation: Mediation, by: By, at: dt.datetime, may: Any) -> Mediation:
    """The mediation, locked with its case, if this person may do this now."""
    case = locked(mediation.case_id)
    row = Mediation.objects.select_for_update().get(pk=mediation.pk)
    row.case = case
    assert by.user is not None
    _entitled(may(by.user, row, at))
    return row


def _entitled(verdict: Verdict) -> None:
    if not verdict:
        raise NotYourMove(verdict.reason, code=verdict.code)


def _keep(row: Mediation, kind: str, text: str, by: By, at: dt.datetime) -> None:
    sealed = people.seal(clean_text(text, field="text", max_length=5000))
    MediationRecord.objects.create(
        mediation=row,
        kind=kind,
        text_sealed=sealed,
        written_by=by.user,
        written_at=at,
        key_mark=people.key_mark(),
    )


def _tell(row: Mediation, kind: str, by: By, at: dt.datetime, **data: Any) -> None:
    """Without an area: no area opens what happens in a mediation."""
    record(kind=kind, subject=("mediation", row.pk), at=at, actor=by.actor, data={"kind": row.kind, **data})


def _tell_case(row: Mediation, kind: str, by: By, at: dt.datetime, **data: Any) -> None:
    case = row.case
    case.version += 1
    case.save(update_fields=["version"])
    journal(case, kind, by=by, at=at, mediation=row.kind, **data)
