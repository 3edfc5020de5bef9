"""Who convenes meetings, leads them, and decides: by posts, and by where the meeting stands.

A meeting decides with the authority of those who make it up: its chair, and whoever records it. Leaves to others:
what a move of a case needs (``cases.policies.moves``), who sees a meeting (``Meeting.objects.within``).
"""

import datetime as dt
from collections.abc import Collection

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import AgendaItem, Case, Meeting
from cases.policies.standing import Look, relations_of
from cases.states import Relation, State
from staffing.models import User
from staffing.policies import may_in, posts_of
from staffing.posts import Capability, Post, PostKind
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden
from yuhu.kit.verdicts import Allowed, Denied, Verdict

_OF_PLATFORMS = frozenset({PostKind.DUTY_OFFICER, PostKind.HEAD})
_LEADERS = frozenset({PostKind.STREET_LEADER, PostKind.DISTRICT_LEADER})
LEADING = frozenset({Relation.STREET_LEADER, Relation.DISTRICT_LEADER})
# A case whose result is being evaluated, or that has ended, needs no meeting.
TO_MEET_ABOUT = frozenset({State.REPORTED, State.DISPATCHED, State.IN_PROGRESS, State.SUSPENDED})

NOT_YOURS = _(
    "Meetings are led by the leaders of the street and of the district, and by heads and duty officers of the "
    "street's platforms."
)
_MOVED_ON: dict[str, str | Promise] = {
    "planned": _("The meeting was held or cancelled already."),
    "held": _("First record that the meeting was held, and who came."),
    "closed": _("The minutes are final. What else must be done is done on the case itself."),
    "cancelled": _("The meeting was cancelled. Convene another one."),
}
# The states in which a verb is possible; a closed meeting allows none of these.
_STATES: dict[str, tuple[str, ...]] = {
    "change": ("planned",),
    "cancel": ("planned",),
    "hold": ("planned",),
    "add-case": ("planned", "held"),
    "remove-case": ("planned", "held"),
    "decide": ("held",),
    "close": ("held",),
}


def convenes(posts: Collection[Post]) -> Verdict:
    """Whether these posts convene meetings anywhere at all."""
    return Allowed() if any(_convenes(post) for post in posts) else Denied(NOT_YOURS)


def may_convene(user: User | None, *, street: str, on: dt.date) -> Verdict:
    """Whether the person convenes, chairs and leads meetings of the street (a national code)."""
    posts = posts_of(user, on) if user is not None else ()
    if any(_convenes(post) and post.area and street.startswith(post.area) for post in posts):
        return Allowed()
    return Denied(NOT_YOURS, code="not_yours")


def _convenes(post: Post) -> bool:
    return post.kind in _LEADERS or (post.kind in _OF_PLATFORMS and post.unit_kind == "platform")


def may_lead(user: User | None, meeting: Meeting, at: dt.datetime) -> Verdict:
    """Whether the person changes, holds and closes this meeting; a restricted one is led by leaders, and by whoever
    convened it or chairs it."""
    verdict = may_convene(user, street=meeting.street_id, on=clock.local_date(at))
    if not verdict or user is None or not meeting.restricted:
        return verdict
    leads = any(post.kind in _LEADERS for post in posts_of(user, clock.local_date(at)))
    own = user.pk in (meeting.convener_id, meeting.chair_id)
    return verdict if leads or own else Denied(NOT_YOURS, code="not_yours")


def may_act(verb: str, user: User | None, meeting: Meeting, at: dt.datetime) -> Verdict:
    """Whether ``user`` may do ``verb`` (of the table above, or "erase") with the meeting as it stands."""
    if verb == "erase":
        return _may_erase(user, meeting, at)
    verdict = may_lead(user, meeting, at)
    if not verdict:
        return verdict
    if meeting.is_closed:
        return Denied(_MOVED_ON["closed"], code="state")
    if meeting.state not in _STATES[verb]:
        said = meeting.state if meeting.state == Meeting.State.CANCELLED else _STATES[verb][0]
        return Denied(_MOVED_ON[said], code="state")
    if verb == "hold" and clock.local_date(at) < clock.local_date(meeting.starts_at):
        text = _("The meeting has not begun. If it takes place earlier, change its time first.")
        return Denied(text, code="too_early")
    if verb == "close" and _undecided(meeting):
        return Denied(
            _("Every item must be decided first; what is not ripe is adjourned."), code="open_items"
        )
    return Allowed()


def _undecided(meeting: Meeting) -> bool:
    known = getattr(meeting, "open_items", None)  # a list counts them for all its rows
    return bool(known) if known is not None else meeting.items.filter(decision="").exists()


def _may_erase(user: User | None, meeting: Meeting, at: dt.datetime) -> Verdict:
    """A leader, once nothing is written any more: afterwards residents' names and what was said are gone for good."""
    if user is None:
        return Denied(Forbidden.message)
    verdict = may_in(user, Capability.ERASE, area=meeting.street_id, on=clock.local_date(at))
    if not verdict:
        return verdict
    if meeting.state != Meeting.State.CANCELLED and not meeting.is_closed:
        return Denied(_("The words are needed until the minutes are final; erase them afterwards."), "state")
    if meeting.erased_at is not None:
        return Denied(_("This was erased already."), code="state")
    return Allowed()


def may_decide(verb: str, user: User | None, item: AgendaItem, at: dt.datetime) -> Verdict:
    """Whether ``user`` may decide the item (``settle``, ``whistle``, ``adjourn``) now."""
    verdict = may_act("decide", user, item.meeting, at)
    if not verdict:
        return verdict
    if item.decision == AgendaItem.Decision.ADJOURNED and verb != "adjourn":
        return _if_on_no_other(item)
    if not item.is_open:
        return Denied(
            _("This item was decided already. What else must be done is done on the case."), "state"
        )
    return Allowed()


def _if_on_no_other(item: AgendaItem) -> Verdict:
    """What was adjourned may be decided after all, unless another meeting has taken it on."""
    known = getattr(item, "taken_on", None)  # an agenda asks for all its items at once
    others = AgendaItem.objects.later(case=item.case_id, item=item.pk)
    if others.exists() if known is None else known:
        return Denied(_("Another meeting has taken this case on its agenda."), code="state")
    return Allowed()


def may_meet_about(case: Case, user: User | None, meeting: Meeting, at: dt.datetime) -> Verdict:
    """Whether the case may be put on the agenda: of this street, before its result, by somebody who decides on it.

    A case about an official is brought before a meeting by leaders only.
    """
    if case.state not in TO_MEET_ABOUT:
        text = _("Its result is being evaluated, or it has ended: there is nothing to meet about.")
        return Denied(text, code="wrong_state")
    if case.street_code != meeting.street_id:
        return Denied(_("This case lies in another street."), code="other_street")
    relations = relations_of(Look(case, user, at))
    decides = LEADING if case.restricted else LEADING | {Relation.DUTY_OFFICER}
    if not relations & decides:
        text = _("Only leaders bring this case before a meeting.") if case.restricted else NOT_YOURS
        return Denied(text, code="not_yours")
    return Allowed()


def authority(case: Case, meeting: Meeting, user: User | None, at: dt.datetime) -> frozenset[Relation]:
    """The relations to the case with which a decision of the meeting is carried out.

    What the chair may do and what the recorder may do; the meeting as a whole also gives and takes orders as the duty
    officer does, since fixing who does it is what it is for (domain 2.8). About an official only the persons count.
    """
    found = relations_of(Look(case, user, at)) | relations_of(Look(case, meeting.chair, at))
    given = set() if case.restricted else {Relation.DUTY_OFFICER}
    return frozenset((found | given) & (LEADING | {Relation.DUTY_OFFICER}))
