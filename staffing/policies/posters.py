"""Who prints the posters of blocks, and who makes those that hang invalid."""

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from staffing.models import User
from staffing.policies.standing import may_in, opens_area, posts_of
from staffing.posts import Capability, PostKind
from yuhu.kit.verdicts import Allowed, Denied, Verdict


def may_print_posters(user: User | AnonymousUser, *, area: str, on: dt.date) -> Verdict:
    """Whether the person prints posters of ``area`` (a block or a street): whoever works in it or above it."""
    if may_in(user, Capability.EDIT_REFERENCE, area=area, on=on):
        return Allowed()
    if any(opens_area(post) and post.area and area.startswith(post.area) for post in posts_of(user, on)):
        return Allowed()
    return Denied(_("Posters are printed by those who work in this block or street."), code="outside_area")


def may_renew_poster(user: User | AnonymousUser, *, area: str, on: dt.date) -> Verdict:
    """Whether the person replaces a block's code: a leader of its street, or whoever keeps the reference data."""
    if may_in(user, Capability.EDIT_REFERENCE, area=area, on=on):
        return Allowed()
    leads = (post for post in posts_of(user, on) if post.kind is PostKind.STREET_LEADER)
    if any(post.area and area.startswith(post.area) for post in leads):
        return Allowed()
    return Denied(_("The code of a poster is replaced by the leaders of its street."), code="outside_area")
