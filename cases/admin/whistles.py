"""Whistles at the desk: who called which departments to which case, how far it is, and what this person may do."""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from blocks.admin import StreetFilter
from cases.actions.whistles import street
from cases.admin.base import moment
from cases.admin.whistle_base import (
    ActsAdmin,
    CalledFilter,
    DepartmentFilter,
    may_whistle,
)
from cases.admin.whistle_forms import CallForm, ReasonForm, RemarkForm, WhistleForm
from cases.figures.whistles import ShowWhistles, whistle_set
from cases.models import Whistle, WhistleCall
from cases.policies.whistles import WhistleLook, may_ever_ask
from cases.views.visible import viewer_of
from staffing.admin.verbs import Verb
from staffing.middleware import StaffRequest
from yuhu.kit import clock
from yuhu.kit.desk.forms import Named
from yuhu.kit.desk.lists import KnownFilter


class WhistleStreetFilter(StreetFilter):
    column = "street_code"


class CallOfDepartmentFilter(DepartmentFilter):
    """Whistles that called a department."""

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        calls = WhistleCall.objects.filter(unit=int(value)).exclude(state=WhistleCall.State.WITHDRAWN)
        return rows.filter(pk__in=calls.values("whistle"))


class ShowFilter(KnownFilter):
    """What waits for whom."""

    title = _("what waits")
    parameter_name = "show"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return list(ShowWhistles.choices)

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return rows.filter(whistle_set(value, viewer_of(request)))


@admin.register(Whistle)
class WhistleAdmin(ActsAdmin):
    """The whistles of the person's streets, or to the person's department, newest first."""

    noun = "whistle"
    add_form = WhistleForm
    change_form_template = "admin/cases/whistle/change_form.html"
    prefilled = ("case", "kind")
    list_display = ("number", "kind", "category", "state_badge", "departments", "asked", "due")
    list_display_links = ("number",)
    list_filter = (*(ShowFilter, "state", "kind", WhistleStreetFilter, CallOfDepartmentFilter, CalledFilter),)
    search_fields = ("=case__number",)
    search_help_text = _("Number of the case")
    ordering = ("-asked_at", "-id")
    sortable_by = ("asked",)
    autocomplete_fields = ("case",)
    verbs: ClassVar[tuple[Verb, ...]] = (
        Verb("approve", _("Approve the whistle"), may_whistle("approve"), street.approve, RemarkForm),
        Verb("decline", _("Do not approve"), may_whistle("decline"), street.decline, ReasonForm),
        Verb("call", _("Name further departments"), may_whistle("call"), street.call, CallForm),
        Verb("clear", _("Clear the whistle"), may_whistle("clear"), street.clear, RemarkForm),
        Verb("take-back", _("Take the whistle back"), may_whistle("take-back"), street.take_back, ReasonForm),
        Verb(
            "call-off",
            _("Call the departments off"),
            may_whistle("call-off"),
            street.call_off,
            ReasonForm,
            confirm=_("The whistle ends without a result, and nobody is rated."),
        ),
    )

    def visible(self, request: HttpRequest, rows: Any) -> Any:
        calls = WhistleCall.objects.select_related("unit", "task").order_by("pk")
        seen = (
            super().visible(request, rows).select_related("case__category", "case__block", "case__lead_unit")
        )
        people = ("asked_by", "decided_by", "cleared_by", "reason", "place")
        return (
            seen.select_related("case__category", "case__block", "case__lead_unit", *people)
            .defer("case__description", "case__explanation", "case__block__boundary")
            .prefetch_related(Prefetch("calls", calls))
        )

    def has_edit_permission(self, request: HttpRequest) -> bool:
        return bool(may_ever_ask(cast(StaffRequest, request).posts))

    def looking(self, request: HttpRequest, obj: Any) -> WhistleLook:
        return WhistleLook(obj, cast(StaffRequest, request).user, clock.now())

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if not change:
            named = Named(WhistleCall, "unit", _("Departments"), many=True)
            form.base_fields["units"] = self.named_field(request, named)
        return form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("case", "kind", "reason", "units", "task", "gather_at", "place")
        meets = ("meets",) if obj.gather_at or obj.place else ()
        facts = ("case_number", "category", "block", "kind", "state", "why", *meets, "asked", "decision")
        return (
            *facts,
            *(("called", "due") if obj.called_at else ()),
            *(("cleared",) if obj.cleared_at else ()),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Whistle:
        return street.ask(**data, **self.who(request))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj: Whistle | None = context.get("original")
        if obj is not None:
            context["calls"] = list(obj.calls.all())
            context["openable"] = set(
                WhistleCall.objects.within(cast(StaffRequest, request).scope)
                .filter(whistle=obj)
                .values_list("pk", flat=True)
            )
            context["at"] = clock.now()
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("whistle"), ordering="asked_at")
    def number(self, obj: Whistle) -> str:
        return str(obj)

    @admin.display(description=_("case"))
    def case_number(self, obj: Whistle) -> str:
        return obj.case.number

    @admin.display(description=_("category"))
    def category(self, obj: Whistle) -> str:
        return obj.case.category.label

    @admin.display(description=_("block"))
    def block(self, obj: Whistle) -> str:
        return obj.case.block.name if obj.case.block else "—"

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, obj: Whistle) -> SafeString:
        late = obj.is_late(clock.now())
        badge = format_html('<span class="admin-state">{}</span>', obj.get_state_display())
        waits = obj.state == Whistle.State.CALLED and obj.waits_for_approval()
        notes = [
            word for holds, word in ((late, _("Overdue")), (waits, _("awaits approval afterwards"))) if holds
        ]
        return format_html("{}<br>{}", badge, "，".join(map(str, notes))) if notes else badge

    @admin.display(description=_("departments"))
    def departments(self, obj: Whistle) -> str:
        gone = WhistleCall.State.WITHDRAWN
        return "、".join(call.unit.name for call in obj.calls.all() if call.state != gone) or "—"

    @admin.display(description=_("asked"), ordering="asked_at")
    def asked(self, obj: Whistle) -> SafeString:
        return format_html("{} {}", moment(obj.asked_at), obj.asked_by.name)

    @admin.display(description=pgettext_lazy("whistle", "called"))
    def called(self, obj: Whistle) -> SafeString:
        return moment(obj.called_at)

    @admin.display(description=_("to be cleared by"))
    def due(self, obj: Whistle) -> SafeString:
        if obj.state == Whistle.State.ASKED:
            late = obj.is_late(clock.now())
            return format_html("{}<br>{}", moment(obj.approve_due_at, late=late), _("to be approved by"))
        return moment(obj.due_at, late=obj.is_running and obj.is_late(clock.now()))

    @admin.display(description=_("decision of the leader"))
    def decision(self, obj: Whistle) -> SafeString | str:
        if obj.decided_at is None or obj.decided_by is None:
            late = obj.waits_for_approval() and obj.approve_due_at < clock.now()
            return format_html("{} {}", _("to be decided by"), moment(obj.approve_due_at, late=late))
        said = pgettext_lazy("whistle", "approved") if obj.approved else _("not approved")
        return format_html("{} {} {}", moment(obj.decided_at), obj.decided_by.name, said)

    @admin.display(description=pgettext_lazy("whistle", "cleared"))
    def cleared(self, obj: Whistle) -> SafeString | str:
        return format_html("{} {}", moment(obj.cleared_at), obj.cleared_by.name) if obj.cleared_by else "—"

    @admin.display(description=_("why"))
    def why(self, obj: Whistle) -> str:
        return obj.reason.text if obj.reason else "—"

    @admin.display(description=_("they meet at"))
    def meets(self, obj: Whistle) -> SafeString:
        return format_html("{} {}", moment(obj.gather_at), obj.place.text if obj.place else "")
