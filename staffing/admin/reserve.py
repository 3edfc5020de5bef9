"""The reserve of cadres at the desk, and the page that matches people and posts."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, ForeignKey, OuterRef, Prefetch, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blocks.admin import StreetFilter
from blocks.models import District, Street
from staffing.actions import leave_reserve, move_tier, put_in_reserve
from staffing.admin.base import DayFilter, entitled, who_and_when
from staffing.admin.register_forms import ReserveForm, TierForm, UntilForm
from staffing.admin.verbs import Verb, VerbsAdmin
from staffing.figures import HOUSEHOLDS, block_sizes, mismatches, rosters
from staffing.models import Assistant, Attendance, Membership, Reserve, Tenure
from staffing.policies import (
    appoints,
    areas_of_personnel,
    areas_to_appoint_in,
    may_appoint,
    may_change_reserve,
    sees_reserve,
)
from yuhu.kit import clock
from yuhu.kit.desk.lists import demo_mark, scope_of
from yuhu.kit.scope import COMMUNITY

BLOCKS_A_PAGE = 20


def _changes(user: Any, row: Reserve, at: dt.datetime) -> Any:
    return may_change_reserve(user, row, on=clock.local_date(at))


@admin.register(Reserve)
class ReserveAdmin(VerbsAdmin):
    """For whoever appoints, within his or her area; the auditor reads."""

    noun = "reserve"
    add_form = ReserveForm
    list_display = ("person", "tier", "street", "posts_today", "trained", "starts_on", "ends_on", "demo")
    list_filter = (DayFilter, "tier", StreetFilter)
    list_select_related = ("person", "street")
    search_fields = ("=person__employee_number", "person__name")
    search_help_text = _("name or employee number")
    ordering = ("street", "tier", "starts_on", "pk")
    autocomplete_fields = ("person",)
    prefilled = ("person", "tier")
    deferred = ("street__boundary", "person__password")
    verbs = (
        Verb("tier", _("Move to another tier"), _changes, move_tier, TierForm),
        Verb("leave", _("Take out of the reserve"), _changes, leave_reserve, UntilForm),
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(sees_reserve(request.user, on=clock.today()))

    def has_edit_permission(self, request: HttpRequest) -> bool:
        return bool(appoints(request.user, on=clock.today()))

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        return self.has_edit_permission(request)

    def visible(self, request: HttpRequest, rows: Any) -> Any:
        own = areas_of_personnel(request.user, clock.today())
        return super().visible(request, rows).of_areas(own)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        today = clock.today()
        attended = Attendance.objects.attended(today.year).filter(person=OuterRef("person"))
        number = attended.order_by().values("person").annotate(found=Count("pk")).values("found")
        tenures = Tenure.objects.on(today).select_related("block").defer("block__boundary")
        helps = Assistant.objects.on(today).select_related("block").defer("block__boundary")
        seats = Membership.objects.on(today).select_related("unit")
        rows: QuerySet[Any] = super().get_queryset(request).annotate(trainings_found=Subquery(number))
        return rows.prefetch_related(
            Prefetch("person__tenures", tenures, to_attr="tenures_today"),
            Prefetch("person__assistances", helps, to_attr="helps_today"),
            Prefetch("person__memberships", seats, to_attr="seats_today"),
        )

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "street" and field is not None:
            own = areas_to_appoint_in(request.user, clock.today())
            field.queryset = field.queryset.filter(pk__in=_streets(own))
        return field

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ReserveForm.Meta.fields
        return ("person", "tier", "street", "starts_on", "ends_on", "posts_today", "trained")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        own = _streets(areas_to_appoint_in(request.user, clock.today()))
        street = {"street": own[0]} if len(own) == 1 else {}
        return {"starts_on": clock.today(), **street, **super().get_changeform_initial_data(request)}

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Reserve:
        entitled(may_appoint(request.user, area=data["street"].code, on=clock.today()), field="street")
        return put_in_reserve(**data, **who_and_when(request))

    def page_after(self, request: HttpRequest, obj: Any, verb: Verb) -> str:
        """After a move the person's new entry."""
        newest = Reserve.objects.filter(person=obj.person_id).latest("starts_on")
        return self.page_of(newest)

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "reserve", obj.person_id

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.matching_view)
        return [path("matching/", view, name="staffing_reserve_matching"), *super().get_urls()]

    def matching_view(self, request: HttpRequest) -> HttpResponse:
        """人岗匹配: the blocks of an area that lack somebody, and who could take each vacant post."""
        today = clock.today()
        own = sorted(areas_to_appoint_in(request.user, today), key=lambda code: (len(code), code))
        if not own:
            raise PermissionDenied
        area = request.GET.get("area", "") or own[0]
        if not may_appoint(request.user, area=area, on=today):
            raise Http404
        people = rosters(scope_of(request), [area], today)
        whole = people.of(area)
        page = Paginator(whole.vacant, BLOCKS_A_PAGE).get_page(request.GET.get("page"))
        share, odd = block_sizes(scope_of(request), [area], today)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Matching people and posts"),
            "opts": self.opts,
            "whole": whole,
            "name": people.names.get(area) or str(District.objects.filter(code=area).first() or area),
            "below": people.below(area) if len(area) < COMMUNITY else [],
            "page": page,
            "mismatches": mismatches(list(page), today),
            "sizes": share,
            "odd": odd,
            "least": HOUSEHOLDS[0],
            "most": HOUSEHOLDS[1],
            "up": area if area not in own else "",
            "year": today.year,
            "on": today,
        }
        return TemplateResponse(request, "admin/staffing/reserve/matching.html", context)

    @admin.display(description=_("posts today"))
    def posts_today(self, obj: Any) -> str:
        person = obj.person
        held = [f"{row.block.name} {row.get_post_display()}" for row in person.tenures_today]
        helps = [f"{row.block.name} {row.get_kind_display()}" for row in person.helps_today]
        seats = [f"{row.unit.name} {row.get_role_display()}" for row in person.seats_today]
        return "；".join((*held, *helps, *seats)) or "—"

    @admin.display(description=_("trainings this year"))
    def trained(self, obj: Any) -> int:
        return obj.trainings_found or 0

    @admin.display(description=_("demo"))
    def demo(self, obj: Reserve) -> SafeString:
        return demo_mark(obj.source)


def _streets(areas: list[str]) -> list[str]:
    """The streets that lie in these areas."""
    codes = Street.objects.values_list("code", flat=True)
    return [code for code in codes if any(code.startswith(area) for area in areas)]
