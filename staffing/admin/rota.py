"""The rota at the desk: shifts with their verbs, the week of a street as a table, exchanges, and what the day says."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from blocks.admin import StreetFilter
from blocks.models import Street
from staffing.actions import (
    agree_swap,
    ask_swap,
    assign_shift,
    decline_swap,
    plan_shifts,
    remove_shift,
    vacate_shifts,
    withdraw_swap,
)
from staffing.admin.base import DayFilter, day_of, entitled, who_and_when
from staffing.admin.rota_forms import AssignForm, LeaveForm, PlanForm, SwapForm
from staffing.admin.verbs import Verb, VerbsAdmin
from staffing.figures import week_of
from staffing.models import Shift, ShiftSwap, Unit
from staffing.policies import (
    may_change_shift,
    may_decide_swap,
    may_free_shift,
    may_offer_shift,
    may_plan_around,
    may_plan_rota,
    may_remove_shift,
    may_withdraw_swap,
    plans_rota,
)
from yuhu.kit import clock
from yuhu.kit.desk import day
from yuhu.kit.desk.forms import Named
from yuhu.kit.desk.lists import KnownFilter, scope_of

AHEAD = dt.timedelta(days=7)
NAMES = 3  # officers whom the day names
_PLANNING = frozenset({"assign", "free", "remove"})


class ShiftStreetFilter(StreetFilter):
    """Only for whoever sees the rotas of several streets."""

    column = "platform__street"

    def offer(self, request: HttpRequest) -> list[tuple[str, str]]:
        streets = _streets_of(request)
        return streets if len(streets) > 1 else []


class CoverFilter(KnownFilter):
    """Shifts that nobody covers, and one's own."""

    title = _("who is on duty")
    parameter_name = "duty"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [
            ("nobody", _("Nobody is on duty")),
            ("soon", _("Nobody in the next 7 days")),
            ("mine", _("I am on duty")),
        ]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        if value == "mine":
            return rows.filter(officer=request.user.pk)
        return uncovered_soon(rows, clock.now()) if value == "soon" else rows.uncovered()


def uncovered_soon(rows: Any, at: dt.datetime) -> Any:
    """Of these shifts those of the next 7 days that nobody covers."""
    return rows.during(at, at + AHEAD).uncovered()


def _free(*, shift: Shift, **data: Any) -> object:
    assert shift.officer is not None
    return vacate_shifts(platform=shift.platform, officer=shift.officer, **data)


@admin.register(Shift)
class ShiftAdmin(VerbsAdmin):
    """Who is on duty when: today, on a day, or all there ever were. Planned for a period by one form."""

    change_form_template = "admin/staffing/shift/change_form.html"
    add_form = PlanForm
    noun = "shift"
    verbs = (
        Verb("assign", _("Put somebody on duty"), may_change_shift, assign_shift, AssignForm),
        Verb(
            "free",
            _("Free because of leave"),
            may_free_shift,
            _free,
            LeaveForm,
            _("Nobody covers these shifts until you give them to others; until then it is warned of."),
        ),
        Verb("ask", _("Ask to exchange it"), may_offer_shift, ask_swap, SwapForm),
        Verb(
            "remove",
            _("Take out of the rota"),
            may_remove_shift,
            remove_shift,
            confirm=_("The shift is deleted; its officer is told."),
        ),
    )
    list_display = ("day", "hours", "platform", "on_duty")
    list_display_links = ("hours",)
    list_filter = (DayFilter, CoverFilter, ShiftStreetFilter)
    list_select_related = ("platform", "officer")
    search_fields = ("officer__name", "=officer__employee_number", "platform__name")
    search_help_text = _("name of the person or of the platform")
    ordering = ("starts_at", "platform")
    prefilled = ("platform",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        return rows.select_related("platform", "officer").with_cover()  # type: ignore[no-any-return]

    def has_edit_permission(self, request: HttpRequest) -> bool:
        return any(plans_rota(request.user, on=clock.today()))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return PlanForm.Meta.fields if obj is None else ("platform", "day", "hours", "on_duty")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None and "officers" in form.base_fields:
            help_text = _("In turn, the first named first. Empty: all duty officers of the platform in turn.")
            named = Named(Shift, "officer", _("Officers"), required=False, many=True, help_text=help_text)
            form.base_fields["officers"] = self.named_field(request, named)
            form.base_fields["platform"].widget.can_view_related = False
        return form

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return super().add_view(request, form_url, {"title": gettext("Plan shifts"), **(extra_context or {})})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "platform" and field is not None:
            field.queryset = _platforms_planned_by(request)
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        today = clock.today()
        usual: dict[str, Any] = {
            "first_on": today,
            "last_on": today + dt.timedelta(days=13),
            "begins": dt.time(8, 30),
        }
        given = super().get_changeform_initial_data(request)
        platforms = list(_platforms_planned_by(request)[:2])
        if len(platforms) == 1:
            usual["platform"] = platforms[0].pk
        return {**usual, "ends": dt.time(8, 30), "weekdays": list(range(7)), "parts": 1, **given}

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Shift:
        verdict = may_plan_rota(request.user, platform=data["platform"], on=clock.today())
        entitled(verdict, field="platform")
        shifts = plan_shifts(**data, **who_and_when(request))
        shifts[0].planned = len(shifts)  # type: ignore[attr-defined]
        return shifts[0]

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        said = ngettext("%(count)d shift was planned.", "%(count)d shifts were planned.", obj.planned)
        messages.success(request, said % {"count": obj.planned})
        return redirect(_week_url(obj.platform.street_id, obj.day))

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        """Why not is told to whoever plans here, and to the officer."""
        if verb.name in _PLANNING:
            return bool(may_plan_rota(request.user, platform=obj.platform, on=clock.today()))
        return bool(obj.officer_id == request.user.pk)

    def page_after(self, request: HttpRequest, obj: Any, verb: Verb) -> str:
        return _week_url(obj.platform.street_id, obj.day) if verb.name == "remove" else self.page_of(obj)

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "shift", obj.pk

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = context.get("original")
        if obj is not None:
            rows = ShiftSwap.objects.waiting(clock.now()).filter(Q(mine=obj) | Q(theirs=obj))
            context["swaps"] = list(rows.select_related("mine", "theirs", "asked_by", "asked_of"))
            context["week_url"] = _week_url(obj.platform.street_id, obj.day)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.week_view)
        return [path("week/", view, name="staffing_shift_week"), *super().get_urls()]

    def week_view(self, request: HttpRequest) -> HttpResponse:
        """The week of one street as a table, to look at and to print (``?street=430302001&on=2026-11-24``)."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        streets = _streets_of(request)
        wanted = request.GET.get("street", "")
        code = wanted if any(one == wanted for one, _name in streets) else (streets[0][0] if streets else "")
        on = day_of(request.GET.get("on")) or clock.today()
        planned = set(_platforms_planned_by(request).values_list("pk", flat=True)) if code else set()
        name = dict(streets).get(code, "")
        week = week_of(code, on, scope_of(request)) if code else None
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Rota of the week"),
            "opts": self.opts,
            "streets": streets,
            "street": code,
            "street_name": name,
            "on": on,
            "today": clock.today(),
            "week": week,
            "columns": [(unit, unit.name.removeprefix(name)) for unit in week.platforms] if week else [],
            "may_plan": planned,
        }
        return TemplateResponse(request, "admin/staffing/shift/week.html", context)

    @admin.display(description=_("time"), ordering="starts_at")
    def hours(self, obj: Shift) -> str:
        return obj.hours

    @admin.display(description=_("officer on duty"), ordering="officer__name")
    def on_duty(self, obj: Any) -> str | SafeString:
        return cover_of(obj)


def cover_of(shift: Any) -> str | SafeString:
    """Who is on duty, or that nobody is, and why (``shift`` with cover)."""
    if shift.officer is None:
        return format_html('<strong class="admin-vacant">{}</strong>', pgettext("shift", "nobody"))
    if not shift.is_covered:
        why = _("on leave") if shift.is_away else _("has left the platform")
        return format_html('{} <strong class="admin-vacant">{}</strong>', shift.officer.name, why)
    return str(shift.officer.name)


class SwapFilter(KnownFilter):
    """Exchanges that wait for the person, or for anybody."""

    title = _("state")
    parameter_name = "state"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("mine", _("Waits for your decision")), ("open", _("Not decided"))]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        return swaps_for(request, rows) if value == "mine" else rows.waiting(clock.now())


def swaps_for(request: HttpRequest, rows: Any) -> Any:
    """Of these requests those that the person was asked, or decides as head of the platform."""
    _areas, heads = plans_rota(request.user, on=clock.today())
    for_me = Q(asked_of=request.user.pk) | Q(mine__platform__in=sorted(heads))
    return rows.waiting(clock.now()).filter(for_me).exclude(asked_by=request.user.pk)


@admin.register(ShiftSwap)
class ShiftSwapAdmin(VerbsAdmin):
    """Requests to exchange shifts: to agree, to decline, to withdraw."""

    noun = "swap"
    verbs = (
        Verb("agree", _("Agree: exchange the shifts"), may_decide_swap, agree_swap),
        Verb("decline", _("Decline the exchange"), may_decide_swap, decline_swap),
        Verb("withdraw", _("Withdraw the request"), may_withdraw_swap, withdraw_swap),
    )
    list_display = ("asked_at", "asked_by", "gives", "asked_of", "takes", "platform", "state")
    list_filter = (SwapFilter,)
    list_select_related = ("mine__platform", "theirs__platform", "asked_by", "asked_of")
    search_fields = ("asked_by__name", "asked_of__name")
    ordering = ("-asked_at", "-pk")
    fields: ClassVar = ("platform", "asked_by", "gives", "asked_of", "takes", "asked_at", "state")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("mine__platform", "theirs__platform")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        involved = request.user.pk in (obj.asked_by_id, obj.asked_of_id)
        if verb.name == "withdraw":
            return bool(obj.asked_by_id == request.user.pk)
        return involved or bool(may_plan_around(request.user, obj, on=clock.today()))

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "shift_swap", obj.pk

    @admin.display(description=_("platform"))
    def platform(self, obj: ShiftSwap) -> str:
        return obj.platform.name if obj.platform else "—"

    @admin.display(description=_("shift offered"), ordering="mine__starts_at")
    def gives(self, obj: ShiftSwap) -> str:
        return obj.gives

    @admin.display(description=_("shift wanted"), ordering="theirs__starts_at")
    def takes(self, obj: ShiftSwap) -> str:
        return obj.takes

    @admin.display(description=_("state"), ordering="outcome")
    def state(self, obj: ShiftSwap) -> str:
        if obj.outcome:
            return obj.get_outcome_display()
        begun = any(shift is None or shift.starts_at <= clock.now() for shift in (obj.mine, obj.theirs))
        return gettext("too late: a shift has begun") if begun else gettext("waits for a decision")


@day.add
def rota_of_the_day(request: HttpRequest) -> Iterator[day.Item]:
    """Who is on duty today, and shifts of the next days that nobody covers, in the person's scope."""
    rows: Any = Shift.objects.within(scope_of(request))
    columns = ("officer__name", "is_covered", "starts_at")
    today = rows.on(clock.today()).with_cover().order_by("starts_at").values_list(*columns)
    names = list(dict.fromkeys(name for name, covered, _start in today if covered))
    if today:
        label = gettext("On duty today")
        said = f"{label}：{'、'.join(names)}" if 0 < len(names) <= NAMES else label
        yield day.Item(day.Part.TODAY, said, len(names), reverse("admin:staffing_shift_week"), always=True)
    url = f"{reverse('admin:staffing_shift_changelist')}?on=all&duty=soon"
    number = uncovered_soon(rows, clock.now()).count()
    yield day.Item(day.Part.PEOPLE, _("Shifts of the next 7 days that nobody covers"), number, url)


@day.add
def exchanges_to_decide(request: HttpRequest) -> Iterator[day.Item]:
    """Exchanges of shifts that wait for the person."""
    rows = swaps_for(request, ShiftSwap.objects.within(scope_of(request)))
    url = f"{reverse('admin:staffing_shiftswap_changelist')}?state=mine"
    yield day.Item(day.Part.DECIDE, _("Exchanges of shifts"), rows.count(), url)


def _platforms_planned_by(request: HttpRequest) -> Any:
    """The platforms of today whose rota the person plans."""
    areas, heads = plans_rota(request.user, on=clock.today())
    rows: Any = Unit.objects.platforms(clock.today())
    wanted = Q(street__in=sorted(areas)) | Q(street__district__in=sorted(areas)) | Q(pk__in=sorted(heads))
    return rows.filter(wanted).order_by("code")


def _streets_of(request: HttpRequest) -> list[tuple[str, str]]:
    """The streets whose rotas the person sees: those of the areas, and those of own shifts and units."""
    scope = scope_of(request)
    rows = Shift.objects.within(scope).order_by().values("platform__street")
    own = Q(district__in=sorted(scope.districts)) | Q(code__in=sorted(scope.streets))
    streets = Street.objects.filter(own | Q(code__in=rows)).order_by("code")
    return list(streets.values_list("code", "name"))


def _week_url(street: str | None, on: dt.date) -> str:
    return f"{reverse('admin:staffing_shift_week')}?street={street or ''}&on={on.isoformat()}"
