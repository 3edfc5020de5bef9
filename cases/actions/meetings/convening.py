"""Convening a meeting, changing and cancelling it while it is planned, and its agenda.

A case on the agenda is a complex one: its path is raised to ``meeting`` by the same move, in the same transaction.
"""

import datetime as dt
import secrets
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from blocks.models import Street
from cases.actions.base import By, journal, locked
from cases.actions.meetings.base import LONGEST, Acting, begin, moment, refuse
from cases.actions.move import move
from cases.exceptions import NotYourMove, OnAnotherAgenda
from cases.models import AgendaItem, Case, Meeting, Participant
from cases.policies.meetings import may_convene, may_meet_about
from cases.states import RANK, Path
from staffing.models import Unit, User
from staffing.policies import scope_of
from yuhu.journal.actions import text_digest
from yuhu.kit import clock, people
from yuhu.kit.exceptions import Conflict, Invalid, Refusal
from yuhu.kit.text import clean_text

MOST_ITEMS = 30
MOST_INVITED = 60
MOST_RESIDENTS = 20
MOST_AHEAD = dt.timedelta(days=366)


@transaction.atomic
def convene(
    *,
    street: Street,
    title: str,
    starts_at: dt.datetime,
    place: str,
    chair: User,
    units: Sequence[Unit],
    invited: Sequence[User],
    residents: Sequence[str],
    consent: str,
    cases: Sequence[Case],
    by: By,
    at: dt.datetime,
    source: str = "",
) -> Meeting:
    """Convene a meeting of the street on these cases. All of it or nothing.

    Raises:
        NotYourMove: the person convenes no meetings in this street, or the chair may not chair one.
        Invalid: a time that is past, a text that is missing, a resident without consent, too many.
        Conflict: one of the cases cannot be put on the agenda; its number and the reason are told.
    """
    on = clock.local_date(at)
    refuse(may_convene(by.user, street=street.pk, on=on), field="street")
    assert by.user is not None
    _refuse_chair(chair, street.pk, on)
    _refuse_time(starts_at, at)
    meeting = Meeting.objects.create(
        title=clean_text(title, field="title", min_length=2, max_length=100),
        street=street,
        starts_at=starts_at,
        place=clean_text(place, field="place", max_length=200),
        convener=by.user,
        chair=chair,
        convened_at=at,
        restricted=any(case.restricted for case in cases),
        salt=secrets.token_hex(16),
        source=source,
    )
    acting = Acting(meeting, by, at)
    _call(meeting, units, invited, residents, consent)
    acting.tell(
        "convened", on=moment(starts_at), chair=chair.pk, residents=len(residents), **acting.invited()
    )
    _put_all(acting, cases)
    return meeting


@transaction.atomic
def change(
    *,
    meeting: Meeting,
    starts_at: dt.datetime,
    place: str,
    chair: User,
    units: Sequence[Unit],
    invited: Sequence[User],
    keep: Collection[int],
    residents: Sequence[str],
    consent: str,
    by: By,
    at: dt.datetime,
) -> Meeting:
    """Change time, place, chair and who is invited. ``keep``: keys of the residents who stay invited.

    Raises: as ``convene``; MeetingMovedOn when it is not planned any more.
    """
    acting = begin("change", meeting, by=by, at=at)
    row = acting.meeting
    _refuse_chair(chair, row.street_id, clock.local_date(at))
    if starts_at != row.starts_at:
        _refuse_time(starts_at, at)
    before = acting.invited()
    row.starts_at, row.chair = starts_at, chair
    row.place = clean_text(place, field="place", max_length=200)
    row.save(update_fields=["starts_at", "place", "chair"])
    gone = row.participants.exclude(unit__in=units).exclude(user__in=invited)
    gone.exclude(kind=Participant.Kind.RESIDENT, pk__in=keep).delete()
    _call(row, units, invited, residents, consent)
    after = acting.invited()
    everybody = {key: sorted({*before[key], *after[key]}) for key in before}
    acting.tell("changed", on=moment(starts_at), chair=chair.pk, **everybody)
    return row


@transaction.atomic
def cancel(*, meeting: Meeting, reason: str, by: By, at: dt.datetime) -> Meeting:
    """The meeting does not take place; its cases are free for another one.

    Raises: NotYourMove, MeetingMovedOn, Invalid.
    """
    acting = begin("cancel", meeting, by=by, at=at)
    row = acting.meeting
    row.reason = clean_text(reason, field="reason", min_length=2, max_length=LONGEST)
    row.state = Meeting.State.CANCELLED
    row.save(update_fields=["state", "reason"])
    items = list(row.items.filter(decision="").order_by("case"))
    for item in items:
        case = locked(item.case_id)
        item.decision = AgendaItem.Decision.CANCELLED
        item.save(update_fields=["decision"])
        journal(case, "case.meeting_cancelled", by=by, at=at, **acting.about)
    said = {"reason": text_digest(row.salt, row.reason)}
    acting.tell("cancelled", on=moment(row.starts_at), **acting.invited(), **said)
    return row


@transaction.atomic
def add_cases(*, meeting: Meeting, cases: Sequence[Case], by: By, at: dt.datetime) -> Meeting:
    """Put cases on the agenda, all or none; each becomes a complex one if it is not.

    Raises:
        NotYourMove, MeetingMovedOn: as they say.
        Conflict: one of the cases cannot be put on the agenda; its number and the reason are told.
    """
    acting = begin("add-case", meeting, by=by, at=at)
    if any(case.restricted for case in cases) and not acting.meeting.restricted:
        acting.meeting.restricted = True
        acting.meeting.save(update_fields=["restricted"])
    _put_all(acting, cases)
    return acting.meeting


@transaction.atomic
def remove_case(*, meeting: Meeting, item: AgendaItem, by: By, at: dt.datetime) -> Meeting:
    """Take a case off the agenda before it was decided. Its path stays what it is.

    Raises: NotYourMove, MeetingMovedOn; Conflict when it was decided, is gone, or is a case out of the person's sight.
    """
    acting = begin("remove-case", meeting, by=by, at=at)
    assert by.user is not None
    seen = AgendaItem.objects.within(scope_of(by.user, clock.local_date(at)))
    row = seen.select_for_update().filter(meeting=acting.meeting, pk=item.pk).first()
    if row is None or not row.is_open:
        raise Conflict(_("This item was decided already, or it is gone."), code="state", field="item")
    case = locked(row.case_id)
    row.delete()
    journal(case, "case.meeting_removed", by=by, at=at, **acting.about)
    acting.tell("case_removed", no=row.no, case=case.pk)
    return acting.meeting


def _put_all(acting: Acting, cases: Sequence[Case]) -> None:
    """The oldest first; all in the order of their keys, so that two conveners stand in line."""
    chosen = sorted({case.pk for case in cases})
    if acting.meeting.items.count() + len(chosen) > MOST_ITEMS:
        text = _("At most %(most)d cases are dealt with at one meeting.") % {"most": MOST_ITEMS}
        raise Invalid(text, code="too_many", field="cases")
    for no, pk in enumerate(chosen, start=acting.next_no()):
        _put(acting, locked(pk), no)


def _put(acting: Acting, case: Case, no: int) -> None:
    meeting = acting.meeting
    try:
        verdict = may_meet_about(case, acting.by.user, meeting, acting.at)
        if not verdict:
            raise NotYourMove(verdict.reason, code=verdict.code)
        if case.agenda_items.filter(decision="").exists():
            raise OnAnotherAgenda
        if RANK[Path(case.path)] < RANK[Path.MEETING]:
            reason = _("Put on the agenda of the meeting of %(on)s.") % {"on": moment(meeting.starts_at)}
            data = {"path": Path.MEETING.value, "reason": reason}
            case = move(case_id=case.pk, name="raise-path", by=acting.by, at=acting.at, data=data)
    except Refusal as refusal:
        text = _("%(case)s: %(reason)s") % {"case": case.number, "reason": refusal}
        raise Conflict(text, code=refusal.code, field="cases") from refusal
    AgendaItem.objects.create(meeting=meeting, case=case, no=no)
    journal(case, "case.meeting_set", by=acting.by, at=acting.at, **acting.about)
    acting.tell("case_added", no=no, case=case.pk)


def _call(
    meeting: Meeting, units: Sequence[Unit], invited: Sequence[User], residents: Sequence[str], consent: str
) -> None:
    _invite(meeting, units, invited)
    _invite_residents(meeting, residents, consent)
    if meeting.participants.count() > MOST_INVITED:
        text = _("At most %(most)d are invited to one meeting.") % {"most": MOST_INVITED}
        raise Invalid(text, code="too_many", field="invited")


def _invite(meeting: Meeting, units: Sequence[Unit], invited: Sequence[User]) -> None:
    """Each once; whoever is invited already stays so."""
    known = set(meeting.participants.values_list("unit", "user"))
    kind = Participant.Kind
    rows = [Participant(meeting=meeting, kind=kind.UNIT, unit=one) for one in dict.fromkeys(units)]
    rows += [Participant(meeting=meeting, kind=kind.PERSON, user=one) for one in dict.fromkeys(invited)]
    Participant.objects.bulk_create([row for row in rows if (row.unit_id, row.user_id) not in known])


def _invite_residents(meeting: Meeting, names: Sequence[str], consent: str) -> None:
    """Residents by plain name: sealed at once, shown masked (Personal Information Protection Law, art. 13 and 29)."""
    clean = [clean_text(name, field="residents", min_length=2, max_length=50) for name in names]
    if not clean:
        return
    if len(clean) > MOST_RESIDENTS:
        text = _("At most %(most)d residents by name. Invite their community for the others.")
        raise Invalid(text % {"most": MOST_RESIDENTS}, code="too_many", field="residents")
    if not consent.strip():
        text = _("Please say how they agreed to be named in the minutes.")
        raise Invalid(text, code="required", field="consent")
    said = clean_text(consent, field="consent", min_length=2, max_length=200)
    Participant.objects.bulk_create(
        Participant(
            meeting=meeting,
            kind=Participant.Kind.RESIDENT,
            name_sealed=people.seal(name),
            name_masked=people.mask_name(name),
            key_mark=people.key_mark(),
            consent=said,
        )
        for name in clean
    )


def _refuse_chair(chair: User, street: str, on: dt.date) -> None:
    if not may_convene(chair, street=street, on=on):
        text = _(
            "The meeting is chaired by a leader of the street or the district, or by the head or duty officer of one "
            "of the street's platforms."
        )
        raise Invalid(text, code="cannot_chair", field="chair")


def _refuse_time(starts_at: dt.datetime, at: dt.datetime) -> None:
    """Today at the earliest: a meeting at short notice is recorded on the same day."""
    if starts_at < clock.day_start(clock.local_date(at)):
        raise Invalid(_("This day has passed. Please choose today or later."), code="past", field="starts_at")
    if starts_at > at + MOST_AHEAD:
        text = _("This date is not possible. Please check the year.")
        raise Invalid(text, code="date_range", field="starts_at")
