"""The desk for admissions: departments ask by a form, the district decides, everybody with a post reads the register.

Leaves to others: who may and when (policies), what happens (actions), paper and sheets (``register``).
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duties.actions import (
    Resources,
    Task,
    approve_admission,
    decline_admission,
    erase_admission,
    refer_admission,
    submit_admission,
    supplement_admission,
    withdraw_admission,
)
from duties.actions.admissions import similar
from duties.admin.admission_filters import (
    DECIDE,
    DECIDED,
    LATE,
    OURS,
    DepartmentFilter,
    StateFilter,
    TodoFilter,
    YearFilter,
)
from duties.admin.admission_forms import AdmissionForm, ApproveForm, DeclineForm, ReferForm, SupplementForm
from duties.admin.register import register_of, streets_of
from duties.figures import admission_rate
from duties.models import Admission
from duties.policies import own_departments
from duties.policies.admissions import (
    deciding_districts,
    may_approve,
    may_ask,
    may_decide,
    may_erase_admission,
    may_supplement,
    may_withdraw,
)
from staffing.admin.filters import FilteredAdmin
from staffing.admin.verbs import PersonVerbsAdmin, Verb
from staffing.models import Unit
from yuhu.kit import clock
from yuhu.kit.desk.lists import scope_of
from yuhu.kit.excel.writing import XLSX, workbook

State = Admission.State
_RESOURCES = ("people", "people_note", "amount", "amount_note")


def _submit(data: dict[str, Any], who: dict[str, Any]) -> Admission:
    """The form's fields, as the action takes them."""
    unit = data.pop("unit")
    resources = Resources(**{name: data.pop(name) for name in _RESOURCES})
    return submit_admission(unit=unit, task=Task(**data), resources=resources, **who)


def _supplement(*, admission: Admission, reason: str, by: Any, at: Any, actor: Any, **said: Any) -> Admission:
    resources = Resources(**said)
    return supplement_admission(
        admission=admission, resources=resources, reason=reason, by=by, at=at, actor=actor
    )


@admin.register(Admission)
class AdmissionAdmin(FilteredAdmin, PersonVerbsAdmin):
    """The requests of one's own department or district, and the register of all decisions."""

    add_form = AdmissionForm
    change_form_template = "admin/duties/admission/change_form.html"
    change_list_template = "admin/duties/admission/change_list.html"
    list_display = ("title", "code", "unit", "level", "state_now", "period", "asked_at")
    list_filter = (TodoFilter, StateFilter, DepartmentFilter, "level", YearFilter)
    search_fields = ("title", "=number", "unit__name")
    search_help_text = _("task, number of the decision, or department")
    autocomplete_fields = ("item",)
    noun = "admission"
    verbs = (
        Verb("approve", _("Admit the task"), may_approve, approve_admission, ApproveForm),
        Verb("decline", _("Do not admit it"), may_decide, decline_admission, DeclineForm),
        Verb("refer", _("Point to the item of a list"), may_decide, refer_admission, ReferForm),
        Verb("supplement", _("Complete the request"), may_supplement, _supplement, SupplementForm),
        Verb(
            "withdraw",
            _("Withdraw the request"),
            may_withdraw,
            withdraw_admission,
            confirm=_("Nobody decides on it any more. If you still need it, you must ask again."),
        ),
        Verb(
            "erase",
            _("Erase the texts"),
            may_erase_admission,
            erase_admission,
            confirm=_("What was written is deleted for good; task, number, days and state stay."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("unit", "item__list", "asked_by", "decided_by")

    def has_edit_permission(self, request: HttpRequest) -> bool:
        return bool(may_ask(request.user, clock.now()))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [
                (None, {"fields": ("unit", "title", "level", "streets", "proposed_kind")}),
                (_("The check against the lists"), {"fields": ("item", "none_covers")}),
                (_("Grounds and period"), {"fields": ("reason", "basis", "starts_on", "last_on")}),
                (_("Power and money go with the task"), {"fields": _RESOURCES}),
            ]
        asked = ("title", "unit", "level", "for_streets", "proposed_kind", "wanted", "reason", "basis")
        decision = ("state_now", "code", "item_link", "period", "decision", "decided_by", "decided_at", "due")
        return [
            (_("The request"), {"fields": (*asked, "asked_by", "asked_at")}),
            (_("Power and money go with the task"), {"fields": ("with_people", "with_money")}),
            (_("The decision"), {"fields": decision}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = (
            "for_streets",
            "wanted",
            "state_now",
            "code",
            "item_link",
            "period",
            "with_people",
            "with_money",
            "due",
        )
        return () if obj is None else own

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        """Whoever keeps the lists is told why an open request cannot be admitted yet."""
        keeps = obj.unit.district_id in deciding_districts(request.user, clock.today())
        return keeps and obj.state == State.SUBMITTED and verb.name in ("approve", "decline")

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """One asks for one's own department."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "unit" and field is not None:
            field.queryset = Unit.objects.filter(pk__in=own_departments(request.user, clock.today()))
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        today = clock.today()
        own = sorted(own_departments(request.user, today))
        days = {"starts_on": today, "last_on": dt.date(today.year, 12, 31)}
        return {"unit": own[0] if own else None, **days, **super().get_changeform_initial_data(request)}

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Admission:
        return _submit(data, self.who(request))

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """What the lists said to it."""
        if obj.state == State.REFERENCED:
            text = gettext(
                "It is on the list: item %(item)s. No admission is needed; hand it down under this item."
            )
            messages.success(request, text % {"item": obj.item})
        elif obj.state == State.REFUSED:
            text = gettext("Refused: item %(item)s of the negative list forbids it.")
            messages.error(request, text % {"item": obj.item})
        else:
            text = gettext("It stands on no list. The district decides by %(due)s.")
            messages.success(request, text % {"due": f"{clock.local(obj.due_at):%Y-%m-%d}"})
        return redirect(obj)

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "admission", obj.pk

    def tabs(self, request: HttpRequest) -> list[tuple[Any, str]]:
        today = clock.today()
        asks, keeps = own_departments(request.user, today), deciding_districts(request.user, today)
        todo = [(_("To decide"), f"todo={DECIDE}")] if keeps else []
        todo += [(_("Decision late"), f"todo={LATE}")] if keeps or asks else []
        todo += [(_("Our requests"), f"todo={OURS}"), (_("Newly decided"), f"todo={DECIDED}")] if asks else []
        return [
            *todo,
            (_("In force today"), "state=in_force"),
            (_("Register of admissions"), "state=decided"),
        ]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("export/", wrap(self.export_view), name="duties_admission_export"),
            path("<int:pk>/print/", wrap(self.print_view), name="duties_admission_print"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        today, asked = clock.today(), request.GET.urlencode()
        year = dt.date(today.year, 1, 1), dt.date(today.year + 1, 1, 1)
        address = reverse("admin:duties_admission_export")
        context = {
            "export_url": f"{address}?{asked}" if asked else address,
            "year_now": today.year,
            "rate": admission_rate(scope_of(request), *year),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """What the list shows, as a sheet."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows: Any = self.get_changelist_instance(request).get_queryset(request)
        answer = HttpResponse(workbook(register_of(rows, request.user)), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="admissions-{clock.today().isoformat()}.xlsx"'
        return answer

    def print_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The decision as a document."""
        row = self.get_object(request, str(pk))
        if row is None or not row.is_published or not self.has_view_permission(request, row):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": row.code,
            "opts": self.opts,
            "original": row,
            "streets": streets_of(row),
            "amount": money(row.amount),
        }
        return TemplateResponse(request, "admin/duties/admission/print.html", context)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row: Admission | None = context.get("original")
        if row is not None and may_decide(request.user, row, clock.now()):
            context["similar"] = similar(row, clock.today())
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("decision no."), ordering="number")
    def code(self, obj: Admission) -> SafeString:
        return format_html('<span class="admin-time">{}</span>', obj.code or "—")

    @admin.display(description=_("state"), ordering="state")
    def state_now(self, obj: Admission) -> str | SafeString:
        label = obj.get_state_display()
        if obj.state == State.SUBMITTED and obj.due_at < clock.now():
            return format_html('{} <strong class="admin-vacant">{}</strong>', label, _("late"))
        if (
            obj.state == State.APPROVED
            and obj.granted_until is not None
            and obj.granted_until < clock.today()
        ):
            return gettext("%(state)s (period over)") % {"state": label}
        return str(label)

    @admin.display(description=_("admitted for"), ordering="granted_until")
    def period(self, obj: Admission) -> SafeString:
        return format_html('<span class="admin-time">{}</span>', _days(obj.granted_from, obj.granted_until))

    @admin.display(description=_("asked for"))
    def wanted(self, obj: Admission) -> str:
        return _days(obj.starts_on, obj.last_on)

    @admin.display(description=_("for which streets"))
    def for_streets(self, obj: Admission) -> str:
        return streets_of(obj)

    @admin.display(description=_("people that go with it"))
    def with_people(self, obj: Admission) -> str:
        return with_note(None if obj.people is None else str(obj.people), obj.people_note)

    @admin.display(description=_("money that goes with it (yuan)"))
    def with_money(self, obj: Admission) -> str:
        return with_note(money(obj.amount), obj.amount_note)

    @admin.display(description=_("decision due"))
    def due(self, obj: Admission) -> str:
        return f"{clock.local(obj.due_at):%Y-%m-%d}"

    @admin.display(description=_("item of the list"))
    def item_link(self, obj: Admission) -> str | SafeString:
        if obj.item is None:
            return "—"
        address = reverse("admin:duties_dutyitem_change", args=[obj.item.pk])
        return format_html('<a href="{}">{}</a>（{}）', address, obj.item, obj.item.list.get_kind_display())


def _days(first: dt.date | None, last: dt.date | None) -> str:
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last} if first and last else "—"


def money(amount: Decimal | None) -> str | None:
    """Yuan as people write them."""
    return None if amount is None else f"{amount:,.2f}".removesuffix(".00")


def with_note(value: str | None, note: str) -> str:
    """A number and what was said to it."""
    said = gettext("Not stated") if value is None else gettext("None needed") if value == "0" else value
    return f"{said}（{note}）" if note else said
