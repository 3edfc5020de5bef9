"""Who enters outside figures, and who is the second person that checks them (staffing.posts names the posts).

A figure of a street is entered by heads and duty officers of the street, one of the district by those of the district
and of its departments, who publish most of them. It is checked by somebody else: a leader of the area, or a head whose
post opens it, which a department's does not.
"""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from cases.models import OutsideFigure
from staffing.models import User
from staffing.policies import opens_area, posts_of
from staffing.posts import CAPABILITIES, Capability
from yuhu.kit import clock
from yuhu.kit.scope import DISTRICT, STREET
from yuhu.kit.verdicts import Allowed, Denied, Verdict

State = OutsideFigure.State
_ENTERED_HERE = _(
    "Figures of this area are entered by the heads and duty officers of its street or district."
)
_CHECKED_HERE = _("Figures of this area are checked by its leaders and by the heads of its platforms.")


def areas_to_enter(user: User, at: dt.datetime) -> frozenset[str]:
    """The district or the streets whose figures the person enters; of a district also its streets'."""
    posts = posts_of(user, clock.local_date(at))
    kinds = CAPABILITIES[Capability.ENTER_FIGURES]
    return frozenset(
        post.area for post in posts if post.kind in kinds and len(post.area) in (DISTRICT, STREET)
    )


def areas_to_check(user: User, at: dt.datetime) -> frozenset[str]:
    """The areas whose figures the person checks."""
    posts = posts_of(user, clock.local_date(at))
    kinds = CAPABILITIES[Capability.CHECK_FIGURES]
    here = (post for post in posts if post.kind in kinds and opens_area(post))
    return frozenset(post.area for post in here if len(post.area) in (DISTRICT, STREET))


def may_enter(user: User, area: str, at: dt.datetime) -> Verdict:
    """Enter a figure of ``area``."""
    if any(area.startswith(own) for own in areas_to_enter(user, at)):
        return Allowed()
    return Denied(_ENTERED_HERE, code="outside_area")


def may_check(user: User, row: OutsideFigure, at: dt.datetime) -> Verdict:
    """Be the second person: never of what one entered."""
    if row.state != State.ENTERED:
        return Denied(_("This figure does not wait for a check."), code="not_now")
    return _second_person(user, row, at)


def may_correct(user: User, row: OutsideFigure, at: dt.datetime) -> Verdict:
    """Enter another number in the place of one that is in force."""
    if row.state != State.CHECKED:
        return Denied(_("Only a figure that is in force is corrected. Enter this one anew."), code="not_now")
    return may_enter(user, row.area, at)


def may_withdraw(user: User, row: OutsideFigure, at: dt.datetime) -> Verdict:
    """Take it back: whoever entered it while it waits; once it is in force, somebody else than who entered it."""
    if row.state == State.ENTERED:
        if row.entered_by_id == user.pk:
            return Allowed()
        return Denied(_("It is taken back by the person who entered it. You can send it back."))
    if row.state != State.CHECKED:
        return Denied(_("This figure is not in force."), code="not_now")
    return _second_person(user, row, at)


def _second_person(user: User, row: OutsideFigure, at: dt.datetime) -> Verdict:
    if not any(row.area.startswith(own) for own in areas_to_check(user, at)):
        return Denied(_CHECKED_HERE, code="outside_area")
    if row.entered_by_id == user.pk:
        return Denied(_("You entered it. Somebody else checks it."), code="own_figure")
    return Allowed()
