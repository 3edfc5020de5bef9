"""Who keeps a person's leave, and names who stands in."""

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from blocks.models import Block
from staffing.models import Absence, AbsenceState, User
from staffing.policies.standing import may_appoint, posts_of
from yuhu.kit.verdicts import Denied, Verdict


def may_record_absence(
    user: User | AnonymousUser, *, person: User, starts_on: dt.date, ends_on: dt.date, on: dt.date
) -> Verdict:
    """Whether ``user`` keeps the leave of ``person``: whoever appoints in the area of one of the person's seats.

    Asked for the first and the last day of the leave, so that a seat which ends or begins meanwhile counts too.
    """
    last = ends_on - dt.timedelta(days=1)
    areas = {post.area for day in (starts_on, last) for post in posts_of(person, day)} - {""}
    if not areas:
        return Denied(
            _("This person has no post on these days: there is nothing to be away from."), "no_post"
        )
    verdicts = [may_appoint(user, area=area, on=on) for area in sorted(areas)]
    return next((verdict for verdict in verdicts if verdict), verdicts[0])


def may_change_absence(user: User | AnonymousUser, absence: Absence, *, on: dt.date) -> Verdict:
    """Whether ``user`` keeps this leave at all, however it stands."""
    days = {"starts_on": absence.starts_on, "ends_on": absence.ends_on}
    return may_record_absence(user, person=absence.person, on=on, **days)


def may_end_absence(user: User | AnonymousUser, absence: Absence, *, on: dt.date) -> Verdict:
    """Whether the person may be recorded as back earlier: on a day after the first, today or later."""
    if absence.state(on) in _SETTLED:
        return Denied(_OVER, code="not_away")
    if max(on, absence.starts_on + dt.timedelta(days=1)) >= absence.ends_on:
        return Denied(
            _("No day is left to come back earlier. If it is not taken at all, cancel it."), "too_late"
        )
    return may_change_absence(user, absence, on=on)


def may_cancel_absence(user: User | AnonymousUser, absence: Absence, *, on: dt.date) -> Verdict:
    """Whether the leave may be declared not taken: once."""
    if absence.cancelled_at is not None:
        return Denied(_OVER, code="not_away")
    return may_change_absence(user, absence, on=on)


def may_name_stand_in(user: User | AnonymousUser, absence: Absence, *, on: dt.date) -> Verdict:
    """Whether ``user`` says who acts in at least one of the person's posts of blocks in the rest of the leave."""
    if absence.state(on) in _SETTLED:
        return Denied(_OVER, code="not_away")
    blocks = {spell.block_id for spell in absence.open_spells(on)}
    if not blocks:
        return Denied(
            _("The person has no post of a block: nobody need stand in."), code="no_stand_in_needed"
        )
    codes = Block.objects.filter(pk__in=blocks).values_list("code", flat=True)
    verdicts = [may_appoint(user, area=code, on=on) for code in codes]
    return next((verdict for verdict in verdicts if verdict), verdicts[0])


_SETTLED = (AbsenceState.OVER, AbsenceState.CANCELLED)
_OVER = _("This leave is over or was cancelled: there is nothing to change any more.")
