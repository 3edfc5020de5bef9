"""The journal's entries about people, units, posts and reference data as sentences for the desk.

Leaves to others: the story of a case (cases.timeline).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from staffing.models import Assistant, Membership, Tenure, Unit, User
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry

MOST = 200
SENTENCES: dict[str, str | Promise] = {
    "roster.appointed": _("%(post)s: %(person)s, from %(starts_on)s"),
    "roster.relieved": _("%(post)s: vacant from %(starts_on)s"),
    "roster.assistant_added": _("%(kind)s: %(person)s, from %(starts_on)s"),
    "roster.assistant_ended": _("%(kind)s: %(person)s, until %(ends_on)s"),
    "roster.imported": _("Sheet applied, in force from %(effective_on)s"),
    "unit.joined": _("%(role)s: %(person)s, from %(starts_on)s"),
    "unit.left": _("%(role)s: %(person)s, until %(ends_on)s"),
    "unit.office_moved": _("Belongs to %(unit)s from %(starts_on)s"),
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
    "client.created": _("System recorded"),
    "client.changed": _("Changed: %(fields)s"),
    "client.secret_renewed": _("Given another secret"),
    "client.activated": _("Opened again"),
    "client.deactivated": _("Closed, with all its tokens"),
    "client.token_refused": _("A token was refused"),
    "visit.planned": _("Planned for %(on)s"),
    "visit.done": _("Recorded: held on %(on)s"),
    "visit.cancelled": _("Cancelled; it was planned for %(on)s"),
    "visit.finding_added": _("A finding added"),
    "visit.case_made": _("Finding %(no)s became case %(case)s"),
    "visit.emptied": _("Texts removed: their time is over"),
    "category.changed": _("Changed: %(changes)s"),
}
_WORDS: dict[str, Mapping[str, str | Promise]] = {
    "post": dict(Tenure.Seat.choices),
    "kind": dict(Assistant.Kind.choices),
    "role": dict(Membership.Role.choices),
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
