"""Through which post a person reports, who governs, who may see a reporter in clear text, and who erases."""

import datetime as dt
from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from cases.models import Case, Category
from cases.policies.guards import when
from cases.policies.standing import GOVERNORS, Look, brought_in
from staffing.exceptions import TextsRemoved
from staffing.models import Finding, User
from staffing.policies import may, may_in, opens_area, posts_of, takes_part
from staffing.posts import CAPABILITIES, Capability, Post, PostKind
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden
from yuhu.kit.verdicts import Allowed, Denied, Verdict

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
    """Through which post a person's report comes in: the most local one (posts come in that order).

    A partner's system has a channel of its own.
    """
    own = next((post.channel for post in posts if post.channel), "")
    return own or next(
        (str(_CHANNELS[post.kind]) for post in posts if post.kind in _CHANNELS), Case.Channel.DESK
    )


def may_use_channel(posts: Collection[Post], channel: str) -> Verdict:
    """Whether a report may say that it came in this way: by an own post, on a visit or at a meeting.

    A partner's system uses its own channel only.
    """
    if any(post.channel for post in posts):
        return when(channel == channel_of(posts), _("This channel belongs to others."), "not_your_channel")
    own = {_CHANNELS.get(post.kind) for post in posts} | {channel_of(posts)}
    fits = channel in own | {Case.Channel.VISIT, Case.Channel.MEETING}
    reason = _("This channel belongs to others: leave it out, and your post decides it.")
    return when(fits, reason, "not_your_channel")


def is_system(posts: Collection[Post]) -> bool:
    """Whether it is a partner's system and no person."""
    return any(post.kind is PostKind.PARTNER_CLIENT for post in posts)


def may_report(user: User | None, *, category: Category, area: str, on: dt.date) -> Verdict:
    """Whether the report lies in what a partner's system is bound to; people may report anything anywhere.

    A place that is not known yet (``area`` empty) is found by a person.
    """
    if user is None or not user.is_technical:
        return Allowed()
    for post in posts_of(user, on):
        kinds = post.categories
        if kinds is not None and category.pk not in kinds and category.parent_id not in kinds:
            return Denied(_("This system does not report cases of this category."), code="outside_categories")
        if area and not area.startswith(post.area):
            return Denied(_("This place lies outside the area of this system."), code="outside_area")
    return Allowed()


def may_report_finding(user: User, finding: Finding, *, on: dt.date) -> Verdict:
    """Whether the person makes a case of what was found: whoever took part, or works in the block's area.

    Asks about the finding's case, visit and cadres: lists bring them along.
    """
    if any(finding.cases.all()):
        return Denied(_("This finding became a case already."), code="case_there")
    if finding.solved:
        return Denied(_("It was solved on the spot: nothing is left to be handled."), code="solved")
    if finding.visit.emptied_at is not None:
        return Denied(TextsRemoved.message, code=TextsRemoved.code)
    verdict = may(user, Capability.REPORT_CASE, on=on)
    if not verdict:
        return verdict
    area = finding.visit.block.code
    works_here = any(
        post.kind in CAPABILITIES[Capability.REPORT_CASE] and opens_area(post) and area.startswith(post.area)
        for post in posts_of(user, on)
    )
    reason = _("Cases are made of it by those who took part, and by those who work in the block's area.")
    return when(works_here or takes_part(user, finding.visit), reason, "not_taking_part")


def may_attach(look: Look) -> Verdict:
    """Whether photos may be added to a visible case: by whoever may report; by a system to what it reported."""
    if look.user is None:
        return Denied(Forbidden.message)
    verdict = may(look.user, Capability.REPORT_CASE, on=clock.local_date(look.at))
    if not verdict or not is_system(look.posts):
        return verdict
    reason = _("Photos are added to the cases that this system itself reported.")
    return when(brought_in(look), reason, "not_your_case")


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


def may_erase(look: Look) -> Verdict:
    """Whether the person may erase what an ended case holds of people: a leader in whose area it lies."""
    if look.user is None:
        return Denied(Forbidden.message)
    if not look.case.is_final:
        return Denied(
            _("The case has not ended yet. Its words are needed until then; erase them afterwards."),
            code="not_ended",
        )
    return may_in(look.user, Capability.ERASE, area=look.case.area, on=clock.local_date(look.at))
