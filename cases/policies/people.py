"""Through which post a person reports, who governs, and who may see a reporter in clear text."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.policies.guards import when
from cases.policies.standing import GOVERNORS, Look
from staffing.policies import may_in
from staffing.posts import Capability, Post, PostKind
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden
from yuhu.kit.verdicts import Denied, Verdict

_CHANNELS = {
    PostKind.GOVERNOR: Case.Channel.GOVERNOR,
    PostKind.ACTING_GOVERNOR: Case.Channel.GOVERNOR,
    PostKind.ASSISTANT: Case.Channel.ASSISTANT,
    PostKind.SUPERVISOR: Case.Channel.SUPERVISOR,
    PostKind.ACTING_SUPERVISOR: Case.Channel.SUPERVISOR,
    PostKind.STREET_LEADER: Case.Channel.LEADER,
    PostKind.DISTRICT_LEADER: Case.Channel.LEADER,
}


def channel_of(posts: Collection[Post]) -> str:
    """Through which post a person's report comes in: the most local one (posts come in that order)."""
    return next((str(_CHANNELS[post.kind]) for post in posts if post.kind in _CHANNELS), Case.Channel.DESK)


def may_use_channel(posts: Collection[Post], channel: str) -> Verdict:
    """Whether a person's report may say that it came in this way: by an own post, on a visit or at a meeting."""
    own = {_CHANNELS.get(post.kind) for post in posts} | {channel_of(posts)}
    fits = channel in own | {Case.Channel.VISIT, Case.Channel.MEETING}
    reason = _("This channel belongs to others: leave it out, and your post decides it.")
    return when(fits, reason, "not_your_channel")


def governs(posts: Collection[Post]) -> bool:
    """Whether the person governs a block, and so may report what is solved already."""
    return any(post.kind in GOVERNORS for post in posts)


def may_unmask(look: Look) -> Verdict:
    """Whether the reporter's name and phone may be shown to the person who looks: by a post in whose area it lies."""
    person = getattr(look.case, "reporter", None)
    if person is None or not (person.name_masked or person.phone_masked):
        return Denied(_("Nobody left a contact in this case."), code="no_reporter")
    if look.user is None:
        return Denied(Forbidden.message)
    return may_in(look.user, Capability.UNMASK, area=look.case.area, on=clock.local_date(look.at))
