"""The desk for dispatching: cases in a list, by kinds of work and by filters, with moves for many at once.

A case opens on its own page, which offers exactly the moves that the person may make. Everything is stored by the
actions.
"""

import datetime as dt
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from blocks.admin import StreetFilter
from blocks.models import Community, Street
from cases.actions.export import export_cases
from cases.admin.agenda import MeetingFilter, put_on_agenda
from cases.admin.base import moment
from cases.admin.export import ExportForm, sheet
from cases.admin.many import DispatchForm, UrgeForm, each, receiver_data, too_many
from cases.admin.meeting_forms import case_label
from cases.exceptions import NoSuchCase
from cases.figures import Show, select
from cases.figures.sets import decisions
from cases.models import Case, CaseRequest, Category
from cases.policies import may_ever
from cases.policies.meetings import convenes
from cases.states import MOVES, Path, State
from cases.views.visible import by_of, viewer_of
from duties.models import Severity
from staffing.admin.filters import FilteredAdmin
from staffing.middleware import StaffRequest
from yuhu.kit import clock, search
from yuhu.kit.desk.forms import Named
from yuhu.kit.desk.lists import BoundedPages, KnownFilter, demo_mark, scope_of
from yuhu.kit.excel.writing import XLSX
from yuhu.kit.exceptions import Refusal

# The kinds of work that the list knows; what was done in a period is asked by figures, not by a list.
SHOWS = (
    *(Show.MINE, Show.DISPATCH, Show.DECIDE, Show.SIGN, Show.HANDLE, Show.EVALUATE, Show.WAITING),
    *(Show.REPORTED, Show.UNIT, Show.AREA, Show.LATE_STEP),
)
DISPATCH_NAMES = {
    "unit": Named(Case, "lead_unit", _("Unit in charge")),
    "duty_item": Named(Case, "duty_item", _("Item of the duty list"), required=False),
}


class StateFilter(KnownFilter):
    """One state, or all that are open."""

    title = _("state")
    parameter_name = "state"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("open", _("Not ended")), *State.choices]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.open() if value == "open" else rows.filter(state=value)


class LateFilter(KnownFilter):
    """Past the handle limit, or near it."""

    title = _("time limit")
    parameter_name = "overdue"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("true", _("Overdue")), ("soon", _("Due soon"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.overdue(clock.now()) if value == "true" else rows.due_soon(clock.now())


class WaitsFilter(KnownFilter):
    """No rule found a receiver: a duty officer must."""

    title = _("dispatching")
    parameter_name = "waits"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("true", _("Waits for a duty officer"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.awaiting_person()


class CaseStreetFilter(StreetFilter):
    column = "street_code"


class BranchFilter(KnownFilter):
    """One of the twelve branches of the tree."""

    title = _("category")
    parameter_name = "category"
    column = "category__parent"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        branches = (
            Category.objects.within(scope_of(request)).filter(parent=None).only("code", "name", "name_en")
        )
        return [(branch.code, branch.label) for branch in branches]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(**{self.column: value})


class PathFilter(KnownFilter):
    """How hard the matter is."""

    title = _("path")
    parameter_name = "path"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return list(Path.choices)

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(path=value)


class ShowFilter(KnownFilter):
    """A kind of work, as the first page counts it."""

    title = _("work")
    template = "admin/asked_filter.html"
    parameter_name = "show"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [(show.value, show.label) for show in SHOWS]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows & select(Show(value), viewer_of(request))


class DecideFilter(KnownFilter):
    """Requests that wait for my decision, by kind."""

    title = _("awaits my decision")
    template = "admin/asked_filter.html"
    parameter_name = "decide"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return list(CaseRequest.Kind.choices)

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        asked = CaseRequest.objects.filter(decisions(viewer_of(request)), kind=value)
        return rows.filter(pk__in=asked.values("case"))


@admin.register(Case)
class CaseAdmin(FilteredAdmin):
    """What the person's areas, units and own part open, newest first; never counted as a whole."""

    list_display = ("numbered", "state_badge", "category_name", "place", "holder", "due", "reported", "demo")
    list_display_links = None
    list_filter = (
        *(StateFilter, ShowFilter, LateFilter, DecideFilter, WaitsFilter),
        *(PathFilter, MeetingFilter, CaseStreetFilter, BranchFilter),
    )
    search_fields = ("number",)  # shows the box; ``search`` looks in number, description and address
    search_help_text = _("Number, or words of description and address")
    ordering = ("-reported_at", "-id")
    sortable_by = ("due", "reported")
    paginator = BoundedPages
    show_full_result_count = False
    actions = ("dispatch_by_rule", "dispatch_to", "urge", put_on_agenda)
    typed_by: ClassVar[tuple[str, ...]] = ("number",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Administrators of the system and of its security look after no cases: their posts open none."""
        scope = scope_of(request)
        return scope.looks_after_cases

    def has_dispatch_permission(self, request: HttpRequest) -> bool:
        return bool(may_ever(cast(StaffRequest, request).posts, "dispatch"))

    def has_urge_permission(self, request: HttpRequest) -> bool:
        return bool(may_ever(cast(StaffRequest, request).posts, "urge"))

    def has_convene_permission(self, request: HttpRequest) -> bool:
        return bool(convenes(cast(StaffRequest, request).posts))

    def choice_label(self, obj: Case) -> str:
        return case_label(obj)

    def visible(self, request: HttpRequest, rows: Any) -> Any:
        return super().visible(request, rows).for_lists().defer("description")

    def search(self, request: HttpRequest, rows: QuerySet[Any], question: str) -> tuple[QuerySet[Any], bool]:
        """The first that the pages can show, and the one by which they know that there are more."""
        cases: Any = rows
        if not question.strip():
            return rows, False
        return rows.filter(pk__in=search.keys(cases.text(question), self.paginator.most + 1)), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of the case, which also tells its history and offers its moves."""
        case = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, case):
            raise PermissionDenied
        if case is None:
            raise NoSuchCase
        return redirect(case)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return self.change_view(request, object_id)

    def tabs(self, request: HttpRequest) -> list[tuple[Any, str]]:
        """The kinds of work that the person's posts have; a kind without a post for it would always be empty."""
        posts, scope = cast(StaffRequest, request).posts, scope_of(request)
        found: list[tuple[Any, str]] = [(_("All"), ""), (Show.MINE.label, "show=mine")]
        if scope.units:
            found.append((Show.UNIT.label, "show=my_unit"))
        if scope.areas:
            found.append((Show.AREA.label, "show=my_area"))
        if may_ever(posts, "dispatch"):
            found.append((Show.DISPATCH.label, "show=to_dispatch"))
        if may_ever(posts, "decide-extension"):
            found.append((Show.DECIDE.label, "show=to_decide"))
        late = [(_("Overdue"), "overdue=true"), (_("Due soon"), "overdue=soon")]
        return [*found, (_("Waiting for a signature"), "state=dispatched"), *late]

    def get_urls(self) -> list[URLPattern]:
        own = path("export/", self.admin_site.admin_view(self.export_view), name="cases_case_export")
        return [own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        asked = request.GET.urlencode()
        address = reverse("admin:cases_case_export")
        context = {"export_url": f"{address}?{asked}" if asked else address}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """What the list shows, as a sheet, once the person has said for what."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = ExportForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            at = clock.now()
            shown = self.get_changelist_instance(request)
            try:
                cases = export_cases(
                    cases=cast(Any, shown.get_queryset(request)).order_by(),
                    purpose=form.cleaned_data["purpose"],
                    filters=shown.get_filters_params().keys() - {"q"},
                    by=by_of(request),
                    at=at,
                )
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                return self._as_sheet(request, cases, at)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Export cases"),
            "form": form,
            "opts": self.opts,
            "back_url": f"{reverse('admin:cases_case_changelist')}?{request.GET.urlencode()}",
        }
        return TemplateResponse(request, "admin/cases/case/export.html", context)

    def _as_sheet(self, request: HttpRequest, cases: list[Case], at: dt.datetime) -> HttpResponse:
        names = dict(Street.objects.values_list("code", "name"))
        names |= dict(Community.objects.values_list("code", "name"))
        note = _("Exported by %(name)s (%(post)s) on %(at)s. For official use only.") % {
            "name": cast(StaffRequest, request).actor.name,
            "post": cast(StaffRequest, request).actor.post,
            "at": clock.local(at).strftime("%Y-%m-%d %H:%M"),
        }
        answer = HttpResponse(sheet(cases, names, str(note)), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="cases-{clock.local(at):%Y%m%d-%H%M}.xlsx"'
        return answer

    @admin.action(description=_("Dispatch the selected cases by the rules"), permissions=["dispatch"])
    def dispatch_by_rule(self, request: HttpRequest, queryset: QuerySet[Case]) -> None:
        each(request, queryset, "dispatch")

    @admin.action(description=_("Dispatch the selected cases to one receiver"), permissions=["dispatch"])
    def dispatch_to(self, request: HttpRequest, queryset: QuerySet[Case]) -> HttpResponse | None:
        form = DispatchForm(request.POST if "go" in request.POST else None)
        for name, named in DISPATCH_NAMES.items():
            form.fields[name] = self.named_field(request, named)
        form.order_fields(("unit", "duty_item", "reason"))
        if form.is_bound and form.is_valid():
            each(request, queryset, "dispatch", receiver_data(form.cleaned_data))
            return None
        return self._ask(request, queryset, form, "dispatch_to", MOVES["dispatch"].label)

    @admin.action(description=_("Urge the selected cases"), permissions=["urge"])
    def urge(self, request: HttpRequest, queryset: QuerySet[Case]) -> HttpResponse | None:
        form = UrgeForm(request.POST if "go" in request.POST else None)
        if form.is_bound and form.is_valid():
            each(request, queryset, "urge", form.cleaned_data)
            return None
        return self._ask(request, queryset, form, "urge", MOVES["urge"].label)

    def _ask(
        self, request: HttpRequest, cases: QuerySet[Case], form: forms.Form, action: str, label: Any
    ) -> HttpResponse | None:
        """The page between choosing cases and moving them."""
        if too_many(request, cases):
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": label,
            "form": form,
            "media": self.media + form.media,
            "opts": self.opts,
            "cases": cases.order_by("pk"),
            "action": action,
            "back_url": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/cases/case/many.html", context)

    @admin.display(description=_("case number"))
    def numbered(self, obj: Case) -> SafeString:
        return format_html('<a class="admin-number" href="{}">{}</a>', obj.get_absolute_url(), obj.number)

    @admin.display(description=_("state"))
    def state_badge(self, obj: Case) -> SafeString:
        badge = format_html(
            '<span class="admin-state admin-state--{}">{}</span>', obj.phase.value, obj.get_state_display()
        )
        waits = obj.waits_for_person and not obj.is_final
        return format_html("{}<br>{}", badge, _("waits for a duty officer")) if waits else badge

    @admin.display(description=_("category"))
    def category_name(self, obj: Case) -> SafeString | str:
        urgent = obj.severity in (Severity.HIGH, Severity.CRITICAL)
        name = obj.category.label
        return format_html("{}<br><strong>{}</strong>", name, obj.get_severity_display()) if urgent else name

    @admin.display(description=_("block"))
    def place(self, obj: Case) -> str:
        return obj.block.name if obj.block else obj.address or "—"

    @admin.display(description=_("receiver"))
    def holder(self, obj: Case) -> str:
        return obj.receiver or "—"

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, obj: Case) -> SafeString:
        now = clock.now()
        when = moment(obj.due_at)
        if obj.is_overdue(now):
            return format_html(
                '<span class="admin-clock admin-clock--overdue">{} {}</span>', _("Overdue"), when
            )
        if obj.is_due_soon(now):
            return format_html(
                '<span class="admin-clock admin-clock--soon">{} {}</span>', _("Due soon"), when
            )
        return when

    @admin.display(description=_("reported"), ordering="reported_at")
    def reported(self, obj: Case) -> SafeString:
        return moment(obj.reported_at)

    @admin.display(description=_("demo"))
    def demo(self, obj: Case) -> SafeString:
        return demo_mark(obj.source)
