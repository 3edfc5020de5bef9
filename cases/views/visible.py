"""What every page of a case begins with: the case, if this person may see it, and who acts or looks."""

import datetime as dt
from typing import cast

from django.http import HttpRequest

from cases.actions.base import By
from cases.exceptions import NoSuchCase
from cases.figures import Viewer
from cases.models import Case
from staffing.middleware import StaffRequest
from yuhu.kit import clock


def visible_case(request: StaffRequest, number: str) -> Case:
    """The case with everything that its page shows.

    Raises:
        NoSuchCase: it does not exist, or lies outside the person's scope.
    """
    case = Case.objects.within(request.scope).for_pages().filter(number=number).first()
    if case is None:
        raise NoSuchCase
    return case


def by_of(request: HttpRequest) -> By:
    """The person who is logged in, as the journal will name him or her."""
    staff = cast(StaffRequest, request)
    return By(user=staff.user, actor=staff.actor)


def viewer_of(request: HttpRequest, at: dt.datetime | None = None) -> Viewer:
    """The person who is logged in, as the figures know him or her."""
    return Viewer.of(cast(StaffRequest, request), at or clock.now())
