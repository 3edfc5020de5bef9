"""Visits and open-talk meetings at the desk: to plan, to record, to call off; as a list, a sheet, on paper.

Leaves to others: the case that a finding becomes, and the figures; an app above extends the list (cases.admin.visits).
"""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from staffing.actions import add_finding, cancel_visit, plan_visit, record_visit
from staffing.admin.filters import FilteredAdmin
from staffing.admin.roster import BlockOfStreetFilter
from staffing.admin.verbs import PersonVerbsAdmin, Verb
from staffing.admin.visit_forms import STATE_LATE, AddFindingForm, CancelForm, RecordForm, VisitForm
from staffing.admin.visit_lists import AreaFilter, VisitDayFilter, VisitStateFilter, WhoseFilter
from staffing.middleware import StaffRequest
from staffing.models import Visit
from staffing.policies import (
    cadre_posts,
    level_of,
    may_add_finding,
    may_cancel_visit,
    may_record_visit,
    plans_visits,
)
from yuhu.kit import clock
from yuhu.kit.desk.forms import Named
from yuhu.kit.desk.lists import demo_mark, scope_of
from yuhu.kit.excel.writing import XLSX, Page, workbook

MOST_ROWS = 10_000
OUTLINES = ("block__boundary", "block__community__boundary", "block__community__street__boundary")


class VisitAdmin(FilteredAdmin, PersonVerbsAdmin):
    """Visits and meetings of the person's areas, and those in which he or she takes part."""

    add_form = VisitForm
    noun = "visit"
    verbs: ClassVar[tuple[Verb, ...]] = (
        Verb(
            "record",
            _("Record what took place"),
            lambda user, row, at: may_record_visit(user, row, on=clock.local_date(at)),
            record_visit,
            RecordForm,
        ),
        Verb(
            "finding",
            _("Add a finding"),
            lambda user, row, at: may_add_finding(user, row, on=clock.local_date(at)),
            add_finding,
            AddFindingForm,
        ),
        Verb(
            "cancel",
            _("Cancel it"),
            lambda user, row, at: may_cancel_visit(user, row, on=clock.local_date(at)),
            cancel_visit,
            CancelForm,
            confirm=_("It cannot be planned again from here; everybody who takes part is told."),
        ),
    )
    list_display = (
        "dated",
        "kind",
        "level",
        "as_what",
        "block_name",
        "street",
        "people",
        "standing",
        "numbers",
    )
    list_display_links = ("dated",)
    list_filter = (
        *(VisitDayFilter, VisitStateFilter, WhoseFilter, "kind", "level", "role"),
        *(BlockOfStreetFilter, AreaFilter),
    )
    list_select_related = ("block__community__street",)
    search_fields = ("^block__code", "block__name", "=cadres__employee_number", "cadres__name")
    search_help_text = _("block or person")
    ordering = ("-planned_for", "-pk")
    sortable_by = ("dated",)
    show_full_result_count = False
    autocomplete_fields = ("block",)
    prefilled = ("block", "kind", "role")
    deferred = (*OUTLINES, "summary")
    # Headings of the sheet, each with what it says of a row.
    sheet: ClassVar[tuple[tuple[Any, Any], ...]] = (
        (_("day"), lambda row: row.day),
        (_("kind"), lambda row: row.get_kind_display()),
        (_("level"), lambda row: row.get_level_display()),
        (pgettext_lazy("visit", "role"), lambda row: row.get_role_display()),
        (_("street"), lambda row: row.block.community.street.name),
        (_("community"), lambda row: row.block.community.place_name),
        (_("block"), lambda row: row.block.name),
        (_("cadres"), lambda row: "、".join(one.name for one in row.cadres.all())),
        (_("place"), lambda row: row.place),
        (_("state"), lambda row: row.get_state_display()),
        (_("households visited"), lambda row: row.households),
        (_("people present"), lambda row: row.attendance),
        (pgettext_lazy("count", "findings"), lambda row: row.findings_found),
        (_("solved on the spot"), lambda row: row.solved_found),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(plans_visits(request.user, on=clock.today()))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Administrators of the system and of its security visit nobody: their posts open no area."""
        return scope_of(request).looks_after_cases

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        solved = Count("findings", filter=Q(findings__solved=True), distinct=True)
        rows = super().get_queryset(request).prefetch_related("cadres")
        counted: QuerySet[Any] = rows.annotate(
            findings_found=Count("findings", distinct=True), solved_found=solved
        )
        return counted

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """With the words of the summary, which no list reads."""
        obj = super().get_object(request, object_id, from_field)
        if obj is not None:
            obj.refresh_from_db(fields=["summary"])
        return obj

    def search(self, request: HttpRequest, rows: QuerySet[Any], question: str) -> tuple[QuerySet[Any], bool]:
        found, _twice = super().search(request, rows, question)
        # Two cadres of one visit who both fit: the visit stands there once, with its own count of findings.
        return (rows.filter(pk__in=found.order_by().values("pk")) if question.strip() else found), False

    def tabs(self, request: HttpRequest) -> list[tuple[Any, str]]:
        today = clock.today()
        return [
            (_("All"), ""),
            (_("Today"), f"on={today.isoformat()}"),
            (pgettext_lazy("visits", "Mine"), "whose=mine"),
            (pgettext_lazy("visit", "Planned"), "state=planned"),
            (STATE_LATE, "state=late"),
            (_("Open-talk meetings"), "kind__exact=open_talk"),
        ]

    # --- Planning -----------------------------------------------------------------------------

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if not change:
            help_text = _("Who goes there; of a meeting, its hosts. Everybody named is told.")
            named = Named(Visit, "cadres", capfirst(_("cadres")), many=True, help_text=help_text)
            form.base_fields["cadres"] = self.named_field(request, named)
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        person = cast(StaffRequest, request).user
        today = clock.today()
        known = {
            "kind": Visit.Kind.VISIT,
            "planned_for": today,
            "cadres": [person.pk],
            "level": level_of(cadre_posts(person, today)),
        }
        asked = {name: value for name, value in super().get_changeform_initial_data(request).items() if value}
        return {**known, **asked}

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Visit:
        return plan_visit(**data, **self.who(request))

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The page of what was planned, unless another one is to be planned at once."""
        answer = super().response_add(request, obj, post_url_continue)
        return answer if "_addanother" in request.POST else redirect(obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return VisitForm.Meta.fields
        facts = ["dated", "kind", "block_name", "street", "level", *(() if obj.is_talk else ("as_what",))]
        facts += [
            "hosts" if obj.is_talk else "people",
            *(("place",) if obj.place else ()),
            "standing",
            "planned_by",
        ]
        facts += ["arrived"] if obj.arrived_at else []
        if obj.is_done:
            facts += ["attendance" if obj.is_talk else "households"]
        if not obj.is_planned:
            facts += ["words"]
        return facts

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "visit", obj.pk

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        """What has ended is neither recorded nor cancelled; what lies ahead has no findings."""
        return verb.name == "finding" if obj.is_done else verb.name != "finding" and obj.is_planned

    # --- Taking out -------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        own = path("export/", self.admin_site.admin_view(self.export_view), name="staffing_visit_export")
        return [own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        address, asked = reverse("admin:staffing_visit_export"), request.GET.urlencode()
        context = {"export_url": f"{address}?{asked}" if asked else address}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """What the list shows, as a sheet: days, places, names and numbers, without what people said."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request)[:MOST_ROWS]
        staff, now = cast(StaffRequest, request), clock.local(clock.now())
        note = gettext("Exported by %(name)s (%(post)s) on %(at)s. For official use only.") % {
            "name": staff.actor.name,
            "post": staff.actor.post,
            "at": now.strftime("%Y-%m-%d %H:%M"),
        }
        lines = ([say(row) for _heading, say in self.sheet] for row in rows)
        title = gettext("Visits and meetings")
        page = Page(title, [str(heading) for heading, _say in self.sheet], lines, note=note)
        answer = HttpResponse(workbook(page), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="visits-{now:%Y%m%d-%H%M}.xlsx"'
        return answer

    # --- What a line says -------------------------------------------------------------------

    @admin.display(description=_("day"), ordering="planned_for")
    def dated(self, obj: Visit) -> SafeString:
        return format_html(
            '<span class="admin-time">{}</span> {}', obj.day.isoformat(), demo_mark(obj.source)
        )

    @admin.display(description=pgettext_lazy("visit", "role"))
    def as_what(self, obj: Visit) -> str:
        return obj.get_role_display() or "—"

    @admin.display(description=_("block"))
    def block_name(self, obj: Any) -> str:
        return f"{obj.block.name}（{obj.block.code}）"

    @admin.display(description=_("street"))
    def street(self, obj: Any) -> str:
        return str(obj.block.community.street.name)

    @admin.display(description=_("who goes"))
    def people(self, obj: Visit) -> str:
        return "、".join(one.name for one in obj.cadres.all())

    @admin.display(description=_("hosts"))
    def hosts(self, obj: Visit) -> str:
        return self.people(obj)

    @admin.display(description=_("state"))
    def standing(self, obj: Visit) -> SafeString:
        if obj.is_late(clock.today()):
            return format_html('<span class="admin-clock admin-clock--overdue">{}</span>', STATE_LATE)
        phase = {Visit.State.PLANNED: "report", Visit.State.DONE: "feedback"}
        tone = phase.get(Visit.State(obj.state), "end")
        return format_html(
            '<span class="admin-state admin-state--{}">{}</span>', tone, obj.get_state_display()
        )

    @admin.display(description=_("checked in"))
    def arrived(self, obj: Visit) -> str:
        """When, and how far from the block."""
        return f"{date_format(localtime(obj.arrived_at), 'Y-m-d H:i')} · {obj.arrived_where}"

    @admin.display(description=_("numbers"))
    def numbers(self, obj: Any) -> SafeString | str:
        """Households or people, findings."""
        found = []
        if obj.households is not None:
            found.append((gettext("households"), obj.households))
        if obj.attendance is not None:
            found.append((gettext("people present"), obj.attendance))
        if obj.findings_found:
            found.append((pgettext("count", "findings"), obj.findings_found))
        return format_html_join(SafeString("<br>"), '<span class="admin-time">{} {}</span>', found) or "—"

    @admin.display(description=_("summary"))
    def words(self, obj: Visit) -> SafeString:
        if obj.emptied_at is not None:
            return format_html(
                '<span class="quiet">{}</span>', _("Removed: the time for keeping it is over.")
            )
        return format_html('<span class="admin-words">{}</span>', obj.summary)


admin.site.register(Visit, VisitAdmin)
