"""What the journal's entries about a case say to people: one table from kind of entry to sentence, icon and tone.

Pure: the caller brings entries, the texts that people wrote (``cases.models.Note``) and the names behind keys.
A kind that the table does not know shows as its plain name, so that no entry is ever left out.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases import mediating
from cases.states import ContactChannel, Path, RejectCode, Satisfaction, Solved, Step

LOCAL_FORM = "%Y-%m-%d %H:%M"
GOOD, SOON, OVERDUE = "good", "soon", "overdue"


@dataclass(frozen=True)
class Line:
    """How one kind of entry is told. ``sentence`` has %(name)s blanks; ``notes`` are the keys of written texts."""

    sentence: str | Promise
    icon: str = "clock"
    tone: str = ""
    notes: tuple[str, ...] = ("reason", "comment", "result")


LINES: dict[str, Line] = {
    "case.reported": Line(_("Reported"), "report"),
    "case.joined": Line(_("Reported once more by somebody else"), "people", notes=("description",)),
    "case.attached": Line(_("Photos added"), "camera"),
    "case.dispatched": Line(_("Dispatched to %(receiver)s"), "phase-dispatch"),
    "case.dispatched:due": Line(_("Dispatched to %(receiver)s, to be done by %(due_at)s"), "phase-dispatch"),
    "case.left_to_person": Line(
        _("No rule knows the receiver: it waits for the duty officer"), "people", SOON
    ),
    "case.solved_on_spot": Line(_("Solved on the spot"), "check", GOOD),
    "case.rejected": Line(_("Not accepted: %(code)s"), "state-rejected"),
    "case.signed": Line(_("Signed for the order"), "edit"),
    "case.contacted": Line(_("Contacted the person: %(channel)s"), "phone"),
    "case.return_requested": Line(_("Asked to return the order"), "previous"),
    "case.return_decided": Line(_("Refused to take the order back"), "close"),
    "case.return_decided:yes": Line(_("Took the order back"), "check"),
    "case.reassigned": Line(_("Passed on to %(receiver)s"), "next"),
    "case.handed_over": Line(_("Passed on with the post"), "next"),
    "case.evaluator_changed": Line(_("The evaluation passed to somebody else with the post"), "next"),
    "case.extension_requested": Line(_("Asked for more time until %(until)s"), "clock"),
    "case.extension_decided": Line(_("Refused more time"), "close"),
    "case.extension_decided:yes": Line(_("Granted more time until %(due_at)s"), "check"),
    "case.suspension_requested": Line(_("Asked to suspend the case until %(until)s"), "clock"),
    "case.suspension_decided": Line(_("Refused to suspend the case"), "close"),
    "case.suspension_decided:yes": Line(_("Suspended until the review at %(review_at)s"), "state-suspended"),
    "case.resumed": Line(_("Went on"), "next"),
    "case.path_raised": Line(_("Raised from %(before)s to %(path)s"), "whistle"),
    "case.handed_back": Line(_("Handed back the result"), "check"),
    "case.evaluated": Line(_("Found not effective: it must be done again"), "close", SOON),
    "case.evaluated:yes": Line(_("Found effective"), "check", GOOD),
    "case.rated": Line(_("Rated by the reporter: %(solved)s, %(satisfaction)s"), "star"),
    "case.followed_up": Line(_("Answered a follow-up call: %(solved)s, %(satisfaction)s"), "phone"),
    "case.followed_up:refused": Line(_("Did not want to answer a follow-up call"), "phone"),
    "case.followed_up:unreached": Line(_("Follow-up call: not reached in three attempts"), "phone"),
    "case.followed_up:wrong_number": Line(_("Follow-up call: the number is wrong"), "phone"),
    "case.closed": Line(_("Closed: the time to rate has passed"), "state-closed", GOOD),
    "case.reopened": Line(_("Reopened by the reporter"), "previous", SOON),
    "case.voided": Line(_("Declared void"), "state-void"),
    "case.merged": Line(_("Merged into case %(into)s"), "state-merged"),
    "case.urged": Line(_("Urged"), "bell", SOON),
    "case.supervised": Line(_("Put under a leader's supervision"), "bell", SOON),
    "case.supervised:due": Line(
        _("Put under a leader's supervision, to be done by %(due_at)s"), "bell", SOON
    ),
    "case.warned": Line(
        _("Warned: three quarters of the time for “%(step)s” have passed"), "clock-soon", SOON
    ),
    "case.escalated": Line(
        _("The time for “%(step)s” is over; nobody above could be told"), "clock-overdue", OVERDUE
    ),
    "case.escalated:told": Line(
        _("The time for “%(step)s” is over: told the %(role)s (level %(level)s)"), "clock-overdue", OVERDUE
    ),
    "case.mediation_opened": Line(_("Mediation begun: %(mediation)s"), "people"),
    "case.mediation_ended": Line(_("%(mediation)s ended: %(outcome)s"), "people"),
    "case.whistle_asked": Line(
        _("Asked for a whistle: %(type)s"), "whistle", SOON, notes=("reason", "place")
    ),
    "case.whistle_named": Line(
        _("Departments named for the whistle: %(receiver)s"), "people", notes=("task",)
    ),
    "case.whistle_approved": Line(_("The whistle was approved"), "check", GOOD),
    "case.whistle_declined": Line(_("The whistle was not approved"), "close"),
    "case.whistle_called": Line(
        _("Whistled for %(receiver)s, to be answered by %(due_at)s"), "whistle", SOON
    ),
    "case.whistle_withdrawn": Line(_("%(receiver)s: not called any more"), "previous"),
    "case.whistle_checked_in": Line(_("%(receiver)s checked in"), "check", notes=("coming",)),
    "case.whistle_explained": Line(
        _("%(receiver)s explains why it does not come"), "edit", SOON, notes=("explanation",)
    ),
    "case.whistle_explanation_decided": Line(
        _("%(receiver)s must come: the explanation was refused"), "close"
    ),
    "case.whistle_explanation_decided:yes": Line(
        _("%(receiver)s may stay away: the explanation was accepted"), "check"
    ),
    "case.whistle_attended": Line(_("%(receiver)s was not on site"), "close", SOON, notes=("proof",)),
    "case.whistle_attended:yes": Line(_("%(receiver)s was on site"), "place", GOOD, notes=("proof",)),
    "case.whistle_result": Line(_("%(receiver)s gave its result"), "check", GOOD),
    "case.whistle_cleared": Line(_("The whistle was cleared"), "check", GOOD),
    "case.whistle_department_rated": Line(_("The street rated %(receiver)s: %(score)s of 5"), "star"),
    "case.whistle_rated": Line(
        _("%(receiver)s rated the whistle: justified %(score)s of 5, prepared %(prepared)s of 5"), "star"
    ),
    "case.whistle_done": Line(_("Both sides have rated: the whistle is done"), "state-closed", GOOD),
    "case.whistle_ended": Line(_("The whistle was called off"), "close"),
    "case.whistle_ended:case": Line(_("The whistle ended with the case"), "close"),
    "case.whistle_warned": Line(
        _("Warned %(receiver)s: three quarters of the time to answer the whistle have passed"),
        "clock-soon",
        SOON,
    ),
    "case.whistle_escalated": Line(
        _("%(receiver)s has not answered the whistle in time: told the leaders of the district"),
        "clock-overdue",
        OVERDUE,
    ),
    "case.whistle_approval_late": Line(
        _("The whistle was not decided in time: told the leaders of the district"), "clock-overdue", OVERDUE
    ),
    "case.meeting_set": Line(_("Put on the agenda of the meeting of %(on)s"), "people"),
    "case.meeting_removed": Line(_("Taken off the agenda of the meeting of %(on)s"), "previous"),
    "case.meeting_cancelled": Line(_("The meeting of %(on)s was cancelled"), "close"),
    "case.meeting_decided": Line(
        _("The meeting of %(on)s fixed who does it"), "people", GOOD, notes=("measures",)
    ),
    "case.meeting_decided:due": Line(
        _("The meeting of %(on)s fixed who does it, to be done by %(due_on)s"),
        "people",
        GOOD,
        notes=("measures",),
    ),
    "case.meeting_decided:whistle": Line(
        _("The meeting of %(on)s found no agreement: departments are to be called"),
        "whistle",
        SOON,
        notes=("measures",),
    ),
    "case.meeting_decided:adjourned": Line(
        _("The meeting of %(on)s adjourned it"), "clock", notes=("measures",)
    ),
    "case.erased": Line(_("Personal data was erased"), "close"),
    "case.unmasked": Line(_("Looked at the reporter's name and phone"), "key"),
    "case.person_forgotten": Line(_("The reporter's name and phone were erased: their time is over"), "key"),
}


def _decision(data: Mapping[str, Any]) -> str:
    if data.get("decision") in ("whistle", "adjourned"):
        return str(data["decision"])
    return "due" if data.get("due_on") else ""


# Which second sentence of a kind fits the entry's data.
_VARIANTS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "case.dispatched": lambda data: "due" if data.get("due_at") else "",
    "case.supervised": lambda data: "due" if data.get("due_at") else "",
    "case.return_decided": lambda data: "yes" if data.get("approved") else "",
    "case.extension_decided": lambda data: "yes" if data.get("approved") else "",
    "case.suspension_decided": lambda data: "yes" if data.get("approved") else "",
    "case.evaluated": lambda data: "yes" if data.get("effective") else "",
    "case.escalated": lambda data: "told" if data.get("role") else "",
    "case.whistle_explanation_decided": lambda data: "yes" if data.get("approved") else "",
    "case.whistle_attended": lambda data: "yes" if data.get("approved") else "",
    "case.whistle_ended": lambda data: "case" if data.get("with_case") else "",
    "case.meeting_decided": _decision,
    "case.followed_up": lambda data: str(data.get("outcome", "")),
}
# The words of ``cases.models.Whistle.Kind``, which stands above this module.
WHISTLES: dict[str, str | Promise] = {
    "hard_demand": _("Hard demand"),
    "joint_enforcement": _("Joint enforcement"),
    "emergency": _("Emergency"),
}
ROLES: dict[str, str | Promise] = {
    "head": _("head of the unit"),
    "duty_officer": _("duty officer"),
    "leader": _("leader"),
}
_WORDS: dict[str, Mapping[str, str | Promise]] = {
    "code": dict(RejectCode.choices),
    "channel": dict(ContactChannel.choices),
    "path": dict(Path.choices),
    "before": dict(Path.choices),
    "solved": dict(Solved.choices),
    "satisfaction": dict(Satisfaction.choices),
    "step": dict(Step.choices),
    "role": ROLES,
    "mediation": dict(mediating.Kind.choices),
    "outcome": dict(mediating.State.choices),
    "type": WHISTLES,
}
_MOMENTS = frozenset({"due_at", "until", "review_at"})


class _Blanks(dict[str, str]):
    """A blank that the entry does not fill shows as a dash: an old entry must not break the page."""

    def __missing__(self, key: str) -> str:
        return "—"


def line_of(kind: str, data: Mapping[str, Any]) -> Line | None:
    """The table's line for an entry, or None for a kind that it does not know."""
    choose = _VARIANTS.get(kind)
    variant = choose(data) if choose else ""
    return LINES.get(f"{kind}:{variant}") or LINES.get(kind)


def sentence(kind: str, data: Mapping[str, Any], *, zone: dt.tzinfo, receiver: str = "") -> str:
    """The entry in the reader's language. ``receiver`` names who got the order; ``zone`` is where the reader lives."""
    line = line_of(kind, data)
    if line is None:
        return kind
    blanks = _Blanks({key: _word(key, value, zone) for key, value in data.items()})
    if receiver:
        blanks["receiver"] = receiver
    return str(line.sentence) % blanks


def notes_of(kind: str, data: Mapping[str, Any]) -> list[int]:
    """Keys of the texts that belong to the entry, in the order in which they are shown."""
    line = line_of(kind, data) or Line(kind)
    found = (data.get(name) for name in line.notes)
    return [
        value["note"] for value in found if isinstance(value, dict) and isinstance(value.get("note"), int)
    ]


def departments_of(data: Mapping[str, Any]) -> list[str]:
    """Codes of the departments that an entry about a whistle speaks of."""
    found = data.get("departments")
    return [code for code in found if isinstance(code, str)] if isinstance(found, list) else []


def _word(key: str, value: Any, zone: dt.tzinfo) -> str:
    if key in _MOMENTS and isinstance(value, str):
        return _moment(value, zone)
    return str(_WORDS.get(key, {}).get(str(value), value))


def _moment(text: str, zone: dt.tzinfo) -> str:
    try:
        return dt.datetime.fromisoformat(text).astimezone(zone).strftime(LOCAL_FORM)
    except ValueError:
        return text
