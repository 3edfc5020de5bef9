"""Trainings at the desk: the list with its coverage, a training with its attendance, and who was at none this year."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import CharField, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blocks.admin import StreetFilter
from blocks.models import Community, District, Street
from staffing.actions import (
    cancel_training,
    correct_training,
    note_attendance,
    plan_training,
    withdraw_attendance,
)
from staffing.admin.base import entitled, who_and_when
from staffing.admin.register_forms import (
    CorrectTrainingForm,
    NoteForm,
    TrainingForm,
    WithdrawForm,
    areas_below,
)
from staffing.admin.verbs import Verb, VerbsAdmin
from staffing.figures import Coverage, attendance_rows, training_coverage, training_years
from staffing.models import Attendance, Training
from staffing.policies import (
    appoints,
    areas_to_appoint_in,
    may,
    may_appoint,
    may_change_training,
    may_note_attendance,
    may_withdraw_attendance,
    posts_of,
)
from staffing.posts import Capability
from yuhu.kit import clock
from yuhu.kit.desk import day
from yuhu.kit.desk.lists import KnownFilter, demo_mark, scope_of
from yuhu.kit.excel.writing import XLSX, Page, workbook

WEEK, COMING, UNNOTED, CANCELLED = "week", "coming", "unnoted", "cancelled"
SHOWN_PEOPLE = 500
GOVERNORS_A_PAGE = 100


def week_of(today: dt.date) -> tuple[dt.date, dt.date]:
    """Monday of the week, and Monday of the next."""
    monday = today - dt.timedelta(days=today.weekday())
    return monday, monday + dt.timedelta(days=7)


class YearFilter(KnownFilter):
    """By calendar year."""

    title = _("year")
    parameter_name = "year"

    def offer(self, request: HttpRequest) -> list[tuple[str, str]]:
        return [(str(year), str(year)) for year in training_years(clock.today())]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        year = int(value)
        return rows.between(dt.date(year, 1, 1), dt.date(year + 1, 1, 1))


class WhenFilter(KnownFilter):
    """What is near, what is left to do. Cancelled ones stand in their own choice only."""

    title = _("state")
    parameter_name = "when"

    def offer(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [
            (WEEK, _("This week")),
            (COMING, _("Still to come")),
            (UNNOTED, _("Attendance to be noted")),
            (CANCELLED, _("Cancelled")),
        ]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        today = clock.today()
        if value == WEEK:
            return rows.standing().between(*week_of(today))
        if value == COMING:
            return rows.standing().filter(held_on__gt=today)
        if value == UNNOTED:
            return to_note(request, rows)
        return rows.filter(cancelled_at__isnull=False)

    def otherwise(self, request: HttpRequest, rows: Any) -> Any:
        return rows.standing()


def to_note(request: HttpRequest, rows: Any) -> Any:
    """Trainings that are over and whose attendance this person would note."""
    today = clock.today()
    return rows.unnoted(today).of_areas(areas_to_appoint_in(request.user, today))


class ForStreetFilter(StreetFilter):
    """For the people of a street or of one of its communities; or of the whole district."""

    title = _("for the people of")
    DISTRICT = "district"

    def offer(self, request: HttpRequest) -> list[tuple[str, str]]:
        return [(self.DISTRICT, gettext("The whole district")), *super().offer(request)]

    def narrow(self, request: HttpRequest, rows: Any, value: str) -> Any:
        if value == self.DISTRICT:
            return rows.filter(area__in=District.objects.values("code"))
        return rows.of_areas([value])


def _today_of(at: dt.datetime) -> dt.date:
    return clock.local_date(at)


@admin.register(Training)
class TrainingAdmin(VerbsAdmin):
    """Trainings of one's areas and of the whole district; planned and noted by whoever appoints there."""

    noun = "training"
    change_form_template = "admin/staffing/training/change_form.html"
    add_form = TrainingForm
    list_display = ("held_on", "title", "kind", "for_people_of", "hours", "organiser", "attended", "demo")
    list_display_links = ("title",)
    list_filter = (YearFilter, WhenFilter, "kind", ForStreetFilter)
    list_select_related = ("organiser",)
    search_fields = ("title", "place", "organiser__name")
    search_help_text = _("subject, place or organiser")
    ordering = ("-held_on", "-pk")
    autocomplete_fields = ("organiser",)
    verbs = (
        Verb(
            "note",
            _("Note attendance"),
            lambda user, row, at: may_note_attendance(user, row, on=_today_of(at)),
            note_attendance,
            NoteForm,
        ),
        Verb(
            "withdraw",
            _("Withdraw what was noted by mistake"),
            lambda user, row, at: may_withdraw_attendance(user, row, on=_today_of(at)),
            withdraw_attendance,
            WithdrawForm,
        ),
        Verb(
            "correct",
            _("Change the plan"),
            lambda user, row, at: may_change_training(user, row, on=_today_of(at)),
            correct_training,
            CorrectTrainingForm,
        ),
        Verb(
            "cancel",
            _("Cancel the training"),
            lambda user, row, at: may_change_training(user, row, on=_today_of(at)),
            cancel_training,
            confirm=_("It stays in the list of cancelled trainings and cannot be taken up again."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counted = Attendance.objects.filter(training=OuterRef("pk")).order_by().values("training")
        there = counted.annotate(found=Count("pk", filter=Q(state=Attendance.State.ATTENDED)))
        rows: Any = super().get_queryset(request)
        found: QuerySet[Any] = rows.annotate(
            noted_found=Subquery(
                counted.annotate(found=Count("pk")).values("found"), output_field=IntegerField()
            ),
            there_found=Subquery(there.values("found"), output_field=IntegerField()),
            area_found=_area_name(),
        )
        return found

    def has_edit_permission(self, request: HttpRequest) -> bool:
        return bool(appoints(request.user, on=clock.today()))

    def in_question(self, request: HttpRequest, obj: Any, verb: Verb) -> bool:
        return bool(may_appoint(request.user, area=obj.area, on=clock.today()))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return TrainingForm.Meta.fields
        shown = ("title", "kind", "held_on", "hours", "place", "organiser", "for_people_of", "attended")
        return (*shown, "cancelled_at") if obj.cancelled_at else shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "area":
            own = areas_to_appoint_in(request.user, clock.today())
            return forms.ChoiceField(label=db_field.verbose_name, choices=areas_below(own))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        today = clock.today()
        units = [post.unit_id for post in posts_of(request.user, today) if post.unit_id]
        own = {"organiser": units[0]} if units else {}
        return {"held_on": today, "hours": 2, **own, **super().get_changeform_initial_data(request)}

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Training:
        entitled(may_appoint(request.user, area=data["area"], on=clock.today()), field="area")
        return plan_training(**data, **who_and_when(request))

    def journal_subject(self, request: HttpRequest, obj: Any) -> tuple[str, str | int] | None:
        return "training", obj.pk

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = context.get("original")
        if obj is not None:
            rows = Attendance.objects.within(scope_of(request)).filter(training=obj)
            rows = rows.select_related("person").order_by("area", "person__name", "pk")
            context["people"] = list(rows[: SHOWN_PEOPLE + 1])
            context["sheet_url"] = reverse("admin:staffing_training_sheet", args=[obj.pk])
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        found = _coverage(request)
        own = {"coverage": found.of(""), "by_street": list(found.by_street())} if found else {}
        return super().changelist_view(request, {**own, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("coverage/", wrap(self.coverage_view), name="staffing_training_coverage"),
            path("<int:pk>/sheet/", wrap(self.sheet_view), name="staffing_training_sheet"),
        ]
        return own + super().get_urls()

    def coverage_view(self, request: HttpRequest) -> HttpResponse:
        """The governors of the person's areas in a year: who was at a training, who at none."""
        found = _coverage(request)
        if found is None:
            raise PermissionDenied
        area, trained = request.GET.get("area", ""), request.GET.get("trained", "")
        if area and not scope_of(request).covers(area):
            raise Http404
        whole = found.of(area)
        page = Paginator(whole.only(trained), GOVERNORS_A_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Training coverage"),
            "opts": self.opts,
            "whole": whole,
            "by_street": [] if area else list(found.by_street()),
            "years": training_years(clock.today()),
            "trained": trained,
            "page": page,
            "on": clock.today(),
        }
        return TemplateResponse(request, "admin/staffing/training/coverage.html", context)

    def sheet_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The attendance as Excel: before the day a list to sign, afterwards what is noted."""
        training = self.get_object(request, str(pk))
        if training is None or not self.has_view_permission(request, training):
            raise PermissionDenied
        headings = ["街道", "社区", "区块", "姓名", "工号", "到场情况"]
        page = Page(gettext("Attendance"), headings, attendance_rows(training, scope_of(request)))
        answer = HttpResponse(workbook(page), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="training-{training.pk}.xlsx"'
        return answer

    @admin.display(description=_("for the people of"), ordering="area")
    def for_people_of(self, obj: Any) -> str:
        return str(obj.area_found)

    @admin.display(description=_("attended / noted"))
    def attended(self, obj: Any) -> str | SafeString:
        if obj.cancelled_at is not None:
            return format_html('<strong class="admin-vacant">{}</strong>', _("cancelled"))
        return f"{obj.there_found or 0} / {obj.noted_found}" if obj.noted_found else "—"

    @admin.display(description=_("demo"))
    def demo(self, obj: Any) -> SafeString:
        return demo_mark(obj.source)


def _area_name() -> Coalesce:
    names = (
        model.objects.filter(code=OuterRef("area")).values("name") for model in (Street, District, Community)
    )
    return Coalesce(*(Subquery(name) for name in names), F("area"), output_field=CharField())


def _coverage(request: HttpRequest) -> Coverage | None:
    """Of the person's own areas in the year of the address, or this year; None for who sees no figures."""
    today, scope = clock.today(), scope_of(request)
    if not scope.areas or not may(request.user, Capability.SEE_FIGURES, on=today):
        return None
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today.year
    year = year if year in training_years(today) else today.year
    return training_coverage(scope, scope.areas, year=year, today=today)


@day.add
def of_trainings(request: HttpRequest) -> Iterable[day.Item]:
    """What is held this week; whose attendance waits to be noted."""
    today, scope = clock.today(), scope_of(request)
    if not scope.has_post:
        return []
    rows, address = Training.objects.within(scope), reverse("admin:staffing_training_changelist")
    week = rows.standing().between(*week_of(today)).count()
    found = [day.Item(day.Part.TODAY, _("Trainings this week"), week, f"{address}?when={WEEK}")]
    if appoints(request.user, on=today):
        label, url = _("Trainings whose attendance is to be noted"), f"{address}?when={UNNOTED}"
        found.append(day.Item(day.Part.DO, label, to_note(request, rows).count(), url))
    return found
