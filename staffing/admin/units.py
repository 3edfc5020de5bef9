"""Units at the desk: the tree to read, which platform an office belongs to, and who has a seat where."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blocks.admin import StreetFilter
from staffing.actions import join, leave, move_office
from staffing.admin.base import DayFilter, PostsAdmin, entitled, who_and_when
from staffing.admin.days import UnitDays
from staffing.admin.forms import OfficeForm, SeatEndForm, SeatForm
from staffing.models import Membership, PlatformFunction, PlatformLink, Unit
from staffing.policies import appoints, may, may_seat
from staffing.posts import Capability
from yuhu.kit import clock
from yuhu.kit.desk.lists import demo_mark

_DEPTH = {Unit.Kind.DISTRICT: 0, Unit.Kind.DEPARTMENT: 1, Unit.Kind.STREET: 1, Unit.Kind.PARTNER: 1}
_IN_CHARGE = (Membership.Role.LEADER, Membership.Role.HEAD, Membership.Role.DUTY_OFFICER)


class UnitStreetFilter(StreetFilter):
    column = "unit__street"


class OfficeStreetFilter(StreetFilter):
    column = "office__street"


@admin.register(Unit)
class UnitAdmin(UnitDays, PostsAdmin):
    """The tree, to read: departments, and for each street its leaders, platforms, offices, teams, communities."""

    list_display = ("indented", "kind", "code", "in_charge", "member_count", "demo")
    list_filter = ("kind", StreetFilter)
    search_fields = ("^code", "name")
    search_help_text = _("name or code")
    ordering = ("code",)
    typed_by = ("code",)
    list_per_page = 100
    fields: ClassVar = (
        *("name", "kind", "code", "street", "parent", "platform", "home_department", "functions", "people"),
        "source",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        today = clock.today()
        seats = Membership.objects.on(today).select_related("user").order_by("role", "user__name")
        rows = (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("memberships", seats, to_attr="seats_today"))
        )
        return rows.select_related("street", "parent", "home_department").defer("street__boundary")

    def choices(self, request: HttpRequest) -> Any:
        return super().choices(request).prefetch_related(None)

    def search(self, request: HttpRequest, rows: QuerySet[Any], question: str) -> tuple[QuerySet[Any], bool]:
        found, twice = super().search(request, rows, question)
        asked = (request.GET.get("model_name"), request.GET.get("field_name"))
        if "field_name" in request.GET:  # suggestions for a form
            found = found.prefetch_related(None)
        if asked == ("platformlink", "office"):
            found = found.filter(kind__in=(Unit.Kind.OFFICE, Unit.Kind.TEAM))
        if asked == ("platformlink", "platform"):
            found = found.filter(kind=Unit.Kind.PLATFORM)
        return found, twice

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "unit", obj.pk

    @admin.display(description=_("unit"), ordering="code")
    def indented(self, obj: Unit) -> SafeString:
        depth = _DEPTH.get(Unit.Kind(obj.kind), 2)
        return format_html('<span class="admin-depth-{}">{}</span>', depth, obj.name)

    @admin.display(description=_("in charge today"))
    def in_charge(self, obj: Any) -> str:
        seats = [seat for seat in obj.seats_today if seat.role in _IN_CHARGE]
        return "，".join(f"{seat.user.name}（{seat.get_role_display()}）" for seat in seats) or "—"

    @admin.display(description=_("people today"))
    def member_count(self, obj: Any) -> int:
        return len(obj.seats_today)

    @admin.display(description=_("people today"))
    def people(self, obj: Any) -> SafeString:
        seats = ((seat.user.name, seat.get_role_display()) for seat in obj.seats_today)
        return format_html_join("", "{}（{}）<br>", seats) or SafeString("—")

    @admin.display(description=_("platform today"))
    def platform(self, obj: Unit) -> str:
        link = PlatformLink.objects.on(clock.today()).filter(office=obj).select_related("platform").first()
        return link.platform.name if link else "—"

    @admin.display(description=_("functions today"))
    def functions(self, obj: Unit) -> str | SafeString:
        """Of a platform: what it does for the street today, or that the street has others now; and its rota."""
        today = clock.today()
        if obj.kind != Unit.Kind.PLATFORM:
            return "—"
        if not Unit.objects.platforms(today).filter(pk=obj.pk).exists():
            return gettext("None: the street has other platforms today.")
        rows = PlatformFunction.objects.on(today).filter(platform=obj).order_by("function")
        said = "；".join(str(row.get_function_display()) for row in rows) or "—"
        week = f"{reverse('admin:staffing_shift_week')}?street={obj.street_id or ''}"
        return format_html('{} · <a href="{}">{}</a>', said, week, _("Rota of the week"))

    @admin.display(description=_("demo"))
    def demo(self, obj: Unit) -> SafeString:
        return demo_mark(obj.source)


@admin.register(PlatformLink)
class PlatformLinkAdmin(PostsAdmin):
    """Which platform an office belongs to, with dates; it moves by a new row."""

    add_form = OfficeForm
    list_display = ("office", "platform", "starts_on")
    list_filter = (DayFilter, OfficeStreetFilter)
    list_select_related = ("office", "platform")
    search_fields = ("office__name", "platform__name")
    ordering = ("office__code", "-starts_on")
    autocomplete_fields = ("office", "platform")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return OfficeForm.Meta.fields

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> PlatformLink:
        return move_office(**data, **who_and_when(request))

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "unit", obj.office_id


@admin.register(Membership)
class MembershipAdmin(PostsAdmin):
    """Seats in units. Whoever appoints in a street seats its workers; administrators of accounts seat everybody."""

    add_form, change_form = SeatForm, SeatEndForm
    list_display = ("unit", "user", "role", "starts_on", "ends_on")
    list_display_links = ("user",)
    list_filter = (DayFilter, "role", UnitStreetFilter)
    list_select_related = ("unit", "user")
    search_fields = ("=user__employee_number", "user__name", "unit__name")
    search_help_text = _("name of the person or of the unit")
    ordering = ("unit__code", "role", "-starts_on")
    autocomplete_fields = ("unit", "user")
    prefilled = ("unit", "user", "role")

    def has_edit_permission(self, request: HttpRequest) -> bool:
        today = clock.today()
        return bool(
            may(request.user, Capability.MANAGE_ACCOUNTS, on=today) or appoints(request.user, on=today)
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return super().has_change_permission(request)
        return bool(may_seat(request.user, unit=obj.unit, role=obj.role, on=clock.today()))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return SeatForm.Meta.fields if obj is None else (*SeatForm.Meta.fields, "ends_on")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else SeatForm.Meta.fields

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"starts_on": clock.today(), **super().get_changeform_initial_data(request)}

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Membership:
        unit, role = (data["unit"], data["role"]) if obj is None else (obj.unit, obj.role)
        entitled(may_seat(request.user, unit=unit, role=role, on=clock.today()), field="unit")
        if obj is None:
            return join(**data, **who_and_when(request))
        return leave(seat=obj, ends_on=data["ends_on"], **who_and_when(request))

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "unit", obj.unit_id
