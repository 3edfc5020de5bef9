"""What every page of a case begins with: the case, if this person may see it, and who acts."""

from cases.actions.base import By
from cases.exceptions import NoSuchCase
from cases.models import Case
from staffing.middleware import StaffRequest


def visible_case(request: StaffRequest, number: str) -> Case:
    """The case with everything that its page shows.

    Raises:
        NoSuchCase: it does not exist, or lies outside the person's scope.
    """
    case = Case.objects.within(request.scope).for_pages().filter(number=number).first()
    if case is None:
        raise NoSuchCase
    return case


def by_of(request: StaffRequest) -> By:
    """The person who is logged in, as the journal will name him or her."""
    return By(user=request.user, actor=request.actor)
