"""Who plans the duty rota of a platform, and who exchanges shifts."""

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from staffing.models import Shift, ShiftSwap, Unit, User
from staffing.policies.standing import areas_to_appoint_in, may_appoint, posts_of
from staffing.posts import PostKind
from yuhu.kit import clock
from yuhu.kit.verdicts import Allowed, Denied, Verdict


def may_plan_rota(user: User | AnonymousUser, *, platform: Unit, on: dt.date) -> Verdict:
    """Whether the person plans the platform's rota: its head, the street's leaders, whoever appoints in the street."""
    if any(post.kind is PostKind.HEAD and post.unit_id == platform.pk for post in posts_of(user, on)):
        return Allowed()
    if may_appoint(user, area=platform.area, on=on):
        return Allowed()
    return Denied(_PLANNERS, code="not_planner")


def plans_rota(user: User | AnonymousUser, *, on: dt.date) -> tuple[frozenset[str], frozenset[int]]:
    """Where the person plans: areas and platforms; both empty means nowhere."""
    heads = {
        post.unit_id
        for post in posts_of(user, on)
        if post.kind is PostKind.HEAD and post.unit_kind == Unit.Kind.PLATFORM and post.unit_id
    }
    return frozenset(areas_to_appoint_in(user, on)), frozenset(heads)


_PLANNERS = _(
    "A rota is planned by the head of the platform, the street's leaders and whoever appoints there."
)


def may_change_shift(user: User | AnonymousUser, shift: Shift, at: dt.datetime) -> Verdict:
    """Whether the person gives the shift to somebody, or frees it."""
    if shift.ends_at <= at:
        return Denied(_("The shift has ended."), code="shift_over")
    return may_plan_rota(user, platform=shift.platform, on=clock.local_date(at))


def may_free_shift(user: User | AnonymousUser, shift: Shift, at: dt.datetime) -> Verdict:
    """Whether the officer's shifts can be freed from this page."""
    if shift.officer_id is None:
        return Denied(_("Nobody has this shift."), code="nobody")
    return may_change_shift(user, shift, at)


def may_remove_shift(user: User | AnonymousUser, shift: Shift, at: dt.datetime) -> Verdict:
    """Whether the shift can be taken out of the rota."""
    if shift.starts_at <= at:
        return Denied(_("The shift has begun. Give it to somebody else instead."), code="shift_over")
    return may_plan_rota(user, platform=shift.platform, on=clock.local_date(at))


def may_offer_shift(user: User | AnonymousUser, shift: Shift, at: dt.datetime) -> Verdict:
    """Whether the person may ask a colleague to exchange this shift: his or her own, before it begins."""
    if shift.officer_id is None or shift.officer_id != user.pk:
        return Denied(_("You can offer your own shifts only."), code="not_yours")
    if shift.starts_at <= at:
        return Denied(_("The shift has begun."), code="shift_over")
    return Allowed()


def may_decide_swap(user: User | AnonymousUser, swap: ShiftSwap, at: dt.datetime) -> Verdict:
    """Whether the person agrees or declines: the colleague who was asked, or whoever plans; never who asked."""
    if (closed := _closed(swap, at)) is not None:
        return closed
    if swap.asked_by_id == user.pk:
        return Denied(_("You asked for it: your colleague agrees, or whoever plans the rota."), code="own")
    if swap.asked_of_id == user.pk:
        return Allowed()
    return may_plan_around(user, swap, on=clock.local_date(at))


def may_plan_around(user: User | AnonymousUser, swap: ShiftSwap, *, on: dt.date) -> Verdict:
    """Whether the person plans the rota whose shifts are to be exchanged; of shifts that are gone nobody does."""
    if swap.platform is None:
        return Denied(_DECIDED, code="decided")
    return may_plan_rota(user, platform=swap.platform, on=on)


def may_withdraw_swap(user: User | AnonymousUser, swap: ShiftSwap, at: dt.datetime) -> Verdict:
    """Whether the person asked for it, and nobody has decided."""
    if (closed := _closed(swap, at)) is not None:
        return closed
    if swap.asked_by_id != user.pk:
        return Denied(_("Only whoever asked can withdraw it."), code="not_yours")
    return Allowed()


def _closed(swap: ShiftSwap, at: dt.datetime) -> Denied | None:
    """Why nothing is to be decided any more."""
    if swap.outcome or swap.mine is None or swap.theirs is None:
        return Denied(_DECIDED, code="decided")
    if min(swap.mine.starts_at, swap.theirs.starts_at) <= at:
        return Denied(_("One of the shifts has begun: it is too late to exchange them."), code="shift_over")
    return None


_DECIDED = _("This was decided already.")
