"""The desk for lists, calendar and limits. Everything is stored by the actions; published lists open read-only.

Rows that are demo say so, and a calendar with gaps says so above its lists.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duties.actions import (
    change_item,
    discard_draft,
    import_list,
    import_year,
    publish_list,
    reschedule_draft,
    set_day,
    set_step_limit,
    set_windows,
)
from duties.figures import calendar_warnings, demo_lists
from duties.forms import (
    DayForm,
    DraftForm,
    ImportListForm,
    ItemForm,
    PlanForm,
    StepLimitForm,
    YearForm,
)
from duties.models import CalendarDay, CalendarYear, DutyItem, DutyList, StepLimit, WorkWindow
from duties.sheets import DAY_COLUMNS, ITEM_COLUMNS
from staffing.admin import PostsAdmin, who_and_when
from yuhu.kit import clock
from yuhu.kit.desk.lists import demo_mark, scope_of
from yuhu.kit.excel.reading import read_table
from yuhu.kit.exceptions import Refusal


class CalendarAdmin(PostsAdmin):
    """Lists above which a calendar with gaps is announced; open to everybody who holds a post."""

    def visible(self, request: HttpRequest, rows: Any) -> Any:
        return rows if scope_of(request).has_post else rows.none()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        for text in calendar_warnings(clock.today()):
            messages.warning(request, text)
        return super().changelist_view(request, extra_context)


class ListBannerAdmin(PostsAdmin):
    """Lists above which the demo is announced. Drafts are for those who edit."""

    def visible(self, request: HttpRequest, rows: Any) -> Any:
        return rows if self.has_edit_permission(request) else super().visible(request, rows)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if demo_lists(clock.today()).exists():
            messages.warning(request, gettext("Demo list, replace with your published list."))
        return super().changelist_view(request, extra_context)


@admin.register(DutyList)
class DutyListAdmin(ListBannerAdmin):
    """Versions of the lists: import a sheet as a draft, check its items, publish."""

    list_display = ("kind", "version", "effective_from", "published_at", "item_count", "source", "demo")
    list_filter = ("kind", ("published_at", admin.EmptyFieldListFilter))
    actions = ("publish", "discard")
    add_form, change_form = ImportListForm, DraftForm
    readonly_fields = ("version", "published_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(item_count_=Count("items"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ImportListForm.Meta.fields
        return ("kind", "version", "effective_from", "published_at", "source")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("kind", "version", "published_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj is not None and obj.is_published)

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Model:
        if obj is not None:
            return reschedule_draft(list_id=obj.pk, **data, **who_and_when(request))
        table = read_table(data.pop("sheet"), columns=ITEM_COLUMNS, needed=("code", "name"))
        return import_list(**data, rows=table.lines, **who_and_when(request))

    @admin.display(description=_("items"))
    def item_count(self, obj: Any) -> int:
        return int(obj.item_count_)

    @admin.display(description=_("demo"))
    def demo(self, obj: DutyList) -> SafeString:
        return demo_mark(obj.source)

    @admin.action(description=_("Publish the selected drafts"), permissions=["edit"])
    def publish(self, request: HttpRequest, queryset: QuerySet[DutyList]) -> None:
        self._each(request, queryset, lambda one: publish_list(list_id=one.pk, **who_and_when(request)))

    @admin.action(description=_("Discard the selected drafts"), permissions=["edit"])
    def discard(self, request: HttpRequest, queryset: QuerySet[DutyList]) -> None:
        self._each(request, queryset, lambda one: discard_draft(list_id=one.pk, **who_and_when(request)))

    def _each(
        self, request: HttpRequest, lists: QuerySet[DutyList], act: Callable[[DutyList], object]
    ) -> None:
        """Apply ``act`` to each list and say for each what became of it."""
        for one in lists:
            name = str(one)
            try:
                act(one)
            except Refusal as refusal:
                messages.error(request, f"{name}: {refusal}")
            else:
                messages.success(request, gettext("%(list)s: done.") % {"list": name})


@admin.register(DutyItem)
class DutyItemAdmin(ListBannerAdmin):
    """Items; those of drafts can be corrected."""

    list_display = ("code", "name", "category", "lead", "office", "platform_code", "list", "demo")
    list_filter = ("list__kind", "platform_code")
    list_select_related = ("list",)
    search_fields = ("code", "name", "category", "lead")
    change_form = ItemForm
    fields = ("list", "code", "number", *ItemForm.Meta.fields, "source")
    readonly_fields = ("list", "code", "number", "source")
    autocomplete_fields = ("lead_unit",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj is not None and obj.list.is_published)

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Model:
        return change_item(item_id=obj.pk, changes=data, **who_and_when(request))

    @admin.display(description=_("demo"))
    def demo(self, obj: DutyItem) -> SafeString:
        return demo_mark(obj.source)


@admin.register(CalendarDay)
class CalendarDayAdmin(CalendarAdmin):
    """Holidays and adjusted working days; a single day can be set."""

    list_display = ("date", "is_working", "name", "notice_year", "source")
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

    list_display = ("year", "source")
    add_form = YearForm

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return YearForm.Meta.fields if obj is None else ("year", "source")

    def store(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> Model:
        table = read_table(data.pop("sheet"), columns=DAY_COLUMNS, needed=("date", "type"))
        return import_year(**data, rows=table.lines, **who_and_when(request))


@admin.register(WorkWindow)
class WorkWindowAdmin(CalendarAdmin):
    """Office hours; a new plan is set as a whole, so that no day is left out."""

    list_display = ("valid_from", "season_from", "season_to", "opens", "closes", "source")
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
