"""What of the official's day is about cases: to decide, in hand, late. Every number opens the desk's list of it."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.figures import Show
from cases.figures.day import Pile, in_hand, in_time, to_decide
from cases.models import CaseRequest
from cases.views.visible import viewer_of
from yuhu.kit.desk import day
from yuhu.kit.desk.day import Item, Part
from yuhu.kit.desk.lists import scope_of

_WORK = (
    (Show.DISPATCH, _("To dispatch")),
    (Show.SIGN, _("To sign")),
    (Show.HANDLE, _("To handle")),
    (Show.EVALUATE, _("To evaluate")),
)
_REQUESTS = (
    (CaseRequest.Kind.RETURN, _("Orders that come back")),
    (CaseRequest.Kind.EXTENSION, _("Requests for more time")),
    (CaseRequest.Kind.SUSPENSION, _("Requests to suspend")),
)


@day.add
def of_cases(request: HttpRequest) -> Iterator[Item]:
    """Whoever sees no cases has none to do."""
    scope = scope_of(request)
    if not scope.looks_after_cases:
        return
    viewer, address = viewer_of(request), reverse("admin:cases_case_changelist")
    asked, held, clocks = to_decide(viewer), in_hand(viewer), in_time(viewer)
    for kind, label in _REQUESTS:
        pile = asked.get(kind, Pile())
        yield Item(Part.DECIDE, label, pile.number, f"{address}?decide={kind}")
    for show, label in _WORK:
        pile = held.get(show, Pile())
        yield Item(Part.DO, label, pile.number, f"{address}?show={show}", late=pile.late)
    yield Item(Part.DUE, _("Overdue"), clocks["overdue"], f"{address}?overdue=true")
    yield Item(Part.DUE, _("Due soon"), clocks["soon"], f"{address}?overdue=soon")
