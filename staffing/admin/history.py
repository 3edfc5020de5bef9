"""The journal's entries about people, units, posts and reference data as sentences for the desk.

Leaves to others: the story of a case (cases.timeline).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from staffing.models import Assistant, Attendance, Membership, Reserve, Tenure, Unit, User
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry

MOST = 200
SENTENCES: dict[str, str | Promise] = {
    "admission.submitted": _("Admission asked for"),
    "admission.referenced": _("Covered by item %(item)s: no admission needed"),
    "admission.refused": _("Forbidden by item %(item)s of the negative list"),
    "admission.supplemented": _("Request completed"),
    "admission.withdrawn": _("Request withdrawn"),
    "admission.approved": _("Admitted from %(from)s to %(until)s"),
    "admission.declined": _("Not admitted"),
    "admission.ending": _("Department and district told that it ends on %(on)s"),
    "admission.erased": _("Texts erased"),
    "off_list.reported": _("Reported to inspection"),
    "off_list.taken_up": _("Taken up by inspection"),
    "off_list.confirmed": _("Violation confirmed"),
    "off_list.dismissed": _("Report dismissed"),
    "off_list.closed": _("Closed with a consequence"),
    "off_list.erased": _("Texts erased"),
    "roster.appointed": _("%(post)s: %(person)s, from %(starts_on)s"),
    "roster.relieved": _("%(post)s: vacant from %(starts_on)s"),
    "roster.assistant_added": _("%(kind)s: %(person)s, from %(starts_on)s"),
    "roster.assistant_ended": _("%(kind)s: %(person)s, until %(ends_on)s"),
    "roster.imported": _("Sheet applied, in force from %(effective_on)s"),
    "absence.taken": _("%(person)s is on leave from %(starts_on)s, back on %(ends_on)s"),
    "absence.covered": _(
        "%(post)s of %(block)s: %(person)s stands in from %(starts_on)s until %(ends_on)s (exclusive)"
    ),
    "absence.ended": _("Back earlier: on %(ends_on)s instead of %(before)s"),
    "absence.cancelled": _("Cancelled: it counts as not taken"),
    "poster.renewed": _("Code of the poster replaced: posters that hung until then lead nowhere"),
    "unit.joined": _("%(role)s: %(person)s, from %(starts_on)s"),
    "unit.left": _("%(role)s: %(person)s, until %(ends_on)s"),
    "unit.office_moved": _("Belongs to %(unit)s from %(starts_on)s"),
    "unit.platforms_loaded": _("Other platforms from %(starts_on)s on"),
    "rota.planned": _("Rota planned from %(on)s to %(until)s, shifts: %(shifts)s"),
    "rota.assigned": _("Given to %(person)s"),
    "rota.vacated": _("Free: %(person)s is on leave"),
    "rota.removed": _("Shift of %(on)s removed from the rota"),
    "rota.exchanged": _("Exchanged: now on duty is %(person)s"),
    "rota.swap_asked": _("%(person)s asks to exchange"),
    "rota.swap_agreed": _("Exchanged"),
    "rota.swap_declined": _("Declined"),
    "rota.swap_withdrawn": _("Withdrawn"),
    "rota.swap_lapsed": _("Lapsed: a shift has changed hands or was taken out of the rota"),
    "user.created": _("Account made"),
    "user.corrected": _("Account corrected"),
    "user.activated": _("Account opened again"),
    "user.deactivated": _("Account closed"),
    "user.password_reset": _("Given another first password"),
    "user.password_changed": _("Password changed"),
    "user.logged_in": _("Logged in"),
    "user.login_failed": _("Wrong password"),
    "user.locked_out": _("Locked after too many wrong passwords"),
    "user.second_factor_set_up": _("Second factor set up"),
    "user.second_factor_given": _("Second factor given"),
    "user.second_factor_failed": _("Wrong code for the second factor"),
    "user.second_factor_removed": _("Second factor removed"),
    "user.exported_cases": _("Exported %(count)s cases"),
    "user.opened_wall": _("Made a browser a wall screen of the area %(area)s"),
    "client.created": _("System recorded"),
    "client.changed": _("Changed: %(fields)s"),
    "client.secret_renewed": _("Given another secret"),
    "client.activated": _("Opened again"),
    "client.deactivated": _("Closed, with all its tokens"),
    "client.token_refused": _("A token was refused"),
    "mediation.opened": _("Mediation opened"),
    "mediation.party_added": _("Party added"),
    "mediation.consent": _("Noted what a party says"),
    "mediation.session": _("Session recorded"),
    "mediation.extended": _("Limit extended with the consent of both sides"),
    "mediation.police_told": _("Police told of a risk of crime"),
    "mediation.ended": _("Mediation ended"),
    "mediation.performance": _("Performance followed up"),
    "mediation.confirmation_asked": _("Judicial confirmation asked for on %(on)s"),
    "mediation.confirmation_decided": _("Decision of the court recorded"),
    "mediation.revealed": _("Names and phones shown"),
    "training.planned": _("Planned for %(held_on)s"),
    "training.corrected": _("Plan changed, now for %(held_on)s"),
    "training.cancelled": _("Training cancelled"),
    "training.attendance_noted": _("%(attendance)s: noted of %(count)s people"),
    "training.attendance_withdrawn": _("Attendance of %(count)s people withdrawn"),
    "reserve.entered": _("In the reserve from %(starts_on)s: %(tier)s"),
    "reserve.moved": _("From %(starts_on)s: %(tier)s"),
    "reserve.left": _("Out of the reserve from %(ends_on)s"),
    "counsel.appointed": _("Counsel appointed, from %(starts_on)s"),
    "counsel.ended": _("Without counsel from %(ends_on)s"),
    "visit.planned": _("Planned for %(on)s"),
    "visit.arrived": _("Checked in on the spot"),
    "visit.done": _("Recorded: held on %(on)s"),
    "visit.cancelled": _("Cancelled; it was planned for %(on)s"),
    "visit.finding_added": _("A finding added"),
    "visit.case_made": _("Finding %(no)s became case %(case)s"),
    "visit.emptied": _("Texts removed: their time is over"),
    "category.changed": _("Changed: %(changes)s"),
    "duty_list.imported": _("Draft read from a sheet, %(items)s items"),
    "duty_list.copied": _("Draft begun as a copy, %(items)s items"),
    "duty_list.rescheduled": _("To take effect on %(effective_from)s"),
    "duty_list.item_changed": _("Item %(item)s corrected"),
    "duty_list.item_added": _("Item %(item)s added"),
    "duty_list.item_removed": _("Item %(item)s taken out"),
    "duty_list.published": _("Published with %(items)s items, in force from %(effective_from)s"),
    "duty_list.discarded": _("Draft discarded"),
    "certificate_rule.corrected": _("Corrected from %(starts_on)s on"),
    "certificate_rule.ended": _("Off the list from %(ends_on)s on"),
    "consultation.drafted": _("Drafted, answers due by %(due_on)s"),
    "consultation.amended": _("Draft changed, answers due by %(due_on)s"),
    "consultation.discarded": _("Draft discarded"),
    "consultation.opened": _("Opened to %(count)s streets, answers due by %(due_on)s"),
    "consultation.prepared": _("Answer prepared"),
    "consultation.answered": _("Answer signed off"),
    "consultation.overdue": _("Not answered by %(due_on)s: the leaders of the street were told"),
    "consultation.replied": _("Proposal replied to"),
    "consultation.closed": pgettext_lazy("consultation", "Closed"),
    "consultation.erased": _("Texts erased"),
    "consultation.assessed": _("Project assessed: %(score)s of 5"),
    "follow_up.taken": _("Taken: calls today"),
    "follow_up.no_answer": _("Nobody answered, attempt %(attempts)s"),
    "follow_up.ended": _("Recorded what came of the call"),
    "follow_up.drawn": _("Drawn: %(sampled)s of %(eligible)s by chance, %(always)s in any case"),
    "outside.entered": _("Entered for %(first)s to %(last)s: %(value)s"),
    "outside.checked": _("Checked: %(value)s is in force"),
    "outside.returned": _("Sent back to who entered it"),
    "outside.replaced": _("Replaced by a correction"),
    "outside.withdrawn": pgettext_lazy("outside figure", "Withdrawn"),
    "meeting.convened": _("Convened for %(on)s"),
    "meeting.changed": _("Changed; it begins at %(on)s"),
    "meeting.cancelled": pgettext_lazy("meeting", "Cancelled"),
    "meeting.case_added": _("Item %(no)s put on the agenda"),
    "meeting.case_removed": _("Item %(no)s taken off the agenda"),
    "meeting.held": _("Held; %(came)s of those invited came"),
    "meeting.decided": _("Item %(no)s decided: %(decision)s"),
    "meeting.closed": _("Minutes final: 〔%(year)s〕 no. %(number)s"),
    "meeting.erased": _("Personal data was erased"),
    "meeting.residents_forgotten": _("Residents' names were erased: their time is over"),
}
_WORDS: dict[str, Mapping[str, str | Promise]] = {
    "post": dict(Tenure.Seat.choices),
    "kind": dict(Assistant.Kind.choices),
    "role": dict(Membership.Role.choices),
    # The words of ``cases.models.AgendaItem.Decision``, which stands above this app.
    "decision": {
        "settled": _("Who does it is fixed"),
        "whistle": _("No agreement: whistle"),
        "adjourned": pgettext_lazy("agenda", "Adjourned"),
    },
    "attendance": dict(Attendance.State.choices),
    "tier": {str(tier): label for tier, label in Reserve.Tier.choices},
}
_PERSONS = ("holder", "assistant", "user")


@dataclass(frozen=True)
class Line:
    """One entry, told."""

    at: dt.datetime
    who: str
    post: str
    sentence: str


class _Blanks(dict[str, str]):
    """A blank that the entry does not fill shows as a dash."""

    def __missing__(self, key: str) -> str:
        return "—"


def told(subject: tuple[str, str | int]) -> list[Line]:
    """The newest entries about the subject, newest first. At most three queries."""
    entries = list(Entry.objects.for_subject(*subject).order_by("-seq")[:MOST])
    keys = {entry.data.get(name) for entry in entries for name in _PERSONS} - {None}
    names = dict(User.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}
    codes = {entry.data.get("platform") for entry in entries} - {None}
    units = dict(Unit.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    return [Line(entry.at, *_acting(entry), _sentence(entry, names, units)) for entry in entries]


def _acting(entry: Entry) -> tuple[str, str]:
    """Name and post of whoever acted; what happened by itself says so."""
    if entry.actor == SYSTEM:
        return gettext("System"), ""
    return entry.actor_name, entry.actor_post


def _sentence(entry: Entry, names: Mapping[int, str], units: Mapping[str, str]) -> str:
    data: dict[str, Any] = entry.data
    blanks = _Blanks({key: str(_WORDS.get(key, {}).get(str(value), value)) for key, value in data.items()})
    for key in _PERSONS:
        if data.get(key) in names:
            blanks["person"] = names[data[key]]
    blanks["unit"] = units.get(str(data.get("platform")), "—")
    if isinstance(data.get("changes"), dict):
        blanks["changes"] = "; ".join(f"{name}: {_pair(pair)}" for name, pair in data["changes"].items())
    return str(SENTENCES.get(entry.kind, entry.kind)) % blanks


def _pair(pair: Any) -> str:
    before, after = pair if isinstance(pair, list) and len(pair) == 2 else ("—", pair)
    return f"{before} → {after}"
