"""What of the official's day is about meetings: today's, those to be held or closed, cases that need one."""

from collections.abc import Iterator
from typing import cast

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.admin.meetings import DAY
from cases.models import Case, Meeting
from cases.policies.meetings import convenes
from staffing.middleware import StaffRequest
from yuhu.kit import clock
from yuhu.kit.desk import day
from yuhu.kit.desk.day import Item, Part
from yuhu.kit.desk.lists import scope_of


@day.add
def of_meetings(request: HttpRequest) -> Iterator[Item]:
    """Whoever is invited sees today's; what is to be done, whoever leads meetings. Two queries."""
    scope, at = scope_of(request), clock.now()
    if not scope.looks_after_cases:
        return
    address = reverse("admin:cases_meeting_changelist")
    first = clock.day_start(clock.today())
    today = Q(pk__in=Meeting.objects.between(first, first + DAY).exclude(state="cancelled").values("pk"))
    waiting = Q(pk__in=Meeting.objects.awaiting_minutes(at).values("pk"))
    found = Meeting.objects.within(scope).aggregate(
        today=Count("pk", filter=today), waiting=Count("pk", filter=waiting)
    )
    yield Item(Part.TODAY, _("Meetings today"), found["today"], f"{address}?day=today")
    if not convenes(cast(StaffRequest, request).posts):
        return
    yield Item(Part.DO, _("Meetings to hold or close"), found["waiting"], f"{address}?minutes=missing")
    alone = Case.objects.within(scope).without_meeting().order_by().count()
    cases = reverse("admin:cases_case_changelist")
    yield Item(Part.DO, _("Complex cases without a meeting"), alone, f"{cases}?meeting=none&path=meeting")
