"""How lists of visits, and of what hangs on visits, are narrowed; and what of the official's day is about visits.

Leaves to others: the lists themselves (visits, cases.admin.visits).
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from blocks.models import Block, Community, District, Street
from staffing.admin.base import DayFilter, day_of
from staffing.admin.visit_forms import STATE_LATE
from staffing.middleware import StaffRequest
from staffing.models import Visit
from staffing.policies import plans_visits
from yuhu.kit import clock
from yuhu.kit.desk import day
from yuhu.kit.desk.day import Item, Part
from yuhu.kit.desk.lists import KnownFilter, scope_of

SPAN = ".."


class VisitDayFilter(DayFilter):
    """Visits of all days, unless a day (``?on=2026-11-24``) or a span (``?on=2026-11-01..2026-11-30``) is asked for."""

    # The path from a row to its visit, for lists of what hangs on visits.
    of_visit = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        today = clock.today()
        monday = today - dt.timedelta(days=today.weekday())
        week = (monday, monday + dt.timedelta(days=6))
        month = (today - dt.timedelta(days=29), today)
        return [
            (today.isoformat(), _("Today")),
            (_span(*week), _("This week")),
            (_span(*month), _("Last 30 days")),
        ]

    @property
    def span(self) -> tuple[dt.date, dt.date] | None:
        """First and last day of what was asked for; None when nothing was, or no day is."""
        first, _dots, last = str(self.value() or "").partition(SPAN)
        begins, ends = day_of(first), day_of(last or first)
        return (begins, ends) if begins and ends else None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.span is None:
            return queryset
        rows: Any = queryset
        if not self.of_visit:
            return cast("QuerySet[Any]", rows.during(*self.span))
        return queryset.filter(**{f"{self.of_visit}__in": Visit.objects.during(*self.span)})

    def choices(self, changelist: Any) -> Iterator[Any]:
        self.others = [(key, value) for key, value in changelist.params.items() if key != self.parameter_name]
        offered = {key for key, _label in self.lookup_choices}
        every, *known = admin.SimpleListFilter.choices(self, changelist)
        yield {**every, "display": _("All days"), "selected": self.span is None}
        yield from known
        if self.span is not None and self.day is None and self.value() not in offered:
            shown = f"{self.span[0].isoformat()} – {self.span[1].isoformat()}"
            query = changelist.get_query_string({self.parameter_name: self.value()})
            yield {"selected": True, "query_string": query, "display": shown}


def _span(first: dt.date, last: dt.date) -> str:
    return f"{first.isoformat()}{SPAN}{last.isoformat()}"


class VisitStateFilter(KnownFilter):
    """How it stands; late is what nobody recorded though its day has passed."""

    title = _("state")
    parameter_name = "state"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [*Visit.State.choices, ("late", STATE_LATE)]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.late(clock.today()) if value == "late" else rows.filter(state=value)


class WhoseFilter(KnownFilter):
    """Those in which I take part."""

    title = _("who goes")
    parameter_name = "whose"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("mine", pgettext_lazy("visits", "Mine"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.of(cast(StaffRequest, request).user.pk)


class AreaFilter(KnownFilter):
    """An area by its code (``?area=430302001``), as figures ask for it; only areas that the person sees."""

    title = _("area")
    parameter_name = "area"
    template = "admin/asked_filter.html"
    column = "block__code"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        code = str(request.GET.get(self.parameter_name, ""))
        name = area_name(code)
        return [(code, name)] if name else []

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(**{f"{self.column}__startswith": value})


def area_name(code: str) -> str:
    """The name of the district, street, community or block of this code; nothing when there is none."""
    model: Any = {6: District, 9: Street, 12: Community, 14: Block}.get(len(code))
    if model is None or not (code.isascii() and code.isdigit()):
        return ""
    return str(model._default_manager.filter(code=code).values_list("name", flat=True).first() or "")


@day.add
def of_visits(request: HttpRequest) -> Iterator[Item]:
    """Visits of today, and those that nobody has recorded; whoever sees no area and goes nowhere has none."""
    scope, today = scope_of(request), clock.today()
    if not scope.looks_after_cases or not plans_visits(request.user, on=today):
        return
    person = cast(StaffRequest, request).user.pk
    of_today = Q(planned_for=today)
    mine = Q(pk__in=Visit.objects.of(person).values("pk"))
    found = Visit.objects.within(scope).planned().aggregate(
        mine=Count("pk", filter=of_today & mine),
        area=Count("pk", filter=of_today),
        late=Count("pk", filter=Q(planned_for__lt=today)),
    )  # fmt: skip
    address = reverse("admin:staffing_visit_changelist")
    planned = f"{address}?on={today.isoformat()}&state=planned"
    yield Item(Part.TODAY, _("My visits and meetings today"), found["mine"], f"{planned}&whose=mine")
    if scope.areas:
        yield Item(Part.TODAY, _("Visits and meetings today in my area"), found["area"], planned)
    yield Item(
        Part.DUE,
        _("Visits past their day without a record"),
        found["late"],
        f"{address}?state=late",
    )
