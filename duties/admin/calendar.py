"""The desk for the working calendar and the limits of steps. Everything is stored by the actions.

A calendar with gaps says so above its lists.
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from duties.actions import import_year, set_day, set_step_limit, set_windows
from duties.figures import calendar_warnings
from duties.forms import DayForm, PlanForm, StepLimitForm, YearForm
from duties.models import CalendarDay, CalendarYear, StepLimit, WorkWindow
from duties.sheets import DAY_COLUMNS
from staffing.admin import PostsAdmin, who_and_when
from yuhu.kit import clock
from yuhu.kit.desk.lists import scope_of
from yuhu.kit.excel.reading import read_table


class CalendarAdmin(PostsAdmin):
    """Lists above which a calendar with gaps is announced; open to everybody who holds a post."""

    def visible(self, request: HttpRequest, rows: Any) -> Any:
        return rows if scope_of(request).has_post else rows.none()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        for text in calendar_warnings(clock.today()):
            messages.warning(request, text)
        return super().changelist_view(request, extra_context)


@admin.register(CalendarDay)
class CalendarDayAdmin(CalendarAdmin):
    """Holidays and adjusted working days; a single day can be set."""

    list_display = ("date", "is_working", "name", "notice_year", "source_in_words")
    list_filter = ("notice_year", "is_working")
    date_hierarchy = "date"
    add_form = change_form = DayForm
    fields = DayForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("date",)

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Model:
        date = {"date": obj.date} if obj is not None else {}
        return set_day(**{**data, **date}, **who_and_when(request))


@admin.register(CalendarYear)
class CalendarYearAdmin(CalendarAdmin):
    """Years whose notice is known; a new notice is imported here."""

    list_display = ("year", "source_in_words")
    add_form = YearForm

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return YearForm.Meta.fields if obj is None else ("year", "source")

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Model:
        table = read_table(data.pop("sheet"), columns=DAY_COLUMNS, needed=("date", "type"))
        return import_year(**data, rows=table.lines, **who_and_when(request))


@admin.register(WorkWindow)
class WorkWindowAdmin(CalendarAdmin):
    """Office hours; a new plan is set as a whole, so that no day is left out."""

    list_display = ("valid_from", "season_from", "season_to", "opens", "closes", "source_in_words")
    list_filter = ("valid_from",)
    add_form = PlanForm

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return PlanForm.Meta.fields if obj is None else self.list_display

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Model:
        plan = {name: data[name] for name in ("valid_from", "windows", "source")}
        return set_windows(**plan, **who_and_when(request))[0]


@admin.register(StepLimit)
class StepLimitAdmin(CalendarAdmin):
    """How long each step may take, by severity."""

    list_display = ("step", "severity", "amount", "unit")
    list_filter = ("step",)
    add_form = change_form = StepLimitForm
    fields = StepLimitForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("step", "severity")

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Model:
        key = {"step": obj.step, "severity": obj.severity} if obj is not None else {}
        return set_step_limit(**{**data, **key}, **who_and_when(request))
