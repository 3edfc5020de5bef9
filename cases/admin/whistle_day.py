"""What of whistles waits for an official today: to approve, to answer, to clear, to rate; each with its list."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse

from cases.figures.whistles import ShowCalls, ShowWhistles, waiting
from cases.views.visible import viewer_of
from yuhu.kit.desk import day
from yuhu.kit.desk.day import Item, Part

_WHISTLES = {
    ShowWhistles.TO_APPROVE: Part.DECIDE,
    ShowWhistles.ESCALATED: Part.DECIDE,
    ShowWhistles.TO_CLEAR: Part.DO,
}
_CALLS = {
    ShowCalls.TO_ANSWER: Part.DO,
    ShowCalls.TO_REPORT: Part.DO,
    ShowCalls.TO_DECIDE: Part.DECIDE,
    ShowCalls.TO_RATE_STREET: Part.DO,
    ShowCalls.TO_RATE_DEPARTMENT: Part.DO,
}


@day.add
def whistles(request: HttpRequest) -> Iterable[Item]:
    """What waits for this person's sides."""
    found = waiting(viewer_of(request))
    for shows, name in ((_WHISTLES, "whistle"), (_CALLS, "whistlecall")):
        for show, part in shows.items():
            number, late = found.get(show.value, (0, 0))
            url = f"{reverse(f'admin:cases_{name}_changelist')}?show={show.value}"
            yield Item(part, show.label, number, url, late=late)
