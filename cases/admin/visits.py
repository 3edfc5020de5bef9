"""What became of visits and meetings: findings as a list, the verb that makes a case of one, and the figures.

The list of visits is staffing's (staffing.admin.visits). Staffing knows no cases, so it is registered here once more,
with what cases know: on the page of a visit the fate of each finding.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cases.actions import report_finding
from cases.actions.findings import HAZARDS
from cases.admin.base import LoopAdmin
from cases.figures.visits import BECAME, REMOVED, Days, visits_of
from cases.forms.choices import category_groups
from cases.forms.fields import Group
from cases.models import Case, Category
from cases.policies import may_report_finding
from cases.states import State
from staffing.admin.base import day_of
from staffing.admin.filters import FilteredAdmin
from staffing.admin.roster import BlockOfStreetFilter
from staffing.admin.verbs import Verb
from staffing.admin.visit_forms import AddFindingForm, RecordForm, choices_of
from staffing.admin.visit_lists import AreaFilter, VisitDayFilter, area_name
from staffing.admin.visits import OUTLINES, VisitAdmin
from staffing.models import Finding, Visit
from staffing.policies import may
from staffing.posts import Capability
from yuhu.kit import clock
from yuhu.kit.desk import day
from yuhu.kit.desk.day import Item, Part
from yuhu.kit.desk.forms import VerbForm
from yuhu.kit.desk.lists import KnownFilter, scope_of
from yuhu.kit.scope import BLOCK, COMMUNITY, DISTRICT, STREET

LENGTHS = frozenset({DISTRICT, STREET, COMMUNITY, BLOCK})
SHOWN = 60  # characters of a finding in a list
WORDS = {
    "none": _("No case yet"),
    "open": _("Case being handled"),
    "closed": _("Case closed"),
    "ended": _("Case ended without handling"),
    "solved": _("Solved on the spot"),
}


class BecameFilter(KnownFilter):
    """What became of a finding, as the figures count it; ``removed`` is asked for by the figure of hazards."""

    title = _("what became of it")
    parameter_name = "became"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [*WORDS.items(), ("removed", _("Hazard removed"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(REMOVED if value == "removed" else BECAME[value])


class FindingDayFilter(VisitDayFilter):
    of_visit = "visit"


class FindingStreetFilter(BlockOfStreetFilter):
    column = "visit__block__community__street"


class FindingAreaFilter(AreaFilter):
    column = "visit__block__code"


class WaitsFilter(KnownFilter):
    """Those that wait to become a case, as the first page counts them."""

    title = pgettext_lazy("finding", "waits")
    template = "admin/asked_filter.html"
    parameter_name = "waits"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("true", _("Waits to become a case"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return waiting(rows)


def waiting(rows: Any) -> Any:
    """Neither solved nor a case, and its words are still there."""
    return rows.filter(BECAME["none"], visit__emptied_at=None)


class ReportForm(VerbForm):
    """The case as it will be reported: filled in from the finding."""

    category = forms.ChoiceField(label=capfirst(_("category")), choices=[("", _("Please choose"))])
    description = forms.CharField(
        label=capfirst(_("description")),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text=_("Whoever handles the case reads this. Say where exactly, and what is to be done."),
    )

    @classmethod
    def initial_of(cls, obj: Any) -> dict[str, Any]:
        return {"category": obj.category_code, "description": obj.text}

    def offer(self, groups: list[Group]) -> None:
        """Let the case have one of these categories; a hazard one of public safety."""
        shown = choices_of(groups)
        if self.obj.is_hazard:
            shown = [
                (label, kept)
                for label, options in shown
                if (kept := [one for one in options if one[0].startswith(HAZARDS)])
            ]
        field: Any = self.fields["category"]
        field.choices = [("", gettext("Please choose")), *shown]


def _groups(request: HttpRequest) -> list[Group]:
    """The categories, asked for once a request: a page may hold a form for each finding."""
    if "category_groups" not in vars(request):
        vars(request)["category_groups"] = category_groups()
    found: list[Group] = vars(request)["category_groups"]
    return found


def of_findings(rows: Any, request: HttpRequest) -> Any:
    """With what a line says of a finding's case, and whether it opens for this person."""
    opens = Case.objects.within(scope_of(request)).filter(finding=OuterRef("pk"))
    cases = Case.objects.only("number", "state", "finding_id", "restricted")
    named = Category.objects.filter(pk=OuterRef("category_code"))
    rows = rows.annotate(
        opens=Exists(opens),
        category_name=Subquery(named.values("name")[:1]),
        category_name_en=Subquery(named.values("name_en")[:1]),
    )
    return rows.prefetch_related(Prefetch("cases", cases), "visit__cadres")


@admin.register(Finding)
class FindingAdmin(FilteredAdmin, LoopAdmin):
    """What was found at the visits that the person sees, and what became of it."""

    change_list_template = "admin/staffing/finding/change_list.html"
    noun = "finding"
    verbs: ClassVar[tuple[Verb, ...]] = (
        Verb(
            "report",
            _("Make a case of it"),
            lambda user, row, at: may_report_finding(user, row, on=clock.local_date(at)),
            report_finding,
            ReportForm,
        ),
    )
    list_display = ("shortened", "kind", "category", "dated", "block_name", "street", "became")
    list_display_links = ("shortened",)
    list_filter = (
        *(BecameFilter, WaitsFilter, "kind", FindingDayFilter, FindingStreetFilter, FindingAreaFilter),
    )
    list_select_related = ("visit__block__community__street",)
    deferred = tuple(f"visit__{name}" for name in (*OUTLINES, "summary"))
    search_fields = ("^visit__block__code", "visit__block__name", "text")
    search_help_text = _("block, or words of the finding")
    ordering = ("-visit__planned_for", "visit", "no")
    sortable_by = ()
    show_full_result_count = False
    fields = ("kind", "words", "category", "visit_link", "block_name", "street", "became")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        scope = scope_of(request)
        return scope.looks_after_cases

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = of_findings(super().get_queryset(request), request)
        return rows

    def tabs(self, request: HttpRequest) -> list[tuple[Any, str]]:
        hazards = (_("Safety hazards"), "kind__exact=hazard")
        return [
            (_("All"), ""),
            *((WORDS[name], f"became={name}") for name in ("none", "open", "closed")),
            hazards,
        ]

    def form_of(self, request: HttpRequest, obj: Any, verb: Verb, data: Any = None) -> VerbForm:
        form = super().form_of(request, obj, verb, data)
        # Forms of several findings may stand on the page of their visit.
        form.auto_id = f"{verb.name}_{obj.pk}_%s"
        cast(ReportForm, form).offer(_groups(request))
        return form

    def do_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        """Pressed twice, or by two people: the one case, and where it is."""
        obj = self.get_object(request, unquote(object_id)) if request.method == "POST" else None
        if obj is not None and (case := next(iter(obj.cases.all()), None)) is not None:
            messages.info(request, gettext("This became case %(number)s already.") % {"number": case.number})
            return redirect(obj.visit)
        return super().do_view(request, object_id, verb)

    def page_after(self, request: HttpRequest, obj: Any, verb: Verb) -> str:
        return str(obj.visit.get_absolute_url())

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        return not obj.solved

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "visit", obj.visit_id

    @admin.display(description=_("finding"))
    def shortened(self, obj: Finding) -> str:
        return Truncator(obj.text).chars(SHOWN) or "—"

    @admin.display(description=_("text"))
    def words(self, obj: Finding) -> SafeString:
        return format_html('<span class="admin-words">{}</span>', obj.text or "—")

    @admin.display(description=_("category"))
    def category(self, obj: Finding) -> str:
        return category_of(obj) or "—"

    @admin.display(description=_("day"))
    def dated(self, obj: Finding) -> SafeString:
        return format_html('<span class="admin-time">{}</span>', obj.visit.day.isoformat())

    @admin.display(description=_("block"))
    def block_name(self, obj: Any) -> str:
        return f"{obj.visit.block.name}（{obj.visit.block.code}）"

    @admin.display(description=_("street"))
    def street(self, obj: Any) -> str:
        return str(obj.visit.block.community.street.name)

    @admin.display(description=_("visit or meeting"))
    def visit_link(self, obj: Any) -> SafeString:
        return format_html('<a href="{}">{}</a>', obj.visit.get_absolute_url(), obj.visit)

    @admin.display(description=_("what became of it"))
    def became(self, obj: Any) -> SafeString:
        return became(obj)


def category_of(finding: Any) -> str:
    """The name of its category, in the reader's language; nothing when none was named."""
    name, name_en = finding.category_name or "", finding.category_name_en or ""
    return Category(code=finding.category_code, name=name, name_en=name_en).label if name else ""


def became(finding: Any) -> SafeString:
    """The case with its state; a link only for whom it opens, and nothing of a restricted one for others."""
    case: Case | None = next(iter(finding.cases.all()), None)
    if case is None:
        return format_html('<span class="quiet">{}</span>', WORDS["solved" if finding.solved else "none"])
    if case.restricted and not finding.opens:
        return format_html('<span class="quiet">{}</span>', _("A case that only its parties see"))
    state = format_html(
        '<span class="admin-state admin-state--{}">{}</span>', case.phase.value, case.get_state_display()
    )
    if not finding.opens:
        return format_html('<span class="admin-number">{}</span> {}', case.number, state)
    return format_html(
        '<a class="admin-number" href="{}">{}</a> {}', case.get_absolute_url(), case.number, state
    )


admin.site.unregister(Visit)


@admin.register(Visit)
class VisitCasesAdmin(VisitAdmin):
    """The visits, with what became of what was found there."""

    change_list_template = "admin/staffing/visit/change_list.html"
    change_form_template = "admin/staffing/visit/change_form.html"
    sheet = (
        *VisitAdmin.sheet,
        (_("became cases"), lambda row: row.cases_found),
        (_("cases closed"), lambda row: row.closed_found),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        closed = Count("findings", filter=Q(findings__cases__state=State.CLOSED), distinct=True)
        made = Count("findings__cases", distinct=True)
        rows: QuerySet[Any] = super().get_queryset(request).annotate(cases_found=made, closed_found=closed)
        return rows

    def form_of(self, request: HttpRequest, obj: Any, verb: Verb, data: Any = None) -> VerbForm:
        form = super().form_of(request, obj, verb, data)
        if isinstance(form, RecordForm | AddFindingForm):
            form.offer_categories(choices_of(_groups(request)))
        return form

    def get_urls(self) -> list[URLPattern]:
        own = path("figures/", self.admin_site.admin_view(self.figures_view), name="staffing_visit_figures")
        return [own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"sees_figures": _sees_figures(request)}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = context.get("original")
        if obj is not None and obj.is_done:
            context["findings"] = self._findings(request, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def _findings(self, request: HttpRequest, visit: Visit) -> list[dict[str, Any]]:
        """Each finding with its fate, and the verb that makes a case of it where the person may."""
        desk = cast(FindingAdmin, self.admin_site._registry[Finding])
        rows = list(of_findings(visit.findings.order_by("no"), request))
        found = []
        for row in rows:
            row.visit = visit
            verbs = list(desk.shown(request, row))
            found.append(
                {
                    "row": row,
                    "category": category_of(row),
                    "became": became(row),
                    "verb": next((one for one in verbs if one.verdict), None),
                }
            )
        return found

    def figures_view(self, request: HttpRequest) -> HttpResponse:
        """What visits brought in a period, for an area that the person sees and its parts."""
        if not _sees_figures(request):
            raise PermissionDenied
        scope, today = scope_of(request), clock.today()
        own = sorted(scope.areas, key=lambda code: (len(code), code))
        asked = str(request.GET.get("area", ""))
        area = asked if len(asked) in LENGTHS and scope.covers(asked) and area_name(asked) else own[0]
        last = min(day_of(request.GET.get("to")) or today, today)
        first = day_of(request.GET.get("from")) or last - dt.timedelta(days=29)
        days = Days(min(first, last), last)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Figures of visits"),
            "opts": self.opts,
            "figures": visits_of(scope, area, days),
            "days": days,
            "area": area,
            "name": area_name(area),
            "above": [(code, area_name(code)) for code in _above(area) if scope.covers(code)],
            "goes_deeper": len(area) < COMMUNITY,
            "words": WORDS,
        }
        return TemplateResponse(request, "admin/staffing/visit/figures.html", context)


def _above(area: str) -> list[str]:
    """The codes of the areas around this one, the largest first."""
    return [area[:length] for length in (DISTRICT, STREET, COMMUNITY) if length < len(area)]


def _sees_figures(request: HttpRequest) -> bool:
    entitled = bool(may(request.user, Capability.SEE_FIGURES, on=clock.today()))
    return entitled and bool(scope_of(request).areas)


@day.add
def of_findings_without_case(request: HttpRequest) -> Iterator[Item]:
    """Findings that nobody has solved or made a case of, for whoever may."""
    scope = scope_of(request)
    if not scope.looks_after_cases:
        return
    if not may(request.user, Capability.REPORT_CASE, on=clock.today()):
        return
    number = waiting(Finding.objects.within(scope)).count()
    address = reverse("admin:staffing_finding_changelist")
    yield Item(Part.DO, _("Findings without a case"), number, f"{address}?waits=true")
