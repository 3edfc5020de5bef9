"""What the desk's lists of whistles and of called departments share: policies, the whistle's story, filters."""

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.admin.base import SeesCases
from cases.admin.whistle_story import told
from cases.figures.viewer import Period
from cases.models import Case, Whistle, WhistleCall
from cases.policies.whistles import WhistleLook, concerns, may_act
from staffing.admin.base import day_of
from staffing.admin.history import Line
from staffing.admin.verbs import Verb
from staffing.models import Unit
from yuhu.kit import clock
from yuhu.kit.desk.lists import BoundedPages, KnownFilter, scope_of
from yuhu.kit.verdicts import Verdict


def may_whistle(verb: str) -> Callable[[Any, Whistle, dt.datetime], Verdict]:
    """The policy of a verb on a whistle."""
    return lambda user, row, at: may_act(verb, WhistleLook(row, user, at))


def may_call(verb: str) -> Callable[[Any, WhistleCall, dt.datetime], Verdict]:
    """The policy of a verb on a called department."""
    return lambda user, row, at: may_act(verb, WhistleLook(row.whistle, user, at, row))


class ActsAdmin(SeesCases):
    """Rows of whistles, seen by whoever sees cases; nobody types into them, verbs do everything."""

    show_full_result_count = False
    paginator = BoundedPages

    def looking(self, request: HttpRequest, obj: Any) -> WhistleLook:
        """The person, looking at the row now."""
        raise NotImplementedError

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        """A verb of the other side is not worth a line."""
        return concerns(verb.name, self.looking(request, obj))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With the way to the case, as long as it is open to the person."""
        if (obj := context.get("original")) is not None:
            cases: Any = Case.objects.within(scope_of(request))
            case_id = self.looking(request, obj).whistle.case_id
            context["may_open_case"] = cases.filter(pk=case_id).exists()
        return super().render_change_form(request, context, *args, **kwargs)

    def story(self, request: HttpRequest, obj: Any) -> list[Line]:
        """What happened to the whistle; a department hears of its own doings."""
        whistle: Whistle = self.looking(request, obj).whistle
        calls = list(WhistleCall.objects.filter(whistle=whistle).select_related("unit"))
        names = {call.unit.code: call.unit.name for call in calls}
        scope = scope_of(request)
        own = {call.unit.code for call in calls if call.unit_id in scope.units}
        return told(whistle, names, None if scope.covers(whistle.street_code) else own)

    def named_field(self, request: HttpRequest, named: Any) -> Any:
        """Only departments of the district are called."""
        field: Any = super().named_field(request, named)
        field.queryset = field.queryset.filter(kind=Unit.Kind.DEPARTMENT)
        return field


class DepartmentFilter(KnownFilter):
    """One of the departments that were ever called."""

    title = _("department")
    parameter_name = "unit"
    column: ClassVar[str] = "unit"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        called = WhistleCall.objects.within(scope_of(request)).values("unit")
        rows = Unit.objects.filter(pk__in=called).order_by("code").values_list("pk", "name")
        return [(str(key), name) for key, name in rows]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(**{self.column: value})


class CalledFilter(admin.SimpleListFilter):
    """By the day of the call: a year, or from one day to another (``?called=2026-01-01..2026-03-31``)."""

    title = pgettext_lazy("whistle", "called")
    parameter_name = "called"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        year = clock.today().year
        return [(str(one), str(one)) for one in (year, year - 1, year - 2)]

    @property
    def period(self) -> Period | None:
        """The days that were asked for; None when there are none, or they are none."""
        text = self.value() or ""
        if len(text) == 4 and text.isascii() and text.isdigit() and "1900" < text < "2200":
            return Period.of_days(dt.date(int(text), 1, 1), dt.date(int(text), 12, 31))
        first, _dots, last = text.partition("..")
        begins, ends = day_of(first), day_of(last)
        if begins is None or ends is None or ends < begins:
            return None
        return Period.of_days(begins, ends)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        period = self.period
        if period is None:
            return queryset
        return queryset.filter(called_at__gte=period.start, called_at__lt=period.end)
