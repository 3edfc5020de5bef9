"""The desk for tasks that were pushed past the lists: streets and communities report, inspection decides.

Nobody of the reported department ever sees a row (``OffListReport.objects.within``). Leaves to others: who may and when
(policies), what happens (actions).
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duties.actions import (
    Pushed,
    conclude_report,
    confirm_report,
    dismiss_report,
    erase_report,
    report_off_list,
    take_up_report,
)
from duties.admin.admission_filters import DepartmentFilter
from duties.admin.admission_forms import ConcludeForm, ConfirmForm, DismissForm, PushedForm
from duties.figures import off_list_tasks
from duties.models import OffListReport
from duties.policies.admissions import (
    may_conclude,
    may_erase_report,
    may_judge,
    may_read_reports,
    may_report,
    may_take_up,
)
from staffing.admin.filters import FilteredAdmin
from staffing.admin.verbs import PersonVerbsAdmin, Verb
from staffing.models import Unit
from staffing.policies import may
from staffing.posts import Capability
from yuhu.kit import clock
from yuhu.kit.desk import day
from yuhu.kit.desk.lists import KnownFilter, scope_of

State = OffListReport.State
OPEN, VIOLATION = "open", "violation"


class ReportStateFilter(KnownFilter):
    """A state, all that have not ended, or all violations."""

    title = _("state")
    parameter_name = "state"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [(OPEN, _("Not ended")), (VIOLATION, _("All violations")), *State.choices]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        if value == VIOLATION:
            return rows.confirmed()
        return rows.open() if value == OPEN else rows.filter(state=value)


class ReportedDepartmentFilter(DepartmentFilter):
    column = "department"
    model = OffListReport


class ReceivedYearFilter(KnownFilter):
    """The year in which the task came."""

    title = _("year")
    parameter_name = "year"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        seen: Any = OffListReport.objects.within(scope_of(request))
        years = seen.order_by().values_list("received_on__year", flat=True).distinct()
        return [(str(year), str(year)) for year in sorted(years, reverse=True)]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(received_on__year=int(value))


class TodoFilter(KnownFilter):
    """What the day's number asks for."""

    title = _("what is to be done")
    parameter_name = "todo"
    template = "admin/asked_filter.html"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("inspect", _("To inspect"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.inspected(scope_of(request)).open()


@admin.register(OffListReport)
class OffListReportAdmin(FilteredAdmin, PersonVerbsAdmin):
    """One's own reports; for inspection those of the district."""

    add_form = PushedForm
    change_form_template = "admin/duties/offlistreport/change_form.html"
    change_list_template = "admin/duties/offlistreport/change_list.html"
    list_display = ("name", "department", "short", "level", "received_on", "way", "state", "reported_by")
    list_display_links = ("name", "short")
    list_filter = (TodoFilter, ReportStateFilter, ReportedDepartmentFilter, "level", ReceivedYearFilter)
    search_fields = ("department__name", "what")
    search_help_text = _("department, or words of the report")
    noun = "report"
    verbs = (
        Verb("take_up", _("Take it up"), may_take_up, take_up_report),
        Verb("confirm", _("Confirm the violation"), may_judge, confirm_report, ConfirmForm),
        Verb("dismiss", _("Dismiss it"), may_judge, dismiss_report, DismissForm),
        Verb("close", _("Close with a consequence"), may_conclude, conclude_report, ConcludeForm),
        Verb(
            "erase",
            _("Erase the texts"),
            may_erase_report,
            erase_report,
            confirm=_("What was written is deleted for good; department, days and state stay."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        people = ("reported_by", "taken_by", "decided_by")
        return rows.select_related("department", "item", "admission", *people)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(may_read_reports(request.user, clock.now()))

    def has_edit_permission(self, request: HttpRequest) -> bool:
        return bool(may_report(request.user, clock.now()))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": PushedForm.Meta.fields})]
        said = (
            "department",
            "what",
            "received_on",
            "way",
            "level",
            "looks_like",
            "reported_by",
            "reported_at",
        )
        found = (
            "state",
            "taken_by",
            "taken_at",
            "finding",
            "decided_by",
            "decided_at",
            "consequence",
            "follow_up",
        )
        return [
            (_("The report"), {"fields": said}),
            (_("Inspection by the district"), {"fields": (*found, "closed_at")}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("looks_like",)

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        """Inspection is told what comes first; the reporter has no verbs."""
        inspects = obj.department.district_id in scope_of(request).inspects
        return (
            bool(inspects and may(request.user, Capability.INSPECT, on=clock.today()))
            and verb.name != "erase"
        )

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Departments, but none in which the person has a post."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "department" and field is not None:
            others = Unit.objects.exclude(pk__in=scope_of(request).seats).order_by("code")
            field.queryset = others.filter(kind=Unit.Kind.DEPARTMENT)
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"received_on": clock.today(), **super().get_changeform_initial_data(request)}

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> OffListReport:
        return report_off_list(pushed=Pushed(**data), **self.who(request))

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        text = gettext(
            "It went to inspection only. Your name is shown to nobody else; you will be told the outcome."
        )
        messages.success(request, text)
        return redirect(obj)

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "off_list_report", obj.pk

    def tabs(self, request: HttpRequest) -> list[tuple[Any, str]]:
        inspects = may(request.user, Capability.INSPECT, on=clock.today())
        todo = [(_("To inspect"), "todo=inspect")] if inspects else [(_("Not ended"), f"state={OPEN}")]
        return [*todo, (_("All violations"), f"state={VIOLATION}")]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        year, scope = clock.today().year, scope_of(request)
        context: dict[str, Any] = {"year_now": year}
        if scope.inspects:
            context["pushed"] = off_list_tasks(scope, dt.date(year, 1, 1), dt.date(year + 1, 1, 1))
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @admin.display(description=_("number"), ordering="pk")
    def name(self, obj: OffListReport) -> int:
        return obj.pk

    @admin.display(description=_("what was pushed"))
    def short(self, obj: OffListReport) -> str:
        if obj.erased_at is not None:
            return gettext("(erased)")
        line = obj.what.splitlines()[0]
        return line if len(line) <= 40 else f"{line[:40]}…"

    @admin.display(description=_("looked like, when it was reported"))
    def looks_like(self, obj: OffListReport) -> str | SafeString:
        if obj.item is not None:
            address = reverse("admin:duties_dutyitem_change", args=[obj.item.pk])
            return format_html('<a href="{}">{}</a>', address, obj.item)
        if obj.admission is not None:
            text = f"{obj.admission.code} {obj.admission.title}"
            return format_html('<a href="{}">{}</a>', obj.admission.get_absolute_url(), text)
        return gettext("Nothing on the lists in force, and no admitted task.")


@day.add
def reports_today(request: HttpRequest) -> Iterator[day.Item]:
    """What inspection has not ended. One query, and none for others."""
    if may(request.user, Capability.INSPECT, on=clock.today()):
        found = OffListReport.objects.inspected(scope_of(request)).open().count()
        address = f"{reverse('admin:duties_offlistreport_changelist')}?todo=inspect"
        yield day.Item(day.Part.DECIDE, _("Off-list tasks to inspect"), found, address)
