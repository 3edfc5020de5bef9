"""Who calls the people of closed cases: a duty officer of the street's platforms who neither handled nor evaluated it.

The calls are drawn for the platform that coordinates; a duty officer of another platform of the street may stand in
where its own people had a hand in the case. The phone number is shown by the door of its own (``may_unmask``).
"""

import datetime as dt
from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from cases.models import FollowUpCall
from cases.policies.guards import handled
from cases.states import State
from staffing.models import User
from staffing.policies import posts_of
from staffing.posts import Post, PostKind
from yuhu.kit import clock
from yuhu.kit.verdicts import Allowed, Denied, Verdict


def calling_posts(posts: Collection[Post]) -> list[Post]:
    """The posts by which a person calls at all."""
    return [post for post in posts if post.kind is PostKind.DUTY_OFFICER and post.unit_kind == "platform"]


def may_take(user: User, call: FollowUpCall, at: dt.datetime) -> Verdict:
    """Say that one calls now, so that nobody else does today."""
    if not (verdict := _may_call(user, call, at)):
        return verdict
    if _same_day(call.attempted_at, at):
        return Denied(_("Nobody answered today. Try again on another day."), code="tried_today")
    if not _same_day(call.taken_at, at):
        return Allowed()
    if call.taken_by_id == user.pk:
        return Denied(_("You have taken it: call, and record what came of it."), code="taken")
    return Denied(_("A colleague is calling today."), code="taken")


def may_record(user: User, call: FollowUpCall, at: dt.datetime) -> Verdict:
    """Record what came of the call, whoever has taken it today."""
    if not (verdict := _may_call(user, call, at)):
        return verdict
    if call.taken_by_id == user.pk and _same_day(call.taken_at, at):
        return Allowed()
    return Denied(_("Take the call first, so that nobody else calls at the same time."), code="not_taken")


def _may_call(user: User, call: FollowUpCall, at: dt.datetime) -> Verdict:
    if call.outcome:
        return Denied(_("This call has ended."), code="ended")
    if call.case.state != State.CLOSED:
        return Denied(_("The case is being handled again."), code="reopened")
    posts = posts_of(user, clock.local_date(at))
    if not any(post.area == call.draw.street_id for post in calling_posts(posts)):
        return Denied(_("People are called by the duty officers of the street's platforms."))
    if handled(call.case.orders.all(), user.pk, posts):
        return Denied(_("You or your unit handled this case. A colleague calls."), code="handled_it")
    if any(one.evaluator_id == user.pk for one in call.case.evaluations.all()):
        return Denied(_("You evaluated this case. A colleague calls."), code="evaluated_it")
    return Allowed()


def _same_day(moment: dt.datetime | None, at: dt.datetime) -> bool:
    return moment is not None and clock.local_date(moment) == clock.local_date(at)
