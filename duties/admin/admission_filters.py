"""What the list of admissions is narrowed by, and the numbers of the official's day that open it.

Leaves to others: the list (``admissions``), who keeps the lists and who asks (policies).
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from duties.models import Admission
from duties.policies import own_departments
from duties.policies.admissions import deciding_districts
from staffing.models import Unit
from yuhu.kit import clock
from yuhu.kit.desk import day
from yuhu.kit.desk.lists import KnownFilter, scope_of

State = Admission.State
DECIDE, LATE, DECIDED, ENDING, OURS = "decide", "late", "decided", "ending", "ours"
# For so many days a decision is news for the department.
NEWS_DAYS = 14


def waiting(request: HttpRequest, todo: str) -> Q:
    """Which of the rows that the person sees are meant; the day's numbers and the lists behind them both ask here."""
    user, now = request.user, clock.now()
    today = clock.local_date(now)
    districts, own = deciding_districts(user, today), own_departments(user, today)
    mine = Q(unit__in=own) | Q(unit__district__in=districts)
    if todo == DECIDE:
        to_decide = Q(state=State.SUBMITTED, unit__district__in=districts)
        return to_decide & ~Q(unit__in=scope_of(request).seats) & ~Q(asked_by=user.pk)
    if todo == LATE:
        return mine & Q(state=State.SUBMITTED, due_at__lt=now)
    if todo == OURS:
        return Q(unit__in=own)
    if todo == DECIDED:
        return Q(unit__in=own, number__isnull=False, decided_at__gte=now - dt.timedelta(days=NEWS_DAYS))
    last = today + dt.timedelta(days=settings.ADMISSION_WARN_DAYS)
    return mine & Q(state=State.APPROVED, granted_from__lte=today, granted_until__range=(today, last))


class TodoFilter(KnownFilter):
    """What tabs and the day's numbers ask for."""

    title = _("what is to be done")
    parameter_name = "todo"
    template = "admin/asked_filter.html"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        decided = (DECIDED, _("Decided in the last two weeks"))
        asked = [(DECIDE, _("To decide")), (LATE, _("Decision late")), (OURS, _("Our requests"))]
        return [*asked, decided, (ENDING, _("Ends soon"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(waiting(request, value))


class StateFilter(KnownFilter):
    """A state, the whole register, or what counts today."""

    title = _("state")
    parameter_name = "state"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [*State.choices, ("decided", _("Register: all decisions")), ("in_force", _("In force today"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        if value == "in_force":
            return rows.admitted(clock.today())
        return rows.published() if value == "decided" else rows.filter(state=value)


class DepartmentFilter(KnownFilter):
    """Departments of which there is a row."""

    title = _("department")
    parameter_name = "department"
    column = "unit"
    model: type[Any] = Admission

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        seen = self.model._default_manager.within(scope_of(request)).order_by().values(self.column)
        return list(Unit.objects.filter(pk__in=seen).order_by("code").values_list("code", "name"))

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(**{f"{self.column}__code": value})


class YearFilter(KnownFilter):
    """The year of the number; of what has none, the year in which it was asked."""

    title = _("year")
    parameter_name = "year"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        seen: Any = Admission.objects.within(scope_of(request))
        years = set(seen.order_by().values_list("year", "asked_at__year").distinct())
        found = sorted({year or asked for year, asked in years}, reverse=True)
        return [(str(year), str(year)) for year in found]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(Q(year=int(value)) | Q(year=None, asked_at__year=int(value)))


@day.add
def admissions_today(request: HttpRequest) -> Iterator[day.Item]:
    """To decide for whoever keeps the lists, news for departments, late and ending for both. One query."""
    today = clock.today()
    keeps, asks = deciding_districts(request.user, today), own_departments(request.user, today)
    if not (keeps or asks):
        return
    seen: Any = Admission.objects.within(scope_of(request))
    wanted = {todo: Count("pk", filter=waiting(request, todo)) for todo in (DECIDE, LATE, DECIDED, ENDING)}
    late_to_decide = waiting(request, DECIDE) & Q(due_at__lt=clock.now())
    found = seen.order_by().aggregate(**wanted, late_to_decide=Count("pk", filter=late_to_decide))
    address = f"{reverse('admin:duties_admission_changelist')}?todo="
    if keeps:
        late = found["late_to_decide"]
        yield day.Item(day.Part.DECIDE, _("Admissions to decide"), found[DECIDE], address + DECIDE, late=late)
    yield day.Item(day.Part.DUE, _("Admissions whose decision is late"), found[LATE], address + LATE)
    yield day.Item(day.Part.DUE, _("Admissions that end soon"), found[ENDING], address + ENDING)
    if asks:
        yield day.Item(day.Part.TODAY, _("Our admissions, newly decided"), found[DECIDED], address + DECIDED)
