"""Legal counsel at the desk: who advises which unit or community, and which of them have nobody."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from staffing.actions import appoint_counsel, end_counsel
from staffing.admin.base import DayFilter, entitled, who_and_when
from staffing.admin.register_forms import CounselForm, FollowForm, UntilForm
from staffing.admin.units import UnitStreetFilter
from staffing.admin.verbs import Verb, VerbsAdmin
from staffing.figures import communities_without_counsel, counsel_coverage
from staffing.models import CounselAppointment, Unit
from staffing.policies import (
    appoints,
    areas_to_appoint_in,
    may_appoint_counsel,
    may_end_counsel,
)
from yuhu.kit import clock
from yuhu.kit.desk import day
from yuhu.kit.desk.lists import KnownFilter, demo_mark, scope_of
from yuhu.kit.verdicts import Verdict


def _ends(user: Any, row: CounselAppointment, at: dt.datetime) -> Verdict:
    return may_end_counsel(user, row, on=clock.local_date(at))


def _follow(*, counsel: CounselAppointment, **said: Any) -> CounselAppointment:
    return appoint_counsel(unit=counsel.unit, **said)


class OfWhomFilter(KnownFilter):
    """Communities, or the units of the register."""

    title = _("of whom")
    parameter_name = "of"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("communities", _("Communities")), ("units", _("Units"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        communities = {"unit__kind": Unit.Kind.COMMUNITY}
        return rows.filter(**communities) if value == "communities" else rows.exclude(**communities)


@admin.register(CounselAppointment)
class CounselAdmin(VerbsAdmin):
    """Open to read for everybody who holds a post: a resident may be sent there."""

    noun = "counsel"
    add_form = CounselForm
    list_display = ("unit", "name", "firm", "phone", "starts_on", "ends_on", "demo")
    list_filter = (DayFilter, OfWhomFilter, UnitStreetFilter)
    list_select_related = ("unit",)
    search_fields = ("unit__name", "name", "firm", "=licence", "=phone")
    search_help_text = _("unit, lawyer, law firm or number")
    ordering = ("unit__code", "-starts_on")
    autocomplete_fields = ("unit",)
    prefilled = ("unit",)
    verbs = (
        Verb("follow", _("Appoint a successor"), _ends, _follow, FollowForm),
        Verb("end", _("End the appointment"), _ends, end_counsel, UntilForm),
    )

    def has_edit_permission(self, request: HttpRequest) -> bool:
        return bool(appoints(request.user, on=clock.today()))

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        return bool(may_appoint_counsel(request.user, obj.unit, on=clock.today()))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("unit")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return CounselForm.Meta.fields if obj is None else (*CounselForm.Meta.fields, "ends_on")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"starts_on": clock.today(), **super().get_changeform_initial_data(request)}

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> CounselAppointment:
        entitled(may_appoint_counsel(request.user, data["unit"], on=clock.today()), field="unit")
        return appoint_counsel(**data, **who_and_when(request))

    def page_after(self, request: HttpRequest, obj: Any, verb: Verb) -> str:
        """After a succession the new appointment."""
        return self.page_of(CounselAppointment.objects.filter(unit=obj.unit_id).latest("starts_on"))

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "counsel", obj.unit_id

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        coverage = {"coverage": counsel_coverage(clock.today())} if scope_of(request).has_post else {}
        return super().changelist_view(request, {**coverage, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.without_view)
        return [
            path("without/", view, name="staffing_counselappointment_without"),
            *super().get_urls(),
        ]

    def without_view(self, request: HttpRequest) -> HttpResponse:
        """Units of the register and communities without counsel today; ``?mine=1``: of one's own area."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = clock.today()
        own = areas_to_appoint_in(request.user, today)
        mine, communities = request.GET.get("mine") == "1", request.GET.get("of") == "communities"
        coverage = counsel_coverage(today, own if mine else None)
        lacking = [unit for unit in coverage.without if not communities or unit.kind == Unit.Kind.COMMUNITY]
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Without legal counsel"),
            "opts": self.opts,
            "coverage": coverage,
            "rows": [(unit, bool(may_appoint_counsel(request.user, unit, on=today))) for unit in lacking],
            "mine": mine,
            "communities": communities,
            "own": own,
            "on": today,
        }
        return TemplateResponse(request, "admin/staffing/counselappointment/without.html", context)

    @admin.display(description=_("demo"))
    def demo(self, obj: CounselAppointment) -> SafeString:
        return demo_mark(obj.source)


@day.add
def of_counsel(request: HttpRequest) -> Iterable[day.Item]:
    """Communities without counsel, for whoever appoints there."""
    today = clock.today()
    areas = areas_to_appoint_in(request.user, today)
    if not areas:
        return []
    url = reverse("admin:staffing_counselappointment_without") + "?mine=1&of=communities"
    number = communities_without_counsel(today, areas)
    return [day.Item(day.Part.PEOPLE, _("Communities without legal counsel"), number, url)]
